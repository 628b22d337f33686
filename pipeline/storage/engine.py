"""Connections: SQLite in WAL that takes its write lock at once, or PostgreSQL; short transactions."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Engine, ExceptionContext, Table, create_engine, event, make_url
from sqlalchemy.dialects import postgresql, sqlite

BUSY_SECONDS = 30
READING = {"reprise_reading": True}


class Database:
    """One engine and the two kinds of transaction that are made on it."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        options: dict[str, Any] = dict(READING)
        if engine.dialect.name == "postgresql":
            # One snapshot for all queries behind a screen, as SQLite's WAL gives by itself.
            options["isolation_level"] = "REPEATABLE READ"
        self._reader = engine.execution_options(**options)

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A transaction that sees one snapshot and never waits for writers."""
        with self._reader.begin() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A transaction that is committed at the end, or rolled back on any exception."""
        with self.engine.begin() as connection:
            yield connection


def make_engine(url: str) -> Engine:
    """Return an engine for "sqlite:///..." or "postgresql://...", ready to be migrated.

    Statements' parameters never appear in exceptions: they hold people's names.
    """
    parsed = make_url(url)
    if parsed.drivername in ("postgres", "postgresql"):
        parsed = parsed.set(drivername="postgresql+psycopg")
    if parsed.get_backend_name() == "sqlite":
        engine = create_engine(parsed, hide_parameters=True, connect_args={"timeout": BUSY_SECONDS})
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        return engine
    engine = create_engine(parsed, hide_parameters=True, pool_pre_ping=True)
    event.listen(engine, "handle_error", _hide_values)
    return engine


def _prepare_sqlite(dbapi_connection: Any, _record: Any) -> None:
    # The driver must not begin transactions by itself: its plain BEGIN fails when the lock is upgraded.
    dbapi_connection.isolation_level = None
    cursor = dbapi_connection.cursor()
    for pragma in (
        f"busy_timeout = {BUSY_SECONDS * 1000}",
        "journal_mode = WAL",
        "synchronous = NORMAL",
        "foreign_keys = ON",
        # Without it REPLACE would delete rows past the append-only triggers.
        "recursive_triggers = ON",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    reading = connection.get_execution_options().get("reprise_reading", False)
    connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")


def _hide_values(context: ExceptionContext) -> None:
    """Take PostgreSQL's DETAIL out of an error: it quotes the row that was refused."""
    error, wrapped = context.original_exception, context.sqlalchemy_exception
    diagnostics = getattr(error, "diag", None)
    if diagnostics is not None and diagnostics.message_detail and wrapped is not None:
        told, said = str(error), diagnostics.message_primary or type(error).__name__
        error.args = (said,)
        wrapped.args = tuple(str(part).replace(told, said) for part in wrapped.args)


def insert_new(connection: Connection, table: Table) -> Any:
    """Return an INSERT that leaves rows alone whose key is there already."""
    return _insert(connection, table).on_conflict_do_nothing()


def upsert(connection: Connection, table: Table, *, key: str) -> Any:
    """Return an INSERT that replaces the other columns of a row whose key is there already."""
    statement = _insert(connection, table)
    others = {column.name: statement.excluded[column.name] for column in table.c if column.name != key}
    return statement.on_conflict_do_update(index_elements=[key], set_=others)


def _insert(connection: Connection, table: Table) -> Any:
    return (postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert)(table)
