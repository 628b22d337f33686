"""Blank sides: no line of ink; bleed-through, rules and specks are none."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.image.lines import InkLine

INK = 220
"""Flattened gray below which a pixel is ink; what shines through from the back stays above 230."""
FAINT = 238
"""The same for pale marks such as printed rules, which are looked for and never read."""


def without_edges(flat: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return the page with dark bands along the image's sides (lid, sheet edge, staple shadow) made white.

    Args:
        flat: gray (h, w), paper about 252.
    """
    mask = (flat < INK).astype(np.uint8)
    height, width = mask.shape
    count, labels, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=8)
    x, y, w, h = (stats[:, column] for column in range(4))
    reaches = (x <= 3) | (y <= 3) | (x + w >= width - 3) | (y + h >= height - 3)
    frame = np.ones(mask.shape, np.bool_)
    inset = max(4, round(0.06 * min(height, width)))
    frame[inset:-inset, inset:-inset] = False
    near = np.bincount(labels[frame], minlength=count)
    band = (
        reaches & (np.maximum(w, h) > 0.04 * max(height, width)) & (near > 0.7 * stats[:, cv2.CC_STAT_AREA])
    )
    band[0] = False
    if not band.any():
        return flat
    gone = cv2.dilate(band[labels].astype(np.uint8), np.ones((5, 5), np.uint8)) > 0
    return np.where(gone, 255, flat).astype(np.uint8)


def is_blank(lines: Sequence[InkLine], mask: NDArray[np.uint8]) -> bool:
    """Return whether nobody wrote or printed on this side.

    Args:
        lines: as found.
        mask: 255 where there is ink, at the lines' scale.
    """
    ink = sum(int(line.parts[:, 4].sum()) for line in lines)
    return not lines or ink < 4e-5 * mask.size
