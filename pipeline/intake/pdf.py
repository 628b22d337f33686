"""PDF files through PDFium: every page's points and image sizes are checked before it is rendered."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c
from numpy.typing import NDArray

from pipeline.intake.errors import DamagedPage, Encrypted, NotAnImage, TooLarge, TooManyPages, Truncated
from pipeline.intake.jpeg import is_whole
from pipeline.intake.limits import Limits
from pipeline.intake.single import Closing, check_number, gray_if_colourless

_PDFIUM = threading.RLock()
"""PDFium must not be called from two threads at once, not even on two documents."""

POINTS_PER_INCH = 72
DEFAULT_DPI = 200
COVERS = 0.9
"""Share of the page's width and of its height from which an image counts as the page."""
SAME_SHAPE = 0.02
"""Up to here image and page have the same proportions, and the page takes the image's pixels as they are."""
LAYERS = 4
"""A compressed scan may lie in layers (text, colour, background), each as large as the page."""
_TAIL = 2048
"""Readers look for %%EOF in the last 1,024 bytes (ISO 32000-1, annex H, note 18); twice that is kind."""


@dataclass(frozen=True, slots=True)
class _Placed:
    """An image on a page: its own pixels, and the share of the page's sides it spans."""

    width: int
    height: int
    across: float
    down: float


class PdfFile(Closing):
    """A PDF file; its pages come as a viewer shows them, /Rotate and crop included."""

    def __init__(self, data: bytes, limits: Limits) -> None:
        """Open the document; no page is loaded.

        Raises:
            Truncated: the end is missing.
            Encrypted: it asks for a password.
            NotAnImage: damaged beyond repair, or without a page.
            TooManyPages: beyond the limits.
        """
        self._limits = limits
        if b"%%EOF" not in data.rstrip(b"\x00\r\n\t ")[-_TAIL:]:
            raise Truncated
        with _PDFIUM:
            try:
                self._document = pdfium.PdfDocument(data)
            except pdfium.PdfiumError as error:
                # the code alone may be that of a document opened before
                if error.err_code == pdfium_c.FPDF_ERR_PASSWORD and b"/Encrypt" in data:
                    raise Encrypted from error
                raise NotAnImage from error
            self.page_count = len(self._document)
        if self.page_count == 0 or self.page_count > limits.max_pages:
            self.close()
            raise TooManyPages if self.page_count else NotAnImage

    def close(self) -> None:
        """Let go of the document."""
        with _PDFIUM:
            self._document.close()

    def size(self, number: int) -> tuple[int, int, int]:
        """Return (width px, height px, dpi) at which a page is rendered."""
        with self._page(number) as page:
            return self._size(page)

    def pixels(self, number: int) -> NDArray[np.uint8]:
        """Render a page: gray (h, w) where it has no colour, else RGB (h, w, 3)."""
        with self._page(number) as page:
            width, height, _ = self._size(page)
            _check_jpegs(page)
            return _render(page, width, height)

    @contextmanager
    def _page(self, number: int) -> Iterator[Any]:
        check_number(number, self.page_count)
        with _PDFIUM:
            try:
                page = self._document[number - 1]
            except pdfium.PdfiumError as error:
                raise DamagedPage from error
            try:
                yield page
            except (pdfium.PdfiumError, MemoryError) as error:
                raise DamagedPage from error
            finally:
                page.close()

    def _size(self, page: Any) -> tuple[int, int, int]:
        """Check every declared size on the page, then say how large it will be rendered."""
        width_pt, height_pt = page.get_size()
        if width_pt <= 0 or height_pt <= 0:
            raise DamagedPage
        self._check(*_at(DEFAULT_DPI, width_pt, height_pt))
        placed = list(_images(page, width_pt, height_pt))
        for image in placed:
            self._check(image.width, image.height)
        if sum(image.width * image.height for image in placed) > LAYERS * self._limits.max_pixels:
            raise TooLarge
        width, height, dpi = _native(placed, width_pt, height_pt)
        self._check(width, height)
        return width, height, dpi

    def _check(self, width: int, height: int) -> None:
        if width * height > self._limits.max_pixels:
            raise TooLarge


