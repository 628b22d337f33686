"""The database's address, whatever the data folder is called."""

from pathlib import Path

import pytest

from pipeline.settings import Settings
from pipeline.storage.store import Store


@pytest.mark.parametrize("name", ["plain", "50 % ?", "a%3Fb", "q?mode=ro#x", "été & co", "a@b:c"])
def test_the_database_lies_in_the_data_folder_whatever_its_name(tmp_path: Path, name: str) -> None:
    folder = tmp_path / name
    folder.mkdir()
    store = Store.open(Settings(data_dir=folder, database_url="").url)
    store.close()
    assert [path.name for path in tmp_path.iterdir()] == [name]
    assert (folder / "reprise.db").stat().st_size > 0


def test_an_address_that_is_set_is_taken_as_it_is() -> None:
    assert Settings(database_url="postgresql://x/y%20z").url == "postgresql://x/y%20z"
