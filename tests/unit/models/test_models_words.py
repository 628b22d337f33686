"""Words cut from lines, and what an error is an error of."""

import numpy as np

from models.evaluate import by_kind
from models.lexicon import lexicon
from models.outcomes import of_words
from models.words import Sample, cut_between, line_crop, words_of
from pipeline import ink
from pipeline.domain.writing import Reading

VOCABULARY = " abc"


def read(text, *, steps_each=4):
    """A line whose ink stands where its letters do, and what a sure reader makes of it."""
    rows, image = [], np.full((40, 8 * steps_each * len(text)), 255, np.uint8)
    for place, character in enumerate(text):
        label = VOCABULARY.index(character) + 1
        for step in range(steps_each):
            row = np.full(5, 0.01)
            row[label if step == 1 else 0] = 0.96
            rows.append(row)
        if character != " ":
            left = 8 * steps_each * place
            image[10:30, left + 4 : left + 28] = 0
    places = tuple((k / len(text), (k + 1) / len(text)) for k in range(len(text)))
    reading = Reading(text, 0.9, "test", places, ink.pack(np.array(rows, np.float32), VOCABULARY))
    return Sample(image, text, "test", "", "g"), reading


def test_words_are_cut_at_the_gaps():
    line, reading = read("ab  cab".replace("  ", " "))
    words = list(words_of(line, reading))
    assert [word.text for word in words] == ["ab", "cab"]
    assert abs(words[0].image.shape[1] - 80) <= 8
    assert sum((word.image == 0).sum() for word in words) == (line.image == 0).sum()


def test_a_line_that_does_not_say_its_label_is_not_cut():
    line, reading = read("ab cab")
    wrong = Sample(line.image, "cc bbb", "test", "", "g")
    assert list(words_of(wrong, reading)) == []


def test_a_cut_never_comes_out_empty():
    image = np.zeros((10, 20), np.uint8)
    assert cut_between(image, (0.5, 0.5), (0.5, 0.5)).shape[1] >= 2


def test_a_tilted_line_comes_out_level():
    page = np.full((400, 1000), 255, np.uint8)
    for x in range(100, 900):
        y = int(250 - (x - 500) * np.tan(np.radians(5)))
        page[y - 5 : y + 5, x] = 0
    box = (100, 250 - 400 * np.tan(np.radians(5)) - 5, 900, 250 + 400 * np.tan(np.radians(5)) + 5)
    level = line_crop(page, box, rotation=0, skew=5.0)
    rows = np.flatnonzero((level < 128).sum(axis=1) > 100)
    assert rows.max() - rows.min() < 20
    assert level.shape[0] < 90


def test_errors_count_for_their_kind():
    kinds = by_kind([("été 12 mg", "ete 17 mg"), ("ab", "a1b")])
    assert kinds["accented letter"] == (2, 1.0)
    assert kinds["digit"] == (2, 1.0)
    assert kinds["letter"] == (5, 0.0)
    assert kinds["sign"] == (2, 0.0)


def test_words_right_are_those_in_their_place():
    line, reading = read("ab cab")
    found, lines = of_words([(Sample(line.image, "ab bac", "test", "", "g"), reading)])
    assert found.right.tolist() == [True, False]
    assert lines == [0, 0]


def test_the_lexicon_holds_the_truth_once():
    names = lexicon(["doliprane", "Zzz-Inconnu"], bdpm=None, size=300)
    assert len(names) == 300
    assert names[:2] == ["doliprane", "Zzz-Inconnu"]
    assert sum(ink.folded_text(name) == "doliprane" for name in names) == 1
