"""Measure what pipeline.image finds on pages with known truth.

    python tests/accuracy/measure_layout.py PAGES_FOLDER truth.json

The folder holds one .npy of delivered pixels a page, named by its index in truth.json (000.npy ...).
"""

from __future__ import annotations

import json
import sys
import time
from itertools import pairwise
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from pipeline.domain.geometry import Box
from pipeline.domain.paper import Layout, Page, Stroke
from pipeline.image.fingerprint import same_sheet
from pipeline.image.layout import see


def seen_pages(folder: Path, truth: list[dict[str, Any]]) -> list[tuple[Layout, float]]:
    """Return layout and CPU seconds of every page."""
    found = []
    for index, page in enumerate(truth):
        pixels = np.load(folder / f"{index:03d}.npy")
        noun = Page(f"{index}", "0" * 64, 1, pixels.shape[1], pixels.shape[0], page["dpi"] or 0)
        start = time.process_time()
        layout, _ = see(noun, pixels)
        found.append((layout, time.process_time() - start))
    return found


def match_lines(layout: Layout, page: dict[str, Any]) -> dict[int, int]:
    """Return truth line index -> found line index, for boxes that overlap by IoU > 0.5."""
    pairs = []
    for t, line in enumerate(page["lines"]):
        box = Box(*(max(0, int(v)) for v in line["box"]))
        pairs += [(box.iou(one.quad.box), t, one.order) for one in layout.lines]
    taken: dict[int, int] = {}
    for iou, t, order in sorted(pairs, reverse=True):
        if iou > 0.5 and t not in taken and order not in taken.values():
            taken[t] = order
    return taken


def main(folder: Path, truth_path: Path, verbose: bool) -> None:
    """Print the measures."""
    truth = json.loads(truth_path.read_text())["pages"]
    seen = seen_pages(folder, truth)
    turned = lines = found = hands = hand_right = prints = print_right = disorder = 0
    blank = [0, 0, 0]
    for index, ((layout, _), page) in enumerate(zip(seen, truth, strict=True)):
        is_blank = page["kind"] == "blank"
        blank[0] += is_blank and layout.blank
        blank[1] += layout.blank
        blank[2] += is_blank
        if is_blank:
            if not layout.blank:
                print(f"page {index}: blank, not told, {len(layout.lines)} lines")
            continue
        turned += layout.rotation == page["rotation"]
        if layout.rotation != page["rotation"]:
            print(f"page {index}: rotation {page['rotation']} taken for {layout.rotation}")
        matched = match_lines(layout, page)
        lines += len(page["lines"])
        found += len(matched)
        by_order = {line.order: line for line in layout.lines}
        hand_right += sum(by_order[o].stroke is Stroke.HAND for o in matched.values())
        hands += sum(line.stroke is Stroke.HAND for line in layout.lines)
        boxes = [Box(*(max(0, int(v)) for v in line["box"])) for line in page["lines"]]
        others = [line for line in layout.lines if not any(line.quad.box.intersection(b) > 0 for b in boxes)]
        prints += len(others)
        print_right += sum(line.stroke is Stroke.PRINT for line in others)
        order = [matched[t] for t in sorted(matched)]
        disorder += sum(b < a for a, b in pairwise(order))
        if verbose and len(matched) < len(page["lines"]):
            print(f"page {index}: {len(matched)}/{len(page['lines'])} lines")
    pages = len(truth) - blank[2]
    print(f"rotation {turned}/{pages}; blank precision {blank[0]}/{blank[1]} recall {blank[0]}/{blank[2]}")
    print(
        f"handwritten lines found {found}/{lines} = {found / max(1, lines):.3f}; "
        f"called hand {hand_right}/{found}"
    )
    print(f"lines called hand {hands}, of them true {hand_right / max(1, hands):.3f}")
    print(f"lines off the handwriting (letterhead, stamps, signatures) called print {print_right}/{prints}")
    print(f"order errors {disorder}")
    seconds = np.array([s for _, s in seen])
    print(
        f"CPU seconds a page: mean {seconds.mean():.3f}, "
        f"95 % {np.percentile(seconds, 95):.3f}, max {seconds.max():.3f}"
    )
    _duplicates(seen, truth)


def _duplicates(seen: list[tuple[Layout, float]], truth: list[dict[str, Any]]) -> None:
    """Print how alike duplicates are and how alike different sheets are."""
    place = {(p["file"], p["page"]): i for i, p in enumerate(truth)}
    same = {(place[(d["file"], d["page"])], i) for i, p in enumerate(truth) if (d := p.get("duplicate_of"))}
    likeness = {
        (a, b): same_sheet(seen[a][0].fingerprint, seen[b][0].fingerprint)
        for b in range(len(truth))
        for a in range(b)
    }
    print("duplicates", [f"{likeness[min(p), max(p)]:.2f} {p}" for p in same])
    rest = sorted(
        ((v, k) for k, v in likeness.items() if k not in same and k[::-1] not in same), reverse=True
    )
    print("most alike of different sheets", [f"{v:.2f} {k}" for v, k in rest[:6]])


if __name__ == "__main__":
    cv2.setNumThreads(1)
    main(Path(sys.argv[1]), Path(sys.argv[2]), "-v" in sys.argv)
