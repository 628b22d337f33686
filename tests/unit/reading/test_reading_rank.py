"""Names ranked by ink or by spelling, cases, ties, and line images."""

import cv2
import numpy as np
import pytest

from pipeline import ink
from pipeline.domain.errors import BadScan
from pipeline.domain.writing import Reading
from pipeline.reading.calibration import Calibration, Curve
from pipeline.reading.rank import Lexicon, case_variants, load_line, rank

NAMES = ["Doliprane", "Efferalgan", "Kardégic", "Œdème", "", "Doliprane"]
VOCABULARY = " abcdefghijklmnopqrstuvwxyzDEKOŒéèÉ,-"
PLAIN = Curve(0.0, -1.0, 0.0, 0.0)


def seen(text, *, sure=0.9, vocabulary=VOCABULARY):
    """A reading of a reader that sees `text`, a blank between characters."""
    rows = []
    for character in text:
        for best in (0, vocabulary.index(character) + 1):
            row = np.full(len(vocabulary) + 1, (1 - sure) / len(vocabulary))
            row[best] = sure
            rows.append(row)
    places = tuple((k / len(text), (k + 1) / len(text)) for k in range(len(text)))
    return Reading(text, 0.5, "test", places, ink.pack(np.array(rows, np.float32), vocabulary))


def spelt(text):
    return Reading(text, 0.5, "test", tuple((n / len(text), (n + 1) / len(text)) for n in range(len(text))))


def test_names_are_kept_once_and_as_given():
    assert Lexicon(NAMES).names == ("Doliprane", "Efferalgan", "Kardégic", "Œdème")


@pytest.mark.parametrize("reading", [seen, spelt])
@pytest.mark.parametrize(
    ("read", "expected"),
    [
        ("doliprone", "Doliprane"),
        ("KarDEgic", "Kardégic"),
        ("oedeme", "Œdème"),
        ("Kfferalgan,", "Efferalgan"),
    ],
)
def test_case_accents_and_a_wrong_letter_are_forgiven(reading, read, expected):
    ranked = rank(reading(read), Lexicon(NAMES), limit=3)
    assert ranked[0][0] == expected
    assert 0.5 < ranked[0][1] <= 1
    assert len(ranked) == 3
    assert rank(reading(read), Lexicon([])) == []


def test_where_nothing_is_written_no_name_is_likely():
    blank = np.full((20, len(VOCABULARY) + 1), 0.3 / len(VOCABULARY))
    blank[:, 0] = 0.7
    nothing = Reading("", 0.0, "test", (), ink.pack(blank.astype(np.float32), VOCABULARY))
    assert rank(nothing, Lexicon(NAMES)) == []
    assert rank(spelt(""), Lexicon(NAMES)) == []
    # A text that a language model emptied is ink all the same.
    kept = seen("doliprane").posteriors
    assert rank(Reading("", 0.0, "test", (), kept), Lexicon(NAMES))[0][0] == "Doliprane"


def test_names_of_one_spelling_are_told_apart_by_their_accents():
    lexicon = Lexicon(["Dole", "Dolé", "Effer"])
    assert rank(seen("Dolé"), lexicon)[0][0] == "Dolé"
    assert rank(seen("Dole"), lexicon)[0][0] == "Dole"


def test_what_the_ink_cannot_tell_apart_is_not_decided_by_order():
    names = ["Dola", "Dolb"]
    for order in (names, names[::-1]):
        (_, first), (_, second) = rank(seen("Dol"), Lexicon(order))
        assert first == pytest.approx(second)
        assert first <= 0.5
    for order in (["do-la", "do la"], ["do la", "do-la"]):
        (_, first), (_, second) = rank(spelt("dola"), Lexicon(order))
        assert first == second == pytest.approx(0.5)


def test_probabilities_sum_to_one_over_the_whole_lexicon():
    ranked = rank(seen("dolipra"), Lexicon(NAMES), limit=99)
    assert sum(chance for _, chance in ranked) == pytest.approx(1)


def test_calibration_flattens_and_favours_long_names():
    lexicon, reading = Lexicon(["doli", "doliprane"]), seen("dolip", sure=0.6)
    raw = dict(rank(reading, lexicon))
    flat = dict(rank(reading, lexicon, calibration=Calibration(PLAIN, PLAIN, 0.9, 0.1, 50.0, 0.0)))
    favoured = dict(rank(reading, lexicon, calibration=Calibration(PLAIN, PLAIN, 0.9, 0.1, 1.0, 2.0)))
    assert raw["doli"] > flat["doli"] > 0.5
    assert favoured["doliprane"] > raw["doliprane"]


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


def test_what_is_transparent_is_paper(tmp_path):
    drawn = np.zeros((40, 90, 4), np.uint8)
    drawn[15:25, 20:70, 3] = 255
    cv2.imwrite(str(tmp_path / "line.png"), drawn)
    line = load_line(tmp_path / "line.png")
    assert line[0, 0] == 255
    assert (line == 0).sum() == 500


def test_files_that_are_no_image_are_refused(tmp_path):
    for content in (b"", b"text", b"\x89PNG\r\n\x1a\n"):
        (tmp_path / "line.png").write_bytes(content)
        with pytest.raises(BadScan):
            load_line(tmp_path / "line.png")
    with pytest.raises(BadScan):
        load_line(tmp_path / "absent.png")
