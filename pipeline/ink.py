"""What the ink says of candidate texts: CTC scores of many at once against one line's posteriors.

CTC = connectionist temporal classification (Graves et al., ICML 2006): a path names one class a step; a
path spells the text that is left after merging repeats and dropping blanks (class 0).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from pipeline.domain.writing import Posteriors

FLOOR = -16.0
"""Natural log of the least probability a step gives any class, also to characters outside the vocabulary."""

IMPOSSIBLE = -1.0e6
"""Score of a text that needs more steps than the line has; lower than any possible score."""

MISSING_SPACE = -3.0
"""What a word pays, on either side, where the ink shows no space beside it (natural log)."""

_CHUNK = 4096  # candidates scored together: keeps the working arrays inside the cache of a small machine
_UNDERFLOW = 1e-280  # below this the scaled recursion is no longer exact, and logarithms take over


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


def log_prob(posteriors: Posteriors, candidates: Sequence[str]) -> NDArray[np.float64]:
    """Return log P(candidate | ink) for each candidate, the whole line being that candidate.

    The sum over all CTC paths (forward algorithm), exact but for the floor of classes not kept. All
    strings' probabilities sum to 1, so texts of different lengths compare as they are. Case and
    accents count: see `best_variant`.

    Returns:
        float64 (n,), natural logarithms, at most about 0, finite; `IMPOSSIBLE` for a text that needs
        more steps than there are.
    """
    logs = unpack(posteriors).astype(np.float64)
    scores = np.full(len(candidates), IMPOSSIBLE)
    for rows, labels, lengths in _groups(posteriors.vocabulary, candidates):
        scores[rows] = _forward(logs, labels, lengths)
    return scores


def log_prob_in_line(
    posteriors: Posteriors, candidates: Sequence[str], *, start: float = 0.0, end: float = 1.0
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Score each candidate as a word, or words, somewhere inside a longer line.

    The rest of the line may be anything: a score is the log-ratio of the best path through the
    candidate to the best path of all over the same ink. A missing space on either side costs
    `MISSING_SPACE`, so that "Do" does not win over "Doliprane".

    Args:
        posteriors: of the whole line.
        candidates: texts without leading or trailing spaces.
        start: 0-1, nothing before this fraction of the line is looked at.
        end: 0-1, nor after this.

    Returns:
        Scores, float64 (n,), at most 0, finite; and spans, float64 (n, 2), fractions of the whole line,
        from the first character's peak to the last one's. An empty candidate scores 0 on an empty
        span; one that does not fit scores `IMPOSSIBLE` on the whole window.
    """
    first = int(np.floor(np.clip(start, 0.0, 1.0) * posteriors.steps))
    last = max(first, int(np.ceil(np.clip(end, 0.0, 1.0) * posteriors.steps)))
    logs = unpack(posteriors)[first:last].astype(np.float64)
    scores = np.full(len(candidates), IMPOSSIBLE)
    spans = np.empty((len(candidates), 2), np.int64)
    spans[:] = (0, last - first)
    for rows, labels, lengths in _groups(posteriors.vocabulary, candidates):
        scores[rows], spans[rows] = _best_span(logs, labels, lengths, posteriors.vocabulary)
    return scores, np.clip((spans + first) / max(1, posteriors.steps), 0.0, 1.0)


def best_variant(
    posteriors: Posteriors, variants: Sequence[Sequence[str]]
) -> tuple[NDArray[np.float64], tuple[str, ...]]:
    """Score candidates that may be written in several ways (case, accents, spacing).

    Returns:
        The best `log_prob` of each candidate, float64 (n,), and the variant that reached it.

    Raises:
        ValueError: a candidate without any variant.
    """
    if not all(variants):
        raise ValueError("a candidate needs at least one variant")
    texts = list(dict.fromkeys(text for ways in variants for text in ways))
    score_of = dict(zip(texts, log_prob(posteriors, texts).tolist(), strict=True))
    chosen = tuple(max(ways, key=score_of.__getitem__) for ways in variants)
    return np.array([score_of[text] for text in chosen], np.float64), chosen


