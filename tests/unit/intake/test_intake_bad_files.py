"""Files that are broken, hostile or not scans at all: the right error, and little memory."""

from __future__ import annotations

import io
import subprocess
import sys
import zlib
from pathlib import Path

import pytest
from PIL import Image

sys.path.insert(0, str(Path(__file__).parent))
from intake_making import (
    A4,
    FULL_A4,
    black_rows,
    image_object,
    page_image,
    pdf_of,
    pdf_of_pages,
    png_of,
    saved,
)

from pipeline.domain.errors import BadScan
from pipeline.intake.errors import (
    DamagedPage,
    EmptyFile,
    Encrypted,
    NotAnImage,
    TooLarge,
    TooManyPages,
    Truncated,
)
from pipeline.intake.limits import Limits
from pipeline.intake.receive import media_type_of
from pipeline.intake.sheets import open_scan

JPEG = saved(page_image(), format="JPEG")


def take(data: bytes, limits: Limits = Limits()):  # noqa: B008 - frozen
    with open_scan(data, media_type=media_type_of(data), limits=limits) as file:
        return [file.pixels(number) for number in range(1, file.page_count + 1)]


def good_page() -> tuple[bytes, bytes, bytes]:
    return A4, FULL_A4, image_object(400, 560, JPEG)


def two_page_tiff(compression: str) -> bytes:
    return saved(
        page_image(),
        format="TIFF",
        save_all=True,
        append_images=[page_image(seed=2)],
        compression=compression,
    )


def test_nothing_is_empty():
    with pytest.raises(EmptyFile):
        media_type_of(b"")
    with pytest.raises(EmptyFile):
        open_scan(b"", media_type="image/png", limits=Limits())


@pytest.mark.parametrize(
    "data",
    [
        b"Bonjour",
        b"PK\x03\x04" + bytes(100),
        b"\x00" * 5000,
        b"\x00\x00\x00\x18ftypisom" + bytes(100),
        b"\xff\xd8",
    ],
)
def test_other_files_are_not_scans(data):
    with pytest.raises(NotAnImage):
        media_type_of(data)


@pytest.mark.parametrize("share", [0.02, 0.3, 0.5, 0.9, 0.999])
@pytest.mark.parametrize("options", [{}, {"progressive": True}, {"exif": b"Exif\x00\x00" + JPEG}])
def test_a_jpeg_cut_anywhere_is_truncated(share, options):
    whole = saved(page_image(), format="JPEG", **options)
    assert take(whole)
    with pytest.raises(Truncated):
        take(whole[: int(len(whole) * share)])


