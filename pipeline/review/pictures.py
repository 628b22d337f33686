"""Pictures for the screens: pages and lines as JPEG, made once, kept a while in memory."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from threading import Lock

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.domain.geometry import Quad
from pipeline.image.crops import cut

Pixels = NDArray[np.uint8]

VIEW_PX = 1800
"""Longest side of a page on the screen; zooming shows every pixel."""
CROP_MARGIN = 0.12
TRAIT_MARGIN = 0.3
KEPT_PAGES = 4
KEPT_BYTES = 64_000_000


class Pictures:
    """Encodes and remembers.

    A page may take a second to decode and its lines are asked for at once, so that one thread decodes
    and the others wait for it.
    """

    def __init__(self, page_image: Callable[[str], Pixels]) -> None:
        self._page_image = page_image
        self._pages: OrderedDict[str, Pixels] = OrderedDict()
        self._encoded: OrderedDict[tuple[str, str], bytes] = OrderedDict()
        self._bytes = 0
        self._lock = Lock()

    def page(self, page_id: str, rotation: int, *, zoom: bool = False) -> bytes:
        """Return a page upright, JPEG.

        Args:
            page_id: which.
            rotation: 0, 90, 180 or 270, degrees clockwise by which the delivered image is turned.
            zoom: every pixel; else the longest side is `VIEW_PX` at most.

        Raises:
            KeyError: no such page.
            BadScan: it cannot be decoded.
        """

        def make(pixels: Pixels) -> Pixels:
            upright = np.rot90(pixels, k=rotation // 90 % 4)
            return np.ascontiguousarray(upright) if zoom else _at_most(upright, VIEW_PX)

        return self._kept(page_id, f"page {rotation} {zoom}", make)

    def line(self, page_id: str, quad: Quad) -> bytes:
        """Return a line of ink upright at its own resolution, JPEG, gray.

        Raises:
            KeyError: no such page.
            BadScan: it cannot be decoded.
        """
        return self._kept(
            page_id, f"line {quad}", lambda pixels: cut(_gray(pixels), quad, margin=CROP_MARGIN)
        )

    def trait(self, page_id: str, quad: Quad) -> bytes:
        """Return a few letters of a line, or a code, upright with a little of what stands around, JPEG, gray.

        Raises:
            KeyError: no such page.
            BadScan: it cannot be decoded.
        """
        return self._kept(
            page_id, f"trait {quad}", lambda pixels: cut(_gray(pixels), quad, margin=TRAIT_MARGIN)
        )

    def _kept(self, page_id: str, what: str, make: Callable[[Pixels], Pixels]) -> bytes:
        key = (page_id, what)
        with self._lock:
            if key in self._encoded:
                self._encoded.move_to_end(key)
                return self._encoded[key]
            encoded = _jpeg(make(self._pixels(page_id)))
            self._encoded[key] = encoded
            self._bytes += len(encoded)
            while self._bytes > KEPT_BYTES and len(self._encoded) > 1:
                self._bytes -= len(self._encoded.popitem(last=False)[1])
            return encoded

    def _pixels(self, page_id: str) -> Pixels:
        if page_id not in self._pages:
            self._pages[page_id] = self._page_image(page_id)
            if len(self._pages) > KEPT_PAGES:
                self._pages.popitem(last=False)
        self._pages.move_to_end(page_id)
        return self._pages[page_id]


def _gray(pixels: Pixels) -> Pixels:
    return pixels if pixels.ndim == 2 else np.asarray(cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY), np.uint8)


def _at_most(pixels: Pixels, longest: int) -> Pixels:
    height, width = pixels.shape[:2]
    share = longest / max(height, width)
    if share >= 1:
        return np.ascontiguousarray(pixels)
    size = (max(1, round(width * share)), max(1, round(height * share)))
    return np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA), np.uint8)


def _jpeg(pixels: Pixels) -> bytes:
    ordered = pixels if pixels.ndim == 2 else cv2.cvtColor(pixels, cv2.COLOR_RGB2BGR)
    done, encoded = cv2.imencode(".jpg", ordered, [cv2.IMWRITE_JPEG_QUALITY, 86])
    if not done:
        raise ValueError("the picture could not be encoded")
    return encoded.tobytes()
