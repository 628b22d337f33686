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
Places = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class InkLine:
    """One line: its box, and the components that stand on it as rows (x, y, width, height, ink px)."""

    box: Box
    parts: NDArray[np.int32]


def without_rules(mask: Gray, faint: Gray, length: int) -> Gray:
    """Return the mask without straight strokes longer than `length` px, along or across.

    Args:
        mask: (h, w), 255 where there is ink.
        faint: the same with paler marks too: a rule printed pale is whole there, in pieces in `mask`.
        length: px, longer than a word; shorter strokes (an underline) stay.
    """
    rules = np.zeros_like(mask)
    for along in (True, False):

        def bar(size: int, lying: bool = along) -> Gray:
            return np.ones((1, size) if lying else (size, 1), np.uint8)

        # A rule is thin across its run: letters' uprights go first, or a row of small print would count.
        uprights = cv2.morphologyEx(faint, cv2.MORPH_OPEN, bar(7, not along))
        thin = cv2.bitwise_and(faint, cv2.bitwise_not(uprights))
        # Covered for most of its length: a row of letters never is, a rule that writing crosses still is.
        covered = cv2.blur(thin, (length, 1) if along else (1, length), borderType=cv2.BORDER_CONSTANT)
        core = np.where(covered > 0.72 * 255, 255, 0).astype(np.uint8)
        found = cv2.bitwise_and(cv2.dilate(core, bar(length)), thin)
        rules |= np.asarray(cv2.dilate(found, np.ones((3, 3), np.uint8)), dtype=np.uint8)
    if not rules.any():
        return mask
    left = np.where(rules > 0, 0, mask).astype(np.uint8)
    mended = np.asarray(cv2.morphologyEx(left, cv2.MORPH_CLOSE, np.ones((7, 3), np.uint8)), dtype=np.uint8)
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
    count, labels, raw, _ = cv2.connectedComponentsWithStats(mask, connectivity=8)
    if count < 2:
        return []
    stats = np.asarray(raw, dtype=np.int32)
    height = text_height(stats[1:])
    kept = _writing(stats, height)
    ink = np.where(kept[labels], mask, 0).astype(np.uint8)
    ridges = _ridges(ink, height)
    if not ridges.any():
        return []
    ys, xs = np.nonzero(ink)
    far, nearest = _nearest_ridge(ridges, ys, xs)
    close = far < 1.8 * height
    ys, xs, nearest = ys[close], xs[close], nearest[close]
    component = np.asarray(labels[ys, xs], dtype=np.int64)
    owner = _owners(component, nearest, stats, height)
    owner = _joined(owner, ys, xs, height)
    return reading_order(_lines(owner, component, ys, xs, height))


def turned_over(lines: Sequence[InkLine], width: int, height: int) -> list[InkLine]:
    """Return the lines of the same mask turned by 180 degrees; width and height in px."""
    turned = []
    for line in lines:
        box, parts = line.box, line.parts.copy()
        parts[:, 0] = width - line.parts[:, 0] - line.parts[:, 2]
        parts[:, 1] = height - line.parts[:, 1] - line.parts[:, 3]
        turned.append(InkLine(Box(width - box.x1, height - box.y1, width - box.x0, height - box.y0), parts))
    return reading_order(turned)


def _writing(stats: NDArray[np.int32], height: float) -> NDArray[np.bool_]:
    """Which components may be writing: no specks, no frames, no bars of a barcode."""
    width, tall, ink = stats[:, 2], stats[:, 3], stats[:, 4]
    kept = (ink >= 4) & (np.maximum(width, tall) >= 3)
    kept &= ~((tall > 9 * height) | ((width > 12 * height) & (tall < 0.3 * height)))
    kept &= ~((tall > 1.8 * height) & (tall > 7 * width) & (width < 0.3 * height))  # folds, edges
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
    half = cv2.resize(ink, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA).astype(np.float32)
    smear = cv2.GaussianBlur(
        half, (0, 0), sigmaX=0.9 * height, sigmaY=0.21 * height, borderType=cv2.BORDER_CONSTANT
    )
    density = cv2.resize(smear, (ink.shape[1], ink.shape[0]), interpolation=cv2.INTER_LINEAR)
    reach = max(3, round(0.9 * height)) | 1
    crest = (density >= cv2.dilate(density, np.ones((reach, 1), np.uint8)) - 1e-3) & (density > 5)
    thick = max(3, round(0.3 * height)) | 1
    crest_mask = cv2.dilate(crest.astype(np.uint8), np.ones((thick, 3), np.uint8))
    _, labels, stats, _ = cv2.connectedComponentsWithStats(crest_mask, connectivity=8)
    strong = stats[:, 2] >= 0.8 * height
    strong[0] = False
    return np.asarray(np.where(strong[labels], labels, 0), dtype=np.int32)


