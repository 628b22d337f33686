"""The best single guess of a CTC line: text, confidence, where each character stands."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

Places = tuple[tuple[float, float], ...]
Run = tuple[int, int, int]
"""A character on the best path: first step, step after its last, class."""


def best_text(probabilities: NDArray[np.float32], vocabulary: str) -> tuple[str, float, Places]:
    """Take the best class of every step, merge repeats, drop blanks.

    Args:
        probabilities: (T, C), class 0 = blank, class i + 1 = `vocabulary[i]`.
        vocabulary: C - 1 characters.

    Returns:
        As `spelt`.
    """
    return spelt(best_runs(probabilities, vocabulary), probabilities, vocabulary)


def best_runs(probabilities: NDArray[np.float32], vocabulary: str) -> list[Run]:
    """Return the characters of the best path, (T, C), without spaces at either end."""
    best = probabilities.argmax(axis=1) if len(probabilities) else np.empty(0, np.intp)
    changes = (np.flatnonzero(np.diff(best)) + 1).tolist()
    bounds = zip([0, *changes], [*changes, len(best)], strict=True)
    runs = [(s, e, int(best[s])) for s, e in bounds if s < e and best[s] > 0]
    while runs and vocabulary[runs[0][2] - 1] == " ":
        runs.pop(0)
    while runs and vocabulary[runs[-1][2] - 1] == " ":
        runs.pop()
    return runs


def spelt(runs: list[Run], probabilities: NDArray[np.float32], vocabulary: str) -> tuple[str, float, Places]:
    """Return what runs of steps spell.

    Returns:
        The text; the geometric mean of its characters' probabilities, 0-1 (0 for no text); and for
        every character where it starts and ends along the line, 0-1.
    """
    if not runs:
        return "", 0.0, ()
    text = "".join(vocabulary[label - 1] for _, _, label in runs)
    peaks = [float(probabilities[s:e, label].max()) for s, e, label in runs]
    confidence = float(np.exp(np.mean(np.log(np.maximum(peaks, 1e-12)))))
    return text, min(1.0, confidence), _places([(s, e) for s, e, _ in runs], len(probabilities))


def _places(runs: list[tuple[int, int]], steps: int) -> Places:
    """Widen each peak half-way to its neighbours: CTC peaks are narrower than the ink they name.

    The outer sides, which have no neighbour, widen by half the line's usual distance of peaks.
    """
    middles = [(s + e) / 2 for s, e in runs]
    usual = float(np.median(np.diff(middles))) if len(middles) > 1 else 4.0
    borders = [max(0.0, min(runs[0][0], middles[0] - usual / 2))]
    borders += [(a[1] + b[0]) / 2 for a, b in pairwise(runs)]
    borders.append(min(float(steps), max(runs[-1][1], middles[-1] + usual / 2)))
    return tuple((a / steps, b / steps) for a, b in pairwise(borders))
