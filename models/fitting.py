"""Fits of probabilities to outcomes, and how far probabilities can be trusted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

RIDGE = 1e-3
"""Keeps a curve finite where right and wrong can be told apart without error."""


@dataclass(frozen=True, slots=True)
class Bin:
    """Outcomes of like probability.

    Attributes:
        count: how many.
        said: mean probability, 0-1.
        was: share that came true, 0-1.
    """

    count: int
    said: float
    was: float


def logistic(features: Floats, right: Bools) -> Floats:
    """Return height and slopes of the likeliest P = 1 / (1 + exp(-(height + features @ slopes))).

    Newton's method.

    Args:
        features: (n, k).
        right: (n,).

    Returns:
        (k + 1,).
    """
    design = np.column_stack([np.ones(len(features)), features])
    weights = np.zeros(design.shape[1])
    for _ in range(50):
        chance = chances(weights, features)
        gradient = design.T @ (right - chance) - RIDGE * weights
        curvature = (design * (chance * (1 - chance))[:, None]).T @ design + RIDGE * np.eye(len(weights))
        step = np.linalg.solve(curvature, gradient)
        weights += np.clip(step, -2, 2)
        if float(np.abs(step).max()) < 1e-8:
            break
    return weights


def chances(weights: Floats, features: Floats) -> Floats:
    """Return the probabilities, (n,), that a curve's weights, (k + 1,), give to features, (n, k)."""
    logit = weights[0] + features @ weights[1:]
    return np.asarray(1 / (1 + np.exp(-np.clip(logit, -30, 30))), np.float64)


def held_out(features: Floats, right: Bools, groups: Sequence[str]) -> Floats:
    """Return every outcome's probability by curves fitted without its group, in five folds.

    Args:
        features: (n, k).
        right: (n,).
        groups: (n,), what belongs together: a writer, a page.
    """
    names = sorted(set(groups))
    fold = np.array([names.index(group) % 5 for group in groups])
    chance = np.empty(len(features))
    for number in range(5):
        weights = logistic(features[fold != number], right[fold != number])
        chance[fold == number] = chances(weights, features[fold == number])
    return chance


def bins(chance: Floats, right: Bools, *, count: int = 10) -> list[Bin]:
    """Return the reliability diagram: equal widths of probability, empty ones left out."""
    number = np.minimum((chance * count).astype(int), count - 1)
    return [
        Bin(int((number == n).sum()), float(chance[number == n].mean()), float(right[number == n].mean()))
        for n in range(count)
        if (number == n).any()
    ]


def expected_calibration_error(chance: Floats, right: Bools) -> float:
    """Return the mean distance of said and true shares over ten bins (Naeini et al., AAAI 2015), 0-1."""
    return sum(b.count * abs(b.said - b.was) for b in bins(chance, right)) / max(1, len(chance))


def lowest_threshold(chance: Floats, right: Bools, *, precision: float, least: int) -> float | None:
    """Return the lowest probability from which on at least this share is right; None = there is none.

    Args:
        chance: (n,).
        right: (n,).
        precision: 0-1, wanted among all at or above the threshold.
        least: how many have to lie there, so that the share means something.
    """
    order = np.argsort(-chance, kind="stable")
    shares = np.cumsum(right[order]) / np.arange(1, len(order) + 1)
    ends_tie = np.append(np.diff(chance[order]) < 0, True)
    fits = np.flatnonzero((shares >= precision) & ends_tie & (np.arange(1, len(order) + 1) >= least))
    return float(chance[order][fits[-1]]) if len(fits) else None


def highest_below(value: Floats, share_right: Floats, *, most: float, least: int) -> float | None:
    """Return the value below which the mean share is at most `most`, as high as possible; None = none.

    Args:
        value: (n,), that the threshold is on.
        share_right: (n,), 0-1.
        most: 0-1.
        least: how many have to lie below.
    """
    order = np.argsort(value, kind="stable")
    shares = np.cumsum(share_right[order]) / np.arange(1, len(order) + 1)
    fits = np.flatnonzero((shares <= most) & (np.arange(1, len(order) + 1) >= least))
    fits = fits[fits + 1 < len(order)]
    return float(value[order][fits[-1] + 1]) if len(fits) else None


@dataclass(frozen=True, slots=True)
class NameScores:
    """What one image scores the names of a lexicon.

    Attributes:
        scores: (n,), log-scores.
        letters: (n,), letters of each name.
        truth: where the true name stands.
    """

    scores: Floats
    letters: Floats
    truth: int


def softmax_fit(images: Sequence[NameScores]) -> tuple[float, float]:
    """Return temperature and bonus a letter that make the true names likeliest.

    The temperature is never below 1: harder hands than these must not be called surer.
    """
    best = (np.inf, 1.0, 0.0)
    for letter in np.arange(0.0, 3.01, 0.25):
        kept = []
        for one in images:
            whole = one.scores + letter * one.letters
            top = np.sort(whole)[-60:]  # the rest of a lexicon adds nothing to the sum
            kept.append(np.append(whole[one.truth], top) - top[-1])
        for temperature in np.exp(np.arange(0.0, 2.0, 0.1)):
            loss = -float(
                np.mean([k[0] / temperature - np.log(np.exp(k[1:] / temperature).sum()) for k in kept])
            )
            best = min(best, (loss, float(temperature), float(letter)))
    return best[1], best[2]
