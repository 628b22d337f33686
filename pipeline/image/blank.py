"""Blank sides: no line of ink; bleed-through, rules and specks are none."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.image.lines import InkLine

INK = 212
"""Flattened gray below which a pixel is ink; what shines through from the back stays above 230."""


def ink_mask(flat: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return 255 where there is ink, without dark bands that reach the image's sides.

    Args:
        flat: gray (h, w), paper about 252.
    """
    mask = np.asarray(cv2.compare(flat, INK, cv2.CMP_LT), dtype=np.uint8)
    height, width = mask.shape
    count, labels, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=8)
    x, y, w, h = (stats[:, column] for column in range(4))
    reaches = (x <= 2) | (y <= 2) | (x + w >= width - 2) | (y + h >= height - 2)
    band = (
        reaches
        & (np.maximum(w, h) > 0.04 * max(height, width))
        & (np.minimum(w, h) < 0.15 * min(height, width))
    )
    band[0] = False
    if count > 1 and band.any():
        mask[cv2.dilate(band[labels].astype(np.uint8), np.ones((3, 3), np.uint8)) > 0] = 0
    return mask


def is_blank(lines: Sequence[InkLine], mask: NDArray[np.uint8]) -> bool:
    """Return whether nobody wrote or printed on this side.

    Args:
        lines: as found.
        mask: 255 where there is ink, at the lines' scale.
    """
    ink = sum(int(line.parts[:, 4].sum()) for line in lines)
    return not lines or ink < 4e-5 * mask.size
