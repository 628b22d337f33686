"""How often a reader is right when it is so sure: fitted beside its weights, applied to what it reads."""

from __future__ import annotations

import math
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from pipeline import ink
from pipeline.domain.errors import ToolMissing
from pipeline.domain.grade import Grade
from pipeline.domain.writing import Reading

FILE = "calibration.toml"


@dataclass(frozen=True, slots=True)
class Curve:
    """P(right) = 1 / (1 + exp(-(height + slope * x + digits * y))) over `features` x and y (Platt 1999).

    Attributes:
        height: fitted.
        slope: of the surprise; negative = the more surprise, the less often right.
        digits: of the digits; negative = the more of them, the less often right.
    """

    height: float
    slope: float
    digits: float

    def right(self, surprise: float, text: str) -> float:
        """Return the probability, 0-1, that a text of this surprise (0 or more) is right."""
        of_surprise, of_digits = features(surprise, text)
        logit = self.height + self.slope * of_surprise + self.digits * of_digits
        return 1 / (1 + math.exp(-min(max(logit, -30.0), 30.0)))


def features(surprise: float, text: str) -> tuple[float, float]:
    """Return what tells how far a reading can be trusted: log(surprise + 0.01), log(1 + digits).

    Digits count apart, as nothing beside them says which they are: no word is spelt with them.
    """
    return math.log(max(surprise, 0.0) + 0.01), math.log1p(sum(c.isdigit() for c in text))


@dataclass(frozen=True, slots=True)
class Calibration:
    """What `models/calibrate.py` found for one set of weights.

    Attributes:
        line, word: curves of a whole line's and of a single word's surprise.
        certain_from: `Reading.right` from which a line is certain; above 1 = never.
        illegible_below: mean P(right) of a line's words below which it is illegible.
        temperature: divides log-scores of a lexicon; above 1 = the raw scores are too sure.
        letter: added to a name's log-score for each letter: CTC favours short names on doubtful ink.
    """

    line: Curve
    word: Curve
    certain_from: float
    illegible_below: float
    temperature: float
    letter: float


def load_calibration(folder: Path, *, weights_sha256: str) -> Calibration | None:
    """Return the calibration of a model; None where there is none, or one of other weights.

    Raises:
        ToolMissing: the file lacks something.
    """
    path = folder / FILE
    if not path.is_file():
        return None
    try:
        found = tomllib.loads(path.read_text("utf-8"))
        if found["weights_sha256"] != weights_sha256:
            return None
        return Calibration(
            line=_curve(found["line"]),
            word=_curve(found["word"]),
            certain_from=float(found["grade"]["certain_from"]),
            illegible_below=float(found["grade"]["illegible_below"]),
            temperature=float(found["rank"]["temperature"]),
            letter=float(found["rank"]["letter"]),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise ToolMissing(f"model {folder.name}: the calibration is not complete: {error}") from error


def _curve(table: Mapping[str, Any]) -> Curve:
    return Curve(float(table["height"]), float(table["slope"]), float(table["digits"]))


def surprises(reading: Reading) -> tuple[float, ...]:
    """Return for every character -log of its best probability within its place, at least 0.

    Empty without posteriors.
    """
    if reading.posteriors is None or not reading.text:
        return ()
    logs, vocabulary = ink.unpack(reading.posteriors), reading.posteriors.vocabulary
    found = []
    for character, (start, end) in zip(reading.text, reading.places, strict=True):
        first = min(int(start * len(logs) + 1e-6), len(logs) - 1)
        last = max(first + 1, int(np.ceil(end * len(logs) - 1e-6)))
        label = vocabulary.find(character) + 1
        best = float(logs[first:last, label].max()) if label else ink.FLOOR
        found.append(max(0.0, -best))
    return tuple(found)


def word_surprises(reading: Reading) -> tuple[tuple[str, float], ...]:
    """Return every word of a reading with the sum of its characters' surprise."""
    found: list[tuple[str, float]] = []
    at, of_character = 0, surprises(reading)
    for word in reading.text.split(" ") if of_character else ():
        if word:
            found.append((word, sum(of_character[at : at + len(word)])))
        at += len(word) + 1
    return tuple(found)


def graded(reading: Reading, calibration: Calibration) -> Reading:
    """Return a reading with its calibrated probability and its grade; no text is illegible."""
    of_words = [calibration.word.right(surprise, word) for word, surprise in word_surprises(reading)]
    if not of_words:
        return replace(reading, right=0.0, grade=Grade.ILLEGIBLE)
    right = calibration.line.right(sum(surprises(reading)), reading.text)
    if right >= calibration.certain_from:
        grade = Grade.CERTAIN
    elif sum(of_words) / len(of_words) < calibration.illegible_below:
        grade = Grade.ILLEGIBLE
    else:
        grade = Grade.TO_CHECK
    return replace(reading, right=round(right, 4), grade=grade)
