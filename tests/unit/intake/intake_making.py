"""Files built byte by byte for the tests of intake."""

from __future__ import annotations

import io
import zlib

import numpy as np
from PIL import Image


def page_image(width: int = 400, height: int = 560, seed: int = 1) -> Image.Image:
    """Paper noise, and a black corner at the top left that tells which way is up."""
    rng = np.random.default_rng(seed)
    pixels = rng.integers(200, 256, (height, width), dtype=np.uint8)
    pixels[: height // 4, : width // 4] = 0
    return Image.fromarray(pixels)


def saved(image: Image.Image, **options: object) -> bytes:
    out = io.BytesIO()
    image.save(out, **options)
    return out.getvalue()


def pdf_of(objects: dict[int, bytes], root: int = 1, extra: bytes = b"") -> bytes:
    """Write numbered objects with a right cross-reference table."""
    out = bytearray(b"%PDF-1.5\n")
    places = {}
    for number, body in sorted(objects.items()):
        places[number] = len(out)
        out += b"%d 0 obj\n" % number + body + b"\nendobj\n"
    start = len(out)
    out += b"xref\n0 1\n0000000000 65535 f \n"
    for number, place in places.items():
        out += b"%d 1\n%010d 00000 n \n" % (number, place)
    size = max(objects) + 1
    out += b"trailer\n<< /Size %d /Root %d 0 R %s >>\nstartxref\n%d\n%%%%EOF\n" % (size, root, extra, start)
    return bytes(out)


def stream(body: bytes, entries: bytes = b"") -> bytes:
    return b"<< %s /Length %d >>\nstream\n" % (entries, len(body)) + body + b"\nendstream"


def image_object(width: int, height: int, body: bytes, filters: bytes = b"/DCTDecode") -> bytes:
    entries = b"/Type /XObject /Subtype /Image /Width %d /Height %d /ColorSpace /DeviceGray" % (width, height)
    return stream(body, entries + b" /BitsPerComponent 8 /Filter " + filters)


def pdf_of_pages(pages: list[tuple[bytes, bytes, bytes | None]]) -> bytes:
    """Pages as (entries such as /MediaBox and /Rotate, content, image object or None)."""
    objects = {1: b"<< /Type /Catalog /Pages 2 0 R >>"}
    kids = []
    for index, (entries, content, image) in enumerate(pages):
        page, body, picture = 3 + 3 * index, 4 + 3 * index, 5 + 3 * index
        kids.append(b"%d 0 R" % page)
        resources = b"<< /XObject << /I %d 0 R >> >>" % picture if image else b"<< >>"
        objects[page] = b"<< /Type /Page /Parent 2 0 R /Contents %d 0 R /Resources %s %s >>" % (
            body,
            resources,
            entries,
        )
        objects[body] = stream(content)
        if image:
            objects[picture] = image
    objects[2] = b"<< /Type /Pages /Count %d /Kids [%s] >>" % (len(kids), b" ".join(kids))
    return pdf_of(objects)


A4 = b"/MediaBox [0 0 595.276 841.89]"
FULL_A4 = b"q 595.276 0 0 841.89 0 0 cm /I Do Q"


def png_of(width: int, height: int, data: bytes) -> bytes:
    """A 1-bit PNG that claims a size, with these compressed rows."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return len(body).to_bytes(4, "big") + kind + body + zlib.crc32(kind + body).to_bytes(4, "big")

    header = width.to_bytes(4, "big") + height.to_bytes(4, "big") + b"\x01\x00\x00\x00\x00"
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", data) + chunk(b"IEND", b"")


def black_rows(width: int, height: int) -> bytes:
    """Compressed 1-bit rows that really decode to so many pixels, about a thousandth in bytes."""
    squeeze = zlib.compressobj(9)
    row = bytes(1 + (width + 7) // 8)
    return b"".join([*(squeeze.compress(row) for _ in range(height)), squeeze.flush()])
