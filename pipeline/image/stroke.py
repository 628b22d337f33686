"""Written by hand or printed: print repeats its heights, keeps its baseline, and parts its letters."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.domain.paper import Stroke

_WEIGHTS = np.array([8.0, 18.0, 1.5, 11.0, 0.0, -0.2])
_BIAS = -2.8


def stroke_cues(crop: NDArray[np.uint8]) -> NDArray[np.float64]:
    """Return six cues of one line, fit for `hand_probability`.

    They are: scatter of the letters' feet about a straight baseline, distance of their heights to the next
    like heights, share of ink in joined letters, variation of the stroke's width, usual width of a letter
    (all in letter heights), and letters a line width of ten heights.

    Args:
        crop: gray (h, w), upright, 255 = paper, at the page's own resolution.
    """
    dark = float(np.percentile(crop, 1))
    ink = np.pad((crop < (dark + 252) / 2).astype(np.uint8), 1)
    _, _, raw, _ = cv2.connectedComponentsWithStats(ink, connectivity=8)
    parts = raw[1:].astype(np.float64)
    parts = parts[parts[:, 4] >= max(4.0, 0.0008 * crop.size / max(1.0, crop.shape[1] / crop.shape[0]))]
    if not len(parts) or dark > 240:
        return np.zeros(6)
    usual = _weighted_median(parts[:, 3], np.sqrt(parts[:, 4]))
    letters = parts[(parts[:, 3] > 0.5 * usual) & (parts[:, 3] < 2.0 * usual)]
    feet, middle = letters[:, 1] + letters[:, 3], letters[:, 0] + letters[:, 2] / 2
    away = np.abs(feet - _baseline(middle, feet)) / usual
    # Descenders stand below in print too: the better two thirds tell.
    scatter = float(np.sort(away)[: max(1, 2 * len(away) // 3)].mean())
    heights = np.sort(letters[:, 3]) / usual
    ranked = np.sort(np.abs(heights[:, None] - heights[None, :]), axis=1)
    unlike = float(ranked[:, min(3, len(heights) - 1)].mean()) if len(heights) > 4 else 0.1
    joined = float(parts[parts[:, 2] > 1.5 * parts[:, 3]][:, 4].sum() / parts[:, 4].sum())
    depth = cv2.distanceTransform(ink, cv2.DIST_L2, 3)
    # Far from any paper OpenCV says "as good as endless": no stroke is thicker than its crop.
    depth = np.minimum(depth, max(ink.shape))
    ridge = depth[(depth >= cv2.dilate(depth, np.ones((3, 3), np.uint8))) & (depth > 0)]
    varied = float(ridge.std() / ridge.mean())
    wide = _weighted_median(parts[:, 2], np.sqrt(parts[:, 4])) / usual
    dense = len(letters) * usual * 10 / max(1, crop.shape[1])
    return np.array([min(scatter, 0.5), min(unlike, 0.5), joined, varied, min(wide, 4.0), dense])


def _weighted_median(values: NDArray[np.float64], weights: NDArray[np.float64]) -> float:
    order = np.argsort(values)
    middle = int(np.searchsorted(np.cumsum(weights[order]), weights.sum() / 2))
    return max(1.0, float(values[order][min(middle, len(values) - 1)]))


def _baseline(middle: NDArray[np.float64], feet: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the feet of a straight line through most letters (least squares, then without the outliers)."""
    level = np.full(len(feet), float(np.median(feet)))
    if len(feet) < 4 or float(np.ptp(middle)) < 1:
        return level
    near = np.abs(feet - level) <= np.median(np.abs(feet - level)) + 1
    if near.sum() < 3 or float(np.ptp(middle[near])) < 1:
        return level
    return np.asarray(np.polyval(np.polyfit(middle[near], feet[near], 1), middle), dtype=np.float64)


def hand_probability(cues: NDArray[np.float64]) -> float:
    """Return 0-1, how likely it is that a line was written by hand (logistic in the cues)."""
    return float(1 / (1 + np.exp(-np.clip(cues @ _WEIGHTS + _BIAS, -30, 30))))


def stroke_of(chance: float) -> Stroke:
    """Return hand or print for a probability of hand; in doubt hand: its reader reads print too."""
    return Stroke.HAND if chance > 0.45 else Stroke.PRINT
