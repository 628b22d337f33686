"""Garbled prescriptions, and the law that none of them may break: no number is invented.

Every number in what was understood stands in the text, or is one of these:

- a number word, a fraction ("1/2", "½", "demi"), or a whole number and a fraction together ("1 cp et demi");
- a frequency: how many times of day, hours or weekdays are named, or a word of the table of rates
  ("par trimestre" is 3 months); "5 j/7" beside "1/j" is 5 a week;
- a most a day: the dose times a number of the text ("2 gél max 3 fois/j" is 6);
- a length from one day to another: "J1 à J5" is 5;
- a renewal "AR" without a number is none.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterable
from decimal import Decimal

from pipeline.domain.meaning import Posology, PrescriptionLine
from pipeline.extraction.tables import fold, rules

LOOK_ALIKE = (
    "0O",
    "O0",
    "1l",
    "l1",
    "1I",
    "5S",
    "S5",
    "6b",
    "8B",
    "B8",
    "2Z",
    "9g",
    "4A",
    "éè",
    "mn",
    "nm",
    "ui",
)
SIGNS = "abcdeilmnoprstuxIlO0123456789/-., ()½éà'>%µ°+:;"
ONE = Decimal(1)
_NUMBER = re.compile(r"\d+(?:[.,]\d+)?")


def garbled(text: str, other: str, chance: random.Random) -> str:
    """Return a text with one to six accidents: swapped, dropped, doubled, look-alike, cut or joined.

    Args:
        text: to be garbled.
        other: what it may be joined with.
        chance: seeded.
    """
    for _ in range(chance.randint(1, 6)):
        if not text:
            return other
        place = chance.randrange(len(text))
        kind = chance.randrange(9)
        if kind == 0:
            text = text[:place] + text[place + 1 :]
        elif kind == 1:
            text = text[:place] + text[place] * 2 + text[place + 1 :]
        elif kind == 2:
            text = text[:place] + text[place : place + 2][::-1] + text[place + 2 :]
        elif kind == 3:
            pairs = [pair for pair in LOOK_ALIKE if pair[0] in text]
            if pairs:
                seen, meant = chance.choice(pairs)
                text = text.replace(seen, meant, 1)
        elif kind == 4:
            text = text[:place] + chance.choice(SIGNS) + text[place:]
        elif kind == 5:
            text = text[:place] + chance.choice(SIGNS) + text[place + 1 :]
        elif kind == 6:
            text = text[place:] if chance.random() < 0.5 else text[:place]
        elif kind == 7:
            text = text.replace(" ", "", chance.randint(1, 3))
        else:
            text = (text + chance.choice((" ", " / ", ", ", " + ", ""))) + other[
                : chance.randrange(len(other) + 1)
            ]
    return text


def written(text: str) -> set[Decimal]:
    """Return every number that a text shows, in whatever way."""
    folded = fold(text)
    found = {Decimal(number.replace(",", ".")) for number in _NUMBER.findall(folded)}
    found |= {Decimal(number) for number in re.findall(r"\d+", folded)}
    found |= {Decimal("0." + digits) for digits in re.findall(r"[.,](\d+)", folded)}
    found |= {Decimal(re.sub(r"\s", "", n)) for n in re.findall(r"\d{1,3}(?:[ \u00a0]\d{3})+", folded)}
    for top, bottom in re.findall(r"(\d)\s?/\s?(\d)", folded):
        if bottom != "0":
            found.add((Decimal(top) / Decimal(bottom)).quantize(Decimal("0.0001")))
    for value, surfaces in rules("posology")["number"].items():
        if any(fold(surface) in folded for surface in surfaces):
            found.add(Decimal(value))
    parts = {part for part in found if 0 < part < 1}
    found |= {one + part for one in found for part in parts}
    return {value.normalize() for value in found}


def invented(text: str, items: Iterable[PrescriptionLine]) -> set[Decimal]:
    """Return the numbers of what was understood that the text has no right to say."""
    allowed = written(text) | {ONE}
    found: set[Decimal] = set()
    for item in items:
        found |= _all_in(item.strength or "") | ({Decimal(item.renewals)} if item.renewals else set())
        for posology in item.posologies:
            found |= _of(posology, allowed)
    return {value.normalize() for value in found} - allowed


def _all_in(text: str) -> set[Decimal]:
    joined = re.sub(r"(?<=\d)[ \u00a0](?=\d{3}(?!\d))", "", text)
    return {Decimal(number.replace(",", ".")) for number in _NUMBER.findall(joined)}


def _of(p: Posology, allowed: set[Decimal]) -> set[Decimal]:
    found = {p.dose, p.dose_high, Decimal(p.count or 1), Decimal(p.frequency_max or 1)}
    for instruction in p.instructions:
        found |= _all_in(instruction)
    if p.duration:
        days = {last - first + 1 for first in allowed for last in allowed}
        found |= {value for value in (p.duration.value, p.duration.high) if value not in days}
    hours = sum(each.endswith(" h") for each in p.instructions)
    named = (len(p.when) + hours) or 1
    if p.frequency not in (None, named, len(p.weekdays), named * len(p.weekdays)):
        found.add(Decimal(p.frequency))
    if p.period is not None and p.period not in {
        Decimal(rate.split()[1]) for rate in rules("posology")["rate"]
    }:
        found.add(p.period)
    if p.max_per_day is not None:
        most = {(top * one).normalize() for top in (p.dose_high, p.dose) if top for one in allowed}
        found |= {p.max_per_day.normalize()} - most
    return {value for value in found if value is not None}
