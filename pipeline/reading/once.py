"""A reader that remembers: a crop that comes again is not read again."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from pipeline.domain.writing import Reading
from pipeline.reading.reader import Reader

_Key = tuple[tuple[int, ...], bytes]


class ReadOnce:
    """Implements `Reader` by another one; made for a page and dropped with it, for it keeps its crops."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._read: dict[_Key, Reading] = {}

    @property
    def name(self) -> str:
        """Name and version of the reader that reads."""
        return self._reader.name

    def read(self, crops: Sequence[NDArray[np.uint8]]) -> list[Reading]:
        """Return one reading for each crop; a reading does not depend on the crops beside it."""
        keys = [(crop.shape, crop.tobytes()) for crop in crops]
        new = {key: crop for key, crop in zip(keys, crops, strict=True) if key not in self._read}
        if new:
            self._read.update(zip(new, self._reader.read(list(new.values())), strict=True))
        return [self._read[key] for key in keys]
