"""What every reader of line crops can do."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from pipeline.domain.writing import Reading


class Reader(Protocol):
    """Reads crops of single lines; made once, then used for many pages in one process."""

    @property
    def name(self) -> str:
        """Name and version, for the provenance of what it reads."""
        ...

    def read(self, crops: Sequence[NDArray[np.uint8]]) -> list[Reading]:
        """Return one reading for each crop, in order.

        Args:
            crops: gray uint8 (h, w), upright, 0 = ink, 255 = paper; an empty crop reads as no text.
        """
        ...
