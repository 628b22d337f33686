"""What keeps a ranking of drugs from false certainty: ties, look-alikes, short forms of several drugs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from pipeline.domain.drug import DrugCandidate
from pipeline.matching.drug_names import fold, joined

TIE = 0.25
"""A second substance that has this share of the first one's probability makes a tie."""
TIED_AT_MOST = 0.85
"""Probability of a tied candidate never exceeds this: a person has to choose. A look-alike without a rival
among the candidates keeps its own, and is asked for its mark."""


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
    ranked: Sequence[DrugCandidate], mixed_up: frozenset[str]
) -> tuple[DrugCandidate, ...]:
    """Mark ties and known look-alikes among the first candidates, and cap the probability of ties.

    A first name that is mixed up with others is marked "drug.look_alike" even where these are not offered:
    without it, a reading that is wrong and well spelt would pass as sure.

    Args:
        ranked: likeliest first, at least one.
        mixed_up: folded names that the first may be mixed up with; empty = none, or the ink tells them apart.
    """
    first, *others = ranked
    if mixed_up:
        first = replace(first, reasons=(*first.reasons, "drug.look_alike"))
    rivals = [
        rival
        for rival in others
        if joined(rival.drug.substance) != joined(first.drug.substance)
        and (rival.probability >= TIE * first.probability or fold(rival.drug.name) in mixed_up)
    ]
    if not rivals:
        return (first, *others)
    return tuple(_tied(one) if one is first or one in rivals else one for one in (first, *others))


def _tied(candidate: DrugCandidate) -> DrugCandidate:
    return DrugCandidate(
        candidate.drug,
        min(candidate.probability, TIED_AT_MOST),
        candidate.ink_probability,
        (*candidate.reasons, "drug.tie"),
    )
