"""Lines of ink: every stroke goes to the line whose middle it lies nearest, lines in reading order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.domain.geometry import Box

Gray = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class InkLine:
    """One line: its box, and the components that stand on it as rows (x, y, width, height, ink px)."""

    box: Box
    parts: NDArray[np.int32]


def without_rules(mask: Gray, length: int) -> Gray:
    """Return the mask without straight strokes longer than `length` px, along or across.

    Writing that a rule crosses is closed again over the gap.
    """
    rules = np.zeros_like(mask)
    for kernel in ((length, 1), (1, length)):
        # Scanned rules break; joining over 5 px first lets the opening see them whole.
        joint = (5, 1) if kernel[0] > 1 else (1, 5)
        joined = cv2.morphologyEx(mask, cv2.MORPH_CLOSE, np.ones(joint[::-1], np.uint8))
        rules |= cv2.morphologyEx(joined, cv2.MORPH_OPEN, np.ones(kernel[::-1], np.uint8))
    if not rules.any():
        return mask
    rules = cv2.dilate(rules, np.ones((3, 3), np.uint8))
    left = cv2.bitwise_and(mask, cv2.bitwise_not(rules))
    mended = cv2.morphologyEx(left, cv2.MORPH_CLOSE, np.ones((5, 3), np.uint8))
    return np.asarray(left | (mended & rules & mask), dtype=np.uint8)


def text_height(stats: NDArray[np.int32]) -> float:
    """Return the usual height of a component of writing, px, weighted by ink."""
    heights, ink = stats[:, 3].astype(np.float64), stats[:, 4].astype(np.float64)
    usual = (heights >= 5) & (heights <= 90)
    if not usual.any():
        return 12.0
    order = np.argsort(heights[usual])
    weights = np.sqrt(ink[usual][order])
    middle = int(np.searchsorted(np.cumsum(weights), weights.sum() / 2))
    return float(np.clip(heights[usual][order][middle], 7, 45))


def find_lines(mask: Gray) -> list[InkLine]:
    """Find the lines of horizontal writing.

    Args:
        mask: (h, w), 255 where there is ink; upright or upside down, rules removed, 100-160 dpi.

    Returns:
        Lines in reading order: rows from the top, in a row from the left.
    """
    count, labels, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=8)
    if count < 2:
        return []
    height = text_height(stats[1:])
    kept = _writing(stats, height)
    ink = np.where(kept[labels], mask, 0).astype(np.uint8)
    ridges = _ridges(ink, height)
    owner = _owners(ink, labels, stats, kept, ridges, height)
    lines = [line for label in range(1, int(owner.max()) + 1) if (line := _line(owner, label, height))]
    return reading_order(lines)


def _writing(stats: NDArray[np.int32], height: float) -> NDArray[np.bool_]:
    """Which components may be writing: no specks, no frames, no bars of a barcode."""
    width, tall, ink = stats[:, 2], stats[:, 3], stats[:, 4]
    kept = (ink >= 4) & (np.maximum(width, tall) >= 3)
    kept &= ~((tall > 9 * height) | ((width > 12 * height) & (tall < 0.3 * height)))
    bars = (tall > 1.1 * height) & (tall > 3 * width) & (ink > 0.85 * width * tall)
    for bar in np.flatnonzero(bars):
        x, y, _, h = stats[bar, :4]
        beside = (
            bars & (np.abs(stats[:, 1] - y) < 4) & (np.abs(tall - h) < 6) & (np.abs(stats[:, 0] - x) < 4 * h)
        )
        if beside.sum() >= 8:
            kept[beside] = False
    kept[0] = False
    return np.asarray(kept, dtype=np.bool_)


def _ridges(ink: Gray, height: float) -> NDArray[np.int32]:
    """Return labels of the lines' middles: crests of the ink's density, smeared along the line."""
    density = cv2.GaussianBlur(
        ink.astype(np.float32),
        (0, 0),
        sigmaX=1.8 * height,
        sigmaY=0.42 * height,
        borderType=cv2.BORDER_CONSTANT,
    )
    reach = max(3, round(0.9 * height)) | 1
    crest = (density >= cv2.dilate(density, np.ones((reach, 1), np.uint8)) - 1e-3) & (density > 5)
    crest_mask = cv2.dilate(crest.astype(np.uint8), np.ones((max(3, round(0.3 * height)) | 1, 3), np.uint8))
    _, labels, stats, _ = cv2.connectedComponentsWithStats(crest_mask, connectivity=8)
    strong = stats[:, 2] >= 0.8 * height
    strong[0] = False
    return np.asarray(np.where(strong[labels], labels, 0), dtype=np.int32)


def _owners(
    ink: Gray,
    labels: NDArray[np.int32],
    stats: NDArray[np.int32],
    kept: NDArray[np.bool_],
    ridges: NDArray[np.int32],
    height: float,
) -> NDArray[np.int32]:
    """Return for every ink pixel the ridge it belongs to; whole components where only one claims them."""
    if not ridges.any():
        return np.zeros_like(labels)
    far, nearest = cv2.distanceTransformWithLabels(
        (ridges == 0).astype(np.uint8), cv2.DIST_L2, 5, labelType=cv2.DIST_LABEL_PIXEL
    )
    of_label = np.zeros(int(nearest.max()) + 1, np.int32)
    on = ridges > 0
    of_label[nearest[on]] = ridges[on]
    owner = of_label[nearest]
    ys, xs = np.nonzero((ink > 0) & (far < 1.8 * height))
    component, ridge = labels[ys, xs], owner[ys, xs]
    votes: dict[int, dict[int, int]] = {}
    pairs, counts = np.unique(np.stack([component, ridge]), axis=1, return_counts=True)
    for c, r, n in zip(pairs[0], pairs[1], counts, strict=True):
        votes.setdefault(int(c), {})[int(r)] = int(n)
    single = np.zeros(len(stats), np.int32)
    for c, by_ridge in votes.items():
        winner = max(by_ridge, key=lambda r: by_ridge[r])
        # A descender that dips into the next line stays with its own; a joint of two lines is parted.
        if stats[c, 3] < 2.2 * height or by_ridge[winner] > 0.85 * sum(by_ridge.values()):
            single[c] = winner
    result = np.zeros_like(labels)
    result[ys, xs] = np.where(single[component] > 0, single[component], ridge)
    return _joined(result, ridges, height)


def _joined(owner: NDArray[np.int32], ridges: NDArray[np.int32], height: float) -> NDArray[np.int32]:
    """Join pieces of one line: they follow each other, or lie over each other, at one height."""
    pieces = []
    for label in np.unique(owner)[1:]:
        ys, xs = np.nonzero(owner == label)
        pieces.append([int(label), xs.min(), xs.max(), float(np.median(ys)), ys.min(), ys.max(), len(ys)])
    parent = {piece[0]: piece[0] for piece in pieces}

    def root(label: int) -> int:
        while parent[label] != label:
            label = parent[label]
        return label

    pieces.sort(key=lambda piece: piece[1])
    for index, a in enumerate(pieces):
        for b in pieces[index + 1 :]:
            gap = max(a[1], b[1]) - min(a[2], b[2])
            if (
                gap < 3.2 * height
                and gap > -0.5 * min(a[2] - a[1], b[2] - b[1])
                and abs(a[3] - b[3]) < 0.6 * height
            ):
                parent[root(b[0])] = root(a[0])
    table = np.zeros(int(owner.max()) + 1, np.int32)
    names: dict[int, int] = {}
    for label in parent:
        table[label] = names.setdefault(root(label), len(names) + 1)
    return table[owner]


def _line(owner: NDArray[np.int32], label: int, height: float) -> InkLine | None:
    """Return the line of one label; None where it is too little to be writing."""
    mask = (owner == label).astype(np.uint8)
    x, y, w, h = cv2.boundingRect(mask)
    if h < 0.5 * height or w < 0.8 * height:
        return None
    _, _, stats, _ = cv2.connectedComponentsWithStats(mask[y : y + h, x : x + w], connectivity=8)
    parts = stats[1:].copy()
    if parts[:, 4].sum() < 1.2 * height:
        return None
    parts[:, :2] += (x, y)
    return InkLine(Box(x, y, x + w, y + h), parts)


def reading_order(lines: Sequence[InkLine]) -> list[InkLine]:
    """Order lines by rows from the top and, where they share a row, from the left."""
    rows: list[list[InkLine]] = []
    for line in sorted(lines, key=lambda one: one.box.y0 + one.box.y1):
        box = line.box
        for row in rows[-2:]:
            others = [o.box for o in row]
            shared = max(min(box.y1, o.y1) - max(box.y0, o.y0) for o in others)
            apart = all(box.x0 >= o.x1 or box.x1 <= o.x0 for o in others)
            if apart and shared > 0.5 * min(box.height, min(o.height for o in others)):
                row.append(line)
                break
        else:
            rows.append([line])
    return [line for row in rows for line in sorted(row, key=lambda one: one.box.x0)]


def gaps(line: InkLine) -> list[tuple[int, int]]:
    """Return the blanks between a line's parts, from left to right, as (start, end) px."""
    spans: list[list[int]] = []
    for x, width in sorted((int(p[0]), int(p[2])) for p in line.parts):
        if spans and x <= spans[-1][1]:
            spans[-1][1] = max(spans[-1][1], x + width)
        else:
            spans.append([x, x + width])
    return [(a[1], b[0]) for a, b in pairwise(spans)]
