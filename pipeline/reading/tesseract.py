"""The program tesseract, through pytesseract: whether it is here and fit, and what it finds on a picture."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import pytesseract
from numpy.typing import NDArray
from PIL import Image

from pipeline.domain.errors import ToolMissing

_COLUMNS = ("text", "conf", "left", "top", "width", "height")
_BROKEN = (pytesseract.TesseractError, pytesseract.TesseractNotFoundError)

Word = tuple[str, float, int, int, int, int]
"""Text, confidence 0-100, left, top, width, height in px."""


@dataclass(frozen=True, slots=True)
class TesseractProbe:
    """Whether Tesseract is here and fit.

    Attributes:
        version: "5.3.0"; None = the program is not installed.
        languages: those installed.
    """

    version: str | None
    languages: tuple[str, ...]


@cache
def probe() -> TesseractProbe:
    """Return which Tesseract is installed, without reading anything; asked once a process."""
    try:
        version = str(pytesseract.get_tesseract_version.__wrapped__())  # pytesseract would remember for good
        return TesseractProbe(version.split("-")[0], tuple(sorted(pytesseract.get_languages(config=""))))
    except (*_BROKEN, SystemExit):
        return TesseractProbe(None, ())


def words_on(picture: NDArray[np.uint8], *, language: str) -> list[Word]:
    """Return every word that Tesseract finds on a picture that is one block of lines.

    Args:
        picture: gray uint8 (h, w), 0 = ink.
        language: an installed one, "fra".

    Raises:
        ToolMissing: the program ended with an error, or is no more there.
    """
    try:
        table: dict[str, list[Any]] = pytesseract.image_to_data(
            Image.fromarray(picture),
            lang=language,
            config="--psm 6 --dpi 300",
            output_type=pytesseract.Output.DICT,
        )
    except _BROKEN as error:
        raise ToolMissing("tesseract broke down") from error
    rows = zip(*(table[column] for column in _COLUMNS), strict=True)
    return [(str(t), float(c), int(x), int(y), int(w), int(h)) for t, c, x, y, w, h in rows]
