"""Laws of whose paper it is: evidence never hurts its owner, likeness is symmetric, no match on a name."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from hypothesis import assume, given, settings
from hypothesis import strategies as st
from rapidfuzz.distance import OSA

from pipeline.domain.identity import MatchAnswer, Patient, Traits
from pipeline.matching.name_table import NameTable
from pipeline.matching.patient_dates import date_likeness
from pipeline.matching.patient_names import edits_allowed, likeness, sound
from pipeline.matching.patients import PatientIndex

FAMILIES = ["QUERVELEC", "QUERVELLEC", "LE QUINTREC", "JOURDREN", "TRÉBAOL", "KERVENNIC-JOURDREN", "MARTIN"]
GIVEN = ["Zoé", "Yann", "Lou-Anne", "Noé Marie", "Marie"]
words = st.text("abelmnrt", min_size=1, max_size=10)
days = st.dates(date(1940, 1, 1), date(2024, 12, 31))
people = st.lists(
    st.builds(
        Patient,
        patient_id=st.integers(0, 10**9).map(lambda n: f"P{n}"),
        family_name=st.sampled_from(FAMILIES),
        birth_name=st.none() | st.sampled_from(FAMILIES),
        given_names=st.sampled_from(GIVEN),
        sex=st.sampled_from("FM"),
        birth_date=days,
        phone=st.integers(0, 99).map(lambda n: f"02 61 91 00 {n:02}"),
        address=st.sampled_from(["1 rue du Puits", "2 rue du Puits", "8 allée des Lilas"]),
        city=st.just("Val-d'Aubance"),
    ),
    min_size=1,
    max_size=12,
    unique_by=lambda person: person.patient_id,
)


def asked(patients, traits):
    return PatientIndex(patients).match(traits, written_on=date(2025, 11, 12), prescriber=None)


def rank_of(found, patient_id):
    ids = [candidate.patient_id for candidate in found.candidates]
    return ids.index(patient_id) if patient_id in ids else len(ids)


@settings(max_examples=80, deadline=None)
@given(people)
def test_a_name_alone_is_never_a_match(patients) -> None:
    person = patients[0]
    for names in ((person.family_name,), (person.family_name, *person.given_names.split())):
        assert asked(patients, Traits(names=names)).answer is not MatchAnswer.MATCH
        assert asked(patients, Traits(names=names, sex=person.sex)).answer is not MatchAnswer.MATCH


@settings(max_examples=80, deadline=None)
@given(people, st.sampled_from(["birth_date", "phone", "address", "sex"]))
def test_a_trait_that_agrees_never_hurts_its_owner(patients, trait) -> None:
    person = patients[0]
    bare = Traits(names=(person.family_name, person.given_names.split()[0]))
    more = replace(bare, **{trait: getattr(person, trait)})
    before, after = asked(patients, bare), asked(patients, more)
    assert rank_of(after, person.patient_id) <= rank_of(before, person.patient_id)


@settings(max_examples=80, deadline=None)
@given(people, days)
def test_a_date_that_contradicts_never_helps_and_never_matches(patients, day) -> None:
    person = patients[0]
    assume(all(abs((other.birth_date - day).days) > 40000 or other.birth_date != day for other in patients))
    names = (person.family_name, person.given_names.split()[0])
    found = asked(patients, Traits(names=names, birth_date=day))
    if found.answer is MatchAnswer.MATCH:
        matched = next(one for one in patients if one.patient_id == found.patient_id)
        assert date_likeness(day, matched.birth_date) != "different"


@settings(max_examples=60, deadline=None)
@given(people)
def test_whoever_is_matched_bears_the_whole_birth_date_and_has_no_double(patients) -> None:
    person = patients[0]
    names = (person.family_name, person.given_names.split()[0])
    found = asked(patients, Traits(names=names, birth_date=person.birth_date))
    doubles = [
        other
        for other in patients[1:]
        if other.birth_date == person.birth_date
        and {other.family_name, other.birth_name} & {person.family_name, person.birth_name} - {None}
    ]
    if found.answer is MatchAnswer.MATCH:
        assert found.patient_id == person.patient_id and not doubles


@given(words, words)
def test_likeness_and_sound_are_symmetric(one, other) -> None:
    if len(one) > 1 and len(other) > 1:
        assert likeness(one, other) == likeness(other, one)
    assert (sound(one) == sound(other)) == (sound(other) == sound(one))


@given(days, days)
def test_dates_are_alike_both_ways(one, other) -> None:
    assert date_likeness(one, other) == date_likeness(other, one)


@given(st.lists(words, min_size=1, max_size=40, unique=True), words)
def test_the_names_found_near_are_all_that_are_near(names, written) -> None:
    """The count of letters only spares comparisons; it never loses a name."""
    table = NameTable(names, range(len(names)), len(names))
    wanted = {
        name
        for name in names
        if 0 < OSA.distance(written, name) <= edits_allowed(min(len(written), len(name)))
    }
    assert table.near(written) == wanted
