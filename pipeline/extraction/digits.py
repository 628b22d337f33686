"""Digits that the ink gives another reading: a 1 that may be a 7."""

from __future__ import annotations

from math import ceil, log

from pipeline.domain.writing import Reading
from pipeline.extraction.tables import rules
from pipeline.ink import unpack

DIGITS = "0123456789"
STROKES = "/|lI!"


def rival_digits(reading: Reading, *, start: int = 0) -> list[tuple[int, str]]:
    """Return (place in the text, other digit) for every digit that could be another one, as the ink has it.

    A digit has a rival where another digit's posterior reaches a share of its own (rules/page.toml,
    `[digits]`); digits that hands write alike, as 1 and 7, have one sooner. A stroke that stands alone,
    "/ cp", may be a 1 likewise.

    Args:
        reading: of a line; without posteriors, as print and typed text are, no digit has a rival.
        start: characters before this place do not count, such as an item's number.
    """
    posteriors = reading.posteriors
    if posteriors is None or not posteriors.steps or len(reading.places) != len(reading.text):
        return []
    table = rules("page")["digits"]
    logs = unpack(posteriors)
    classes = [posteriors.vocabulary.find(digit) + 1 for digit in DIGITS]
    found = []
    for at, (sign, (left, right)) in enumerate(zip(reading.text, reading.places, strict=True)):
        if at < start or (sign not in DIGITS and not _is_lone_stroke(reading.text, at)):
            continue
        first = min(int(left * len(logs)), len(logs) - 1)
        peaks = logs[first : max(first + 1, ceil(right * len(logs)))].max(axis=0)
        own = peaks[posteriors.vocabulary.find(sign) + 1]
        for rival, peak in zip(DIGITS, peaks[classes] - own, strict=True):
            alike = "".join(sorted(sign + rival)) in table["alike"]
            if rival != sign and peak > log(table["rival_alike" if alike else "rival"]):
                found.append((at, rival))
    return found


def _is_lone_stroke(text: str, at: int) -> bool:
    around = text[max(0, at - 1) : at] + text[at + 1 : at + 2]
    return text[at] in STROKES and not any(c.isalnum() for c in around)
