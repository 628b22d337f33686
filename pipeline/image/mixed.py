"""Rows that print begins and a hand ends ("Saint-Aubin, le" and a date) become two lines."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import log

from pipeline.image.lines import InkLine, gaps, line_of

_WIDEST = 3
"""How many blanks of a row are tried."""
_PRINTED, _WRITTEN, _APART = -1.6, 0.3, 4.0
"""Log-odds of being handwritten: the left side's at most, the right side's at least, how far apart."""
_LABEL, _ENTRY = 2.0, 1.2
"""Widths of a printed label and of what is written after it, in line heights, at least: shorter pieces
do not tell print from hand, and a word of three letters was parted from its line now and then."""


def parted(lines: Sequence[InkLine], hand: Callable[[InkLine], float]) -> list[tuple[InkLine, float]]:
    """Part every line at the blank where print ends and handwriting begins.

    The other way round (a unit printed after a blank to fill in) is left whole: on the pages at hand a
    line parted so was always wrong.

    Args:
        lines: in reading order.
        hand: probability, 0-1, that what it is given was written by hand.

    Returns:
        The lines in the same order, parted where needed, each with its probability.
    """
    result = []
    for line in lines:
        pieces = _two_sides(line, hand)
        result += pieces if pieces else [(line, hand(line))]
    return result


def _two_sides(line: InkLine, hand: Callable[[InkLine], float]) -> list[tuple[InkLine, float]]:
    """Return left and right side with their probabilities; nothing where no blank tells them apart."""
    box = line.box
    wide = [
        (start, end)
        for start, end in gaps(line)
        if end - start > 0.3 * box.height
        and start - box.x0 >= _LABEL * box.height
        and box.x1 - end >= _ENTRY * box.height
    ]
    best: list[tuple[InkLine, float]] = []
    apart = _APART
    for start, end in sorted(wide, key=lambda gap: gap[0] - gap[1])[:_WIDEST]:
        sides = line.parts[:, 0] < (start + end) / 2
        left, right = line_of(line.parts[sides]), line_of(line.parts[~sides])
        if min(left.box.height, right.box.height) < 0.35 * box.height:
            continue
        before = hand(left)
        if _log_odds(before) > _PRINTED:
            continue
        after = hand(right)
        gain = _log_odds(after) - _log_odds(before)
        if _log_odds(after) > _WRITTEN and gain > apart:
            apart = gain
            best = [(left, before), (right, after)]
    return best


def _log_odds(chance: float) -> float:
    return log(max(chance, 1e-9) / max(1 - chance, 1e-9))
