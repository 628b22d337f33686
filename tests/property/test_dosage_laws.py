"""Laws of the dosage: nothing is lost on the way to FHIR and back, and all of it is official FHIR."""

from __future__ import annotations

import json
import sys
from decimal import Decimal
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.domain.meaning import Duration, Moment, Posology, TimeUnit
from pipeline.export.dosage import from_fhir, to_fhir

sys.path.insert(0, str(Path(__file__).parents[1] / "integration" / "export"))
from r4_checker import check_as

amounts = st.integers(1, 99_999).map(lambda n: Decimal(n) / 100)
counts = st.integers(1, 24)
words = st.sampled_from(["à jeun", "pendant les repas", "avec un grand verre d'eau", "boire assis"])


def maybe(strategy):
    return st.none() | strategy


@st.composite
def durations(draw):
    low = draw(amounts)
    return Duration(low, draw(st.sampled_from(TimeUnit)), draw(maybe(amounts.map(lambda more: low + more))))


@st.composite
def posologies(draw):
    dose = draw(maybe(amounts))
    period = draw(maybe(amounts))
    unit = draw(maybe(st.sampled_from(["comprimé", "goutte", "mL"])))
    cap = draw(maybe(amounts))
    as_needed = draw(st.booleans())
    return Posology(
        text=draw(st.sampled_from(["", "1 cp x3/j", "½ le soir"])),
        sequence=draw(counts),
        dose=dose,
        dose_high=draw(maybe(amounts.map(lambda more: (dose or 0) + more))),
        dose_unit=unit,
        frequency=draw(maybe(counts)),
        frequency_max=draw(maybe(counts)),
        period=period,
        period_max=None if period is None else draw(maybe(amounts.map(lambda more: period + more))),
        period_unit=draw(st.sampled_from(TimeUnit)) if period is not None else None,
        when=tuple(draw(st.lists(st.sampled_from(Moment), unique=True))),
        weekdays=tuple(draw(st.lists(st.integers(0, 6), unique=True))),
        instructions=tuple(draw(st.lists(words, unique=True))),
        duration=draw(maybe(durations())),
        count=draw(maybe(counts)),
        as_needed=as_needed,
        as_needed_for=draw(maybe(st.sampled_from(["douleur", "fièvre > 38,5"]))) if as_needed else None,
        max_per_day=cap,
        max_unit=draw(st.sampled_from([None, "g", "mg/kg"])) if cap else None,
        route=draw(maybe(st.sampled_from(["orale", "cutanée", "inhalée", "intra-articulaire"]))),
        site=draw(maybe(st.sampled_from(["œil droit", "les deux yeux"]))),
    )


@given(st.lists(posologies(), max_size=4).map(tuple))
def test_there_and_back_is_the_same(written) -> None:
    sent = json.loads(json.dumps(to_fhir(written)))
    assert from_fhir(sent) == written


@settings(max_examples=40, deadline=None)
@given(posologies())
def test_the_official_definitions_accept_every_dosage(written) -> None:
    (dosage,) = to_fhir([written])
    assert check_as("Dosage", dosage) == []


@given(posologies(), posologies())
def test_different_posologies_never_look_the_same(one, other) -> None:
    assert (to_fhir([one]) == to_fhir([other])) == (one == other)
