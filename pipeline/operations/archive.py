"""Scans as received, one file each, named by the sha256 of its bytes; written once, never altered."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import NamedTemporaryFile

CHUNK_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class Archive:
    """A folder of scans.

    Attributes:
        folder: made on first use.
    """

    folder: Path

    def path(self, sha256: str) -> Path:
        """Where the scan with this hash lies, or would."""
        return self.folder / sha256[:2] / sha256

    def keep(self, source: Path) -> str:
        """Copy a file in and return the sha256 of the bytes that were copied.

        The copy appears whole or not at all, and is on the disk before this returns.

        Raises:
            OSError: the source cannot be read or the folder cannot be written.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        digest = hashlib.sha256()
        with NamedTemporaryFile(dir=self.folder, prefix=".incoming-", delete=False) as copy:
            try:
                for chunk in _chunks(source):
                    digest.update(chunk)
                    copy.write(chunk)
                copy.flush()
                os.fsync(copy.fileno())
            except BaseException:
                Path(copy.name).unlink()
                raise
        target = self.path(digest.hexdigest())
        target.parent.mkdir(exist_ok=True)
        Path(copy.name).chmod(0o440)
        Path(copy.name).replace(target)
        return digest.hexdigest()

    def read(self, sha256: str) -> bytes:
        """Return the bytes of a scan.

        Raises:
            FileNotFoundError: no such scan.
        """
        return self.path(sha256).read_bytes()


def _chunks(source: Path) -> Iterator[bytes]:
    with source.open("rb") as stream:
        while chunk := stream.read(CHUNK_BYTES):
            yield chunk
