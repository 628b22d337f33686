"""From ink to the crop that a reader gets: paper, rules, neighbours, scanner, photocopier, fax."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from models.line_reader.writing import SIZE, Gray, Ink, noise

Real = NDArray[np.float32]


def lay(rng: np.random.Generator, ink: Ink, neighbours: list[Ink]) -> Gray:
    """Put a line on paper and scan it.

    Args:
        rng: source of chance.
        ink: the line.
        neighbours: lines whose ends may poke into the crop from above and below.

    Returns:
        Gray uint8 (h, w), 0 = ink: a crop as the line finder cuts it, some tight, some with room.
    """
    h, w = ink.mask.shape
    above, below = (round(SIZE * max(-0.04, rng.normal(0.16, 0.12))) for _ in range(2))
    left, right = (round(SIZE * max(0.0, rng.normal(0.2, 0.25))) for _ in range(2))
    if rng.random() < 0.08:
        left += round(SIZE * rng.uniform(0.5, 4))
    mask: Real = np.zeros((h + max(0, above) + max(0, below), w + left + right), np.float32)
    mask[max(0, above) : max(0, above) + h, left : left + w] = ink.mask / np.float32(255)
    base = ink.base + max(0, above)
    for neighbour in neighbours:
        _intrude(rng, mask, neighbour)
    if rng.random() < 0.06:
        _underline(rng, mask, base)
    mask = mask[max(0, -above) : mask.shape[0] - max(0, -below)]
    sheet = _sheet(rng, (mask.shape[0], mask.shape[1]), base)
    depth = float(rng.uniform(0.4, 1.0)) if rng.random() < 0.3 else float(rng.uniform(0.75, 1.0))
    dark = float(rng.uniform(0, 90))
    return scan(rng, sheet * (1 - depth * mask) + dark * depth * mask)


def _intrude(rng: np.random.Generator, mask: Real, other: Ink) -> None:
    """Let the feet of a line above, or the heads of one below, reach into the crop."""
    h, w = mask.shape
    reach = min(other.mask.shape[0] - 1, round(SIZE * rng.uniform(0.05, 0.35)))
    part = other.mask[-reach:] if rng.random() < 0.5 else other.mask[:reach]
    rows = slice(0, reach) if part is other.mask[-reach:] or rng.random() < 0.5 else slice(h - reach, h)
    rows = slice(0, min(reach, h)) if rows.start == 0 else slice(max(0, h - reach), h)
    start = int(rng.integers(0, max(1, w // 2)))
    piece = part[: rows.stop - rows.start, : max(0, w - start)].astype(np.float32) / 255
    here = mask[rows, start : start + piece.shape[1]]
    np.maximum(here, piece[: here.shape[0]], out=here)


def _underline(rng: np.random.Generator, mask: Real, base: int) -> None:
    """Underline the line, or a part of it, with the same pen."""
    h, w = mask.shape
    y = min(h - 2, base + round(SIZE * rng.uniform(0.08, 0.25)))
    start, end = sorted(rng.integers(0, w, 2).tolist())
    cv2.line(
        mask,
        (start, y),
        (end, min(h - 1, max(0, y + int(rng.integers(-3, 4))))),
        1.0,
        int(rng.integers(2, 4)),
        cv2.LINE_AA,
    )


def _sheet(rng: np.random.Generator, shape: tuple[int, int], base: int) -> Real:
    """Paper: white after flattening or as it came; plain, ruled, squared, or with a margin's line."""
    h, w = shape
    ground = float(rng.uniform(246, 255)) if rng.random() < 0.65 else float(rng.uniform(175, 250))
    sheet = np.full((h, w), ground, np.float32)
    if rng.random() < 0.3:
        sheet += noise(rng, (h, w), SIZE * 3) * np.float32(rng.uniform(1, 8))
    kind = rng.choice(["plain", "ruled", "squared", "seyes"], p=[0.45, 0.27, 0.2, 0.08])
    grey = np.float32(rng.uniform(0.68, 0.97))
    thick = int(rng.integers(1, 3))
    if kind in ("ruled", "seyes"):
        step = SIZE * (rng.uniform(1.0, 2.2) if kind == "ruled" else 0.3)
        slope = rng.normal(0, 0.003)
        first = base + rng.normal(0.05, 0.2) * SIZE
        for k in range(-12, 13):
            y = first + k * step
            if -2 < y < h + 2:
                strong = 1.0 if kind == "ruled" or k % 4 == 0 else 1.04
                cv2.line(
                    sheet,
                    (0, round(y)),
                    (w, round(y + slope * w)),
                    min(255.0, ground * float(grey) * strong),
                    thick,
                )
    if kind in ("squared", "seyes"):
        step = SIZE * (rng.uniform(0.35, 0.9) if kind == "squared" else 1.2)
        for x in np.arange(rng.uniform(0, step), w, step):
            cv2.line(sheet, (round(x), 0), (round(x), h), ground * float(grey), thick)
        if kind == "squared":
            for y in np.arange(rng.uniform(0, step), h, step):
                cv2.line(sheet, (0, round(y)), (w, round(y)), ground * float(grey), thick)
    if rng.random() < 0.05:
        x = round(rng.uniform(0, w))
        cv2.line(sheet, (x, 0), (x, h), ground * 0.6, thick)
    return sheet


def scan(rng: np.random.Generator, crop: Real) -> Gray:
    """Lower a crop's resolution, blur it, copy it, fax it, store it as JPEG: some of it, or nothing.

    Args:
        rng: source of chance.
        crop: gray float32 (h, w), 0-255.
    """
    height = crop.shape[0]
    wanted = float(np.clip(rng.lognormal(np.log(58), 0.35), 22, height * 1.2))
    factor = wanted / height
    if factor < 1:
        crop = np.asarray(
            cv2.resize(crop, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA), np.float32
        )
    if rng.random() < 0.45:
        crop = np.asarray(cv2.GaussianBlur(crop, (0, 0), rng.uniform(0.4, 0.03 * wanted)), np.float32)
    roll, ground = rng.random(), float(np.percentile(crop, 90))
    if roll < 0.1:
        crop = _copied(rng, crop, ground)
    elif roll < 0.16:
        crop = np.where(crop > ground * rng.uniform(0.62, 0.84), 255, 0).astype(np.float32)
    elif roll < 0.3:
        low, high = rng.uniform(0, 110), rng.uniform(190, 255)
        crop = low + crop * np.float32((high - low) / 255)
    if rng.random() < 0.6:
        crop = crop + rng.standard_normal(crop.shape, np.float32) * np.float32(rng.uniform(1, 14))
    gray = np.clip(crop, 0, 255).astype(np.uint8)
    if rng.random() < 0.4:
        stored = cv2.imencode(".jpg", gray, [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(25, 85))])[1]
        gray = np.asarray(cv2.imdecode(stored, cv2.IMREAD_GRAYSCALE), np.uint8)
    return gray


def _copied(rng: np.random.Generator, crop: Real, ground: float) -> Real:
    """Photocopy: steep contrast around a level below the paper's, specks of toner."""
    level = ground * float(rng.uniform(0.66, 0.86))
    steep = np.clip((crop - level) * np.float32(rng.uniform(2.5, 6)) + 128, 0, 255)
    specks = rng.random(crop.shape) < rng.uniform(0, 0.003)
    return np.where(specks, 0, steep).astype(np.float32)
