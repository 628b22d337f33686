"""The names within so many wrong letters of a word, found without comparing it with every name."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

import numpy as np
from rapidfuzz import process
from rapidfuzz.distance import OSA

LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789"
_PLACE = {letter: place for place, letter in enumerate(LETTERS)}

Near = tuple[str, int, int]
"""A name, its OSA distance (optimal string alignment), its place among the names."""


class NearNames:
    """Exact search for near names: what is passed over cannot be near enough.

    One wrong letter leaves the first or the last letters of a word as they are, so that only names that share
    these are compared (pigeonhole principle). For more, names whose letters alone, in whatever order, differ
    too much are passed over (bag distance: Bartolini, Ciaccia and Patella, SPIRE 2002).
    """

    def __init__(self, names: Sequence[str]) -> None:
        """Index names.

        Args:
            names: in folded letters and digits without blanks; the same one may stand there twice.
        """
        self._names = list(names)
        self._lengths = np.array([len(name) for name in self._names], np.int16)
        self._counts = np.zeros((len(LETTERS), len(self._names)), np.uint8)
        self._sharing: dict[tuple[int, str, str], list[int]] = {}
        for at, name in enumerate(self._names):
            for letter, count in Counter(name).items():
                if letter in _PLACE:
                    self._counts[_PLACE[letter], at] = min(count, 255)
            for length in range(len(name) - 1, len(name) + 2):
                for end in _ends(name, length):
                    bucket = self._sharing.setdefault(end, [])
                    if bucket[-1:] != [at]:
                        bucket.append(at)

    def within(self, word: str, most: int, *, limit: int) -> list[Near]:
        """Return the names at most so far from a word, nearest first, then in the order of the names.

        Args:
            word: folded letters and digits without blanks.
            most: wrong letters, 1 or more.
            limit: how many names at most.
        """
        places = self._one_away(word) if most == 1 else self._alike(word, most)
        found = process.extract(
            word, [self._names[at] for at in places], scorer=OSA.distance, limit=limit, score_cutoff=most
        )
        return [(name, int(distance), places[at]) for name, distance, at in found]

    def _one_away(self, word: str) -> list[int]:
        """Return the places of all names that may be one wrong letter away, and of some others."""
        return sorted({at for end in _ends(word, len(word)) for at in self._sharing.get(end, ())})

    def _alike(self, word: str, most: int) -> list[int]:
        """Return the places of the names that have so many of a word's letters that they may be near."""
        shared = np.zeros(len(self._names), np.uint8)
        for letter, count in Counter(word[:255]).items():
            if letter in _PLACE:
                shared += np.minimum(self._counts[_PLACE[letter]], np.uint8(count))
        unlike = np.maximum(self._lengths, np.int16(len(word))) - shared
        places: list[int] = np.flatnonzero(unlike <= most).tolist()
        return places


def _ends(name: str, length: int) -> Iterator[tuple[int, str, str]]:
    """Yield the first and the last letters, of which one wrong letter in a word so long spares one.

    Two letters that changed places may stand on both sides of the middle: neither end reaches it.
    """
    kept = max(0, (length - 2) // 2)
    yield length, "first", name[:kept]
    yield length, "last", name[len(name) - kept :]
