"""Which text of a list a line is: the ink decides among all of them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from rapidfuzz import process
from rapidfuzz.distance import OSA

from pipeline import ink
from pipeline.domain.errors import BadScan
from pipeline.domain.writing import Posteriors, Reading
from pipeline.reading.calibration import Calibration
from pipeline.reading.framing import framed
from pipeline.reading.greedy import best_runs

_EDIT = -2.0
"""Log-score of one wrong letter where there is only a spelling to go by."""


class Lexicon:
    """The texts that a line may be, as trees of their shared beginnings.

    Case, accents and signs between words do not count: "Di-Hydan" and "DIHYDAN" are one spelling. Names that
    share a spelling are told apart by their exact letters, as far as the ink does.

    Attributes:
        names: as written, each once.
        letters: float64 (n,), of every spelling.
    """

    def __init__(self, names: Sequence[str]) -> None:
        """Fold the names once.

        Args:
            names: as written; empty ones and repetitions are dropped.
        """
        self.names = tuple(dict.fromkeys(name.strip() for name in names if name.strip()))
        self._named: dict[str, list[str]] = {}
        for name in self.names:
            self._named.setdefault(ink.folded_text(name), []).append(name)
        self._spellings = list(self._named)
        self.letters = np.array([len(spelling) for spelling in self._spellings], np.float64)
        self._trees: dict[str, ink.PrefixTree] = {}

    def scores(self, reading: Reading, *, letter: float) -> NDArray[np.float64]:
        """Return a log-score of every spelling, as numbered by `spelling`.

        Args:
            reading: of the whole line or word; without posteriors its spelling alone decides.
            letter: added for each letter of a spelling.
        """
        posteriors = reading.posteriors
        if posteriors is None or not posteriors.steps:
            distances = process.cdist(
                [ink.folded_text(reading.text)], self._spellings, scorer=OSA.distance, dtype=np.int32
            )
            return np.asarray(_EDIT * distances[0], np.float64)
        logs, characters = ink.folded(ink.unpack(posteriors), posteriors.vocabulary)
        if characters not in self._trees:
            self._trees[characters] = ink.PrefixTree(characters, self._spellings)
        return self._trees[characters].log_prob(logs, enough=50) + letter * self.letters

    def named(self, number: int) -> list[str]:
        """Return the names of one spelling, in the order given."""
        return self._named[self._spellings[number]]

    def spelling(self, name: str) -> int:
        """Return the number of a name's spelling.

        Raises:
            ValueError: no name is spelt so.
        """
        return self._spellings.index(ink.folded_text(name))


def rank(
    reading: Reading, lexicon: Lexicon, *, limit: int = 10, calibration: Calibration | None = None
) -> list[tuple[str, float]]:
    """Return the names that a line may be with their probabilities among all of them, likeliest first.

    Names that the ink cannot tell apart share their probability equally, so none of them passes a half. Where
    nothing is written no name is likely: the shares would only say which name needs the least ink.

    Args:
        reading: of the whole line or word; without posteriors its spelling alone decides.
        lexicon: what it may be.
        limit: how many at most.
        calibration: of the reader; None = its scores as they are.
    """
    if not lexicon.names or is_blank(reading):
        return []
    letter, temperature = (calibration.letter, calibration.temperature) if calibration else (0.0, 1.0)
    scores = lexicon.scores(reading, letter=letter)
    shares = np.exp((scores - scores.max()) / temperature)
    shares /= shares.sum()
    ranked: list[tuple[str, float]] = []
    for number in np.argsort(-shares, kind="stable")[:limit].tolist():
        names = lexicon.named(number)
        parts = _exact_shares(reading.posteriors, names, temperature=temperature)
        ranked += [(name, float(shares[number] * part)) for name, part in zip(names, parts, strict=True)]
    return sorted(ranked, key=lambda pair: -pair[1])[:limit]


def is_blank(reading: Reading) -> bool:
    """Return whether nothing is written: the best path through the posteriors spells nothing.

    A language model may have emptied or filled the text, so the ink is asked where it is kept.
    """
    if reading.posteriors is None or not reading.posteriors.steps:
        return not reading.text.strip()
    return not best_runs(ink.unpack(reading.posteriors), reading.posteriors.vocabulary)


def _exact_shares(
    posteriors: Posteriors | None, names: Sequence[str], *, temperature: float
) -> NDArray[np.float64]:
    """Share 1 among names of one spelling by their exact letters, each in its likeliest case."""
    if len(names) == 1 or posteriors is None:
        return np.full(len(names), 1 / len(names))
    scores, _ = ink.best_variant(posteriors, [case_variants(name) for name in names])
    return ink.normalised(scores, names, temperature=temperature)


def case_variants(name: str) -> tuple[str, ...]:
    """Return the ways in which people write a name's case, the given one first."""
    return tuple(dict.fromkeys((name, name.lower(), name.upper(), name.lower().capitalize())))


def load_line(path: Path) -> NDArray[np.uint8]:
    """Return the image of a word or line as gray uint8 (h, w), 0 = ink, with a line's margins.

    Args:
        path: PNG, JPEG or TIFF, gray or colour, any height, dark on light or light on dark.

    Raises:
        BadScan: the file is missing or is no image that can be decoded.
    """
    try:
        data = np.frombuffer(path.read_bytes(), np.uint8)
    except (OSError, ValueError) as error:  # ValueError: a NUL in the path
        raise BadScan("the line's image cannot be opened") from error
    try:
        decoded = _gray(data) if len(data) else None
    except cv2.error as error:
        raise BadScan("the line's image is damaged") from error
    if decoded is None:
        raise BadScan("the line's file is not an image")
    return framed(decoded)


def _gray(data: NDArray[np.uint8]) -> NDArray[np.uint8] | None:
    """Decode an image to gray, what is transparent to white; None = not an image."""
    raw = cv2.imdecode(data, cv2.IMREAD_UNCHANGED)
    if raw is not None and raw.ndim == 3 and raw.shape[2] == 4 and raw.dtype == np.uint8:
        opaque = raw[..., 3:].astype(np.float32) / 255
        colour = (raw[..., :3] * opaque + 255 * (1 - opaque)).astype(np.uint8)
        return np.asarray(cv2.cvtColor(colour, cv2.COLOR_BGR2GRAY), np.uint8)
    gray = cv2.imdecode(data, cv2.IMREAD_GRAYSCALE)
    return None if gray is None else np.asarray(gray, np.uint8)
