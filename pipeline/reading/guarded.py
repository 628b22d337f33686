"""Which words of a line are for the ink alone: numbers, their units, whatever may be a digit, negations."""

from __future__ import annotations

import tomllib
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pipeline.reading.greedy import Run
from pipeline.reading.language import DIGITS

_SIGNS = frozenset("µ%°+<>=≤≥±→/!?")  # units, comparisons, doubt: they mean something by themselves
_SHORT = 2  # characters; so short a word after a number is taken for a unit


@dataclass(frozen=True, slots=True)
class Word:
    """A word of the best path.

    Attributes:
        first, last: its runs are `runs[first:last]`.
        start, end: steps from the end of the space before it to the start of the space after it.
        text: as the best path spells it.
        guarded: the ink alone decides it.
        counted: it follows a number, so that no unit may be made of it.
    """

    first: int
    last: int
    start: int
    end: int
    text: str
    guarded: bool
    counted: bool


def words_of(
    runs: Sequence[Run], probabilities: NDArray[np.float32], vocabulary: str, *, digit: float
) -> list[Word]:
    """Cut the best path at its spaces and say which words the language must not touch.

    Guarded are: a word with a digit, or over whose ink a digit is likelier than `digit`; a unit or a
    very short word after a number; signs before one; a word with a sign that has a meaning of its own.

    Args:
        runs: the best path, without spaces at either end.
        probabilities: (T, C).
        vocabulary: C - 1 characters.
        digit: 0-1.
    """
    spans = _spans(runs, vocabulary)
    texts = ["".join(vocabulary[label - 1] for _, _, label in runs[a:b]) for a, b in spans]
    numeric = [any(c in DIGITS for c in text) for text in texts]
    likely = np.flatnonzero(probabilities[:, digit_classes(vocabulary)].sum(axis=1) >= digit)
    words = []
    for place, ((first, last), text) in enumerate(zip(spans, texts, strict=True)):
        start = runs[first - 1][1] if place else 0
        end = runs[last][0] if place + 1 < len(spans) else len(probabilities)
        before = runs[spans[place - 1][1] - 1][1] if place else 0
        after = runs[spans[place + 1][0]][0] if place + 1 < len(spans) else end
        counted = place > 0 and numeric[place - 1]
        guarded = (
            numeric[place]
            or bool(((likely >= before) & (likely < after)).any())
            or not _SIGNS.isdisjoint(text)
            or (counted and (len(text) <= _SHORT or is_unit(text)))
            or (place + 1 < len(spans) and numeric[place + 1] and not _is_word(text))
        )
        words.append(Word(first, last, start, end, text, guarded, counted))
    return words


def allowed(text: str, before: str, *, counted: bool) -> bool:
    """Say whether the language may write `text` where the best path has `before`.

    Not if that writes or drops a number in letters or a negation, or makes a unit after a number.
    """
    if kept_words(text) != kept_words(before):
        return False
    first = text.split(" ", 1)[0]
    return not (counted and (len(first) <= _SHORT or is_unit(first)))


def kept_words(text: str) -> Counter[str]:
    """Count the numbers in letters and the negations of a text."""
    kept = _table("number") | _table("negation")
    return Counter(word for word in map(_folded, _parted(text)) if word in kept)


def is_unit(word: str) -> bool:
    """Say whether a word names a unit, as written after a number."""
    return _folded(word) in _table("unit")


def digit_classes(vocabulary: str) -> NDArray[np.intp]:
    """Return the classes of digits and fractions."""
    return np.array([n for n, c in enumerate(vocabulary, 1) if c in DIGITS], np.intp)


def _spans(runs: Sequence[Run], vocabulary: str) -> list[tuple[int, int]]:
    found, first = [], None
    for place, (_, _, label) in enumerate(runs):
        if vocabulary[label - 1] != " ":
            first = place if first is None else first
        elif first is not None:
            found.append((first, place))
            first = None
    return found if first is None else [*found, (first, len(runs))]


def _is_word(text: str) -> bool:
    """Signs, and the x of "x 3 jours", are none."""
    return any(c.isalpha() for c in text) and text.casefold() != "x"


def _parted(text: str) -> list[str]:
    return "".join(c if c.isalpha() else " " for c in text).split()


@cache
def _table(name: str) -> frozenset[str]:
    tables = tomllib.loads((Path(__file__).parent / "ink_only.toml").read_text("utf-8"))
    return frozenset(map(_folded, tables[name]))


def _folded(word: str) -> str:
    plain = unicodedata.normalize("NFKD", word.rstrip(".,;:)"))
    return "".join(c for c in plain if not unicodedata.combining(c)).casefold()
