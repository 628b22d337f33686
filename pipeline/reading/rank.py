"""Which text of a list a line is: a shortlist by spelling, then the ink decides."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from rapidfuzz import process
from rapidfuzz.distance import OSA

from pipeline import ink
from pipeline.domain.errors import BadScan
from pipeline.domain.writing import Reading

_SHORTLIST = 300  # names whose spelling is nearest; the ink scores these in about 10 ms


class Lexicon:
    """The texts that a line may be, ready for shortlisting."""

    def __init__(self, names: Sequence[str]) -> None:
        """Fold the names once.

        Args:
            names: as written; empty ones and repetitions are dropped.
        """
        self.names = tuple(dict.fromkeys(name.strip() for name in names if name.strip()))
        self._folded = [_folded(name) for name in self.names]
        self._tails = [folded[1:] for folded in self._folded]

    def shortlist(self, text: str, *, size: int = _SHORTLIST) -> tuple[str, ...]:
        """Return the `size` names nearest in spelling, nearest first.

        The distance is OSA (edits and swaps of neighbours) without case and accents; a wrong first
        letter, which is where hands differ most, costs nothing.
        """
        if len(self.names) <= size:
            return self.names
        folded = _folded(text)
        whole = process.cdist([folded], self._folded, scorer=OSA.distance, dtype=np.int32)[0]
        tails = process.cdist([folded[1:]], self._tails, scorer=OSA.distance, dtype=np.int32)[0]
        nearest = np.argsort(np.minimum(whole, tails), kind="stable")[:size]
        return tuple(self.names[number] for number in nearest)


def rank(reading: Reading, lexicon: Lexicon, *, limit: int = 10) -> list[tuple[str, float]]:
    """Return the names that a line may be with their probabilities among the shortlist, likeliest first.

    A name counts as written in the likeliest of its cases: as given, lower, UPPER, Capitalised.

    Args:
        reading: of the whole line or word; without posteriors its spelling alone decides.
        lexicon: what it may be.
        limit: how many at most.
    """
    names = lexicon.shortlist(reading.text)
    if not names:
        return []
    if reading.posteriors is not None and reading.posteriors.steps:
        scores, _ = ink.best_variant(reading.posteriors, [case_variants(name) for name in names])
    else:
        text = _folded(reading.text)
        scores = np.array([-2.0 * OSA.distance(text, _folded(name)) for name in names], np.float64)
    probabilities = ink.normalised(scores, names)
    order = np.argsort(-scores, kind="stable")[:limit]
    return [(names[number], float(probabilities[number])) for number in order]


def case_variants(name: str) -> tuple[str, ...]:
    """Return the ways in which people write a name's case, the given one first."""
    return tuple(dict.fromkeys((name, name.lower(), name.upper(), name.lower().capitalize())))


def load_line(path: Path) -> NDArray[np.uint8]:
    """Return the image of a line as gray uint8 (h, w), 0 = ink.

    Args:
        path: PNG, JPEG or TIFF, gray or colour, any height.

    Raises:
        BadScan: the file is missing or is no image that can be decoded.
    """
    try:
        data = np.frombuffer(path.read_bytes(), np.uint8)
    except OSError as error:
        raise BadScan("the line's image cannot be opened") from error
    try:
        decoded = cv2.imdecode(data, cv2.IMREAD_GRAYSCALE) if len(data) else None
    except cv2.error as error:
        raise BadScan("the line's image is damaged") from error
    if decoded is None:
        raise BadScan("the line's file is not an image")
    return np.asarray(decoded, np.uint8)


def _folded(text: str) -> str:
    """Return a text without case and accents, ligatures opened."""
    opened = text.replace("œ", "oe").replace("Œ", "OE").replace("æ", "ae").replace("Æ", "AE")
    plain = unicodedata.normalize("NFKD", opened)
    return "".join(character for character in plain if not unicodedata.combining(character)).casefold()
