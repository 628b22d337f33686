"""The one file that holds what was imported: editions, products of all of them, rows made for running.

A zip file, because its members are read one by one: a reading process takes the rows alone, and anybody can
open it. It is written beside itself and put into place at once, so that a reader sees the old one or the new
one, whole.
"""

from __future__ import annotations

import json
import os
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

from pipeline.domain.errors import BadFormulary
from pipeline.matching.official.product import Product, from_plain, to_plain
from pipeline.matching.official.rows import OfficialRow, plain_rows, rows_from_plain

FORMAT = 1
"""Of the file; another one has to be imported again."""
_MODE = 0o644  # public data: whoever reads pages may read it
_THEN = (1980, 1, 1, 0, 0, 0)  # the same contents make the same bytes


@dataclass(frozen=True, slots=True)
class Edition:
    """One import of the official database.

    Attributes:
        day: ISO date of its last update.
        day_from: "option" = given by the person, "files" = the newest day written in the files.
        imported_on: ISO date.
        source: who made it and under which licence; shown wherever its data are.
        products: in it.
        sold: ordinary drugs that are marketed.
        atc: how many of those got their code in which way.
        left_out: rows that could not be read.
    """

    day: str
    day_from: str
    imported_on: str
    source: str
    products: int
    sold: int
    atc: Mapping[str, int]
    left_out: int


@dataclass(frozen=True, slots=True)
class Imported:
    """Everything that was imported.

    Attributes:
        editions: oldest first; the last is the one in use.
        products: by CIS, of all editions.
    """

    editions: tuple[Edition, ...] = ()
    products: Mapping[str, Product] | None = None


def save(
    path: Path, editions: Sequence[Edition], products: Sequence[Product], rows: Sequence[OfficialRow]
) -> None:
    """Write the file, or replace it at once.

    Raises:
        BadFormulary: the folder cannot be written to.
    """
    head = {"format": FORMAT, "editions": [asdict(edition) for edition in editions]}
    members = {
        "editions.json": json.dumps(head, ensure_ascii=False, indent=1),
        "rows.json": json.dumps({"edition": editions[-1].day, "rows": plain_rows(rows)}, ensure_ascii=False),
        "products.jsonl": "".join(json.dumps(to_plain(one), ensure_ascii=False) + "\n" for one in products),
    }
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with NamedTemporaryFile(dir=path.parent, prefix=".formulary-", delete=False) as draft:
            with zipfile.ZipFile(draft, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
                for name, text in members.items():
                    archive.writestr(zipfile.ZipInfo(name, _THEN), text, zipfile.ZIP_DEFLATED)
            draft.flush()
            os.fsync(draft.fileno())
        Path(draft.name).chmod(_MODE)
        Path(draft.name).replace(path)
    except OSError as error:
        raise BadFormulary(f"{path.name}: {error.strerror}") from error


def load(path: Path) -> Imported:
    """Return all that was imported; nothing where there is no file.

    Raises:
        BadFormulary: the file is damaged or of another version.
    """
    if not path.is_file():
        return Imported((), {})
    editions = load_editions(path)
    lines = _member(path, "products.jsonl").splitlines()
    try:
        products = {one.cis: one for one in (from_plain(json.loads(line)) for line in lines)}
    except (ValueError, TypeError) as error:
        raise _damaged(path) from error
    return Imported(editions, products)


def load_editions(path: Path) -> tuple[Edition, ...]:
    """Return the editions; see `load`."""
    if not path.is_file():
        return ()
    head = _json(path, "editions.json")
    if head.get("format") != FORMAT:
        raise BadFormulary(
            f"{path.name} : fait par une autre version, supprimez-le et importez de nouveau / "
            "made by another version, delete it and import again"
        )
    return tuple(Edition(**edition) for edition in head["editions"])


def load_rows(path: Path) -> tuple[str, list[OfficialRow]]:
    """Return the edition's day and its rows, all that running needs; see `load`."""
    found = _json(path, "rows.json")
    return str(found["edition"]), rows_from_plain(found["rows"])


def _json(path: Path, name: str) -> dict[str, Any]:
    try:
        found = json.loads(_member(path, name))
    except ValueError as error:
        raise _damaged(path) from error
    if not isinstance(found, dict):
        raise _damaged(path)
    return found


def _member(path: Path, name: str) -> str:
    try:
        with zipfile.ZipFile(path) as archive:
            return archive.read(name).decode("utf-8")
    except (OSError, zipfile.BadZipFile, KeyError, UnicodeDecodeError) as error:
        raise _damaged(path) from error


def _damaged(path: Path) -> BadFormulary:
    return BadFormulary(
        f"{path.name} : fichier abîmé, supprimez-le et importez de nouveau / "
        "damaged file, delete it and import again"
    )
