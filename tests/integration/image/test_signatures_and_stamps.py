"""Signatures and stamps that we draw are set apart; writing beside, under and around them stays writing."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from pipeline.domain.geometry import Box
from pipeline.domain.paper import Layout, Page, Stroke
from pipeline.image.layout import see

SAMPLES = Path(__file__).parents[3] / "sample_scans"
SCAN = "ordonnance domicile.jpg"
WRITTEN = (1, 2, 3, 4, 5)
"""The scan's lines that every sheet here carries; line 6 is "QSP 1 mois"."""
STAMP = ("Dr Anne TREGUER", "Medecine generale", "12 rue du Port 29000 Quimper", "RPPS 10990000012")
FONT = Path("/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf")
STAMP_PLACE, SIGNATURE_PLACE = (600, 1000), (560, 1020)


@cache
def written(number: int) -> np.ndarray:
    """A line of the sample day's handwriting as it was scanned, gray."""
    pages = json.loads((SAMPLES / "truth.json").read_text(encoding="utf-8"))["pages"]
    (truth,) = [page for page in pages if page["file"] == SCAN]
    x0, y0, x1, y1 = truth["lines"][number]["box"]
    with Image.open(SAMPLES / "scans" / SCAN) as scan:
        return np.asarray(scan.convert("L"))[y0:y1, x0:x1]


def sheet() -> np.ndarray:
    """An A5 sheet at 200 dpi with lines of handwriting in its upper half."""
    pixels = np.full((1654, 1165), 250, np.uint8)
    for row, number in enumerate(WRITTEN):
        write(pixels, number, (110, 300 + 110 * row))
    return pixels


def write(pixels: np.ndarray, number: int, place: tuple[int, int]) -> Box:
    """Lay a line of handwriting down with its top left corner at `place`; returns where it stands."""
    (x, y), line = place, written(number)
    there = pixels[y : y + line.shape[0], x : x + line.shape[1]]
    np.minimum(there, line, out=there)
    return Box(x, y, x + line.shape[1], y + line.shape[0])


def sign(pixels: np.ndarray, place: tuple[int, int] = SIGNATURE_PLACE, size: float = 1.0) -> Box:
    """Sign with one long stroke of rising loops and a bar back under them; returns where it stands."""
    steps = np.linspace(0, 9.5 * np.pi, 400)
    across = 30 + 11 * steps + 42 * np.sin(steps)
    down = 75 + (70 - 1.6 * steps) * np.cos(steps) - 1.1 * steps
    loops = np.stack([across, down], axis=1)
    bar = np.stack([np.linspace(across[-1], 20, 60), np.linspace(down[-1], 130, 60)], axis=1)
    points = np.round(np.concatenate([loops, bar]) * size + place).astype(np.int32)
    cv2.polylines(pixels, [points], False, 40, 4, cv2.LINE_AA)
    (x0, y0), (x1, y1) = points.min(axis=0), points.max(axis=0)
    return Box(int(x0), int(y0), int(x1), int(y1))


def stamp(
    pixels: np.ndarray, *, tilt: float, frame: bool = False, place: tuple[int, int] = STAMP_PLACE
) -> Box:
    """Print four pale rows that sink by `tilt` degrees; returns where they stand."""
    block = Image.new("L", (460, 220), 255)
    draw = ImageDraw.Draw(block)
    for number, row in enumerate(STAMP):
        draw.text((40, 32 + 40 * number), row, fill=110, font=ImageFont.truetype(str(FONT), 25))
    if frame:
        draw.rounded_rectangle((8, 8, 452, 212), radius=12, outline=110, width=4)
    around = np.pad(np.asarray(block), 40, constant_values=255)
    height, width = around.shape
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), -tilt, 1)
    around = cv2.warpAffine(around, turn, (width, height), borderValue=255)
    x, y = place
    there = pixels[y : y + height, x : x + width]
    np.minimum(there, around, out=there)
    return Box(x, y, x + width, y + height)


def seen(pixels: np.ndarray) -> Layout:
    return see(Page("p", "0" * 64, 1, pixels.shape[1], pixels.shape[0], 200), pixels, rotation=0)[0]


def boxes(layout: Layout, stroke: Stroke) -> list[Box]:
    return [line.quad.box for line in layout.lines if line.stroke is stroke]


needs_font = pytest.mark.skipif(not FONT.exists(), reason="the font that stamps are drawn with is absent")


def test_writing_alone_is_all_writing() -> None:
    assert len(boxes(seen(sheet()), Stroke.HAND)) == len(seen(sheet()).lines) == len(WRITTEN)


