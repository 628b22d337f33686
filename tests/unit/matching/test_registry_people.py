from __future__ import annotations

from datetime import date

import pytest

from pipeline.domain.identifiers import Contradiction, contradictions, is_ins, oid
from pipeline.domain.identity import Patient
from pipeline.matching.registry_people import read_people

WOMAN = "255081416802538"
CORSE = "2550819168025"


def one(**row: str) -> tuple[Patient, list[str], frozenset[str]]:
    found = read_people([(2, {"patient_id": "1", "family_name": "VOSGES", **row})], today=date(2025, 11, 13))
    (patient,) = found.patients
    return patient, [problem.message for problem in found.problems], found.unusable.get("1", frozenset())


def test_a_birth_name_alone_is_the_usage_name_too() -> None:
    patient, told, _ = one(family_name="", birth_name="ALBAREDE")
    assert (patient.family_name, patient.birth_name, told) == ("ALBAREDE", "ALBAREDE", [])


@pytest.mark.parametrize(
    ("row", "given", "used"),
    [
        ({"given_names": "Marie, Anne  Élise"}, "Marie Anne Élise", None),
        ({"given_names": "Marie Anne", "used_given_name": "Anne"}, "Marie Anne", "Anne"),
        ({"given_names": "Marie Anne", "used_given_name": "MARIE"}, "Marie Anne", None),
        ({"used_given_name": "Anne"}, "Anne", None),
        ({"first_given_name": "Marie", "given_names": "Marie Anne"}, "Marie Anne", None),
        ({"first_given_name": "Marie", "later_given_names": "Anne"}, "Marie Anne", None),
        ({"first_given_name": "Marie"}, "Marie", None),
    ],
)
def test_given_names_come_from_one_column_or_several(row: dict[str, str], given: str, used: str) -> None:
    patient, _, _ = one(**row)
    assert (patient.given_names, patient.used_given_name) == (given, used)


@pytest.mark.parametrize(
    ("row", "sex", "told"),
    [
        ({"sex": "Féminin"}, "F", 0),
        ({"sex": "1"}, "M", 0),
        ({"title": "M."}, "M", 0),
        ({"title": "Mlle"}, "F", 0),
        ({"title": "Enfant"}, None, 0),
        ({"sex": "", "title": "Mme"}, "F", 0),
        ({"sex": "I"}, None, 0),
        ({"sex": "Z"}, None, 1),
    ],
)
def test_sex_or_else_title(row: dict[str, str], sex: str | None, told: int) -> None:
    patient, problems, _ = one(**row)
    assert (patient.sex, len(problems)) == (sex, told)


@pytest.mark.parametrize(
    ("text", "born", "word"),
    [
        ("1957-03-12", date(1957, 3, 12), ""),
        ("12/03/1957 00:00:00", date(1957, 3, 12), ""),
        ("1957-03-12T00:00:00Z", date(1957, 3, 12), ""),
        ("19570312", date(1957, 3, 12), ""),
        ("3.12.1957", date(1957, 12, 3), ""),
        ("12/03/57", None, "illisible"),
        ("31/02/1957", None, "illisible"),
        ("1957-03", None, "incomplète"),
        ("1957", None, "incomplète"),
        ("00/00/1957", None, "incomplète"),
        ("14/11/2025", None, "impossible"),
        ("1757-03-12", None, "impossible"),
    ],
)
def test_a_birth_date_is_complete_and_possible_or_told(text: str, born: date | None, word: str) -> None:
    patient, told, unusable = one(birth_date=text)
    assert patient.birth_date == born
    assert (word in told[0] and text not in told[0]) if word else not told
    assert unusable == (frozenset({"birth_date"}) if word else frozenset())


@pytest.mark.parametrize(
    ("row", "place"),
    [
        ({"city": "35000 Rennes"}, (None, "35000", "Rennes")),
        ({"city": "Rennes (35000)"}, (None, "35000", "Rennes")),
        ({"city": "Rennes", "postal_code": "35 000"}, (None, "35000", "Rennes")),
        ({"city": "Bourg", "postal_code": "1000"}, (None, "01000", "Bourg")),
        ({"address": "2 rue du Lac, 35000 RENNES"}, ("2 rue du Lac", "35000", "RENNES")),
        ({"address": "2 rue du Lac", "address_more": "Bât. B"}, ("2 rue du Lac, Bât. B", None, None)),
        ({"city": "Paris 12"}, (None, None, "Paris 12")),
    ],
)
def test_street_postal_code_and_town(row: dict[str, str], place: tuple[str | None, ...]) -> None:
    patient, _, _ = one(**row)
    assert (patient.address, patient.postal_code, patient.city) == place


def test_phones_are_kept_as_written() -> None:
    assert one(phone="02 99", mobile="06.1")[0].mobile == "06.1"
    only = one(mobile="06.1")[0]
    assert (only.phone, only.mobile) == ("06.1", None)


