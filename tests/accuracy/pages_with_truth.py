"""A dataset folder's pages with their truth, and which line that was found is which line that was written."""

from __future__ import annotations

import json
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.domain.geometry import Box
from pipeline.domain.paper import Line, Page
from pipeline.intake.limits import Limits
from pipeline.intake.receive import media_type_of
from pipeline.intake.sheets import open_scan

Truth = dict[str, Any]


def pages_with_truth(dataset: Path) -> Iterator[tuple[Truth, Page, NDArray[np.uint8]]]:
    """Yield truth, noun and delivered pixels of every page, in the truth's order."""
    truth = json.loads((dataset / "truth.json").read_text(encoding="utf-8"))["pages"]
    for name in dict.fromkeys(page["file"] for page in truth):
        data = (dataset / "scans" / name).read_bytes()
        with open_scan(data, media_type=media_type_of(data), limits=Limits()) as file:
            for page in (page for page in truth if page["file"] == name):
                number = page["page"]
                noun = Page(f"{name}-{number}", "0" * 64, number, *file.size(number))
                yield page, noun, file.pixels(number)


def groups_of(truth: Truth) -> tuple[str, str, str]:
    """Return the groups that a page's figures count in: all, its tier, its medium."""
    return ("all", truth["tier"], truth["medium"])


def box_of(line: Truth) -> Box:
    """Return the box of a line of the truth."""
    x0, y0, x1, y1 = (max(0, int(value)) for value in line["box"])
    return Box(x0, y0, max(x0, x1), max(y0, y1))


def matches(found: Sequence[Line], written: Sequence[Truth], *, least: float = 0.5) -> dict[int, int]:
    """Return index of a written line -> index of the line that was found there, IoU above `least`."""
    boxes = [line.quad.box for line in found]
    pairs = [
        (box_of(line).iou(box), place, index)
        for place, line in enumerate(written)
        for index, box in enumerate(boxes)
    ]
    taken: dict[int, int] = {}
    for iou, place, index in sorted(pairs, reverse=True):
        if iou > least and place not in taken and index not in taken.values():
            taken[place] = index
    return taken


def out_of_order(indices: Sequence[int]) -> int:
    """Return how many items must leave for the rest to rise: length less longest rising subsequence."""
    ends: list[int] = []
    for index in indices:
        place = bisect_left(ends, index)
        ends[place : place + 1] = [index]
    return len(indices) - len(ends)
