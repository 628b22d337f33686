"""The whole road over sample_scans stays above its floors, and loses no page."""

import json
import tomllib
from pathlib import Path

import pytest

from pipeline.cli.dataset import predictions
from pipeline.evaluation.scores import score

SAMPLES = Path(__file__).parents[2] / "sample_scans"
FLOORS = tomllib.loads((Path(__file__).parent / "floors.toml").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def scores():
    truth = json.loads((SAMPLES / "truth.json").read_text(encoding="utf-8"))
    return score(truth, list(predictions(SAMPLES, workers=1)))


def test_every_page_is_accounted_for(scores):
    assert scores["pages"] == 24
    assert (scores["pages_lost"], scores["pages_unknown"], scores["pages_repeated"]) == (0, 0, 0)


@pytest.mark.parametrize("metric", FLOORS["least"])
def test_not_below(scores, metric):
    assert scores["groups"]["all"][metric]["value"] >= FLOORS["least"][metric]


@pytest.mark.parametrize("metric", FLOORS["most"])
def test_not_above(scores, metric):
    assert scores["groups"]["all"].get(metric, {"value": 0})["value"] <= FLOORS["most"][metric]
