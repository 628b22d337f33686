"""Written by hand or printed: print repeats its heights, keeps its baseline, and parts its letters."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pipeline.domain.paper import Stroke
from pipeline.image.lines import InkLine

_WEIGHTS = np.array([3.0, 2.0, 2.0, 1.0, 0.0])
_BIAS = -2.0


def stroke_cues(line: InkLine, page_height: float, thickness: NDArray[np.float32]) -> NDArray[np.float64]:
    """Return five cues, all larger for handwriting.

    They are: scatter of the letters' feet about a straight baseline, spread of their heights about the
    nearest common height, share of ink in joined letters, size against the page's usual letter, spread of
    the stroke's width.

    Args:
        line: with its components.
        page_height: usual component height of the page, px.
        thickness: distance of every ink pixel to the paper, (h, w).
    """
    parts = line.parts.astype(np.float64)
    tall = parts[:, 3]
    usual = float(np.median(np.repeat(tall, np.maximum(1, (parts[:, 4] / 8).astype(int)))))
    letters = parts[(tall > 0.5 * usual) & (tall < 2.2 * usual)]
    if len(letters) < 3:
        letters = parts
    feet = letters[:, 1] + letters[:, 3]
    middle = letters[:, 0] + letters[:, 2] / 2
    slope = (
        np.polyfit(middle, feet, 1) if len(letters) > 3 and np.ptp(middle) > usual else (0.0, np.median(feet))
    )
    away = np.abs(feet - np.polyval(slope, middle))
    # Descenders stand below in print too: the better two thirds tell.
    scatter = float(np.sort(away)[: max(1, 2 * len(away) // 3)].mean()) / usual
    heights = np.sort(letters[:, 3]) / usual
    steps = float(np.median(np.abs(heights[:, None] - heights[None, :]).mean(axis=1)))
    joined = float(parts[parts[:, 2] > 1.6 * parts[:, 3]][:, 4].sum() / max(1.0, parts[:, 4].sum()))
    box = line.box
    local = thickness[box.y0 : box.y1, box.x0 : box.x1]
    core = local[local > 0.9]
    width = float(core.std() / core.mean()) if core.size > 10 else 0.3
    return np.array([scatter, steps, joined, usual / max(page_height, 1.0), width])


def hand_probability(cues: NDArray[np.float64]) -> float:
    """Return 0-1, how likely it is that a line was written by hand (logistic in the cues)."""
    return float(1 / (1 + np.exp(-np.clip(cues @ _WEIGHTS + _BIAS, -30, 30))))


def stroke_of(cues: NDArray[np.float64]) -> Stroke:
    """Return hand or print; doubt goes to the hand, whose reader also reads print."""
    return Stroke.HAND if hand_probability(cues) > 0.4 else Stroke.PRINT
