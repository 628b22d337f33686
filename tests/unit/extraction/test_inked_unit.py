"""A unit that reads badly is the one that the ink has, or stays unread; numbers stay as they are."""

import sys
from pathlib import Path

import pytest

from pipeline.extraction.inked_unit import units_in_ink

sys.path.insert(0, str(Path(__file__).parent))
from inked import read


@pytest.mark.parametrize(
    ("text", "other", "share", "found"),
    [
        ("Doliprane 2 car le soir", "Doliprane 2 cpr le soir", 0.2, "Doliprane 2 cpr le soir"),
        ("Doliprane 3 glles/j", "Doliprane 3 gttes/j", 0.2, "Doliprane 3 gttes/j"),
        ("Doliprane 2 zzz le soir", "Doliprane 2 zzz le soir", 0.0, "Doliprane 2 zzz le soir"),
        ("Doliprane 2 cp le soir", "Doliprane 2 cp le soir", 0.0, "Doliprane 2 cp le soir"),
        ("Doliprane le car 2", "Doliprane le cpr 2", 0.3, "Doliprane le car 2"),
    ],
)
def test_only_a_word_behind_a_number_that_the_ink_has_becomes_a_unit(text, other, share, found):
    assert units_in_ink(read(text, share, other), text, 9) == found


def test_two_units_that_the_ink_cannot_tell_apart_are_none():
    text = "Doliprane 2 cqqq"
    assert units_in_ink(read(text, 0.3, "Doliprane 2 caps", "Doliprane 2 comp"), text, 9) == text
