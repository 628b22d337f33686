"""What a matcher answered, query by query, and the figures that come of it, side by side."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from math import sqrt

BINS = (0.0, 0.2, 0.5, 0.8, 0.9, 0.95, 0.99, 0.999, 1.0000001)
PRECISION = 0.9995
"""What the issue asks for."""


@dataclass(frozen=True)
class Outcome:
    """The answer to one query.

    Attributes:
        query: its id.
        truth: who it is about; None = nobody in the registry.
        answer: "match", "ask" or "none".
        ranked: up to three ids, likeliest first.
        probability: claimed for the first.
        lead: bits by which the first is ahead of the second (Splink; Reprise keeps its own counsel).
        errors: kinds made in the query, "none" where there are none.
        about: what sort of query it is; says: what it says besides a name.
    """

    query: str
    truth: str | None
    answer: str
    ranked: tuple[str, ...]
    probability: float
    errors: tuple[str, ...] = ()
    about: str = ""
    says: str = ""
    lead: float = 0.0
    weight: float = 0.0

    @property
    def right(self) -> bool:
        """Whether the first candidate is who the paper is about."""
        return bool(self.ranked) and self.ranked[0] == self.truth


@dataclass(frozen=True)
class Run:
    """One matcher over one set: its outcomes, and milliseconds a query (training and index not counted)."""

    name: str
    outcomes: tuple[Outcome, ...]
    milliseconds: float


def wilson(hits: int, of: int) -> tuple[float, float]:
    """Return the 95 % interval of a share (Wilson 1927); (0, 1) of nothing."""
    if not of:
        return 0.0, 1.0
    z, p = 1.959964, hits / of
    middle = (p + z * z / (2 * of)) / (1 + z * z / of)
    half = z / (1 + z * z / of) * sqrt(p * (1 - p) / of + z * z / (4 * of * of))
    return max(0.0, middle - half), min(1.0, middle + half)


def figures(run: Run) -> dict[str, tuple[int, int]]:
    """Return (hits, of) by figure."""
    known = [one for one in run.outcomes if one.truth]
    passing = [one for one in run.outcomes if not one.truth]
    matched = [one for one in run.outcomes if one.answer == "match"]
    return {
        "precision of match": (sum(one.right for one in matched), len(matched)),
        "recall": (sum(one.right and one.answer == "match" for one in known), len(known)),
        "recall beyond names": (
            sum(one.right and one.answer == "match" for one in known if one.says != "name alone"),
            sum(one.says != "name alone" for one in known),
        ),
        "first": (sum(one.right for one in known), len(known)),
        "in the first three": (sum(one.truth in one.ranked[:3] for one in known), len(known)),
        "ask": (sum(one.answer == "ask" for one in run.outcomes), len(run.outcomes)),
        "none": (sum(one.answer == "none" for one in run.outcomes), len(run.outcomes)),
        "known called none": (sum(one.answer == "none" for one in known), len(known)),
        "passing matched": (sum(one.answer == "match" for one in passing), len(passing)),
    }


def print_side_by_side(runs: Sequence[Run]) -> None:
    """Print one row a figure, one column a run."""
    width = max(36, *(len(run.name) + 2 for run in runs))
    print(f"{'':20}" + "".join(f"{run.name:>{width}}" for run in runs))
    found = [figures(run) for run in runs]
    for name in found[0]:
        cells = []
        for one in found:
            hits, of = one[name]
            low, high = wilson(hits, of)
            share = f"{hits / of:.4f}" if of else "-"
            cells.append(f"{hits:5}/{of:<5} {share} [{low:.4f}, {high:.4f}]")
        print(f"{name:20}" + "".join(f"{cell:>{width}}" for cell in cells))
    print(f"{'ms a query':20}" + "".join(f"{run.milliseconds:>{width}.2f}" for run in runs))


def print_calibration(runs: Sequence[Run]) -> None:
    """Print, by claimed probability of the first candidate, how many there are and how many are right."""
    print("claimed probability of the first: queries, mean claimed, right")
    for low, high in pairwise(BINS):
        cells = []
        for run in runs:
            inside = [one for one in run.outcomes if one.ranked and low <= one.probability < high]
            count = len(inside)
            mean = sum(one.probability for one in inside) / max(1, count)
            right = sum(one.right for one in inside) / max(1, count)
            cells.append(f"{count:6} {mean:7.4f} {right:7.4f}" if count else f"{0:6} {'-':>7} {'-':>7}")
        print(
            f"  {low:5.3f} to {min(high, 1):5.3f}  "
            + "   ".join(f"{run.name:>14}:{cell}" for run, cell in zip(runs, cells, strict=True))
        )


def print_by_kind(runs: Sequence[Run]) -> None:
    """Print recall (right matches of queries about registered people) by kind of error and of query."""
    print("recall by error and by sort of query: right matches of known, wrong matches")
    for title, kinds_of in _GROUPINGS:
        names = Counter(kind for one in runs[0].outcomes for kind in kinds_of(one))
        for kind, _ in sorted(names.items()):
            cells = []
            for run in runs:
                inside = [one for one in run.outcomes if kind in kinds_of(one)]
                known = [one for one in inside if one.truth]
                hits = sum(one.right and one.answer == "match" for one in known)
                wrong = sum(one.answer == "match" and not one.right for one in inside)
                cells.append(f"{hits:5}/{len(known):<5}{hits / max(1, len(known)):6.3f}  {wrong:3} wrong")
            print(f"  {title:5} {kind:20}" + "".join(f"{cell:>30}" for cell in cells))


def _errors(one: Outcome) -> tuple[str, ...]:
    return one.errors or ("none",)


def _about(one: Outcome) -> tuple[str, ...]:
    return (one.about,)


def _says(one: Outcome) -> tuple[str, ...]:
    return (one.says,)


_GROUPINGS: tuple[tuple[str, Callable[[Outcome], tuple[str, ...]]], ...] = (
    ("error", _errors),
    ("about", _about),
    ("says", _says),
)


def wrong_matches(run: Run) -> list[Outcome]:
    """Return the outcomes that name somebody else."""
    return [one for one in run.outcomes if one.answer == "match" and not one.right]


def unsettled(run: Run) -> list[Outcome]:
    """Return the outcomes about registered people that name nobody."""
    return [one for one in run.outcomes if one.truth and one.answer != "match"]


def choose(outcomes: Sequence[Outcome], *, leads: Sequence[float]) -> tuple[float, float]:
    """Return the least weight and the least lead (bits) that bring most recall at PRECISION.

    Every weight that an outcome has is tried. Where no threshold is precise enough, nothing is a match:
    (infinity, 0).
    """
    best = (0, float("inf"), 0.0)
    for lead in leads:
        right = wrong = 0
        inside = sorted(
            (one for one in outcomes if one.ranked and one.lead >= lead and one.weight > float("-inf")),
            key=lambda one: -one.weight,
        )
        for place, one in enumerate(inside):
            right, wrong = right + one.right, wrong + (not one.right)
            ends = place + 1 == len(inside) or inside[place + 1].weight < one.weight
            if ends and right >= PRECISION * (right + wrong) and right > best[0]:
                best = (right, one.weight, lead)
    return best[1], best[2]


def decided(run: Run, name: str, weight: float, lead: float) -> Run:
    """Return the run with "match" where weight and lead reach these, else "ask", "none" below even odds."""

    def answer(one: Outcome) -> str:
        if one.ranked and one.weight >= weight and one.lead >= lead:
            return "match"
        return "ask" if one.ranked and one.probability >= 0.5 else "none"

    return Run(name, tuple(replace(one, answer=answer(one)) for one in run.outcomes), run.milliseconds)
