"""Upright pictures of lines, cut out of the flattened page, without what pokes in from their neighbours."""

from __future__ import annotations

from collections.abc import Sequence
from math import dist

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.domain.geometry import Quad
from pipeline.image.blank import INK

Gray = NDArray[np.uint8]
Matrix = NDArray[np.float64]

MARGIN = 0.08
"""Paper left around a line, as a fraction of its height."""
_WIDEST_POKE = 1.5
"""Width of a piece that is made white, in line heights, at most: rules and underlines stay."""
_REACH = 0.5
"""How far above and below a line, in its heights, is looked to see whose a piece of ink is."""


def cut(flat: Gray, quad: Quad, *, margin: float = MARGIN) -> Gray:
    """Return what a quad holds, upright, at the page's own resolution.

    Args:
        flat: gray (h, w), 0 = ink, 255 = paper, in the quad's coordinates.
        quad: clockwise from where the writing starts.
        margin: added on every side, as a fraction of the quad's height.

    Returns:
        Gray (h, w), at least 1 by 1; what lies beyond the page is 255.
    """
    width, height = _size(quad)
    pad = margin * height
    return _warped(flat, _turn(quad, pad, pad), (width + 2 * pad, height + 2 * pad))


def cut_lines(flat: Gray, quads: Sequence[Quad], *, wanted: Sequence[int] | None = None) -> list[Gray]:
    """Return the lines' pictures, each with its own ink only.

    A piece of ink that pokes into a line from above or below (a neighbour's descender) but lies for the
    most part nearer to the neighbour is made white; strokes that join two lines are cut at the margin.

    Args:
        flat: gray (h, w), 0 = ink, 255 = paper, in the quads' coordinates.
        quads: of all lines of the page.
        wanted: indices of the lines to cut; None = all.
    """
    centres = np.array([np.mean(quad.corners, axis=0) for quad in quads]).reshape(-1, 2)
    reaches = np.array([(quad.length + _size(quad)[1]) / 2 for quad in quads])
    crops = []
    for index in range(len(quads)) if wanted is None else wanted:
        apart = np.linalg.norm(centres - centres[index], axis=1)
        near = [int(at) for at in np.flatnonzero(apart < reaches + reaches[index]) if at != index]
        crops.append(_own_ink(flat, quads[index], [quads[at] for at in near]))
    return crops


def _own_ink(flat: Gray, quad: Quad, neighbours: Sequence[Quad]) -> Gray:
    """Return a line's picture without the ink of its neighbours."""
    width, height = _size(quad)
    first, side = round(_REACH * height), MARGIN * height
    reach = first + side  # whole rows above the margin: the crop's pixels are those of `cut`
    turn = _turn(quad, side, reach)
    tall = _warped(flat, turn, (width + 2 * side, height + 2 * reach))
    last = first + max(1, round(height + 2 * side))
    _, labels, raw, centroids = cv2.connectedComponentsWithStats(
        (tall < INK).astype(np.uint8), connectivity=8
    )
    stats, middles = np.asarray(raw, np.int32), np.asarray(centroids, np.float64)
    own = np.bincount(labels[round(reach) : round(reach + height)].ravel(), minlength=len(stats))
    foreign = own < 0.5 * stats[:, cv2.CC_STAT_AREA]
    for other in neighbours:
        corners = cv2.perspectiveTransform(np.array([other.corners], np.float64), turn)[0]
        foreign |= _nearer(stats, middles, corners, reach + height / 2, height)
    # What crosses the middle is the line's own, whatever hangs on it: an underline, a fold, a neighbour.
    top, bottom = stats[:, cv2.CC_STAT_TOP], stats[:, cv2.CC_STAT_TOP] + stats[:, cv2.CC_STAT_HEIGHT]
    crosses = (top < reach + 0.55 * height) & (bottom > reach + 0.45 * height)
    foreign &= ~crosses & (stats[:, cv2.CC_STAT_WIDTH] < _WIDEST_POKE * height)
    foreign[0] = False
    crop = np.ascontiguousarray(tall[first:last])
    if foreign.any():
        inside = labels[first:last]
        gone = foreign[inside]
        rim = cv2.dilate(gone.astype(np.uint8), np.ones((5, 5), np.uint8)) > 0
        crop[gone | (rim & (inside == 0))] = 255
    return crop


def _nearer(
    stats: NDArray[np.int32], middles: Matrix, corners: Matrix, middle: float, height: float
) -> NDArray[np.bool_]:
    """Which pieces of ink lie inside a neighbour and nearer to its middle than to the line's own.

    Args:
        stats: of the pieces, as OpenCV gives them.
        middles: of the pieces, (n, 2).
        corners: of the neighbour, clockwise from its top left, in the pieces' coordinates.
        middle: of the line itself, px from the top.
        height: of the line itself, px.
    """
    left, right = corners[[0, 3]].mean(axis=0), corners[[1, 2]].mean(axis=0)
    tall = max(1.0, float(corners[[2, 3], 1].mean() - corners[[0, 1], 1].mean()))
    run = max(1.0, float(right[0] - left[0]))
    level = left[1] + (middles[:, 0] - left[0]) * (right[1] - left[1]) / run
    top, bottom = stats[:, cv2.CC_STAT_TOP], stats[:, cv2.CC_STAT_TOP] + stats[:, cv2.CC_STAT_HEIGHT]
    inside = (middles[:, 0] > left[0]) & (middles[:, 0] < right[0])
    inside &= (top > level - 0.6 * tall) & (bottom < level + 0.6 * tall)
    return np.asarray(
        inside & (np.abs(middles[:, 1] - level) / tall < np.abs(middles[:, 1] - middle) / height), np.bool_
    )


def _size(quad: Quad) -> tuple[float, float]:
    """Return a quad's mean width and height, px, at least 1."""
    corners = quad.corners
    width = max(1.0, (dist(*corners[:2]) + dist(*corners[2:])) / 2)
    return width, max(1.0, (dist(corners[1], corners[2]) + dist(corners[3], corners[0])) / 2)


def _turn(quad: Quad, left: float, top: float) -> Matrix:
    """Return the perspective that lays a quad upright at (left, top), px."""
    width, height = _size(quad)
    x, y = np.float32(left), np.float32(top)
    target = np.array([(x, y), (x + width, y), (x + width, y + height), (x, y + height)], np.float32)
    turn = cv2.getPerspectiveTransform(np.array(quad.corners, np.float32), target)
    return np.asarray(turn, dtype=np.float64)


def _warped(flat: Gray, turn: Matrix, size: tuple[float, float]) -> Gray:
    whole = (max(1, round(size[0])), max(1, round(size[1])))
    return np.asarray(
        cv2.warpPerspective(
            flat, turn, whole, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT, borderValue=255
        ),
        dtype=np.uint8,
    )
