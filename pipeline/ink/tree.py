"""Many texts as one tree of their shared beginnings, scored against ink in one pass.

CTC = connectionist temporal classification (Graves et al., ICML 2006): a path names one class a step; a
path spells the text that is left after merging repeats and dropping blanks (class 0). Texts that begin alike
share the recursion of their common letters, so a lexicon costs what its tree has nodes, not letters.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from pipeline.ink.paths import IMPOSSIBLE, edges, label_of, log_prob_of_paths, with_unknown
from pipeline.ink.posteriors import FLOOR

_UNDERFLOW = 1e-280  # below this the scaled recursion is no longer exact, and logarithms take over


class PrefixTree:
    """Texts ready to be scored; made once for a lexicon, then used for any number of lines.

    Nodes stand level by level: node 0 is the empty text, a node's text is its parent's and one character.
    """

    def __init__(self, vocabulary: str, texts: Sequence[str]) -> None:
        """Build the tree.

        Args:
            vocabulary: of the posteriors that will be scored; class i + 1 is `vocabulary[i]`.
            texts: any; the same text twice is scored twice alike.
        """
        self.vocabulary = vocabulary
        self.texts = tuple(texts)
        order = sorted(range(len(texts)), key=self.texts.__getitem__)
        lengths = np.array([len(texts[row]) for row in order], np.intp)
        longest = int(lengths.max(initial=0))
        codes = _codes([self.texts[row] for row in order], longest)
        within = np.arange(longest) < lengths[:, None]
        changed = np.ones_like(codes, bool)
        changed[1:] = np.logical_or.accumulate(codes[1:] != codes[:-1], axis=1)
        fresh = (changed & within).T
        nodes = np.cumsum(fresh).reshape(fresh.shape)  # (longest, texts): the node of each character
        above = np.vstack([np.zeros((1, len(texts)), nodes.dtype), nodes])
        self._parents = np.concatenate([[0], above[:-1][fresh]]).astype(np.intp)
        self._labels = np.concatenate([[0], label_of(vocabulary, codes.T[fresh])]).astype(np.intp)
        self._levels = np.concatenate([[1], 1 + np.cumsum(fresh.sum(axis=1))]).astype(np.intp)
        self._ends = np.empty(len(texts), np.intp)
        self._ends[order] = above[lengths, np.arange(len(texts))]
        # A letter after the same letter needs a blank between.
        self._doubled = np.flatnonzero(self._labels == self._labels[self._parents])[1:]
        self._doubled_parents = self._parents[self._doubled]
        self._needs = self._fewest_steps()[self._ends]

    @property
    def nodes(self) -> int:
        """How many different beginnings the texts have, the empty one included."""
        return len(self._parents)

    def log_prob(self, logs: NDArray[np.floating], *, enough: int | None = None) -> NDArray[np.float64]:
        """Return log P(text | ink) of every text, the whole line being that text.

        Args:
            logs: (T, C), natural log-probabilities of the tree's vocabulary, as from `unpack`.
            enough: where so many texts are found likely, those 280 powers of ten behind may count as
                `IMPOSSIBLE`; None = every text's own score.

        Returns:
            float64 (n,), finite; `IMPOSSIBLE` for a text that needs more steps than there are.
        """
        emissions = np.exp(with_unknown(np.asarray(logs, np.float64)))
        blank, label, scale = np.zeros(self.nodes), np.zeros(self.nodes), 0.0
        blank[0] = 1.0
        for step, emission in enumerate(emissions):
            live = self._live(step)  # nodes that this many steps can reach
            total = blank[:live] + label[:live]
            into = total.take(self._parents[:live])
            doubled = np.searchsorted(self._doubled, live)
            into[self._doubled[:doubled]] = blank.take(self._doubled_parents[:doubled])
            into[0] = 0.0
            into += label[:live]
            into *= emission.take(self._labels[:live])
            total *= emission[0]
            largest = max(float(into.max()), float(total.max()))
            into /= largest
            total /= largest
            blank[:live], label[:live] = total, into
            scale += np.log(largest)
        ended = (blank + label)[self._ends]
        scores = np.where(ended > 0, np.log(np.maximum(ended, 1e-320)) + scale, IMPOSSIBLE)
        lost = np.flatnonzero((ended < _UNDERFLOW) & (self._needs <= len(logs)))
        if enough is not None and np.count_nonzero(ended >= _UNDERFLOW) >= enough:
            scores[lost] = IMPOSSIBLE
        elif len(lost):
            scores[lost] = log_prob_of_paths(logs, self.vocabulary, [self.texts[row] for row in lost])
        return np.asarray(scores, np.float64)

    def best_spans(self, logs: NDArray[np.floating]) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
        """Find each text's best path from its first to its last character, with the steps it covers.

        Viterbi over the states of `log_prob`, on log-probabilities relative to the best class of each
        step; every state remembers the step at which its best path entered.

        Args:
            logs: as for `log_prob`; the rest of the line may be anything.

        Returns:
            Scores, float64 (n,), at most 0; and steps [start, end), int64 (n, 2).
        """
        steps = len(logs)
        top = logs.max(axis=1, keepdims=True) if steps else np.zeros((0, 1))
        relative = np.asarray(logs, np.float64) - top
        before, after = edges(relative, self.vocabulary)
        emissions = with_unknown(relative, FLOOR - top[:, 0])
        wanted, which = np.unique(self._ends, return_inverse=True)
        best, spans = (
            np.full(len(wanted), IMPOSSIBLE),
            np.tile(np.array([0, steps], np.int64), (len(wanted), 1)),
        )
        blank, label = np.full(self.nodes, -np.inf), np.full(self.nodes, -np.inf)
        blank_from, label_from = np.zeros(self.nodes, np.int32), np.zeros(self.nodes, np.int32)
        for step, emission in enumerate(emissions):
            live = self._live(step)
            blank[0], blank_from[0] = before[step], step  # node 0: not yet entered
            later = blank[:live] > label[:live]
            state = np.where(later, blank[:live], label[:live])
            state_from = np.where(later, blank_from[:live], label_from[:live])
            doubled = np.searchsorted(self._doubled, live)
            nodes, parents = self._doubled[:doubled], self._doubled_parents[:doubled]
            into, into_from = state.take(self._parents[:live]), state_from.take(self._parents[:live])
            into[nodes], into_from[nodes] = blank.take(parents), blank_from.take(parents)
            stays = label[:live] >= into
            into = np.where(stays, label[:live], into) + emission.take(self._labels[:live])
            into[0] = -np.inf
            label[:live], label_from[:live] = into, np.where(stays, label_from[:live], into_from)
            blank[:live], blank_from[:live] = state + emission[0], state_from
            ended = label.take(wanted) + after[step + 1]
            better = np.flatnonzero(ended > best)
            best[better] = ended[better]
            spans[better, 0], spans[better, 1] = label_from[wanted[better]], step + 1
        if len(wanted) and wanted[0] == 0:
            best[0], spans[0] = 0.0, 0
        return best[which], spans[which]

    def _fewest_steps(self) -> NDArray[np.intp]:
        """Return how many steps each node's text takes at least: one a character, one between doubles."""
        needs = np.ones(self.nodes, np.intp)
        needs[0] = 0
        needs[self._doubled] = 2
        for first, last in pairwise(self._levels.tolist()):
            needs[first:last] += needs[self._parents[first:last]]
        return needs

    def _live(self, step: int) -> int:
        return int(self._levels[min(step + 1, len(self._levels) - 1)])


def _codes(texts: Sequence[str], longest: int) -> NDArray[np.uint32]:
    """Return code points (n, longest), 0 after a text's end."""
    if not longest:
        return np.empty((len(texts), 0), np.uint32)
    return np.array(texts, f"U{longest}").view(np.uint32).reshape(len(texts), longest)