def normalised(
    scores: NDArray[np.float64], candidates: Sequence[str], *, temperature: float = 1.0
) -> NDArray[np.float64]:
    """Return each candidate's probability among these candidates, under an equal prior (softmax).

    A text given twice counts once in the sum, and both places carry its whole probability.

    Args:
        scores: (n,), natural logarithms, as from `log_prob`.
        candidates: the n texts scored.
        temperature: above 1 flattens, as an overconfident reader needs; above 0.

    Raises:
        ValueError: not one score a candidate, or a temperature that is not positive.
    """
    if len(scores) != len(candidates) or temperature <= 0:
        raise ValueError("one score a candidate, and a positive temperature, are needed")
    if not candidates:
        return np.empty(0)
    weights = np.exp((scores - scores.max()) / temperature)
    once = {text: number for number, text in enumerate(candidates)}
    return np.asarray(weights / weights[list(once.values())].sum(), np.float64)


def _groups(
    vocabulary: str, candidates: Sequence[str]
) -> Iterator[tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.intp]]]:
    """Yield candidates of similar length together: their rows, labels (longest, n) and lengths (n,).

    Labels are classes; C is "not in the vocabulary", C + 1 pads short candidates.
    """
    class_of = {character: number for number, character in enumerate(vocabulary, start=1)}
    unknown, padding = len(vocabulary) + 1, len(vocabulary) + 2
    rows = sorted(range(len(candidates)), key=lambda row: len(candidates[row]))
    while rows:
        limit = len(candidates[rows[0]]) * 1.25 + 2
        group = [row for row in rows[:_CHUNK] if len(candidates[row]) <= limit]
        rows = rows[len(group) :]
        lengths = np.array([len(candidates[row]) for row in group], np.intp)
        labels = np.full((int(lengths.max()), len(group)), padding, np.intp)
        for column, row in enumerate(group):
            labels[: lengths[column], column] = [class_of.get(c, unknown) for c in candidates[row]]
        yield np.array(group, np.intp), labels, lengths


def _with_extra_classes(logs: NDArray[np.float64], padding: float) -> NDArray[np.float64]:
    """Append the columns for characters outside the vocabulary and for padding."""
    extra = np.tile([FLOOR, padding], (len(logs), 1))
    return np.concatenate([logs, extra], axis=1)


def _skips(labels: NDArray[np.intp]) -> NDArray[np.float64]:
    """Return 0 where a label may follow the one before without a blank (they differ), else -inf."""
    return np.where(labels[1:] != labels[:-1], 0.0, -np.inf)


def _forward(
    logs: NDArray[np.float64], labels: NDArray[np.intp], lengths: NDArray[np.intp]
) -> NDArray[np.float64]:
    """Run the CTC forward recursion for n candidates at once, scaled at every step.

    blank[i]: paths that ended on the blank after i characters; label[i]: those on character i + 1.
    """
    depth, count = labels.shape
    emissions = np.exp(_with_extra_classes(logs, -np.inf))
    skip = np.exp(_skips(labels))
    blank, label = np.zeros((depth + 1, count)), np.zeros((depth, count))
    blank[0] = 1.0
    scale = np.zeros(count)
    for emission in emissions:
        into = label + blank[:-1]
        into[1:] += skip * label[:-1]
        blank[1:] += label
        blank *= emission[0]
        label = into * emission.take(labels)
        largest = np.maximum(blank.max(axis=0), label.max(axis=0, initial=0.0))
        blank /= largest
        label /= largest
        scale += np.log(largest)
    columns = np.arange(count)
    total = blank[lengths, columns] + np.vstack([np.zeros(count), label])[lengths, columns]
    scores = np.where(total > 0, np.log(np.maximum(total, 1e-320)) + scale, IMPOSSIBLE)
    lost = np.flatnonzero(total < _UNDERFLOW)
    if len(lost):
        scores[lost] = _forward_in_logs(logs, labels[:, lost], lengths[lost])
    return np.asarray(scores, np.float64)


