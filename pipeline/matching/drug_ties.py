"""What keeps a ranking of drugs from false certainty: ties, look-alikes, short forms of several drugs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from pipeline.domain.drug import DrugCandidate
from pipeline.matching.drug_names import fold, joined

TIE = 0.25
"""A second substance that has this share of the first one's probability makes a tie."""
TIED_AT_MOST = 0.85
"""Probability of a tied or look-alike candidate never exceeds this: a person has to choose."""


def reasons_of(*, exact: bool, inked: bool, several: bool = False) -> tuple[str, ...]:
    """Return the reasons of a candidate, see `Formulary.rank`.

    Args:
        exact: spelt as in the table.
        inked: the ink decided.
        several: what is written is a short form of several drugs.
    """
    decided = "drug.ink" if inked else "drug.spelling"
    found = ("drug.exact", decided) if exact and inked else ("drug.exact",) if exact else (decided,)
    return ("drug.short", *found) if several else found


def without_false_certainty(
    ranked: Sequence[DrugCandidate], look_alikes: frozenset[frozenset[str]]
) -> tuple[DrugCandidate, ...]:
    """Mark ties and known look-alikes among the first candidates, and cap their probability.

    A first name that has been mixed up with another is marked "drug.look_alike" even where the
    other is not offered: without it, a reading that is wrong and well spelt would pass as sure.

    Args:
        ranked: likeliest first.
        look_alikes: folded pairs of names that have been mixed up.
    """
    if not ranked:
        return ()
    ranked = list(ranked)
    first = ranked[0]
    if any(fold(first.drug.name) in pair for pair in look_alikes):
        first = replace(first, reasons=(*first.reasons, "drug.look_alike"))
        ranked = [first, *ranked[1:]]
    rivals = [
        rival
        for rival in ranked[1:]
        if joined(rival.drug.substance) != joined(first.drug.substance)
        and (
            rival.probability >= TIE * first.probability
            or frozenset((fold(first.drug.name), fold(rival.drug.name))) in look_alikes
        )
    ]
    if not rivals:
        return tuple(ranked)
    return tuple(_tied(one) if one is first or one in rivals else one for one in ranked)


def _tied(candidate: DrugCandidate) -> DrugCandidate:
    return DrugCandidate(
        candidate.drug,
        min(candidate.probability, TIED_AT_MOST),
        candidate.ink_probability,
        (*candidate.reasons, "drug.tie"),
    )
