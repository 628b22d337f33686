"""QR codes and DataMatrix on a page."""

from __future__ import annotations

import numpy as np
import zxingcpp
from numpy.typing import NDArray

from pipeline.domain.geometry import Quad
from pipeline.domain.paper import Barcode

_NAMES = ("QRCode", "DataMatrix")


def barcodes(gray: NDArray[np.uint8], *, scale: float = 1.0) -> tuple[Barcode, ...]:
    """Decode the codes that a page bears (zxing-cpp).

    Args:
        gray: (h, w), at any reduction at which a module is still two pixels wide.
        scale: delivered pixels a pixel of `gray`.
    """
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
