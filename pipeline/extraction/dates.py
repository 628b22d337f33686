"""Dates on paper: complete, without a year, with a month in letters, or a weekday and a day."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta

from rapidfuzz.distance import OSA

from pipeline.extraction.tables import fold, lookup

Window = tuple[date, date]

_NUMERIC = re.compile(r"(?<![\w/.,-])(\d{1,2})\s?([/.-])\s?(\d{1,2})(?:\s?\2\s?(\d{4}|\d{2}))?(?![\d/])")
_LETTERS = re.compile(r"(?<!\w)(\d{1,2}|1er)\s+([a-z]{3,9})\.?(?:\s+(\d{4}|\d{2})(?!\d))?")
_WEEKDAY = re.compile(r"\b(lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche)\s+(\d{1,2}|1er)\b")
_DAYS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")


def parse_date(text: str, *, window: Window | None = None) -> date | None:
    """Return the one date that a text holds; None for none, two that differ, or an impossible one.

    Args:
        text: "12/11/25", "12.11", "le 12 nov. 2025", "mercredi 12".
        window: first and last day of the outage; completes a date without a year. Without it such a
            date is None: the year is never taken from today.
    """
    found = {value for _, value in dates_in(text, window=window)}
    return found.pop() if len(found) == 1 else None


def dates_in(text: str, *, window: Window | None = None) -> Iterator[tuple[int, date]]:
    """Yield (place, date) for every date that exists in the calendar."""
    folded = fold(text)
    taken: list[tuple[int, int]] = []
    for match in _NUMERIC.finditer(folded):
        # "13.8" may be a blood pressure or a size: without a year only the window makes a date.
        value = _built(match[1], match[3], match[4], window)
        if value:
            taken.append(match.span())
            yield match.start(), value
    for match in _LETTERS.finditer(folded):
        month = month_of(match[2])
        value = _built(match[1], str(month), match[3], window) if month else None
        if value:
            taken.append(match.span())
            yield match.start(), value
    for match in _WEEKDAY.finditer(folded):
        if window and not any(start <= match.start(2) < end for start, end in taken):
            value = _by_weekday(_DAYS.index(match[1]), int(match[2].removesuffix("er")), window)
            if value:
                yield match.start(), value


def month_of(word: str) -> int | None:
    """Return the month of a word, one letter wrong allowed from five letters on."""
    months = lookup("page", "month")
    folded = fold(word).rstrip(".")
    if folded in months:
        return int(months[folded])
    if len(folded) < 5:
        return None
    near = {value for name, value in months.items() if len(name) >= 5 and OSA.distance(folded, name) <= 1}
    return int(near.pop()) if len(near) == 1 else None


def birth_year(two_digits: int, *, latest: int = 2025) -> int:
    """Return the year of birth of "62": the latest one not after `latest`."""
    year = latest - latest % 100 + two_digits
    return year if year <= latest else year - 100


def birth_date(text: str, *, latest: int = 2025) -> date | None:
    """Return the first complete date of a text as a birth date; two-digit years lie before `latest`."""
    folded = fold(text)
    for match in _NUMERIC.finditer(folded):
        if match[4]:
            year = int(match[4]) if len(match[4]) == 4 else birth_year(int(match[4]), latest=latest)
            return _date(year, int(match[3]), int(match[1]))
    for match in _LETTERS.finditer(folded):
        month = month_of(match[2])
        if month and match[3]:
            year = int(match[3]) if len(match[3]) == 4 else birth_year(int(match[3]), latest=latest)
            return _date(year, month, int(match[1].removesuffix("er")))
    return None


def _built(day: str, month: str, year: str | None, window: Window | None) -> date | None:
    number = int(day.removesuffix("er"))
    if year:
        return _date(int(year) if len(year) == 4 else 2000 + int(year), int(month), number)
    if window is None:
        return None
    # Of the years that the window touches and its neighbours, the one nearest to it.
    options = [_date(y, int(month), number) for y in range(window[0].year - 1, window[1].year + 2)]
    known = [option for option in options if option]
    return min(known, key=lambda option: _distance(option, window)) if known else None


def _distance(day: date, window: Window) -> timedelta:
    if day < window[0]:
        return window[0] - day
    return max(day - window[1], timedelta(0))


def _by_weekday(weekday: int, number: int, window: Window) -> date | None:
    day, found = window[0], []
    while day <= window[1]:
        if day.day == number and day.weekday() == weekday:
            found.append(day)
        day += timedelta(days=1)
    return found[0] if len(found) == 1 else None


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
