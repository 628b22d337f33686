"""What a patient takes once the page counts: the page's lines beside what stays on record."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.domain.meaning import Action, PrescriptionLine
from pipeline.domain.record import PatientRecord
from pipeline.domain.writing import Evidence
from pipeline.proposing.compare import Comparison, same_drug
from pipeline.proposing.rules import fold, same_substance_key, table, under


@dataclass(frozen=True, slots=True)
class Treatment:
    """A drug that the patient takes or is about to take.

    Attributes:
        position: of the line on the page; None = on record only.
        is_new: started or changed by the page.
        is_local: acts where it is put (cream, drops for the nose); the body hardly takes it up.
        evidence: the line's ink; empty = on record only.
    """

    drug: str
    substance: str
    atc: str | None
    position: int | None
    is_new: bool
    is_local: bool = False
    evidence: tuple[Evidence, ...] = ()

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
    atc = _as_used(drug.atc, form)
    return Treatment(drug.name, drug.substance, atc, position, is_new, _is_local(atc, form), item.evidence)


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
            atc = _as_used(one.atc, one.form)
            local = _is_local(atc, one.form)
            taken.append(Treatment(one.drug, one.substance, atc, None, False, local))
    return tuple(taken)


def _as_used(atc: str | None, form: str | None) -> str | None:
    """Return the ATC group that counts in this form: an anti-inflammatory gel is not a tablet."""
    if not _is_put_on(form):
        return atc
    topicals = table("local_forms")["atc"].items()
    return next((topical for group, topical in topicals if under(atc, [group])), atc)


def _is_put_on(form: str | None) -> bool:
    """Tell whether a form acts where it is put."""
    if form is None:
        return False
    # Whole words: "gel" is no beginning of "gélule".
    return any(f"{fold(form)} ".startswith(f"{fold(name)} ") for name in table("local_forms")["forms"])


def _is_local(atc: str | None, form: str | None) -> bool:
    """Tell whether a drug acts where it is put, by its ATC group or its form, exceptions aside."""
    local = table("local_forms")
    if under(atc, local["absorbed"]):
        return False
    return under(atc, local["groups"]) or _is_put_on(form)


def parts(substance: str) -> list[str]:
    """Return the DCI of a combination, one by one."""
    return [part.strip() for part in substance.split("/")]


def components(substance: str) -> list[frozenset[str]]:
    """Return the parts of a combination, each as a key to compare by."""
    return [same_substance_key(part) for part in parts(substance)]
