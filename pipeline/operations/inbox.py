"""The watched folder: which files have come to rest, and where they go once they are kept."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from pipeline.intake.folder import scan_paths

AT_REST_S = 4.0
TAKEN = ".taken"


def settled_files(folder: Path, *, now: float) -> list[Path]:
    """Return the files that nobody has written to for a while; a scanner may still be sending the others.

    Args:
        folder: the inbox; need not exist.
        now: seconds since 1970, as file times are.
    """
    if not folder.is_dir():
        return []
    return [path for path in scan_paths(folder) if _at_rest(path, now)]


def _at_rest(path: Path, now: float) -> bool:
    """Whether a file can be read and has not changed for a while."""
    try:
        return now - path.stat().st_mtime >= AT_REST_S and os.access(path, os.R_OK)
    except OSError:  # taken away between listing and looking
        return False


def set_aside(files: Sequence[Path], folder: Path) -> None:
    """Move files that the archive holds into the inbox's hidden folder; nothing is deleted."""
    taken = folder / TAKEN
    taken.mkdir(exist_ok=True)
    for path in files:
        target = taken / path.name
        number = 1
        while target.exists():
            target = taken / f"{path.stem}-{number}{path.suffix}"
            number += 1
        path.replace(target)
