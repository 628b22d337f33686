"""The public contract's JSON: a medication, a mention and a predicted page, as commands print them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from pipeline.domain.errors import Failure
from pipeline.domain.identity import MatchAnswer, PatientMatch
from pipeline.domain.meaning import Action, Mention, Posology, PrescriptionLine, TimeUnit
from pipeline.domain.outcome import PageOutcome
from pipeline.domain.paper import PageKind
from pipeline.domain.review import Grade, Proposal
from pipeline.domain.writing import Evidence
from pipeline.export.dosage import to_fhir


def medication_object(
    item: PrescriptionLine, *, action: Action | None, needs_review: bool, flags: Sequence[str] = ()
) -> dict[str, Any]:
    """Return one prescribed item.

    Args:
        item: as understood; `drug` stays as read, substance and ATC are the formulary's.
        action: compared with the record; None = neither paper nor record says.
        needs_review: False claims that the item is certain.
        flags: names of its doubts.
    """
    drug = item.drug.drug if item.drug else None
    return {
        "text": item.text,
        "drug": item.drug_text,
        "substance": drug.substance if drug else None,
        "atc": drug.atc if drug else None,
        "strength": item.strength,
        "form": item.form,
        "action": action.value if action else None,
        "dosage": to_fhir([_told_as_range(posology) for posology in item.posologies]),
        "renewals": item.renewals,
        "not_substitutable": item.not_substitutable,
        "confidence": round(item.confidence, 4),
        "needs_review": needs_review,
        "line_box": line_box([piece for piece in item.evidence if piece.says is None]),
        "flags": list(flags),
    }


def _told_as_range(posology: Posology) -> Posology:
    """Tell "si douleur max 3/j" as the contract does, one to three times a day; the paper has none."""
    top = posology.dose_high or posology.dose or Decimal(1)  # without a dose it counts the times
    times = posology.max_per_day / top if posology.max_per_day and not posology.max_unit else None
    if posology.frequency is not None or times is None or times != int(times):
        return posology
    most = int(times) if times > 1 else None
    return replace(posology, frequency=1, frequency_max=most, period=Decimal(1), period_unit=TimeUnit.DAY)


def mention_object(mention: Mention) -> dict[str, Any]:
    """Return one mention."""
    return {
        "kind": mention.kind.value,
        "text": mention.text,
        "value": mention.value,
        "unit": mention.unit,
        "assertion": mention.assertion.value,
    }


def line_box(evidence: Sequence[Evidence]) -> list[int] | None:
    """Return [x0, y0, x1, y1] around pieces of ink, pixels of the delivered image; None without ink."""
    if not evidence:
        return None
    box = evidence[0].quad.box
    for piece in evidence[1:]:
        box = box.union(piece.quad.box)
    return [box.x0, box.y0, box.x1, box.y1]


def page_object(outcome: PageOutcome, *, file: str, file_of: tuple[str, int] | None = None) -> dict[str, Any]:
    """Return a predicted page.

    Args:
        outcome: the whole road's result.
        file: name of the delivered file.
        file_of: file name and page number of the page that this one repeats; None = repeats none.
    """
    meaning = outcome.understanding
    proposals = {proposal.position: proposal for proposal in outcome.proposals}
    return {
        "file": file,
        "page": outcome.page.number,
        "kind": meaning.kind.value,
        "rotation": outcome.layout.rotation,
        "written_on": meaning.written_on.isoformat() if meaning.written_on else None,
        "prescriber": meaning.prescriber,
        "duplicate_of": {"file": file_of[0], "page": file_of[1]} if file_of else None,
        "patient": _patient_object(outcome.match),
        "medications": [
            _predicted(item, proposals.get(position)) for position, item in enumerate(meaning.items)
        ],
        "mentions": [mention_object(mention) for mention in meaning.mentions],
        "flags": flag_objects(outcome.proposals),
        "seconds": round(sum(outcome.seconds.values()), 3),
    }


def flag_objects(proposals: Sequence[Proposal]) -> list[dict[str, Any]]:
    """Return the flags of a page's proposals, in the order of its items; "low" does not interrupt."""
    return [
        {"type": flag.type, "medication": proposal.position, "severity": flag.severity.value}
        for proposal in sorted(proposals, key=lambda proposal: proposal.position)
        for flag in proposal.flags
    ]


def failed_page_object(failure: Failure, *, file: str, page: int) -> dict[str, Any]:
    """Return a page that could not be read: it is told, never left out."""
    return {
        "file": file,
        "page": page,
        "kind": PageKind.OTHER.value,
        "rotation": 0,
        "written_on": None,
        "prescriber": None,
        "duplicate_of": None,
        "patient": _patient_object(PatientMatch(MatchAnswer.NONE)),
        "medications": [],
        "mentions": [],
        "flags": [],
        "failure": failure.category,
        "seconds": 0.0,
    }


def _predicted(item: PrescriptionLine, proposal: Proposal | None) -> dict[str, Any]:
    """Return an item with what the comparison with the record made of it."""
    if proposal is None:
        return medication_object(
            item, action=item.action or Action.START, needs_review=True, flags=item.doubts
        )
    return medication_object(
        item,
        action=proposal.payload.action,
        needs_review=proposal.grade is not Grade.CERTAIN,
        flags=item.doubts,
    )


def _patient_object(match: PatientMatch) -> dict[str, Any]:
    """Return the answer; with "none" the candidates stay as alternatives and nobody is named."""
    best = None if match.answer is MatchAnswer.NONE else match.best
    others = match.candidates if best is None else match.candidates[1:]
    return {
        "patient_id": best.patient_id if best else None,
        "probability": round(best.probability, 4) if best else 0.0,
        "decision": match.answer.value,
        "alternatives": [
            {"patient_id": other.patient_id, "probability": round(other.probability, 4)} for other in others
        ],
    }
