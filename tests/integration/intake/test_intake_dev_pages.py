"""Pages of the drawn week open at the size that their truth states."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pipeline.intake.folder import scan_paths
from pipeline.intake.limits import Limits
from pipeline.intake.receive import media_type_of
from pipeline.intake.sheets import open_scan

PAGES = Path(__file__).parents[3] / "../shared/data/pages"


@pytest.mark.skipif(not PAGES.exists(), reason="the drawn week is not here")
def test_every_page_opens_at_its_true_size():
    truth = {
        (page["file"], page["page"]): (*page["image_size"], page["dpi"] or 0)
        for page in json.loads((PAGES / "truth.json").read_text())["pages"]
    }
    found = {}
    for path in scan_paths(PAGES / "scans"):
        data = path.read_bytes()
        with open_scan(data, media_type=media_type_of(data), limits=Limits()) as file:
            for number in range(1, file.page_count + 1):
                found[path.name, number] = file.size(number)
            width, height, _ = file.size(file.page_count)
            assert file.pixels(file.page_count).shape[:2] == (height, width)
    assert found == truth
