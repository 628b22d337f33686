"""Handwriting from fonts, made uneven: letters bend, words drift, pens differ, 1 and 7 are French."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from models.line_reader.accents import bare, put

Gray = NDArray[np.uint8]
Real = NDArray[np.float32]

SIZE = 44
"""Em of the writing before it is scaled, px."""

TABLE = tomllib.loads((Path(__file__).parent / "fonts.toml").read_text(encoding="utf-8"))
"""Which fonts to draw with, which are kept for measuring, which are left out; see fonts.toml."""


@dataclass(frozen=True, slots=True)
class Ink:
    """A written line.

    Attributes:
        mask: opacity, uint8 (h, w), 255 = full ink, cut to the writing with some room around.
        top, base: rows of the tallest letters' tops and of the base line.
        text: what is written and stays; a struck-out word is not in it.
    """

    mask: Gray
    top: int
    base: int
    text: str


class Fonts:
    """The fonts found below a folder, each with the characters it has."""

    def __init__(self, folder: Path, characters: str) -> None:
        """Look for .ttf, .otf and Latin .woff files; reserved and held-out families are passed over.

        Args:
            folder: searched with all below it.
            characters: that may be written.

        Raises:
            ValueError: there is none.
        """
        self.paths: list[Path] = []
        self.glyphs: list[frozenset[str]] = []
        for path in sorted(folder.rglob("*")):
            if path.suffix not in (".ttf", ".otf", ".woff") or not _wanted(path):
                continue
            glyphs = _drawn(path, characters)
            if {"é", "a", "7"} <= glyphs:
                self.paths.append(path)
                self.glyphs.append(glyphs)
        if not self.paths:
            raise ValueError(f"no fonts below {folder}")
        self._loaded: dict[tuple[int, int], ImageFont.FreeTypeFont] = {}

    def choose(self, rng: np.random.Generator, text: str) -> tuple[int, str]:
        """Return a font and the text as far as the font has its characters."""
        for _ in range(6):
            number = int(rng.integers(len(self.paths)))
            if set(text) - {" "} <= self.glyphs[number]:
                return number, text
        kept = "".join(c for c in text if c == " " or c in self.glyphs[number])
        return number, " ".join(kept.split())

    def load(self, number: int, size: int) -> ImageFont.FreeTypeFont:
        """Return a font at a size, px."""
        if (number, size) not in self._loaded:
            if len(self._loaded) > 600:
                self._loaded.clear()
            self._loaded[number, size] = ImageFont.truetype(str(self.paths[number]), size)
        return self._loaded[number, size]


def write(fonts: Fonts, rng: np.random.Generator, text: str) -> Ink:
    """Write a line with one of the fonts."""
    number, text = fonts.choose(rng, text)
    canvas, text = _words(fonts, rng, number, text)
    bent = _bend(rng, canvas, uneven=float(rng.choice([0.3, 0.7, 1.0, 1.4], p=[0.2, 0.35, 0.3, 0.15])))
    inked = _pen(rng, bent)
    columns, rows = np.flatnonzero(inked.max(axis=0) > 40), np.flatnonzero(inked.max(axis=1) > 40)
    if not len(columns):
        return Ink(np.zeros((SIZE, SIZE), np.uint8), 0, SIZE, "")
    left, right = max(0, int(columns[0]) - 2), int(columns[-1]) + 3
    top, bottom = max(0, int(rows[0]) - 2), int(rows[-1]) + 3
    return Ink(inked[top:bottom, left:right], 2, 2 * SIZE - top, text)


def _drawn(path: Path, characters: str) -> frozenset[str]:
    """Return the characters that a font really draws: not its sign for a missing one, not an empty shape."""
    font = ImageFont.truetype(str(path), 24)
    missing = bytes(font.getmask("\uffff"))
    masks = {c: font.getmask(c) for c in characters if c != " "}
    return frozenset(c for c, mask in masks.items() if mask.getbbox() and bytes(mask) != missing)


def _wanted(path: Path) -> bool:
    """Whether a font may be drawn with: not reserved, not held out, Latin, upright, not bold."""
    plain = str(path).lower().replace("_", "-")
    squeezed = plain.replace("-", "").replace(" ", "")
    if any(name in plain or name.replace("-", "") in squeezed for name in TABLE["reserved"]):
        return False
    if any(f"/{name}/" in plain for name in TABLE["held_out"]):
        return False
    if path.suffix == ".woff":
        return (
            "-latin-" in path.name
            and "-normal" in path.name
            and ("-400-" in path.name or "-300-" in path.name)
        )
    return True


def _words(fonts: Fonts, rng: np.random.Generator, number: int, text: str) -> tuple[Gray, str]:
    """Draw word by word, each a little larger, higher or further than the last; perhaps one struck out."""
    words = text.split(" ")
    struck = -1
    if len(words) > 1 and rng.random() < 0.035:
        struck = int(rng.integers(len(words)))
        words = [*words[:struck], words[int(rng.integers(len(words)))], *words[struck:]]
    scale = rng.uniform(0.85, 1.15)
    font = fonts.load(number, round(SIZE * scale))
    spread, drift, track = rng.uniform(0.6, 1.9), rng.choice([0.0, 0.02, 0.06]), rng.choice([0, 0, 0, 1])
    width = round(font.getlength(text) * 1.6 + len(words) * SIZE + 5 * SIZE)
    canvas = Image.new("L", (width, round(3.4 * SIZE)), 0)
    draw = ImageDraw.Draw(canvas)
    french, accents = rng.random() < 0.35, rng.random() < 0.5
    x, base = float(SIZE), 2.0 * SIZE
    for place, word in enumerate(words):
        own, y = font, base + rng.normal(0, 1) * drift * SIZE
        low = rng.random() < 0.03 and any(c.isdigit() for c in word)
        if low or rng.random() < 0.3:
            own = fonts.load(number, round(SIZE * scale * (0.7 if low else rng.uniform(0.9, 1.12))))
            y += 0.22 * SIZE if low else 0.0
        end = _word(draw, rng, word, own, x, y, track=bool(track), french=french, accents=accents)
        if place == struck:
            _strike(draw, rng, x, end, y)
        x = end + font.getlength(" ") * spread * rng.uniform(0.7, 1.4)
    kept = [word for place, word in enumerate(words) if place != struck]
    used = min(width, round(x + SIZE))
    return np.asarray(canvas, np.uint8)[:, :used], " ".join(kept)


def _word(
    draw: ImageDraw.ImageDraw,
    rng: np.random.Generator,
    word: str,
    font: ImageFont.FreeTypeFont,
    x: float,
    y: float,
    *,
    track: bool,
    french: bool,
    accents: bool,
) -> float:
    """Draw a word, joined as the font joins it or letter by letter; return where it ends."""
    shapes = "".join(bare(letter)[0] for letter in word) if accents else word
    apart = rng.uniform(-0.02, 0.12) * SIZE
    if not track:
        draw.text((x, y), shapes, font=font, fill=255, anchor="ls")
    for place, (letter, shape) in enumerate(zip(word, shapes, strict=True)):
        at = x + (0.0 if track else font.getlength(shapes[:place]))
        if track:
            draw.text((x, y + rng.normal(0, 0.02) * SIZE), shape, font=font, fill=255, anchor="ls")
            x += font.getlength(shape) + apart + rng.normal(0, 0.015) * SIZE
        if shape != letter:
            put(draw, rng, letter, font, (at, y))
        if french:
            _french_digit(draw, rng, letter, font, at, y)
    return x if track else x + font.getlength(shapes)


def _french_digit(
    draw: ImageDraw.ImageDraw,
    rng: np.random.Generator,
    letter: str,
    font: ImageFont.FreeTypeFont,
    x: float,
    y: float,
) -> None:
    """Bar a 7, give a 1 its rising stroke."""
    if letter not in "17":
        return
    left, top, right, bottom = draw.textbbox((x, y), letter, font=font, anchor="ls")
    tall, wide, pen = bottom - top, right - left, int(rng.integers(2, 4))
    if letter == "7":
        middle = top + tall * rng.uniform(0.45, 0.6)
        draw.line(
            (left + 0.1 * wide, middle, right - 0.05 * wide, middle - rng.uniform(0, 0.06) * tall), 255, pen
        )
    else:
        peak = (left + right) / 2
        draw.line(
            (peak, top + 1, peak - rng.uniform(0.18, 0.4) * tall, top + rng.uniform(0.2, 0.5) * tall),
            255,
            pen,
        )


def _strike(
    draw: ImageDraw.ImageDraw, rng: np.random.Generator, left: float, right: float, base: float
) -> None:
    """Cross a word out: one stroke, several, or a zigzag."""
    middle = base - 0.28 * SIZE
    if rng.random() < 0.25:
        xs = np.linspace(left - 4, right + 4, int(rng.integers(6, 16)))
        ys = middle + np.where(np.arange(len(xs)) % 2, 1, -1) * 0.25 * SIZE * rng.uniform(0.6, 1.2)
        draw.line([(float(a), float(b)) for a, b in zip(xs, ys, strict=True)], 255, 3)
        return
    for _ in range(int(rng.integers(1, 4))):
        a, b = rng.normal(0, 0.09, 2) * SIZE
        draw.line(
            (left - rng.uniform(0, 10), middle + a, right + rng.uniform(0, 10), middle + b),
            255,
            int(rng.integers(2, 5)),
        )


def noise(rng: np.random.Generator, shape: tuple[int, int], sigma: float) -> Real:
    """Smooth noise of about unit variance, made small and enlarged.

    Args:
        rng: source of chance.
        shape: (h, w).
        sigma: px over which it stays alike.
    """
    small = (max(3, round(shape[0] / sigma) + 3), max(3, round(shape[1] / sigma) + 3))
    field = rng.standard_normal(small, np.float32)
    return np.asarray(cv2.resize(field, (shape[1], shape[0]), interpolation=cv2.INTER_CUBIC), np.float32)


def _bend(rng: np.random.Generator, canvas: Gray, *, uneven: float) -> Gray:
    """Shift every point by noise of letter size, slant the line, let its base wander."""
    h, w = canvas.shape
    xs, ys = np.meshgrid(np.arange(w, dtype=np.float32), np.arange(h, dtype=np.float32))
    letter = SIZE * rng.uniform(0.45, 0.8)
    xs += noise(rng, (h, w), letter) * np.float32(SIZE * 0.04 * uneven)
    ys += noise(rng, (h, w), letter) * np.float32(SIZE * 0.045 * uneven)
    wander = noise(rng, (3, w), SIZE * 3.5)[0] * np.float32(SIZE * 0.07 * uneven)
    ys += wander[None, :] + (xs - w / 2) * np.float32(rng.normal(0, 0.006))
    xs += (ys - 2 * SIZE) * np.float32(rng.normal(0.03, 0.16))
    return np.asarray(cv2.remap(canvas, xs, ys, cv2.INTER_LINEAR), np.uint8)


def _pen(rng: np.random.Generator, mask: Gray) -> Gray:
    """Vary stroke width and pressure; a ballpoint skips, a felt-tip spreads."""
    soft = cv2.GaussianBlur(mask, (0, 0), rng.uniform(0.6, 1.5)).astype(np.float32) / 255
    thin = float(rng.uniform(0.12, 0.45))
    steep = float(rng.uniform(2.0, 4.0))
    edge = thin + 0.05 * noise(rng, (mask.shape[0], mask.shape[1]), SIZE * 0.9)
    line = np.clip((soft - edge) * steep + 0.5, 0, 1) * np.clip(soft * 8 - 0.4, 0, 1)
    if rng.random() < 0.5:
        line *= np.clip(0.85 + 0.12 * noise(rng, (mask.shape[0], mask.shape[1]), rng.uniform(1.3, 30)), 0, 1)
    return np.asarray(line * 255, np.uint8)
