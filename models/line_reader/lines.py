"""Lines to train on: real ones bent and cut anew each time, drawn ones made on the fly, in batches."""

from __future__ import annotations

import csv
import json
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from models.line_reader.paper import lay, scan
from models.line_reader.phrases import Phrases
from models.line_reader.writing import Fonts, Gray, Ink, noise, write

HEIGHT = 48
GRID = 32
SOURCES = {"copiste": 0.74, "testaments": 0.09, "peraire": 0.11, "mss19": 0.04, "mss20": 0.02}
"""Share of each source among the real lines: the modern ones first."""

SAME = str.maketrans({"\u00a0": " ", "‘": "’", "ſ": "s"})


@dataclass(frozen=True, slots=True)
class Sample:
    """A line as the network gets it: gray uint8 (48, w), and its text."""

    image: Gray
    text: str


class RealLines:
    """Handwritten lines of a labels file, by source."""

    def __init__(self, labels: Path, *, split: str, vocabulary: str, cuts: Path | None = None) -> None:
        """Read the labels; lines with characters outside the vocabulary are left out.

        Args:
            labels: tab separated: path, text, source, page, split.
            split: which rows.
            vocabulary: the characters that can be learnt.
            cuts: places of the gaps between words, from `gaps.py`; None = lines are not cut.
        """
        self.folder = labels.parent
        gaps = json.loads(cuts.read_text(encoding="utf-8")) if cuts else {}
        self.by_source: dict[str, list[tuple[str, str, list[float]]]] = {}
        with labels.open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE):
                text = " ".join(row["text"].translate(SAME).split())
                if row["split"] != split or not text or set(text) - set(vocabulary):
                    continue
                found = gaps.get(row["path"], {"gaps": [], "score": 0.0})
                if found["score"] < -3.5:  # nat a character: the label is of another line
                    continue
                self.by_source.setdefault(row["source"], []).append((row["path"], text, found["gaps"]))

    def texts(self, source: str) -> list[str]:
        """Return the texts of a source."""
        return [text for _, text, _ in self.by_source.get(source, [])]

    def draw(self, chance: random.Random, rng: np.random.Generator) -> tuple[Gray, str]:
        """Return a line, or a piece of one, changed a little."""
        names = [name for name in SOURCES if self.by_source.get(name)]
        source = chance.choices(names, [SOURCES[name] for name in names])[0]
        path, text, gaps = chance.choice(self.by_source[source])
        image = np.asarray(cv2.imread(str(self.folder / path), cv2.IMREAD_GRAYSCALE), np.uint8)
        words = text.split(" ")
        if gaps and len(gaps) == len(words) - 1 and len(words) > 1 and chance.random() < 0.3:
            first = chance.randrange(len(words))
            last = min(len(words), first + chance.choice([1, 1, 2, 3, 4, 6]))
            left = 0.0 if first == 0 else gaps[first - 1]
            right = 1.0 if last == len(words) else gaps[last - 1]
            piece = image[
                :,
                round(left * image.shape[1]) : max(
                    round(right * image.shape[1]), round(left * image.shape[1]) + 8
                ),
            ]
            image, text = piece, " ".join(words[first:last])
        return changed(rng, image), text


def changed(rng: np.random.Generator, image: Gray) -> Gray:
    """Bend, slant, thicken or thin, fade, blur and crop a real line a little differently."""
    h, w = image.shape
    paper = float(np.percentile(image, 90))
    if rng.random() < 0.8:
        xs, ys = np.meshgrid(np.arange(w, dtype=np.float32), np.arange(h, dtype=np.float32))
        if rng.random() < 0.6:
            xs += noise(rng, (h, w), h * 0.4) * np.float32(h * 0.02)
            ys += noise(rng, (h, w), h * 0.4) * np.float32(h * 0.02)
        ys += (xs - w / 2) * np.float32(rng.normal(0, 0.004)) + np.float32(rng.normal(0, 0.03) * h)
        ys = (ys - h / 2) * np.float32(rng.uniform(0.88, 1.1)) + h / 2
        xs += (ys - h / 2) * np.float32(rng.normal(0, 0.14))
        image = np.asarray(
            cv2.remap(image, xs, ys, cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT, borderValue=paper),
            np.uint8,
        )
    roll = rng.random()
    if roll < 0.12:
        image = np.asarray(cv2.erode(image, np.ones((2, 2), np.uint8)), np.uint8)
    elif roll < 0.2:
        image = np.asarray(cv2.dilate(image, np.ones((2, 2), np.uint8)), np.uint8)
    if rng.random() < 0.25:  # flattened and whitened, as the pages' crops are
        image = np.clip(image.astype(np.float32) * np.float32(250 / max(60.0, paper)), 0, 255).astype(
            np.uint8
        )
    if rng.random() < 0.25:
        return scan(rng, image.astype(np.float32))
    if rng.random() < 0.5:
        gain, shift = rng.uniform(0.7, 1.25), rng.uniform(-25, 25)
        image = np.clip((image.astype(np.float32) - 128) * gain + 128 + shift, 0, 255).astype(np.uint8)
    return image


