"""Written by hand or printed: print repeats its heights, keeps its baseline, and stands straight."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.domain.paper import Stroke

Cues = NDArray[np.float64]

CUES = 12
WEIGHTS = Path(__file__).with_name("stroke.toml")
_TURNS = 36
"""Directions of edges told apart, over half a turn."""


def stroke_cues(crop: NDArray[np.uint8]) -> Cues:
    """Return the cues of one line, fit for `hand_probability`; all 0 where there is no ink.

    Of the letters: scatter of their feet about a straight baseline, distance of their heights to the next
    like heights, share of ink in joined letters, variation of the stroke's width, usual width (all in
    letter heights), letters a line width of ten heights. Of the edges: share upright, share level, how
    much commoner another steep direction is than upright, evenness over all directions. Of the sizes:
    stroke's width over letter height, letter height over the crop's.

    Args:
        crop: gray (h, w), upright, 255 = paper, at the page's own resolution, cut close.
    """
    dark = float(np.percentile(crop, 1)) if crop.size else 255.0
    ink = np.pad((crop < (dark + 252) / 2).astype(np.uint8), 1)
    _, _, raw, _ = cv2.connectedComponentsWithStats(ink, connectivity=8)
    every = raw[1:].astype(np.float64)
    parts = every[every[:, 4] >= max(4.0, 0.0008 * crop.size / max(1.0, crop.shape[1] / crop.shape[0]))]
    if not len(parts) or dark > 240:
        return np.zeros(CUES)
    from_paper = cv2.distanceTransform(ink, cv2.DIST_L2, 3)
    # Far from any paper OpenCV says "as good as endless": no stroke is thicker than its crop.
    depth = np.minimum(from_paper, max(ink.shape))
    ridge = depth[(depth >= cv2.dilate(depth, np.ones((3, 3), np.uint8))) & (depth > 0)]
    tall = _weighted_median(every[every[:, 4] >= 4][:, 3:5])
    sizes = [2 * float(ridge.mean()) / tall, tall / crop.shape[0]]
    varied = float(ridge.std() / ridge.mean())
    return np.array([*_letters(parts, varied, crop.shape[1]), *_edges(crop), *sizes])


def _letters(parts: Cues, varied: float, width: int) -> list[float]:
    """Return the six cues of letters; parts are rows (x, y, width, height, ink px)."""
    usual = _weighted_median(parts[:, 3:5])
    letters = parts[(parts[:, 3] > 0.5 * usual) & (parts[:, 3] < 2.0 * usual)]
    feet, middle = letters[:, 1] + letters[:, 3], letters[:, 0] + letters[:, 2] / 2
    away = np.abs(feet - _baseline(middle, feet)) / usual
    # Descenders stand below in print too: the better two thirds tell.
    scatter = float(np.sort(away)[: max(1, 2 * len(away) // 3)].mean())
    heights = np.sort(letters[:, 3]) / usual
    ranked = np.sort(np.abs(heights[:, None] - heights[None, :]), axis=1)
    unlike = float(ranked[:, min(3, len(heights) - 1)].mean()) if len(heights) > 4 else 0.1
    joined = float(parts[parts[:, 2] > 1.5 * parts[:, 3]][:, 4].sum() / parts[:, 4].sum())
    wide = _weighted_median(parts[:, [2, 4]]) / usual
    dense = len(letters) * usual * 10 / max(1, width)
    return [min(scatter, 0.5), min(unlike, 0.5), joined, varied, min(wide, 4.0), dense]


def _edges(crop: NDArray[np.uint8]) -> list[float]:
    """Return the four cues of the edges' directions: upright strokes are print's, slanted ones a hand's."""
    across, down = cv2.Sobel(crop, cv2.CV_32F, 1, 0), cv2.Sobel(crop, cv2.CV_32F, 0, 1)
    strength, angle = cv2.cartToPolar(across, down, angleInDegrees=True)
    flat = strength.ravel()
    highest = int(0.99 * (len(flat) - 1))
    strong = strength > 0.35 * np.partition(flat, highest)[highest]
    turn = ((angle[strong] + 180 / _TURNS / 2) * (_TURNS / 180)).astype(np.int64) % _TURNS
    sums = np.bincount(turn, weights=strength[strong], minlength=_TURNS).astype(np.float64)
    share = sums / max(float(sums.sum()), 1e-6)
    wide = share + (np.roll(share, 1) + np.roll(share, -1)) / 2
    steep = float(max(wide[:6].max(), wide[-5:].max()))
    even = float(-(share * np.log(share + 1e-9)).sum() / np.log(_TURNS))
    return [float(wide[0]), float(wide[_TURNS // 2]), steep - float(wide[0]), even]


def _weighted_median(values: Cues) -> float:
    """Return the median, at least 1, of rows (value, ink px), weighted by the root of the ink."""
    if not len(values):
        return 1.0
    order = np.argsort(values[:, 0])
    weights = np.sqrt(values[order, 1])
    middle = int(np.searchsorted(np.cumsum(weights), weights.sum() / 2))
    return max(1.0, float(values[order[min(middle, len(values) - 1)], 0]))


def _baseline(middle: Cues, feet: Cues) -> Cues:
    """Return the feet of a straight line through most letters (least squares, then without the outliers)."""
    level = np.full(len(feet), float(np.median(feet)))
    if len(feet) < 4 or float(np.ptp(middle)) < 1:
        return level
    near = np.abs(feet - level) <= np.median(np.abs(feet - level)) + 1
    if near.sum() < 3 or float(np.ptp(middle[near])) < 1:
        return level
    return np.asarray(np.polyval(np.polyfit(middle[near], feet[near], 1), middle), dtype=np.float64)


def expanded(cues: Cues) -> Cues:
    """Return a constant, standardised cues and their products in pairs, (..., 1 + n + n (n + 1) / 2)."""
    one = np.concatenate([np.ones((*cues.shape[:-1], 1)), cues], axis=-1)
    first, second = np.triu_indices(one.shape[-1])
    return np.asarray(one[..., first] * one[..., second], dtype=np.float64)


@cache
def _fitted() -> tuple[Cues, Cues, Cues]:
    """Return mean, scale and weights; models/hand_or_print/train.py wrote them."""
    table = tomllib.loads(WEIGHTS.read_text(encoding="utf-8"))
    return tuple(np.array(table[name], np.float64) for name in ("mean", "scale", "weights"))  # type: ignore[return-value]


def hand_probability(cues: Cues) -> float:
    """Return 0-1, how likely it is that a line was written by hand (logistic in cues and their products)."""
    mean, scale, weights = _fitted()
    # Cues far outside what was fitted tell no more than those at its rim.
    known = np.clip((cues - mean) / scale, -4, 4)
    return float(1 / (1 + np.exp(-np.clip(expanded(known) @ weights, -30, 30))))


def stroke_of(chance: float) -> Stroke:
    """Return hand or print for a probability of hand; in doubt hand: its reader reads print too."""
    return Stroke.HAND if chance > 0.45 else Stroke.PRINT
