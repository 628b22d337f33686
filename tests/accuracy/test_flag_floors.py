"""On clean text the flags that the truth expects are raised, and few others interrupt."""

import json
import tomllib
from pathlib import Path

import pytest
from measure_flags import ALARMS, by_page, count, understood

ROOT = Path(__file__).parents[2]
DATASETS = {"sample_scans": ROOT / "sample_scans", "pages": ROOT / "../shared/data/pages"}
FLOORS = tomllib.loads((Path(__file__).parent / "floors.toml").read_text(encoding="utf-8"))["flags"]


@pytest.mark.parametrize("name", DATASETS)
def test_clean_text_raises_the_flags_that_are_expected_and_few_more(name):
    dataset = DATASETS[name]
    if not (dataset / "truth.json").exists():
        pytest.skip("these pages are absent")
    truth = json.loads((dataset / "truth.json").read_text(encoding="utf-8"))["pages"]
    counts = count(truth, by_page(understood(dataset, truth)))
    least, most = FLOORS[name]["least"], FLOORS[name]["most"]
    assert counts.pages >= least["pages"]
    assert counts.recall(*ALARMS, right=False) >= least["alarms"], counts.notes
    assert counts.recall("unchanged_renewal", right=False) >= least["unchanged_renewal"]
    assert counts.false_a_page() <= most["false_a_page"], counts.notes
    assert counts.others["interaction_not_evaluated"] <= counts.pages
