"""TIFF, JPEG and PNG files through Pillow, their sizes checked on headers alone.

Pillow's file classes are used directly: `Image.open` would check a limit that is global to the process.
"""

from __future__ import annotations

import io
import struct

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps
from PIL.JpegImagePlugin import JpegImageFile
from PIL.PngImagePlugin import PngImageFile
from PIL.TiffImagePlugin import TiffImageFile

from pipeline.intake.errors import DamagedPage, NotAnImage, TooLarge, TooManyPages, Truncated
from pipeline.intake.jpeg import is_whole
from pipeline.intake.limits import Limits
from pipeline.intake.single import Closing, as_pixels, believable_dpi, check_number

_BROKEN = (OSError, SyntaxError, ValueError, TypeError, KeyError, IndexError, EOFError, struct.error)
"""What Pillow raises on files that are not what they claim."""

_ORIENTATION = 0x0112
_TURNED = range(5, 9)
_OFFSETS_AND_COUNTS = ((273, 279), (324, 325))
"""TIFF 6.0: StripOffsets and StripByteCounts, TileOffsets and TileByteCounts."""


class _OneImage(Closing):
    """A file that holds one image."""

    page_count = 1

    def __init__(self, image: Image.Image, limits: Limits) -> None:
        self._image = image
        self._limits = limits

    def close(self) -> None:
        self._image.close()

    def size(self, number: int) -> tuple[int, int, int]:
        check_number(number, self.page_count)
        width, height = self._image.size
        if width * height > self._limits.max_pixels:
            raise TooLarge
        dpi = believable_dpi(self._image.info.get("dpi"), width, height)
        if self._image.getexif().get(_ORIENTATION, 1) in _TURNED:
            width, height = height, width
        return width, height, dpi

    def pixels(self, number: int) -> NDArray[np.uint8]:
        self.size(number)
        try:
            self._image.load()
            return as_pixels(ImageOps.exif_transpose(self._image))
        except _BROKEN as error:
            raise Truncated from error


class PhotoFile(_OneImage):
    """A JPEG file."""

    def __init__(self, data: bytes, limits: Limits) -> None:
        """Read the header, and look whether the end is there.

        Raises:
            Truncated: the image's end marker is missing.
            NotAnImage: no JPEG header.
        """
        if not is_whole(data):
            raise Truncated
        try:
            image = JpegImageFile(io.BytesIO(data))
        except _BROKEN as error:
            raise NotAnImage from error
        super().__init__(image, limits)


class PngFile(_OneImage):
    """A PNG file."""

    def __init__(self, data: bytes, limits: Limits) -> None:
        """Read the header, and look whether the end is there.

        Raises:
            Truncated: the last chunk is missing.
            NotAnImage: no PNG header.
        """
        if b"IEND" not in data[-(1 << 16) :]:
            raise Truncated
        try:
            image = PngImageFile(io.BytesIO(data))
        except _BROKEN as error:
            raise NotAnImage from error
        super().__init__(image, limits)


class TiffFile(Closing):
    """A TIFF file of one or more pages, any compression that libtiff knows."""

    def __init__(self, data: bytes, limits: Limits) -> None:
        """Walk the directories, one a page.

        Raises:
            Truncated: a directory or a page's data lies beyond the end of the file.
            NotAnImage: no page.
            TooManyPages: beyond the limits.
        """
        self._limits = limits
        self._length = len(data)
        if not _directory_inside(data):
            raise Truncated
        try:
            self._image = TiffImageFile(io.BytesIO(data))
        except Image.DecompressionBombError as error:
            raise TooLarge from error
        except _BROKEN as error:
            raise NotAnImage from error
        self.page_count = self._count()

    def _count(self) -> int:
        """Walk the chain of directories, never further than the limit; remember bad ones as pages too."""
        number = 1
        while True:
            try:
                self._check_data()
                self._image.seek(number)
            except EOFError:
                return number
            except Image.DecompressionBombError:
                pass  # a page of its own, refused when asked for
            except _BROKEN as error:
                raise Truncated from error
            number += 1
            if number > self._limits.max_pages:
                raise TooManyPages

    def _check_data(self) -> None:
        """Refuse a page whose strips or tiles end beyond the file."""
        tags = self._image.tag_v2
        for offsets, counts in _OFFSETS_AND_COUNTS:
            starts, sizes = tags.get(offsets, ()), tags.get(counts, ())
            if any(start + size > self._length for start, size in zip(starts, sizes, strict=False)):
                raise Truncated

    def close(self) -> None:
        """Let go of the file."""
        self._image.close()

    def size(self, number: int) -> tuple[int, int, int]:
        """Return (width px, height px, dpi) of a page, upright as its Orientation tag says."""
        check_number(number, self.page_count)
        try:
            self._image.seek(number - 1)
        except Image.DecompressionBombError as error:
            raise TooLarge from error
        except _BROKEN as error:
            raise DamagedPage from error
        width, height = self._image.size
        if width * height > self._limits.max_pixels:
            raise TooLarge
        return width, height, believable_dpi(self._image.info.get("dpi"), width, height)

    def pixels(self, number: int) -> NDArray[np.uint8]:
        """Decode a page: gray (h, w) or RGB (h, w, 3)."""
        self.size(number)
        try:
            self._image.load()
            return as_pixels(self._image)
        except _BROKEN as error:
            raise DamagedPage from error


def _directory_inside(data: bytes) -> bool:
    """Return whether the first directory starts before the end (BigTIFF has its offset 4 bytes later)."""
    order = "little" if data[:2] == b"II" else "big"
    big = data[2:4] in (b"+\x00", b"\x00+")
    offset = int.from_bytes(data[8:16] if big else data[4:8], order)  # type: ignore[arg-type]
    return 8 <= offset < len(data) - 2