def _nearest_ridge(ridges: NDArray[np.int32], ys: Places, xs: Places) -> tuple[NDArray[np.float32], Places]:
    """Return for every ink pixel how far the nearest ridge is, px, and which it is."""
    far, pixel = cv2.distanceTransformWithLabels(
        (ridges == 0).astype(np.uint8), cv2.DIST_L2, 5, labelType=cv2.DIST_LABEL_PIXEL
    )
    on = ridges > 0
    of_pixel = np.zeros(int(pixel.max()) + 1, np.int64)
    of_pixel[pixel[on]] = ridges[on]
    return np.asarray(far[ys, xs], dtype=np.float32), of_pixel[pixel[ys, xs]]


def _owners(component: Places, nearest: Places, stats: NDArray[np.int32], height: float) -> Places:
    """Return for every ink pixel the ridge it belongs to.

    A component goes whole to the ridge that claims most of it, so that a descender that dips into the
    next line stays with its own; a tall one that two ridges share is two lines that touch, and is parted.
    """
    ridges = int(nearest.max()) + 1
    pairs, counts = np.unique(component * ridges + nearest, return_counts=True)
    parts, claims = pairs // ridges, pairs % ridges
    most = np.zeros(len(stats), np.int64)
    total = np.zeros(len(stats), np.int64)
    winner = np.zeros(len(stats), np.int64)
    np.maximum.at(most, parts, counts)
    np.add.at(total, parts, counts)
    top = counts == most[parts]
    winner[parts[top]] = claims[top]
    whole = (stats[:, 3] < 2.2 * height) | (most > 0.85 * total)
    return np.where(whole[component], winner[component], nearest)


def _joined(owner: Places, ys: Places, xs: Places, height: float) -> Places:
    """Join pieces of one line: they follow each other closely, at one height."""
    order = np.argsort(owner, kind="stable")
    names, starts = np.unique(owner[order], return_index=True)
    pieces = [
        (int(name), int(xs[group].min()), int(xs[group].max()), float(np.median(ys[group])))
        for name, group in zip(names, np.split(order, starts[1:]), strict=True)
    ]
    parent = {piece[0]: piece[0] for piece in pieces}

    def root(label: int) -> int:
        while parent[label] != label:
            label = parent[label]
        return label

    pieces.sort(key=lambda piece: piece[1])
    for index, (name, left, right, level) in enumerate(pieces):
        for other, start, end, other_level in pieces[index + 1 :]:
            gap = start - min(right, end)
            short = min(right - left, end - start)
            if -0.5 * short < gap < 3.2 * height and abs(level - other_level) < 0.6 * height:
                parent[root(other)] = root(name)
    table = np.zeros(int(owner.max()) + 1, np.int64)
    for label in parent:
        table[label] = root(label)
    return table[owner]


def _lines(owner: Places, component: Places, ys: Places, xs: Places, height: float) -> list[InkLine]:
    """Return the lines, each with the pieces of components that it owns; too little ink is none."""
    base = int(component.max()) + 1
    key = owner * base + component
    order = np.argsort(key, kind="stable")
    keys, starts, counts = np.unique(key[order], return_index=True, return_counts=True)
    left = np.minimum.reduceat(xs[order], starts)
    right = np.maximum.reduceat(xs[order], starts) + 1
    top = np.minimum.reduceat(ys[order], starts)
    bottom = np.maximum.reduceat(ys[order], starts) + 1
    parts = np.stack([left, top, right - left, bottom - top, counts], axis=1).astype(np.int32)
    lines = []
    for label in np.unique(keys // base):
        line = line_of(parts[keys // base == label])
        if line.box.height >= 0.5 * height and line.box.width >= 0.8 * height:
            lines.append(line)
    return lines


def line_of(parts: NDArray[np.int32]) -> InkLine:
    """Return the line made of these parts, rows (x, y, width, height, ink px)."""
    x0, y0 = parts[:, :2].min(axis=0)
    x1, y1 = (parts[:, :2] + parts[:, 2:4]).max(axis=0)
    return InkLine(Box(int(x0), int(y0), int(x1), int(y1)), parts)


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
