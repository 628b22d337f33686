"""Measure what pipeline.image finds on the pages of a dataset folder.

python tests/accuracy/measure_layout.py DATASET [--pages] [--draw FOLDER]

`--pages` lists the pages on which a line is missing, the worst first; `--draw` pictures them, truth in
green, lines called hand in red, print in blue, stamps in orange, signatures in violet.
"""

from __future__ import annotations

import argparse
import time
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from pages_with_truth import Truth, box_of, groups_of, matches, out_of_order, pages_with_truth

from pipeline.domain.paper import Layout, Line, Page, Stroke
from pipeline.image.fingerprint import same_sheet
from pipeline.image.layout import see

COLOURS = {
    Stroke.HAND: (0, 0, 220), Stroke.PRINT: (220, 0, 0),
    Stroke.STAMP: (0, 140, 255), Stroke.SIGNATURE: (200, 0, 160),
}  # fmt: skip
"""Of the pictures, blue first."""
ROWS = (
    "pages", "eye turned it wrong", "blank missed", "blank invented",
    "written lines", "found", "found in order", "found but called print",
    "false: piece or merger", "false: off the writing", "called stamp", "called signature",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Seen:
    """A page and what was found on it.

    Attributes:
        truth: what is on it.
        layout: seen turned as the truth says: the road finds that out by reading, this measure does not read.
        turned: whether the eye alone, without reading, took it for turned as it is.
        seconds: CPU time of the eye's first look.
    """

    truth: Truth
    layout: Layout
    turned: bool
    seconds: float


def seen_page(truth: Truth, page: Page, pixels: NDArray[np.uint8]) -> tuple[Seen, NDArray[np.uint8]]:
    """Return what is seen on a page, and its flattened gray."""
    start = time.process_time()
    layout, flat = see(page, pixels)
    seconds = time.process_time() - start
    turned = layout.blank or layout.rotation == truth["rotation"]
    if not turned:
        layout, flat = see(page, pixels, rotation=truth["rotation"])
    return Seen(truth, layout, turned, seconds), flat


def counts_of(truth: Truth, layout: Layout) -> Counter[str]:
    """Return the counts of one page, by the names in ROWS.

    A false line is one called hand that matches no written line: a piece or a merger where it overlaps
    one, off the writing (letterhead, stamp, signature, dirt) where it does not. A written line that was
    called a stamp or a signature counts as called print: it is not read as prescribed either.
    """
    blank = truth["kind"] == "blank"
    if blank or layout.blank:
        lost = 0 if blank else len(truth["lines"])
        return Counter(
            {
                "pages": 1,
                "blank missed": int(blank and not layout.blank),
                "blank invented": int(not blank),
                "written lines": lost,
                "false: off the writing": len(layout.lines) if blank else 0,
            }
        )
    matched = matches(layout.lines, truth["lines"])
    free = [
        line
        for index, line in enumerate(layout.lines)
        if index not in matched.values() and line.stroke is Stroke.HAND
    ]
    touching = sum(_on_writing(line, truth) for line in free)
    return Counter(
        {
            "pages": 1,
            "written lines": len(truth["lines"]),
            "found": len(matched),
            "found in order": len(matched) - out_of_order([matched[place] for place in sorted(matched)]),
            "found but called print": sum(
                layout.lines[index].stroke is not Stroke.HAND for index in matched.values()
            ),
            "false: piece or merger": touching,
            "false: off the writing": len(free) - touching,
            "called stamp": sum(line.stroke is Stroke.STAMP for line in layout.lines),
            "called signature": sum(line.stroke is Stroke.SIGNATURE for line in layout.lines),
        }
    )


def _on_writing(line: Line, truth: Truth) -> bool:
    box = line.quad.box
    shared = max((box.intersection(box_of(written)) for written in truth["lines"]), default=0)
    return shared > 0.2 * box.area


def by_group(pages: Iterable[Seen]) -> dict[str, Counter[str]]:
    """Return the summed counts of all pages, of each tier and of each medium."""
    total: dict[str, Counter[str]] = defaultdict(Counter)
    for page in pages:
        counts = counts_of(page.truth, page.layout)
        counts["eye turned it wrong"] = int(not page.turned)
        for group in groups_of(page.truth):
            total[group].update(counts)
    return dict(total)


def main() -> None:
    """Print the figures of a dataset."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("dataset", type=Path)
    parser.add_argument("--pages", action="store_true", help="list the pages with missing lines")
    parser.add_argument("--draw", type=Path, help="folder for pictures of those pages")
    options = parser.parse_args()
    cv2.setNumThreads(1)
    seen = []
    for truth, page, pixels in pages_with_truth(options.dataset):
        one, flat = seen_page(truth, page, pixels)
        seen.append(one)
        if options.draw and _missing(one):
            _draw(options.draw / f"{_missing(one):02d}-{page.id}.png", one, flat)
    print_table(by_group(seen))
    seconds = np.array([page.seconds for page in seen])
    print(
        f"CPU seconds a page: mean {seconds.mean():.3f}, "
        f"95 % {np.percentile(seconds, 95):.3f}, max {seconds.max():.3f}"
    )
    print_duplicates(seen)
    if options.pages:
        for one in sorted(seen, key=_missing, reverse=True):
            if _missing(one):
                print(f"{one.truth['file']} {one.truth['page']}: {_missing(one)} of "
                      f"{len(one.truth['lines'])} lines missing or out of order")  # fmt: skip


def print_table(groups: dict[str, Counter[str]]) -> None:
    """Print one row a count, one column a group, and the shares that the aims are about."""
    print(f"{'':26}" + "".join(f"{group:>10}" for group in groups))
    for row in ROWS:
        print(f"{row:26}" + "".join(f"{counts[row]:10}" for counts in groups.values()))
    for row in ("found", "found in order"):
        shares = [counts[row] / max(1, counts["written lines"]) for counts in groups.values()]
        print(f"{'share ' + row:26}" + "".join(f"{share:10.3f}" for share in shares))


def print_duplicates(seen: list[Seen]) -> None:
    """Print how alike duplicates are and how alike different sheets are."""
    truth = [one.truth for one in seen]
    place = {(p["file"], p["page"]): i for i, p in enumerate(truth)}
    same = {(place[(d["file"], d["page"])], i) for i, p in enumerate(truth) if (d := p.get("duplicate_of"))}
    likeness = {
        (a, b): same_sheet(seen[a].layout.fingerprint, seen[b].layout.fingerprint)
        for b in range(len(truth))
        for a in range(b)
    }
    print("duplicates", [f"{likeness[min(p), max(p)]:.2f} {p}" for p in same])
    rest = sorted(
        ((v, k) for k, v in likeness.items() if k not in same and k[::-1] not in same), reverse=True
    )
    print("most alike of different sheets", [f"{v:.2f} {k}" for v, k in rest[:6]])


def _missing(page: Seen) -> int:
    counts = counts_of(page.truth, page.layout)
    return counts["written lines"] - counts["found in order"]


def _draw(path: Path, page: Seen, flat: NDArray[np.uint8]) -> None:
    picture = cv2.cvtColor(flat, cv2.COLOR_GRAY2BGR)
    thick = max(1, round(max(flat.shape) / 1000))
    for written in page.truth["lines"]:
        box = box_of(written)
        cv2.rectangle(picture, (box.x0, box.y0), (box.x1, box.y1), (0, 160, 0), thick)
    for line in page.layout.lines:
        colour = COLOURS[line.stroke]
        corners = np.round(np.array(line.quad.corners)).astype(np.int32)
        cv2.polylines(picture, [corners], True, colour, thick)
        place = (int(corners[0, 0]), int(corners[0, 1]))
        cv2.putText(picture, str(line.order), place, cv2.FONT_HERSHEY_SIMPLEX, 0.5 * thick, colour, thick)
    path.parent.mkdir(parents=True, exist_ok=True)
    shrink = 1400 / max(picture.shape)
    picture = cv2.resize(picture, None, fx=shrink, fy=shrink, interpolation=cv2.INTER_AREA)
    picture = np.rot90(picture, page.truth["rotation"] // 90)
    cv2.imwrite(str(path), picture)


if __name__ == "__main__":
    main()
