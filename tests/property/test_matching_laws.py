"""Laws of matching: probabilities are probabilities, the order of the registry and accents do not matter."""

from __future__ import annotations

import unicodedata
from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.domain.identity import MatchAnswer, Patient, Traits
from pipeline.matching.patient_names import Likeness, folded, key, likeness
from pipeline.matching.patients import PatientIndex

FAMILIES = ["QUERVELEC", "QUERVELLEC", "Le Quintrec", "JOURDREN", "Trébaol", "Kervennic-Jourdren"]
GIVEN = ["Zoé", "Yann", "Lou-Anne", "Noé Marie", ""]
names = st.lists(st.sampled_from([*FAMILIES, *GIVEN, "Z", "Inconnu"]).filter(bool), max_size=3)
days = st.dates(date(1940, 1, 1), date(2024, 12, 31))
traits = st.builds(
    Traits,
    names=names.map(tuple),
    sex=st.sampled_from([None, "F", "M"]),
    birth_date=st.none() | days,
    birth_year=st.none() | st.integers(1940, 2024),
    age=st.none() | st.integers(0, 100),
)


@st.composite
def registries(draw):
    rows = draw(st.lists(st.tuples(st.sampled_from(FAMILIES), st.sampled_from(GIVEN), days), max_size=12))
    return [
        Patient(f"P{n}", family, None, given_, "F", born) for n, (family, given_, born) in enumerate(rows)
    ]


def ask(patients, asked):
    return PatientIndex(patients).match(asked, written_on=date(2025, 11, 12), prescriber="Dr A")


@settings(max_examples=60, deadline=None)
@given(registries(), traits)
def test_candidates_are_distinct_and_share_at_most_one_probability(patients, asked) -> None:
    found = ask(patients, asked)
    chances = [candidate.probability for candidate in found.candidates]
    assert sum(chances) <= 1 + 1e-9 and all(0 <= chance <= 1 for chance in chances)
    assert len({candidate.patient_id for candidate in found.candidates}) == len(chances)
    assert (found.answer is MatchAnswer.MATCH) == (bool(chances) and chances[0] >= 0.95)


@settings(max_examples=40, deadline=None)
@given(registries(), traits, st.randoms())
def test_the_order_of_the_registry_does_not_matter(patients, asked, source) -> None:
    shuffled = list(patients)
    source.shuffle(shuffled)
    assert ask(shuffled, asked) == ask(patients, asked)


@settings(max_examples=40, deadline=None)
@given(registries(), traits)
def test_a_twin_of_everybody_leaves_no_match(patients, asked) -> None:
    doubles = [
        Patient(f"D{p.patient_id}", p.family_name, None, p.given_names, p.sex, p.birth_date) for p in patients
    ]
    assert ask([*patients, *doubles], asked).answer is not MatchAnswer.MATCH


@given(st.text(max_size=20))
def test_folding_is_idempotent_and_blind_to_accents_and_case(text: str) -> None:
    assert folded(folded(text)) == folded(text)
    assert key(unicodedata.normalize("NFD", text)) == key(unicodedata.normalize("NFC", text))


@given(st.text("abcdef", min_size=1, max_size=9), st.text("abcdef", min_size=1, max_size=9))
def test_a_name_is_exactly_itself(one: str, other: str) -> None:
    assert (likeness(one, other) is Likeness.EXACT) == (one == other)
