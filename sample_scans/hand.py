"""Handwriting from a font, made uneven: every letter is bent anew, the line drifts, the pen runs dry."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

Gray = NDArray[np.uint8]
Real = NDArray[np.float32]

HANDS = {
    "mynerve": (46, 0.8, (40, 45, 110)),
    "square-peg": (68, 0.7, (25, 25, 30)),
    "waiting-for-the-sunrise": (54, 0.75, (35, 40, 120)),
    "beth-ellen": (38, 0.75, (30, 32, 60)),
}
"""Font -> (px at 200 dpi, unevenness, ink in RGB). All are SIL OFL 1.1."""


@dataclass(frozen=True)
class Ink:
    """A line of writing: opacity 0-255 (h, w), and where in it the writing starts and stands."""

    mask: Gray
    left: int
    base: int


class Hand:
    """One doctor's writing."""

    def __init__(self, fonts: Path, font: str, rng: np.random.Generator) -> None:
        """Load the font from the folder of npm packages (WOFF, which FreeType reads)."""
        path = fonts / "node_modules" / "@fontsource" / font / "files" / f"{font}-latin-400-normal.woff"
        self.size, self.uneven, self.colour = HANDS[font]
        self._font = ImageFont.truetype(str(path), self.size)
        self._rng = rng

    def width(self, text: str) -> int:
        """Return how long a text will be, px, about."""
        return round(self._font.getlength(text) * 1.05)

    def write(self, text: str, scale: float = 1.0) -> Ink:
        """Write one line."""
        rng, pad = self._rng, self.size
        font = self._font.font_variant(size=self.size * scale)
        canvas = Image.new("L", (self.width(text) + 3 * pad, round(3.2 * self.size)), 0)
        base, x = 2 * self.size, float(pad)
        for word in text.split(" "):
            own = font.font_variant(size=font.size * (1 + rng.normal(0, 0.025)))
            layer = Image.new("L", canvas.size, 0)
            ImageDraw.Draw(layer).text(
                (x, base + rng.normal(0, 0.02 * self.size)), word, font=own, fill=255, anchor="ls"
            )
            canvas = Image.fromarray(np.maximum(np.asarray(canvas), np.asarray(layer)))
            x += own.getlength(word) + font.getlength(" ") * rng.uniform(0.85, 1.35)
        bent = self._bend(np.asarray(canvas, dtype=np.uint8))
        return Ink(self._pen(bent), pad, base)

    def _bend(self, mask: Gray) -> Gray:
        """Shift every point by smooth noise of letter size, slant the line and let its base wander."""
        rng, size = self._rng, self.size
        h, w = mask.shape
        ys, xs = np.mgrid[0:h, 0:w].astype(np.float32)
        xs += _noise(rng, (h, w), size * 0.32) * size * 0.045 * self.uneven
        ys += _noise(rng, (h, w), size * 0.32) * size * 0.05 * self.uneven
        wander = _noise(rng, (1, w), size * 2.5)[0] * size * 0.06 * self.uneven
        ys += wander[None, :] + (xs - w / 2) * np.float32(rng.normal(0.006, 0.006))
        xs += (ys - 2 * size) * np.float32(rng.normal(0.03, 0.04))
        return np.asarray(cv2.remap(mask, xs, ys, cv2.INTER_CUBIC), dtype=np.uint8)

    def _pen(self, mask: Gray) -> Gray:
        """Vary stroke width and pressure; a ballpoint skips here and there."""
        rng = self._rng
        soft = cv2.GaussianBlur(mask, (0, 0), 0.9).astype(np.float32) / 255
        edge = 0.27 + 0.05 * _noise(rng, mask.shape, self.size * 0.8)
        line = np.clip((soft - edge) * 3.2 + 0.5, 0, 1) * np.clip(soft * 8 - 0.4, 0, 1)
        grain = 0.88 + 0.09 * _noise(rng, mask.shape, 1.2) + 0.07 * _noise(rng, mask.shape, self.size)
        return np.asarray(np.clip(line * grain, 0, 1) * 255, dtype=np.uint8)

    def scribble(self, width: int, height: int) -> Gray:
        """Draw a signature that nobody can read: loops, then a long stroke."""
        rng = self._rng
        t = np.linspace(0, 1, 240)
        turns = rng.uniform(3.5, 5.5)
        x = 0.06 + 0.72 * t + 0.07 * np.cos(2 * np.pi * turns * t)
        y = 0.55 + (0.34 - 0.28 * t) * np.sin(2 * np.pi * turns * t + rng.uniform(0, 3)) - 0.12 * t
        tail = np.stack([np.linspace(x[-1], 0.1, 40), np.linspace(y[-1], rng.uniform(0.75, 0.95), 40)])
        points = np.concatenate([np.stack([x, y]), tail], axis=1).T * (width, height) * 16
        mask: Gray = np.zeros((height, width), dtype=np.uint8)
        cv2.polylines(mask, [points.astype(np.int32)], False, 255, 2, cv2.LINE_AA, shift=4)
        return self._pen(mask)


def strike(ink: Ink, rng: np.random.Generator) -> Ink:
    """Cross a writing out with two quick strokes."""
    mask = ink.mask.copy()
    columns = np.flatnonzero(mask.max(axis=0) > 60)
    middle = ink.base - 12
    for _ in range(2):
        start = (int(columns[0]) - 8, middle + int(rng.integers(-5, 6)))
        end = (int(columns[-1]) + 8, middle + int(rng.integers(-5, 6)))
        cv2.line(mask, start, end, 235, 3, cv2.LINE_AA)
    return Ink(mask, ink.left, ink.base)


def _noise(rng: np.random.Generator, shape: tuple[int, int], sigma: float) -> Real:
    """Smooth noise of unit variance, made small and enlarged."""
    step = max(1.0, sigma / 2)
    small = (max(4, round(shape[0] / step) + 4), max(4, round(shape[1] / step) + 4))
    field = cv2.GaussianBlur(rng.standard_normal(small).astype(np.float32), (0, 0), sigma / step)
    field = cv2.resize(field / (field.std() + 1e-6), (shape[1], shape[0]), interpolation=cv2.INTER_CUBIC)
    return np.asarray(field, dtype=np.float32)
