"""Turns spelling distances, or the ink's own scores, into probabilities that leave room for "no drug"."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from pipeline.domain.writing import ReadLine
from pipeline.ink import log_prob_in_line
from pipeline.matching.drug_names import spellings

EDIT_COST = 2.0
"""What one wrong letter costs, natural log. Not fitted: chosen so that two errors still lead clearly."""

NONE_SHARE = 0.28
"""A name with more than this share of its letters wrong is less likely than "no drug"."""

INK_TEMPERATURE = 2.0
"""Flattens the reader's log-probabilities: untuned readers are overconfident about a letter."""

INK_NONE = 2.5
"""Cost a letter, in the ink's log-probability, beyond which "no drug" is likelier. Not fitted."""

SLIP = 2.5
"""What a slip of the pen costs beside its wrong letters. Not fitted: chosen so that a long
name with one is likely, and hardly sure."""

UNLIKE = 10.0
"""Log-probability, in the ink, by which a name must beat one it is known to be mixed up with."""

RARE = 0.3
"""Prior of a name outside our table of what general practitioners prescribe."""


def by_spelling(distances: NDArray[np.float64], length: int) -> tuple[NDArray[np.float64], float]:
    """Return log-weights of names at these OSA distances, and of "no drug".

    Args:
        distances: (n,), wrong letters.
        length: letters of the surface.
    """
    return -EDIT_COST * distances, -EDIT_COST * max(1.0, NONE_SHARE * length)


class InkScores:
    """What the ink around a written name says of other names: each is asked once."""

    def __init__(self, read: ReadLine, start: int, length: int) -> None:
        """Look at a place of a line.

        Args:
            read: the line; without posteriors nothing is known.
            start: of the surface, in characters of the line's text.
            length: of the surface, in characters.
        """
        self._read, self._start, self._length = read, start, length
        self._known: dict[str, float] = {}

    @property
    def surface(self) -> str:
        """The name as read."""
        return self._read.reading.text[self._start : self._start + self._length]

    @property
    def length(self) -> int:
        """Of the surface, in characters."""
        return self._length

    def of(self, names: Sequence[str]) -> NDArray[np.float64] | None:
        """Return each name's log-probability, natural; None = that line keeps no posteriors."""
        unknown = list(dict.fromkeys(name for name in names if name not in self._known))
        if unknown:
            found = _in_ink(unknown, self._read, self._start, self._length)
            if found is None:
                return None
            self._known |= dict(zip(unknown, map(float, found), strict=True))
        return np.array([self._known[name] for name in names])


def by_ink(
    names: Sequence[str], distances: NDArray[np.float64], ink: InkScores
) -> tuple[NDArray[np.float64], float] | None:
    """Return log-weights of names by the ink around a written one.

    Each name counts in its best spelling, and loses for every letter of the surface that it leaves
    unexplained: "Oméprazole" stands in "Ésoméprazole", and is not meant. Or the name was meant and what
    was read is written, with a slip of the pen (noisy channel, Kernighan et al., COLING 1990).
    None = that line keeps no posteriors.

    Args:
        names: as in the table.
        distances: (n,), wrong letters of each against the surface.
        ink: where the name is written.
    """
    found = ink.of([ink.surface, *names])
    if found is None or not names:
        return None
    flat = found / INK_TEMPERATURE
    slip = flat[0] - EDIT_COST * distances - SLIP * (distances > 0)
    return np.maximum(flat[1:], slip), -INK_NONE * max(1.0, NONE_SHARE * ink.length)


def is_unlike(name: str, others: Sequence[str], ink: InkScores) -> bool:
    """Tell whether the ink is far from every other name that this one is known to be mixed up with.

    Args:
        name: as in the table.
        others: as in the table.
        ink: where the name is written; a line without posteriors tells nothing.
    """
    found = ink.of([name, *others])
    return found is not None and bool((found[0] - found[1:] >= UNLIKE).all())


def _in_ink(names: Sequence[str], read: ReadLine, start: int, length: int) -> NDArray[np.float64] | None:
    """Return each name's log-probability there, of its best spelling, unexplained letters paid for."""
    reading = read.reading
    if reading.posteriors is None:
        return None
    first, last = _window(read, start, length)
    ways = [spellings(name) for name in names]
    flat = [way for group in ways for way in group]
    scores, spans = log_prob_in_line(reading.posteriors, flat, start=first, end=last)
    letters = _letters(read, start, length)
    outside = (letters[None, :, 1] <= spans[:, :1]) | (letters[None, :, 0] >= spans[:, 1:])
    scores = scores - INK_TEMPERATURE * EDIT_COST * outside.sum(axis=1)
    best, at = [], 0
    for group in ways:
        best.append(float(scores[at : at + len(group)].max()))
        at += len(group)
    return np.array(best)


def _letters(read: ReadLine, start: int, length: int) -> NDArray[np.float64]:
    """Return where the surface's letters and digits stand along the line, (n, 2), 0-1."""
    text, places = read.reading.text, read.reading.places
    surface = list(zip(text, places, strict=False))[start : start + length]
    return np.array([place for c, place in surface if c.isalnum()], np.float64).reshape(-1, 2)


def probabilities(
    weights: NDArray[np.float64], none: float, prior: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return each name's probability, "no drug" taking its share of the total.

    Args:
        weights: (n,), natural logarithms.
        none: log-weight of "no drug".
        prior: (n,), above 0.
    """
    if not len(weights):
        return np.empty(0)
    logs = weights + np.log(prior)
    top = max(float(logs.max()), none)
    shares = np.exp(logs - top)
    return np.asarray(shares / (shares.sum() + np.exp(none - top)), np.float64)


def _window(read: ReadLine, start: int, length: int) -> tuple[float, float]:
    """Return where on the line to look: the surface's place, a third of it wider on either side."""
    places = read.reading.places
    if not places or start >= len(places):
        return 0.0, 1.0
    left, right = places[start][0], places[min(start + length, len(places)) - 1][1]
    margin = 0.34 * (right - left)
    return max(0.0, left - 0.15 * (right - left)), min(1.0, right + margin)
