"""What came in on paper: deliveries, files, sides of sheets, lines of ink."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from pipeline.domain.geometry import Quad


class PageKind(StrEnum):
    """What a side of paper is."""

    PRESCRIPTION = "prescription"
    NOTE = "note"
    OTHER = "other"
    BLANK = "blank"


class Stroke(StrEnum):
    """What a line was made with: a hand that writes, a press, a stamp, a hand that signs.

    A signature is not read; a stamp is, but nothing on it counts as prescribed.
    """

    HAND = "hand"
    PRINT = "print"
    STAMP = "stamp"
    SIGNATURE = "signature"


@dataclass(frozen=True, slots=True)
class Batch:
    """One delivery of scans.

    Attributes:
        id: derived from sender and content, safe in a URL and in a log.
        sender: the user or the watched folder that delivered it.
        received_at: UTC.
        declared_sheets: how many sheets the sender says it holds; None = not said.
    """

    id: str
    sender: str
    received_at: datetime
    declared_sheets: int | None = None


@dataclass(frozen=True, slots=True)
class Scan:
    """One file as it came; its bytes are kept under `sha256` and never altered.

    Attributes:
        sha256: of the bytes as received, 64 hex digits.
        media_type: as found in the bytes, not as the name claims ("application/pdf").
        size: bytes.
        name: the file's name as delivered; may hold a person's name, so it never enters a log.
        batch_id: the first delivery that brought it.
    """

    sha256: str
    media_type: str
    size: int
    name: str
    batch_id: str


@dataclass(frozen=True, slots=True)
class Page:
    """One side of one sheet.

    Attributes:
        id: "<first 16 hex of the scan's sha256>-<number>", safe in a URL and in a log.
        scan_sha256: the file it is in.
        number: from 1.
        width, height: px of the delivered image (PDF pages: as rendered at `dpi`).
        dpi: resolution of the delivered image; 0 = the file does not say.
    """

    id: str
    scan_sha256: str
    number: int
    width: int
    height: int
    dpi: int

    @staticmethod
    def id_of(scan_sha256: str, number: int) -> str:
        """Return the id of page `number` (from 1) of a scan."""
        return f"{scan_sha256[:16]}-{number}"


@dataclass(frozen=True, slots=True)
class Struck:
    """A piece of a line that looks crossed out.

    Attributes:
        start, end: where along the line, 0-1, as a reading's places.
        sure: it was left out of the reading; a piece that is merely doubtful was read, and a person looks.
    """

    start: float
    end: float
    sure: bool


@dataclass(frozen=True, slots=True)
class Line:
    """One line of ink.

    Attributes:
        page_id: the page it stands on.
        order: reading order on its page, from 0.
        quad: where it stands, in pixels of the delivered image; crossed-out writing included.
        stroke: what it was made with.
        struck: what of it was crossed out, from left to right.
    """

    page_id: str
    order: int
    quad: Quad
    stroke: Stroke
    struck: tuple[Struck, ...] = ()


@dataclass(frozen=True, slots=True)
class Barcode:
    """A decoded QR code or DataMatrix.

    Attributes:
        symbology: "QRCode" or "DataMatrix".
        text: its content.
        quad: where it stands, in pixels of the delivered image.
    """

    symbology: str
    text: str
    quad: Quad


@dataclass(frozen=True, slots=True)
class Layout:
    """What the eye finds on a page before anything is read.

    Attributes:
        rotation: 0, 90, 180 or 270, degrees clockwise by which the delivered image is turned.
        skew: degrees that remain after that, clockwise positive.
        blank: nobody wrote or printed on this side.
        photo: it looks like a phone's photograph, not a scanner's image.
        lines: in reading order.
        barcodes: any order.
        fingerprint: a short description of where the ink is, to recognise the same sheet again.
    """

    rotation: int
    skew: float
    blank: bool
    photo: bool
    lines: tuple[Line, ...]
    barcodes: tuple[Barcode, ...]
    fingerprint: bytes
