"""The outbox folder: bundles appear whole or not at all, and the same bundle is the same file."""

from __future__ import annotations

import json
import os
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

from pipeline.export.bundle import bundle_id


def write(bundle: dict[str, Any], folder: Path) -> Path:
    """Write a bundle and return its file, named by the bundle's id and nothing of the patient's.

    The file is on the disk before this returns. A bundle that lies there already is left as it is.

    Args:
        bundle: as `pipeline.export.bundle.bundle` returns it.
        folder: made if absent.

    Raises:
        ValueError: it has no id, or holds a number that JSON has no word for.
        OSError: the folder cannot be written.
    """
    target = folder / f"reprise-{bundle_id(bundle)}.json"
    data = json.dumps(bundle, ensure_ascii=False, indent=1, sort_keys=True, allow_nan=False).encode() + b"\n"
    folder.mkdir(parents=True, exist_ok=True)
    if target.is_file() and target.read_bytes() == data:
        return target
    # A leading dot: whoever watches the folder for *.json never takes half a file.
    with NamedTemporaryFile(dir=folder, prefix=".reprise-", suffix=".part", delete=False) as part:
        try:
            part.write(data)
            part.flush()
            os.fsync(part.fileno())
        except BaseException:
            Path(part.name).unlink()
            raise
    Path(part.name).replace(target)
    _sync(folder)
    return target


def _sync(folder: Path) -> None:
    """Put the renaming itself on the disk."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
