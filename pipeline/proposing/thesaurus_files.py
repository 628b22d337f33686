"""The thesaurus of interactions as files: the public JSON comes in, one zipped file is kept."""

from __future__ import annotations

import json
import re
import unicodedata
import zipfile
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Any

from pipeline.domain.errors import BadInteractions
from pipeline.proposing.thesaurus import Level, Thesaurus, from_rows

INDEX, ENTRIES = "index-des-substances-*.json", "thesaurus-*.json"
FORMAT = 1
_INSIDE = "interactions.json"
_EPOCH = (1980, 1, 1, 0, 0, 0)
_LONGEST = 240
"""Letters of an explanation that a screen shows."""
_LEVELS = {
    "contre indication": Level.CONTRA_INDICATED,
    "association deconseillee": Level.DISCOURAGED,
    "precaution d emploi": Level.PRECAUTION,
    "a prendre en compte": Level.CONSIDER,
    "il convient de prendre en compte": Level.CONSIDER,
}


def read_public(folder: Path, *, edition: date | None = None) -> Thesaurus:
    """Read the thesaurus as it is distributed in JSON.

    Args:
        folder: holds index-des-substances-DDMMYYYY.json and thesaurus-...-DDMMYYYY.json.
        edition: day of the edition; None = the one in the files' names.

    Raises:
        BadInteractions: a file is missing, is not such a file, or its edition is not known.
    """
    index, entries = _only(folder, INDEX), _only(folder, ENTRIES)
    day = edition or _day_of(entries.name)
    substances, rows = _rows(index), _rows(entries)
    try:
        return from_rows(
            ((row["substance"], row["drug_classes"]) for row in substances),
            [_entry(row) for row in rows],
            edition=day.isoformat(),
        )
    except (KeyError, TypeError, AttributeError) as error:
        raise BadInteractions(f"{entries.name}: not the thesaurus's JSON") from error


def save(thesaurus: Thesaurus, path: Path) -> None:
    """Write a thesaurus as one file, whole or not at all; the same thesaurus gives the same bytes."""
    content = {
        "format": FORMAT,
        "edition": thesaurus.edition,
        "substances": [[name, list(groups)] for name, groups in sorted(thesaurus.classes.items())],
        "entries": [[one.one, one.other, list(one.levels), one.why] for one in thesaurus.entries],
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(".part")
    with zipfile.ZipFile(draft, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(zipfile.ZipInfo(_INSIDE, _EPOCH), json.dumps(content, ensure_ascii=False))
    draft.replace(path)


def load(path: Path) -> Thesaurus | None:
    """Return what was imported; None = nothing was.

    Raises:
        BadInteractions: the file is damaged or of another version.
    """
    if not path.is_file():
        return None
    try:
        with zipfile.ZipFile(path) as archive:
            content = json.loads(archive.read(_INSIDE))
        if content["format"] != FORMAT:
            raise BadInteractions(f"{path.name}: another version")
        return from_rows(content["substances"], content["entries"], edition=content["edition"])
    except (zipfile.BadZipFile, KeyError, ValueError, TypeError) as error:
        raise BadInteractions(f"{path.name}: damaged") from error


def _only(folder: Path, pattern: str) -> Path:
    """Return the newest file of a pattern by the day in its name."""
    found = sorted(folder.glob(pattern), key=lambda path: _digits(path.name))
    if not found:
        raise BadInteractions(f"no {pattern} in {folder.name}")
    return found[-1]


def _digits(name: str) -> str:
    day = re.search(r"(\d{2})(\d{2})(\d{4})\.json$", name)
    return f"{day[3]}{day[2]}{day[1]}" if day else ""


def _day_of(name: str) -> date:
    try:
        return date.fromisoformat(_digits(name))
    except ValueError as error:
        raise BadInteractions(f"{name}: no edition in its name; give --edition") from error


def _rows(path: Path) -> list[Any]:
    try:
        rows = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise BadInteractions(f"{path.name}: not JSON, or cut off") from error
    if not isinstance(rows, list) or not rows:
        raise BadInteractions(f"{path.name}: no rows")
    return rows


def _entry(row: dict[str, Any]) -> tuple[str, str, list[Level], str]:
    levels = [_level(one["level"]) for one in row["severity_levels"]]
    infos = (one.get("info") or "" for one in row["severity_levels"]) if len(levels) > 1 else ()
    return row["main_drug"], row["plus_drug"], levels, _sentence([row["interaction_mechanism"], *infos])


def _level(words: str) -> Level:
    """Return the level that the thesaurus words so; what it words otherwise is refused, never guessed."""
    plain = unicodedata.normalize("NFKD", words).encode("ascii", "ignore").decode().lower()
    return _LEVELS[" ".join(re.findall("[a-z]+", plain))]


def _sentence(parts: Iterable[str]) -> str:
    text = " ".join(" ".join(part.split()).strip(" :") for part in parts if part).strip()
    return (text if len(text) <= _LONGEST else f"{text[:_LONGEST].rsplit(' ', 1)[0]} …").rstrip(".")
