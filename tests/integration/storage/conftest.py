from __future__ import annotations

import shutil
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest
from postgres_server import new_database

from pipeline.storage.store import Store

_numbers = count(1)


# Migrating takes longer than most tests here: it is done once a database, and the result is copied.


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("migrated") / "reprise.db"
    Store.open(f"sqlite:///{path}").close()
    return path


@pytest.fixture(scope="session")
def migrated_name(postgres_url: str) -> str:
    Store.open(new_database(postgres_url, "migrated")).close()
    return "migrated"


@pytest.fixture(params=["sqlite", "postgresql"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """A migrated store: every test that asks runs on SQLite and on PostgreSQL."""
    if request.param == "sqlite":
        shutil.copyfile(request.getfixturevalue("migrated_file"), tmp_path / "reprise.db")
        url = f"sqlite:///{tmp_path / 'reprise.db'}"
    else:
        template, server = request.getfixturevalue("migrated_name"), request.getfixturevalue("postgres_url")
        url = new_database(server, f"copy_{next(_numbers)}", template=template)
    opened = Store.open(url)
    yield opened
    opened.close()
