"""What a file is, told by its bytes and never by its name."""

from __future__ import annotations

import hashlib

from pipeline.intake.errors import EmptyFile, NotAnImage

_SIGNATURES = (
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"II*\x00", "image/tiff"),
    (b"MM\x00*", "image/tiff"),
    (b"II+\x00", "image/tiff"),
    (b"MM\x00+", "image/tiff"),
)
_HEIF_BRANDS = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"}
_PDF_HEADER_WITHIN = 1024
"""Adobe's readers accept junk before %PDF- within so many bytes (ISO 32000-1, annex H, note 13)."""


def sha256_of(data: bytes) -> str:
    """Return the SHA-256 of the bytes, 64 hex digits."""
    return hashlib.sha256(data).hexdigest()


def media_type_of(data: bytes) -> str:
    """Return the media type that the bytes themselves tell.

    Returns:
        "application/pdf", "image/tiff", "image/jpeg", "image/png" or "image/heic".

    Raises:
        EmptyFile: no bytes.
        NotAnImage: none of these.
    """
    if not data:
        raise EmptyFile
    for signature, media_type in _SIGNATURES:
        if data.startswith(signature):
            return media_type
    if data[4:8] == b"ftyp" and _HEIF_BRANDS & _brands(data):
        return "image/heic"
    if b"%PDF-" in data[:_PDF_HEADER_WITHIN]:
        return "application/pdf"
    raise NotAnImage


def _brands(data: bytes) -> set[bytes]:
    """Return the major and compatible brands of an ISO base media file (ISO 14496-12, 4.3)."""
    end = min(int.from_bytes(data[:4], "big"), 256)
    return {data[start : start + 4] for start in (8, *range(16, end, 4))}
