"""Recognising a sheet that was scanned twice, by where its handwriting stands."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

_SIDE = 96
_GLANCE = 0.6
SAME_SHEET: float = 0.8
"""Likeness from which two sides are taken for the same sheet."""


def fingerprint(ink: NDArray[np.uint8]) -> bytes:
    """Describe where the ink is, whatever the resolution, shift or margins of the scan.

    The ink's own centre and spread set the frame, so paper size, resolution and place on the glass fall out.

    Args:
        ink: (h, w), above 0 where there is handwriting, page upright and straight; letterheads left out,
            since all of a doctor's sheets share them.

    Returns:
        96 x 96 densities, one byte each; empty where there is too little ink.
    """
    ys, xs = np.nonzero(ink)
    if len(xs) < 60:
        return b""
    # Order statistics rather than moments: a stray signature or speck moves them little.
    left, right = np.percentile(xs, [4, 96])
    top, bottom = np.percentile(ys, [4, 96])
    spread = max(right - left, bottom - top, 8.0)
    scale = (_SIDE * 0.78) / spread
    centre = ((left + right) / 2, (top + bottom) / 2)
    turn = np.array(
        [[scale, 0, _SIDE / 2 - scale * centre[0]], [0, scale, _SIDE / 2 - scale * centre[1]]], np.float64
    )
    columns = np.round(xs * turn[0, 0] + turn[0, 2]).astype(np.int64)
    rows = np.round(ys * turn[1, 1] + turn[1, 2]).astype(np.int64)
    inside = (columns >= 0) & (columns < _SIDE) & (rows >= 0) & (rows < _SIDE)
    density = np.bincount(rows[inside] * _SIDE + columns[inside], minlength=_SIDE * _SIDE).astype(np.float32)
    density = np.sqrt(density / max(1.0, float(density.max())))
    return bytes(np.round(255 * density).astype(np.uint8).tobytes())


def same_sheet(a: bytes, b: bytes) -> float:
    """Return the likeness of two sides, 0-1: best correlation over small shifts, either way up.

    Args:
        a: a fingerprint; empty = nothing to compare, likeness 0.
        b: another.
    """
    if len(a) != _SIDE * _SIDE or len(b) != _SIDE * _SIDE:
        return 0.0
    first, second = _picture(a), _picture(b)
    best = 0.0
    for turned in (second, np.ascontiguousarray(second[::-1, ::-1])):
        rough = _rough(first, turned)
        # Most pairs of a practice's sheets differ at a glance; only likely ones are laid over each other.
        best = max(best, _correlation(first, turned) if rough > _GLANCE else min(rough, _GLANCE))
    return max(0.0, best)


def _rough(a: NDArray[np.float32], b: NDArray[np.float32]) -> float:
    """Correlation of two pictures at a quarter of their size, over small shifts."""
    small = [cv2.resize(p, (_SIDE // 4, _SIDE // 4), interpolation=cv2.INTER_AREA) for p in (a, b)]
    blurred = [cv2.GaussianBlur(p, (0, 0), 1.2) for p in small]
    framed = cv2.copyMakeBorder(blurred[1], 2, 2, 2, 2, cv2.BORDER_CONSTANT, value=0)
    return float(cv2.matchTemplate(framed, blurred[0], cv2.TM_CCOEFF_NORMED).max())


def _picture(code: bytes) -> NDArray[np.float32]:
    picture = np.frombuffer(code, np.uint8).reshape(_SIDE, _SIDE).astype(np.float32)
    return np.asarray(cv2.GaussianBlur(picture, (0, 0), 0.8), dtype=np.float32)


def _correlation(a: NDArray[np.float32], b: NDArray[np.float32]) -> float:
    """Best normalised correlation of two pictures over shifts and stretches of a few cells."""
    best = 0.0
    for stretch in (0.94, 0.97, 1.0, 1.03, 1.06):
        centre = (_SIDE - 1) / 2
        turn = cv2.getRotationMatrix2D((centre, centre), 0, stretch)
        moved = cv2.warpAffine(np.ascontiguousarray(b), turn, (_SIDE, _SIDE))
        framed = cv2.copyMakeBorder(moved, 4, 4, 4, 4, cv2.BORDER_CONSTANT, value=0)
        best = max(best, float(cv2.matchTemplate(framed, a, cv2.TM_CCOEFF_NORMED).max()))
    return best
