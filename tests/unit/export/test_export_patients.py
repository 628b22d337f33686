"""Patients and agenda from FHIR: the French profile, what other programs send, and what is broken."""

from __future__ import annotations

import copy
import json
from datetime import date, datetime
from typing import Any

import pytest

from pipeline.domain.errors import BadRegistry
from pipeline.domain.identity import Appointment, Patient
from pipeline.export.agenda import appointments_in
from pipeline.export.patients import own_key, patient_rows
from pipeline.export.resources import read_resources
from pipeline.matching.registry_people import read_people

NIR, NIA = "urn:oid:1.2.250.1.213.1.4.8", "urn:oid:1.2.250.1.213.1.4.9"
FRENCH: dict[str, Any] = {
    "resourceType": "Patient",
    "id": "7",
    "extension": [
        {
            "url": "http://hl7.org/fhir/StructureDefinition/patient-birthPlace",
            "valueAddress": {
                "city": "Caumont",
                "extension": [
                    {
                        "url": "https://hl7.fr/ig/fhir/core/StructureDefinition/fr-core-address-insee-code",
                        "valueCoding": {"code": "14168"},
                    }
                ],
            },
        }
    ],
    "identifier": [
        {"use": "official", "system": NIR, "value": "255081416802538"},
        {"use": "usual", "type": {"coding": [{"code": "PI"}]}, "system": "urn:oid:1.2.3", "value": "D-0012"},
    ],
    "name": [
        {
            "use": "official",
            "family": "ALBAREDE",
            "given": ["IDA"],
            "extension": [
                {
                    "url": "https://hl7.fr/ig/fhir/core/StructureDefinition/fr-core-patient-birth-list-given-name",
                    "valueString": "IDA ZOÉ MARIE",
                }
            ],
        },
        {"use": "usual", "family": "VOSGES", "given": ["Zoé"]},
    ],
    "telecom": [
        {"system": "email", "value": "a@example.org"},
        {"system": "phone", "use": "work", "value": "02 99 00 00 09"},
        {"system": "phone", "use": "home", "value": "02 99 00 00 01"},
        {"system": "phone", "use": "mobile", "value": "06 39 98 00 01"},
    ],
    "gender": "female",
    "birthDate": "1955-08-03",
    "address": [
        {"use": "old", "line": ["1 rue Ancienne"], "city": "Brest"},
        {"use": "home", "line": ["2 rue du Lac", "Bât. B"], "city": "Rennes", "postalCode": "35000"},
    ],
    "generalPractitioner": [{"reference": "Practitioner/3"}],
}
DOCTOR = {"resourceType": "Practitioner", "id": "3", "name": [{"prefix": ["Dr"], "family": "MOREL"}]}


def bundle(*resources: Any) -> str:
    entries = [{"fullUrl": f"urn:uuid:{place}", "resource": one} for place, one in enumerate(resources)]
    return json.dumps({"resourceType": "Bundle", "type": "collection", "entry": entries})


def people(text: str) -> list[Patient]:
    return list(read_people(patient_rows(read_resources(text, "x.json"))).patients)


def with_(**changes: Any) -> dict[str, Any]:
    return {**copy.deepcopy(FRENCH), **changes}


def test_a_patient_of_the_french_profile() -> None:
    assert people(bundle(FRENCH, DOCTOR)) == [
        Patient(
            patient_id="D-0012",
            family_name="VOSGES",
            birth_name="ALBAREDE",
            given_names="IDA ZOÉ MARIE",
            sex="F",
            birth_date=date(1955, 8, 3),
            birth_place_insee="14168",
            ins="255081416802538",
            phone="02 99 00 00 01",
            address="2 rue du Lac, Bât. B",
            city="Rennes",
            treating_doctor="Dr MOREL",
            postal_code="35000",
            birth_place="Caumont",
            used_given_name="Zoé",
            ins_oid="1.2.250.1.213.1.4.8",
            mobile="06 39 98 00 01",
        )
    ]


