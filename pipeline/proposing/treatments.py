"""What a patient takes once the page counts: the page's lines beside what stays on record."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.domain.meaning import Action, PrescriptionLine
from pipeline.domain.record import PatientRecord
from pipeline.proposing.compare import Comparison, same_drug
from pipeline.proposing.rules import fold, same_substance_key, table, under


@dataclass(frozen=True, slots=True)
class Treatment:
    """A drug that the patient takes or is about to take.

    Attributes:
        position: of the line on the page; None = on record only.
        is_new: started or changed by the page.
    """

    drug: str
    substance: str
    atc: str | None
    position: int | None
    is_new: bool

    def is_same_drug(self, other: Treatment) -> bool:
        """Tell whether both are the same substance for the same use."""
        return same_drug(self.substance, self.atc, other.substance, other.atc)


def of_item(position: int, item: PrescriptionLine, comparison: Comparison) -> Treatment | None:
    """Return the treatment of a line; None = no drug was recognised."""
    if item.drug is None:
        return None
    drug = item.drug.drug
    is_new = comparison.action in (Action.START, Action.CHANGE)
    form = item.form or (drug.forms[0] if drug.forms else None)
    return Treatment(drug.name, drug.substance, _as_used(drug.atc, form), position, is_new)


def after_page(
    items: Sequence[PrescriptionLine], comparisons: Sequence[Comparison], record: PatientRecord | None
) -> tuple[Treatment, ...]:
    """Return all that is taken: lines of the page but stops, and the record but what lines are about."""
    taken = []
    for position, (item, comparison) in enumerate(zip(items, comparisons, strict=True)):
        treatment = of_item(position, item, comparison)
        if treatment and comparison.action is not Action.STOP:
            taken.append(treatment)
    replaced = [comparison.on_record for comparison in comparisons if comparison.on_record is not None]
    for one in record.medications if record else ():
        if one not in replaced:
            taken.append(Treatment(one.drug, one.substance, _as_used(one.atc, one.form), None, False))
    return tuple(taken)


def _as_used(atc: str | None, form: str | None) -> str | None:
    """Return the ATC group that counts in this form: an anti-inflammatory gel is not a tablet."""
    local = table("local_forms")
    if form is None or not fold(form).startswith(tuple(fold(name) for name in local["forms"])):
        return atc
    return next((topical for group, topical in local["atc"].items() if under(atc, [group])), atc)


def components(substance: str) -> list[frozenset[str]]:
    """Return the parts of a combination, each as a key to compare by."""
    return [same_substance_key(part) for part in substance.split("/")]
