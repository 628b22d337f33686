"""Uploaded files laid down as files, under the names that they came with."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import BinaryIO


@contextmanager
def laid_down(files: Sequence[tuple[str, BinaryIO]], data_dir: Path) -> Iterator[list[Path]]:
    """Write uploads to a folder inside the data folder, one folder a file, and clear it away afterwards.

    Args:
        files: name as delivered, content.
        data_dir: made if it is not there.
    """
    data_dir.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=data_dir, prefix=".upload-") as folder:
        paths = []
        for place, (name, stream) in enumerate(files):
            path = Path(folder) / str(place) / (Path(name).name or "scan")
            path.parent.mkdir()
            with path.open("wb") as copy:
                shutil.copyfileobj(stream, copy)
            paths.append(path)
        yield paths
