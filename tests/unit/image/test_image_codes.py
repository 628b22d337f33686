"""Codes on a page are decoded where they stand."""

from __future__ import annotations

import numpy as np
import pytest
import zxingcpp

from pipeline.image.codes import barcodes


@pytest.mark.parametrize("name", ["QRCode", "DataMatrix"])
def test_a_code_is_decoded_at_its_place(name: str) -> None:
    sheet = np.full((600, 500), 255, np.uint8)
    kind = getattr(zxingcpp.BarcodeFormat, name)
    code = np.asarray(zxingcpp.create_barcode("RPPS-90000000000", kind).to_image(scale=4))
    sheet[100 : 100 + code.shape[0], 200 : 200 + code.shape[1]] = code
    (found,) = barcodes(sheet, scale=2.0)
    assert (found.symbology, found.text) == (name, "RPPS-90000000000")
    box = found.quad.box
    assert 380 < box.x0 < box.x1 < 2 * (210 + code.shape[1])
    assert 180 < box.y0 < box.y1 < 2 * (110 + code.shape[0])


def test_a_page_without_codes_has_none() -> None:
    assert barcodes(np.full((300, 300), 250, np.uint8)) == ()
