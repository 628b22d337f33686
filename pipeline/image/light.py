"""Even light: paper becomes white, ink stays dark, whatever lies outside the paper is whitened."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

Gray = NDArray[np.uint8]

_MASK_SIDE = 360
"""Long side, px, at which the paper is looked for: enough for an edge, too little for ink."""
_MIN_CONTRAST = 45
"""Gray levels between paper and what lies beside it; paler surroundings do no harm."""


@dataclass(frozen=True, slots=True)
class Paper:
    """Where the paper lies.

    Attributes:
        mask: 255 on paper, 0 beside it, (h, w) at a reduced scale; None = paper everywhere.
        corners: (4, 2) float32, fractions of width and height, clockwise from the top left; None = no
            four-cornered outline was found.
        open_sides: how many sides of the image show something other than paper, 0-4.
    """

    mask: Gray | None
    corners: NDArray[np.float32] | None
    open_sides: int


def to_gray(pixels: NDArray[np.uint8]) -> Gray:
    """Return gray (h, w) of gray or RGB pixels."""
    if pixels.ndim == 2:
        return np.ascontiguousarray(pixels)
    return np.asarray(cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY), dtype=np.uint8)


def shrink(image: Gray, factor: float) -> Gray:
    """Return the image reduced by `factor` (at least 1), every pixel the mean of those it covers."""
    if factor <= 1:
        return image
    size = (max(1, round(image.shape[1] / factor)), max(1, round(image.shape[0] / factor)))
    return np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)


def find_paper(gray: Gray) -> Paper:
    """Find the sheet on a dark table or against the dark lid of a scanner.

    Two classes of gray (Otsu 1979) are taken for paper and surroundings only where they lie far apart
    and the dark one reaches the image's sides.
    """
    small = shrink(gray, max(gray.shape) / _MASK_SIDE)
    ink_free = cv2.medianBlur(cv2.dilate(small, np.ones((5, 5), np.uint8)), 5)
    _, bright = cv2.threshold(ink_free, 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU)
    dark = ink_free[bright == 0]
    light = ink_free[bright > 0]
    if not dark.size or not light.size or float(light.mean()) - float(dark.mean()) < _MIN_CONTRAST:
        return Paper(None, None, 0)
    sides = (bright[0], bright[-1], bright[:, 0], bright[:, -1])
    open_sides = sum(float((side == 0).mean()) > 0.3 for side in sides)
    count, labels, stats, _ = cv2.connectedComponentsWithStats(bright, connectivity=4)
    largest = 1 + int(np.argmax(stats[1:, cv2.CC_STAT_AREA])) if count > 1 else 0
    if not largest or not open_sides or stats[largest, cv2.CC_STAT_AREA] < 0.15 * bright.size:
        return Paper(None, None, 0)
    contour = max(
        cv2.findContours((labels == largest).astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)[0],
        key=cv2.contourArea,
    )
    hull = cv2.convexHull(contour)
    corners = _four_corners(hull, small.shape)
    mask = np.zeros(bright.shape, np.uint8)
    outline = hull if corners is None else corners * np.array([small.shape[1], small.shape[0]], np.float32)
    cv2.fillConvexPoly(mask, np.round(outline).astype(np.int32), 255)
    # The dilation that removed ink also grew the paper; two pixels more lose the edge's own shadow.
    mask = np.asarray(cv2.erode(mask, np.ones((7, 7), np.uint8), borderValue=255), dtype=np.uint8)
    if float((mask > 0).mean()) > 0.995:
        return Paper(None, None, 0)
    return Paper(mask, corners, open_sides)


def _four_corners(hull: NDArray[np.int32], shape: tuple[int, ...]) -> NDArray[np.float32] | None:
    """Return the quadrilateral around a hull, as fractions of width and height.

    A shadow or a folded corner adds sides: the side that costs least area is dropped, its neighbours
    prolonged until they meet, as long as they meet on or near the image.
    """
    outline = cv2.approxPolyDP(hull, 0.01 * cv2.arcLength(hull, True), True).reshape(-1, 2).astype(np.float64)
    area, limit = cv2.contourArea(hull), np.array([shape[1], shape[0]], np.float64)
    while len(outline) > 4:
        shapes = [_without_side(outline, side) for side in range(len(outline))]
        fits = [o for o in shapes if o is not None and (o > -0.1 * limit).all() and (o < 1.1 * limit).all()]
        if not fits:
            return None
        outline = min(fits, key=lambda o: float(cv2.contourArea(o.astype(np.float32))))
    if len(outline) != 4 or cv2.contourArea(outline.astype(np.float32)) > 1.3 * area:
        return None
    total, difference = outline.sum(axis=1), outline[:, 1] - outline[:, 0]
    order = [int(total.argmin()), int(difference.argmin()), int(total.argmax()), int(difference.argmax())]
    return np.asarray(outline[order] / limit, dtype=np.float32) if len(set(order)) == 4 else None


def _without_side(outline: NDArray[np.float64], side: int) -> NDArray[np.float64] | None:
    """Return the polygon whose side from corner `side` is replaced by where its neighbours meet."""
    rolled = np.roll(outline, 1 - side, axis=0)
    before, start, end, after = rolled[:4] if len(rolled) > 4 else rolled
    a, b = start - before, end - after
    cross = a[0] * b[1] - a[1] * b[0]
    if abs(cross) < 1e-6:
        return None
    away = ((end - start)[0] * b[1] - (end - start)[1] * b[0]) / cross
    if away < 0:
        return None
    return np.concatenate([rolled[:1], (start + away * a)[None], rolled[3:]])


def background(gray: Gray, paper: Paper) -> Gray:
    """Return the paper's own brightness, 1-255, at about a quarter of the scale given.

    Closing takes away the ink (strokes are narrower than its window), blurring leaves shadow and tint.
    """
    small = shrink(gray, 4)
    if paper.mask is not None:
        mask = cv2.resize(paper.mask, (small.shape[1], small.shape[0]), interpolation=cv2.INTER_NEAREST)
        inside = small[mask > 0]
        small = np.where(mask > 0, small, np.uint8(np.median(inside) if inside.size else 255))
    window = max(9, round(max(small.shape) / 35)) | 1
    closed = cv2.morphologyEx(
        small, cv2.MORPH_CLOSE, cv2.getStructuringElement(cv2.MORPH_RECT, (window, window))
    )
    return np.asarray(np.maximum(cv2.blur(closed, (window, window)), 24), dtype=np.uint8)


def flatten(gray: Gray, ground: Gray, paper: Paper) -> Gray:
    """Return gray divided by the background: paper about 250-255, ink dark, outside the paper 255."""
    size = (gray.shape[1], gray.shape[0])
    flat = cv2.divide(gray, cv2.resize(ground, size, interpolation=cv2.INTER_LINEAR), scale=252)
    if paper.mask is not None:
        flat[cv2.resize(paper.mask, size, interpolation=cv2.INTER_NEAREST) == 0] = 255
    return np.asarray(flat, dtype=np.uint8)
