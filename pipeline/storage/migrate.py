"""Bring a database to the newest schema, once, even when several processes start together."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection, Engine, inspect, text

from pipeline.domain.errors import UsageError
from pipeline.storage.engine import READING
from pipeline.storage.schema import HEAD

MIGRATIONS = Path(__file__).parent / "migrations"
# Any constant will do; every starting process has to ask for the same one.
LOCK = 7_205_759_403


def migrate(engine: Engine) -> bool:
    """Upgrade to the newest schema; quick when there is nothing to do.

    Returns:
        Whether anything was done.

    Raises:
        UsageError: a newer Reprise made this database.
    """
    with engine.execution_options(**READING).begin() as connection:
        if revision(connection) == HEAD:
            return False
    with engine.begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
        # Somebody else may have done it while this process waited for the lock.
        if revision(connection) == HEAD:
            return False
        _upgrade(connection)
    return True


def revision(connection: Connection) -> str | None:
    """Return the schema's revision; None = the database is empty."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    found: str | None = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    return found


def _upgrade(connection: Connection) -> None:
    from alembic import command
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    config = Config()
    # ConfigParser reads "%" as the start of a reference.
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    found = revision(connection)
    if found is not None and found not in known:
        raise UsageError("a newer version of Reprise made this database")
    command.upgrade(config, "head")
