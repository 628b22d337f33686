from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.domain.drug import Drug
from pipeline.domain.geometry import Box, Quad
from pipeline.domain.identity import Traits
from pipeline.domain.meaning import Duration, Moment, Posology, TimeUnit
from pipeline.domain.paper import Layout
from pipeline.domain.writing import Posteriors
from pipeline.storage.codec import from_blob, from_json, to_blob, to_json
from pipeline.storage.name_words import days_in, folded_words

numbers = st.none() | st.decimals(min_value=0, max_value=10_000, places=2)


@given(
    st.builds(
        Posology,
        text=st.text(),
        dose=numbers,
        max_per_day=numbers,
        when=st.lists(st.sampled_from(Moment)).map(tuple),
        weekdays=st.lists(st.integers(0, 6)).map(tuple),
        duration=st.none() | st.builds(Duration, st.just(Decimal("1.50")), st.sampled_from(TimeUnit)),
        as_needed=st.booleans(),
        site=st.none() | st.text(),
    )
)
def test_a_posology_comes_back_to_the_last_zero(posology: Posology) -> None:
    loaded = from_json(Posology, to_json(posology))
    assert loaded == posology
    assert str(loaded.dose) == str(posology.dose)
    assert loaded.when == tuple(Moment(each) for each in posology.when)


@given(st.binary(), st.binary(), st.text())
def test_ink_comes_back_byte_for_byte(classes: bytes, log_probs: bytes, vocabulary: str) -> None:
    ink = Posteriors(vocabulary, 3, 2, classes, log_probs)
    assert from_blob(Posteriors, to_blob(ink)) == ink


def test_a_blob_of_repeated_ink_is_small() -> None:
    ink = Posteriors("é" * 500, 100, 16, bytes(3200), bytes(3200))
    assert len(to_blob(ink)) < len(to_json(ink)) / 20


def test_places_become_fractions_and_nothing_else_changes() -> None:
    layout = Layout(0, 0.1, False, True, (), (), b"\x00\xfb\xff")
    assert from_json(Layout, to_json(layout)) == layout
    quad = Quad.of_box(Box(1, 2, 3, 4))
    assert from_json(Quad, to_json(quad)) == quad


def test_a_row_written_before_a_field_existed_still_loads() -> None:
    assert from_json(Traits, '[{"birth_date":"1950-02-28"}]') == Traits(birth_date=date(1950, 2, 28))


def test_a_damaged_row_is_refused_without_quoting_it() -> None:
    with pytest.raises(ValueError, match="birth_date") as caught:
        from_json(Traits, '[{"birth_date":"Quiberonnais"}]')
    assert "Quiberonnais" not in str(caught.value)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Œuvrard-Noël", ["oeuvrard", "noel"]),
        ("  D'ORVAL,É. ", ["d", "orval", "e"]),
        ("ẞtraße", ["sstrasse"]),
        ("", []),
    ],
)
def test_words_lose_case_accents_and_punctuation(text: str, words: list[str]) -> None:
    assert folded_words(text) == words


@pytest.mark.parametrize(
    ("text", "days", "rest"),
    [
        ("1/2/1950 x", [date(1950, 2, 1)], "x"),
        ("1950-02-01", [date(1950, 2, 1)], ""),
        ("01021950", [date(1950, 2, 1)], ""),
        ("31/02/1950", [], "31/02/1950"),
        ("12.11", [], "12.11"),
    ],
)
def test_only_complete_dates_are_dates(text: str, days: list[date], rest: str) -> None:
    found, left = days_in(text)
    assert (found, left.strip()) == (days, rest)


def test_a_drug_stored_before_it_said_whether_it_is_sold_counts_as_sold() -> None:
    stored = to_json(Drug("Doliprane", "paracétamol")).replace(',"sold":true', "")
    assert "sold" not in stored
    assert from_json(Drug, stored).sold is True
