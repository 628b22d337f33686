"""How large a file may be before it is refused."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """Checked on sizes that files declare, before anything is decoded or rendered.

    Attributes:
        max_file_bytes: of the file as received.
        max_pages: in one file.
        max_pixels: of one page as delivered, and of any one image inside a PDF page.
    """

    max_file_bytes: int = 200 * 1024 * 1024
    max_pages: int = 600
    max_pixels: int = 50_000_000