def test_a_jpeg_whose_end_is_zeros_is_truncated_but_a_camera_s_trailer_is_not():
    with pytest.raises(Truncated):
        take(JPEG[: len(JPEG) // 2] + bytes(len(JPEG) // 2))
    assert take(JPEG + b"SEFHe" + bytes(100))


@pytest.mark.parametrize("share", [0.01, 0.3, 0.7, 0.99])
@pytest.mark.parametrize("compression", ["raw", "tiff_lzw", "group4", "jpeg"])
def test_a_tiff_cut_anywhere_is_truncated(share, compression):
    mode = "1" if compression == "group4" else "L"
    images = [page_image(seed=seed).convert(mode) for seed in (1, 2)]
    whole = saved(images[0], format="TIFF", save_all=True, append_images=images[1:], compression=compression)
    assert len(take(whole)) == 2
    with pytest.raises(Truncated):
        take(whole[: max(8, int(len(whole) * share))])


@pytest.mark.parametrize("share", [0.05, 0.3, 0.7, 0.97])
def test_pdf_and_png_cut_anywhere_are_truncated(share):
    for whole in (pdf_of_pages([good_page(), good_page()]), saved(page_image(), format="PNG")):
        assert take(whole)
        with pytest.raises(Truncated):
            take(whole[: int(len(whole) * share)])


def test_a_heic_cut_in_the_middle_is_truncated():
    pillow_heif = pytest.importorskip("pillow_heif")
    out = io.BytesIO()
    pillow_heif.from_pillow(page_image().convert("RGB")).save(out)
    with pytest.raises(Truncated):
        take(out.getvalue()[: len(out.getvalue()) // 2])


def test_a_pdf_with_a_password_is_encrypted():
    encrypt = (
        b"/Encrypt << /Filter /Standard /V 1 /R 2 /P -4 /O <" + b"ab" * 32 + b"> /U <" + b"cd" * 32 + b"> >> "
        b"/ID [<00112233445566778899aabbccddeeff> <00112233445566778899aabbccddeeff>]"
    )
    data = pdf_of(
        {1: b"<< /Type /Catalog /Pages 2 0 R >>", 2: b"<< /Type /Pages /Count 0 /Kids [] >>"}, extra=encrypt
    )
    with pytest.raises(Encrypted):
        take(data)


def test_a_pdf_without_pages_or_sense_is_no_scan():
    for data in (
        pdf_of({1: b"<< /Type /Catalog /Pages 2 0 R >>", 2: b"<< /Type /Pages /Count 0 /Kids [] >>"}),
        b"%PDF-1.4\nnonsense\n%%EOF\n",
    ):
        with pytest.raises(NotAnImage):
            take(data)


def test_too_many_pages():
    pages = [(b"/MediaBox [0 0 100 100]", b"", None)] * 30
    with pytest.raises(TooManyPages):
        take(pdf_of_pages(pages), Limits(max_pages=29))
    assert len(take(pdf_of_pages(pages), Limits(max_pages=30))) == 30
    tiff = saved(page_image(8, 8), format="TIFF", save_all=True, append_images=[page_image(8, 8)] * 29)
    with pytest.raises(TooManyPages):
        take(tiff, Limits(max_pages=29))


def test_too_many_bytes():
    with pytest.raises(TooLarge):
        take(JPEG, Limits(max_file_bytes=len(JPEG) - 1))


def test_one_bad_page_does_not_take_the_others_with_it():
    cut = image_object(400, 560, JPEG[: len(JPEG) // 2])
    giant = (b"/MediaBox [0 0 14400 14400]", b"", None)
    data = pdf_of_pages([good_page(), (A4, FULL_A4, cut), giant, good_page()])
    with open_scan(data, media_type="application/pdf", limits=Limits()) as file:
        assert file.page_count == 4
        with pytest.raises(DamagedPage):
            file.pixels(2)
        with pytest.raises(TooLarge):
            file.size(3)
        assert (file.pixels(1) == file.pixels(4)).all()


def test_one_bad_tiff_page_does_not_take_the_others_with_it():
    data = bytearray(two_page_tiff("tiff_lzw"))
    with Image.open(io.BytesIO(bytes(data))) as image:
        start, size = image.tag_v2[273][0], image.tag_v2[279][0]
    data[start : start + size] = b"\xff" * size
    with open_scan(bytes(data), media_type="image/tiff", limits=Limits()) as file:
        with pytest.raises(DamagedPage):
            file.pixels(1)
        assert file.pixels(2).shape == (560, 400)


def huge_jpeg() -> bytes:
    """A small JPEG whose frame header claims 30,000 x 30,000."""
    place = JPEG.index(b"\xff\xc0")
    side = (30000).to_bytes(2, "big")
    return JPEG[: place + 5] + side + side + JPEG[place + 9 :]


def bombs() -> dict[str, bytes]:
    giant_image = image_object(60000, 60000, b"\x00" * 10, b"/FlateDecode")
    real = image_object(30000, 30000, zlib.compress(bytes(1 << 20)), b"/FlateDecode")
    jpx = b"\xff\x4f\xff\x51\x00\x29\x00\x00" + (40000).to_bytes(4, "big") * 2 + bytes(60)
    return {
        "points.pdf": pdf_of_pages([(b"/MediaBox [0 0 14400 14400]", b"", None)]),
        "image.pdf": pdf_of_pages([(A4, FULL_A4, giant_image)]),
        "zeros.pdf": pdf_of_pages([(A4, FULL_A4, real)]),
        "jpx.pdf": pdf_of_pages([(A4, FULL_A4, image_object(10, 10, jpx, b"/JPXDecode"))]),
        "thin.pdf": pdf_of_pages([(A4, b"q 1 0 0 1 0 0 cm /I Do Q", giant_image)]),
        "header.png": png_of(30000, 30000, zlib.compress(bytes(1000))),
        "real.png": png_of(30000, 30000, black_rows(30000, 30000)),
        "huge.jpg": huge_jpeg(),
        "huge.tif": saved(Image.new("1", (8000, 7000)), format="TIFF", compression="group4"),
    }


PEAK = r"""
import re, sys
from pathlib import Path
from pipeline.intake.errors import TooLarge
from pipeline.intake.limits import Limits
from pipeline.intake.receive import media_type_of
from pipeline.intake.sheets import open_scan
for path in sorted(Path(sys.argv[1]).iterdir()):
    data = path.read_bytes()
    try:
        with open_scan(data, media_type=media_type_of(data), limits=Limits()) as file:
            file.pixels(1)
        print("OPENED", path.name)
    except TooLarge:
        print("refused", path.name)
# VmHWM is this program's own; ru_maxrss would count the parent before exec
print(int(re.search(r"VmHWM:\s+(\d+)", Path("/proc/self/status").read_text())[1]) // 1024)
"""


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="peak memory is read from /proc")
def test_bombs_are_refused_within_300_megabytes(tmp_path):
    for name, data in bombs().items():
        (tmp_path / name).write_bytes(data)
    done = subprocess.run(
        [sys.executable, "-c", PEAK, str(tmp_path)], capture_output=True, text=True, check=True, timeout=60
    )
    *lines, peak = done.stdout.split("\n")[:-1]
    assert lines == [f"refused {name}" for name in sorted(bombs())]
    assert int(peak) < 300


def test_every_error_speaks_both_languages_and_no_two_alike():
    classes = [EmptyFile, Truncated, Encrypted, NotAnImage, TooLarge, TooManyPages, DamagedPage]
    assert all(issubclass(one, BadScan) and one.exit_code == 6 for one in classes)
    for attribute in ("category", "french", "english"):
        assert len({getattr(one, attribute) for one in [*classes, BadScan]}) == len(classes) + 1


def test_a_giant_tiff_page_beyond_pillow_s_own_limit_is_refused_alone():
    images = [Image.new("1", size, 1) for size in ((100, 100), (14000, 13000), (100, 100))]
    data = saved(images[0], format="TIFF", save_all=True, append_images=images[1:], compression="group4")
    with open_scan(data, media_type="image/tiff", limits=Limits()) as file:
        assert file.page_count == 3
        with pytest.raises(TooLarge):
            file.pixels(2)
        assert file.pixels(3).shape == (100, 100)
