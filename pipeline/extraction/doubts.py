"""What makes an item doubtful, by name; an item with a doubt is never certain."""

from __future__ import annotations

from pipeline.domain.meaning import Action, PrescriptionLine
from pipeline.extraction.heads import Head
from pipeline.extraction.posology import Sig, unusual
from pipeline.extraction.strengths import ReadStrength

CLEAR_DRUG = 0.8
CLOSE_SECOND = 0.1
FULL_COVERAGE = 0.85
DOUBTED = 0.6
"""What a doubt leaves of an item's confidence."""


def doubts_of(item: PrescriptionLine, *, head: Head, sig: Sig, strength: ReadStrength) -> tuple[str, ...]:
    """Return the doubts of an item, each once.

    "illegible" = letters where digits should be, or no drug; "look-alike" = another substance is close;
    "ambiguous" = two readings (a page adds it where a digit may be another: digits.py); "incomplete" =
    neither dose nor frequency, a dose without its unit, or a family ("insuline") instead of a drug;
    "dangerous-notation" = U, µg, naked decimal, trailing zero; "implausible" = an unusual amount;
    "unread" = words that no rule read.
    """
    doubts = [*strength.doubts, *sig.doubts]
    if head.family:
        doubts.append("incomplete")
    elif not item.drug:
        doubts.append("illegible")
    elif head.probability < CLEAR_DRUG:
        doubts.append("ambiguous")
    if item.drug and any(
        other.drug.substance != item.drug.drug.substance and other.probability >= CLOSE_SECOND
        for other in item.alternatives
    ):
        doubts.append("look-alike")
    said = any(p.dose is not None or p.frequency is not None or p.count for p in item.posologies)
    if not said and item.action not in (Action.STOP, Action.CONTINUE):
        doubts.append("incomplete")
    if any(p.dose is not None and p.dose_unit is None for p in item.posologies):
        doubts.append("incomplete")
    if any(map(unusual, item.posologies)):
        doubts.append("implausible")
    if sig.coverage < FULL_COVERAGE:
        doubts.append("unread")
    return tuple(dict.fromkeys(doubts))
