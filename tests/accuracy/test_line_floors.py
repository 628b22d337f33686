"""Lines are found, in order, told from print, and their crops read, not worse than the floors say."""

import tomllib
from pathlib import Path

import pytest
from measure_layout import counts_of, seen_page
from measure_reading import error_rates, read_pairs
from pages_with_truth import pages_with_truth

ROOT = Path(__file__).parents[2]
DATASETS = {"sample_scans": ROOT / "sample_scans", "pages": ROOT / "../shared/data/pages"}
FLOORS = tomllib.loads((Path(__file__).parent / "floors.toml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", DATASETS)
def test_lines_are_found_in_order_and_told_from_print(name):
    if not (DATASETS[name] / "truth.json").exists():
        pytest.skip("these pages are absent")
    pages = [seen_page(*page)[0] for page in pages_with_truth(DATASETS[name])]
    counts = [counts_of(page.truth, page.layout) for page in pages]

    def share(row):
        return sum(one[row] for one in counts) / sum(one["written lines"] for one in counts)

    floors = FLOORS["lines"][name]
    assert share("found in order") >= floors["least"]["found_in_order"]
    assert share("found but called print") <= floors["most"]["called_print"]
    assert share("false: piece or merger") <= floors["most"]["pieces_and_mergers"]
    off = sum(one["false: off the writing"] for one in counts)
    assert off <= floors["most"]["off_the_writing_a_page"] * len(pages)
    assert not sum(one["blank missed"] + one["blank invented"] for one in counts)


def test_crops_read_and_nothing_prescribed_is_taken_for_struck_out():
    most = FLOORS["reading"]["sample_scans"]["most"]
    read = read_pairs(DATASETS["sample_scans"])
    cer, wer = error_rates(read.found["all"])
    assert cer <= most["cer"]
    assert wer <= most["wer"]
    assert sum(sure is True for _, struck, sure, _ in read.struck if not struck) <= most["struck_unduly"]
