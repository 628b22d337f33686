"""Where a strength cannot be read, the ink says which of those sold it is, or nothing."""

import sys
from pathlib import Path

import pytest

from pipeline.domain.drug import Drug
from pipeline.domain.writing import Reading, ReadLine, Transcript
from pipeline.extraction.inked_strength import strength_in_ink, unit_may_be_misread
from pipeline.extraction.understand import understand
from pipeline.matching.formulary import Formulary

sys.path.insert(0, str(Path(__file__).parent))
from inked import LINE, read

KARDEGIC = Drug("Kardégic", "acide acétylsalicylique", strengths=("75 mg", "160 mg", "300 mg"))
EZETROL = Drug("Ezetrol", "ézétimibe", strengths=("10 mg",))
RAMIPRIL = Drug("Ramipril", "ramipril", strengths=("1,25 mg", "2,5 mg", "5 mg", "10 mg"))
UVEDOSE = Drug("Uvedose", "colécalciférol", strengths=("50000 UI", "100000 UI"))


@pytest.mark.parametrize(
    ("drug", "text", "other", "share", "found"),
    [
        (KARDEGIC, "Kardégic 75 nng 1 sach", "Kardégic 75 mg  1 sach", 0.2, "75 mg"),
        (EZETROL, "Ezetrol lomg 1 cp", "Ezetrol 10mg 1 cp", 0.2, "10 mg"),
        (UVEDOSE, "Uvedose 100 000 Ut 1 amp", "Uvedose 100 000 UI 1 amp", 0.2, "100000 UI"),
        (RAMIPRIL, "Ramipril 5 cp le matin", "Ramipril 5 mg le matin", 1e-6, None),  # a dose
        (RAMIPRIL, "Ramipril 5 ep le matin", "Ramipril 5 cp le matin", 0.2, None),  # a dose, badly written
        (RAMIPRIL, "Ramipril 1 cp le matin", "Ramipril 1 cp le matin", 0.0, None),
        (RAMIPRIL, "Ramipril le matin 5 j", "Ramipril le matin 5 j", 0.0, None),
        (EZETROL, "Ezetrol 70 nng 1 cp", "Ezetrol 10 mg  1 cp", 0.3, None),  # a digit that was read stays
    ],
)
def test_only_a_strength_that_the_ink_has_is_found(drug, text, other, share, found):
    start = text.index(" ")
    answer = strength_in_ink(read(text, share, other), start, drug)
    assert (answer and answer[2]) == found
    if answer:
        first, end, _ = answer
        assert text[end:].strip().startswith("1 ")
        assert first > start


def test_two_strengths_that_the_ink_cannot_tell_apart_are_none():
    drug = Drug("X", "x", strengths=("20 mg", "26 mg"))
    assert strength_in_ink(read("Xyz 2o mg 1 cp", 0.3, "Xyz 26 mg 1 cp", "Xyz 20 mg 1 cp"), 3, drug) is None


def test_print_is_not_asked():
    line = ReadLine(
        LINE, Reading("Ezetrol lomg", 0.9, "test", tuple((k / 12, (k + 1) / 12) for k in range(12)))
    )
    assert strength_in_ink(line, 7, EZETROL) is None


@pytest.mark.parametrize(
    ("strength", "may_be"),
    [("10 µg", True), ("10 mg", False), ("20 mg", False), ("10 %", True), ("1 mg", False)],
)
def test_a_unit_that_the_drug_is_not_sold_in_may_be_misread(strength: str, may_be: bool) -> None:
    assert unit_may_be_misread(strength, EZETROL) is may_be


def test_the_ink_is_asked_for_the_unit_of_a_number_that_is_sold() -> None:
    line = read("Ezetrol 10 µg 1 cp", 0.4, "Ezetrol 10 mg 1 cp")
    (item,) = understand(
        Transcript((line,)), layout=None, index=Formulary.builtin(), doctors=(), window=None
    ).items
    assert item.strength == "10 mg" and "ambiguous" in item.doubts and "10 µg" in item.text
