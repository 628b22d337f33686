"""Count character n-grams, smooth them (interpolated, Witten-Bell) and pack them as the reader reads them.

Witten and Bell, IEEE Trans. Inf. Theory 37 (1991): a context that has been followed by many different
characters leaves much room for a new one. It needs no whole counts, so texts may weigh less than one.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import exp, log

import numpy as np
from numpy.typing import NDArray

from pipeline.reading.language import MAGIC

Counts = dict[str, dict[str, float]]
"""Context (0 to order - 1 characters) -> next character -> weight."""

UNSEEN = 0.02
"""Share of the characters of the alphabet that no text ever had, together."""

STEP = 1 / 12
"""Nats a unit of the stored bytes: 21 nats fit, and rounding costs a line less than its ink's noise."""


@dataclass(frozen=True, slots=True)
class Packed:
    """A trie of n-grams, nodes breadth first, the children of a node side by side and sorted.

    Attributes:
        symbols: uint8 (n,), the last character of a node's n-gram, an index into the alphabet; the
            root, node 0, has none.
        costs: uint8 (n,), -log P(last character | those before), in `STEP` nats.
        children: uint8 (m,), how many children each of the first m nodes has; the others have none.
        backoff: uint8 (m,), -log of what a context leaves to its shorter self, in `STEP` nats.
    """

    symbols: NDArray[np.uint8]
    costs: NDArray[np.uint8]
    children: NDArray[np.uint8]
    backoff: NDArray[np.uint8]


def count(texts: Iterable[tuple[str, float]], order: int) -> Counts:
    """Count every n-gram up to `order` in weighted texts; the first character of a text is context only."""
    counts: Counts = defaultdict(lambda: defaultdict(float))
    for text, weight in texts:
        for end in range(1, len(text)):
            last = text[end]
            for start in range(max(0, end - order + 1), end + 1):
                counts[text[start:end]][last] += weight
    return counts


def pruned(counts: Mapping[str, Mapping[str, float]], least: Mapping[int, float]) -> Counts:
    """Drop n-grams that weigh less than `least[n]`, and contexts that are no n-gram any more."""
    kept: Counts = {}
    for context in sorted(counts, key=len):
        if context and context[-1] not in kept.get(context[:-1], {}):
            continue
        floor = least.get(len(context) + 1, 0.0)
        following = {c: w for c, w in counts[context].items() if w >= floor}
        if following:
            kept[context] = following
    return kept


def smoothed(
    kept: Mapping[str, Mapping[str, float]], counts: Mapping[str, Mapping[str, float]], alphabet: str
) -> tuple[dict[str, float], dict[str, float]]:
    """Return the probability of each kept n-gram and the back-off weight of each kept context.

    The probability of an n-gram mixes its own frequency with its shorter self's; what was pruned still
    counts in the context's total, so that a pruned character is not thought impossible but rarer.
    """
    probability: dict[str, float] = {}
    backoff: dict[str, float] = {}

    def of(context: str, c: str) -> float:
        share = 1.0
        while True:
            found = probability.get(context + c)
            if found is not None:
                return share * found
            if not context:
                return share * UNSEEN / len(alphabet)
            share *= backoff.get(context, 1.0)
            context = context[1:]

    for context in sorted(kept, key=len):
        every = counts[context]
        total, kinds = sum(every.values()), sum(min(1.0, w) for w in every.values())
        room = max(kinds, 0.05)
        seen = short = 0.0
        for c, weight in kept[context].items():
            lower = of(context[1:], c) if context else 1.0 / len(alphabet)
            p = (weight + room * lower) / (total + room)
            probability[context + c] = p
            seen, short = seen + p, short + lower
        backoff[context] = max(1e-9, 1.0 - seen) / max(1e-9, 1.0 - short)
    return probability, backoff


def packed(probability: Mapping[str, float], backoff: Mapping[str, float], alphabet: str) -> Packed:
    """Lay the n-grams out breadth first and round them to bytes."""
    index = {c: number for number, c in enumerate(alphabet)}
    below: dict[str, list[str]] = defaultdict(list)
    for gram in probability:
        below[gram[:-1]].append(gram)
    level, symbols, costs, children, weights, inner = [""], [0], [0], [], [], 0
    while level:
        following: list[str] = []
        for gram in level:
            sons = sorted(below.get(gram, ()), key=lambda son: index[son[-1]])
            children.append(len(sons))
            weights.append(_byte(backoff.get(gram, 1.0)))
            if sons:
                inner = len(children)
            following += sons
        symbols += [index[gram[-1]] for gram in following]
        costs += [_byte(probability[gram]) for gram in following]
        level = following
    return Packed(
        np.array(symbols, np.uint8),
        np.array(costs, np.uint8),
        np.array(children[:inner], np.uint8),
        np.array(weights[:inner], np.uint8),
    )


def perplexity(
    probability: Mapping[str, float], backoff: Mapping[str, float], alphabet: str, texts: Iterable[str]
) -> float:
    """Return the perplexity a character of texts, before rounding; 1 = foreseen."""
    order = max(map(len, probability))
    total, characters = 0.0, 0
    for text in texts:
        for end in range(1, len(text)):
            context, share = text[max(0, end - order + 1) : end], 1.0
            while (p := probability.get(context + text[end])) is None and context:
                share *= backoff.get(context, 1.0)
                context = context[1:]
            total -= log(share * (p if p is not None else UNSEEN / len(alphabet)))
            characters += 1
    return exp(total / max(1, characters))


def _byte(p: float) -> int:
    return max(0, min(255, round(-log(max(p, 1e-12)) / STEP)))


def written(probability: Mapping[str, float], backoff: Mapping[str, float], alphabet: str) -> bytes:
    """Return the file that `pipeline.reading.language` opens: a line of JSON, then four rows of bytes."""
    trie = packed(probability, backoff, alphabet)
    head = {
        "order": max(map(len, probability)),
        "alphabet": alphabet,
        "nodes": len(trie.symbols),
        "inner": len(trie.children),
        "step": STEP,
        "unknown": log(UNSEEN / len(alphabet)),
    }
    rows = (trie.symbols, trie.costs, trie.children, trie.backoff)
    return MAGIC + json.dumps(head, ensure_ascii=False).encode() + b"\n" + b"".join(r.tobytes() for r in rows)
