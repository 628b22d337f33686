"""Probabilities and grades from what a reader was sure of."""

import math
from dataclasses import replace

import numpy as np
import pytest

from pipeline import ink
from pipeline.domain.errors import ToolMissing
from pipeline.domain.grade import Grade
from pipeline.domain.writing import Reading
from pipeline.reading.calibration import (
    Calibration,
    Curve,
    Doubt,
    graded,
    line_doubt,
    load_calibration,
    word_doubts,
)

VOCABULARY = " ab"
FOUND = Calibration(Curve(-3.0, -2.0, -0.5, 0.0), Curve(-3.0, -2.0, -0.5, 0.0), 0.9, 0.3, 1.5, 1.0)


def read(text, sures):
    """A reading with one step a character, each as sure as given."""
    rows = []
    for character, sure in zip(text, sures, strict=True):
        row = np.full(len(VOCABULARY) + 1, (1 - sure) / len(VOCABULARY))
        row[VOCABULARY.index(character) + 1] = sure
        rows.append(row)
    places = tuple((k / len(text), (k + 1) / len(text)) for k in range(len(text)))
    return Reading(text, 0.5, "test", places, ink.pack(np.array(rows, np.float32), VOCABULARY))


def test_surprise_is_what_each_character_lacks_to_certainty():
    reading = read("ab a", [0.5, 0.9, 0.99, 0.7])
    line, words = line_doubt(reading), word_doubts(reading)
    assert line.surprise == pytest.approx(-np.log(0.5 * 0.9 * 0.99 * 0.7), abs=0.004)
    assert [word.text for word in words] == ["ab", "a"]
    assert words[0].surprise == pytest.approx(-np.log(0.5 * 0.9), abs=0.004)


def test_a_sign_that_the_ink_has_and_the_reading_has_not_makes_it_doubtful():
    whole = read("ab", [0.98, 0.98])
    rows = np.exp(ink.unpack(whole.posteriors))
    blank, dot = np.full(4, 0.01), np.full(4, 0.01)
    blank[0], dot[[0, 1]] = 0.97, (0.57, 0.4)
    places = ((0, 1 / 3), (2 / 3, 1))
    clear, dotted = (
        Reading(
            "ab", 0.5, "test", places, ink.pack(np.array([rows[0], row, rows[1]], np.float32), VOCABULARY)
        )
        for row in (blank, dot)
    )
    assert line_doubt(dotted).unread > line_doubt(clear).unread + 0.3
    careful = replace(FOUND.line, unread=-1.0)
    assert careful.right(line_doubt(dotted)) < careful.right(line_doubt(clear))


def test_the_more_surprise_the_less_right_and_always_a_probability():
    chances = [FOUND.line.right(Doubt("ab", surprise, 0.0)) for surprise in (0, 0.1, 1, 10, 1e6)]
    assert chances == sorted(chances, reverse=True)
    assert all(0 <= chance <= 1 for chance in chances)


@pytest.mark.parametrize(
    ("sures", "grade"),
    [
        ([0.999] * 4, Grade.CERTAIN),
        ([0.999, 0.8, 0.999, 0.999], Grade.TO_CHECK),
        ([0.4] * 4, Grade.ILLEGIBLE),
    ],
)
def test_the_grade_follows_the_probability(sures, grade):
    found = graded(read("ab a", sures), FOUND)
    assert found.grade is grade
    assert 0 <= found.right <= 1


def test_no_text_is_illegible():
    found = graded(Reading("", 0.0, "test", ()), FOUND)
    assert (found.right, found.grade) == (0.0, Grade.ILLEGIBLE)


def test_a_calibration_counts_for_its_own_weights_only(tmp_path):
    assert load_calibration(tmp_path, weights_sha256="aa") is None
    (tmp_path / "calibration.toml").write_text(
        'weights_sha256 = "aa"\n[line]\nheight = -1.0\nsurprise = -2.0\ndigits = -0.5\nunread = -1.0\n'
        "[word]\nheight = -1.5\nsurprise = -2.5\ndigits = 0\nunread = 0\n"
        "[grade]\ncertain_from = 0.97\nillegible_below = 0.2\n[rank]\ntemperature = 1.5\nletter = 1.0\n"
    )
    found = load_calibration(tmp_path, weights_sha256="aa")
    assert found == Calibration(
        Curve(-1.0, -2.0, -0.5, -1.0), Curve(-1.5, -2.5, 0.0, 0.0), 0.97, 0.2, 1.5, 1.0
    )
    assert load_calibration(tmp_path, weights_sha256="bb") is None
    (tmp_path / "calibration.toml").write_text('weights_sha256 = "aa"\n')
    with pytest.raises(ToolMissing, match="calibration"):
        load_calibration(tmp_path, weights_sha256="aa")


def test_digits_make_a_reading_of_the_same_ink_less_sure():
    assert FOUND.line.right(Doubt("75 mg", 0.1, 0.0)) < FOUND.line.right(Doubt("mois", 0.1, 0.0))
    assert Doubt("10/11/25", 0.1, 0.0).features[1] == pytest.approx(math.log(7))
