"""Checks of a line on its own: more a day than adults take, a strength or a name that nobody sells."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from functools import cache

from pipeline.domain.meaning import PrescriptionLine
from pipeline.domain.record import RecordMedication
from pipeline.domain.review import Flag
from pipeline.proposing.amounts import Amount, amounts, mg_a_day, mg_in_ml, per_day, same_strength
from pipeline.proposing.rules import flag, rows, same_substance_key, table

CHILD_BELOW_KG = Decimal(40)
"""A lighter patient's doses go by weight."""


@dataclass(frozen=True, slots=True)
class Usual:
    """Usual daily amounts of a substance, mg.

    Attributes:
        most: of an adult.
        least: that still makes sense for an adult; None = the range is too wide to say.
        child: mg per kg; None = not in the table.
    """

    most: Decimal
    least: Decimal | None
    child: Decimal | None


@cache
def _usual() -> dict[frozenset[str], Usual]:
    def number(text: str) -> Decimal | None:
        return Decimal(text) if text else None

    return {
        same_substance_key(row["substance"]): Usual(
            Decimal(row["most"]), number(row["least"]), number(row["child"])
        )
        for row in rows("dose_limits")
    }


_UNITS_COMPARED = {("mg",) * parts for parts in (1, 2, 3)} | {("ui",)}
"""Units of the strengths that can be held against the formulary's list."""


def dose_outlier(
    item: PrescriptionLine, *, strength_on_record: str | None = None, weight_kg: Decimal | None = None
) -> list[Flag]:
    """Flag a daily amount above the maximum of an adult, or of a child of that weight, or a weekly drug taken
    more often; else, of an adult's line, an amount so small that it may be misread.

    Args:
        item: a line whose drug was recognised; others get nothing.
        strength_on_record: counts where the line writes none.
        weight_kg: as the page gives it; None = it does not.
    """
    if item.drug is None:
        return []
    substance = item.drug.drug.substance
    strength = item.strength or strength_on_record
    if _too_often(substance, strength, item):
        return [flag("dose_weekly", fr={"drug": item.drug.drug.name}, evidence=item.evidence)]
    daily = mg_a_day(strength, item.posologies)
    parts = substance.split("/")
    if daily is None or len(daily) != len(parts):
        return []
    is_child = weight_kg is not None and weight_kg < CHILD_BELOW_KG
    for part, amount in zip(parts, daily, strict=True):
        usual = _usual().get(same_substance_key(part))
        if usual is None:
            continue
        if amount > usual.most:
            return [_dose_flag("dose_outlier", item, part, amount, usual.most)]
        if is_child and weight_kg is not None and usual.child and amount > usual.child * weight_kg:
            return [_dose_flag("dose_child", item, part, amount, usual.child * weight_kg, weight_kg)]
        if weight_kg is None and usual.least and amount < usual.least and _is_regular(item):
            return [_dose_flag("dose_low", item, part, amount, usual.least)]
    return []


def _dose_flag(
    rule: str,
    item: PrescriptionLine,
    part: str,
    amount: Decimal,
    limit: Decimal,
    weight_kg: Decimal | None = None,
) -> Flag:
    words = {"part": part, "daily": _mg(amount), "limit": _mg(limit)}
    if weight_kg is not None:
        words["weight"] = f"{weight_kg.normalize():f} kg".replace(".", ",")
    english = {name: _english(word) for name, word in words.items()}
    return flag(rule, fr=words, en=english, evidence=item.evidence)


def tenfold(
    item: PrescriptionLine, strengths: tuple[str, ...], *, on_record: RecordMedication | None, source: str
) -> list[Flag]:
    """Flag a strength or a day's amount that is ten times, or a tenth of, the one on record; else a strength
    that has such a neighbour on sale.

    Args:
        item: the line.
        strengths: marketed strengths of the drug, in all forms.
        on_record: the treatment that the line is about; None = it starts one.
        source: the formulary's name and edition.
    """
    if item.drug is None:
        return []
    name = item.drug.drug.name
    slip = _slip(item, on_record)
    if slip is not None:
        words = {"drug": name, "written": slip[0], "before": slip[1]}
        english = {key: _english(word) for key, word in words.items()}
        return [flag("tenfold_change", fr=words, en=english, evidence=item.evidence)]
    neighbours = [known for known in strengths if _is_tenfold(amounts(item.strength), amounts(known))]
    if not neighbours:
        return []
    words = {"drug": name, "neighbour": ", ".join(neighbours)}
    return [flag("tenfold_neighbour", source=source, fr=words, evidence=item.evidence)]


