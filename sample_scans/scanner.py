"""What a scanner or a telephone does to a sheet: skew, shade, noise, perspective; points follow."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

Colour = NDArray[np.uint8]
Points = NDArray[np.float64]


def scan(image: Colour, skew: float, rng: np.random.Generator) -> tuple[Colour, Points]:
    """Return the sheet as a flatbed sees it, and the 3x3 matrix that its points followed.

    Args:
        image: (h, w, 3) RGB.
        skew: degrees clockwise.
        rng: seeded.
    """
    h, w = image.shape[:2]
    turn = cv2.getRotationMatrix2D((w / 2, h / 2), -skew, 1.0)
    turn[0, 2] += rng.uniform(-6, 6)
    turn[1, 2] += rng.uniform(-6, 6)
    flags = cv2.INTER_LINEAR
    out = cv2.warpAffine(image, turn, (w, h), flags=flags, borderValue=(214, 214, 214)).astype(np.float32)
    lamp = np.linspace(rng.uniform(0.965, 1.0), rng.uniform(0.98, 1.0), w, dtype=np.float32)
    out *= lamp[None, :, None]
    grain = cv2.GaussianBlur(rng.standard_normal((h, w)).astype(np.float32), (0, 0), 0.7)
    out = np.asarray(cv2.GaussianBlur(out, (0, 0), 0.6) + grain[..., None] * 3.2, dtype=np.float32)
    _specks(out, rng)
    return np.asarray(np.clip(out, 0, 255), dtype=np.uint8), np.vstack([turn, [0, 0, 1]])


def _specks(out: NDArray[np.float32], rng: np.random.Generator) -> None:
    """Put a few grains of dust on the glass."""
    for _ in range(int(rng.integers(3, 12))):
        place = (int(rng.integers(0, out.shape[1])), int(rng.integers(0, out.shape[0])))
        cv2.circle(out, place, int(rng.integers(1, 3)), (120, 120, 120), -1, cv2.LINE_AA)


def photograph(image: Colour, rng: np.random.Generator) -> tuple[Colour, Points]:
    """Return the sheet lying on a table as a telephone sees it (1600 x 2140), and its matrix."""
    h, w = image.shape[:2]
    width, height = 1600, 2140
    wood = np.array([112, 82, 58], dtype=np.float32) + _grain(rng, height, width)[..., None]
    corners = np.array([[120, 150], [1490, 190], [1530, 2010], [70, 1975]], dtype=np.float32)
    corners += rng.uniform(-28, 28, (4, 2)).astype(np.float32)
    flat = np.array([[0, 0], [w, 0], [w, h], [0, h]], dtype=np.float32)
    view = cv2.getPerspectiveTransform(flat, corners)
    paper = cv2.warpPerspective(image, view, (width, height), flags=cv2.INTER_AREA).astype(np.float32)
    cover = (
        cv2.warpPerspective(np.full((h, w), 255, np.uint8), view, (width, height)).astype(np.float32) / 255
    )
    fall = cv2.GaussianBlur(np.roll(cover, (10, 14), (0, 1)), (0, 0), 14)
    out = wood * (1 - 0.5 * fall[..., None])
    out = out * (1 - cover[..., None]) + paper * cover[..., None]
    out *= _light(rng, height, width)[..., None] * np.array([1.0, 0.975, 0.92], dtype=np.float32)
    out = cv2.GaussianBlur(out, (0, 0), 0.9) + rng.standard_normal(out.shape).astype(np.float32) * 2.5
    return np.asarray(np.clip(out, 0, 255), dtype=np.uint8), np.asarray(view, dtype=np.float64)


def _grain(rng: np.random.Generator, height: int, width: int) -> NDArray[np.float32]:
    rows = cv2.GaussianBlur(rng.standard_normal((height, 8)).astype(np.float32), (0, 0), 5)
    rows = cv2.resize(rows, (width, height), interpolation=cv2.INTER_CUBIC)
    return np.asarray(rows / rows.std() * 9, dtype=np.float32)


def _light(rng: np.random.Generator, height: int, width: int) -> NDArray[np.float32]:
    """A window on one side, and the shadow of the hand that holds the telephone."""
    ys, xs = np.mgrid[0:height, 0:width].astype(np.float32)
    slope = 1.0 - 0.22 * xs / width - 0.12 * ys / height
    middle = (width * rng.uniform(0.7, 0.9), height * rng.uniform(0.75, 0.9))
    shadow = np.exp(-(((xs - middle[0]) / 480) ** 2 + ((ys - middle[1]) / 420) ** 2))
    return np.asarray(slope * (1 - 0.28 * shadow), dtype=np.float32)


def turn(image: Colour, rotation: int) -> tuple[Colour, Points]:
    """Turn an image clockwise by 0, 90, 180 or 270 degrees, with the matrix of its points."""
    h, w = image.shape[:2]
    matrices = {
        0: [[1, 0, 0], [0, 1, 0]],
        90: [[0, -1, h], [1, 0, 0]],
        180: [[-1, 0, w], [0, -1, h]],
        270: [[0, 1, 0], [-1, 0, w]],
    }
    turned = np.ascontiguousarray(np.rot90(image, -rotation // 90))
    return turned, np.array([*matrices[rotation], [0, 0, 1]], dtype=np.float64)


def followed(points: Points, matrix: Points, size: tuple[int, int]) -> list[int]:
    """Return the box [x0, y0, x1, y1] of points (n, 2) after a matrix, inside an image of (width, height)."""
    moved = np.c_[points, np.ones(len(points))] @ matrix.T
    moved = moved[:, :2] / moved[:, 2:]
    low, high = np.floor(moved.min(axis=0)), np.ceil(moved.max(axis=0))
    return [
        *(int(np.clip(low[0], 0, size[0] - 1)), int(np.clip(low[1], 0, size[1] - 1))),
        *(int(np.clip(high[0], 1, size[0])), int(np.clip(high[1], 1, size[1]))),
    ]
