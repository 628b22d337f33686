"""An identity line while it is being read: what was taken from it is blanked, and its place remembered."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from pipeline.extraction.tables import fold, rules

BLANK = "|"
"""Stands for every character that was taken; it ends words, and nothing reads it."""


@dataclass(frozen=True, slots=True)
class Piece:
    """Where a trait stands in a line's text: characters `start` up to but not including `end`."""

    trait: str
    start: int
    end: int


class Strip:
    """The text of a line, what is left of it, and what was taken.

    Attributes:
        text: as read; never changes.
        folded: lower case without accents, of the same length, what was taken blanked.
        pieces: the traits found so far.
    """

    def __init__(self, text: str) -> None:
        """Start with the whole text."""
        self.text = text
        self.folded = fold(text).replace(BLANK, " ")
        self.pieces: list[Piece] = []

    def take(self, start: int, end: int, trait: str | None = None) -> str:
        """Blank a span, remember it for its trait, and return it as written."""
        self.folded = self.folded[:start] + BLANK * (end - start) + self.folded[end:]
        if trait:
            self.pieces.append(Piece(trait, start, end))
        return self.text[start:end]

    def left(self, start: int, end: int) -> str:
        """Return a span as written, what was taken from it blanked."""
        return "".join(
            BLANK if self.folded[place] == BLANK else self.text[place] for place in range(start, end)
        )


@cache
def phrase(section: str, key: str) -> str:
    """Return a pattern for any whole word or phrase of a list in identity.toml, longest first, folded."""
    surfaces = sorted({fold(surface) for surface in rules("identity")[section][key]}, key=len, reverse=True)
    return f"(?:{'|'.join(map(_whole, surfaces))})"


@cache
def words(section: str, key: str) -> frozenset[str]:
    """Return a list of identity.toml, folded."""
    return frozenset(map(fold, rules("identity")[section][key]))


def any_of(surfaces: Sequence[str]) -> str:
    """Return a pattern for any of these folded phrases, whole."""
    return f"(?:{'|'.join(map(_whole, sorted(surfaces, key=len, reverse=True)))})"


def _whole(surface: str) -> str:
    inner = r"\s+".join(map(re.escape, surface.split()))
    return (
        (r"(?<![a-z])" if surface[0].isalpha() else "")
        + inner
        + (r"(?![a-z])" if surface[-1].isalpha() else "")
    )
