"""Exports against HL7's own definitions, fhir.resources' models, and deliberately broken ones."""

from __future__ import annotations

import copy
import json
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from fhir.resources.R4B.bundle import Bundle
from r4_checker import check, check_as

from pipeline.domain.errors import NotApproved
from pipeline.domain.meaning import Action, Duration, Moment, Posology, TimeUnit
from pipeline.domain.paper import Scan
from pipeline.domain.review import (
    Approved,
    Decision,
    Grade,
    MedicationPayload,
    Proposal,
    Provenance,
    Role,
    Verb,
)
from pipeline.export.bundle import ExportContext, bundle
from pipeline.export.dosage import to_fhir

SHA = "ab" * 32
SCAN = Scan(SHA, "application/pdf", 120_000, "Ordonnance de Mme Zephirine.pdf", "b1")
PHASES = (
    Posology(
        "1 cp matin et soir 3 à 5 j",
        dose=Decimal(1),
        dose_unit="comprimé",
        frequency=2,
        period=Decimal(1),
        period_unit=TimeUnit.DAY,
        when=(Moment.MORNING, Moment.EVENING),
        duration=Duration(Decimal(3), TimeUnit.DAY, Decimal(5)),
        route="orale",
    ),
    Posology(
        "puis 1/2 à 1 cp si douleur max 3/j le lundi",
        sequence=2,
        dose=Decimal("0.5"),
        dose_high=Decimal(1),
        dose_unit="comprimé",
        frequency=1,
        frequency_max=3,
        period=Decimal(1),
        period_unit=TimeUnit.DAY,
        weekdays=(0,),
        count=10,
        as_needed=True,
        as_needed_for="douleur",
        max_per_day=Decimal(3),
        instructions=("au repas",),
        site="œil droit",
        duration=Duration(Decimal(7), TimeUnit.DAY),
        route="ophtalmique",
    ),
)


def approval(
    number: int = 1,
    *,
    action: Action = Action.START,
    written_on: date | None = date(2025, 11, 12),
    prescriber: str | None = "Dr Odile VASSEUR",
) -> Approved:
    payload = MedicationPayload(
        action, "Doliprane", "paracétamol", "N02BE01", "1 g", "comprimé", PHASES, 2, not_substitutable=True
    )
    proposal = Proposal(
        id=f"p{number}",
        page_id=f"{SHA[:16]}-1",
        position=number - 1,
        patient_id="P1",
        payload=payload,
        as_written="Doliprane 1g",
        on_record=None,
        grade=Grade.CERTAIN,
        confidence=0.99,
        alternatives=(),
        strengths=(),
        flags=(),
        evidence=(),
        written_on=written_on,
        prescriber=prescriber,
        provenance=Provenance("reader 1", "rules 1", "formulary 1"),
    )
    at = datetime(2025, 11, 17, 9, 30, tzinfo=UTC)
    return Approved(proposal, Decision(number, f"p{number}", Verb.ACCEPT, "ovasseur", Role.DOCTOR, at))


CONTEXT = ExportContext(
    software="Reprise 0.1.0",
    scan_of=lambda page_id: SCAN,
    outage=(date(2025, 11, 10), date(2025, 11, 14)),
    display_names={"ovasseur": "Dr Odile VASSEUR"},
    rpps={"Dr Odile VASSEUR": "10999999997"},
)


@pytest.fixture
def made() -> dict:
    return bundle([approval(1), approval(2, action=Action.STOP)], CONTEXT)


def resources(content: dict, kind: str) -> list[dict]:
    return [entry["resource"] for entry in content["entry"] if entry["resource"]["resourceType"] == kind]


def test_the_official_definitions_find_nothing_wrong(made: dict) -> None:
    assert check(made) == []


def test_a_page_that_says_little_is_valid_too() -> None:
    assert check(bundle([approval(written_on=None, prescriber=None)], CONTEXT)) == []
    assert check(bundle([], CONTEXT)) == []


def test_fhir_resources_reads_it(made: dict) -> None:
    assert Bundle.model_validate_json(json.dumps(made)).type == "transaction"


def _broken_status(content: dict) -> None:
    resources(content, "MedicationRequest")[0]["status"] = "foo"


def _broken_period_unit(content: dict) -> None:
    repeat = resources(content, "MedicationRequest")[0]["dosageInstruction"][0]["timing"]["repeat"]
    repeat["periodUnit"] = "jour"


def _no_subject(content: dict) -> None:
    del resources(content, "MedicationRequest")[0]["subject"]


def _no_period_unit(content: dict) -> None:
    del resources(content, "MedicationRequest")[0]["dosageInstruction"][0]["timing"]["repeat"]["periodUnit"]


def _duration_without_unit(content: dict) -> None:
    resources(content, "MedicationRequest")[0]["dosageInstruction"][0]["timing"]["repeat"]["duration"] = 2


def _two_choices(content: dict) -> None:
    resources(content, "MedicationRequest")[0]["dosageInstruction"][1]["asNeededBoolean"] = True


def _unknown(content: dict) -> None:
    resources(content, "Provenance")[0]["approver"] = "somebody"


def _single_as_list(content: dict) -> None:
    resources(content, "MedicationRequest")[0]["status"] = ["active"]


def _no_request(content: dict) -> None:
    del content["entry"][0]["request"]


