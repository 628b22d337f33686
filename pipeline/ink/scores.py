"""What the ink says of candidate texts: of many at once, as a whole line or somewhere inside it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from pipeline.domain.writing import Posteriors
from pipeline.ink.paths import peaks
from pipeline.ink.posteriors import unpack
from pipeline.ink.tree import PrefixTree


def log_prob(posteriors: Posteriors, candidates: Sequence[str]) -> NDArray[np.float64]:
    """Return log P(candidate | ink) for each candidate, the whole line being that candidate.

    The sum over all CTC paths (forward algorithm), exact but for the floor of classes not kept. All
    strings' probabilities sum to 1, so texts of different lengths compare as they are. Case and
    accents count: see `best_variant` and `pipeline.ink.folding`.

    Returns:
        float64 (n,), natural logarithms, at most about 0, finite; `IMPOSSIBLE` for a text that needs
        more steps than there are.
    """
    return PrefixTree(posteriors.vocabulary, candidates).log_prob(unpack(posteriors))


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
    tree = PrefixTree(posteriors.vocabulary, candidates)
    scores, spans = tree.best_spans(unpack(posteriors)[first:last])
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


def align(posteriors: Posteriors, text: str) -> tuple[tuple[float, float], ...] | None:
    """Return where along the line, 0-1, each character of a known text has its peak.

    Returns:
        (start, end) of every character, rising; None where the text does not fit the line.
    """
    found = peaks(unpack(posteriors), posteriors.vocabulary, text)
    if found is None:
        return None
    return tuple((start / posteriors.steps, end / posteriors.steps) for start, end in found)


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