@pytest.mark.parametrize(
    ("system", "authority"),
    [
        (NIR, "1.2.250.1.213.1.4.8"),
        ("1.2.250.1.213.1.4.8", "1.2.250.1.213.1.4.8"),
        (NIA, "1.2.250.1.213.1.4.9"),
        ("URN:OID:1.2.250.1.213.1.4.10", "1.2.250.1.213.1.4.10"),
        ("1.2.250.1.213.1.4.11", "1.2.250.1.213.1.4.11"),
        ("urn:oid:1.2.250.1.213.1.4.2", None),
        ("https://example.org/other", None),
    ],
)
def test_an_ins_is_known_by_the_oid_of_its_authority(system: str, authority: str | None) -> None:
    (patient,) = people(bundle(with_(identifier=[{"system": system, "value": "255081416802538"}])))
    assert patient.ins_oid == authority
    assert patient.ins == ("255081416802538" if authority else None)


@pytest.mark.parametrize(
    ("identifiers", "key"),
    [
        ([{"system": NIR, "value": "1"}], "7"),
        ([{"system": "urn:oid:1.2.250.1.213.1.4.2", "value": "1"}], "7"),
        ([{"type": {"coding": [{"code": "INS-C"}]}, "system": "x", "value": "1"}], "7"),
        ([{"system": "http://interopsante.org/fhir/NIR", "value": "1"}], "7"),
        ([{"system": "http://cabinet.example", "value": "A1"}], "A1"),
        ([{"value": "A1"}], "A1"),
        (
            [
                {"system": "a", "value": "A1"},
                {"type": {"coding": [{"code": "INTRN"}]}, "system": "b", "value": "B1"},
            ],
            "B1",
        ),
        ([{"system": "a", "use": "old", "value": "A1"}, {"system": "a", "value": "A2"}], "A2"),
        ([{"system": "a"}], "7"),
        ("no list", "7"),
        (None, "7"),
    ],
)
def test_the_practices_own_key(identifiers: Any, key: str) -> None:
    assert own_key(with_(identifier=identifiers)) == key


@pytest.mark.parametrize(
    ("names", "family", "birth", "given", "used"),
    [
        ([{"use": "official", "family": "A", "given": ["Ida", "Zoé"]}], "A", "A", "Ida Zoé", None),
        ([{"family": "A", "given": ["Ida"]}], "A", None, "Ida", None),
        ([{"use": "usual", "family": "A"}, {"use": "maiden", "family": "B"}], "A", "B", "", None),
        ([{"use": "nickname", "family": "A"}], "A", None, "", None),
        ([{"use": "old", "family": "Z"}, {"use": "usual", "family": "A"}], "A", None, "", None),
        (
            [
                {"use": "usual", "family": "Z", "period": {"end": "2001-01-01"}},
                {"use": "usual", "family": "A"},
            ],
            "A",
            None,
            "",
            None,
        ),
        ({"family": "A"}, "A", None, "", None),
    ],
)
def test_names_by_their_use(names: Any, family: str, birth: str | None, given: str, used: str | None) -> None:
    (patient,) = people(bundle(with_(name=names, identifier=[])))
    assert (patient.family_name, patient.birth_name) == (family, birth)
    assert (patient.given_names, patient.used_given_name) == (given, used)


def test_a_partial_birth_date_is_told_and_left_out() -> None:
    rows = patient_rows(read_resources(bundle(with_(birthDate="1955-08")), "x.json"))
    found = read_people(rows)
    assert found.patients[0].birth_date is None and found.patients[0].ins
    assert [problem.message for problem in found.problems] == ["date de naissance incomplète, ignorée"]


def test_an_address_in_one_text_is_taken_apart() -> None:
    (patient,) = people(bundle(with_(address=[{"text": "2 rue du Lac, 35000 Rennes"}])))
    assert (patient.address, patient.postal_code, patient.city) == ("2 rue du Lac", "35000", "Rennes")


