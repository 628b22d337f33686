"""Real scanner effects: a few of the development pages, where they are at hand."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageOps

from pipeline.domain.geometry import Box
from pipeline.domain.paper import Page
from pipeline.image.layout import see

PAGES = Path(__file__).parents[3] / "../shared/data/pages"
pytestmark = pytest.mark.skipif(not (PAGES / "truth.json").exists(), reason="development pages are absent")


def photos_and_tiffs() -> list[dict]:
    if not (PAGES / "truth.json").exists():
        return []
    truth = json.loads((PAGES / "truth.json").read_text())["pages"]
    return [page for page in truth if not page["file"].endswith(".pdf")][::3]


def test_most_lines_of_photos_and_tiffs_are_found() -> None:
    lines = found = turned = pages = 0
    for truth in photos_and_tiffs():
        with Image.open(PAGES / "scans" / truth["file"]) as image:
            image.seek(truth["page"] - 1)
            pixels = np.asarray(ImageOps.exif_transpose(image).convert("RGB"))
        page = Page("p", "0" * 64, 1, pixels.shape[1], pixels.shape[0], truth["dpi"] or 0)
        layout, flat = see(page, pixels)
        assert flat.shape == pixels.shape[:2]
        assert layout.blank == (truth["kind"] == "blank")
        if layout.blank:
            continue
        pages += 1
        turned += layout.rotation == truth["rotation"]
        boxes = [line.quad.box for line in layout.lines]
        for line in truth["lines"]:
            lines += 1
            found += max(Box(*map(int, line["box"])).iou(box) for box in boxes) > 0.5
    assert turned >= pages - 1
    assert found > 0.85 * lines
