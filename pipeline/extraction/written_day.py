"""The day a page was written: as it reads, or, where that makes no day of the outage, as its ink says."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, timedelta
from functools import cache

from pipeline.domain.writing import ReadLine, Transcript
from pipeline.extraction.dates import Window, dates_in
from pipeline.extraction.lines import Role
from pipeline.extraction.tables import rules
from pipeline.ink import log_prob_in_line

LEAST_LIKELY = -7.0
"""Natural log of how far a day may stay behind the best reading of the line's ink."""
LEAD = 6.0
"""Natural log of how far it must be ahead of every other day of the outage. On the development pages and the
sample day some twenty days that had not been read are found so; the nearest wrong one had a lead of 3."""
LONGEST_OUTAGE = timedelta(days=31)
_NEAR_TOP = 14
_LONGEST_TEXT = 34
_DIGITS_OF_A_YEAR = 6
"""A text with so many digits has a year: a day without one would fit into any birth date."""


def written_day(
    transcript: Transcript, roles: Sequence[Role], window: Window | None
) -> tuple[date | None, list[int]]:
    """Return the day of writing, and the numbers of the lines that say so.

    A date line counts first, else a date in a letterhead; birth dates are none. None = not written, not
    legible, or two days.

    Args:
        transcript: the page.
        roles: of its lines.
        window: first and last day of the outage. A day outside is a digit misread far more often than a day:
            it is left to a person, unless the ink knows better.
    """
    found: list[tuple[int, date, int]] = []
    for number, (read, role) in enumerate(zip(transcript.lines, roles, strict=True)):
        text = read.reading.text
        if role in (Role.DATE, Role.LETTERHEAD, Role.PRESCRIBER) and not _is_birth(text):
            rank = 0 if role is Role.DATE else 1
            found += [(rank, value, number) for _, value in dates_in(text, window=window)]
    if window:
        found = [one for one in found if window[0] <= one[1] <= window[1]]
    if not found:
        return _by_ink(transcript, roles, window) if window else (None, [])
    best = min(rank for rank, _, _ in found)
    days = {day for rank, day, _ in found if rank == best}
    if len(days) != 1:
        return None, []
    return days.pop(), list(dict.fromkeys(number for rank, _, number in found if rank == best))


def _is_birth(text: str) -> bool:
    return re.search(r"\bnée?\b", text) is not None


def _by_ink(transcript: Transcript, roles: Sequence[Role], window: Window) -> tuple[date | None, list[int]]:
    """Ask the ink of the likeliest date line which day of the outage it is."""
    if window[1] - window[0] > LONGEST_OUTAGE:
        return None, []
    asked = [
        (likeliest, number)
        for number, (read, role) in enumerate(zip(transcript.lines[:_NEAR_TOP], roles, strict=False))
        if _may_be_date(read, role) and (likeliest := _likeliest(read, window))
    ]
    if not asked:
        return None, []
    (_, day), number = max(asked)
    return day, [number]


def _may_be_date(read: ReadLine, role: Role) -> bool:
    """Whether a line can hold the day: a date line, or a short one of hardly anything but digits."""
    text = read.reading.text
    digits, letters = sum(c.isdigit() for c in text), sum(c.isalpha() for c in text)
    if digits < 2 or len(text) > _LONGEST_TEXT or _is_birth(text) or role in (Role.PATIENT, Role.VITALS):
        return False
    return role in (Role.DATE, Role.LETTERHEAD, Role.PRESCRIBER) or letters <= 3


def _likeliest(read: ReadLine, window: Window) -> tuple[float, date] | None:
    """Return the score and day that the ink is sure of; None = no day, or two."""
    posteriors = read.reading.posteriors
    if posteriors is None or not posteriors.steps:
        return None
    days = [window[0] + timedelta(days=after) for after in range((window[1] - window[0]).days + 1)]
    has_year = sum(c.isdigit() for c in read.reading.text) >= _DIGITS_OF_A_YEAR
    ways = [(day, way) for day in days for way in writings(day, with_year_only=has_year)]
    scores, _ = log_prob_in_line(posteriors, [way for _, way in ways])
    best: dict[date, float] = {}
    for (day, _), score in zip(ways, scores.tolist(), strict=True):
        best[day] = max(score, best.get(day, score))
    first, *others = sorted(best.items(), key=lambda one: -one[1])
    is_likely = first[1] >= LEAST_LIKELY
    leads = all(first[1] - score >= LEAD for _, score in others[:1])
    return (first[1], first[0]) if is_likely and leads else None


@cache
def writings(day: date, *, with_year_only: bool = False) -> tuple[str, ...]:
    """Return how people write a day: "13/11/25", "13.11", "13 nov. 2025"."""
    numbers, years = (f"{day.day:02d}", str(day.day)), (str(day.year), f"{day.year % 100:02d}")
    month = rules("page")["month"][str(day.month)]
    found: list[str] = []
    for number in numbers:
        short = [f"{number}{sign}{day.month:02d}" for sign in "/.-"]
        short += [f"{number} {word}{dot}" for word in month for dot in ("", ".")]
        signs = dict(zip(short, "/.-", strict=False))
        found += [f"{text}{signs.get(text, ' ')}{year}" for text in short for year in years]
        found += [] if with_year_only else short
    return tuple(dict.fromkeys(found))