def _foreign_code_system(content: dict) -> None:
    repeat = resources(content, "MedicationRequest")[0]["dosageInstruction"][1]["timing"]["repeat"]
    repeat["boundsDuration"]["system"] = "http://example.org"


def _same_url_twice(content: dict) -> None:
    content["entry"][1]["fullUrl"] = content["entry"][0]["fullUrl"]


def _local_time(content: dict) -> None:
    resources(content, "Provenance")[0]["recorded"] = "2025-11-17T09:30:00"


@pytest.mark.parametrize(
    ("breakage", "finding"),
    [
        (_broken_status, "status: code not in the required value set"),
        (_broken_period_unit, "periodUnit: code not in the required value set"),
        (_no_subject, "subject: required"),
        (_no_period_unit, ": tim-2"),
        (_duration_without_unit, ": tim-1"),
        (_two_choices, "asNeeded[x]: one choice only"),
        (_unknown, "approver: unknown element"),
        (_single_as_list, "status: a single value expected"),
        (_no_request, ": bdl-3"),
        (_foreign_code_system, ": drt-1"),
        (_same_url_twice, ": bdl-7"),
        (_local_time, "recorded: not a instant"),
    ],
)
def test_what_is_broken_is_found(made: dict, breakage, finding: str) -> None:
    content = copy.deepcopy(made)
    breakage(content)
    assert [one for one in check(content) if one.endswith(finding)], check(content)


def test_every_dosage_alone_is_valid() -> None:
    assert [check_as("Dosage", dosage) for dosage in to_fhir(PHASES)] == [[], []]


def test_a_stop_is_stopped_and_says_no_dosage(made: dict) -> None:
    stopped = resources(made, "MedicationRequest")[1]
    assert stopped["status"] == "stopped"
    assert not {"dosageInstruction", "dispenseRequest", "substitution"} & stopped.keys()


def test_no_date_on_paper_is_no_date_in_the_export() -> None:
    content = bundle([approval(written_on=None)], CONTEXT)
    assert "authoredOn" not in resources(content, "MedicationRequest")[0]
    assert "occurredDateTime" not in resources(content, "Provenance")[0]


def test_the_request_says_what_the_paper_said(made: dict) -> None:
    request = resources(made, "MedicationRequest")[0]
    assert request["status"] == "active"
    assert request["authoredOn"] == "2025-11-12"
    assert request["subject"]["identifier"]["value"] == "P1"
    assert request["dispenseRequest"] == {"numberOfRepeatsAllowed": 2}
    assert request["substitution"] == {"allowedBoolean": False}
    assert "saisi a posteriori (panne du 10/11/2025 au 14/11/2025)" in request["note"][0]["text"]
    assert request["medicationCodeableConcept"]["coding"][0]["code"] == "N02BE01"


@pytest.mark.parametrize("oid", [None, "1.2.250.1.213.1.4.9"])
def test_the_patient_goes_out_under_the_authority_that_gave_the_ins(oid: str | None) -> None:
    context = replace(CONTEXT, ins={"P1": "255081416802538"}, ins_oid={"P1": oid} if oid else None)
    content = bundle([approval()], context)
    system = f"urn:oid:{oid or '1.2.250.1.213.1.4.8'}"
    subject = resources(content, "MedicationRequest")[0]["subject"]["identifier"]
    assert subject == {"system": system, "value": "255081416802538"}
    assert check(content) == []


def test_who_approved_who_transcribed_and_who_wrote_stay_apart(made: dict) -> None:
    agents = resources(made, "Provenance")[0]["agent"]
    kinds = {agent["type"]["coding"][0]["code"]: agent["who"] for agent in agents}
    assert kinds["verifier"]["identifier"]["value"] == "ovasseur"
    assert kinds["assembler"]["display"].startswith("Reprise 0.1.0")
    assert kinds["author"]["identifier"]["value"] == "10999999997"


def test_the_scan_goes_once_by_sha256_and_without_its_name(made: dict) -> None:
    (document,) = resources(made, "DocumentReference")
    assert document["identifier"][0]["value"] == SHA
    assert "Zephirine" not in json.dumps(made)


def test_references_point_at_entries_and_every_entry_is_created_once(made: dict) -> None:
    urls = [entry["fullUrl"] for entry in made["entry"]]
    for entry in made["entry"]:
        assert entry["request"]["ifNoneExist"]
        for reference in _references(entry["resource"]):
            assert reference in urls
    assert len({(e["request"]["url"], e["request"]["ifNoneExist"]) for e in made["entry"]}) == len(urls)


def _references(value: object) -> list[str]:
    if isinstance(value, dict):
        own = [value["reference"]] if isinstance(value.get("reference"), str) else []
        return own + [found for part in value.values() for found in _references(part)]
    if isinstance(value, list):
        return [found for part in value for found in _references(part)]
    return []


def test_the_same_approvals_are_the_same_bundle(made: dict) -> None:
    again = bundle([approval(2, action=Action.STOP), approval(1), approval(1)], CONTEXT)
    assert again == made


def test_nothing_but_an_approval_is_taken() -> None:
    item = approval()
    with pytest.raises(NotApproved):
        bundle([item.proposal], CONTEXT)  # type: ignore[list-item]
    unsaved = Approved(item.proposal, Decision(0, "p1", Verb.ACCEPT, "o", Role.DOCTOR, item.decision.at))
    with pytest.raises(NotApproved):
        bundle([unsaved], CONTEXT)