@pytest.mark.parametrize(
    ("row", "ins", "word"),
    [
        ({"ins": "2 55 08 14 168 025 38"}, WOMAN, ""),
        ({"nir": WOMAN}, WOMAN, ""),
        ({"ins": WOMAN, "nir": "1" * 13}, WOMAN, ""),
        ({"nir": WOMAN[:13], "ins_key": "38"}, WOMAN, ""),
        ({"nir": WOMAN[:13]}, WOMAN[:13], ""),
        ({"nir": "25508" + "2A" + "168025"}, "255082A168025", ""),
        ({"ins": WOMAN[:14] + "9"}, None, "clé"),
        ({"ins": WOMAN[:14]}, None, "malformé"),
        ({"ins": "055081416802538"}, None, "clé"),
        ({"ins": "ABC"}, None, "malformé"),
    ],
)
def test_an_ins_has_its_key_or_none(row: dict[str, str], ins: str | None, word: str) -> None:
    patient, told, unusable = one(**row)
    assert patient.ins == ins
    assert word in told[0] if word else not told
    assert ("ins" in unusable) == bool(word)


def test_a_number_contradicted_once_stays_and_twice_is_somebody_elses() -> None:
    right = {"sex": "F", "birth_date": "03/08/1955", "birth_place_insee": "14168"}
    assert one(ins=WOMAN, **right)[:2] == (one(ins=WOMAN, **right)[0], [])
    kept, told, unusable = one(ins=WOMAN, **{**right, "sex": "M"})
    assert kept.ins == WOMAN and "gardé" in told[0] and not unusable
    child, told, unusable = one(ins=WOMAN, **{**right, "birth_date": "04/09/1990"})
    assert child.ins is None and "parent" in told[0] and "ins" in unusable


@pytest.mark.parametrize(
    ("ins", "place", "found"),
    [
        ("2550820168025", "2A004", ()),
        ("255082A168025", "2A004", ()),
        ("2550875168025", "92012", ()),
        ("2550899168025", "99350", ()),
        ("2550892168025", "99352", ()),
        ("2550814168025", "35238", (Contradiction.PLACE,)),
        ("2554214168025", "14168", ()),
        ("2550914168025", "14168", (Contradiction.MONTH,)),
        ("1560914168025", None, (Contradiction.SEX, Contradiction.YEAR, Contradiction.MONTH)),
    ],
)
def test_what_an_ins_says_of_its_bearer(
    ins: str, place: str | None, found: tuple[Contradiction, ...]
) -> None:
    assert contradictions(ins, sex="F", birth_date=date(1955, 8, 3), birth_place_insee=place) == found
    assert contradictions(ins, sex=None, birth_date=None, birth_place_insee=None) == ()


def test_a_code_in_the_column_of_the_birth_place_counts_where_the_ins_says_the_same() -> None:
    patient, _, _ = one(ins=WOMAN, birth_place="14168")
    assert (patient.birth_place_insee, patient.birth_place) == ("14168", None)
    patient, _, _ = one(ins=WOMAN, birth_place="35000")
    assert (patient.birth_place_insee, patient.birth_place) == (None, "35000")


def test_oids() -> None:
    assert oid(" urn:oid:1.2.250.1.213.1.4.8") == oid("1.2.250.1.213.1.4.8") == "1.2.250.1.213.1.4.8"
    assert oid("NIR") is None
    assert not is_ins("")


def test_the_same_key_twice_is_told_as_repeated_or_as_other() -> None:
    row = {"patient_id": "1", "family_name": "VOSGES"}
    found = read_people([(2, row), (3, row), (4, {**row, "city": "Brest"})])
    assert len(found.patients) == 1 and found.patients[0].city is None
    assert ["identique" in p.message for p in found.problems] == [True, False]


def test_the_same_strict_traits_or_ins_under_two_keys_are_told() -> None:
    base = {"family_name": "VOSGES", "given_names": "Ida Zoé", "birth_date": "03/08/1955", "sex": "F"}
    rows = [
        {**base, "patient_id": "1"},
        {**base, "patient_id": "2", "birth_name": "Vosgès", "family_name": "MARTEL", "given_names": "IDA"},
        {**base, "patient_id": "3", "given_names": "Éva"},
        {**base, "patient_id": "4", "birth_date": "04/08/1955"},
        {"patient_id": "5", "family_name": "A", "ins": WOMAN},
        {"patient_id": "6", "family_name": "B", "ins": WOMAN[:13]},
        {"patient_id": "7", "family_name": "VOSGES"},
        {"patient_id": "8", "family_name": "VOSGES"},
    ]
    found = read_people(list(enumerate(rows, start=2)))
    assert found.alike == (("1", "2"), ("5", "6"))
    assert len(found.patients) == 8


def test_a_file_says_only_the_fields_in_which_something_stands() -> None:
    rows = [(2, {"patient_id": "1", "family_name": "A", "phone": "", "city": "Brest"})]
    assert read_people(rows).said == {"family_name", "city"}
