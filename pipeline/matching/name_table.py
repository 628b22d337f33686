"""All names of a registry, each once: how common it is, who bears it, and which are near a written one."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from pipeline.matching.near_names import NearNames
from pipeline.matching.patient_names import Likeness, edits_allowed, likeness, sound

_NOBODY = np.empty(0, np.int32)


class NameTable:
    """Names (keys) with their bearers, as postings: an inverted index over places in the registry.

    Attributes:
        names: every key once, in order of first appearance.
        bearers: int64 (names,), how many people bear it.
    """

    def __init__(self, keys: Sequence[str], places: Sequence[int], people: int) -> None:
        """Index pairs of a name and who bears it; a pair given twice counts twice.

        Args:
            keys: names, one a pair.
            places: who bears each, 0 to people - 1.
            people: size of the registry.
        """
        self._ids: dict[str, int] = {}
        rows = np.array([self._ids.setdefault(name, len(self._ids)) for name in keys], np.int32)
        self.names = list(self._ids)
        self.bearers = np.bincount(rows, minlength=len(self.names)).astype(np.int64)
        order = np.argsort(rows, kind="stable")
        self._places = np.array(places, np.int32)[order]
        self._starts = np.concatenate([[0], np.cumsum(self.bearers)])
        self._people = max(1, people)
        self._search = NearNames(self.names)
        self._sounds: dict[str, list[int]] = {}
        for row, name in enumerate(self.names):
            self._sounds.setdefault(sound(name), []).append(row)
        self._sounds.pop("", None)
        self._sorted = sorted(self.names)
        self.near = lru_cache(maxsize=4096)(self._near)

    def share(self, names: Iterable[str]) -> float:
        """Return the share of the registry that bears one of these names, 0-1; at least one person's."""
        rows = [self._ids[name] for name in set(names) if name in self._ids]
        return min(1.0, max(1, int(self.bearers[rows].sum()) if rows else 0) / self._people)

    def of(self, name: str) -> NDArray[np.int32]:
        """Return places of all who bear a name; empty where nobody does."""
        row = self._ids.get(name)
        return _NOBODY if row is None else self._places[self._starts[row] : self._starts[row + 1]]

    def __contains__(self, name: str) -> bool:
        """Tell whether somebody bears this name."""
        return name in self._ids

    def _near(self, written: str) -> frozenset[str]:
        """Return the names close to a written one by `likeness`, itself aside: exact, not a shortlist."""
        edits = edits_allowed(len(written))
        if not edits:
            return frozenset()
        found = self._search.within(written, edits, limit=len(self.names))
        return frozenset(name for name, _, _ in found if likeness(written, name) is Likeness.CLOSE)

    def sounding(self, written: str) -> frozenset[str]:
        """Return the names that sound like a written one in French, itself and close ones aside."""
        rows = self._sounds.get(sound(written), [])
        return frozenset(self.names[row] for row in rows) - {written} - self.near(written)

    def starting(self, letters: str) -> list[str]:
        """Return all names that begin so."""
        first = bisect_left(self._sorted, letters)
        return self._sorted[first : bisect_left(self._sorted, letters + "\x7f")]

    def nearest(self, written: str, limit: int) -> list[str]:
        """Return the names with the fewest edits from a written one, half its letters at most."""
        most = max(2, (len(written) + 1) // 2)
        return [name for name, _, _ in self._search.within(written, most, limit=limit)]
