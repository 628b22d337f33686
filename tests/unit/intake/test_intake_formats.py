"""What comes out of well-made files: sizes, orientation, depth."""

from __future__ import annotations

import io
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

sys.path.insert(0, str(Path(__file__).parent))
from intake_making import A4, FULL_A4, image_object, page_image, pdf_of_pages, saved

from pipeline.domain.paper import Page, Scan
from pipeline.intake.limits import Limits
from pipeline.intake.receive import media_type_of, sha256_of
from pipeline.intake.sheets import open_scan, pages_of


def opened(data: bytes):
    return open_scan(data, media_type=media_type_of(data), limits=Limits())


def dark_corner(pixels) -> str:
    gray = pixels if pixels.ndim == 2 else pixels.mean(axis=2)
    h, w = gray.shape[0] // 4, gray.shape[1] // 4
    corners = {"tl": gray[:h, :w], "tr": gray[:h, -w:], "br": gray[-h:, -w:], "bl": gray[-h:, :w]}
    return min(corners, key=lambda name: corners[name].mean())


@pytest.mark.parametrize(
    ("mode", "compression"),
    [
        *[("1", "group4"), ("1", "group3"), ("1", "tiff_lzw"), ("L", "tiff_lzw"), ("L", "raw")],
        *[("RGB", "jpeg"), ("RGB", "tiff_adobe_deflate"), ("P", "tiff_lzw"), ("I;16", "raw")],
        *[("RGBA", "tiff_lzw"), ("CMYK", "raw")],
    ],
)
def test_tiff_pages_of_every_kind(mode, compression):
    image = page_image()
    if mode == "I;16":
        image = Image.fromarray(np.asarray(image).astype(np.uint16) * 257)
    else:
        image = image.convert(mode)
    data = saved(image, format="TIFF", compression=compression, dpi=(300, 300))
    with opened(data) as file:
        assert file.size(1) == (400, 560, 300)
        pixels = file.pixels(1)
    assert pixels.dtype == np.uint8 and pixels.shape[:2] == (560, 400)
    assert dark_corner(pixels) == "tl" and pixels.min() < 20 and pixels.max() > 190


def test_colour_stays_colour_and_gray_is_gray():
    red = Image.new("RGB", (60, 40), (200, 20, 20))
    with opened(saved(red, format="PNG")) as file:
        assert file.pixels(1).shape == (40, 60, 3)
    with opened(saved(page_image().convert("RGB"), format="PNG")) as file:
        assert file.pixels(1).shape == (560, 400)


def test_transparent_paper_is_white():
    clear = Image.new("RGBA", (60, 40), (0, 0, 0, 0))
    with opened(saved(clear, format="PNG")) as file:
        assert file.pixels(1).min() == 255


def test_pages_of_a_mixed_tiff_can_be_asked_in_any_order():
    first, second = page_image(300, 400), page_image(200, 500).convert("1")
    data = saved(first, format="TIFF", save_all=True, append_images=[second], compression="tiff_lzw")
    with opened(data) as file:
        assert file.page_count == 2
        assert [file.pixels(n).shape for n in (2, 1, 2)] == [(500, 200), (400, 300), (500, 200)]
        with pytest.raises(IndexError):
            file.size(3)


@pytest.mark.parametrize(("orientation", "corner"), [(1, "tl"), (3, "br"), (6, "tr"), (8, "bl")])
@pytest.mark.parametrize("kind", ["JPEG", "TIFF"])
def test_a_photograph_stands_as_a_viewer_shows_it(kind, orientation, corner):
    exif = Image.Exif()
    exif[0x0112] = orientation
    with opened(saved(page_image(), format=kind, exif=exif)) as file:
        width, height, _ = file.size(1)
        pixels = file.pixels(1)
    assert pixels.shape[:2] == (height, width)
    assert (width > height) == (orientation in (6, 8))
    assert dark_corner(pixels) == corner


def test_heic_photographs():
    pillow_heif = pytest.importorskip("pillow_heif")
    out = pillow_heif.from_pillow(page_image().convert("RGB"))
    buffer = io.BytesIO()
    out.save(buffer)
    data = buffer.getvalue()
    assert media_type_of(data) == "image/heic"
    with opened(data) as file:
        assert file.size(1) == (400, 560, 0)
        assert dark_corner(file.pixels(1)) == "tl"


def scanned_a4(entries: bytes = b"") -> bytes:
    image = page_image(2480, 3507)
    picture = image_object(2480, 3507, saved(image, format="JPEG", quality=50))
    return pdf_of_pages([(A4 + entries, FULL_A4, picture)])


def test_a_scanned_pdf_page_comes_at_its_own_resolution():
    with opened(scanned_a4()) as file:
        assert file.size(1) == (2480, 3507, 300)
        pixels = file.pixels(1)
    assert pixels.shape == (3507, 2480) and dark_corner(pixels) == "tl"


@pytest.mark.parametrize(("turn", "corner"), [(90, "tr"), (180, "br"), (270, "bl")])
def test_a_pdf_page_is_turned_as_it_says(turn, corner):
    with opened(scanned_a4(b" /Rotate %d" % turn)) as file:
        size = file.size(1)
        assert size == ((3507, 2480, 300) if turn != 180 else (2480, 3507, 300))
        pixels = file.pixels(1)
    assert pixels.shape == (size[1], size[0]) and dark_corner(pixels) == corner


def test_a_pdf_page_that_is_no_scan_comes_at_200_dpi():
    drawing = b"0 g 0 700 200 200 re f"
    with opened(pdf_of_pages([(A4, drawing, None)])) as file:
        assert file.size(1) == (1654, 2339, 200)
        assert dark_corner(file.pixels(1)) == "tl"


def test_a_camera_resolution_that_no_sheet_has_is_not_believed():
    with opened(saved(page_image(3000, 4000), format="JPEG", dpi=(72, 72))) as file:
        assert file.size(1) == (3000, 4000, 0)


def test_pages_carry_the_scan_they_are_in():
    data = saved(page_image(), format="TIFF", save_all=True, append_images=[page_image()], dpi=(200, 200))
    scan = Scan(sha256_of(data), "image/tiff", len(data), "a.tif", "b")
    with opened(data) as file:
        pages = pages_of(scan, file)
    assert pages[1] == Page(f"{scan.sha256[:16]}-2", scan.sha256, 2, 400, 560, 200)
