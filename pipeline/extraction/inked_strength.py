"""The strength of a drug where its text cannot be read: the ink is asked which of those sold is written."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

import numpy as np

from pipeline.domain.drug import Drug
from pipeline.domain.strength import is_among, numbers_of, strength_key
from pipeline.domain.writing import ReadLine
from pipeline.extraction.tables import rules
from pipeline.ink import log_prob_in_line

FURTHEST = 12.0
"""Nats by which a strength may be less likely than what was read there."""

LEAD = 4.0
"""Nats by which it must lead every other strength, and the same number with the unit of a dose."""

_WRITTEN = re.compile(r"[\s:,;.=–—>-]*(?=\S*[\dlIiOoSsZB|])\S+(?:\s\S{1,5})?")
_AFTER = 8
"""Characters beyond the longest strength in which it may end."""


def strength_in_ink(read: ReadLine, start: int, drug: Drug) -> tuple[int, int, str] | None:
    """Return (from, to, strength): what of a line's text the ink says is which strength of a drug.

    A digit that was read stays: only letters may turn out to be digits ("lomg"), and units be misread
    ("75 ing"). None = nothing stands there that may be one, or two are too close.

    Args:
        read: the line with its ink.
        start: the first character after the drug's name.
        drug: with the strengths it is sold in.
    """
    reading = read.reading
    text, places = reading.text, reading.places
    if reading.posteriors is None or len(places) != len(text) or not _WRITTEN.match(text, start):
        return None
    offered = [(way, strength) for strength in drug.strengths for way in _written(strength)]
    if not offered:
        return None
    numbers = {re.match(r"[\d.,\s]*\d", way).group() for way, _ in offered}  # type: ignore[union-attr]
    doses = [f"{number} {unit}" for number in sorted(numbers) for unit in dose_words()]
    last = min(len(text), start + max(len(way) for way, _ in offered) + _AFTER) - 1
    scores, spans = log_prob_in_line(
        reading.posteriors,
        [*(way for way, _ in offered), *doses],
        start=places[start][0],
        end=places[last][1],
    )
    best = int(np.argmax(scores[: len(offered)]))
    way, strength = offered[best]
    others = [
        score
        for score, (_, other) in zip(scores, [*offered, *((dose, "") for dose in doses)], strict=True)
        if strength_key(other) != strength_key(strength)
    ]
    first, end = _characters(places, spans[best], start)
    leads = not others or scores[best] - max(others) >= LEAD
    if scores[best] < -FURTHEST or not leads or not _keeps_digits(text[first:end], way):
        return None
    return (first, end, strength) if not text[start:first].strip(" :,;.=–—>-") else None


def unit_may_be_misread(strength: str, drug: Drug) -> bool:
    """Whether a drug is not sold in a strength, but in the same number of something else ("20 µg", 20 mg)."""
    if is_among(strength, drug.strengths):
        return False
    return any(numbers_of(sold) == numbers_of(strength) for sold in drug.strengths)


@cache
def dose_words() -> dict[str, str]:
    """Return what is written behind the number of a dose, "cp", never behind a strength's, with its unit."""
    table = rules("posology")
    weighed = {*table["weighed"]["unit"], "UI", "mL"}
    return {word: unit for unit, words in table["unit"].items() if unit not in weighed for word in words}


def _written(strength: str) -> list[str]:
    """Return the ways in which a pen writes a strength: with and without blanks, comma or point."""
    spaced = re.sub(r"(?<=\d)(?=(?:\d{3})+(?!\d))", " ", strength)  # "100 000 UI"
    ways = {strength, spaced, re.sub(r"(?<=\d) (?=\D)", "", strength), strength.replace("mL", "ml")}
    return sorted({way for one in ways for way in (one, one.replace(",", "."))})


def _characters(places: Sequence[tuple[float, float]], span: Sequence[float], start: int) -> tuple[int, int]:
    """Return the characters, from `start` on, whose middle lies on a span of the line."""
    on = [
        number
        for number, (left, right) in enumerate(places)
        if number >= start and left < float(span[1]) and right > float(span[0])
    ]
    return (on[0], on[-1] + 1) if on else (start, start)


def _keeps_digits(read: str, way: str) -> bool:
    """Whether every digit that was read is one of the strength's, in its order."""
    digits = iter(re.sub(r"\D", "", way))
    return all(digit in digits for digit in re.sub(r"\D", "", read))
