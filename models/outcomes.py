"""What was read with how much trust, and whether it was right: of lines, of their words, of ranked names."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from rapidfuzz.distance import Levenshtein

from models.fitting import Bools, Floats, NameScores
from models.words import Sample
from pipeline.domain.writing import Reading
from pipeline.reading.calibration import line_doubt, word_doubts
from pipeline.reading.rank import Lexicon


@dataclass(frozen=True, slots=True)
class Outcomes:
    """Things read, each with how sure the reader was and whether it was right.

    Attributes:
        raw: (n,), the reader's own confidence, 0-1.
        features: (n, 3), of `pipeline.reading.calibration.Doubt`.
        right: (n,).
        groups: (n,).
    """

    raw: Floats
    features: Floats
    right: Bools
    groups: list[str]


def outcomes(rows: Sequence[tuple[float, tuple[float, float, float], bool, str]]) -> Outcomes:
    """Return (raw, features, right, group) rows as arrays."""
    raw, found, right, groups = zip(*rows, strict=True)
    return Outcomes(np.array(raw), np.array(found), np.array(right, bool), list(groups))


def of_lines(read: Sequence[tuple[Sample, Reading]]) -> Outcomes:
    """Return the outcome of every line with a text: right = the whole text, œ written as oe or not."""
    return outcomes(
        [
            (
                reading.confidence,
                doubt.features,
                _plain(reading.text) == _plain(line.text),
                line.group,
            )
            for line, reading in read
            if (doubt := line_doubt(reading)) is not None
        ]
    )


def _plain(text: str) -> str:
    return " ".join(text.split()).replace("œ", "oe").replace("Œ", "OE")


def of_words(read: Sequence[tuple[Sample, Reading]]) -> tuple[Outcomes, list[int]]:
    """Return the outcome of every word read, and the number of the line each stands on."""
    rows, lines = [], []
    for number, (line, reading) in enumerate(read):
        words = word_doubts(reading)
        right = _words_right(line.text.split(), [word.text for word in words])
        for word, is_right in zip(words, right, strict=True):
            raw = float(np.exp(-word.surprise / len(word.text)))
            rows.append((raw, word.features, is_right, line.group))
            lines.append(number)
    return outcomes(rows), lines


def _words_right(truth: Sequence[str], read: Sequence[str]) -> list[bool]:
    """Tell of every word read whether the truth has it in its place."""
    right = [False] * len(read)
    for step in Levenshtein.opcodes(truth, read):
        if step.tag == "equal":
            right[step.dest_start : step.dest_end] = [True] * (step.dest_end - step.dest_start)
    return right


@dataclass(frozen=True, slots=True)
class Ranked:
    """Images to rank against one lexicon.

    Attributes:
        name: of the kind.
        samples: with what they say.
        readings: of their images.
        names: the lexicon.
    """

    name: str
    samples: list[Sample]
    readings: list[Reading]
    names: Lexicon

    def scores(self) -> list[NameScores]:
        """Return what each image scores the lexicon, and where its true name stands there."""
        letters = self.names.letters
        return [
            NameScores(self.names.scores(reading, letter=0.0), letters, self.names.spelling(sample.text))
            for sample, reading in zip(self.samples, self.readings, strict=True)
        ]


def report_rank(
    kinds: Sequence[Ranked], *, temperature: float, letter: float
) -> tuple[str, dict[str, Outcomes]]:
    """Return a table of first and first five places by kind and tier, and how sure each first place was."""
    rows = ["| words, ranked among | images | first | in five |", "|---|---|---|---|"]
    found: dict[str, Outcomes] = {}
    for kind in kinds:
        hits: dict[str, list[tuple[bool, bool]]] = defaultdict(list)
        raws = []
        for sample, one in zip(kind.samples, kind.scores(), strict=True):
            whole = one.scores + letter * one.letters
            ahead = int((whole >= whole[one.truth]).sum()) - 1  # a tie is no first place
            for tier in {"all", sample.tier or "all"}:
                hits[tier].append((ahead == 0, ahead < 5))
            chance = float(1 / np.exp((whole - whole.max()) / temperature).sum())
            raws.append((chance, (0.0, 0.0, 0.0), ahead == 0, sample.group))
        found[kind.name] = outcomes(raws)
        for tier, pairs in sorted(hits.items()):
            first, five = (np.mean([pair[n] for pair in pairs]) for n in (0, 1))
            among = f"{kind.name}, {len(kind.names.names)}, {tier}"
            rows.append(f"| {among} | {len(pairs)} | {first:.1%} | {five:.1%} |")
    return "\n".join(rows), found
