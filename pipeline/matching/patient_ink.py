"""Names and birth dates scored against the ink of the identity line, beside what was read."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from rapidfuzz import process
from rapidfuzz.distance import OSA

from pipeline.domain.identity import Traits
from pipeline.domain.writing import Posteriors, Transcript
from pipeline.ink import log_prob_in_line
from pipeline.matching.patient_names import key
from pipeline.matching.patient_registry import Registry

ALLOWED = -6.0  # natural logarithm to the best path over the same ink: about 1 in 400
SHORTLIST = 60


@dataclass(slots=True)
class InkNames:
    """What the ink of one page's identity line allows.

    Attributes:
        names: keys of family names that the ink allows, best first; empty without posteriors.
    """

    posteriors: tuple[Posteriors, ...] = ()
    names: tuple[str, ...] = ()
    _dates: dict[date, bool] = field(default_factory=dict)

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
