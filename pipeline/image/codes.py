"""QR codes and DataMatrix on a page."""

from __future__ import annotations

import cv2
import numpy as np
import zxingcpp
from numpy.typing import NDArray

from pipeline.domain.geometry import Quad
from pipeline.domain.paper import Barcode

_NAMES = ("QRCode", "DataMatrix")
ENLARGED = 2
LARGEST_TO_ENLARGE = 8_000_000
"""Pixels; an A4 page at 250 dpi has six million. Where the scan is finer, a label's code reads as it is."""


def barcodes(gray: NDArray[np.uint8], *, scale: float = 1.0) -> tuple[Barcode, ...]:
    """Decode the codes that a page bears (zxing-cpp); one that cannot be decoded whole is none.

    An INS DataMatrix on a label has modules of a third of a millimetre, two to three pixels at 200 dpi: it is
    looked for in the full image, and in an enlarged one if that shows nothing (12 of 12 turned drawings of
    0.25 mm a module at 200 dpi, against 3 without). A page costs some 50 ms, 10 of them for the full image.

    Args:
        gray: (h, w), paper light.
        scale: delivered pixels a pixel of `gray`.
    """
    found = _decoded(gray, scale)
    if not found and gray.size <= LARGEST_TO_ENLARGE:
        large = cv2.resize(gray, None, fx=ENLARGED, fy=ENLARGED, interpolation=cv2.INTER_CUBIC)
        found = _decoded(np.asarray(large, np.uint8), scale / ENLARGED)
    return found


def _decoded(gray: NDArray[np.uint8], scale: float) -> tuple[Barcode, ...]:
    # Not kept between calls: the library complains at exit about what still lives.
    either = zxingcpp.barcode_formats_from_str(",".join(_NAMES))
    found = []
    for code in zxingcpp.read_barcodes(gray, formats=either, try_downscale=False):
        name = next((name for name in _NAMES if code.format == getattr(zxingcpp.BarcodeFormat, name)), None)
        if name is None or not code.valid:
            continue
        place = code.position
        points = (place.top_left, place.top_right, place.bottom_right, place.bottom_left)
        found.append(Barcode(name, code.text, Quad(*((p.x * scale, p.y * scale) for p in points))))
    return tuple(found)
