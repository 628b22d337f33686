"""HEIC photographs, as iPhones write them."""

from __future__ import annotations

import io

import numpy as np
import pillow_heif
from numpy.typing import NDArray

from pipeline.intake.errors import NotAnImage, TooLarge, Truncated
from pipeline.intake.limits import Limits
from pipeline.intake.single import Closing, as_pixels, check_number


class HeicFile(Closing):
    """A HEIC file; its primary image is the one page."""

    page_count = 1

    def __init__(self, data: bytes, limits: Limits) -> None:
        """Read the boxes; libheif decodes only when pixels are asked for.

        Raises:
            Truncated: the boxes reach beyond the end of the file.
            NotAnImage: libheif finds no image.
        """
        self._limits = limits
        if _boxes_end(data) > len(data):
            raise Truncated
        try:
            self._file = pillow_heif.open_heif(io.BytesIO(data))
        except (ValueError, RuntimeError, OSError, SyntaxError, EOFError) as error:
            raise NotAnImage from error

    def size(self, number: int) -> tuple[int, int, int]:
        """Return (width px, height px, 0): HEIC tells no resolution. libheif has turned it upright."""
        check_number(number, self.page_count)
        width, height = self._file.size
        if width * height > self._limits.max_pixels:
            raise TooLarge
        return int(width), int(height), 0

    def pixels(self, number: int) -> NDArray[np.uint8]:
        """Return the photograph as gray (h, w) or RGB (h, w, 3)."""
        self.size(number)
        try:
            return as_pixels(self._file.to_pillow())
        except (ValueError, RuntimeError, OSError, EOFError) as error:
            raise Truncated from error


def _boxes_end(data: bytes) -> int:
    """Return where the last top-level box says it ends (ISO 14496-12, 4.2)."""
    place = 0
    while place + 8 <= len(data):
        size = int.from_bytes(data[place : place + 4], "big")
        if size == 1:
            size = int.from_bytes(data[place + 8 : place + 16], "big")
        if size == 0:
            return len(data)
        place += max(size, 8)
    return place
