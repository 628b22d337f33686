"""Builds the proposals of a page: one a line, each with its action, grade, flags and evidence."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from decimal import Decimal, InvalidOperation

from pipeline.domain.meaning import Action, Assertion, MentionKind, Posology, PrescriptionLine, Understanding
from pipeline.domain.record import PatientRecord
from pipeline.domain.review import (
    Alternative,
    Flag,
    Grade,
    MedicationPayload,
    Proposal,
    Provenance,
    Severity,
)
from pipeline.proposing.amounts import amounts, per_day
from pipeline.proposing.checks import BUILT_IN, Checks
from pipeline.proposing.compare import Comparison, compare
from pipeline.proposing.flags import Patient, flags_of
from pipeline.proposing.rules import table
from pipeline.proposing.treatments import after_page, of_item

CERTAIN_FROM = 0.9
"""Confidence from which a line may be called certain. Confidence is not calibrated yet, so this is a
guard, not a promise; a doubt, or a flag above low severity, forbids it whatever the confidence."""

_CONFUSED = {"drug.tie", "drug.look_alike"}
"""Reasons of a candidate that leave the choice of the name to a person."""


def propose(
    *,
    page_id: str,
    understanding: Understanding,
    patient_id: str | None,
    record: PatientRecord | None,
    supposed_id: str | None = None,
    strengths_of: Callable[[str, str | None, str | None], tuple[str, ...]],
    provenance: Provenance,
    checks: Checks = BUILT_IN,
) -> tuple[Proposal, ...]:
    """Return one proposal for each item of a page, in the order of the page.

    The same arguments give the same proposals, ids included.

    Args:
        page_id: the page.
        understanding: what it says.
        patient_id: whose record it is compared with; None = nobody is settled.
        record: that patient's, or the supposed one's; None = neither, or nothing is on record.
        supposed_id: whose record it is while nobody is settled.
        strengths_of: (substance, form, brand) -> marketed strengths, of a brand its own.
        provenance: reader, rules, formulary.
        checks: the practice's rules and sources of flags.
    """
    items = understanding.items
    comparisons = [compare(item, record) for item in items]
    patient = Patient(
        taken=after_page(items, comparisons, record),
        allergies=_allergies(understanding, record),
        problems=record.problems if record else (),
        weight_kg=_weight(understanding),
        has_record=record is not None,
    )
    proposals = []
    for position, (item, comparison) in enumerate(zip(items, comparisons, strict=True)):
        drug = item.drug.drug if item.drug else None
        brand = drug.name if drug and drug.is_brand else None
        strengths = strengths_of(drug.substance, item.form, brand) if drug else ()
        all_strengths = strengths_of(drug.substance, None, brand) if drug else ()
        flags = flags_of(
            item,
            comparison,
            treatment=of_item(position, item, comparison),
            patient=patient,
            strengths=all_strengths,
            formulary=provenance.formulary,
            checks=checks,
        )
        proposals.append(
            Proposal(
                id=proposal_id(page_id, patient_id, position, provenance),
                page_id=page_id,
                position=position,
                patient_id=patient_id,
                payload=_payload(item, comparison),
                as_written=item.text,
                on_record=comparison.on_record,
                grade=grade_of(item, flags, strengths, comparison.action),
                confidence=item.confidence,
                alternatives=_alternatives(item),
                strengths=strengths,
                flags=flags,
                evidence=item.evidence,
                written_on=understanding.written_on,
                prescriber=understanding.prescriber,
                provenance=provenance,
                supposed_id=supposed_id,
            )
        )
    return tuple(proposals)


def proposal_id(page_id: str, patient_id: str | None, position: int, provenance: Provenance) -> str:
    """Return 24 hex digits that page, patient, position and the versions behind the proposal decide."""
    parts = (
        page_id,
        patient_id or "",
        str(position),
        provenance.reader,
        provenance.rules,
        provenance.formulary,
    )
    return hashlib.sha256("|".join(parts).encode()).hexdigest()[:24]


def grade_of(
    item: PrescriptionLine, flags: tuple[Flag, ...], strengths: tuple[str, ...], action: Action
) -> Grade:
    """Return what people see: illegible without a drug, certain only where nothing speaks against it.

    Args:
        item: the line.
        flags: its flags.
        strengths: those that its drug is sold in, in the form that is written; empty = not known, which needs
            one written.
        action: of the proposal; a stop needs neither strength nor dose.
    """
    if item.drug is None:
        return Grade.ILLEGIBLE
    is_sure = min(item.confidence, item.drug.probability) >= CERTAIN_FROM
    is_quiet = not item.doubts and all(flag.severity is Severity.LOW for flag in flags)
    is_one_name = not _CONFUSED & set(item.drug.reasons)
    is_whole = action is Action.STOP or _is_whole(item, strengths)
    return Grade.CERTAIN if is_sure and is_quiet and is_one_name and is_whole else Grade.TO_CHECK


def _is_whole(item: PrescriptionLine, strengths: tuple[str, ...]) -> bool:
    """Tell whether a line leaves nothing to guess: the strength where there is a choice, dose and rate."""
    undosed = _is_undosed(item)
    kinds = len({amounts(one) for one in strengths})
    return (
        (bool(item.strength) or kinds == 1 or (undosed and not kinds))
        and bool(item.posologies)
        and all(
            (undosed or one.dose is not None)
            and (per_day(one) is not None or one.count is not None or _has_limit(one))
            for one in item.posologies
        )
    )


def _has_limit(posology: Posology) -> bool:
    """Tell whether an "as needed" says how much a day at most; "1 cp si migraine" leaves that to a person."""
    return posology.as_needed and posology.max_per_day is not None


def _is_undosed(item: PrescriptionLine) -> bool:
    """Tell whether a cream, a spray: the form that is written, or else all that the drug is sold in."""
    forms = (item.form,) if item.form else item.drug.drug.forms if item.drug else ()
    return bool(forms) and set(forms) <= set(table("undosed_forms")["forms"])


def _payload(item: PrescriptionLine, comparison: Comparison) -> MedicationPayload:
    drug = item.drug.drug if item.drug else None
    return MedicationPayload(
        action=comparison.action,
        drug=drug.name if drug else item.drug_text,
        substance=drug.substance if drug else None,
        atc=drug.atc if drug else None,
        strength=item.strength,
        form=item.form,
        posologies=item.posologies,
        renewals=item.renewals,
        not_substitutable=item.not_substitutable,
    )


def _alternatives(item: PrescriptionLine) -> tuple[Alternative, ...]:
    return tuple(
        Alternative(one.drug.name, one.drug.substance, one.drug.atc, one.probability)
        for one in item.alternatives
        if item.drug is None or one.drug != item.drug.drug
    )


def _allergies(understanding: Understanding, record: PatientRecord | None) -> tuple[str, ...]:
    """Return the allergies on record and those that the page affirms, as worded."""
    written = [
        f"{mention.text} {mention.value or ''}".strip()
        for mention in understanding.mentions
        if mention.kind is MentionKind.ALLERGY and mention.assertion is Assertion.AFFIRMED
    ]
    return (*(record.allergies if record else ()), *written)


def _weight(understanding: Understanding) -> Decimal | None:
    """Return the one weight that the page gives, kg; None = none, or several that differ."""
    said = {
        mention.value
        for mention in understanding.mentions
        if mention.kind is MentionKind.VITAL and mention.unit == "kg" and mention.value
        if mention.assertion is Assertion.AFFIRMED
    }
    try:
        weights = [Decimal(value.replace(",", ".")) for value in said]
    except InvalidOperation:
        return None
    return weights[0] if len(weights) == 1 and weights[0] > 0 else None
