"""What an item does to the treatment on record: start, continue, change or stop, and of which medication."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal

from pipeline.domain.meaning import Action, Posology, PrescriptionLine
from pipeline.domain.record import PatientRecord, RecordMedication
from pipeline.proposing.amounts import per_day, same_strength
from pipeline.proposing.rules import same_substance_key


@dataclass(frozen=True, slots=True)
class Comparison:
    """An item against the record.

    Attributes:
        action: what the paper says, else what the comparison shows.
        on_record: the treatment that the item is about; None = none of that substance is on record.
        unchanged: strength and posology are those on record, as far as the paper writes them.
    """

    action: Action
    on_record: RecordMedication | None
    unchanged: bool


def compare(item: PrescriptionLine, record: PatientRecord | None) -> Comparison:
    """Compare one item with a record.

    Words on the paper ("arrêt", "poursuivre") win. What the paper leaves out does not count as a
    difference: a line without strength continues whatever strength is on record.
    """
    treatment = on_record(item, record)
    unchanged = treatment is not None and not _differs(item, treatment)
    if item.action is not None:
        return Comparison(item.action, treatment, unchanged)
    if treatment is None:
        return Comparison(Action.START, None, False)
    return Comparison(Action.CONTINUE if unchanged else Action.CHANGE, treatment, unchanged)


def on_record(item: PrescriptionLine, record: PatientRecord | None) -> RecordMedication | None:
    """Return the treatment of the same substance; of several, the one with the same strength."""
    if item.drug is None or record is None:
        return None
    drug = item.drug.drug
    same = [one for one in record.medications if same_drug(drug.substance, drug.atc, one.substance, one.atc)]
    slow = _is_slow(drug.substance)
    return min(
        same,
        key=lambda one: (
            not same_strength(item.strength, one.strength),
            _is_slow(one.substance) != slow,
            one.atc != drug.atc,
        ),
        default=None,
    )


def same_drug(one: str, one_atc: str | None, other: str, other_atc: str | None) -> bool:
    """Tell whether two entries are the same drug: an equal full ATC code, or the same substance.

    The same substance in another organ system (a nasal spray and an inhaler, a tablet and an eye
    drop) is another treatment.
    """
    if one_atc and one_atc == other_atc and len(one_atc) == 7:
        return True
    if one_atc and other_atc and one_atc[:3] != other_atc[:3]:
        return False
    return same_substance_key(one) == same_substance_key(other)


def _is_slow(substance: str) -> bool:
    return bool({"LP", "LM"} & set(substance.split()))


def _differs(item: PrescriptionLine, treatment: RecordMedication) -> bool:
    if item.strength and treatment.strength and not same_strength(item.strength, treatment.strength):
        return True
    if not item.posologies or not treatment.posologies:
        return False
    read = item.posologies
    if "ambiguous" in item.doubts:
        read = tuple(replace(one, max_per_day=None) for one in read)  # "2 bouffées max 4/j": four of what?
    return not _same_posology(read, treatment.posologies)


def _same_posology(one: tuple[Posology, ...], other: tuple[Posology, ...]) -> bool:
    """Compare phase by phase: how much a day, and when where both say it. Duration does not count."""
    left, right = _phases(one), _phases(other)
    return len(left) == len(right) and all(_same_phase(a, b) for a, b in zip(left, right, strict=True))


def _phases(posologies: tuple[Posology, ...]) -> list[list[Posology]]:
    sequences = sorted({posology.sequence for posology in posologies})
    return [[p for p in posologies if p.sequence == sequence] for sequence in sequences]


def _same_phase(one: list[Posology], other: list[Posology]) -> bool:
    if not _agree(_daily(one), _daily(other)):
        return False
    moments, others = {m for p in one for m in p.when}, {m for p in other for m in p.when}
    if moments and others and moments != others:
        return False
    doses, other_doses = {p.dose for p in one}, {p.dose for p in other}
    return None in doses or None in other_doses or max(doses) == max(other_doses)  # type: ignore[type-var]


def _daily(phase: list[Posology]) -> Decimal | None:
    """Return dose units a day; None = a dose or a rate is not written."""
    total = Decimal(0)
    for posology in phase:
        dose, rate = posology.dose_high or posology.dose, per_day(posology)
        if rate is None or (dose is None and any(p.dose for p in phase)):
            return None
        total += rate * (dose if dose is not None else 1)
    return total


def _agree(one: Decimal | None, other: Decimal | None) -> bool:
    return one is None or other is None or abs(one - other) < Decimal("0.001")
