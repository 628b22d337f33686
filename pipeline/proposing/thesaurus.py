"""The public thesaurus of drug interactions as a value: whom it knows, and what it says of two."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cached_property

from pipeline.proposing.rules import fold, table


class Level(StrEnum):
    """Constraint levels, most severe first; the values are keys of tables/interactions.toml."""

    CONTRA_INDICATED = "contre-indication"
    DISCOURAGED = "deconseillee"
    PRECAUTION = "precaution"
    CONSIDER = "prendre-en-compte"


ORDER = tuple(Level)
ALARMING = frozenset({Level.CONTRA_INDICATED, Level.DISCOURAGED})
"""Levels that interrupt; the others share one quiet line."""


@dataclass(frozen=True, slots=True)
class Entry:
    """What the thesaurus says of two substances or classes.

    Attributes:
        one, other: folded names of substances or classes.
        levels: most severe first; several = it depends on dose, route or use, as `why` says.
        why: mechanism and conditions, French, one line.
    """

    one: str
    other: str
    levels: tuple[Level, ...]
    why: str


@dataclass(frozen=True)
class Thesaurus:
    """An edition of the thesaurus.

    Attributes:
        edition: ISO date of the edition.
        classes: folded substance -> folded classes that it belongs to.
        entries: in the order of the thesaurus.
    """

    edition: str
    classes: Mapping[str, tuple[str, ...]]
    entries: tuple[Entry, ...]

    @property
    def source(self) -> str:
        """Name and edition, as people read it: "thésaurus ANSM, 20/10/2020"."""
        year, month, day = self.edition.split("-")
        return f"thésaurus ANSM, {day}/{month}/{year}"

    @cached_property
    def _by_pair(self) -> dict[frozenset[str], list[Entry]]:
        found: dict[frozenset[str], list[Entry]] = {}
        for entry in self.entries:
            found.setdefault(frozenset((entry.one, entry.other)), []).append(entry)
        return found

    def names_of(self, substance: str) -> frozenset[str]:
        """Return the folded names that stand for a DCI, its classes included; empty = unknown."""
        known = self._known(fold(substance))
        return frozenset() if known is None else frozenset((known, *self.classes[known]))

    def of(self, one: str, other: str) -> tuple[Entry, ...]:
        """Return what it says of two substances, the most severe first.

        Args:
            one: DCI, one part of a combination.
            other: the same.
        """
        mine, theirs = self.names_of(one), self.names_of(other)
        if fold(one) == fold(other):
            return ()
        found = {
            entry
            for name in mine
            for rival in theirs
            for entry in self._by_pair.get(frozenset((name, rival)), ())
            if _applies(entry, mine, theirs)
        }
        settled = {_as_met(entry, mine | theirs) for entry in found}
        return tuple(
            sorted(settled, key=lambda entry: (ORDER.index(entry.levels[0]), entry.one, entry.other))
        )

    def _known(self, folded: str) -> str | None:
        names: Mapping[str, str] = table("thesaurus_names")["names"]
        plain = re.sub(r" l[pm]$", "", folded)
        return next((name for name in (plain, fold(names.get(plain, ""))) if name in self.classes), None)


def _applies(entry: Entry, mine: frozenset[str], theirs: frozenset[str]) -> bool:
    """Tell whether one substance is on each side of an entry."""
    return (entry.one in mine and entry.other in theirs) or (entry.other in mine and entry.one in theirs)


def _as_met(entry: Entry, names: frozenset[str]) -> Entry:
    """Return an entry with the one level that holds for these substances, where the table of cases tells."""
    for case in table("thesaurus_cases")["case"]:
        if {entry.one, entry.other} == set(case["pair"]) and not names & set(case["unless"]):
            return replace(entry, levels=(Level(case["level"]),))
    return entry


def is_alarming(entry: Entry) -> bool:
    """Tell whether an entry interrupts: contra-indicated in any case, or discouraged in all of them.

    What holds in a state or at a dose that a line does not say stays quiet.
    """
    if {entry.one, entry.other} & set(table("thesaurus_cases")["conditional"]):
        return False
    return entry.levels[0] is Level.CONTRA_INDICATED or set(entry.levels) <= ALARMING


def from_rows(
    substances: Iterable[tuple[str, Sequence[str]]],
    rows: Iterable[tuple[str, str, Sequence[str], str]],
    *,
    edition: str,
) -> Thesaurus:
    """Build a thesaurus.

    Args:
        substances: DCI with the classes that it belongs to.
        rows: one side, other side, levels (values of `Level`), explanation.
        edition: ISO date.
    """
    classes = {fold(name): tuple(fold(one) for one in groups) for name, groups in substances}
    entries = tuple(
        Entry(fold(one), fold(other), tuple(sorted((Level(level) for level in levels), key=ORDER.index)), why)
        for one, other, levels, why in rows
    )
    return Thesaurus(edition, classes, entries)
