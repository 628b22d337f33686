"""Who is matched, who is asked about, and that nobody is matched on too little."""

from __future__ import annotations

import dataclasses
import random
import time
from datetime import date, datetime

import pytest

from pipeline.domain.identity import Appointment, MatchAnswer, Patient, Traits
from pipeline.matching.patients import PatientIndex

DAY = date(2025, 11, 12)
DOCTOR = "Dr Odile VASSEUR"
SYLLABLES = ("ba", "co", "di", "fu", "ga", "le", "mi", "no", "pu", "ra", "sé", "ti", "vo", "za", "bre", "clo")


def somebody(number: int, source: random.Random) -> Patient:
    def name(length: int) -> str:
        return "".join(source.choice(SYLLABLES) for _ in range(length)).upper()

    born = date(source.randint(1930, 2024), source.randint(1, 12), source.randint(1, 28))
    family, given = name(3), name(2).title()
    return Patient(f"R{number}", family, family, given, source.choice("FM"), born, treating_doctor=DOCTOR)


CROWD = [somebody(number, random.Random(number)) for number in range(3000)]
ZOE = Patient("P1", "QUERVELEC", "QUERVELEC", "Zoé Marie", "F", date(1957, 12, 3), phone="02 61 91 00 01")
LOU = Patient("P2", "LE QUINTREC", "JOURDREN", "Lou-Anne", "F", date(1980, 5, 1))
TWINS = [
    Patient("P3", "KERVENNIC", None, "Noé", "M", date(2015, 6, 1)),
    Patient("P4", "KERVENNIC", None, "Noa", "M", date(2015, 6, 1)),
]
NAMESAKES = [
    Patient("P5", "TRÉBAOL", None, "Yann", "M", date(1950, 1, 1)),
    Patient("P6", "TREBAOL", None, "YANN", "M", date(1980, 1, 1)),
]
EVERYBODY = [*CROWD, ZOE, LOU, *TWINS, *NAMESAKES]
AGENDA = [
    Appointment(p.patient_id, DOCTOR, datetime(2025, 11, 12, 9)) for p in (ZOE, NAMESAKES[0], *CROWD[:20])
]


@pytest.fixture(scope="module")
def index() -> PatientIndex:
    return PatientIndex(EVERYBODY, AGENDA)


def asked(index: PatientIndex, traits: Traits, doctor: str | None = DOCTOR, on: date | None = DAY):
    return index.match(traits, written_on=on, prescriber=doctor)


@pytest.mark.parametrize(
    "traits",
    [
        Traits(names=("Quervelec", "Zoé"), birth_date=date(1957, 12, 3)),
        Traits(names=("zoe", "QUERVELEC"), age=67),
        Traits(names=("Quervelec",), title="Mme", sex="F", birth_date=date(1957, 12, 3)),
        Traits(names=("Quervelec", "Zoé")),  # and the appointment of that day
        Traits(names=("Quervelek", "Zoé"), birth_year=1957),
    ],
)
def test_a_name_with_something_that_confirms_it_matches(index: PatientIndex, traits: Traits) -> None:
    found = asked(index, traits)
    assert (found.answer, found.patient_id) == (MatchAnswer.MATCH, "P1")
    assert found.best is not None and found.best.probability >= 0.95


def test_particles_and_birth_names_match(index: PatientIndex) -> None:
    for names in (("Le", "Quintrec", "Lou", "Anne"), ("LEQUINTREC", "Lou-Anne"), ("Jourdren", "Lou-Anne")):
        assert asked(index, Traits(names=names, birth_date=date(1980, 5, 1))).patient_id == "P2"
    both = asked(index, Traits(names=("Le", "Quintrec", "Jourdren"), birth_date=date(1980, 5, 1)))
    assert both.patient_id == "P2"
    assert both.best is not None and "both_names.exact" in both.best.reasons


def test_a_name_alone_never_matches(index: PatientIndex) -> None:
    for traits in (
        Traits(names=("Quervelec",), title="Mme", sex="F"),
        Traits(names=("Le", "Quintrec", "Lou-Anne")),
        Traits(names=("Quervelec", "Z")),
    ):
        found = asked(index, traits)
        assert found.answer is MatchAnswer.ASK
        assert found.best is not None and found.best.probability < 0.95
    assert asked(PatientIndex(EVERYBODY), Traits(names=("Quervelec", "Zoé"))).answer is MatchAnswer.ASK


def test_twins_ask(index: PatientIndex) -> None:
    found = asked(index, Traits(names=("Kervennic", "N"), title="Enfant", birth_date=date(2015, 6, 1)))
    assert found.answer is MatchAnswer.ASK
    assert {candidate.patient_id for candidate in found.candidates[:2]} == {"P3", "P4"}
    assert "homonym" in found.candidates[0].reasons


