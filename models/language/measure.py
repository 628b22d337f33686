"""Lines with their truth and their ink, and how well a language model helps to read them."""

from __future__ import annotations

import csv
import json
import re
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from rapidfuzz.distance import Levenshtein

from pipeline import ink
from pipeline.intake.limits import Limits
from pipeline.intake.sheets import open_scan
from pipeline.reading.beam import decode
from pipeline.reading.greedy import best_text
from pipeline.reading.handwriting import OnnxReader
from pipeline.reading.language import Language
from pipeline.reading.rank import load_line

_LIMITS = Limits(max_file_bytes=10**9, max_pages=1000, max_pixels=10**9)
_MEDIA = {".pdf": "application/pdf", ".tif": "image/tiff", ".jpg": "image/jpeg", ".heic": "image/heic"}
_MARGIN = 0.06  # of a box's short side, added all round


@dataclass(frozen=True, slots=True)
class Inked:
    """A line whose truth is known.

    Attributes:
        text: what is written.
        groups: names under which it is counted ("copiste", "copiste half 1", "messy", "drug").
        half: 0 to choose on, 1 to report on; lines of one page or hand share theirs.
        probabilities: (T, C), the ink's.
    """

    text: str
    groups: tuple[str, ...]
    half: int
    probabilities: NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Score:
    """Error rates of a group of lines, 0 = perfect.

    Attributes:
        lines: how many.
        cer: character edits over characters.
        wer: word edits over words.
    """

    lines: int
    cer: float
    wer: float


Cut = tuple[str, tuple[str, ...], int, NDArray[np.uint8]]
"""Text, groups, half, gray crop."""


def labelled(labels: Path, *, split: str = "dev") -> Iterator[Cut]:
    """Yield the lines of a labels file; every other page is of half 1."""
    with labels.open(encoding="utf-8", newline="") as file:
        rows = [
            r for r in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE) if r["split"] == split
        ]
    pages = sorted({row["page"] for row in rows})
    for row in rows:
        half = pages.index(row["page"]) % 2
        source = row["source"]
        yield row["text"], (source, f"{source} half {half}"), half, load_line(labels.parent / row["path"])


def on_pages(dataset: Path) -> Iterator[Cut]:
    """Yield the handwritten lines of a dataset folder, cut by their true boxes; hands share a half."""
    pages = json.loads((dataset / "truth.json").read_text("utf-8"))["pages"]
    hands = sorted({page["hand"] for page in pages if page.get("hand")})
    for page in pages:
        lines = [
            line for line in page.get("lines", ()) if line["box"] and page["kind"] in ("prescription", "note")
        ]
        if not lines or page.get("duplicate_of"):
            continue
        path = dataset / "scans" / page["file"]
        with open_scan(path.read_bytes(), media_type=_MEDIA[path.suffix], limits=_LIMITS) as scan:
            pixels = scan.pixels(page["page"])
        gray = pixels if pixels.ndim == 2 else cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY)
        half = hands.index(page["hand"]) % 2 if page.get("hand") else 0
        name = dataset.name
        for line in lines:
            groups = (
                name,
                f"{name} half {half}",
                f"{name} {page.get('tier', 'all')}",
                f"{name} {line['role']}",
            )
            yield line["text"], groups, half, _cut(np.asarray(gray, np.uint8), line["box"], page["rotation"])


def _cut(gray: NDArray[np.uint8], box: Sequence[int], rotation: int) -> NDArray[np.uint8]:
    x0, y0, x1, y1 = box
    margin = round(_MARGIN * min(x1 - x0, y1 - y0))
    crop = gray[max(0, y0 - margin) : y1 + margin, max(0, x0 - margin) : x1 + margin]
    return np.ascontiguousarray(np.rot90(crop, rotation // 90))


def inked(reader: OnnxReader, cuts: Iterable[Cut]) -> list[Inked]:
    """Read lines once; what is measured afterwards needs the network no more."""
    found = []
    for text, groups, half, crop in cuts:
        posteriors = reader.read([crop])[0].posteriors
        if posteriors is not None and posteriors.steps:
            rows = np.exp(ink.unpack(posteriors))
            rows /= rows.sum(axis=1, keepdims=True)
            found.append(Inked(" ".join(text.split()), groups, half, rows.astype(np.float32)))
    return found


def read(lines: Sequence[Inked], vocabulary: str, language: Language | None) -> tuple[list[str], float]:
    """Return what each line is read as, and the CPU milliseconds a line that this took."""
    began = time.process_time()
    if language is None:
        texts = [best_text(line.probabilities, vocabulary)[0] for line in lines]
    else:
        texts = [decode(line.probabilities, vocabulary, language)[0] for line in lines]
    return texts, (time.process_time() - began) / max(1, len(lines)) * 1000


def scores(lines: Sequence[Inked], texts: Sequence[str]) -> dict[str, Score]:
    """Return the error rates of every group."""
    pairs: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for line, text in zip(lines, texts, strict=True):
        for group in line.groups:
            pairs[group].append((line.text, " ".join(text.split())))
    return {group: _score(found) for group, found in pairs.items()}


def _score(pairs: Sequence[tuple[str, str]]) -> Score:
    wrong = sum(Levenshtein.distance(truth, text) for truth, text in pairs)
    wrong_words = sum(Levenshtein.distance(truth.split(), text.split()) for truth, text in pairs)
    characters, words = sum(len(t) for t, _ in pairs), sum(len(t.split()) for t, _ in pairs)
    return Score(len(pairs), wrong / max(1, characters), wrong_words / max(1, words))


def digit_errors(lines: Sequence[Inked], texts: Sequence[str]) -> float:
    """Return the character error rate of the digits alone, other characters taken out."""
    pairs = [(_digits(line.text), _digits(text)) for line, text in zip(lines, texts, strict=True)]
    return sum(Levenshtein.distance(a, b) for a, b in pairs) / max(1, sum(len(a) for a, _ in pairs))


def whole_words(lines: Sequence[Inked], texts: Sequence[str], names: frozenset[str]) -> tuple[int, int]:
    """Return how many of the truth's words that are in `names` were read exactly, and how many there are."""
    right = there = 0
    for line, text in zip(lines, texts, strict=True):
        found = words(text)
        for word in words(line.text):
            if word in names:
                there += 1
                right += word in found
    return right, there


def _digits(text: str) -> str:
    return "".join(c for c in text if c in "0123456789½¼¾")


def words(text: str) -> list[str]:
    """Return the words of a text, letters only, hyphens kept."""
    return re.findall(r"[^\W\d_]+(?:-[^\W\d_]+)*", text)
