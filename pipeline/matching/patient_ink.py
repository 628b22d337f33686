"""Names and birth dates scored against the ink of the identity line, beside what was read."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

import numpy as np
from rapidfuzz import process
from rapidfuzz.distance import OSA

from pipeline.domain.identity import Traits
from pipeline.domain.writing import Posteriors, Transcript
from pipeline.ink import log_prob_in_line
from pipeline.matching.patient_names import key
from pipeline.matching.patient_registry import Registry

ALLOWED = -6.0  # natural logarithm to the best path over the same ink: about 1 in 400
SHORTLIST = 60
OLDEST = 110
AGE_TEMPERATURE = 2.0  # the reader is overconfident: as in the ranking of names
MOST_AGE_BITS = 5.0


@dataclass(slots=True)
class InkNames:
    """What the ink of one page's identity line allows.

    Attributes:
        names: keys of family names that the ink allows, best first; empty without posteriors.
    """

    posteriors: tuple[Posteriors, ...] = ()
    names: tuple[str, ...] = ()
    _dates: dict[date, bool] = field(default_factory=dict)
    _ages: list[float] | None = None

    @classmethod
    def of(cls, traits: Traits, transcript: Transcript | None, registry: Registry) -> InkNames:
        """Score the registry's family names nearest to what was read against the ink."""
        if transcript is None or not traits.evidence:
            return cls()
        orders = {(piece.page_id, piece.line_order) for piece in traits.evidence}
        lines = tuple(
            read.reading.posteriors
            for read in transcript.lines
            if (read.line.page_id, read.line.order) in orders and read.reading.posteriors is not None
        )
        if not lines:
            return cls()
        spellings = _shortlist(traits, registry)
        texts = [text for ways in spellings.values() for text in ways]
        best: dict[str, float] = {}
        for posteriors in lines:
            scores = dict(zip(texts, log_prob_in_line(posteriors, texts)[0].tolist(), strict=True))
            for name, ways in spellings.items():
                best[name] = max(best.get(name, float("-inf")), *(scores[text] for text in ways))
        allowed = sorted((name for name in best if best[name] >= ALLOWED), key=lambda name: -best[name])
        return cls(lines, tuple(allowed))

    def allows_name(self, name: str) -> bool:
        """Tell whether the ink may say this name (a key)."""
        return name in self.names

    def allows_date(self, day: date) -> bool:
        """Tell whether the ink may say this birth date, in one of the usual ways of writing it."""
        if day not in self._dates:
            texts = [day.strftime(pattern) for pattern in ("%d/%m/%Y", "%d/%m/%y", "%d.%m.%Y", "%d-%m-%Y")]
            self._dates[day] = any(
                float(log_prob_in_line(posteriors, texts)[0].max()) >= ALLOWED
                for posteriors in self.posteriors
            )
        return self._dates[day]

    def age_bits(self, age: int) -> float:
        """Return how much the ink speaks for an age in years, bits over any other age; 0 = it says none.

        The ink is asked how likely each age from 0 to 110 is; what it cannot tell apart shares.
        """
        if self._ages is None:
            self._ages = self._bits_of_ages()
        return self._ages[age] if 0 <= age < len(self._ages) else 0.0

    def _bits_of_ages(self) -> list[float]:
        texts = [f"{age} ans" for age in range(OLDEST + 1)]
        best = max(
            (log_prob_in_line(posteriors, texts)[0] for posteriors in self.posteriors),
            key=lambda scores: float(scores.max()),
            default=None,
        )
        if best is None or float(best.max()) < ALLOWED:
            return []
        shares = np.exp((best - best.max()) / AGE_TEMPERATURE)
        shares /= shares.sum()
        bits = np.log2(np.maximum(shares * len(texts), 2.0**-MOST_AGE_BITS))
        return [float(value) for value in np.minimum(bits, MOST_AGE_BITS)]


def _shortlist(traits: Traits, registry: Registry) -> dict[str, list[str]]:
    """Return spellings, by key, of the family names nearest to the words read."""
    near: set[str] = set()
    names = list(registry.family_names)
    for word in traits.names:
        if len(key(word)) > 2:
            found = process.extract(key(word), names, scorer=OSA.distance, limit=SHORTLIST)
            near |= {name for name, _, _ in found}
    return {name: _ways(registry.family_names[name]) for name in near}


def _ways(name: str) -> list[str]:
    return list(dict.fromkeys((name, name.title(), name.upper())))