def test_a_namesake_asks_even_when_the_agenda_knows_better(index: PatientIndex) -> None:
    found = asked(index, Traits(names=("Trébaol", "Yann"), title="M.", sex="M"))
    assert found.answer is MatchAnswer.ASK
    assert found.best is not None and found.best.patient_id == "P5"


def test_an_age_does_not_tell_namesakes_apart_a_birth_date_does(index: PatientIndex) -> None:
    older = Traits(names=("Trébaol", "Yann"), age=75)
    found = asked(index, older)
    assert found.answer is MatchAnswer.ASK
    assert found.best is not None and found.best.patient_id == "P5" and "double" in found.best.reasons
    dated = dataclasses.replace(older, age=None, birth_date=date(1950, 1, 1))
    assert asked(index, dated).patient_id == "P5"
    assert asked(PatientIndex(EVERYBODY), dated).patient_id == "P5"


@pytest.mark.parametrize(
    "wrong",
    [
        {"sex": "M"},
        {"birth_date": date(1988, 4, 20)},
        {"age": 12},
        {"birth_year": 1931},
        {"title": "Enfant"},
        {"ins": "1570399999999"},
    ],
)
def test_a_contradiction_asks_or_finds_nobody(wrong: dict) -> None:
    index = PatientIndex(
        [dataclasses.replace(p, ins="2571299999999" if p is ZOE else None) for p in EVERYBODY], AGENDA
    )
    traits = dataclasses.replace(Traits(names=("Quervelec", "Zoé")), **wrong)
    assert asked(index, traits).answer is not MatchAnswer.MATCH


def test_strangers_are_not_matched(index: PatientIndex) -> None:
    for names in (("Xylander", "Wilhelmine"), ("Quervelec", "Hippolyte"), ()):
        for born in (date(1966, 6, 6), None):
            found = asked(index, Traits(names=names, birth_date=born))
            assert found.answer is not MatchAnswer.MATCH
    assert asked(index, Traits()).answer is MatchAnswer.NONE
    assert PatientIndex([]).match(Traits(names=("A",)), written_on=None, prescriber=None).candidates == ()


def test_a_date_outside_the_agenda_counts_as_none(index: PatientIndex) -> None:
    found = asked(index, Traits(names=("Quervelec", "Zoé"), age=67), on=date(2024, 11, 12))
    assert found.best is not None and "appointment.that_week" in found.best.reasons
    assert "age.agrees" in found.best.reasons


def test_substances_on_record_speak_for_their_patient() -> None:
    index = PatientIndex(EVERYBODY, (), {"P6": frozenset({"lévothyroxine"})})
    traits = Traits(names=("Trébaol", "Yann"))
    found = index.match(traits, written_on=DAY, prescriber=None, substances=frozenset({"Levothyroxine"}))
    assert found.best is not None and found.best.patient_id == "P6"
    assert found.answer is MatchAnswer.ASK


def test_three_thousand_patients_are_indexed_and_asked_quickly() -> None:
    start = time.process_time()
    index = PatientIndex(EVERYBODY, AGENDA)
    assert time.process_time() - start < 1.0
    start = time.process_time()
    for patient in CROWD[:100]:
        asked(index, Traits(names=(patient.family_name, patient.given_names), birth_date=patient.birth_date))
    assert (time.process_time() - start) / 100 < 0.020


def test_a_common_name_with_an_age_asks_where_a_rare_one_is_matched() -> None:
    """A passing patient may well be another Marie Martin of that age, hardly another Lou-Anne Le Quintrec."""
    martins = [Patient(f"M{n}", "MARTIN", None, f"Ida{n}", "F", date(1955, 1, 1)) for n in range(300)]
    maries = [Patient(f"N{n}", f"NOM{n}", None, "Marie", "F", date(1980, 1, 1)) for n in range(300)]
    marie = Patient("P9", "MARTIN", None, "Marie", "F", date(1980, 5, 1))
    index = PatientIndex([*CROWD, *martins, *maries, marie, LOU])
    common = asked(index, Traits(names=("Martin", "Marie"), age=45))
    assert common.best is not None and common.best.patient_id == "P9"
    assert common.answer is MatchAnswer.ASK
    assert asked(index, Traits(names=("Le Quintrec", "Lou-Anne"), age=45)).patient_id == "P2"


def test_a_stranger_born_on_somebodys_day_is_nobody() -> None:
    found = asked(
        PatientIndex(EVERYBODY), Traits(names=("Xylander", "Wilhelmine"), birth_date=ZOE.birth_date)
    )
    assert found.answer is MatchAnswer.NONE
    best = found.best
    assert best is not None and {"names.different", "given.different", "birth_date.exact"} <= set(
        best.reasons
    )
