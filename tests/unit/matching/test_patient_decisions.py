"""What a match needs, one safety at a time: namesakes, twins, households, contradictions."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

import pytest

from pipeline.domain.identity import Appointment, MatchAnswer, Patient, Traits
from pipeline.matching.patients import PatientIndex

DAY = date(2025, 11, 12)
DOCTOR = "Dr Odile VASSEUR"
CROWD = [
    Patient(
        f"C{n}",
        f"{a}{b}{c}".upper(),
        None,
        f"{c}{a}".title(),
        "FM"[n % 2],
        date(1940 + n % 80, 1 + n % 12, 9),
    )
    for n, (a, b, c) in enumerate(
        (a, b, c)
        for a in ("bro", "cla", "fe", "gui")
        for b in ("lan", "mi", "ro", "ta")
        for c in ("do", "ne", "sart")
    )
]
NOE = Patient("T1", "KERVENNIC", None, "Noé", "M", date(2015, 6, 1), ins="115062999900101")
NOA = Patient("T2", "KERVENNIC", None, "Maël", "M", date(2015, 6, 1), ins="115062999900202")
ODETTE = Patient(
    "H1", "JOURDREN", "CADIOU", "Odette Marie", "F", date(1950, 3, 14),
    phone="02 61 91 00 07", address="3 rue des Saules", city="Val-d'Aubance", postal_code="35996",
)  # fmt: skip
LISON = replace(
    ODETTE, patient_id="H2", birth_name="JOURDREN", given_names="Lison", birth_date=date(2019, 9, 2)
)
FATHER = Patient("F1", "TRÉBAOL", None, "Yann", "M", date(1950, 1, 1))
SON = Patient("F2", "TREBAOL", None, "YANN", "M", date(1981, 1, 1))
EVERYBODY = [*CROWD, NOE, NOA, ODETTE, LISON, FATHER, SON]


def ask(traits: Traits, people=EVERYBODY, agenda=(), substances=None, on_page=frozenset()):
    index = PatientIndex(people, agenda, substances)
    return index.match(traits, written_on=DAY, prescriber=DOCTOR, substances=on_page)


def test_twins_ask_even_with_their_own_given_name_and_date() -> None:
    twin = Traits(names=("Kervennic", "Noé"), birth_date=date(2015, 6, 1))
    found = ask(twin)
    assert found.answer is MatchAnswer.ASK
    assert found.best is not None and found.best.patient_id == "T1" and "double" in found.best.reasons
    assert found.supposed_id == "T1"  # likely enough to be compared with; a person says the rest
    assert ask(replace(twin, ins="115062999900101")).patient_id == "T1"


def test_a_namesake_whose_birth_date_is_not_on_file_cannot_be_told_apart() -> None:
    dated = Traits(names=("Trébaol", "Yann"), birth_date=date(1981, 1, 1))
    assert ask(dated).patient_id == "F2"
    unknown = [replace(person, birth_date=None) if person is FATHER else person for person in EVERYBODY]
    assert ask(dated, unknown).answer is MatchAnswer.ASK


def test_the_household_of_an_appointment_is_likelier() -> None:
    agenda = [Appointment("H1", DOCTOR, datetime(2025, 11, 12, 9))]
    child = Traits(names=("Jourdren", "L"))
    without = ask(child).candidates
    found = ask(child, agenda=agenda).candidates
    assert found[0].patient_id == without[0].patient_id == "H2"
    assert "household.appointment" in found[0].reasons
    assert found[0].probability >= without[0].probability


def test_a_cancelled_appointment_is_no_evidence() -> None:
    agenda = [
        Appointment("H1", DOCTOR, datetime(2025, 11, 12, 9)),
        Appointment("F1", DOCTOR, datetime(2025, 11, 12, 10)),
    ]
    called_off = [replace(agenda[0], cancelled=True), agenda[1]]
    asked = Traits(names=("Jourdren", "O"))

    def reasons(lines: list[Appointment]) -> tuple[str, ...]:
        return next(one for one in ask(asked, agenda=lines).candidates if one.patient_id == "H1").reasons

    assert "appointment.that_day" in reasons(agenda)
    assert "appointment.none" in reasons(called_off)
    assert ask(asked, agenda=called_off) == ask(asked, agenda=agenda[1:])


def test_a_rare_treatment_on_record_tells_more_than_a_common_one() -> None:
    record = {"H1": frozenset({"fluindione"}), **{p.patient_id: frozenset({"paracétamol"}) for p in CROWD}}
    record["H2"] = frozenset({"paracétamol"})

    def bits(substance: str, patient_id: str) -> float:
        found = ask(Traits(names=("Jourdren",)), substances=record, on_page=frozenset({substance}))
        one = next(c for c in found.candidates if c.patient_id == patient_id)
        return one.bits[one.reasons.index("record.substances")]

    assert bits("fluindione", "H1") > 3 > 0 > bits("paracétamol", "H2") - 2


@pytest.mark.parametrize(
    ("names", "reason"),
    [
        (("Cadiou", "Odette"), "names.birth_name"),
        (("Jourdrem", "Odette"), "names.close"),
        (("Odette", "Jourdren", "Cadiou"), "both_names.exact"),
        (("Jourdren", "Marie"), "given.later"),
        (("Jourdren", "Odete"), "given.close"),
        (("Jourdren", "O"), "given.initial"),
    ],
)
def test_names_written_otherwise_are_found_and_said(names: tuple[str, ...], reason: str) -> None:
    found = ask(Traits(names=names, birth_date=ODETTE.birth_date))
    assert found.best is not None and found.best.patient_id == "H1"
    assert reason in found.best.reasons


@pytest.mark.parametrize(
    ("traits", "reason"),
    [
        ({"phone": "+33 2 61 91 00 07"}, "phone.agrees"),
        ({"address": "3, Rue des Saules", "postal_code": "35996"}, "address.agrees"),
        ({"city": "Val d'Aubance"}, "city.agrees"),
        ({"postal_code": "44000"}, "postal_code.differs"),
        ({"birth_date": date(1950, 3, 12)}, "birth_date.close"),
        ({"birth_date": date(1950, 3, 17)}, "birth_date.confused"),
        ({"birth_date": date(1956, 3, 14)}, "birth_date.confused"),
    ],
)
def test_other_traits_are_compared_and_said(traits: dict, reason: str) -> None:
    found = ask(Traits(names=("Jourdren", "Odette"), **traits))
    assert found.best is not None and reason in found.best.reasons
    assert len(found.best.bits) == len(found.best.reasons)


def test_a_name_written_as_it_is_heard_is_found() -> None:
    heard = Patient("S1", "THIBAULT", None, "Odile", "F", date(1950, 3, 14))
    found = ask(Traits(names=("Tibo", "Odile"), birth_date=heard.birth_date), [*EVERYBODY, heard])
    assert found.best is not None and found.best.patient_id == "S1" and "names.sound" in found.best.reasons


def test_a_page_that_names_two_people_asks() -> None:
    sure = Traits(names=("Jourdren", "Odette"), birth_date=ODETTE.birth_date)
    assert ask(sure).patient_id == "H1"
    assert ask(replace(sure, contradicted=True)).answer is MatchAnswer.ASK


def test_a_common_name_alone_is_shared_by_all_who_bear_it() -> None:
    martins = [Patient(f"M{n}", "MARTIN", None, f"Prénom{n}", "M", date(1950, 1, 1)) for n in range(500)]
    found = ask(Traits(names=("Martin",), sex="M"), [*EVERYBODY, *martins])
    assert found.answer is not MatchAnswer.MATCH
    assert found.best is not None and found.best.probability < 0.01


@pytest.mark.parametrize(
    "page",
    [
        {"names": ("Le Dantec", "Samia"), "sex": "F"},  # Samir's twin, who is not registered
        {"names": ("Le Dantec", "S."), "sex": "F"},
        {"names": ("Le Dantec",), "sex": "F"},
        {"names": ("Le Dantec", "Hector")},  # a second word is no birth name but another given name
        {"names": ("Ledanteq", "A")},  # nor is an initial a misspelt end of the family name
    ],
)
def test_a_twin_who_is_not_registered_is_not_taken_for_the_one_who_is(page) -> None:
    one = Patient("S1", "LE DANTEC", None, "Samir", "M", date(2010, 2, 3))
    people = [*CROWD, one]
    born = date(2010, 2, 3)
    assert ask(Traits(**page, birth_date=born), people).answer is MatchAnswer.ASK
    his = Traits(names=(page["names"][0], "Samir"), birth_date=born)
    assert ask(his, people).patient_id == "S1"
    assert ask(replace(his, sex="F"), people).patient_id == "S1"  # a title misread beside the full name


def test_a_full_name_that_is_somebody_elses_asks_though_the_birth_date_fits_a_near_name() -> None:
    wife = Patient("W1", "QUILLEROU", None, "Michèle", "F", date(1952, 1, 1))
    husband = Patient("W2", "QUILLEROU", None, "Michel", "M", date(1950, 1, 1))
    crowd = [replace(one, patient_id=f"{one.patient_id}-{n}") for n in range(8) for one in CROWD]
    page = Traits(names=("Quillerou", "Michel"), birth_date=date(1952, 1, 1))
    assert ask(page, [*crowd, wife]).patient_id == "W1"
    found = ask(page, [*crowd, wife, husband])
    assert found.answer is MatchAnswer.ASK
    assert found.best is not None and "homonym" in found.best.reasons  # though its own lead is enough
    assert ask(replace(page, names=("Quillerou", "Michèle")), [*crowd, wife, husband]).patient_id == "W1"


def test_a_common_given_name_is_hardly_a_slip_for_a_rare_one() -> None:
    michels = [replace(one, given_names="Michel", sex="M") for one in CROWD]
    rare = Patient("R1", "QUILLEROU", None, "Michèle", "F", date(1952, 1, 1))

    def bits(people) -> float:
        best = ask(Traits(names=("Quillerou", "Michel")), people).candidates[0]
        return best.bits[best.reasons.index("given.close")]

    assert bits([*michels, rare]) < 0 < bits([*CROWD, rare])


@pytest.mark.parametrize(
    "child",
    [
        {"names": ("Quillerou", "Léo")},
        {"names": ("Quillerou", "L.")},
        {"names": ("Quillerou",), "age": 6},
        {"names": ("Quillerou",), "title": "Enfant"},
        {"names": ("Quillerou",), "sex": "F"},
        {"names": ("Quillerou", "Léo"), "birth_date": date(2019, 3, 12)},
    ],
)
def test_the_insured_parents_number_on_a_childs_paper_makes_no_match(child) -> None:
    parent = Patient("P1", "QUILLEROU", None, "Jean", "M", date(1985, 3, 12), ins="185033523800166")
    crowd = [replace(one, patient_id=f"{one.patient_id}-{n}") for n in range(60) for one in CROWD]
    found = ask(Traits(**child, ins=parent.ins), [*crowd, parent])
    assert found.answer is MatchAnswer.ASK
    own = Patient("P2", "QUILLEROU", None, "Léo", "M", date(2019, 3, 12), ins="119033523800201")
    assert ask(Traits(**child, ins=parent.ins), [*crowd, parent, own]).patient_id != "P1"
    assert ask(Traits(names=("Quillerou", "Jean"), ins=parent.ins), [*crowd, parent, own]).patient_id == "P1"
    misread = Traits(names=("Quillerou", "Lxam"), ins=parent.ins, birth_date=parent.birth_date)
    assert ask(misread, [*crowd, parent, own]).patient_id == "P1"  # number and birth date are nobody else's
    married = Traits(names=("Bertho", "Jean"), ins=parent.ins)  # a usage name that nobody knows
    assert ask(married, [*crowd, parent]).patient_id == "P1"


@pytest.mark.parametrize(
    "shared", [{"phone": "0261910007"}, {"address": "3 rue des Saules"}, {"ins": "250033599900147"}]
)
def test_what_a_household_shares_needs_a_given_name_beside_it(shared) -> None:
    people = [replace(one, patient_id=f"{one.patient_id}-{n}") for n in range(20) for one in CROWD]
    page = Traits(names=("Jourdren",), **shared)
    one = replace(ODETTE, ins="250033599900147")
    assert ask(page, [*people, one]).answer is MatchAnswer.ASK  # her husband or child may not be registered
    assert ask(replace(page, names=("Jourdren", "Odette")), [*people, one]).patient_id == "H1"
    granddaughter = replace(page, names=("Jourdren", "Marie"))  # Odette's second given name
    assert ask(granddaughter, [*people, one]).answer is MatchAnswer.ASK
