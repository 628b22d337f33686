from __future__ import annotations

from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from storage_samples import read

from pipeline.domain.errors import UsageError
from pipeline.storage.engine import make_engine
from pipeline.storage.migrate import MIGRATIONS, migrate, revision
from pipeline.storage.schema import HEAD, metadata
from pipeline.storage.store import Store


def test_migrations_from_empty_make_the_schema_that_the_code_expects(store_url: str) -> None:
    engine = make_engine(store_url)
    assert migrate(engine) is True
    assert migrate(engine) is False
    with engine.connect() as connection:
        assert revision(connection) == HEAD
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []
    engine.dispose()


def test_the_newest_migration_is_the_one_that_the_code_names() -> None:
    assert ScriptDirectory(str(MIGRATIONS)).get_current_head() == HEAD


def test_a_database_of_a_newer_version_is_refused_and_left_alone(store_url: str) -> None:
    Store.open(store_url).close()
    engine = make_engine(store_url)
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(UsageError, match="newer"):
        Store.open(store_url)
    with engine.connect() as connection:
        assert revision(connection) == "9999"
    engine.dispose()


def test_opening_again_keeps_everything(store_url: str) -> None:
    first = Store.open(store_url)
    made = read(first)
    first.close()
    second = Store.open(store_url)
    assert second.papers.outcome(made.page.id) == made
    second.close()


def test_a_database_of_the_first_schema_keeps_its_papers(store_url: str) -> None:
    engine = make_engine(store_url)
    with engine.begin() as connection:
        config = Config()
        config.set_main_option("script_location", str(MIGRATIONS))
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
        connection.execute(
            text("INSERT INTO batches (id, sender, received_at) VALUES ('b', 'x', '2025-11-13')")
        )
    engine.dispose()
    store = Store.open(store_url)
    assert [batch.id for batch in store.papers.batches()] == ["b"]
    assert store.papers.failures() == [] and store.sheets.copies("nothing") == []
    store.close()


def test_an_error_of_the_database_names_nobody(store: Store) -> None:
    engine = store._database.engine
    statement = "INSERT INTO patients (id, words, payload) VALUES ('P1', :words, NULL)"
    with pytest.raises(IntegrityError) as caught, engine.begin() as connection:
        connection.execute(text(statement), {"words": "Quiberonnais"})
    error: BaseException | None = caught.value
    while error is not None:
        assert "Quiberonnais" not in f"{error} {error!r}"
        error = error.__cause__ or error.__context__


def test_sqlite_is_one_file_with_a_write_ahead_log(tmp_path: Path) -> None:
    store = Store.open(f"sqlite:///{tmp_path}/été 2025.db")
    with store._database.reading() as connection:
        found = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout", "recursive_triggers")
        }
    store.close()
    assert found == {
        "journal_mode": "wal",
        "synchronous": 1,
        "foreign_keys": 1,
        "busy_timeout": 30_000,
        "recursive_triggers": 1,
    }
    assert [path.name for path in tmp_path.iterdir()] == ["été 2025.db"]