def _forward_in_logs(
    logs: NDArray[np.float64], labels: NDArray[np.intp], lengths: NDArray[np.intp]
) -> NDArray[np.float64]:
    """Run the same recursion in logarithms: ten times slower, exact for the most unlikely texts."""
    depth, count = labels.shape
    emissions = _with_extra_classes(logs, -np.inf)
    skip = _skips(labels)
    blank, label = np.full((depth + 1, count), -np.inf), np.full((depth, count), -np.inf)
    blank[0] = 0.0
    for emission in emissions:
        into = np.logaddexp(label, blank[:-1])
        into[1:] = np.logaddexp(into[1:], skip + label[:-1])
        blank[1:] = np.logaddexp(blank[1:], label)
        blank += emission[0]
        label = into + emission.take(labels)
    columns = np.arange(count)
    ended = np.vstack([np.full(count, -np.inf), label])[lengths, columns]
    total: NDArray[np.float64] = np.logaddexp(blank[lengths, columns], ended)
    return np.maximum(total, IMPOSSIBLE)


def _edges(relative: NDArray[np.float64], vocabulary: str) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return what it costs a word to start at, and to end before, each of the T + 1 step borders."""
    steps = len(relative)
    space = relative[:, vocabulary.index(" ") + 1] if " " in vocabulary else np.full(steps, -np.inf)
    before, after = np.zeros(steps + 1), np.zeros(steps + 1)
    for step in range(steps):
        before[step + 1] = max(before[step] + relative[step, 0], space[step])
    for step in reversed(range(steps)):
        after[step] = max(after[step + 1] + relative[step, 0], space[step])
    return np.maximum(before, MISSING_SPACE), np.maximum(after, MISSING_SPACE)


def _best_span(
    logs: NDArray[np.float64], labels: NDArray[np.intp], lengths: NDArray[np.intp], vocabulary: str
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Find each candidate's best path from its first to its last character, with the steps it covers.

    Viterbi over the states of `_forward`, on log-probabilities relative to the best class of each
    step; every state remembers the step at which its best path entered.
    """
    depth, count = labels.shape
    best, spans = np.full(count, IMPOSSIBLE), np.zeros((count, 2), np.int64)
    spans[:, 1] = len(logs)
    empty = lengths == 0
    best[empty], spans[empty] = 0.0, 0
    if not depth or not len(logs):
        return best, spans
    relative = logs - logs.max(axis=1, keepdims=True)
    before, after = _edges(relative, vocabulary)
    emissions = _with_extra_classes(relative, -np.inf)
    emissions[:, -2] -= logs.max(axis=1)
    skip = _skips(labels)
    blank, label = np.full((depth, count), -np.inf), np.full((depth, count), -np.inf)
    blank_from, label_from = np.zeros((depth, count), np.int64), np.zeros((depth, count), np.int64)
    last, columns = np.maximum(lengths - 1, 0), np.arange(count)
    for step, emission in enumerate(emissions):
        blank[0], blank_from[0] = before[step], step  # row 0: not yet entered
        into, entered = np.maximum(label, blank), np.where(blank > label, blank_from, label_from)
        jump = skip + label[:-1]
        entered[1:] = np.where(jump > into[1:], label_from[:-1], entered[1:])
        into[1:] = np.maximum(into[1:], jump)
        blank_from[1:] = np.where(label[:-1] > blank[1:], label_from[:-1], blank_from[1:])
        blank[1:] = np.maximum(blank[1:], label[:-1]) + emission[0]
        label, label_from = into + emission.take(labels), entered
        ended = label[last, columns] + after[step + 1]
        better = (ended > best) & ~empty
        best = np.where(better, ended, best)
        spans[better] = np.stack([label_from[last, columns], np.full(count, step + 1)], axis=1)[better]
    return best, spans
