"""Why somebody may be the page's patient, trait by trait, in words a secretary understands."""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.domain.identity import PatientCandidate
from pipeline.review.words import Words

AGAINST = frozenset(("different", "differs", "other", "none"))
CONTEXT = frozenset(("appointment", "household", "doctor", "record", "sheet"))
RIVALS = frozenset(("homonym", "double"))
NAMED = frozenset(("names.exact", "names.birth_name"))
RARE = 9.5  # bits of a name that agrees: about one in 850 of the registry
A_LITTLE, A_LOT = 2.0, 6.0  # bits, for or against: up to four times, from 64 times likelier


@dataclass(frozen=True, slots=True)
class ReasonView:
    """A reason in words.

    Attributes:
        tone: "for", "against" or "prior".
        weight: 1 to 3, how much it counts; 0 = not known.
    """

    sentence: str
    tone: str
    weight: int = 0


def reason_views(candidate: PatientCandidate, words: Words) -> tuple[ReasonView, ...]:
    """Put a candidate's reasons into words, each sentence once: two treatments found say the same."""
    bits = candidate.bits or (None,) * len(candidate.reasons)
    views = (reason_view(key, words, worth) for key, worth in zip(candidate.reasons, bits, strict=False))
    return tuple({view.sentence: view for view in views}.values())


def reason_view(key: str, words: Words, bits: float | None = None) -> ReasonView:
    """Put a reason's key into words, with how much it counts where that is known."""
    subject, _, verdict = key.partition(".")
    tone = "prior" if subject in CONTEXT else "for"
    if (verdict in AGAINST and tone == "for") or key in RIVALS:
        tone = "against"
    sentence = words.known("reason", key, "reason.other")
    if bits is not None and key in NAMED and bits >= RARE:
        sentence = words("reason.rare", sentence=sentence)
    return ReasonView(sentence, tone, _weight(bits) if bits and key not in RIVALS else 0)


def _weight(bits: float) -> int:
    return 1 if abs(bits) < A_LITTLE else 2 if abs(bits) < A_LOT else 3
