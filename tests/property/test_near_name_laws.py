"""Near names are those that a comparison with every name finds, in the same order."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rapidfuzz import process
from rapidfuzz.distance import OSA

from pipeline.matching.drug_names import joined
from pipeline.matching.drug_table import gp_rows
from pipeline.matching.near_names import NearNames

NAMES = [joined(drug.name) for row in gp_rows() for drug in row.drugs]
INDEX = NearNames(NAMES)


def compared_with_all(names: list[str], word: str, most: int, limit: int) -> list[tuple[str, int, int]]:
    found = process.extract(word, names, scorer=OSA.distance, limit=limit, score_cutoff=most)
    return [(name, int(distance), at) for name, distance, at in found]


@st.composite
def slips(draw: st.DrawFn) -> str:
    """A name with up to four letters wrong, doubled, lost or changed in place."""
    word = draw(st.sampled_from(NAMES))
    for _ in range(draw(st.integers(0, 4))):
        at = draw(st.integers(0, len(word)))
        letter = draw(st.sampled_from("aeiloprstxz0"))
        kind = draw(st.sampled_from(["put", "lose", "change", "turn"]))
        if kind == "put":
            word = word[:at] + letter + word[at:]
        elif kind == "lose":
            word = word[:at] + word[at + 1 :]
        elif kind == "change":
            word = word[:at] + letter + word[at + 1 :]
        else:
            word = word[:at] + word[at : at + 2][::-1] + word[at + 2 :]
    return word


@settings(max_examples=600, deadline=None)
@given(slips(), st.integers(1, 8), st.sampled_from([1, 5, 40]))
def test_a_slip_finds_what_a_full_search_finds(word: str, most: int, limit: int) -> None:
    assert INDEX.within(word, most, limit=limit) == compared_with_all(NAMES, word, most, limit)


short = st.text("abc", max_size=6)


@settings(max_examples=600, deadline=None)
@given(st.lists(short, max_size=12), short, st.integers(1, 4))
def test_short_and_repeated_names_are_found_as_well(names: list[str], word: str, most: int) -> None:
    assert NearNames(names).within(word, most, limit=5) == compared_with_all(names, word, most, 5)


@pytest.mark.parametrize("word", ["abcd", "bacd", "abdc", "acbd", "abc", "abcde", "xbcd", "abcx"])
def test_one_wrong_letter_at_either_end_or_in_the_middle(word: str) -> None:
    assert NearNames(["abcd"]).within(word, 1, limit=1)