def _at(dpi: float, width_pt: float, height_pt: float) -> tuple[int, int]:
    """Return pixels at a resolution, at least 1 each way."""
    scale = dpi / POINTS_PER_INCH
    return max(1, round(width_pt * scale)), max(1, round(height_pt * scale))


def _native(placed: list[_Placed], width_pt: float, height_pt: float) -> tuple[int, int, int]:
    """Return the size of the finest image that covers the page, else of the page at the default dpi."""
    covering = [image for image in placed if min(image.across, image.down) >= COVERS]
    if not covering:
        return *_at(DEFAULT_DPI, width_pt, height_pt), DEFAULT_DPI
    image = max(covering, key=lambda image: image.width * image.height)
    across = image.width / image.across / width_pt * POINTS_PER_INCH
    down = image.height / image.down / height_pt * POINTS_PER_INCH
    dpi = max(across, down)
    alone = (
        min(image.across, image.down) > 1 - SAME_SHAPE / 2 and max(image.across, image.down) < 1 + SAME_SHAPE
    )
    if alone and abs(across / down - 1) <= SAME_SHAPE:
        return image.width, image.height, round(dpi)
    return *_at(dpi, width_pt, height_pt), round(dpi)


def _images(page: Any, width_pt: float, height_pt: float) -> Iterator[_Placed]:
    """Yield the page's images as they stand on the shown page; nothing is decoded."""
    turned = page.get_rotation() in (90, 270)
    across, down = (height_pt, width_pt) if turned else (width_pt, height_pt)
    for image in page.get_objects(filter=[pdfium_c.FPDF_PAGEOBJ_IMAGE]):
        width, height = _declared(image)
        left, bottom, right, top = image.get_bounds()
        spans = ((right - left) / across, (top - bottom) / down)
        matrix = image.get_matrix()
        if turned != (abs(matrix.b) > abs(matrix.a)):
            width, height = height, width
        nested = image.level > 0  # bounds are the form's own there, which says nothing of the page
        yield _Placed(width, height, *((0.0, 0.0) if nested else spans[::-1] if turned else spans))


def _declared(image: Any) -> tuple[int, int]:
    """Return an image's pixels: the larger of what the PDF and, for JPEG 2000, its own header say."""
    width, height = image.get_px_size()
    if "JPXDecode" in image.get_filters():
        data = bytes(image.get_data(decode_simple=True))
        found = data.find(b"\xff\x4f\xff\x51")  # SOC, SIZ (ITU-T T.800, A.5.1)
        if found >= 0:
            width = max(width, int.from_bytes(data[found + 8 : found + 12], "big"))
            height = max(height, int.from_bytes(data[found + 12 : found + 16], "big"))
    return width, height


def _check_jpegs(page: Any) -> None:
    """Refuse a page with a JPEG that stops in the middle: PDFium would show gray instead of ink."""
    for image in page.get_objects(filter=[pdfium_c.FPDF_PAGEOBJ_IMAGE]):
        if image.get_filters()[-1:] == ["DCTDecode"] and not is_whole(
            bytes(image.get_data(decode_simple=True))
        ):
            raise DamagedPage


def _render(page: Any, width: int, height: int) -> NDArray[np.uint8]:
    bitmap = pdfium.PdfBitmap.new_native(width, height, pdfium_c.FPDFBitmap_BGR, rev_byteorder=True)
    try:
        bitmap.fill_rect((255, 255, 255, 255), 0, 0, width, height)
        flags = pdfium_c.FPDF_ANNOT | pdfium_c.FPDF_REVERSE_BYTE_ORDER
        pdfium_c.FPDF_RenderPageBitmap(bitmap, page, 0, 0, width, height, 0, flags)
        pixels = gray_if_colourless(bitmap.to_numpy())
        return np.array(pixels, dtype=np.uint8)
    finally:
        bitmap.close()
