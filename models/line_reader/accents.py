"""Accents as a hurried hand puts them: flat, short, too far right, a dot; never as tidy as a font's."""

from __future__ import annotations

import unicodedata

import numpy as np
from PIL import ImageDraw, ImageFont

MARKS = {"\u0301": "acute", "\u0300": "grave", "\u0302": "circumflex", "\u0308": "diaeresis"}

FLAT = {"acute": 0.3, "grave": 0.15, "circumflex": 0.2, "diaeresis": 0.15}
"""How often a mark is a flat stroke, which only the word can tell apart."""


def bare(letter: str) -> tuple[str, str]:
    """Return a letter without its accent and the accent's name; "" = it has none that is drawn here.

    î and ï stay as they are: under another mark the dot of a font's i would still be seen.
    """
    parts = unicodedata.normalize("NFD", letter)
    if len(parts) == 2 and parts[1] in MARKS and parts[0] not in "iI":
        return parts[0], MARKS[parts[1]]
    return letter, ""


def put(
    draw: ImageDraw.ImageDraw,
    rng: np.random.Generator,
    letter: str,
    font: ImageFont.FreeTypeFont,
    at: tuple[float, float],
) -> None:
    """Draw the accent of a letter whose bare shape stands there already.

    Args:
        draw: to draw on.
        rng: source of chance.
        letter: with its accent; one without gets nothing.
        font: the letter's, its size in px is the measure of the mark.
        at: (x, y) of the letter's left end on the base line, px.
    """
    shape, mark = bare(letter)
    if not mark:
        return
    left, top, right, _ = draw.textbbox(at, shape, font=font, anchor="ls")
    size, pen = font.size, int(rng.integers(2, 4))
    x = (left + right) / 2 + rng.normal(0.05, 0.07) * size
    y = top - rng.uniform(0.05, 0.17) * size
    half = rng.uniform(0.05, 0.12) * size
    rise = half * rng.uniform(0.5, 1.8)
    if rng.random() < FLAT[mark]:
        draw.line((x - half, y, x + half, y - rng.normal(0, 0.02) * size), 255, pen)
    elif mark == "acute":
        draw.line((x - half, y + rise / 2, x + half, y - rise / 2), 255, pen)
    elif mark == "grave":
        draw.line((x - half, y - rise / 2, x + half, y + rise / 2), 255, pen)
    elif mark == "circumflex":
        wide = 1.3 * half
        draw.line([(x - wide, y + rise / 2), (x, y - rise / 2), (x + wide, y + rise / 2)], 255, pen)
    else:
        for side in (-half, half):
            draw.ellipse((x + side - 2, y - 2, x + side + 2, y + 2), 255)
