"""Rows that print begins and a hand ends ("Saint-Aubin, le" and a date) become two lines."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from pipeline.image.lines import InkLine, gaps, line_of

_WIDEST = 3
"""How many blanks of a row are tried."""
_SURE = 0.55
"""How far apart the two sides' probabilities of being handwritten must lie."""


def parted(lines: Sequence[InkLine], hand: Callable[[InkLine], float]) -> list[tuple[InkLine, float]]:
    """Part every line at the blank where the writing changes from print to hand or back.

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
    wide = [gap for gap in gaps(line) if gap[1] - gap[0] > 0.3 * line.box.height]
    best: list[tuple[InkLine, float]] = []
    apart = _SURE
    for start, end in sorted(wide, key=lambda gap: gap[0] - gap[1])[:_WIDEST]:
        sides = line.parts[:, 0] < (start + end) / 2
        left, right = line_of(line.parts[sides]), line_of(line.parts[~sides])
        if min(left.box.width, right.box.width) < 1.2 * line.box.height:
            continue
        if min(left.box.height, right.box.height) < 0.35 * line.box.height:
            continue
        chances = hand(left), hand(right)
        if abs(chances[0] - chances[1]) > apart and min(chances) < 0.4 < max(chances):
            apart = abs(chances[0] - chances[1])
            best = [(left, chances[0]), (right, chances[1])]
    return best
