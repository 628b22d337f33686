"""Reads a line with a language model at hand: it chooses among texts that the ink finds possible.

CTC prefix beam search (Hannun et al., arXiv 1408.2873, 2014), run only over words of which the ink is
not sure, and never over numbers and their units, which stay as the best path spells them.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import exp, log

import numpy as np
from numpy.typing import NDArray

from pipeline.reading.greedy import Places, Run, best_runs, spelt
from pipeline.reading.guarded import Word, allowed, digit_classes, words_of
from pipeline.reading.language import Language

_LEAST = 1e-3  # a class less likely than this at a step is not followed


class _Prefix:
    """The start of a text, with the sum of all paths that spell it so far.

    Attributes:
        number: from 0, the root's.
        parent, label: what it adds a character to; the root's label is the space before the words.
        context, usual: what the language remembers, and its score so far in nats of the ink.
        blank, labelled: probability of the paths that end on a blank, and on the label; scaled alike in
            all prefixes of a step.
        into_blank, into_label: the same, of the step being computed.
    """

    __slots__ = (
        "blank", "context", "into_blank", "into_label", "label", "labelled", "number", "parent", "usual",
    )  # fmt: skip

    def __init__(self, number: int, parent: _Prefix | None, label: int, context: str, usual: float) -> None:
        self.number, self.parent, self.label = number, parent, label
        self.context, self.usual = context, usual
        self.blank = self.labelled = self.into_blank = self.into_label = 0.0

    def labels(self) -> list[int]:
        found: list[int] = []
        node = self
        while node.parent is not None:
            found.append(node.label)
            node = node.parent
        return found[::-1]


def decode(
    probabilities: NDArray[np.float32], vocabulary: str, language: Language
) -> tuple[str, float, Places]:
    """Return what a line most likely says, by ink and language.

    Args:
        probabilities: (T, C), class 0 = blank, class i + 1 = `vocabulary[i]`; never changed.
        vocabulary: C - 1 characters.
        language: the model and how much it may say.

    Returns:
        As `greedy.spelt`: the confidence and the places are the ink's own.
    """
    return spelt(_Line(probabilities, vocabulary, language).runs(), probabilities, vocabulary)


class _Line:
    """One line being read."""

    def __init__(self, probabilities: NDArray[np.float32], vocabulary: str, language: Language) -> None:
        self._rows, self._vocabulary, self._language = probabilities, vocabulary, language
        self._dials = language.dials
        self._space = vocabulary.find(" ") + 1
        self._best = best_runs(probabilities, vocabulary)
        self._letters = np.ones(len(vocabulary) + 1, bool)
        self._letters[digit_classes(vocabulary)] = False
        self._letters[0] = False
        self._made: dict[tuple[int, int], _Prefix] = {}  # (number of the parent, label) -> prefix

    def runs(self) -> list[Run]:
        """Return the line's characters; outside the words decided here they are the best path's."""
        if not self._space or not self._dials.weight:
            return self._best
        words = words_of(self._best, self._rows, self._vocabulary, digit=self._dials.digit)
        found: list[Run] = []
        done = 0
        for group in self._groups(words):
            first, last = group[0], group[-1]
            found += self._best[done : first.first]
            found += self._decided(group, self._spelt(found), ends=last is words[-1])
            done = last.last
        return found + self._best[done:]

    def _groups(self, words: list[Word]) -> Iterator[list[Word]]:
        """Yield words to decide together: not guarded, not sure, no sure space between them."""
        group: list[Word] = []
        for word in words:
            if group and (word.guarded or self._parts(group[-1], word)):
                yield from self._unsure(group)
                group = []
            if not word.guarded:
                group.append(word)
        yield from self._unsure(group)

    def _unsure(self, group: list[Word]) -> Iterator[list[Word]]:
        if group and self._rows[group[0].start : group[-1].end].max(axis=1).min() < self._dials.sure:
            yield group

    def _parts(self, before: Word, word: Word) -> bool:
        between = self._rows[before.end : word.start, self._space]
        return bool(between.max(initial=0.0) >= self._dials.sure_space)

    def _spelt(self, runs: list[Run]) -> str:
        return "".join(self._vocabulary[label - 1] for _, _, label in runs)

    def _decided(self, group: list[Word], left: str, *, ends: bool) -> list[Run]:
        """Return the runs of the likeliest allowed text of a group; its best path's if that is it."""
        start, end = group[0].start, group[-1].end
        rows = self._rows[start:end]
        best = self._best[group[0].first : group[-1].last]
        before = self._spelt(best)
        bound = self._dials.name_bound if any(c.isupper() for c in before) else self._dials.bound
        for labels in self._likeliest(rows, left, bound, ends=ends):
            text = "".join(self._vocabulary[label - 1] for label in labels)
            if text == before:
                break
            if allowed(text, before, counted=group[0].counted):
                return _aligned(rows, labels, start)
        return best

    def _likeliest(
        self, rows: NDArray[np.float32], left: str, bound: float, *, ends: bool
    ) -> list[list[int]]:
        """Return the texts that the beam ends with, likeliest first, none that the ink hardly finds."""
        root = _Prefix(0, None, self._space, self._language.after(left), 0.0)
        self._made.clear()
        root.blank = 1.0
        beam, scale = [root], 0.0
        for row in rows:
            beam, largest = self._step(beam, row)
            scale += log(largest)
        least = float(np.log(rows.max(axis=1)).sum()) - bound - scale
        scored = []
        for prefix in beam:
            ink = log(prefix.blank + prefix.labelled)
            if prefix.label != self._space and ink >= least:
                usual = prefix.usual if ends else prefix.usual + self._usual(prefix, self._space)[0]
                scored.append((ink + usual, prefix))
        scored.sort(key=lambda found: -found[0])
        return [prefix.labels() for _, prefix in scored]

    def _step(self, beam: list[_Prefix], row: NDArray[np.float32]) -> tuple[list[_Prefix], float]:
        """Lengthen every prefix by a step; return the best ones, scaled, and by what."""
        space, blank = self._space, float(row[0])
        chosen = np.flatnonzero((row >= _LEAST) & self._letters)
        follow = list(zip(chosen.tolist(), row[chosen].tolist(), strict=True))
        reached: dict[int, _Prefix] = {}
        for prefix in beam:
            total = prefix.blank + prefix.labelled
            reached[id(prefix)] = prefix
            prefix.into_blank += total * blank
            for label, probability in follow:
                paths = total
                if label == prefix.label:
                    prefix.into_label += prefix.labelled * probability
                    paths = 0.0 if label == space else prefix.blank
                if paths:
                    longer = self._made.get((prefix.number, label)) or self._longer(prefix, label)
                    longer.into_label += paths * probability
                    reached[id(longer)] = longer
        return self._kept(list(reached.values()))

    def _longer(self, prefix: _Prefix, label: int) -> _Prefix:
        usual, context = self._usual(prefix, label)
        longer = _Prefix(len(self._made) + 1, prefix, label, context, prefix.usual + usual)
        self._made[prefix.number, label] = longer
        return longer

    def _usual(self, prefix: _Prefix, label: int) -> tuple[float, str]:
        score, context = self._language.step(prefix.context, self._vocabulary[label - 1])
        return self._dials.weight * score + self._dials.bonus, context

    def _kept(self, reached: list[_Prefix]) -> tuple[list[_Prefix], float]:
        """Close a step: scale by the likeliest prefix, drop what ink or ink and language find unlikely."""
        largest = max(1e-300, *(prefix.into_blank + prefix.into_label for prefix in reached))
        floor = exp(-self._dials.bound)
        scored = []
        for prefix in reached:
            prefix.blank, prefix.labelled = prefix.into_blank / largest, prefix.into_label / largest
            prefix.into_blank = prefix.into_label = 0.0
            total = prefix.blank + prefix.labelled
            if total >= floor:
                scored.append((log(total) + prefix.usual, prefix))
            else:
                prefix.blank = prefix.labelled = 0.0
        if len(scored) > self._dials.width:
            scored.sort(key=lambda found: -found[0])
            for _, prefix in scored[self._dials.width :]:
                prefix.blank = prefix.labelled = 0.0
            del scored[self._dials.width :]
        return [prefix for _, prefix in scored], largest


