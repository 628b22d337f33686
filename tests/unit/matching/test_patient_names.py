"""Names and dates as French papers have them: parts, sounds, everyday forms, slips of pens and readers."""

from __future__ import annotations

from datetime import date

import pytest

from pipeline.matching.name_table import NameTable
from pipeline.matching.patient_dates import DateLikeness, date_likeness
from pipeline.matching.patient_names import family_parts, initials, long_forms, sound


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("thibault", "tibo"),
        ("lefebvre", "lefevre"),
        ("renaud", "reno"),
        ("gauthier", "gotier"),
        ("dupont", "dupond"),
        ("philippe", "filipe"),
        ("duchesne", "duchene"),
        ("picquart", "picard"),
    ],
)
def test_names_that_sound_alike(one: str, other: str) -> None:
    assert sound(one) == sound(other) != ""


@pytest.mark.parametrize(("one", "other"), [("dupont", "dumont"), ("martin", "marin"), ("guerin", "gerin")])
def test_names_that_do_not_sound_alike(one: str, other: str) -> None:
    assert sound(one) != sound(other)


def test_short_names_do_not_sound_like_anything() -> None:
    assert sound("le") == sound("") == ""


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("MARTIN-DURAND", ("martin", "durand")),
        ("DE VILLIERS", ("villiers",)),
        ("L'Hostis", ("hostis",)),
        ("LE VAN", ()),
        ("Petit", ()),
    ],
)
def test_parts_under_which_a_name_is_written(name: str, parts: tuple[str, ...]) -> None:
    assert family_parts(name) == parts


def test_everyday_forms_and_initials() -> None:
    assert "elisabeth" in long_forms("babeth")
    assert {"mohamed", "maurice"} <= long_forms("momo")
    assert not long_forms("elisabeth") & {"elisabeth"}
    assert initials("Jean-Claude Marie") == "jc"
    assert initials("Jean Claude") == initials("") == ""


@pytest.mark.parametrize(
    ("written", "likeness"),
    [
        (date(1962, 4, 10), DateLikeness.EXACT),
        (date(1962, 10, 4), DateLikeness.SWAPPED),
        (date(2062, 4, 10), DateLikeness.CENTURY),
        (date(1962, 4, 16), DateLikeness.CONFUSED),
        (date(1962, 4, 13), DateLikeness.CLOSE),
        (date(1962, 7, 10), DateLikeness.CONFUSED),
        (date(1972, 4, 10), DateLikeness.CLOSE),
        (date(1971, 4, 10), DateLikeness.DIFFERENT),
        (date(1971, 5, 10), DateLikeness.DIFFERENT),
    ],
)
def test_slips_of_birth_dates(written: date, likeness: DateLikeness) -> None:
    assert date_likeness(written, date(1962, 4, 10)) is likeness


def test_a_table_knows_bearers_shares_and_neighbours() -> None:
    table = NameTable(["martin", "martin", "marin", "durand", "durant"], [0, 3, 1, 2, 4], 10)
    assert table.of("martin").tolist() == [0, 3]
    assert table.of("unknown").tolist() == []
    assert table.share(("martin",)) == 0.2
    assert table.share(("unknown",)) == 0.1  # as if one person bore it: never nobody
    assert table.near("martin") == {"marin"}
    assert table.sounding("duran") == set()  # one letter off is near already
    assert table.nearest("matrin", 2)[0] == "martin"
