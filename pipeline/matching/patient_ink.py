"""Names, birth dates and ages scored against the ink of the identity line, beside what was read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from math import exp, log2

import numpy as np
from numpy.typing import NDArray

from pipeline.domain.identity import Traits
from pipeline.domain.writing import Posteriors, Transcript
from pipeline.ink import PrefixTree, folded, unpack
from pipeline.matching.name_table import NameTable
from pipeline.matching.patient_names import folded as folded_name
from pipeline.matching.patient_names import key
from pipeline.matching.patient_registry import Registry

ALLOWED = -9.0  # natural logarithm to the best path over the same ink: below, the ink does not say it
DATED = -14.0  # as ALLOWED, of the best birth date on file: below, the line says another one, or none
SHORTLIST = 40  # names near each word read that the ink is asked about
OLDEST = 110
TEMPERATURE = 2.0  # the reader is overconfident: as in the ranking of names
MOST_AGE_BITS = 5.0
LN2 = float(np.log(2.0))
_DATE_PATTERNS = ("%d%m%Y", "%d%m%y")  # signs between the numbers are folded away
_DATE_DIGITS = 3  # read on a line, from which a birth date may stand there


Lined = tuple[NDArray[np.floating], str]
"""A line's log-probabilities (T, C) and their vocabulary."""


@dataclass(frozen=True, slots=True)
class InkedNames:
    """What the ink says of the names of one kind, family or given.

    Attributes:
        scores: natural logarithms, -9 to 0, by key: how far behind the best path over the same ink a
            name is; names that the ink does not allow are left out.
        chance: 0-1, how well the ink would fit somebody of this registry taken at random.
    """

    scores: Mapping[str, float] = field(default_factory=dict)
    chance: float = 1.0

    def bits(self, name: str) -> float | None:
        """Return log2 of how much better the ink fits this name than a random person's; None = not at all."""
        score = self.scores.get(name)
        return None if score is None else score / TEMPERATURE / LN2 - log2(self.chance)


@dataclass(slots=True)
class PageInk:
    """What the ink of one page's identity lines says; without posteriors, nothing.

    Attributes:
        lines: the identity lines as read; `dated` those that may bear a date, without signs and accents.
        families, givens: the registry's names.
    """

    lines: tuple[Lined, ...] = ()
    dated: tuple[Lined, ...] = ()
    families: InkedNames = field(default_factory=InkedNames)
    givens: InkedNames = field(default_factory=InkedNames)
    _dates: dict[date, float] = field(default_factory=dict)
    _ages: list[float] | None = None

    @classmethod
    def of(
        cls, traits: Traits, transcript: Transcript | None, registry: Registry, expected: Iterable[int] = ()
    ) -> PageInk:
        """Score the names nearest to what was read, and those of whom the agenda expects.

        Args:
            traits: what was read, with the lines it stands on.
            transcript: the page.
            registry: whose names may be meant.
            expected: places of people with an appointment.
        """
        read = _inked_lines(traits, transcript)
        lines = tuple((unpack(ink), ink.vocabulary) for _, ink in read)
        if not lines:
            return cls()
        plain = [folded(logs, vocabulary, keep=" ") for logs, vocabulary in lines]
        digits = [sum(sign.isdigit() for sign in text) for text, _ in read]
        dated = tuple(line for line, count in zip(plain, digits, strict=True) if count >= _DATE_DIGITS)
        words = [word for word in dict.fromkeys(key(name) for name in traits.names) if len(word) > 2]
        awaited = [registry.patients[place] for place in expected]
        families = _spellings(words, registry.families, (person.family_name for person in awaited))
        first = (person.given_names.split(" ")[0] for person in awaited if person.given_names)
        givens = _spellings(words, registry.givens, first)
        scores = _best(plain, [text for ways in (families | givens).values() for text in ways])
        return cls(
            lines,
            dated,
            _inked(families, scores, registry.families),
            _inked(givens, scores, registry.givens),
        )

    def ask_dates(self, days: Iterable[date]) -> None:
        """Score many birth dates in one go; each is known afterwards."""
        fresh = [day for day in dict.fromkeys(days) if day not in self._dates]
        ways = {day: [day.strftime(pattern) for pattern in _DATE_PATTERNS] for day in fresh}
        best = _best(self.dated, [text for texts in ways.values() for text in texts])
        for day, texts in ways.items():
            self._dates[day] = max((best[text] for text in texts if text in best), default=float("-inf"))

    def date_score(self, day: date) -> float:
        """Return how far behind the best path a birth date is, in any usual way of writing it; at most 0."""
        if day not in self._dates:
            self.ask_dates((day,))
        return self._dates[day]

    def allows_date(self, day: date) -> bool:
        """Tell whether the ink may say this birth date."""
        return self.date_score(day) >= ALLOWED

    def date_bits(self, day: date) -> float:
        """Return how much the ink speaks for a birth date over others asked about, -5 to 5 bits; 0 = nothing.

        For lines that bear a date which reads as none: what the ink cannot tell apart shares.
        """
        best = max(self._dates.values(), default=float("-inf"))
        if best < DATED:
            return 0.0
        shares = {one: exp((score - best) / TEMPERATURE) for one, score in self._dates.items()}
        mean = sum(shares.values()) / len(shares)
        return min(MOST_AGE_BITS, max(-MOST_AGE_BITS, log2(max(shares[day], 1e-9) / mean)))

    def age_bits(self, age: int) -> float:
        """Return how much the ink speaks for an age in years, bits over any other age; 0 = it says none.

        The ink is asked how likely each age from 0 to 110 is; what it cannot tell apart shares.
        """
        if self._ages is None:
            self._ages = self._bits_of_ages()
        return self._ages[age] if 0 <= age < len(self._ages) else 0.0

    def _bits_of_ages(self) -> list[float]:
        texts = [f"{age} ans" for age in range(OLDEST + 1)]
        found = _best(self.lines, texts)
        scores = np.array([found.get(text, -np.inf) for text in texts])
        if not self.lines or float(scores.max()) < ALLOWED:
            return []
        shares = np.exp((scores - scores.max()) / TEMPERATURE)
        shares /= shares.sum()
        bits = np.log2(np.maximum(shares * len(texts), 2.0**-MOST_AGE_BITS))
        return [float(value) for value in np.minimum(bits, MOST_AGE_BITS)]


