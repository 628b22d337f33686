"""CTC recursions in logarithms, one text at a time or few: exact for the most unlikely, and for aligning."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from pipeline.ink.posteriors import FLOOR

IMPOSSIBLE = -1.0e6
"""Score of a text that needs more steps than the line has; lower than any possible score."""

MISSING_SPACE = -3.0
"""What a word pays, on either side, where the ink shows no space beside it (natural log)."""


def label_of(vocabulary: str, codes: NDArray[np.uint32]) -> NDArray[np.intp]:
    """Return the class of every code point; C, one more than the last, where the vocabulary lacks it."""
    known = np.array([ord(character) for character in vocabulary], np.uint32)
    order = np.argsort(known)
    if not len(known):
        return np.full(codes.shape, 1, np.intp)
    at = np.minimum(np.searchsorted(known[order], codes), len(known) - 1)
    found = order[at]
    return np.where(known[found] == codes, found + 1, len(vocabulary) + 1).astype(np.intp)


def with_unknown(
    logs: NDArray[np.float64], unknown: NDArray[np.float64] | float = FLOOR
) -> NDArray[np.float64]:
    """Append the column of characters outside the vocabulary."""
    column = np.broadcast_to(np.asarray(unknown, np.float64), (len(logs),))[:, None]
    return np.concatenate([logs, column], axis=1)


def log_prob_of_paths(
    logs: NDArray[np.floating], vocabulary: str, texts: Sequence[str]
) -> NDArray[np.float64]:
    """Return log P(text | ink) of every text, by the CTC forward recursion in logarithms.

    Many times slower than `PrefixTree.log_prob`, of which it is the plain twin; never underflows.

    Args:
        logs: (T, C), natural log-probabilities.
        vocabulary: class i + 1 is `vocabulary[i]`.
        texts: n candidates.
    """
    lengths = np.array([len(text) for text in texts], np.intp)
    depth, count = int(lengths.max(initial=0)), len(texts)
    labels = np.full((depth, count), len(vocabulary) + 1, np.intp)
    for column, text in enumerate(texts):
        codes = np.array([ord(character) for character in text], np.uint32)
        labels[: len(text), column] = label_of(vocabulary, codes)
    skip = np.where(labels[1:] != labels[:-1], 0.0, -np.inf)
    blank, label = np.full((depth + 1, count), -np.inf), np.full((depth, count), -np.inf)
    blank[0] = 0.0
    for emission in with_unknown(np.asarray(logs, np.float64)):
        into = np.logaddexp(label, blank[:-1])
        into[1:] = np.logaddexp(into[1:], skip + label[:-1])
        blank[1:] = np.logaddexp(blank[1:], label)
        blank += emission[0]
        label = into + emission.take(labels)
    columns = np.arange(count)
    ended = np.vstack([np.full(count, -np.inf), label])[lengths, columns]
    total: NDArray[np.float64] = np.logaddexp(blank[lengths, columns], ended)
    return np.maximum(total, IMPOSSIBLE)


def peaks(logs: NDArray[np.floating], vocabulary: str, text: str) -> tuple[tuple[int, int], ...] | None:
    """Return the steps [start, end) of every character on the likeliest path that spells a text.

    Args:
        logs: (T, C), natural log-probabilities.
        vocabulary: class i + 1 is `vocabulary[i]`.
        text: what the line says.

    Returns:
        One pair a character, rising; None where the text needs more steps than there are.
    """
    codes = np.array([ord(character) for character in text], np.uint32)
    states = np.zeros(2 * len(text) + 1, np.intp)  # blank, character, blank, character, ..., blank
    states[1::2] = label_of(vocabulary, codes)
    may_skip = np.zeros(len(states), bool)
    may_skip[3::2] = states[3::2] != states[1:-2:2]
    emissions = with_unknown(np.asarray(logs, np.float64))[:, states]
    best = np.full(len(states), -np.inf)
    best[0] = 0.0
    moves = np.zeros(emissions.shape, np.int8)
    start = np.full(len(states), -np.inf)
    for step, emission in enumerate(emissions):
        one = np.concatenate([[-np.inf], best[:-1]])
        two = np.where(may_skip, np.concatenate([start[:2], best[:-2]])[: len(states)], -np.inf)
        ways = np.stack([best, one, two])
        moves[step] = ways.argmax(axis=0)
        best = ways.max(axis=0) + emission
    ends = [len(states) - 1, len(states) - 2] if text else [0]
    state = max(ends, key=lambda end: float(best[end]))
    if not np.isfinite(best[state]):
        return None
    seen: list[list[int]] = [[] for _ in text]
    for step in reversed(range(len(emissions))):
        if state % 2:
            seen[state // 2].append(step)
        state -= int(moves[step, state])
    return tuple((steps[-1], steps[0] + 1) for steps in seen)


def edges(relative: NDArray[np.float64], vocabulary: str) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return what it costs a word to start at, and to end before, each of the T + 1 step borders.

    Args:
        relative: (T, C), log-probabilities less the best of each step.
        vocabulary: class i + 1 is `vocabulary[i]`.
    """
    steps = len(relative)
    space = relative[:, vocabulary.index(" ") + 1] if " " in vocabulary else np.full(steps, -np.inf)
    before, after = np.zeros(steps + 1), np.zeros(steps + 1)
    for step in range(steps):
        before[step + 1] = max(before[step] + relative[step, 0], space[step])
    for step in reversed(range(steps)):
        after[step] = max(after[step + 1] + relative[step, 0], space[step])
    return np.maximum(before, MISSING_SPACE), np.maximum(after, MISSING_SPACE)
