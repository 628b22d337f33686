"""Codes as label printers and scanners make them, from pixels to whose page it is."""

from __future__ import annotations

from datetime import date

import cv2
import numpy as np
import pytest
import zxingcpp
from numpy.typing import NDArray

from pipeline.domain.identity import CODE, Traits
from pipeline.domain.paper import Layout, Page
from pipeline.domain.writing import Transcript
from pipeline.extraction.understand import understand
from pipeline.image.layout import see
from pipeline.matching.formulary import Formulary

Gray = NDArray[np.uint8]

HEADER = "IS010000000000000000000000"
NIR, CORSICA, BASTIA = "251033523804289", "151032A00401255", "288072B03301232"
GS = "\x1d"
OFFICIAL = f"{HEADER}S1{NIR}S21.2.250.1.213.1.4.8{GS}S3ODETTE MARIE{GS}S4TRESSINOT{GS}S5FS607-03-1951S735238"
SOUTH = f"{HEADER}S1{CORSICA}S21.2.250.1.213.1.4.8{GS}S3DENIS{GS}S4ROSSINELLI{GS}S5MS607-03-1951S72A004"
PAPER = 250
CODE_MM = (110.0, 15.0)
"""Where the code's top left corner is drawn, from the left and from the top."""


def page(text: str, *, symbology: str = "DataMatrix", module_mm: float = 0.3, dpi: int = 200) -> Gray:
    """Draw an A4 prescription with a label's code at its top, gray."""
    px = dpi / 25.4
    sheet = np.full((round(297 * px), round(210 * px)), PAPER, np.uint8)
    for row in range(12):
        place = (round(15 * px), round((75 + 15 * row) * px))
        cv2.putText(
            sheet,
            "Ramipril 5 mg 1 cp le matin",
            place,
            cv2.FONT_HERSHEY_SCRIPT_SIMPLEX,
            dpi / 130,
            40,
            2,
            cv2.LINE_AA,
        )
    kind = getattr(zxingcpp.BarcodeFormat, symbology)
    bits = np.array(zxingcpp.create_barcode(text, kind).to_image(scale=8, add_quiet_zones=True))
    share = module_mm * px / 8
    code = cv2.resize(bits, None, fx=share, fy=share, interpolation=cv2.INTER_AREA)
    x, y = (round(mm * px) for mm in CODE_MM)
    sheet[y : y + code.shape[0], x : x + code.shape[1]] = np.minimum(code, PAPER)
    return sheet


def scanned(sheet: Gray, *, degrees: float = 0.0, turns: int = 0) -> Gray:
    """Lay a sheet askew on a scanner, turned by quarters: soft edges, noise."""
    height, width = sheet.shape
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 1)
    askew = cv2.warpAffine(sheet, turn, (width, height), borderValue=PAPER)
    soft = cv2.GaussianBlur(np.ascontiguousarray(np.rot90(askew, turns)), (0, 0), 0.6)
    noise = np.random.default_rng(20251110).normal(0, 5, soft.shape)
    return np.clip(soft + noise, 0, 255).astype(np.uint8)


def seen(pixels: Gray, dpi: int = 200) -> tuple[Layout, Traits]:
    layout, _ = see(Page("p-1", "0" * 64, 1, pixels.shape[1], pixels.shape[0], dpi), pixels)
    window = (date(2025, 11, 10), date(2025, 11, 14))
    found = understand(Transcript(()), layout=layout, index=Formulary.builtin(), doctors=[], window=window)
    return layout, found.traits


@pytest.mark.parametrize("degrees", [0.0, 1.3, -4.0])
@pytest.mark.parametrize("turns", [0, 1, 2, 3])
def test_an_ins_datamatrix_names_the_patient_however_the_sheet_lay(degrees: float, turns: int) -> None:
    layout, traits = seen(scanned(page(OFFICIAL), degrees=degrees, turns=turns))
    assert (traits.by_code, traits.ins, traits.birth_name) == (True, NIR, "TRESSINOT")
    assert (traits.birth_date, traits.sex, traits.birth_place_insee) == (date(1951, 3, 7), "F", "35238")
    assert traits.names == ("TRESSINOT", "ODETTE", "MARIE")
    (code,) = layout.barcodes
    assert all(mark.evidence.quad == code.quad and mark.evidence.line_order == CODE for mark in traits.marks)
    assert {mark.evidence.page_id for mark in traits.marks} == {"p-1"}


def test_the_marks_of_a_code_lie_where_it_was_drawn() -> None:
    _, traits = seen(scanned(page(OFFICIAL)))
    box = traits.marks[0].evidence.quad.box
    x, y = (mm / 25.4 * 200 for mm in CODE_MM)
    assert x - 5 < box.x0 < box.x1 < x + 150
    assert y - 5 < box.y0 < box.y1 < y + 150


@pytest.mark.parametrize(("module_mm", "dpi"), [(0.25, 200), (0.25, 300), (0.4, 200), (0.5, 300)])
def test_modules_of_every_usual_size_are_read(module_mm: float, dpi: int) -> None:
    pixels = scanned(page(OFFICIAL, module_mm=module_mm, dpi=dpi), degrees=0.8)
    assert seen(pixels, dpi)[1].ins == NIR


def test_a_number_from_corsica() -> None:
    traits = seen(scanned(page(SOUTH)))[1]
    assert (traits.ins, traits.birth_place_insee, traits.names) == (CORSICA, "2A004", ("ROSSINELLI", "DENIS"))


@pytest.mark.parametrize("symbology", ["QRCode", "DataMatrix"])
@pytest.mark.parametrize("text", [f"{NIR}\nTRESSINOT\nODETTE MARIE\n1951-03-07", f"NIR:{BASTIA}"])
def test_a_simple_label_and_a_bare_number(symbology: str, text: str) -> None:
    traits = seen(scanned(page(text, symbology=symbology), turns=1))[1]
    assert traits.by_code and traits.ins in (NIR, BASTIA)


@pytest.mark.parametrize(
    ("symbology", "text"),
    [
        ("QRCode", "https://pharmacie-du-lavoir.example/fax/25-1114"),
        ("DataMatrix", "01034009301234561725123110ABC123"),
        ("QRCode", f"{NIR[:-1]}0"),
    ],
)
def test_other_codes_are_decoded_and_name_nobody(symbology: str, text: str) -> None:
    layout, traits = seen(scanned(page(text, symbology=symbology)))
    assert [code.text for code in layout.barcodes] == [text]
    assert traits == Traits()
