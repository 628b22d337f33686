"""Approved record updates as a FHIR R4 transaction Bundle.

Source: HL7 FHIR R4 (4.0.1): Bundle, MedicationRequest, Provenance, DocumentReference;
https://hl7.org/fhir/R4/http.html#ccreate for conditional create.

Every resource is posted with `ifNoneExist` on an identifier of ours, and every fullUrl is a UUID of
version 5 made from that identifier: exporting the same decision again changes nothing, here or there.

A stop is a MedicationRequest with status "stopped" and without a dosage. The order that it stops was
made in the practice software, under a number that paper does not carry: to update that one would be to
guess which it is. So the doctor's order to stop is itself the resource, as it was on the paper, and the
software's user closes the order on record; a MedicationStatement would say that the patient takes
nothing, which the paper does not.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from pipeline.domain.errors import NotApproved
from pipeline.domain.meaning import Action
from pipeline.domain.paper import Scan
from pipeline.domain.review import Approved, MedicationPayload
from pipeline.export.dosage import to_fhir

Resource = dict[str, Any]

REPRISE = "urn:reprise"
DECISION = f"{REPRISE}:decision"
SCAN = f"{REPRISE}:scan-sha256"
USER = f"{REPRISE}:user"
PATIENT = f"{REPRISE}:patient"
RPPS = "urn:oid:1.2.250.1.71.4.2.1"
INS_NIR = "urn:oid:1.2.250.1.213.1.4.8"
ATC = "http://www.whocc.no/atc"
PARTICIPANT = "http://terminology.hl7.org/CodeSystem/provenance-participant-type"
ENTERED_AFTERWARDS = "saisi a posteriori (panne{days})"
_SPACE = uuid5(NAMESPACE_URL, REPRISE)


@dataclass(frozen=True, slots=True)
class ExportContext:
    """What a bundle says besides the decisions.

    Attributes:
        software: name and version of the transcriber ("Reprise 0.1.0").
        outage: first and last day; None = not known.
        display_names: user's display name by log-in name.
        rpps: RPPS number by the prescriber's name.
        ins: 15 or 13 signs of the INS by patient id; those without go out under the practice's key alone.
        ins_oid: OID of the authority that gave it, by patient id; without one it goes out as a NIR.
        scan_of: the scan that a page id belongs to.
    """

    software: str
    scan_of: Callable[[str], Scan]
    outage: tuple[date, date] | None = None
    display_names: Mapping[str, str] | None = None
    rpps: Mapping[str, str] | None = None
    ins: Mapping[str, str] | None = None
    ins_oid: Mapping[str, str] | None = None


def bundle(approved: Sequence[Approved], context: ExportContext) -> Resource:
    """Return the transaction of approved updates: a request and its provenance each, every scan once.

    The same approvals in any order give the same bundle.

    Raises:
        NotApproved: something else than an `Approved` was handed in, or a decision was never stored.
    """
    for item in approved:
        if not isinstance(item, Approved) or item.decision.id <= 0:
            raise NotApproved("only a stored decision of a doctor is exported")
    ordered = sorted({item.decision.id: item for item in approved}.values(), key=lambda i: i.decision.id)
    scans = {scan.sha256: scan for scan in (context.scan_of(item.proposal.page_id) for item in ordered)}
    entries = [_entry(_document(scan), SCAN, sha256) for sha256, scan in sorted(scans.items())]
    for item in ordered:
        entries.append(_entry(_request(item, context), DECISION, _decision_key(item)))
        entries.append(_provenance_entry(item, context))
    identity = "|".join(entry["fullUrl"] for entry in entries)
    return {
        "resourceType": "Bundle",
        "id": str(uuid5(_SPACE, identity)),
        "type": "transaction",
    } | ({"entry": entries} if entries else {})


def full_url(system: str, value: str) -> str:
    """Return the urn:uuid of whatever carries this identifier, the same for ever."""
    return uuid5(_SPACE, f"{system}|{value}").urn


def bundle_id(content: Resource) -> UUID:
    """Return the id of a bundle made here.

    Raises:
        ValueError: it has none that is a UUID.
    """
    return UUID(str(content.get("id")))


def _entry(resource: Resource, system: str, value: str) -> Resource:
    kind = resource["resourceType"]
    return {
        "fullUrl": full_url(f"{system}:{kind}", value),
        "resource": resource,
        "request": {"method": "POST", "url": kind, "ifNoneExist": f"identifier={system}|{value}"},
    }


def _decision_key(item: Approved) -> str:
    """Proposal and decision: numbers of two databases never meet, and an amendment is a new one."""
    return f"{item.proposal.id}.{item.decision.id}"


def _request(item: Approved, context: ExportContext) -> Resource:
    payload, proposal = item.payload, item.proposal
    stop = payload.action is Action.STOP
    request: Resource = {
        "resourceType": "MedicationRequest",
        "identifier": [{"system": DECISION, "value": _decision_key(item)}],
        "status": "stopped" if stop else "active",
        "intent": "order",
        "medicationCodeableConcept": _medication(payload),
        "subject": _subject(str(proposal.patient_id), context),
        "supportingInformation": [{"reference": _scan_url(item, context)}],
        "note": [{"text": _note(item, context)}],
    }
    if proposal.written_on is not None:
        request["authoredOn"] = proposal.written_on.isoformat()
    if proposal.prescriber:
        request["requester"] = _prescriber(proposal.prescriber, context)
    if payload.posologies and not stop:
        request["dosageInstruction"] = to_fhir(payload.posologies)
    if payload.renewals is not None and not stop:
        request["dispenseRequest"] = {"numberOfRepeatsAllowed": payload.renewals}
    if payload.not_substitutable and not stop:
        request["substitution"] = {"allowedBoolean": False}
    return request


def _medication(payload: MedicationPayload) -> Resource:
    text = " ".join(part for part in (payload.drug, payload.strength, payload.form) if part)
    concept: Resource = {"text": text}
    if payload.atc:
        coding = {"system": ATC, "code": payload.atc, "display": payload.substance}
        concept["coding"] = [{name: value for name, value in coding.items() if value}]
    return concept


def _subject(patient_id: str, context: ExportContext) -> Resource:
    """The patient by identifier: the INS where the registry has it, else the practice's own key."""
    ins = (context.ins or {}).get(patient_id)
    authority = (context.ins_oid or {}).get(patient_id)
    system = f"urn:oid:{authority}" if authority else INS_NIR
    system, value = (system, ins) if ins else (PATIENT, patient_id)
    return {"type": "Patient", "identifier": {"system": system, "value": value}}


