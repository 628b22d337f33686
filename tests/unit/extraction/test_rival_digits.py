"""A digit that may be another one asks for a person; it is never changed."""

import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from pipeline import ink
from pipeline.domain.geometry import Box, Quad
from pipeline.domain.paper import Line, Stroke
from pipeline.domain.writing import Reading, ReadLine, Transcript
from pipeline.extraction.digits import rival_digits
from pipeline.extraction.understand import understand

sys.path.insert(0, str(Path(__file__).parent))
from names import SmallIndex

VOCABULARY = "".join(sorted(set("0123456789 ,/µabcdefghijklmnopqrstuvwxyzDLéè")))


def reading(text: str, *, place: int | None = None, rival: str = "", share: float = 0.0) -> Reading:
    """Every character on a step of its own; at one place another has `share` of its probability."""
    probabilities = np.full((len(text), len(VOCABULARY) + 1), 1e-6, np.float32)
    for step, character in enumerate(text):
        probabilities[step, VOCABULARY.index(character) + 1] = 0.95
    if place is not None:
        probabilities[place, VOCABULARY.index(rival) + 1] = 0.95 * share
    probabilities /= probabilities.sum(axis=1, keepdims=True)
    places = tuple((k / len(text), (k + 1) / len(text)) for k in range(len(text)))
    return Reading(text, 0.97, "test", places, posteriors=ink.pack(probabilities, VOCABULARY))


@pytest.mark.parametrize(
    ("rival", "share", "asked"),
    [("7", 0.01, True), ("7", 0.001, False), ("8", 0.01, False), ("8", 0.05, True), ("l", 0.4, False)],
)
def test_a_rival_digit_is_noticed_sooner_where_hands_write_them_alike(rival, share, asked):
    text = "ramipril 10 mg"
    found = rival_digits(reading(text, place=text.index("1"), rival=rival, share=share))
    assert found == ([(text.index("1"), rival)] if asked else [])


def test_the_number_of_an_item_says_nothing_of_its_dose():
    read = reading("1 ramipril 5 mg", place=0, rival="7", share=0.5)
    assert rival_digits(read)
    assert not rival_digits(read, start=2)


def test_a_stroke_that_stands_alone_may_be_a_one():
    text = "ramipril 5 mg / cp le matin"
    assert rival_digits(reading(text, place=14, rival="1", share=0.1)) == [(14, "1")]
    assert rival_digits(reading(text, place=14, rival="1", share=0.0)) == []
    assert rival_digits(reading("1 cp/j", place=4, rival="1", share=0.3)) == []


def test_print_and_typed_text_have_no_rivals():
    assert not rival_digits(replace(reading("10 mg"), posteriors=None))


@pytest.mark.parametrize(
    ("text", "place", "rival", "share", "doubted"),
    [
        ("Lévothyrox 25 µg 1 cp le matin", 11, "7", 0.3, True),  # 75 µg is sold, too
        ("Lévothyrox 25 µg 1 cp le matin", 11, "7", 0.0, False),
        ("ramipril 10 mg 1 cp le matin", 9, "7", 0.3, False),  # nobody sells 70 mg
        ("ramipril 10 mg 1 cp le matin", 15, "7", 0.3, True),  # but 7 tablets can be written
        ("ramipril 70 mg 1 cp le matin", 9, "1", 0.3, True),  # what was read is not sold itself
    ],
)
def test_an_item_that_may_be_another_one_is_in_doubt_and_keeps_its_digits(text, place, rival, share, doubted):
    read = reading(text, place=place, rival=rival, share=share)
    line = Line("p-1", 0, Quad.of_box(Box(100, 100, 1100, 160)), Stroke.HAND)
    found = understand(
        Transcript((ReadLine(line, read),)), layout=None, index=SmallIndex(), doctors=(), window=None
    )
    (item,) = found.items
    assert ("ambiguous" in item.doubts) is doubted
    assert item.text == text
    assert item.confidence < 0.7 or not doubted
