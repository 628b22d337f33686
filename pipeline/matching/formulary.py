"""The formulary: drug names to find in a text, to rank for a doubtful name, and to look up."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

import numpy as np
from rapidfuzz import process
from rapidfuzz.distance import OSA

from pipeline.domain.drug import Drug, DrugCandidate
from pipeline.domain.writing import ReadLine
from pipeline.matching import drug_table
from pipeline.matching.drug_names import fold, joined, words
from pipeline.matching.drug_scores import RARE, by_ink, by_spelling, is_unlike, probabilities

SHORTLIST = 40
MIN_FUZZY_LETTERS = 5
"""Shorter names must be spelt exactly."""
LEAST = 0.02
"""Candidates below this probability are not offered."""
TIE = 0.25
"""A second substance that has this share of the first one's probability makes a tie."""
TIED_AT_MOST = 0.85
"""Probability of a tied or look-alike candidate never exceeds this: a person has to choose."""


class Formulary:
    """Implements `pipeline.domain.drug.DrugIndex` over any tables of drugs."""

    def __init__(
        self,
        rows: Iterable[drug_table.Row],
        *,
        others: Iterable[Drug] = (),
        version: str,
        short_forms: Iterable[tuple[str, str]] = (),
        not_drugs: frozenset[str] = frozenset(),
        look_alikes: frozenset[frozenset[str]] = frozenset(),
    ) -> None:
        """Index names.

        Args:
            rows: substances with brands, forms and strengths; these come first where names are shared.
            others: further names, thought rarer.
            version: name and edition.
            short_forms: (short form, name); a name that no row has is ignored.
            not_drugs: folded words that alone never count.
            look_alikes: folded pairs of names that have been mixed up.
        """
        self._rows = tuple(rows)
        self._version = version
        self._not_drugs = not_drugs
        self._look_alikes = look_alikes
        self._drugs: dict[str, list[Drug]] = {}
        self._rows_of: dict[str, list[drug_table.Row]] = {}
        for row in self._rows:
            self._rows_of.setdefault(fold(row.drugs[0].substance), []).append(row)
            for drug in row.drugs:
                self._drugs.setdefault(fold(drug.name), []).append(drug)
        self._common = frozenset(self._drugs)
        for drug in others:
            self._drugs.setdefault(fold(drug.name), [drug])
        self._short = {fold(short): fold(name) for short, name in short_forms if fold(name) in self._drugs}
        self._trie = self._by_first_word()
        self._keys = list(self._drugs)
        self._joined = [key.replace(" ", "") for key in self._keys]
        self._key_of_joined = dict(zip(reversed(self._joined), reversed(self._keys), strict=True))

    @classmethod
    def builtin(cls) -> Formulary:
        """Return the formulary that ships with the program."""
        rows = drug_table.gp_rows()
        known = {fold(drug.name) for row in rows for drug in row.drugs}
        return cls(
            rows,
            others=drug_table.edsnlp_drugs(known),
            version=drug_table.edition(),
            short_forms=drug_table.short_forms(),
            not_drugs=drug_table.not_drugs(),
            look_alikes=drug_table.look_alikes(),
        )

    @property
    def version(self) -> str:
        """Name and edition of the tables."""
        return self._version

    def lookup(self, name: str) -> tuple[Drug, ...]:
        """Return the entries of that name or short form, case, accents and hyphens aside.

        Several where the same name is sold for different uses (a tablet and a cream), usual one first.
        """
        key = fold(name)
        key = self._short.get(key, key)
        if key not in self._drugs:
            key = self._key_of_joined.get(key.replace(" ", ""), key)
        return tuple(self._drugs.get(key, ()))

    def by_substance(self, substance: str) -> tuple[Drug, ...]:
        """Return DCI and brands of a substance; "LP" is part of the substance's name."""
        return tuple(drug for row in self._rows_of.get(fold(substance), ()) for drug in row.drugs)

    def strengths_of(self, substance: str, form: str | None = None) -> tuple[str, ...]:
        """Return marketed strengths, those of that form where it is known, else all; empty = not known."""
        pairs = [pair for row in self._rows_of.get(fold(substance), ()) for pair in row.by_form]
        wanted = fold(form or "")
        chosen = [found for name, found in pairs if wanted and fold(name) == wanted]
        chosen = chosen or [found for name, found in pairs if wanted and fold(name).startswith(wanted)]
        return tuple(dict.fromkeys(s for found in chosen or [f for _, f in pairs] for s in found))

    def names_starting(self, prefix: str, *, limit: int = 20) -> tuple[str, ...]:
        """Return the names that start so, those of our own table first, each part in alphabetical order.

        Args:
            prefix: as typed; case, accents, blanks and hyphens do not matter. Empty = nothing.
            limit: how many at most.
        """
        wanted = joined(prefix)
        if not wanted:
            return ()
        starting = [
            (key not in self._common, key, self._drugs[key][0].name)
            for key, plain in zip(self._keys, self._joined, strict=True)
            if plain.startswith(wanted)
        ]
        return tuple(name for _, _, name in sorted(starting)[:limit])

    def find(self, text: str) -> Sequence[tuple[int, int, Drug]]:
        """Return names that stand in a text letter by letter; see `DrugIndex.find`."""
        tokens = words(text)
        found, at = [], 0
        while at < len(tokens):
            for key in self._trie.get(tokens[at][2], ()):
                if tuple(word for _, _, word in tokens[at : at + len(key)]) == key:
                    name = " ".join(key)
                    drug = self._drugs[self._short.get(name, name)][0]
                    found.append((tokens[at][0], tokens[at + len(key) - 1][1], drug))
                    at += len(key) - 1
                    break
            at += 1
        return found

    def rank(
        self, surface: str, *, read: ReadLine | None = None, start: int = 0, limit: int = 5
    ) -> tuple[DrugCandidate, ...]:
        """Return the drugs a written name may mean; see `DrugIndex.rank`.

        Probabilities share 1 with "no drug at all", so that an ordinary word gets little. Reasons:
        "drug.exact" spelt as in the table; "drug.ink" decided by the ink; "drug.spelling" by likeness
        of spelling; "drug.tie" another substance is nearly as likely or known to be mixed up with it;
        "drug.look_alike" the name has been mixed up with another, offered or not.
        """
        key = fold(surface)
        if not key or key in self._not_drugs:
            return ()
        keys, distances = self._shortlist(key)
        if not keys:
            return ()
        drugs = [self._drugs[name][0] for name in keys]
        prior = np.array([1.0 if name in self._common else RARE for name in keys])
        length = len(key.replace(" ", ""))
        inked = by_ink([drug.name for drug in drugs], distances, read, start, len(surface)) if read else None
        weights, none = inked or by_spelling(distances, length)
        chance = probabilities(weights, none, prior)
        ink_chance = probabilities(weights, none, np.ones(len(keys)))
        order = sorted(range(len(keys)), key=lambda i: (-chance[i], distances[i], keys[i]))
        ranked = [
            DrugCandidate(
                drugs[i],
                float(chance[i]),
                float(ink_chance[i]),
                _reasons(distances[i] == 0, inked is not None),
            )
            for i in order
            if chance[i] >= LEAST
        ]
        if not ranked:
            return ()
        mixed_up = self._mixed_up_with(ranked[0].drug.name)
        if mixed_up and read and inked:
            others = [self._drugs[name][0].name for name in sorted(mixed_up) if name in self._drugs]
            if is_unlike(ranked[0].drug.name, others, read, start, len(surface)):
                mixed_up = frozenset()
        return _without_false_certainty(ranked, mixed_up)[:limit]

    def _mixed_up_with(self, name: str) -> frozenset[str]:
        """Return the names, folded, that are known to be mixed up with one."""
        key = fold(name)
        return frozenset(other for pair in self._look_alikes if key in pair for other in pair - {key})

    def _shortlist(self, key: str) -> tuple[list[str], np.ndarray[tuple[int], np.dtype[np.float64]]]:
        """Return the nearest names by OSA distance (optimal string alignment), with their distances."""
        if key in self._short:
            return [self._short[key]], np.zeros(1)
        surface = key.replace(" ", "")
        if len(surface) < MIN_FUZZY_LETTERS:
            exact = self._key_of_joined.get(surface)
            return ([exact], np.zeros(1)) if exact else ([], np.zeros(0))
        near = process.extract(
            surface,
            self._joined,
            scorer=OSA.distance,
            limit=SHORTLIST,
            score_cutoff=max(2, len(surface) // 2),
        )
        kept = [
            (at, distance)
            for text, distance, at in near
            if distance == 0 or (len(text) >= MIN_FUZZY_LETTERS and self._keys[at] not in self._not_drugs)
        ]
        return [self._keys[at] for at, _ in kept], np.array([float(distance) for _, distance in kept])

    def _by_first_word(self) -> dict[str, list[tuple[str, ...]]]:
        trie: dict[str, list[tuple[str, ...]]] = {}
        for key in (*self._drugs, *self._short):
            parts = tuple(key.split())
            if parts and key not in self._not_drugs:
                trie.setdefault(parts[0], []).append(parts)
        for keys in trie.values():
            keys.sort(key=len, reverse=True)
        return trie


def _without_false_certainty(
    ranked: list[DrugCandidate], mixed_up: frozenset[str]
) -> tuple[DrugCandidate, ...]:
    """Mark ties and known look-alikes among the first candidates, and cap their probability.

    A first name that is mixed up with others is marked "drug.look_alike" even where these are not offered:
    without it, a reading that is wrong and well spelt would pass as sure.

    Args:
        ranked: likeliest first, at least one.
        mixed_up: folded names that the first may be mixed up with; empty = none, or the ink tells them apart.
    """
    first = ranked[0]
    if mixed_up:
        first = replace(first, reasons=(*first.reasons, "drug.look_alike"))
        ranked = [first, *ranked[1:]]
    rivals = [
        rival
        for rival in ranked[1:]
        if joined(rival.drug.substance) != joined(first.drug.substance)
        and (rival.probability >= TIE * first.probability or fold(rival.drug.name) in mixed_up)
    ]
    if not rivals:
        return tuple(ranked)
    return tuple(_tied(one) if one is first or one in rivals else one for one in ranked)


def _reasons(exact: bool, inked: bool) -> tuple[str, ...]:
    decided = "drug.ink" if inked else "drug.spelling"
    return ("drug.exact", decided) if exact and inked else ("drug.exact",) if exact else (decided,)


def _tied(candidate: DrugCandidate) -> DrugCandidate:
    return DrugCandidate(
        candidate.drug,
        min(candidate.probability, TIED_AT_MOST),
        candidate.ink_probability,
        (*candidate.reasons, "drug.tie"),
    )
