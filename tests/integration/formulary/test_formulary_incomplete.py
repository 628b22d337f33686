"""Files that look incomplete: refused, so that nothing is taken for gone that was only cut off."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from formulary_files import PRODUCTS, write_files

from pipeline.domain.errors import BadFormulary
from pipeline.matching.official import archive, load

TODAY = date(2026, 3, 1)


def imported(folder: Path, path: Path, edition: date) -> load.Outcome:
    return load.import_raw(load.read(folder), path, today=TODAY, edition=edition)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "data" / "formulary.zip"


@pytest.mark.parametrize("name", ["CIS_bdpm.txt", "CIS_COMPO_bdpm.txt"])
@pytest.mark.parametrize("cut", [2, 20, 60], ids=["line end", "last column", "columns"])
def test_a_file_that_was_cut_off_is_refused_unless_forced(
    tmp_path: Path, path: Path, name: str, cut: int
) -> None:
    whole = write_files(tmp_path / "raw")
    imported(whole, path, date(2026, 1, 1))
    before = path.read_bytes()
    data = (whole / name).read_bytes()
    for end in (b"", b"\r\n") if cut == 60 else (b"",):
        (whole / name).write_bytes(data[:-cut] + end)
        with pytest.raises(BadFormulary, match=f"(?s){name}.*coupée.*--force.*cut off.*--force"):
            imported(whole, path, date(2026, 2, 1))
    assert path.read_bytes() == before
    forced = load.read(whole, force=True)
    assert load.import_raw(forced, path, today=TODAY, edition=date(2026, 2, 1)).written


def test_an_edition_that_lost_more_than_a_tenth_is_refused_unless_forced(tmp_path: Path, path: Path) -> None:
    imported(write_files(tmp_path / "old"), path, date(2026, 1, 1))
    before = path.read_bytes()
    fewer = load.read(write_files(tmp_path / "new", products=PRODUCTS[:-2]))
    with pytest.raises(BadFormulary, match=f"2 des {len(PRODUCTS)} .* 2 of the {len(PRODUCTS)} .*--force"):
        load.import_raw(fewer, path, today=TODAY, edition=date(2026, 2, 1))
    assert path.read_bytes() == before
    done = load.import_raw(fewer, path, today=TODAY, edition=date(2026, 2, 1), force=True)
    assert (
        done.changes.vanished == 2 and (archive.load(path).products or {})[PRODUCTS[-1][0]].present is False
    )
    again = load.import_raw(fewer, path, today=TODAY, edition=date(2026, 2, 1))
    assert not again.written, "what vanished before vanishes no more"
