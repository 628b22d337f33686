"""Reads the raw files of the public drug database, whatever their encoding, and tells which rows are broken.

The files are tab separated, without header and without quoting: a quotation mark is an ordinary character.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from pipeline.domain.errors import BadFormulary

PRODUCTS = "CIS_bdpm.txt"
COMPOSITION = "CIS_COMPO_bdpm.txt"
GROUPS = "CIS_GENER_bdpm.txt"
CONDITIONS = "CIS_CPD_bdpm.txt"
ATC = "CIS_MITM.txt"
PRESENTATIONS = "CIS_CIP_bdpm.txt"
AVAILABILITY = "CIS_CIP_Dispo_Spec.txt"

_LEAST_COLUMNS = {
    PRODUCTS: 12,
    COMPOSITION: 8,
    GROUPS: 5,
    CONDITIONS: 2,
    ATC: 2,
    PRESENTATIONS: 7,
    AVAILABILITY: 4,
}
"""Files and the fewest columns that their rows have; all but the last must be there."""
_OPTIONAL = frozenset((AVAILABILITY,))
_WHOLE = frozenset((PRODUCTS, COMPOSITION))
"""Files that are published with a line end behind the last row, so that a cut shows."""
_CIS_COLUMN = {GROUPS: 2}
_CIS = re.compile(r"\d{8}")
_BROKEN_SHARE = 0.5
"""A file of which more rows than this are broken is another file."""


@dataclass(frozen=True, slots=True)
class Problem:
    """A row that was left out.

    Attributes:
        file: its name.
        line: counted from 1.
        message: what the person reads, French; `message_en` the same in English.
    """

    file: str
    line: int
    message: str
    message_en: str


@dataclass(frozen=True, slots=True)
class Raw:
    """What the files hold.

    Attributes:
        rows: by file name, rows in order, fields without blanks around them.
        problems: rows left out.
    """

    rows: Mapping[str, tuple[tuple[str, ...], ...]]
    problems: tuple[Problem, ...]


def read_raw(folder: Path, *, force: bool = False, step: Callable[[], None] = lambda: None) -> Raw:
    """Read all files of a folder.

    Args:
        folder: where the files were downloaded to.
        force: read files whose end is missing, too.
        step: called after every file.

    Raises:
        BadFormulary: the folder is another one, a file is missing, is not what its name says, or is cut off.
    """
    rows: dict[str, tuple[tuple[str, ...], ...]] = {}
    problems: list[Problem] = []
    for name, path in _paths(folder).items():
        rows[name], broken = _rows(name, path)
        problems += broken
        if not rows[name] or len(broken) > _BROKEN_SHARE * (len(rows[name]) + len(broken)):
            raise BadFormulary(
                f"{path.name} : ce n'est pas le fichier attendu ({len(broken)} lignes illisibles) / "
                f"this is not the file that its name says ({len(broken)} unreadable rows)"
            )
        if name in _WHOLE and not force and _is_cut(path, _LEAST_COLUMNS[name]):
            raise BadFormulary(
                f"{path.name} : la dernière ligne est coupée, le téléchargement est incomplet "
                "(--force : importer quand même) / "
                "the last row is cut off, the download is incomplete (--force: import all the same)"
            )
        step()
    return Raw(rows, tuple(problems))


def file_count(folder: Path) -> int:
    """Return how many files `read_raw` will read.

    Raises:
        BadFormulary: the folder is another one, or a file is missing.
    """
    return len(_paths(folder))


def _paths(folder: Path) -> dict[str, Path]:
    if not folder.is_dir():
        raise BadFormulary(f"{folder} : ce dossier n'existe pas / there is no such folder")
    there = {path.name.lower(): path for path in sorted(folder.iterdir()) if path.is_file()}
    found = {name: there[name.lower()] for name in _LEAST_COLUMNS if name.lower() in there}
    if not found:
        raise BadFormulary(
            f"{folder} : ce dossier ne contient aucun fichier de la BDPM (CIS_bdpm.txt, ...) / "
            "this folder holds no file of the public drug database"
        )
    missing = ", ".join(name for name in _LEAST_COLUMNS if name not in found and name not in _OPTIONAL)
    if missing:
        raise BadFormulary(f"fichier manquant : {missing} / missing file: {missing}")
    return found


def _rows(name: str, path: Path) -> tuple[tuple[tuple[str, ...], ...], list[Problem]]:
    least, at = _LEAST_COLUMNS[name], _CIS_COLUMN.get(name, 0)
    rows: list[tuple[str, ...]] = []
    problems: list[Problem] = []
    try:
        lines = path.read_bytes().split(b"\n")
    except OSError as error:
        raise BadFormulary(f"{path.name}: {error.strerror}") from error
    for number, line in enumerate(lines, start=1):
        text = decoded(line)
        if not text.strip():
            continue
        fields = tuple(field.strip() for field in text.split("\t"))
        problem = _problem(fields, least, at)
        if problem:
            problems.append(Problem(name, number, *problem))
        else:
            rows.append(fields)
    return tuple(rows), problems


def _is_cut(path: Path, least: int) -> bool:
    """Whether a file's last row has no end or too few columns."""
    data = path.read_bytes()
    last = data.rstrip(b"\r\n").rpartition(b"\n")[2]
    return not data.endswith(b"\n") or last.count(b"\t") + 1 < least


def _problem(fields: tuple[str, ...], least: int, at: int) -> tuple[str, str] | None:
    if len(fields) < least:
        return (
            f"ligne tronquée : {len(fields)} colonnes au lieu de {least}",
            f"truncated row: {len(fields)} columns instead of {least}",
        )
    if not _CIS.fullmatch(fields[at]):
        return "code CIS mal formé", "malformed CIS code"
    if any("\ufffd" in field for field in fields):
        return "caractère illisible", "unreadable character"
    return None


def decoded(line: bytes) -> str:
    """Return a line's text: UTF-8 where it is that, else cp1252; a byte that is neither becomes U+FFFD.

    By line, because both encodings are distributed side by side; accented cp1252 is hardly ever valid UTF-8.
    """
    try:
        text = line.decode("utf-8")
    except UnicodeDecodeError:
        text = line.decode("cp1252", errors="replace")
    return unicodedata.normalize("NFC", text.lstrip("\ufeff").replace("\u00a0", " ").rstrip("\r"))