def _prescriber(name: str, context: ExportContext) -> Resource:
    rpps = (context.rpps or {}).get(name)
    who: Resource = {"type": "Practitioner", "display": name}
    return who | ({"identifier": {"system": RPPS, "value": rpps}} if rpps else {})


def _note(item: Approved, context: ExportContext) -> str:
    days = ""
    if context.outage:
        first, last = (day.strftime("%d/%m/%Y") for day in context.outage)
        days = f" du {first} au {last}"
    note = ENTERED_AFTERWARDS.format(days=days)
    if item.proposal.written_on is None:
        note += " ; date non écrite sur le papier"
    return f"{note} ; sur le papier : {item.proposal.as_written}" if item.proposal.as_written else note


def _provenance_entry(item: Approved, context: ExportContext) -> Resource:
    """Provenance has no identifier in R4: it is created unless one points at our request already."""
    request = full_url(f"{DECISION}:MedicationRequest", _decision_key(item))
    return {
        "fullUrl": full_url(f"{DECISION}:Provenance", _decision_key(item)),
        "resource": _provenance(item, context, request),
        "request": {
            "method": "POST",
            "url": "Provenance",
            "ifNoneExist": f"target:MedicationRequest.identifier={DECISION}|{_decision_key(item)}",
        },
    }


def _provenance(item: Approved, context: ExportContext, request: str) -> Resource:
    decision, proposal = item.decision, item.proposal
    approver = {
        "type": "Practitioner",
        "identifier": {"system": USER, "value": decision.user},
        "display": (context.display_names or {}).get(decision.user, decision.user),
    }
    made = proposal.provenance
    machine = " ; ".join((context.software, made.reader, made.rules, made.formulary))
    agents = [_agent("verifier", approver), _agent("assembler", {"type": "Device", "display": machine})]
    if proposal.prescriber:
        agents.append(_agent("author", _prescriber(proposal.prescriber, context)))
    return {
        "resourceType": "Provenance",
        "target": [{"reference": request}],
        "recorded": instant(decision.at),
        "agent": agents,
        "entity": [{"role": "source", "what": {"reference": _scan_url(item, context)}}],
    } | ({"occurredDateTime": proposal.written_on.isoformat()} if proposal.written_on else {})


def _agent(kind: str, who: Resource) -> Resource:
    return {"type": {"coding": [{"system": PARTICIPANT, "code": kind}]}, "who": who}


def _scan_url(item: Approved, context: ExportContext) -> str:
    return full_url(f"{SCAN}:DocumentReference", context.scan_of(item.proposal.page_id).sha256)


def _document(scan: Scan) -> Resource:
    """The scan, by the sha256 of its bytes.

    `attachment.hash` stays away: R4 defines it as SHA-1, and ours is stronger. The file's name does,
    too: it may hold a person's.
    """
    return {
        "resourceType": "DocumentReference",
        "identifier": [{"system": SCAN, "value": scan.sha256}],
        "status": "current",
        "description": "Papier numérisé, écrit pendant la panne",
        "content": [
            {
                "attachment": {
                    "contentType": scan.media_type,
                    "url": f"{SCAN}:{scan.sha256}",
                    "size": scan.size,
                }
            }
        ],
    }


def instant(at: datetime) -> str:
    """Return a FHIR instant in UTC.

    Raises:
        ValueError: the time has no zone.
    """
    if at.tzinfo is None:
        raise ValueError("a decision's time needs its zone")
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
