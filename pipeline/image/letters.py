"""The letters of a row by themselves, without the strokes drawn over them, along their own slope."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import atan, cos, degrees, sin

import numpy as np
from numpy.typing import NDArray

from pipeline.domain.geometry import Box
from pipeline.image.flourish import Flourish
from pipeline.image.lines import InkLine, line_of

Matrix = NDArray[np.float64]

_FEWEST = 3
"""Letters that a row has at least; a dot or the tail of a stroke is not one."""
_LEVEL = 5
"""Letters from which their middles tell how a row slopes."""
_HIGHEST, _LOWEST, _FLATTEST = 2.2, 0.5, 4.0
"""Height of a letter, in the usual one's, at most: the sides of a frame are higher. What is lower than the
second and so many times as wide as high is a piece of a rule."""


@dataclass(frozen=True, slots=True)
class Letters:
    """A row's letters.

    Attributes:
        box: around them, px of the mask.
        corners: of the rectangle around them along their slope, (4, 2), clockwise from the top left.
        height: usual height of one, px.
        tilt: degrees by which they sink to the right; None = too few to tell.
    """

    box: Box
    corners: Matrix
    height: float
    tilt: float | None


def letters_of(line: InkLine, strokes: Sequence[Flourish]) -> Letters | None:
    """Return what of a line does not belong to the strokes; None where that is hardly anything."""
    own = [part for part in line.parts if not any(_belongs(part, stroke) for stroke in strokes)]
    parts = np.array([part for part in own if part[4] >= 5 and max(part[2], part[3]) >= 3]).reshape(-1, 5)
    if len(parts) < _FEWEST:
        return None
    usual = float(np.median(parts[:, 3]))
    bar = (parts[:, 3] < _LOWEST * usual) & (parts[:, 2] > _FLATTEST * parts[:, 3])
    parts = parts[~bar & (parts[:, 3] <= max(_HIGHEST * usual, 6))]
    if len(parts) < _FEWEST:
        return None
    slope = _slope(parts, usual)
    return Letters(
        line_of(parts).box,
        _along(parts, slope or 0.0),
        usual,
        None if slope is None else degrees(atan(slope)),
    )


def _belongs(part: NDArray[np.int32], stroke: Flourish) -> bool:
    """Whether most of a part, a row (x, y, width, height, ink px), is ink of the stroke."""
    x, y, width, height, ink = (int(value) for value in part)
    box = stroke.box
    if x < box.x0 or y < box.y0 or x + width > box.x1 or y + height > box.y1:
        return False
    left, top = x - box.x0, y - box.y0
    return int(np.count_nonzero(stroke.ink[top : top + height, left : left + width])) > 0.5 * ink


def _slope(parts: NDArray[np.int32], usual: float) -> float | None:
    """Return the median slope between the middles of any two letters that stand apart (Theil and Sen)."""
    letters = parts[(parts[:, 3] > 0.5 * usual) & (parts[:, 3] < 2 * usual)]
    if len(letters) < _LEVEL:
        return None
    across, down = letters[:, 0] + letters[:, 2] / 2, letters[:, 1] + letters[:, 3] / 2
    first, second = np.triu_indices(len(letters), 1)
    run = across[second] - across[first]
    apart = np.abs(run) > 2 * usual
    if np.count_nonzero(apart) < _LEVEL:
        return None
    return float(np.median((down[second] - down[first])[apart] / run[apart]))


def _along(parts: NDArray[np.int32], slope: float) -> Matrix:
    """Return the corners of the closest rectangle around parts whose long sides have this slope."""
    turn = atan(slope)
    right, under = np.array([cos(turn), sin(turn)]), np.array([-sin(turn), cos(turn)])
    ends = np.concatenate(
        [parts[:, :2] + parts[:, 2:4] * corner for corner in ((0, 0), (1, 0), (0, 1), (1, 1))]
    )
    (first, last), (top, bottom) = ((float(v.min()), float(v.max())) for v in (ends @ right, ends @ under))
    return np.array(
        [u * right + v * under for u, v in ((first, top), (last, top), (last, bottom), (first, bottom))]
    )
