"""Real Tesseract on drawn letterheads."""

import numpy as np
import pytest
from reading_drawn import draw

from pipeline.domain.errors import ToolMissing
from pipeline.reading.printed import TesseractReader
from pipeline.reading.tesseract import probe, words_on

LETTERHEAD = [
    "Docteur Jeanne MARTIN",
    "Médecine générale",
    "12 rue des Lilas",
    "75000 PARIS",
    "Sur rendez-vous",
    "Ordonnance",
]


@pytest.fixture(scope="module")
def reader():
    return TesseractReader()


def test_a_letterhead_is_read_in_one_call(reader):
    crops = [draw(text, size=size) for text, size in zip(LETTERHEAD, [40, 30, 28, 28, 24, 60], strict=True)]
    readings = reader.read(crops)
    assert [reading.text for reading in readings] == LETTERHEAD
    assert all(reading.confidence > 0.7 and reading.posteriors is None for reading in readings)
    assert readings[0].reader.startswith("tesseract-fra 5")


def test_places_follow_the_ink(reader):
    (reading,) = reader.read([draw("Bonjour Paris", size=40)])
    starts = [start for start, _ in reading.places]
    assert starts == sorted(starts)
    assert all(0 <= start <= end <= 1 for start, end in reading.places)
    assert 0.4 < reading.places[reading.text.index("P")][0] < 0.75


def test_empty_crops_read_as_no_text(reader):
    blank = np.full((40, 300), 255, np.uint8)
    readings = reader.read([np.empty((0, 0), np.uint8), draw("Bonjour", size=40), blank])
    assert [reading.text for reading in readings] == ["", "Bonjour", ""]
    assert reader.read([]) == []


def test_the_probe_names_version_and_languages():
    found = probe()
    assert found.version is not None
    assert "fra" in found.languages


def test_a_language_that_is_not_installed_is_refused():
    with pytest.raises(ToolMissing, match="xyz"):
        TesseractReader(language="xyz")


@pytest.fixture
def nowhere(monkeypatch, tmp_path):
    probe.cache_clear()
    monkeypatch.setenv("PATH", str(tmp_path))
    yield
    probe.cache_clear()


def test_a_machine_without_tesseract_is_told_so(nowhere):
    with pytest.raises(ToolMissing, match="not installed"):
        TesseractReader()


def test_a_tesseract_that_breaks_down_is_nobodys_page(reader):
    with pytest.raises(ToolMissing, match="broke down"):
        words_on(draw("Bonjour", size=40), language="xyz")