def prepared(image: Gray, stretch: float) -> Gray:
    """Scale a crop as the reader does: to the network's height, aspect kept but for the stretch."""
    width = max(8, round(image.shape[1] * HEIGHT / image.shape[0] * stretch))
    way = cv2.INTER_AREA if image.shape[0] > HEIGHT else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(image, (width, HEIGHT), interpolation=way), np.uint8)


class Mix:
    """An endless stream of batches, real and drawn."""

    def __init__(
        self, real: RealLines, fonts: Fonts, phrases: Phrases, *, seed: int, drawn: float, vocabulary: str
    ) -> None:
        """Keep the sources.

        Args:
            real: handwritten lines.
            fonts: to draw with.
            phrases: what to draw.
            seed: of all chance.
            drawn: share of drawn lines, 0-1.
            vocabulary: characters that may be in a text.
        """
        self.real, self.fonts, self.phrases, self.drawn = real, fonts, phrases, drawn
        self.chance, self.rng = random.Random(seed), np.random.default_rng(seed)
        self.known = set(vocabulary)
        self._last: list[Ink] = []

    def sample(self) -> Sample:
        """Return one line."""
        while True:
            if self.chance.random() < self.drawn:
                image, text = self._draw()
            else:
                image, text = self.real.draw(self.chance, self.rng)
            stretch = self.rng.uniform(1.2, 1.6)
            line = prepared(image, stretch)
            if text and len(text) + 2 < line.shape[1] // 8 and line.shape[1] <= 1900:
                return Sample(self._masked(line), text)

    def _draw(self) -> tuple[Gray, str]:
        text = "".join(c for c in self.phrases.line(self.chance) if c in self.known)
        ink = write(self.fonts, self.rng, " ".join(text.split()) or "RAS")
        neighbours = self._last if self.rng.random() < 0.35 else []
        image = lay(self.rng, ink, neighbours)
        self._last = [ink]
        return image, ink.text

    def _masked(self, line: Gray) -> Gray:
        """Hide a narrow strip of some lines, so that the rest has to tell."""
        if self.rng.random() < 0.12:
            line = line.copy()
            for _ in range(int(self.rng.integers(1, 4))):
                at = int(self.rng.integers(0, line.shape[1]))
                line[:, at : at + int(self.rng.integers(3, 14))] = int(np.percentile(line, 90))
        return line

    def batches(self, *, pixels: int, pool: int = 160) -> Iterator[list[Sample]]:
        """Yield batches of lines of like width, about `pixels` columns each."""
        while True:
            samples = sorted((self.sample() for _ in range(pool)), key=lambda one: one.image.shape[1])
            made: list[list[Sample]] = []
            for one in samples:
                width = -(-one.image.shape[1] // GRID) * GRID
                if made and width * (len(made[-1]) + 1) <= pixels and len(made[-1]) < 40:
                    made[-1].append(one)
                else:
                    made.append([one])
            self.chance.shuffle(made)
            yield from made


def stacked(
    samples: Sequence[Sample], classes: dict[str, int]
) -> tuple[NDArray[np.float32], NDArray[np.int64], list[int], list[int]]:
    """Return images (n, 48, w) in [-1, 1], all labels in a row, their lengths, and the steps of each line."""
    width = -(-max(one.image.shape[1] for one in samples) // GRID) * GRID
    images = np.full((len(samples), HEIGHT, width), 255, np.uint8)
    for row, one in enumerate(samples):
        images[row, :, : one.image.shape[1]] = one.image
    labels = [classes[c] for one in samples for c in one.text]
    steps = [-(-one.image.shape[1] // 8) for one in samples]
    scaled = (images.astype(np.float32) / np.float32(255) - np.float32(0.5)) / np.float32(0.5)
    return scaled, np.array(labels, np.int64), [len(one.text) for one in samples], steps