def _inked_lines(traits: Traits, transcript: Transcript | None) -> list[tuple[str, Posteriors]]:
    """Return what was read on each identity line, with its ink."""
    orders = {(piece.page_id, piece.line_order) for piece in traits.evidence}
    lines = transcript.lines if transcript is not None else ()
    readings = (one.reading for one in lines if (one.line.page_id, one.line.order) in orders)
    return [(reading.text, reading.posteriors) for reading in readings if reading.posteriors is not None]


def _spellings(words: Sequence[str], table: NameTable, awaited: Iterable[str]) -> dict[str, list[str]]:
    """Return ways of writing, by key: of the names nearest to the words read, and of those awaited.

    A key has lost its blanks; a name of several words is looked for with and without them.
    """
    ways = {name: [name] for word in words for name in table.nearest(word, SHORTLIST)}
    for spelling in awaited:
        ways.setdefault(key(spelling), [])
        ways[key(spelling)] += [key(spelling), folded_name(spelling)]
    return {name: list(dict.fromkeys(texts)) for name, texts in ways.items() if len(name) > 1}


def _best(lines: Sequence[Lined], texts: Sequence[str]) -> dict[str, float]:
    """Return each text's best score as words inside any of the lines."""
    best: dict[str, float] = {}
    unique = list(dict.fromkeys(texts))
    for logs, vocabulary in lines:
        scores, _ = PrefixTree(vocabulary, unique).best_spans(logs)
        for text, score in zip(unique, scores.tolist(), strict=True):
            best[text] = max(score, best.get(text, float("-inf")))
    return best


def _inked(ways: Mapping[str, list[str]], scores: Mapping[str, float], table: NameTable) -> InkedNames:
    found = {name: max(scores[text] for text in texts) for name, texts in ways.items()}
    allowed = {name: score for name, score in found.items() if score >= ALLOWED}
    chance = sum(table.share((name,)) * exp(score / TEMPERATURE) for name, score in allowed.items())
    return InkedNames(allowed, min(1.0, chance) or 1.0)
