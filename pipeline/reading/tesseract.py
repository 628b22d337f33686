"""The program tesseract: whether it is here and fit, and what it finds on a picture."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from pipeline.domain.errors import ToolMissing

_PROGRAM = "tesseract"
_COLUMNS = ("text", "conf", "left", "top", "width", "height")

Word = tuple[str, float, int, int, int, int]
"""Text, confidence 0-100 in whole numbers, left, top, width, height in px."""


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
        version, listed = (_run([option]).decode() for option in ("--version", "--list-langs"))
    except (OSError, subprocess.CalledProcessError):
        return TesseractProbe(None, ())
    # "tesseract 5.3.0" or, from a packager, "tesseract v5.3.0-12-g1234"; languages follow a heading.
    number = version.split()[1].lstrip("v").split("-")[0]
    return TesseractProbe(number, tuple(sorted(line.strip() for line in listed.splitlines()[1:] if line)))


def words_on(picture: NDArray[np.uint8], *, language: str) -> list[Word]:
    """Return every word that Tesseract finds on a picture that is one block of lines.

    Args:
        picture: gray uint8 (h, w), 0 = ink.
        language: an installed one, "fra".

    Raises:
        ToolMissing: the program ended with an error, or is no more there.
    """
    how = ["stdin", "stdout", "-l", language, "--psm", "6", "--dpi", "300", "-c", "tessedit_create_tsv=1"]
    try:
        table = _run(how, given=_portable_graymap(picture))
    except (OSError, subprocess.CalledProcessError) as error:
        raise ToolMissing("tesseract broke down") from error
    return list(_rows(table.decode("utf-8")))


def _run(arguments: Sequence[str], *, given: bytes = b"") -> bytes:
    """Run the program on standard input and output: no file of a patient's page lies in /tmp."""
    done = subprocess.run([_PROGRAM, *arguments], input=given, capture_output=True, check=True)
    return done.stdout


def _portable_graymap(picture: NDArray[np.uint8]) -> bytes:
    height, width = picture.shape
    return b"P5 %d %d 255\n" % (width, height) + np.ascontiguousarray(picture).tobytes()


def _rows(table: str) -> Iterator[Word]:
    heading, *rows = table.strip("\n").split("\n")
    names = heading.split("\t")
    for row in rows:
        cells = dict(zip(names, row.split("\t"), strict=False))  # a word of nothing has no last cell
        text, *numbers = (cells.get(name, "") for name in _COLUMNS)
        confidence, left, top, width, height = (int(float(number)) for number in numbers)
        yield text, float(confidence), left, top, width, height
