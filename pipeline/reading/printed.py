"""Print: all printed crops of a page read by one call of Tesseract."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.domain.errors import ToolMissing
from pipeline.domain.writing import Reading
from pipeline.reading.tesseract import probe, words_on

_LINE_HEIGHT = 40  # px that a crop is scaled to; Tesseract's network reads lines of 36 px
_GAP = 30  # px of paper between crops, so that each stays a line of its own
_MARGIN = 20  # px of paper around the mosaic
_WIDEST = 4000  # px; a longer crop is narrowed


@dataclass(frozen=True, slots=True)
class _Tile:
    """Where a crop lies in the mosaic, px."""

    top: int
    height: int
    width: int


@dataclass(frozen=True, slots=True)
class _Word:
    """A word as Tesseract found it: text, confidence 0-100, left and right along its crop, 0-1."""

    text: str
    confidence: float
    left: float
    right: float


class TesseractReader:
    """Reads lines of print; keeps no posteriors."""

    def __init__(self, *, language: str = "fra") -> None:
        """Check that Tesseract and its language are there.

        Tesseract's own threads are switched off for this process and its children (OMP_THREAD_LIMIT):
        on single lines they cost more than they bring.

        Raises:
            ToolMissing: the program or the language is not installed.
        """
        found = probe()
        if found.version is None:
            raise ToolMissing("tesseract is not installed")
        if language not in found.languages:
            raise ToolMissing(f"tesseract's language {language} is not installed")
        os.environ.setdefault("OMP_THREAD_LIMIT", "1")
        self._language = language
        self._name = f"tesseract-{language} {found.version}"

    @property
    def name(self) -> str:
        """Name and version, for provenance."""
        return self._name

    def read(self, crops: Sequence[NDArray[np.uint8]]) -> list[Reading]:
        """Return one reading, without posteriors, for each crop.

        Args:
            crops: gray uint8 (h, w), upright, 0 = ink; an empty one reads as no text.

        Raises:
            ToolMissing: Tesseract broke down.
        """
        tiles, mosaic = _mosaic(crops)
        if mosaic is None:
            return [self._reading([]) for _ in crops]
        words: list[list[_Word]] = [[] for _ in crops]
        found = words_on(mosaic, language=self._language)
        for text, confidence, left, top, width, height in found:
            number = _tile_at(tiles, top + height / 2)
            if text.strip() and number is not None:
                share = max(1, tiles[number].width)
                start = min(1.0, max(0.0, (left - _MARGIN) / share))
                end = min(1.0, max(start, (left + width - _MARGIN) / share))
                words[number].append(_Word(text.strip(), confidence, start, end))
        return [self._reading(sorted(of_crop, key=lambda word: word.left)) for of_crop in words]

    def _reading(self, words: Sequence[_Word]) -> Reading:
        """Join words by spaces; characters share their word's width equally, spaces fill the gaps."""
        text, places, reached = "", list[tuple[float, float]](), 0.0
        for word in words:
            left, right = max(word.left, reached), max(word.right, reached)
            if text:
                text += " "
                places.append((reached, left))
            size = (right - left) / len(word.text)
            places += [(left + n * size, left + (n + 1) * size) for n in range(len(word.text))]
            text, reached = text + word.text, right
        characters = sum(len(word.text) for word in words)
        weighed = sum(max(0.0, word.confidence) * len(word.text) for word in words)
        confidence = min(1.0, weighed / (100 * characters)) if characters else 0.0
        return Reading(text, confidence, self.name, tuple((min(1.0, a), min(1.0, b)) for a, b in places))


def _mosaic(crops: Sequence[NDArray[np.uint8]]) -> tuple[list[_Tile], NDArray[np.uint8] | None]:
    """Scale every crop to one height and stack them on paper, left-aligned."""
    tiles, scaled, top = [], [], _MARGIN
    for crop in crops:
        if crop.ndim != 2 or min(crop.shape) < 2:
            tiles.append(_Tile(top, 0, 0))
            continue
        width = min(_WIDEST, max(4, round(crop.shape[1] * _LINE_HEIGHT / crop.shape[0])))
        method = cv2.INTER_AREA if crop.shape[0] > _LINE_HEIGHT else cv2.INTER_CUBIC
        scaled.append((top, np.asarray(cv2.resize(crop, (width, _LINE_HEIGHT), interpolation=method))))
        tiles.append(_Tile(top, _LINE_HEIGHT, width))
        top += _LINE_HEIGHT + _GAP
    if not scaled:
        return tiles, None
    widest = max(image.shape[1] for _, image in scaled)
    mosaic = np.full((top - _GAP + _MARGIN, widest + 2 * _MARGIN), 255, np.uint8)
    for at, image in scaled:
        mosaic[at : at + _LINE_HEIGHT, _MARGIN : _MARGIN + image.shape[1]] = image
    return tiles, mosaic


def _tile_at(tiles: Sequence[_Tile], y: float) -> int | None:
    """Return which tile a height in the mosaic belongs to, with half a gap on either side."""
    for number, tile in enumerate(tiles):
        if tile.height and tile.top - _GAP / 2 <= y < tile.top + tile.height + _GAP / 2:
            return number
    return None
