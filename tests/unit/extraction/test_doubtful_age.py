"""An age that its ink does not clearly say is none; a given name that the ink allows is no contradiction."""

import sys
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from pipeline.domain.geometry import Box, Quad
from pipeline.domain.paper import Barcode, Layout
from pipeline.domain.writing import Transcript
from pipeline.extraction.doubtful_age import is_doubtful_age
from pipeline.extraction.understand import understand

sys.path.insert(0, str(Path(__file__).parent))
from inked import read
from names import SmallIndex

CODE = "IS010000000000000000000000S3ODETTE\x1dS4TRESSINOT\x1dS5FS607-03-1951"


def traits_of(line, *codes):
    page = Transcript((line,))
    found = tuple(Barcode("DataMatrix", text, Quad.of_box(Box(0, 0, 50, 50))) for text in codes)
    layout = Layout(0, 0.0, False, False, (line.line,), found, b"")
    window = (date(2025, 11, 10), date(2025, 11, 14))
    return understand(page, layout=layout, index=SmallIndex(), doctors=[], window=window).traits


@pytest.mark.parametrize(
    ("share", "other", "age"),
    [
        (0.01, "Petitot 77 ans", 71),
        (0.5, "Petitot 77 ans", None),
        (0.5, "Petitot 21 ans", None),
        (0.5, "Betitot 71 ans", 71),
    ],
)
def test_another_age_with_a_good_share_of_the_ink_makes_it_none(share, other, age):
    traits = traits_of(read("Petitot 71 ans", share, other))
    assert traits.names == ("Petitot",)
    assert traits.age == age
    assert [mark.trait for mark in traits.marks if mark.trait == "age"] == (["age"] if age else [])


def test_months_are_doubted_likewise():
    assert traits_of(read("Enfant Petitot 18 mois", 0.01, "Enfant Petitot 13 mois")).age_months == 18
    assert traits_of(read("Enfant Petitot 18 mois", 0.6, "Enfant Petitot 13 mois")).age_months is None


def test_print_has_no_doubt():
    reading = replace(read("71 ans", 0.5, "77 ans").reading, posteriors=None)
    assert not is_doubtful_age(71, "71 ans", reading)


@pytest.mark.parametrize(("share", "contradicted"), [(0.3, False), (1e-9, True)])
def test_a_given_name_that_the_ink_allows_does_not_contradict_a_code(share, contradicted):
    line = read("Mme Vauquelor Orelle", share, "Mme Vauquelor Odette")
    assert traits_of(line, CODE).contradicted is contradicted
