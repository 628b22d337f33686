"""Vital signs and measurements, in their normal form and unit; labels and bounds in rules/vitals.toml."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from functools import cache
from typing import Any

from pipeline.domain.meaning import Mention, MentionKind
from pipeline.extraction.assertion import phrases
from pipeline.extraction.tables import fold, rules

Found = tuple[Mention, int, int]
"""A mention and where it stands."""

_NUMBER = r"(?<![\d.,/])\d{1,4}(?:[.,]\d{1,3})?"
_END = r"(?![\d])"
_SLASH = r"\s?(?:/|\bsur\b|-)\s?"
_PAIR = rf"(\d{{1,3}}(?:[.,]\d)?){_SLASH}(\d{{1,3}}(?:[.,]\d)?)(?![\d/])"
_PARTED = {
    "temperature": re.compile(r"(?<!\d)(\d{2})\s?°\s?(\d)(?!\d)"),  # 38°5
    "weight": re.compile(r"(?<!\d)(\d{1,2})\s?kgs?\s?(\d{1,3})(?:\s?g)?(?![\d/])"),  # 8 kg 200
    "height": re.compile(r"(?<!\d)([12])\s?m\s?(\d{2})(?!\d)"),  # 1m72
}
_PARTED_UNIT = {"temperature": "°", "weight": "kg", "height": "m"}


def vitals_in(text: str) -> list[Found]:
    """Return the vital signs of a line with their places, in its order; never one that is not plausible."""
    folded = fold(text)
    found = list(_pressures(text, folded))
    for name in rules("vitals")["sign"]:
        for mention, start, end in _signs(text, folded, name):
            if not any(start < last and first < end for _, first, last in found):
                found.append((mention, start, end))
    return sorted(found, key=lambda each: each[1])


def vital_at(text: str, start: int) -> bool:
    """Whether a vital sign with its label stands at a place."""
    return bool(_labels().match(fold(text), start)) and any(at == start for _, at, _ in vitals_in(text))


@cache
def _labels() -> re.Pattern[str]:
    table = rules("vitals")
    pressure = table["pressure"]
    labels = [*pressure["label"], *pressure["systolic"], *pressure["diastolic"]]
    return phrases((*labels, *(label for sign in table["sign"].values() for label in sign["label"])))


def _vital(text: str, start: int, end: int, value: str, unit: str | None) -> Found:
    return Mention(MentionKind.VITAL, text[start:end].strip(), value, unit), start, end


def _pressures(text: str, folded: str) -> Iterator[Found]:
    table = rules("vitals")["pressure"]
    position = phrases(tuple(table["position"])).pattern
    label = rf"(?:{phrases(tuple(table['label'])).pattern})"
    gap = rf"[\s:=]*(?:(?:{position})[\s:=]*){{0,4}}"
    ends: list[int] = []
    for match in re.finditer(rf"{label}{gap}{_PAIR}", folded):
        if value := _pressure(match[1], match[2]):
            ends.append(match.end())
            yield _vital(text, match.start(), match.end(), value, "mmHg")
    for match in re.finditer(rf"(?<![\d/.,]){_PAIR}\s*(?:(mm|cm)\s?hg)?", folded):
        beside = any(
            re.fullmatch(rf"[\s,;]*(?:(?:{position})[\s:=,;]*){{1,4}}", folded[end : match.start()])
            for end in ends
        )
        labelled = any(match.start() < end <= match.end() for end in ends)
        if not labelled and (match[3] or beside) and (value := _pressure(match[1], match[2])):
            ends.append(match.end())
            yield _vital(text, match.start(), match.end(), value, "mmHg")
    if not ends:
        yield from _parted_pressure(text)


def _parted_pressure(text: str) -> Iterator[Found]:
    """Read "TAS 130 TAD 80"; one alone is the upper or the lower value, as its surface says."""
    table = rules("vitals")["pressure"]

    def label(key: str) -> str:
        words = (word if word.isupper() else f"(?i:{word})" for word in table[key])
        return rf"\b(?:{'|'.join(words)})"

    number = r"[\s:=]*(?:(?:à|a)\s)?(\d{1,3}(?:[.,]\d)?)(?![\d/])"
    both = re.search(rf"{label('systolic')}{number}[\s,;/]*(?:et\s)?{label('diastolic')}{number}", text)
    if both:
        if value := _pressure(both[1], both[2]):
            yield _vital(text, both.start(), both.end(), value, "mmHg")
        return
    for place, key in enumerate(("systolic", "diastolic")):
        match = re.search(label(key) + number, text)
        if match and (side := _side(match[1], place)) is not None:
            yield _vital(text, match.start(), match.end(), str(side), "mmHg")


def _pressure(high: str, low: str) -> str | None:
    upper, lower = _side(high, 0), _side(low, 1)
    return f"{upper}/{lower}" if upper is not None and lower is not None and upper > lower else None


def _side(number: str, place: int) -> int | None:
    """Return one pressure in mmHg; French notes write cmHg as well: 13,5 is 135."""
    table = rules("vitals")["pressure"]
    value = Decimal(number.replace(",", "."))
    value = value * 10 if value < table["cm_below"][place] else value
    least, most = table[("systolic_range", "diastolic_range")[place]]
    return int(value) if value == int(value) and least <= value <= most else None


@cache
def _pattern(name: str) -> re.Pattern[str]:
    """Return label, number and unit of a sign; or a number with a unit that no other sign has."""
    sign, number = rules("vitals")["sign"][name], rules("vitals")["number"]
    units = sorted((fold(u) for us in sign["written"].values() for u in us), key=len, reverse=True)
    unit = "|".join(re.escape(u) + (r"(?![a-z])" if u[-1].isalpha() else "") for u in units)
    label = phrases(tuple(sorted(sign["label"], key=len, reverse=True))).pattern
    link = phrases(tuple(number["link"])).pattern
    never = phrases(tuple(number["never_before"])).pattern
    labelled = (
        rf"(?:{label})\s?°?[\s:=]*(?:(?:{link})[\s:=]*){{0,2}}({_NUMBER}){_END}\s?({unit})?(?!\s?(?:{never}))"
    )
    bare = "|".join(
        re.escape(fold(u)) + (r"(?![a-z/])" if u[-1].isalpha() else "") for u in sign.get("bare_unit", ())
    )
    alone = rf"|({_NUMBER})\s?({bare})" if bare else ""
    return re.compile(labelled + alone)


def _signs(text: str, folded: str, name: str) -> Iterator[Found]:
    sign = rules("vitals")["sign"][name]
    rest = folded
    for match in _PARTED[name].finditer(folded) if name in _PARTED else ():
        value = _measured(sign, f"{match[1]}.{match[2]}".rstrip("0").rstrip("."), _PARTED_UNIT[name])
        if value is not None and not _other_sense(sign, folded, match.start(), match.end()):
            rest = rest[: match.start()] + " " * len(match.group()) + rest[match.end() :]
            yield _vital(text, match.start(), match.end(), *value)
    for match in _pattern(name).finditer(rest):
        both = [group for group in match.groups() if group]
        start, end = match.start(), match.end()
        value = _measured(sign, both[0], both[1] if len(both) > 1 else None)
        if value is not None and not _other_sense(sign, folded, start, end):
            yield _vital(text, start, end, *value)


def _measured(sign: dict[str, Any], number: str, unit: str | None) -> tuple[str, str | None] | None:
    """Return (value, unit) in the sign's normal form; None = not plausible."""
    value = Decimal(number.replace(",", "."))
    ways = ((name, way) for name, surfaces in sign["written"].items() for way in surfaces)
    written = next((str(name) for name, way in ways if unit == fold(way)), None)
    if written is None and sign.get("unit_needed"):
        return None
    factor = _FACTORS.get((written, sign["unit"]))
    normal = sign["unit"] if written is None or factor else written
    if written is None and normal == "cm" and value < 3:
        factor = Decimal(100)  # "taille 1,72"
    scaled = value * (factor or 1)
    if normal == sign["unit"] and not sign["range"][0] <= scaled <= sign["range"][1]:
        return None
    unsure = written is None and scaled >= sign.get("unit_sure_below", scaled + 1)
    return f"{scaled.normalize():f}" if factor else number.replace(",", "."), None if unsure else normal


_FACTORS: dict[tuple[str | None, str], Decimal] = {("m", "cm"): Decimal(100), ("g", "kg"): Decimal("0.001")}


def _other_sense(sign: dict[str, Any], folded: str, start: int, end: int) -> bool:
    """Whether the words around say that it is no measure of the patient ("a perdu 5 kg")."""
    before, after = sign.get("not_after"), sign.get("not_before")
    return bool(
        (before and re.search(rf"(?:{phrases(tuple(before)).pattern})\s*(?:de\s*)?$", folded[:start]))
        or (after and re.match(rf"\s*(?:{phrases(tuple(after)).pattern})", folded[end:]))
    )