def test_a_signature_is_one_line_of_its_own() -> None:
    pixels = sheet()
    drawn = sign(pixels)
    layout = seen(pixels)
    assert len(boxes(layout, Stroke.HAND)) == len(WRITTEN)
    (found,) = boxes(layout, Stroke.SIGNATURE)
    assert found.iou(drawn) > 0.8
    assert [line.order for line in layout.lines] == list(range(len(layout.lines)))


@needs_font
@pytest.mark.parametrize("tilt", [-6.0, 3.0, 7.0])
def test_a_stamp_aslant_is_no_writing(tilt: float) -> None:
    pixels = sheet()
    drawn = stamp(pixels, tilt=tilt)
    layout = seen(pixels)
    assert len(boxes(layout, Stroke.HAND)) == len(WRITTEN)
    assert all(drawn.intersection(box) == box.area for box in boxes(layout, Stroke.STAMP))


@needs_font
@pytest.mark.parametrize("tilt", [-4.0, 0.0, 5.0])
def test_a_signed_stamp_and_its_signature_are_told_apart(tilt: float) -> None:
    pixels = sheet()
    drawn = stamp(pixels, tilt=tilt)
    signed = sign(pixels)
    layout = seen(pixels)
    assert len(boxes(layout, Stroke.HAND)) == len(WRITTEN)
    assert len(boxes(layout, Stroke.STAMP)) >= 2
    assert all(drawn.intersection(box) > 0.9 * box.area for box in boxes(layout, Stroke.STAMP))
    assert any(box.iou(signed) > 0.6 for box in boxes(layout, Stroke.SIGNATURE))


@needs_font
def test_a_framed_stamp_is_no_writing() -> None:
    pixels = sheet()
    drawn = stamp(pixels, tilt=3.0, frame=True)
    layout = seen(pixels)
    assert len(boxes(layout, Stroke.HAND)) == len(WRITTEN)
    assert all(drawn.intersection(box) == box.area for box in boxes(layout, Stroke.STAMP))


def still_written(layout: Layout, place: Box) -> bool:
    """Whether a line of handwriting was found at a place."""
    return any(box.iou(place) > 0.4 for box in boxes(layout, Stroke.HAND))


@needs_font
def test_a_line_written_beside_and_under_a_stamp_stays() -> None:
    pixels = sheet()
    stamp(pixels, tilt=4.0)
    beside, under = write(pixels, 2, (110, 1120)), write(pixels, 4, (620, 1330))
    layout = seen(pixels)
    assert still_written(layout, beside)
    assert still_written(layout, under)


def test_a_short_line_on_the_rows_of_a_signature_stays() -> None:
    pixels = sheet()
    signed = sign(pixels)
    short = write(pixels, 6, (110, 1080))
    layout = seen(pixels)
    assert still_written(layout, short)
    assert any(box.iou(signed) > 0.6 for box in boxes(layout, Stroke.SIGNATURE))


@pytest.mark.parametrize("number", [2, 4, 6])
def test_a_line_signed_over_stays(number: int) -> None:
    pixels = sheet()
    place = write(pixels, number, (580, 1090))
    sign(pixels)
    found = boxes(seen(pixels), Stroke.HAND)
    assert any(box.intersection(place) > 0.5 * place.area for box in found)


def test_what_has_writing_below_is_no_signature() -> None:
    pixels = sheet()
    sign(pixels, (600, 830))
    last = write(pixels, 4, (110, 1200))
    layout = seen(pixels)
    assert not boxes(layout, Stroke.SIGNATURE)
    assert still_written(layout, last)


def test_a_frame_drawn_around_a_line_leaves_it_a_line() -> None:
    pixels = sheet()
    place = write(pixels, 2, (300, 1050))
    cv2.rectangle(pixels, (270, 1025), (place.x1 + 30, place.y1 + 25), 45, 4, cv2.LINE_AA)
    layout = seen(pixels)
    assert any(box.intersection(place) > 0.8 * place.area for box in boxes(layout, Stroke.HAND))
    assert not boxes(layout, Stroke.STAMP)


def test_a_large_joined_word_is_no_signature() -> None:
    pixels = sheet()
    word = cv2.resize(written(6), None, fx=1.15, fy=1.15)
    there = pixels[1080 : 1080 + word.shape[0], 110 : 110 + word.shape[1]]
    np.minimum(there, cv2.erode(word, np.ones((3, 9), np.uint8)), out=there)
    assert not boxes(seen(pixels), Stroke.SIGNATURE)
