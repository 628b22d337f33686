"""What may be meant besides an item as it was built: another digit, a second drug."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from pipeline.domain.drug import DrugIndex
from pipeline.domain.meaning import PrescriptionLine
from pipeline.domain.strength import is_among
from pipeline.extraction.doubts import DOUBTED


def doubted(item: PrescriptionLine, doubt: str) -> PrescriptionLine:
    """Return an item with a doubt that its own words do not raise; the first one costs its confidence."""
    confidence = item.confidence if item.doubts else round(item.confidence * DOUBTED, 4)
    return replace(item, doubts=tuple(dict.fromkeys((*item.doubts, doubt))), confidence=confidence)


def names_another(item: PrescriptionLine, behind: Sequence[str], index: DrugIndex) -> bool:
    """Say whether another drug is named behind an item's own: a second prescription may be lost in it.

    Args:
        item: as built.
        behind: its lines, from the end of its name on.
        index: the formulary.
    """
    own = item.drug.drug.substance if item.drug else None
    return any(drug.substance != own for text in behind for _, _, drug in index.find(text))


def may_be_meant(item: PrescriptionLine, other: PrescriptionLine) -> bool:
    """Say whether an item read with another digit is another prescription, and one that exists.

    A strength that nobody sells is no rival of one that is sold; a digit that changes nothing of what was
    understood is none either.
    """
    if other.strength != item.strength:
        return not _is_sold(item) or _is_sold(other)
    return _taken(item) != _taken(other)


def _is_sold(item: PrescriptionLine) -> bool:
    sold = item.drug.drug.strengths if item.drug else ()
    return item.strength is not None and is_among(item.strength, sold)


def _taken(item: PrescriptionLine) -> object:
    return [replace(p, text="") for p in item.posologies], item.renewals, item.action, item.doubts
