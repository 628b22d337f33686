"""How near a written birth date comes to a registered one: the slips of pens and readers, by name."""

from __future__ import annotations

from datetime import date
from enum import StrEnum

# Pairs of digits that hands draw, and readers take, one for the other.
CONFUSED = frozenset(
    frozenset(pair) for pair in ("17", "06", "38", "49", "47", "27", "12", "56", "58", "69", "08", "35")
)
SLIP_OF_YEARS = 2


class DateLikeness(StrEnum):
    """How near two dates are."""

    EXACT = "exact"
    SWAPPED = "swapped"
    CENTURY = "century"
    CONFUSED = "confused"
    CLOSE = "close"
    DIFFERENT = "different"


def date_likeness(written: date, registered: date) -> DateLikeness:
    """Compare two birth dates.

    Swapped: day and month changed places. Century: a two-digit year taken a hundred years off. Confused:
    one digit is another that looks like it (1 and 7, 0 and 6). Close: another day
    or month, or a year that slipped.
    """
    if written == registered:
        return DateLikeness.EXACT
    same_year = written.year == registered.year
    if same_year and (written.day, written.month) == (registered.month, registered.day):
        return DateLikeness.SWAPPED
    same_day = (written.day, written.month) == (registered.day, registered.month)
    if same_day and abs(written.year - registered.year) == 100:
        return DateLikeness.CENTURY
    pairs = [
        frozenset((one, other))
        for one, other in zip(f"{written:%d%m%Y}", f"{registered:%d%m%Y}", strict=True)
        if one != other
    ]
    if len(pairs) == 1 and pairs[0] in CONFUSED:
        return DateLikeness.CONFUSED
    if same_day:
        near = len(pairs) == 1 or abs(written.year - registered.year) <= SLIP_OF_YEARS
    else:
        near = same_year and (written.month == registered.month or written.day == registered.day)
    return DateLikeness.CLOSE if near else DateLikeness.DIFFERENT


def years(born: date, on: date) -> int:
    """Full years of age; negative before birth."""
    return on.year - born.year - ((on.month, on.day) < (born.month, born.day))


def months(born: date, on: date) -> int:
    """Full months of age; negative before birth."""
    return (on.year - born.year) * 12 + on.month - born.month - (on.day < born.day)