def test_one_bad_line_among_good_ones_loses_nothing_else() -> None:
    lines = [json.dumps(with_(identifier=[], id=key)) for key in "ABC"]
    text = "\n".join([lines[0], lines[1][:50], "", "[1]", lines[2]]) + "\n"
    resources = read_resources(text, "x.ndjson")
    assert [one.number for one in resources.found] == [1, 5] and resources.by_line
    assert [problem.line for problem in resources.problems] == [2, 4]


@pytest.mark.parametrize(
    ("text", "word"),
    [
        (bundle(FRENCH)[:-20], "coupé"),
        (json.dumps(json.loads(bundle(FRENCH)), indent=1)[:-40], "coupé"),
        ('{"a": ,}', "malformé"),
        ('{"a": 1}', "FHIR"),
        ("3", "FHIR"),
        ("[" * 100_000, "imbriqué"),
    ],
)
def test_a_file_that_is_no_fhir_is_named_and_not_quoted(text: str, word: str) -> None:
    with pytest.raises(BadRegistry) as caught:
        read_resources(text, "x.json")
    assert word in str(caught.value) and "ALBAREDE" not in str(caught.value)


@pytest.mark.parametrize("value", [None, 3, "x", [], {}, [None], [{"value": {}}], [{"family": 3}], True])
def test_any_shape_of_any_element_is_survived(value: Any) -> None:
    for name in FRENCH:
        if name != "resourceType":
            rows = list(patient_rows(read_resources(bundle(with_(**{name: value}), DOCTOR), "x.json")))
            assert len(rows) == 1 and all(isinstance(one, str) for one in rows[0][1].values())


def test_an_entry_without_a_resource_is_told() -> None:
    resources = read_resources(json.dumps({"resourceType": "Bundle", "entry": [{}, 3]}), "x.json")
    assert [problem.line for problem in resources.problems] == [1, 2]


def appointment(**changes: Any) -> dict[str, Any]:
    actors = [{"actor": {"reference": "Patient/7"}}, {"actor": {"reference": "Practitioner/3"}}]
    return {
        "resourceType": "Appointment",
        "status": "booked",
        "start": "2025-11-12T08:15:00Z",
        "participant": actors,
        "reasonCode": [{"text": "Suivi"}],
        **changes,
    }


def test_the_agenda_is_in_the_practices_keys_and_local_time() -> None:
    text = bundle(
        FRENCH,
        DOCTOR,
        appointment(),
        appointment(status="cancelled"),
        appointment(start="hier"),
        appointment(participant="x"),
        appointment(start="0001-01-01T00:00:00+23:00"),
        appointment(participant=[{"actor": {"reference": "Patient/99"}}]),
        appointment(
            start="2025-07-01T09:00:00+02:00",
            reasonCode=[],
            participant=[
                {"actor": {"reference": "urn:uuid:0"}},
                {"actor": {"reference": "Practitioner/9", "display": "Dr X"}},
            ],
        ),
    )
    agenda, problems = appointments_in(read_resources(text, "x.json"))
    assert agenda == [
        Appointment("D-0012", "Dr MOREL", datetime(2025, 11, 12, 9, 15), "Suivi"),
        Appointment("D-0012", "Dr MOREL", datetime(2025, 11, 12, 9, 15), "Suivi", cancelled=True),
        Appointment("D-0012", "Dr X", datetime(2025, 7, 1, 9, 0)),
    ]
    assert [problem.line for problem in problems] == [5, 6, 7, 8]


@pytest.mark.parametrize(
    ("status", "cancelled"),
    [("cancelled", True), ("noshow", True), ("entered-in-error", True), ("fulfilled", False), (None, False)],
)
def test_the_status_says_whether_an_appointment_takes_place(status: str | None, cancelled: bool) -> None:
    agenda, _problems = appointments_in(
        read_resources(bundle(FRENCH, DOCTOR, appointment(status=status)), "x.json")
    )
    assert [one.cancelled for one in agenda] == [cancelled]
