"""Names that look alike, written so that what differs stands out (tall-man letters)."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import takewhile

SHORTEST = 2
"""Letters that two names share at an end before the rest is set apart."""


def side_by_side(name: str, others: Sequence[str]) -> tuple[str, list[str]]:
    """Return a name and those it may be mixed up with, each with what tells them apart in capitals.

    The name is set against the first of the others. Names that share neither beginning nor end stay.

    Example:
        >>> side_by_side("Clamoxyl", ["Laroxyl"])
        ('CLAMoxyl', ['LARoxyl'])
    """
    if not others:
        return name, []
    tall = [tall_man(other, name) for other in others]
    return tall_man(name, others[0]), tall


def tall_man(name: str, other: str) -> str:
    """Return a name with the letters in capitals in which it differs from another."""
    mine, theirs = name.lower(), other.lower()
    start = _shared(mine, theirs)
    end = _shared(mine[start:][::-1], theirs[start:][::-1])
    if max(start, end) < SHORTEST or mine.startswith(theirs) or theirs.startswith(mine):
        return name
    stop = len(mine) - end
    return name[:start] + name[start:stop].upper() + name[stop:]


def _shared(one: str, other: str) -> int:
    """Return how many letters two words begin with alike."""
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))
