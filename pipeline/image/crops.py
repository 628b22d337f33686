"""Upright pictures of lines, cut out of the flattened page."""

from __future__ import annotations

from math import dist

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.domain.geometry import Quad


def cut(flat: NDArray[np.uint8], quad: Quad, *, margin: float = 0.08) -> NDArray[np.uint8]:
    """Return what a quad holds, upright, at the page's own resolution.

    Args:
        flat: gray (h, w), 0 = ink, 255 = paper, in the quad's coordinates.
        quad: clockwise from where the writing starts.
        margin: added on every side, as a fraction of the quad's height.

    Returns:
        Gray (h, w), at least 1 by 1; what lies beyond the page is 255.
    """
    corners = np.array(quad.corners, np.float32)
    width = max(1.0, (dist(*quad.corners[:2]) + dist(*quad.corners[2:])) / 2)
    height = max(1.0, (dist(corners[1], corners[2]) + dist(corners[3], corners[0])) / 2)
    pad = margin * height
    size = (max(1, round(width + 2 * pad)), max(1, round(height + 2 * pad)))
    target = np.array(
        [(pad, pad), (pad + width, pad), (pad + width, pad + height), (pad, pad + height)], np.float32
    )
    turn = cv2.getPerspectiveTransform(corners, target)
    return np.asarray(
        cv2.warpPerspective(
            flat, turn, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT, borderValue=255
        ),
        dtype=np.uint8,
    )
