"""The formulary: drug names to find in a text, to rank for a doubtful name, and to look up."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np

from pipeline.domain.drug import Drug, DrugCandidate
from pipeline.domain.writing import ReadLine
from pipeline.matching import drug_table
from pipeline.matching.brand_strengths import of_brand
from pipeline.matching.drug_names import fold, joined, words
from pipeline.matching.drug_scores import RARE, InkScores, by_ink, by_spelling, is_unlike, probabilities
from pipeline.matching.drug_ties import reasons_of, without_false_certainty
from pipeline.matching.near_names import NearNames

SHORTLIST = 40
MIN_FUZZY_LETTERS = 5
"""Shorter names must be spelt exactly."""
LEAST = 0.02
"""Candidates below this probability are not offered."""


class Formulary:
    """Implements `pipeline.domain.drug.DrugIndex` over any tables of drugs."""

    def __init__(
        self,
        rows: Iterable[drug_table.Row],
        *,
        more: Iterable[drug_table.Row] = (),
        others: Iterable[Drug] = (),
        version: str,
        short_forms: Iterable[tuple[str, str]] = (),
        not_drugs: frozenset[str] = frozenset(),
        look_alikes: frozenset[frozenset[str]] = frozenset(),
    ) -> None:
        """Index names.

        Args:
            rows: substances with brands, forms and strengths; these come first where names are shared.
            more: further rows, whose names are thought rarer and come behind.
            others: further names, rarer still known by name only.
            version: name and edition.
            short_forms: (short form, name); a name that no row has is ignored. A short form that stands for
                several names means none of them by itself.
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
        for row in more:
            self._rows_of.setdefault(fold(row.drugs[0].substance), []).append(row)
            for drug in row.drugs:
                self._drugs.setdefault(fold(drug.name), []).append(drug)
        for drug in others:
            self._drugs.setdefault(fold(drug.name), [drug])
        self._shorts: dict[str, tuple[str, ...]] = {}
        self._written: dict[str, str] = {}
        for short, name in short_forms:
            if fold(name) in self._drugs:
                key = fold(short)
                self._written.setdefault(key, short)
                self._shorts[key] = (*self._shorts.get(key, ()), fold(name))
        self._short = {key: names[0] for key, names in self._shorts.items() if len(names) == 1}
        self._trie = self._by_first_word()
        self._keys = list(self._drugs)
        self._joined = [key.replace(" ", "") for key in self._keys]
        self._near = NearNames(self._joined)
        self._key_of_joined = dict(zip(reversed(self._joined), reversed(self._keys), strict=True))

    @classmethod
    def builtin(cls) -> Formulary:
        """Return the formulary that ships with the program."""
        return cls._of(drug_table.gp_rows(), (), edition="")

    @classmethod
    def with_official(cls, path: Path) -> Formulary:
        """Return the formulary that ships with the program, completed by what was imported.

        Args:
            path: the imported file; where there is none, the built-in tables serve alone.

        Raises:
            BadFormulary: the file is damaged or of another version.
        """
        from pipeline.matching.official.archive import load_rows
        from pipeline.matching.official.merge import merge

        if not path.is_file():
            return cls.builtin()
        day, official = load_rows(path)
        merged = merge(drug_table.gp_rows(), official, source=f"BDPM {day}")
        return cls._of(merged.ours, merged.more, edition=f"BDPM {day}")

    @classmethod
    def _of(
        cls, rows: Sequence[drug_table.Row], more: Sequence[drug_table.Row], *, edition: str
    ) -> Formulary:
        known = {fold(drug.name) for row in (*rows, *more) for drug in row.drugs}
        old = drug_table.old_brand_drugs(rows, known)
        return cls(
            rows,
            more=more,
            others=[
                *old,
                *drug_table.edsnlp_drugs(
                    known | {fold(drug.name) for drug in old}, drug_table.substance_of_code(rows)
                ),
            ],
            version=drug_table.edition(edition),
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
        None for a short form that may mean several drugs.
        """
        key = fold(name)
        key = self._short.get(key, key)
        if key not in self._drugs:
            key = self._key_of_joined.get(key.replace(" ", ""), key)
        return tuple(self._drugs.get(key, ()))

    def meanings(self, name: str) -> tuple[Drug, ...]:
        """Return the drugs that a short form may mean, the usual entry of each; empty = it is none."""
        return tuple(self._drugs[key][0] for key in self._shorts.get(fold(name), ()))

    def by_substance(self, substance: str) -> tuple[Drug, ...]:
        """Return DCI and brands of a substance; "LP" is part of the substance's name."""
        return tuple(drug for row in self._rows_of.get(fold(substance), ()) for drug in row.drugs)

    def strengths_of(
        self, substance: str, form: str | None = None, brand: str | None = None
    ) -> tuple[str, ...]:
        """Return marketed strengths, those of that form where it is known, else all; empty = not known.

        Args:
            substance: DCI, "LP" is part of it.
            form: None = any.
            brand: only what is sold under that name, where that is known; None = under any.
        """
        pairs = [pair for row in self._rows_of.get(fold(substance), ()) for pair in row.by_form]
        if brand:
            entries = [
                drug
                for drug in self._drugs.get(fold(brand), ())
                if drug.is_brand and fold(drug.substance) == fold(substance)
            ]
            pairs = of_brand(pairs, entries)
        wanted = fold(form or "")
        chosen = [found for name, found in pairs if wanted and fold(name) == wanted]
        chosen = chosen or [found for name, found in pairs if wanted and fold(name).startswith(wanted)]
        return tuple(dict.fromkeys(s for found in chosen or [f for _, f in pairs] for s in found))

    def names_starting(self, prefix: str, *, limit: int = 20) -> tuple[str, ...]:
        """Return the names that start so: our table's, then others, then what is no longer sold, by alphabet.

        Args:
            prefix: as typed; case, accents, blanks and hyphens do not matter. Empty = nothing.
            limit: how many at most.
        """
        wanted = joined(prefix)
        if not wanted:
            return ()
        starting = [
            (self._drugs[key][0].sold is False, key not in self._common, key, self._drugs[key][0].name)
            for key, plain in zip(self._keys, self._joined, strict=True)
            if plain.startswith(wanted)
        ]
        return tuple(name for *_, name in sorted(starting)[:limit])

    def find(self, text: str) -> Sequence[tuple[int, int, Drug]]:
        """Return names that stand in a text letter by letter; see `DrugIndex.find`."""
        tokens = words(text)
        plain = tuple(word for _, _, word in tokens)
        found, at = [], 0
        while at < len(tokens):
            for key in self._trie.get(plain[at], ()):
                if plain[at : at + len(key)] == key:
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
        of spelling; "drug.short" a short form that may mean several; "drug.tie" another substance is
        nearly as likely or known to be mixed up with it;
        "drug.look_alike" the name has been mixed up with another, offered or not.
        """
        key = fold(surface)
        if not key or key in self._not_drugs:
            return ()
        typed = read is None or read.reading.posteriors is None
        keys, distances = self._shortlist(key, exact_is_enough=typed)
        if not keys:
            return ()
        drugs = [self._drugs[name][0] for name in keys]
        prior = np.array([1.0 if name in self._common else RARE for name in keys])
        length = len(key.replace(" ", ""))
        # Ink that shows a short form is held against the short form, not against the name that it stands for.
        shown = [self._written[key] if key in self._shorts else drug.name for drug in drugs]
        ink = InkScores(read, start, len(surface)) if read else None
        inked = by_ink(shown, distances, ink) if ink else None
        weights, none = inked or by_spelling(distances, length)
        chance = probabilities(weights, none, prior)
        ink_chance = probabilities(weights, none, np.ones(len(keys)))
        several = len(self._shorts.get(key, ())) > 1
        order = sorted(
            range(len(keys)), key=lambda i: (-chance[i], distances[i], "" if several else keys[i])
        )  # the meanings of a short form stay in the order of the table
        ranked = [
            DrugCandidate(
                drugs[i],
                float(chance[i]),
                float(ink_chance[i]),
                reasons_of(
                    exact=distances[i] == 0,
                    inked=inked is not None,
                    several=several,
                ),
            )
            for i in order
            if chance[i] >= LEAST
        ]
        if not ranked:
            return ()
        mixed_up = self._mixed_up_with(ranked[0].drug.name)
        if mixed_up and ink and inked:
            others = [self._drugs[name][0].name for name in sorted(mixed_up) if name in self._drugs]
            if is_unlike(ranked[0].drug.name, others, ink):
                mixed_up = frozenset()
        return without_false_certainty(ranked, mixed_up)[:limit]

    def _mixed_up_with(self, name: str) -> frozenset[str]:
        """Return the names, folded, that are known to be mixed up with one."""
        key = fold(name)
        return frozenset(other for pair in self._look_alikes if key in pair for other in pair - {key})

    def _shortlist(
        self, key: str, *, exact_is_enough: bool
    ) -> tuple[list[str], np.ndarray[tuple[int], np.dtype[np.float64]]]:
        """Return the nearest names by OSA distance (optimal string alignment), with their distances.

        Beside a usual name that is typed letter by letter only names one letter away are worth a look.
        """
        if key in self._shorts:
            return list(self._shorts[key]), np.zeros(len(self._shorts[key]))
        surface = key.replace(" ", "")
        if len(surface) < MIN_FUZZY_LETTERS:
            exact = self._key_of_joined.get(surface)
            return ([exact], np.zeros(1)) if exact else ([], np.zeros(0))
        most = 1 if exact_is_enough and key in self._common else max(2, len(surface) // 2)
        near = self._near.within(surface, most, limit=SHORTLIST)
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
