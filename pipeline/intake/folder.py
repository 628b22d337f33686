"""Which files of a folder are scans to take in."""

from __future__ import annotations

from pathlib import Path

_UNFINISHED = {".part", ".tmp", ".crdownload", ".partial", ".filepart"}
_BESIDE = {".json", ".csv", ".txt", ".md", ".py", ".toml", ".ini", ".xml", ".log"}


def scan_paths(folder_or_file: Path) -> list[Path]:
    """Return the files to take in, sorted by path.

    Dotfiles, downloads that are still under way and files that go beside scans (tables, texts) are
    left out of a folder, and its subfolders are searched. What is left is tried whatever its name
    says: a scan with a wrong ending is still paper. A file named outright is always returned.

    Raises:
        FileNotFoundError: there is nothing at that path.
    """
    if folder_or_file.is_file():
        return [folder_or_file]
    if not folder_or_file.is_dir():
        raise FileNotFoundError(folder_or_file)
    return sorted(
        path for path in folder_or_file.rglob("*") if path.is_file() and _wanted(path, folder_or_file)
    )


def _wanted(path: Path, folder: Path) -> bool:
    hidden = any(part.startswith((".", "~$")) for part in path.relative_to(folder).parts)
    system = path.name.casefold() in {"thumbs.db", "desktop.ini"}
    return not hidden and not system and path.suffix.casefold() not in _UNFINISHED | _BESIDE
