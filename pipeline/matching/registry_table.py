"""A CSV file as practice programs write them -> its headings, and its rows with their line numbers.

UTF-8 (with or without BOM), UTF-16 with BOM, Windows-1252, DOS 850 or Mac Roman; comma, semicolon, tab or
bar; Excel's "sep=;"; quoted values over several lines. What is no such file is named: a workbook, a PDF, an
empty file.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pipeline.domain.errors import BadRegistry

_LINES_IN_A_ROW = 5  # an address may hold line feeds; an unclosed quote must not swallow the file
_DELIMITERS = ",;\t|"
_ONE_BYTE = ("cp1252", "cp850", "mac_roman")
_FRENCH = "àâçéèêëîïôùûœÀÂÇÉÈÊËÎÏÔÙÛŒ"
_SIGNATURES = {
    b"PK\x03\x04": (
        "un classeur ou une archive : enregistrez-le en CSV",
        "a workbook or archive: save it as CSV",
    ),
    b"\xd0\xcf\x11\xe0": ("un classeur Excel : enregistrez-le en CSV", "an Excel workbook: save it as CSV"),
    b"%PDF": ("un PDF : exportez en CSV", "a PDF: export CSV instead"),
    b"SQLite format 3": ("une base de données : exportez en CSV", "a database: export CSV instead"),
}


@dataclass(frozen=True, slots=True)
class Table:
    """The text of one CSV file.

    Attributes:
        name: the file's.
        headings: the first line that is not empty, stripped.
        lines: all lines of the file.
        first: index in `lines` of the first line below the headings.
        delimiter: one character.
    """

    name: str
    headings: tuple[str, ...]
    lines: list[str]
    first: int
    delimiter: str

    def rows(self) -> Iterator[tuple[int, list[str] | None]]:
        """Yield (line number from 1, values); None for a row with another number of values; no empty rows.

        A quoted value may run over a few lines; a quote that is never closed spoils its own line alone.
        """
        lines, at, width = self.lines, self.first, len(self.headings)
        empty = f"{self.delimiter} \t"
        while at < len(lines):
            if not lines[at].strip(empty):
                at += 1
                continue
            for taken in range(1, _LINES_IN_A_ROW + 1):
                values = _values(lines[at : at + taken], self.delimiter)
                if values is None:
                    continue
                if len(values) != width:
                    values = _trimmed(values, width)
                if values is not None:
                    if any(map(str.strip, values)):
                        yield at + 1, values
                    at += taken
                    break
            else:
                yield at + 1, None
                at += 1


def table_of(text: str, name: str) -> Table:
    """Read the text of a CSV file.

    Raises:
        BadRegistry: no line holds anything.
    """
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    first = next((place for place, line in enumerate(lines) if line.strip()), None)
    if first is None:
        raise BadRegistry(f"{name} : fichier vide / the file is empty")
    if lines[first].lower().startswith("sep=") and len(lines[first].strip()) <= 5 and first + 1 < len(lines):
        delimiter, first = lines[first][4:5] or "\t", first + 1
    else:
        delimiter = max(_DELIMITERS, key=lambda sign: len(_values(lines[first : first + 1], sign) or ()))
    headings = next(csv.reader(lines[first : first + 1], delimiter=delimiter), [])
    return Table(name, tuple(heading.strip() for heading in headings), lines, first + 1, delimiter)


def text_of(path: Path) -> str:
    """Return the text of a file, whatever French programs encode it in.

    Raises:
        BadRegistry: no file, or something else than text; the message says what it looks like.
    """
    try:
        data = path.read_bytes()
    except IsADirectoryError as error:
        raise BadRegistry(f"{path.name} : c'est un dossier / it is a folder") from error
    except FileNotFoundError as error:
        raise BadRegistry(f"{path.name} : ce fichier n'existe pas / no such file") from error
    except OSError as error:
        raise BadRegistry(f"{path.name}: {error.strerror}") from error
    for signature, (french, english) in _SIGNATURES.items():
        if data.startswith(signature):
            raise BadRegistry(f"{path.name} : {french} / {english}")
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        try:
            return data.decode("utf-16")
        except UnicodeDecodeError as error:
            raise BadRegistry(f"{path.name} : texte UTF-16 coupé / UTF-16 text cut off") from error
    if b"\0" in data:
        raise BadRegistry(f"{path.name} : ce n'est pas du texte / this is no text")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode(_encoding_of(data), errors="replace")


def _encoding_of(data: bytes) -> str:
    """Return the one-byte encoding in which most of a text's other letters are French ones."""
    high = data.translate(None, delete=bytes(range(128)))
    return max(_ONE_BYTE, key=lambda name: sum(map(high.decode(name, errors="replace").count, _FRENCH)))


def _values(lines: list[str], delimiter: str) -> list[str] | None:
    """Return one record's values, a line feed within as a blank; None where a quote is open or misplaced."""
    try:
        rows = list(csv.reader([f"{line}\n" for line in lines], delimiter=delimiter, strict=True))
    except csv.Error:
        return None
    if len(rows) != 1:
        return None
    return rows[0] if len(lines) == 1 else [value.replace("\n", " ") for value in rows[0]]


def _trimmed(values: list[str], width: int) -> list[str] | None:
    """Return values without empty ones too many at the end; None where that does not mend the row."""
    return values[:width] if len(values) > width and not any(map(str.strip, values[width:])) else None
