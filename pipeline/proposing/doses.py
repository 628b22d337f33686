"""Checks of a line on its own: more a day than adults take, a strength or a name that nobody sells."""

from __future__ import annotations

from decimal import Decimal

from pipeline.domain.meaning import PrescriptionLine
from pipeline.domain.review import Flag
from pipeline.proposing.amounts import amounts, mg_a_day, per_day, same_strength
from pipeline.proposing.rules import flag, same_substance_key, table

_UNITS_COMPARED = {("mg",) * parts for parts in (1, 2, 3)} | {("ui",)}
"""Units of the strengths that can be held against the formulary's list."""


def dose_outlier(item: PrescriptionLine, *, strength_on_record: str | None = None) -> list[Flag]:
    """Flag a daily amount above the adult's maximum, or a weekly drug taken more often.

    Args:
        item: a line whose drug was recognised; others get nothing.
        strength_on_record: counts where the line writes none.
    """
    if item.drug is None:
        return []
    limits = table("dose_limits")
    source = str(limits["source"])
    drug = item.drug.drug
    weekly = {same_substance_key(name) for name in limits["weekly"]}
    rates = [rate for posology in item.posologies if (rate := per_day(posology)) is not None]
    if same_substance_key(drug.substance) in weekly and max(rates, default=Decimal(0)) > Decimal(1) / 6:
        return [flag("dose_outlier", sentence="dose_weekly", source=source, fr={"drug": drug.name})]
    daily = mg_a_day(item.strength or strength_on_record, item.posologies)
    parts = drug.substance.split("/")
    if daily is None or len(daily) != len(parts):
        return []
    limit_of = {same_substance_key(name): Decimal(str(limit)) for name, limit in limits["mg"].items()}
    for part, amount in zip(parts, daily, strict=True):
        limit = limit_of.get(same_substance_key(part))
        if limit is not None and amount > limit:
            words = {"part": part, "daily": _mg(amount), "limit": _mg(limit)}
            return [
                flag("dose_outlier", source=source, fr=words, en={k: _english(v) for k, v in words.items()})
            ]
    return []


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
    if not comparable or _units(item.strength) not in _UNITS_COMPARED:
        return []
    if any(same_strength(item.strength, known) or written == sorted(amounts(known)) for known in strengths):
        return []
    words = {"drug": item.drug.drug.name, "strength": item.strength, "known": ", ".join(strengths)}
    return [flag("strength_not_marketed", source=source, fr=words)]


def no_longer_sold(item: PrescriptionLine, *, source: str) -> list[Flag]:
    """Flag a drug under a name that the formulary knows to be no longer marketed.

    Args:
        item: the line.
        source: the formulary's name and edition.
    """
    if item.drug is None or item.drug.drug.sold:
        return []
    drug = item.drug.drug
    return [flag("no_longer_sold", source=source, fr={"drug": drug.name, "substance": drug.substance})]


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
