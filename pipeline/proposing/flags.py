"""All flags of one line: against the record, against the rest of the page, and on its own."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.domain.meaning import Action, PrescriptionLine
from pipeline.domain.review import Flag, Severity
from pipeline.proposing import doses, safety
from pipeline.proposing.compare import Comparison
from pipeline.proposing.rules import flag
from pipeline.proposing.treatments import Treatment

_ORDER = list(Severity)
_DOUBTS = {
    "dangerous-notation": "dangerous_notation",
    "illegible": "illegible",
    "ambiguous": "ambiguous",
    "look-alike": "look_alike",
}
"""Doubts of the reading that the doctor is told about, and the flag of each."""


def flags_of(
    item: PrescriptionLine,
    comparison: Comparison,
    *,
    treatment: Treatment | None,
    taken: Sequence[Treatment],
    allergies: Sequence[str],
    strengths: tuple[str, ...],
    formulary: str,
    has_record: bool,
) -> tuple[Flag, ...]:
    """Return a line's flags, most severe first.

    Args:
        item: the line.
        comparison: it against the record.
        treatment: its drug; None = not recognised.
        taken: all that the patient takes once the page counts.
        allergies: of the record and of the page.
        strengths: marketed strengths of the drug, in all forms.
        formulary: name and edition of what `strengths` come from.
        has_record: the patient is settled and has a record, so that "not on record" means something.
    """
    found = _of_reading(item)
    if treatment is not None and comparison.action is Action.STOP:
        if comparison.on_record is None and has_record:
            found.append(flag("stop_not_on_record", source="record", fr={"drug": treatment.drug}))
    elif treatment is not None:
        found += safety.allergy(treatment, allergies)
        if treatment.is_new:
            found += safety.duplicate(treatment, taken)
            found += safety.interaction(treatment, taken)
        before = comparison.on_record.strength if comparison.on_record else None
        found += doses.dose_outlier(item, strength_on_record=before)
        found += doses.strength_not_marketed(item, strengths, source=formulary)
        found += doses.no_longer_sold(item, source=formulary)
        if comparison.action is Action.CONTINUE and comparison.on_record is not None:
            found.append(flag("unchanged_renewal", source="record", fr={"drug": treatment.drug}))
    return tuple(sorted(found, key=lambda one: _ORDER.index(one.severity)))


def _of_reading(item: PrescriptionLine) -> list[Flag]:
    """Return the flags that rest on how the line was read."""
    types = [_DOUBTS[doubt] for doubt in item.doubts if doubt in _DOUBTS]
    if item.drug is not None and "drug.tie" in item.drug.reasons:
        types.append("look_alike")
    if item.drug is None:
        types.append("illegible")
    name = item.drug.drug.name if item.drug else item.drug_text
    others = ", ".join(one.drug.name for one in item.alternatives if one.drug.name != name) or "?"
    words = {"drug": name, "others": others}
    return [flag(type_, source="reading", fr=words) for type_ in dict.fromkeys(types)]
