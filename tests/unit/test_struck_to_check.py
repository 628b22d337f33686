"""A line with a crossed-out word is for a person to check, sure as what is left may read."""

from __future__ import annotations

import cv2
import numpy as np

from pipeline.domain.geometry import Box, Quad
from pipeline.domain.grade import Grade
from pipeline.domain.paper import Line, Stroke
from pipeline.domain.writing import Reading
from pipeline.process import DOUBTFUL, Readers, read_lines

TEXT = "Doliprane"


class Sure:
    """A reader that is certain of everything."""

    name = "essai 1"

    def read(self, crops):
        places = tuple((i / len(TEXT), (i + 1) / len(TEXT)) for i in range(len(TEXT)))
        return [Reading(TEXT, 0.99, self.name, places, right=0.99, grade=Grade.CERTAIN) for _ in crops]


def read(*, struck: bool):
    flat = np.full((200, 700), 252, np.uint8)
    for x in range(60, 560, 36):
        cv2.line(flat, (x, 120), (x + 12, 70), 40, 4, cv2.LINE_AA)
        cv2.line(flat, (x + 12, 70), (x + 22, 120), 40, 4, cv2.LINE_AA)
    if struck:
        for y in range(74, 120, 5):
            cv2.line(flat, (310, y), (480, y + 3), 30, 5, cv2.LINE_AA)
    line = Line("p", 0, Quad.of_box(Box(40, 60, 600, 130)), Stroke.HAND)
    (found,) = read_lines([line], flat, readers=Readers(Sure(), Sure())).lines
    return found


def test_a_line_without_one_stays_certain():
    found = read(struck=False)
    assert found.line.struck == ()
    assert found.reading.grade is Grade.CERTAIN


def test_a_line_with_a_surely_crossed_out_word_is_to_check():
    found = read(struck=True)
    assert any(span.sure for span in found.line.struck)
    assert found.reading.grade is Grade.TO_CHECK
    assert found.reading.confidence <= DOUBTFUL
