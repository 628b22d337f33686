"""Strengths as written on paper, and the key under which two writings mean the same."""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import Decimal
from functools import lru_cache

StrengthKey = tuple[tuple[Decimal, str], ...]

# Factors to one unit a family: milligram for mass, UI for units. A unit absent here stays as it is.
_FACTORS = {
    "kg": (Decimal(1_000_000), "mg"),
    "g": (Decimal(1000), "mg"),
    "mg": (Decimal(1), "mg"),
    "µg": (Decimal("0.001"), "mg"),
    "mcg": (Decimal("0.001"), "mg"),
    "ug": (Decimal("0.001"), "mg"),
    "mui": (Decimal(1_000_000), "ui"),
    "ui": (Decimal(1), "ui"),
    "u": (Decimal(1), "ui"),
    "l": (Decimal(1000), "ml"),
}
_PART = re.compile(
    r"(?P<value>\d{1,3}(?:[ \u00a0\u202f]\d{3})+(?!\d)|\d+(?:[.,]\d+)?)?"
    r"\s*(?P<unit>m\s?\.?\s?u\.?i\.?(?![a-z])|[µa-zéè%]+)?",
    re.IGNORECASE,
)


@lru_cache(maxsize=8192)
def strength_key(text: str) -> StrengthKey:
    """Return what a strength amounts to, so that "1 g" and "1000mg" have one key.

    A part without a unit takes the unit of the part after it ("875/125 mg"); a part without a number
    after a slash counts one ("µg/dose", "UI/ml"). An unreadable text has the empty key.

    Args:
        text: as written, French or English decimals ("0,25 mg", "325 mg/37,5 mg", "500 mg/5 ml").
    """
    folded = text.lower().replace("μ", "µ").strip()
    raw: list[tuple[Decimal, str]] = []
    for piece in re.split(r"[/+]", folded):
        match = _PART.fullmatch(piece.strip())
        if match is None or not (match["value"] or match["unit"]):
            return ()
        digits = re.sub(r"[ \u00a0\u202f]", "", match["value"] or "1").replace(",", ".")
        unit = re.sub(r"[ .]", "", match["unit"] or "")
        raw.append((Decimal(digits), unit))
    parts: list[tuple[Decimal, str]] = []
    following = ""
    for value, unit in reversed(raw):
        following = unit or following
        factor, base = _FACTORS.get(following, (Decimal(1), following))
        parts.append(((value * factor).normalize(), base))
    return tuple(reversed(parts))


def same_strength(one: str, other: str) -> bool:
    """Say whether two writings mean the same strength; unreadable ones never do.

    The parts of a combination may stand in either order: "5 mg/160 mg" is 160 mg/5 mg.
    """
    key, wanted = strength_key(one), strength_key(other)
    are_masses = all(unit == "mg" for _, unit in (*key, *wanted))
    return bool(key) and (key == wanted or (are_masses and sorted(key) == sorted(wanted)))


def is_among(strength: str, sold: Iterable[str]) -> bool:
    """Say whether a strength is one of those sold, however either is written."""
    return any(same_strength(strength, one) for one in sold)


@lru_cache(maxsize=4096)
def numbers_of(text: str) -> tuple[Decimal, ...]:
    """Return the bare numbers of a strength in order, units left out ("325 mg/37,5 mg": 325, 37.5)."""
    joined = re.sub(r"(?<=\d)[ \u00a0\u202f](?=\d{3}(?!\d))", "", text)
    return tuple(Decimal(n.replace(",", ".")) for n in re.findall(r"\d+(?:[.,]\d+)?", joined))