def _aligned(rows: NDArray[np.float32], labels: list[int], start: int) -> list[Run]:
    """Return where the best path that spells `labels` has them (Viterbi over blank, label, blank, ...).

    Args:
        rows: (steps, C).
        labels: at least one, spelt by at least one path of that many steps.
        start: of the first row along the line.
    """
    states = [0]
    for label in labels:
        states += [label, 0]
    logs = np.log(np.maximum(rows[:, states], 1e-30)).tolist()
    skips = [n > 1 and label > 0 and label != states[n - 2] for n, label in enumerate(states)]
    impossible = -1e9
    best = [impossible] * len(states)
    best[0], best[1] = logs[0][0], logs[0][1]
    came: list[list[int]] = []
    for row in logs[1:]:
        steps, now = [], []
        for n, skip in enumerate(skips):
            back = 1 if n and best[n - 1] > best[n] else 0
            if skip and best[n - 2] > best[n - back]:
                back = 2
            steps.append(back)
            now.append(best[n - back] + row[n])
        came.append(steps)
        best = now
    n = len(states) - 1 if best[-1] >= best[-2] else len(states) - 2
    path = [n]
    for steps in reversed(came):
        n -= steps[n]
        path.append(n)
    path.reverse()
    return [
        (start + path.index(n), start + len(path) - path[::-1].index(n), states[n])
        for n in range(1, len(states), 2)
    ]
