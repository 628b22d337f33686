"""Dates on paper: complete, without a year, with a month in letters, or a weekday and a day."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta

from rapidfuzz.distance import OSA

from pipeline.extraction.tables import fold, lookup

Window = tuple[date, date]

_NUMERIC = re.compile(r"(?<![\w/.,-])(\d{1,2})\s?([/.-])\s?(\d{1,2})(?:\s?\2\s?(\d{4}|\d{2}))?(?![\d/])")
_LETTERS = re.compile(r"(?<!\w)(\d{1,2}|1er)(?:\s+|-)([a-z]{3,9})\.?(?:[\s-]+(\d{4}|\d{2})(?!\d))?")
_ISO = re.compile(r"(?<![\d/.-])((?:19|20)\d\d)-(\d\d)-(\d\d)(?![\d/.-])")
_SPACED = re.compile(
    r"(?<![a-z])(?:le|naissance|ddn)\s*:?\s*(\d{1,2})\s(\d{1,2})\s((?:19|20)\d\d|\d\d)(?!\d)"
)
_WEEKDAY = re.compile(r"\b(lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche)\s+(\d{1,2}|1er)\b")
FIRST, LATEST, LAST = 1900, 2025, 2100
"""Years: the first of birth, the last where nobody says which, and one that no birth date reaches."""
ADULT_FROM, OLDEST = 15, 110
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


def birth_year(two_digits: int, *, latest: int = LATEST) -> int:
    """Return the year of birth of "62": the latest one not after `latest`."""
    year = latest - latest % 100 + two_digits
    return year if year <= latest else year - 100


def birth_date(text: str, *, latest: int = LATEST) -> date | None:
    """Return the first complete date of a text as a birth date; two-digit years lie before `latest`."""
    return next((value for value, _, _ in birth_date_at(fold(text), latest=latest)), None)


def birth_date_at(
    folded: str, *, latest: int | None = None, adult: bool = False
) -> Iterator[tuple[date | None, int, int]]:
    """Yield (birth date, start, end) for every complete date of a folded text, in order.

    None = that day does not exist, or has not come yet.

    Args:
        folded: "3/5/57", "03.05.1957", "1957-05-03", "3 mai 57".
        latest: the last year in which somebody may have been born; None = not known.
        adult: the title says so: a year of two digits that makes a child is of the century before.
    """
    found: list[tuple[int, int, str, int, int]] = []
    for match in _ISO.finditer(folded):
        found.append((match.start(), match.end(), match[1], int(match[2]), int(match[3])))
    for match in _NUMERIC.finditer(folded):
        if match[4]:
            found.append((match.start(), match.end(), match[4], int(match[3]), int(match[1])))
    for match in _SPACED.finditer(folded):
        found.append((match.start(1), match.end(), match[3], int(match[2]), int(match[1])))
    for match in _LETTERS.finditer(folded):
        month = month_of(match[2])
        if month and match[3]:
            found.append((match.start(), match.end(), match[3], month, int(match[1].removesuffix("er"))))
    for start, end, year, month, day in sorted(found):
        yield _born(year, month, day, latest, adult=adult), start, end


def _born(year: str, month: int, day: int, latest: int | None, *, adult: bool) -> date | None:
    if len(year) == 4:
        value = _date(int(year), month, day)
        return value if value and FIRST <= value.year <= (latest or LAST) else None
    last = latest or LATEST
    whole = birth_year(int(year), latest=last)
    if adult and last - whole < ADULT_FROM and last - whole + 100 <= OLDEST:
        whole -= 100
    return _date(whole, month, day)


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
