"""What see() owes on drawn pages: the same lines however the page lies, upright crops, blanks told."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from pipeline.domain.geometry import Box, Quad
from pipeline.domain.paper import Page
from pipeline.image.blank import INK
from pipeline.image.crops import cut, cut_lines
from pipeline.image.fingerprint import SAME_SHEET, same_sheet
from pipeline.image.layout import see

TEXT = (
    "Amoxicilline 1 g matin et soir",
    "Paracetamol 500 mg si douleur",
    "pendant sept jours",
    "Ramipril 5 mg le matin",
    "a renouveler trois fois",
)
OTHER = (
    "Bonjour cher confrere",
    "je vous adresse ce patient pour",
    "une toux",
    "Bien confraternellement a vous tous",
)


def drawn(lines: tuple[str, ...] = TEXT, *, width: int = 1240, height: int = 1754) -> np.ndarray:
    """A sheet at 150 dpi with left-aligned script in its upper half."""
    sheet = np.full((height, width), 245, np.uint8)
    for number, text in enumerate(lines):
        place = (130, 260 + 90 * number)
        cv2.putText(sheet, text, place, cv2.FONT_HERSHEY_SCRIPT_COMPLEX, 1.3, 40, 2, cv2.LINE_AA)
    return sheet


def seen(pixels: np.ndarray, dpi: int = 150):
    page = Page("p", "0" * 64, 1, pixels.shape[1], pixels.shape[0], dpi)
    return see(page, pixels)


@pytest.mark.parametrize("turns", [0, 1, 2, 3])
def test_a_turned_page_gives_the_same_lines_turned(turns: int) -> None:
    straight, _ = seen(drawn())
    sheet = np.ascontiguousarray(np.rot90(drawn(), -turns))
    layout, _ = seen(sheet)
    assert layout.rotation == 90 * turns
    assert len(layout.lines) == len(straight.lines) == len(TEXT)
    for line, model in zip(layout.lines, straight.lines, strict=True):
        upright = line.quad.box.turned_upright(layout.rotation, sheet.shape[1], sheet.shape[0])
        assert upright.iou(model.quad.box) > 0.8


@pytest.mark.parametrize("turns", [0, 1, 2, 3])
def test_quads_cut_upright_crops_in_reading_order(turns: int) -> None:
    model, model_flat = seen(drawn())
    layout, flat = seen(np.ascontiguousarray(np.rot90(drawn(), -turns)))
    for line, upright in zip(layout.lines, model.lines, strict=True):
        crop, want = cut(flat, line.quad), cut(model_flat, upright.quad)
        assert crop.shape[1] > 2 * crop.shape[0]
        crop = cv2.resize(crop, want.shape[::-1])
        alike = cv2.matchTemplate(cv2.blur(crop, (9, 9)), cv2.blur(want, (9, 9)), cv2.TM_CCOEFF_NORMED)
        assert alike[0, 0] > 0.7


@pytest.mark.parametrize("angle", [-3.0, 2.5])
def test_skew_is_found_and_quads_follow_it(angle: float) -> None:
    sheet = drawn()
    turn = cv2.getRotationMatrix2D((620, 877), -angle, 1)
    layout, _ = seen(cv2.warpAffine(sheet, turn, (1240, 1754), borderValue=245))
    assert layout.rotation == 0
    assert abs(layout.skew - angle) < 0.4
    (x0, y0), (x1, y1) = layout.lines[0].quad.corners[:2]
    assert abs(np.degrees(np.arctan2(y1 - y0, x1 - x0)) - angle) < 0.5


def test_flat_has_the_shape_of_the_page_and_even_paper() -> None:
    sheet = drawn().astype(np.float32)
    shadow = np.linspace(1.0, 0.55, sheet.shape[1])[None, :]
    _, flat = seen((sheet * shadow).astype(np.uint8))
    assert flat.shape == sheet.shape
    empty = flat[900:1700]
    assert empty.min() > INK + 8


@pytest.mark.parametrize("kind", ["white", "specks", "through", "ruled", "squared", "edge"])
def test_blank_sides_are_told(kind: str) -> None:
    sheet = np.full((1754, 1240), 245, np.uint8)
    if kind == "specks":
        random = np.random.default_rng(1)
        sheet[random.integers(0, 1754, 60), random.integers(0, 1240, 60)] = 60
    if kind == "through":
        sheet = np.maximum(drawn()[:, ::-1], 234)
    if kind in ("ruled", "squared"):
        sheet[100::60] = 180
    if kind == "squared":
        sheet[:, 40::60] = 180
    if kind == "edge":
        sheet[:, -14:] = 30
    layout, _ = seen(sheet)
    assert layout.blank
    assert layout.lines == ()


@pytest.mark.parametrize("step", [30, 90])
def test_rules_do_not_make_or_stretch_lines(step: int) -> None:
    plain, _ = seen(drawn())
    sheet = drawn()
    sheet[5::step] = np.minimum(sheet[5::step], 170)
    layout, _ = seen(sheet)
    assert len(layout.lines) == len(plain.lines)
    for line, model in zip(layout.lines, plain.lines, strict=True):
        assert line.quad.box.iou(model.quad.box) > 0.7


def test_a_row_with_a_wide_blank_is_two_lines_read_from_the_left() -> None:
    sheet = drawn()
    for text, x in (("12/11/25", 900), ("Dr Verne", 130)):
        cv2.putText(sheet, text, (x, 150), cv2.FONT_HERSHEY_SCRIPT_COMPLEX, 1.3, 40, 2, cv2.LINE_AA)
    layout, _ = seen(sheet)
    first, second = (line.quad.box for line in layout.lines[:2])
    assert len(layout.lines) == len(TEXT) + 2
    assert first.x1 < second.x0
    assert abs(first.y0 - second.y0) < 20


def test_lines_that_touch_by_a_descender_are_two() -> None:
    sheet = drawn()
    cv2.line(sheet, (300, 262), (290, 330), 40, 3)
    layout, _ = seen(sheet)
    assert len(layout.lines) == len(TEXT)


def test_a_photograph_on_a_dark_table_is_straightened() -> None:
    sheet = drawn()
    corners = np.array([(0, 0), (1240, 0), (1240, 1754), (0, 1754)], np.float32)
    placed = np.array([(260, 200), (1330, 260), (1400, 1800), (180, 1760)], np.float32)
    turn = cv2.getPerspectiveTransform(corners, placed)
    table = np.full((2000, 1600, 3), (96, 78, 60), np.uint8)
    colour = cv2.cvtColor(sheet, cv2.COLOR_GRAY2RGB)
    cv2.warpPerspective(colour, turn, (1600, 2000), dst=table, borderMode=cv2.BORDER_TRANSPARENT)
    layout, flat = seen(table, dpi=0)
    assert layout.photo
    assert layout.rotation == 0
    assert len(layout.lines) == len(TEXT)
    assert flat[10:150, 10:1590].min() == 255
    model, _ = seen(sheet)
    for line, straight in zip(layout.lines, model.lines, strict=True):
        want = cv2.perspectiveTransform(np.array([straight.quad.corners], np.float32), turn)[0]
        found = Quad(*((float(x), float(y)) for x, y in want)).box
        assert line.quad.box.iou(found) > 0.7


def test_the_same_sheet_is_recognised_and_another_is_not() -> None:
    first, _ = seen(drawn())
    sheet = np.full((1754, 1240), 245, np.uint8)
    sheet[30:, 25:] = drawn()[:-30, :-25]
    again = np.rot90(cv2.resize(sheet, None, fx=1.6, fy=1.6), 2)
    second, _ = seen(np.ascontiguousarray(again), dpi=240)
    other, _ = seen(drawn(OTHER))
    assert same_sheet(first.fingerprint, second.fingerprint) >= SAME_SHEET
    assert same_sheet(first.fingerprint, other.fingerprint) < SAME_SHEET
    assert same_sheet(first.fingerprint, b"") == 0.0


def test_cut_pads_with_paper_beyond_the_page() -> None:
    flat = np.zeros((40, 100), np.uint8)
    crop = cut(flat, Quad.of_box(Box(0, 0, 100, 40)), margin=0.25)
    assert crop.shape == (60, 120)
    assert crop[0].min() == 255
    assert crop[30, 60] == 0


def test_a_neighbours_descender_stays_out_of_the_crop() -> None:
    flat = np.full((300, 600), 252, np.uint8)
    cv2.line(flat, (100, 100), (500, 100), 20, 40)  # the line itself, as a bar
    cv2.line(flat, (300, 20), (300, 72), 20, 6)  # a neighbour's, poking into the box
    own, above = Quad.of_box(Box(98, 70, 502, 122)), Quad.of_box(Box(98, 10, 502, 66))
    crop, _ = cut_lines(flat, [own, above])
    plain = cut(flat, own)
    assert crop.shape == plain.shape
    assert plain[:6].min() < 60
    assert crop[:6].min() > 240
    assert crop[20:48].min() < 60


def test_accents_and_what_hangs_on_the_line_stay_in_the_crop() -> None:
    flat = np.full((300, 600), 252, np.uint8)
    cv2.line(flat, (100, 100), (500, 100), 20, 30)
    cv2.circle(flat, (200, 74), 4, 20, -1)  # a dot above, inside the line's box
    cv2.line(flat, (400, 100), (400, 160), 20, 6)  # a descender that runs far into the next line
    own, below = Quad.of_box(Box(98, 68, 502, 120)), Quad.of_box(Box(98, 130, 502, 180))
    crop, _ = cut_lines(flat, [own, below])
    assert np.array_equal(crop, cut(flat, own))
