"""All flags of one line: against the record, against the rest of the page, and on its own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from pipeline.domain.meaning import Action, PrescriptionLine
from pipeline.domain.review import Flag
from pipeline.proposing import doses, safety
from pipeline.proposing.checks import BUILT_IN, Checks
from pipeline.proposing.compare import Comparison
from pipeline.proposing.interactions import interaction, not_evaluated
from pipeline.proposing.look_alike import side_by_side
from pipeline.proposing.rules import flag
from pipeline.proposing.treatments import Treatment

_DOUBTS = {
    "dangerous-notation": "dangerous_notation",
    "illegible": "illegible",
    "ambiguous": "ambiguous",
    "look-alike": "look_alike",
}
"""Doubts of the reading that the doctor is told about, and the rule of each."""


@dataclass(frozen=True, slots=True)
class Patient:
    """What the checks know of the patient.

    Attributes:
        taken: all that is taken once the page counts.
        allergies: of the record and of the page, as worded.
        problems: of the record, as worded.
        weight_kg: as the page gives it; None = it does not.
        has_record: somebody is settled and has a record, so that "not on record" means something.
    """

    taken: Sequence[Treatment] = ()
    allergies: Sequence[str] = ()
    problems: Sequence[str] = ()
    weight_kg: Decimal | None = None
    has_record: bool = False


def flags_of(
    item: PrescriptionLine,
    comparison: Comparison,
    *,
    treatment: Treatment | None,
    patient: Patient,
    strengths: tuple[str, ...],
    formulary: str,
    checks: Checks = BUILT_IN,
) -> tuple[Flag, ...]:
    """Return a line's flags, most severe first.

    Args:
        item: the line.
        comparison: it against the record.
        treatment: its drug; None = not recognised.
        patient: what else is known of the patient.
        strengths: marketed strengths of the drug, in all forms.
        formulary: name and edition of what `strengths` come from.
        checks: the practice's rules and sources.
    """
    found = _of_reading(item)
    if treatment is not None and comparison.action is Action.STOP:
        if comparison.on_record is None and patient.has_record:
            found.append(flag("stop_not_on_record", fr={"drug": treatment.drug}, evidence=treatment.evidence))
    elif treatment is not None:
        found += safety.allergy(treatment, patient.allergies)
        found += safety.caution(treatment, patient.problems)
        if treatment.is_new:
            found += _of_the_company(treatment, patient.taken, checks)
            found += safety.high_risk(treatment)
        found += _of_the_dose(item, comparison, patient.weight_kg)
        found += doses.strength_not_marketed(item, strengths, source=formulary)
        found += doses.no_longer_sold(item, source=formulary)
        if treatment.is_new:
            found += doses.tenfold(item, strengths, on_record=comparison.on_record, source=formulary)
        if comparison.action is Action.CONTINUE and comparison.on_record is not None:
            renewed = flag("unchanged_renewal", fr={"drug": treatment.drug}, evidence=treatment.evidence)
            found.append(renewed)
    return checks.kept(found)


def _of_the_company(treatment: Treatment, taken: Sequence[Treatment], checks: Checks) -> list[Flag]:
    """Return what speaks against a new drug beside the others; two of one class are said once, as twice."""
    apart = [other for other in taken if safety.shared_group(treatment, other) is None]
    return [
        *safety.duplicate(treatment, taken),
        *interaction(treatment, apart, thesaurus=checks.thesaurus),
        *not_evaluated(treatment, taken, thesaurus=checks.thesaurus),
    ]


def _of_the_dose(item: PrescriptionLine, comparison: Comparison, weight_kg: Decimal | None) -> list[Flag]:
    """Return what is odd about the dose; what the record holds unchanged is not called too little."""
    found = doses.dose_outlier(item, strength_on_record=_strength(comparison), weight_kg=weight_kg)
    is_started = comparison.action is Action.START
    return [one for one in found if is_started or one.rule != "dose_low"]


def _strength(comparison: Comparison) -> str | None:
    return comparison.on_record.strength if comparison.on_record else None


def _of_reading(item: PrescriptionLine) -> list[Flag]:
    """Return the flags that rest on how the line was read."""
    types = [_DOUBTS[doubt] for doubt in item.doubts if doubt in _DOUBTS]
    if item.drug is not None and "drug.tie" in item.drug.reasons:
        types.append("look_alike")
    if item.drug is None:
        types.append("illegible")
    name = item.drug.drug.name if item.drug else item.drug_text
    others = [one.drug.name for one in item.alternatives if one.drug.name != name]
    drug, rivals = side_by_side(name, others)
    words = {"drug": drug, "others": ", ".join(rivals) or "?"}
    flags = [flag(type_, fr=words) for type_ in dict.fromkeys(types)]
    return [replace(one, evidence=item.evidence) for one in flags]
