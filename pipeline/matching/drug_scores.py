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

RARE = 0.3
"""Prior of a name outside our table of what general practitioners prescribe."""


def by_spelling(distances: NDArray[np.float64], length: int) -> tuple[NDArray[np.float64], float]:
    """Return log-weights of names at these OSA distances, and of "no drug".

    Args:
        distances: (n,), wrong letters.
        length: letters of the surface.
    """
    return -EDIT_COST * distances, -EDIT_COST * max(1.0, NONE_SHARE * length)


def by_ink(
    names: Sequence[str], read: ReadLine, start: int, length: int
) -> tuple[NDArray[np.float64], float] | None:
    """Return log-weights of names by the ink around characters [start, start + length) of a line.

    Each name counts in its best spelling. None = that line keeps no posteriors.
    """
    reading = read.reading
    if reading.posteriors is None or not names:
        return None
    first, last = _window(read, start, length)
    ways = [spellings(name) for name in names]
    flat = [way for group in ways for way in group]
    scores, _ = log_prob_in_line(reading.posteriors, flat, start=first, end=last)
    best, at = [], 0
    for group in ways:
        best.append(float(scores[at : at + len(group)].max()))
        at += len(group)
    return np.array(best) / INK_TEMPERATURE, -INK_NONE * max(1.0, NONE_SHARE * length)


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
