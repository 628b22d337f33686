"""Posteriors packed into a few kB, and opened again as arrays of log-probabilities."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pipeline.domain.writing import Posteriors

FLOOR = -16.0
"""Natural log of the least probability a step gives any class, also to characters outside the vocabulary."""


def pack(probabilities: NDArray[np.float32], vocabulary: str, k: int = 16) -> Posteriors:
    """Keep the `k` most probable classes of every step.

    Args:
        probabilities: (T, C), each row sums to 1; class 0 is the blank, class i + 1 is `vocabulary[i]`.
        vocabulary: C - 1 characters.
        k: classes kept a step; C or more keeps all of them.

    Raises:
        ValueError: C is not one more than the vocabulary's length.
    """
    steps, count = probabilities.shape
    if count != len(vocabulary) + 1:
        raise ValueError(f"{count} classes, but {len(vocabulary)} characters and a blank")
    kept = min(k, count)
    order = np.argsort(-probabilities, axis=1, kind="stable")[:, :kept]
    values = np.take_along_axis(probabilities, order, axis=1).astype(np.float64)
    logs = np.clip(np.log(np.maximum(values, 1e-30)), FLOOR, 0.0)
    return Posteriors(
        vocabulary=vocabulary,
        steps=steps,
        k=kept,
        classes=order.astype("<u2").tobytes(),
        log_probs=logs.astype("<f2").tobytes(),
    )


def unpack(posteriors: Posteriors) -> NDArray[np.float32]:
    """Return natural log-probabilities (T, C).

    Classes that were not kept share what the kept ones leave over; none gets more than the least
    kept one, none less than `FLOOR`.
    """
    steps, kept, count = posteriors.steps, posteriors.k, len(posteriors.vocabulary) + 1
    classes = np.frombuffer(posteriors.classes, "<u2").reshape(steps, kept).astype(np.intp)
    logs = np.frombuffer(posteriors.log_probs, "<f2").reshape(steps, kept).astype(np.float32)
    left_over = np.maximum(1.0 - np.exp(logs).sum(axis=1), 0.0) / max(1, count - kept)
    floor = np.log(np.maximum(left_over, 1e-30))
    least = logs.min(axis=1, initial=0.0)
    rest = np.clip(np.minimum(floor, least), FLOOR, 0.0).astype(np.float32)
    dense = np.repeat(rest[:, None], count, axis=1)
    np.put_along_axis(dense, classes, logs, axis=1)
    return dense
