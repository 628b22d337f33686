"""Which way the writing runs: skew, lying or standing, and which end is up."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.domain.geometry import Box

_MOST_SKEW = 6.0
_USUAL_SKEW = 6.0
"""Spread, degrees, of the doubt in a large skew: feeders pull a sheet askew by a few degrees, stamps lean as
they like, and a page of five handwritten lines is otherwise straightened by its stamp."""
_POINTS = 20_000


def _sharpness(points: NDArray[np.float32], angle: float) -> float:
    """How peaked the row profile is when writing rises by `angle` degrees clockwise."""
    slope = np.tan(np.radians(angle))
    rows = np.round(points[:, 1] - slope * points[:, 0]).astype(np.int64)
    profile = np.bincount(rows - rows.min()).astype(np.float64)
    return float((np.diff(profile) ** 2).sum())


def skew_of(mask: NDArray[np.uint8]) -> float:
    """Return the skew of horizontal writing, degrees clockwise, within 6 (Postl 1986: sharpest profile).

    Args:
        mask: (h, w), above 0 where there is ink.
    """
    ys, xs = np.nonzero(_without_drawings(mask))
    if len(xs) < 50:
        return 0.0
    step = max(1, len(xs) // _POINTS)
    points = np.stack([xs[::step], ys[::step]], axis=1).astype(np.float32)
    angles = np.arange(-_MOST_SKEW, _MOST_SKEW + 0.1, 0.5)
    usual = np.exp(-((angles / _USUAL_SKEW) ** 2) / 2)
    best = angles[np.argmax(usual * [_sharpness(points, float(angle)) for angle in angles])]
    fine = max(np.arange(best - 0.5, best + 0.51, 0.1), key=lambda a: _sharpness(points, float(a)))
    return float(fine)


def _without_drawings(mask: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return the ink without stamps' frames and signatures, which lean as they like; rules stay.

    Such a piece is much larger than a letter and, unlike a rule or a word, large both ways.
    """
    _, labels, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=8)
    wide, tall = stats[:, cv2.CC_STAT_WIDTH], stats[:, cv2.CC_STAT_HEIGHT]
    long, short = np.maximum(wide, tall), np.minimum(wide, tall)
    side = min(mask.shape)
    drawn = (long > 0.06 * side) & (long < 0.4 * side) & (short > 0.25 * long)
    drawn[0] = False
    if not drawn.any():
        return mask
    left = np.where(drawn[labels], 0, mask).astype(np.uint8)
    return left if np.count_nonzero(left) > 0.3 * np.count_nonzero(mask) else mask


def stands_upright_or_lies(mask: NDArray[np.uint8]) -> float:
    """Return how much more the ink is ordered in rows than in columns: above 0 rows, below 0 columns.

    Both profiles are taken in narrow strips, so that neither a long page nor left-aligned lines decide.

    Args:
        mask: (h, w), above 0 where there is ink, long ruled lines removed.
    """
    ink = (mask > 0).astype(np.float32)
    return float(np.log(_row_order(ink) + 1e-6) - np.log(_row_order(ink.T) + 1e-6))


def _row_order(ink: NDArray[np.float32]) -> float:
    """Share of the ink's variance that strips of a seventh of the width explain by row alone."""
    strips = 7
    width = max(1, ink.shape[1] // strips)
    order = total = 0.0
    for start in range(0, width * strips, width):
        profile = ink[:, start : start + width].sum(axis=1)
        if profile.sum() < 20:
            continue
        order += float((np.diff(cv2.blur(profile[:, None], (1, 3))[:, 0]) ** 2).sum())
        total += float(profile.sum())
    return order / total if total else 0.0


def upside_cues(mask: NDArray[np.uint8], boxes: Sequence[Box], paper: Box) -> NDArray[np.float64]:
    """Return four cues, each above 0 where the page stands upright and reversed where it is turned.

    They are: straight left margin against a ragged right one; ink begins at the top; ascenders outnumber
    descenders; small regular (printed) lines stand above tall ones.

    Args:
        mask: (h, w), above 0 where there is ink, rows horizontal.
        boxes: of its lines.
        paper: what of the image is paper.
    """
    if not boxes:
        return np.zeros(4)
    lefts, rights = np.array([b.x0 for b in boxes]), np.array([b.x1 for b in boxes])
    height = float(np.median([b.height for b in boxes]))
    margin = np.log(_spread(rights, height) / _spread(lefts, height))
    tops, bottoms = min(b.y0 for b in boxes), max(b.y1 for b in boxes)
    rest = ((paper.y1 - bottoms) - (tops - paper.y0)) / max(1, paper.height)
    asymmetry, weight = 0.0, 0.0
    for box in boxes:
        profile = mask[box.y0 : box.y1, box.x0 : box.x1].astype(np.float64).sum(axis=1)
        total = profile.sum()
        if total <= 0 or box.height < 6 or box.width < 2 * box.height:
            continue
        rows = (np.arange(box.height) + 0.5) / box.height
        mean = float((rows * profile).sum() / total)
        spread = float(np.sqrt(((rows - mean) ** 2 * profile).sum() / total))
        third = float(((rows - mean) ** 3 * profile).sum() / total) / max(spread, 1e-3) ** 3
        asymmetry += -third * box.width
        weight += box.width
    centres = np.array([(b.y0 + b.y1) / 2 for b in boxes])
    heights = np.array([b.height for b in boxes], np.float64)
    order = float(np.corrcoef(centres, heights)[0, 1]) if len(boxes) > 3 and heights.std() > 0 else 0.0
    return np.array([float(margin), float(rest), asymmetry / weight if weight else 0.0, order])


def _spread(places: NDArray[np.int64], unit: float) -> float:
    """Mean distance of line ends from their commonest place, in line heights, at least a half."""
    nearest = min(float(np.minimum(np.abs(places - p) / unit, 6).mean()) for p in places)
    return nearest + 0.5


_WEIGHTS = np.array([2.0, 5.0, 8.0, 3.0])


def upright_probability(cues: NDArray[np.float64]) -> float:
    """Return 0-1, how likely it is that the page is not upside down (logistic in the cues)."""
    return float(1 / (1 + np.exp(-np.clip(cues @ _WEIGHTS, -30, 30))))
