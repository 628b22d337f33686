"""A single image of a word or a line from anywhere, brought to what a line crop of a page looks like.

Crops of pages are dark on light and have a line's margins already. An image that somebody hands over may be
light on dark, cut to its ink, or lie in much empty paper.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

Gray = NDArray[np.uint8]

WORD = 6.0
"""An image at most so many heights wide counts as a word or two."""
_LEAST_CONTRAST = 24
"""Gray levels between paper and ink below which there is nothing to read."""
_TIGHT = 0.06
"""Paper above and below, as a fraction of the height, of a crop that counts as cut to its ink."""
_MARGIN = 0.15
"""Paper that such a crop gets on every side, as a fraction of its height: words cut from development lines
and trimmed to their ink read with 12.0 % wrong letters instead of 14.4; more margin gained nothing. Whole
lines get none: cut along their letters as the development lines are, they read worse with it (4.3 % against
4.0 %)."""
_LOOSE = 0.3
"""Ink's share of the height below which the paper around it is cut away."""


def framed(gray: Gray) -> Gray:
    """Return an image of one word or line, dark on light, with a line's margins.

    An ordinary line crop comes back as it is.

    Args:
        gray: uint8 (h, w), any size.
    """
    if min(gray.shape) < 4:
        return gray
    low, middle, high = (float(value) for value in np.percentile(gray, (0.1, 50, 99.9)))
    if high - low < _LEAST_CONTRAST:
        return gray
    if middle - low < high - middle:  # most of an image of writing is its ground
        gray = np.asarray(255 - gray, np.uint8)
    return _with_margins(gray)


def _with_margins(gray: Gray) -> Gray:
    """Add paper to a word that is cut to its ink; cut away paper in which the ink is lost."""
    height, width = gray.shape
    left, top, right, bottom = _ink_extent(gray)
    tall = bottom - top
    if tall < _LOOSE * height:
        pad = max(2, round(0.25 * tall))
        return gray[max(0, top - pad) : bottom + pad, max(0, left - pad) : min(width, right + pad)]
    short = width <= WORD * height
    if short and top <= _TIGHT * height and height - bottom <= _TIGHT * height:
        pad, paper = max(1, round(_MARGIN * height)), int(np.percentile(gray, 90))
        padded = cv2.copyMakeBorder(gray, pad, pad, pad, pad, cv2.BORDER_CONSTANT, value=paper)
        return np.asarray(padded, np.uint8)
    return gray


def _ink_extent(gray: Gray) -> tuple[int, int, int, int]:
    """Return left, top, right and bottom of the ink, px, specks left out; right and bottom are exclusive."""
    low, paper = (float(value) for value in np.percentile(gray, (0.1, 80)))
    mask = (gray < paper - 0.4 * (paper - low)).astype(np.uint8)
    _, _, parts, _ = cv2.connectedComponentsWithStats(mask, connectivity=8)
    parts = parts[1:]
    if not len(parts):
        return 0, 0, gray.shape[1], gray.shape[0]
    area = parts[:, cv2.CC_STAT_AREA]
    parts = parts[area >= 0.05 * area.max()]
    left, top = parts[:, cv2.CC_STAT_LEFT], parts[:, cv2.CC_STAT_TOP]
    right, bottom = left + parts[:, cv2.CC_STAT_WIDTH], top + parts[:, cv2.CC_STAT_HEIGHT]
    return int(left.min()), int(top.min()), int(right.max()), int(bottom.max())
