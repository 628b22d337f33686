"""Open a file of scanned sheets, whatever its format, and hand out its pages one by one."""

from __future__ import annotations

from types import TracebackType
from typing import Protocol, Self

import numpy as np
from numpy.typing import NDArray

from pipeline.domain.paper import Page, Scan
from pipeline.intake.errors import EmptyFile, NotAnImage, TooLarge
from pipeline.intake.heif import HeicFile
from pipeline.intake.limits import Limits
from pipeline.intake.pdf import PdfFile
from pipeline.intake.raster import PhotoFile, PngFile, TiffFile


class ScanFile(Protocol):
    """An open file; pages are numbered from 1. One thread at a time may use it."""

    @property
    def page_count(self) -> int:
        """How many pages it has, at least 1."""
        ...

    def size(self, number: int) -> tuple[int, int, int]:
        """Return a page's (width px, height px, dpi) as it will be delivered; dpi 0 = not said.

        Raises:
            TooLarge: beyond the limits.
            DamagedPage: this page cannot be opened; others may.
            IndexError: there is no such page.
        """
        ...

    def pixels(self, number: int) -> NDArray[np.uint8]:
        """Return a page as a viewer shows it: gray (h, w), 0 = ink, or RGB (h, w, 3).

        Raises:
            TooLarge: beyond the limits; nothing was decoded.
            DamagedPage: this page cannot be decoded; others may.
            Truncated: a single image whose end is missing.
            IndexError: there is no such page.
        """
        ...

    def close(self) -> None:
        """Let go of what the file holds; a second time does nothing."""
        ...

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...


def open_scan(data: bytes, *, media_type: str, limits: Limits) -> ScanFile:
    """Open a file without decoding any pixel.

    PDF pages that are one full-page image come at that image's own resolution, other PDF pages at
    200 dpi. The orientation of photographs is applied.

    Args:
        data: the file as received.
        media_type: what `media_type_of` said.
        limits: what is refused.

    Raises:
        EmptyFile, Truncated, Encrypted, NotAnImage, TooLarge, TooManyPages: see each. A single bad page
            among several is not raised here but by `size` and `pixels` of that page.
    """
    if not data:
        raise EmptyFile
    if len(data) > limits.max_file_bytes:
        raise TooLarge
    kinds: dict[str, type[PdfFile] | type[TiffFile] | type[PhotoFile] | type[PngFile] | type[HeicFile]] = {
        "application/pdf": PdfFile,
        "image/tiff": TiffFile,
        "image/jpeg": PhotoFile,
        "image/png": PngFile,
        "image/heic": HeicFile,
    }
    if media_type not in kinds:
        raise NotAnImage
    opened = kinds[media_type](data, limits)
    if opened.page_count == 1:
        try:
            opened.size(1)
        except BaseException:
            opened.close()
            raise
    return opened


def pages_of(scan: Scan, file: ScanFile) -> tuple[Page, ...]:
    """Return all pages of an open scan.

    Raises:
        BadScan: a page cannot be opened; to keep the others, ask `size` page by page.
    """
    numbers = range(1, file.page_count + 1)
    return tuple(
        Page(Page.id_of(scan.sha256, number), scan.sha256, number, *file.size(number)) for number in numbers
    )
