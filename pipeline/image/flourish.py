"""Large single strokes of a page: what a signature is drawn with, and the frame that a stamp prints."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.domain.geometry import Box
from pipeline.image.lines import InkLine

Gray = NDArray[np.uint8]
T = TypeVar("T", bound=np.generic)

_TALL = 1.2
"""Height of a flourish, in heights of the page's written lines, at least: a joined word is lower."""
_LONG, _LONGEST = 1.2, 5.0
"""Width over height: a signature runs along; what runs further is a line of writing that hangs together."""
_FRAME_TALL, _FRAME_LONGEST = 0.6, 10.0
"""The same for frames: where one is nearly level, what is left of it without its long sides is low."""
_FRAME_WIDE = 2.5
"""Width of a frame, in heights of the page's written lines, at least: a round letter is like one."""
_FILLED = 0.35
"""Share of ink in its box, at most: letters printed bold and logos fill more."""
_WRITTEN = 0.9
"""Probability of being handwritten from which a line tells how high this page's hand writes."""
_ON_OUTLINE = 0.85
"""Share of a frame's ink on the rectangle around it, at least; of signatures it is under a half."""


@dataclass(frozen=True, slots=True)
class Flourish:
    """A connected piece of ink larger than the page's words.

    Attributes:
        box: where it stands, px of the mask.
        ink: (h, w) of the box, True where it is.
        share: for every line of the page, how much of that line's ink it is, 0-1.
        held: for every line of the page, how much of it that line holds, 0-1.
        frame: it runs along the closest rectangle around it.
        way: how far the pen went, in widths of the box.
    """

    box: Box
    ink: NDArray[np.bool_]
    share: tuple[float, ...]
    held: tuple[float, ...]
    frame: bool
    way: float


def flourishes(mask: Gray, found: Sequence[tuple[InkLine, float]]) -> list[Flourish]:
    """Return the large strokes of a page; none where nothing else tells how high its hand writes.

    Args:
        mask: (h, w), 255 where there is ink, upright, rules removed.
        found: its lines with their probabilities of being handwritten.
    """
    _, labels, raw, _ = cv2.connectedComponentsWithStats(mask, connectivity=8)
    stats = np.asarray(raw, np.int32)
    least = min((line.box.height for line, chance in found if chance > _WRITTEN), default=0)
    wide, tall, ink = stats[:, 2], stats[:, 3], stats[:, 4]
    large = (tall >= max(_FRAME_TALL * least, 8)) & (ink < _FILLED * wide * tall)
    large &= (wide >= _LONG * tall) & (wide <= _FRAME_LONGEST * tall)
    large[0] = False
    if not least or not large.any():
        return []
    totals = [int(np.count_nonzero(_within(mask, line.box))) for line, _ in found]
    result = []
    for label in np.flatnonzero(large):
        box = Box(*(int(v) for v in (*stats[label, :2], *(stats[label, :2] + stats[label, 2:4]))))
        own = [int(np.count_nonzero(_within(labels, line.box) == label)) for line, _ in found]
        share = tuple(part / max(1, total) for part, total in zip(own, totals, strict=True))
        usual = _usual_height(found, share)
        if not usual or box.height < _FRAME_TALL * usual:
            continue
        there = np.asarray(_within(labels, box) == label, np.bool_)
        frame = box.width >= _FRAME_WIDE * usual and _is_frame(there)
        if frame or (box.height >= _TALL * usual and box.width <= _LONGEST * box.height):
            held = tuple(part / int(ink[label]) for part in own)
            result.append(Flourish(box, there, share, held, frame, _way(there)))
    return result


def _usual_height(found: Sequence[tuple[InkLine, float]], share: Sequence[float]) -> float:
    """Return the median height of the written lines that a stroke has little part in, px; 0 = none."""
    heights = [
        line.box.height
        for (line, chance), part in zip(found, share, strict=True)
        if chance > _WRITTEN and part < 0.3 and line.box.width > 3 * line.box.height
    ]
    return float(np.median(heights)) if heights else 0.0


def _is_frame(ink: NDArray[np.bool_]) -> bool:
    """Whether a piece of ink runs along the closest rectangle around it, as a half of one does, too."""
    around = cv2.minAreaRect(cv2.findNonZero(ink.astype(np.uint8)))
    thick = max(5, round(0.12 * min(around[1])))
    outline = np.zeros(ink.shape, np.uint8)
    cv2.polylines(outline, [np.round(cv2.boxPoints(around)).astype(np.int32)], True, 1, thickness=thick)
    return bool(np.count_nonzero(ink & (outline > 0)) >= _ON_OUTLINE * np.count_nonzero(ink))


def _way(ink: NDArray[np.bool_]) -> float:
    """Return the length of a piece of ink, its area over its usual thickness, in widths of the picture."""
    depth = cv2.distanceTransform(np.pad(ink, 1).astype(np.uint8), cv2.DIST_L2, 3)
    ridge = depth[(depth >= cv2.dilate(depth, np.ones((3, 3), np.uint8))) & (depth > 0)]
    return float(np.count_nonzero(ink) / (2 * ridge.mean()) / ink.shape[1])


def _within(picture: NDArray[T], box: Box) -> NDArray[T]:
    return picture[box.y0 : box.y1, box.x0 : box.x1]