def _slip(item: PrescriptionLine, on_record: RecordMedication | None) -> tuple[str, str] | None:
    """Return what is written and what is on record where a factor of ten lies between; None = none does."""
    if on_record is None:
        return None
    written, known = item.strength, on_record.strength
    if written and known and _is_tenfold(amounts(written), amounts(known)):
        return written, known
    now, before = mg_a_day(written or known, item.posologies), mg_a_day(known, on_record.posologies)
    if not now or not before or len(now) != 1 or len(before) != 1:
        return None
    daily, usual = now[0], before[0]
    is_slip = daily > 0 and usual > 0 and daily in (usual * 10, usual / 10)
    return (f"{_mg(daily)}/j", f"{_mg(usual)}/j") if is_slip else None


def _is_tenfold(one: tuple[Amount, ...], other: tuple[Amount, ...]) -> bool:
    """Tell whether two single amounts of one unit differ by a factor of ten; no unit counts as any."""
    if len(one) != 1 or len(other) != 1:
        return False
    (left, unit), (right, other_unit) = one[0], other[0]
    same = unit == other_unit or not unit or not other_unit
    return same and left > 0 and right in (left * 10, left / 10)


def _too_often(substance: str, strength: str | None, item: PrescriptionLine) -> bool:
    """Tell whether a drug that is taken once a week reads as more often."""
    weekly = {same_substance_key(name): Decimal(str(mg)) for name, mg in table("weekly")["mg"].items()}
    least = weekly.get(same_substance_key(substance))
    if least is None or (least and max((n for n, _ in amounts(strength)), default=Decimal(0)) < least):
        return False
    rates = [rate for posology in item.posologies if (rate := per_day(posology)) is not None]
    return max(rates, default=Decimal(0)) > Decimal(1) / 6


def _is_regular(item: PrescriptionLine) -> bool:
    """Tell whether a line is taken every day as it stands, so that its day's amount means something."""
    return not any(one.as_needed or one.count for one in item.posologies) and all(
        (rate := per_day(one)) is not None and rate >= 1 for one in item.posologies
    )


def strength_not_marketed(item: PrescriptionLine, strengths: tuple[str, ...], *, source: str) -> list[Flag]:
    """Flag a written strength that the formulary does not list; no list, no flag.

    Only what is counted in mg or in units is compared: concentrations, volumes, percentages and rates
    have too many ways of being written, and a strength in a unit that the list does not use is not
    evaluated. A number without unit counts as any unit.

    Args:
        item: the line.
        strengths: marketed strengths of the drug, in all forms; the order of a combination is free.
        source: the formulary's name and edition.
    """
    if item.drug is None or not item.strength or not strengths:
        return []
    written = sorted(amounts(item.strength))
    comparable = [known for known in strengths if _units(known) == _units(item.strength)]
    if not comparable or _units(item.strength) not in _UNITS_COMPARED or mg_in_ml(item.strength) is not None:
        return []
    if any(same_strength(item.strength, known) or written == sorted(amounts(known)) for known in strengths):
        return []
    words = {"drug": item.drug.drug.name, "strength": item.strength, "known": ", ".join(strengths)}
    return [flag("strength_not_marketed", source=source, fr=words, evidence=item.evidence)]


def no_longer_sold(item: PrescriptionLine, *, source: str) -> list[Flag]:
    """Flag a drug under a name that the formulary knows to be no longer marketed.

    Args:
        item: the line.
        source: the formulary's name and edition.
    """
    if item.drug is None or item.drug.drug.sold:
        return []
    drug = item.drug.drug
    words = {"drug": drug.name, "substance": drug.substance}
    return [flag("no_longer_sold", source=source, fr=words, evidence=item.evidence)]


def _units(strength: str) -> tuple[str, ...]:
    """Return the units of a strength's parts in any order, "mg" where none is written."""
    return tuple(sorted(unit or "mg" for _, unit in amounts(strength)))


def _mg(amount: Decimal) -> str:
    """Return an amount in a readable unit, French decimal comma."""
    value, unit = (amount / 1000, "g") if amount >= 1000 else (amount, "mg")
    if amount < 1:
        value, unit = amount * 1000, "µg"
    return f"{value.quantize(Decimal('0.001')).normalize():f} {unit}".replace(".", ",")


def _english(text: str) -> str:
    return text.replace(",", ".") if text[:1].isdigit() else text
