"""How often a reader is right when it is so sure: fitted beside its weights, applied to what it reads."""

from __future__ import annotations

import math
import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from pipeline import ink
from pipeline.domain.errors import ToolMissing
from pipeline.domain.grade import Grade
from pipeline.domain.writing import Reading

FILE = "calibration.toml"
_WORD = re.compile(r"[^ ]+")


@dataclass(frozen=True, slots=True)
class Doubt:
    """What tells how far a line or a word, as read, can be trusted.

    Attributes:
        text: as read.
        surprise: sum over its characters of -log of their best probability, 0 or more.
        unread: what the ink says besides what was read, strongest where a sign was left out: the sum of the
            three highest probabilities of another character, 0-3.
    """

    text: str
    surprise: float
    unread: float

    @property
    def features(self) -> tuple[float, float, float]:
        """log(surprise + 0.01), log(1 + digits), log(unread + 0.01).

        Digits count apart, as nothing beside them says which they are: no word is spelt with them.
        """
        digits = sum(c.isdigit() for c in self.text)
        return math.log(max(self.surprise, 0.0) + 0.01), math.log1p(digits), math.log(self.unread + 0.01)


@dataclass(frozen=True, slots=True)
class Curve:
    """P(right) = 1 / (1 + exp(-(height + slopes @ features))) over a doubt's features (Platt 1999).

    Attributes:
        height: fitted.
        surprise, digits, unread: slopes; negative = the more, the less often right.
    """

    height: float
    surprise: float
    digits: float
    unread: float

    def right(self, doubt: Doubt) -> float:
        """Return the probability, 0-1, that a text with this doubt is right."""
        slopes = (self.surprise, self.digits, self.unread)
        logit = self.height + sum(k * x for k, x in zip(slopes, doubt.features, strict=True))
        return 1 / (1 + math.exp(-min(max(logit, -30.0), 30.0)))


@dataclass(frozen=True, slots=True)
class Calibration:
    """What `models/calibrate.py` found for one set of weights.

    Attributes:
        line, word: curves of a whole line's and of a single word's doubt.
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
    return Curve(*(float(table[name]) for name in ("height", "surprise", "digits", "unread")))


def line_doubt(reading: Reading) -> Doubt | None:
    """Return the doubt of a whole line; None without posteriors, or without a text."""
    return next(_doubts(reading, [(0, len(reading.text))] if reading.text else []), None)


def word_doubts(reading: Reading) -> tuple[Doubt, ...]:
    """Return the doubt of every word; empty without posteriors."""
    return tuple(_doubts(reading, [word.span() for word in _WORD.finditer(reading.text)]))


def _doubts(reading: Reading, parts: Sequence[tuple[int, int]]) -> Iterator[Doubt]:
    """Yield the doubt of the characters [start, end) of each part; none without posteriors."""
    if reading.posteriors is None:
        return
    logs, vocabulary = ink.unpack(reading.posteriors), reading.posteriors.vocabulary
    chances = np.exp(logs)
    chances[:, 0] = 0.0
    for start, end in parts:
        surprise, spans = 0.0, []
        for character, place in zip(reading.text[start:end], reading.places[start:end], strict=True):
            first = min(int(place[0] * len(logs) + 1e-6), len(logs) - 1)
            last = max(first + 1, int(np.ceil(place[1] * len(logs) - 1e-6)))
            label = vocabulary.find(character) + 1
            surprise += max(0.0, -float(logs[first:last, label].max()) if label else -ink.FLOOR)
            spans.append((first, last, label))
        left = spans[0][0]
        besides = chances[left : spans[-1][1]].copy()
        for first, last, label in spans:
            besides[max(0, first - 1 - left) : max(0, last + 1 - left), label] = 0.0
        strongest = np.sort(besides.max(axis=1))
        yield Doubt(reading.text[start:end], surprise, float(strongest[-3:].sum()))


def graded(reading: Reading, calibration: Calibration) -> Reading:
    """Return a reading with its calibrated probability and its grade; no text is illegible."""
    of_line, of_words = line_doubt(reading), [calibration.word.right(doubt) for doubt in word_doubts(reading)]
    if of_line is None or not of_words:
        return replace(reading, right=0.0, grade=Grade.ILLEGIBLE)
    right = calibration.line.right(of_line)
    if right >= calibration.certain_from:
        grade = Grade.CERTAIN
    elif sum(of_words) / len(of_words) < calibration.illegible_below:
        grade = Grade.ILLEGIBLE
    else:
        grade = Grade.TO_CHECK
    return replace(reading, right=round(right, 4), grade=grade)
