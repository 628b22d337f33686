"""Amounts as numbers: what a strength holds, how often a day, how much a day; None = not written."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from decimal import Decimal

from pipeline.domain.meaning import Posology, TimeUnit

Amount = tuple[Decimal, str]
"""A number and its unit; masses in mg, other units folded ("ui", "%"); "" = no unit written."""

DAYS = {
    TimeUnit.MINUTE: Decimal(1) / 1440,
    TimeUnit.HOUR: Decimal(1) / 24,
    TimeUnit.DAY: Decimal(1),
    TimeUnit.WEEK: Decimal(7),
    TimeUnit.MONTH: Decimal(30),
    TimeUnit.YEAR: Decimal(365),
}
"""Length of a time unit in days."""

_MG = {"kg": Decimal(1_000_000), "g": Decimal(1000), "mg": Decimal(1)}
_MICRO = {"µg", "ug", "mcg", "microgramme", "microgrammes"}
_MASS = {"gramme": "g", "grammes": "g", "milligramme": "mg", "milligrammes": "mg"}
_PER_ML = re.compile(r"\d\s*[^\W\d]+\s*/\s*ml\b", re.IGNORECASE)
_AMOUNT = re.compile(r"(\d[\d  ]*(?:[.,]\d+)?)\s*([^\W\d_]+|%)?")


def amounts(text: str | None) -> tuple[Amount, ...]:
    """Return the amounts of a strength, part by part: "1 g" is 1000 mg, "325 mg/37,5 mg" two of them."""
    folded = unicodedata.normalize("NFKC", text or "").lower().replace("μ", "µ")
    found = []
    for digits, unit in _AMOUNT.findall(folded):
        number = Decimal(re.sub(r"\s", "", digits).replace(",", "."))
        found.append(in_mg(number, unit) or (number, {"u": "ui"}.get(unit, unit)))
    return tuple(found)


def in_mg(number: Decimal, unit: str | None) -> Amount | None:
    """Return a mass in mg; None = not a mass."""
    folded = unicodedata.normalize("NFKC", unit or "").lower().strip().replace("μ", "µ")
    folded = _MASS.get(folded, folded)
    if folded in _MICRO:
        return (number / 1000, "mg")
    return (number * _MG[folded], "mg") if folded in _MG else None


def same_strength(one: str | None, other: str | None) -> bool:
    """Tell whether two strengths say the same; a number without unit equals that number of any unit."""
    left, right = amounts(one), amounts(other)
    if len(left) != len(right):
        return False
    if all(unit for _, unit in (*left, *right)):
        return left == right
    return _numbers(one) == _numbers(other)


def per_day(posology: Posology) -> Decimal | None:
    """Return how many times a day, the highest that is written; "max 4 cp/j" alone says it, too."""
    times = posology.frequency_max or posology.frequency or len(posology.when) or None
    if times is None:
        top = posology.dose_high or posology.dose
        return posology.max_per_day / top if posology.max_per_day and top and not posology.max_unit else None
    if posology.period_unit is None or not posology.period:
        return Decimal(times)
    return Decimal(times) / (posology.period * DAYS[posology.period_unit])


def mg_a_day(strength: str | None, posologies: Sequence[Posology]) -> tuple[Decimal, ...] | None:
    """Return the most mg a day in any phase, for each part of the strength; None = cannot be told."""
    parts, per_ml = amounts(strength), mg_in_ml(strength)
    phases: dict[int, list[Decimal]] = {}
    for posology in posologies:
        daily = _of_one(parts, per_ml, posology)
        if daily is None:
            return None
        before = phases.get(posology.sequence, [Decimal(0)] * len(daily))
        phases[posology.sequence] = [a + b for a, b in zip(before, daily, strict=False)]
    if not phases:
        return None
    return tuple(max(column) for column in zip(*phases.values(), strict=False))


def _of_one(parts: tuple[Amount, ...], per_ml: Decimal | None, posology: Posology) -> list[Decimal] | None:
    """Return mg a day of one posology, per part; a limit "max 3/j" counts when it is larger than the rate."""
    dose = posology.dose_high or posology.dose
    rate = per_day(posology)
    limit = in_mg(posology.max_per_day, posology.max_unit) if posology.max_per_day is not None else None
    if limit and rate is None and len(parts) <= 1:
        return [limit[0]]  # "1 cp si douleur max 4 g/j"
    if dose is None or rate is None:
        return None
    mass = in_mg(dose, posology.dose_unit)
    if mass:
        return [mass[0] * rate]
    if (posology.dose_unit or "").lower() == "ml":
        return None if per_ml is None else [per_ml * dose * rate]
    if not _counted(posology.dose_unit) or not parts or any(unit != "mg" for _, unit in parts):
        return None
    most = posology.max_per_day if posology.as_needed and not posology.max_unit else None
    units = max(dose * rate, most or Decimal(0))
    return [value * units for value, _ in parts]


def mg_in_ml(strength: str | None) -> Decimal | None:
    """Return mg in 1 mL of "250 mg/5 mL", "40 mg/mL" or "2,4 %" (g in 100 mL); None = another strength."""
    parts = amounts(strength)
    if len(parts) == 1 and parts[0][1] == "%":
        return parts[0][0] * 10
    if len(parts) == 1 and parts[0][1] == "mg" and _PER_ML.search(strength or ""):
        return parts[0][0]
    if len(parts) != 2 or parts[0][1] != "mg" or parts[1][1] != "ml" or not parts[1][0]:
        return None
    return parts[0][0] / parts[1][0]


def _counted(unit: str | None) -> bool:
    """Tell whether a dose unit is a piece that holds the strength once."""
    pieces = ("comprim", "gelule", "gélule", "sachet", "capsule", "suppositoire", "ampoule", "patch", "ovule")
    return unit is not None and unit.lower().startswith(pieces)


def _numbers(text: str | None) -> list[Decimal]:
    return [Decimal(re.sub(r"\s", "", digits).replace(",", ".")) for digits, _ in _AMOUNT.findall(text or "")]
