"""Shortlists by spelling, cases, and line images."""

import cv2
import numpy as np
import pytest

from pipeline.domain.errors import BadScan
from pipeline.domain.writing import Reading
from pipeline.reading.rank import Lexicon, case_variants, load_line, rank

NAMES = ["Doliprane", "Efferalgan", "Kardégic", "Œdème", "", "Doliprane"]


def test_names_are_kept_once_and_as_given():
    assert Lexicon(NAMES).names == ("Doliprane", "Efferalgan", "Kardégic", "Œdème")


@pytest.mark.parametrize(
    ("read", "expected"),
    [("doliprone", "Doliprane"), ("KARDEGIC", "Kardégic"), ("oedeme", "Œdème"), ("Gfferalgan", "Efferalgan")],
)
def test_the_shortlist_forgives_case_accents_and_the_first_letter(read, expected):
    assert Lexicon(NAMES).shortlist(read, size=1) == (expected,)


def test_a_wrong_first_letter_costs_nothing():
    assert Lexicon(["Xarelto", "Larolto"]).shortlist("Larelto", size=1) == ("Xarelto",)


def test_without_posteriors_the_spelling_decides():
    reading = Reading("dolipran", 0.5, "test", tuple((n / 8, (n + 1) / 8) for n in range(8)))
    ranked = rank(reading, Lexicon(NAMES), limit=2)
    assert ranked[0][0] == "Doliprane"
    assert 0 < ranked[1][1] < ranked[0][1] < 1
    assert rank(reading, Lexicon([])) == []


def test_cases_are_given_once_each():
    assert case_variants("Doliprane") == ("Doliprane", "doliprane", "DOLIPRANE")


@pytest.mark.parametrize("suffix", [".png", ".jpg", ".tiff"])
def test_images_become_gray(tmp_path, suffix):
    path = tmp_path / f"é{suffix}"
    colour = np.full((20, 30, 3), 255, np.uint8)
    path.write_bytes(cv2.imencode(suffix, colour)[1].tobytes())
    line = load_line(path)
    assert line.shape == (20, 30)
    assert line.min() > 250


def test_files_that_are_no_image_are_refused(tmp_path):
    for content in (b"", b"text", b"\x89PNG\r\n\x1a\n"):
        (tmp_path / "line.png").write_bytes(content)
        with pytest.raises(BadScan):
            load_line(tmp_path / "line.png")
    with pytest.raises(BadScan):
        load_line(tmp_path / "absent.png")
