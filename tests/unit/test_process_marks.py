"""What the road does with signatures and stamps: not read, or read and not prescribed; never lost."""

from __future__ import annotations

import numpy as np
import pytest

from pipeline.domain.geometry import Box, Quad
from pipeline.domain.paper import Line, Stroke
from pipeline.domain.writing import Reading, ReadLine
from pipeline.extraction.lines import Role, roles_of
from pipeline.process import Readers, read_lines

FLAT = np.full((400, 600), 250, np.uint8)


class Says:
    """A reader that says one thing of every crop."""

    name = "essai 1"

    def __init__(self, text: str, confidence: float) -> None:
        self._reading = Reading(text, confidence, self.name, tuple((0.0, 1.0) for _ in text))

    def read(self, crops):
        return [self._reading for _ in crops]


def line(stroke: Stroke) -> Line:
    return Line("p", 0, Quad.of_box(Box(20, 20, 320, 60)), stroke)


def read(stroke: Stroke, text: str, confidence: float) -> ReadLine:
    readers = Readers(Says(text, confidence), Says("imprimé", 0.99))
    (found,) = read_lines([line(stroke)], FLAT, readers=readers).lines
    return found


@pytest.mark.parametrize(("text", "confidence"), [("el", 0.95), ("Serendinone", 0.4), ("MD0", 0.4), ("", 0)])
def test_a_signature_is_not_read(text, confidence):
    found = read(Stroke.SIGNATURE, text, confidence)
    assert found.line.stroke is Stroke.SIGNATURE
    assert (found.reading.text, found.reading.posteriors, found.reading.grade) == ("", None, None)


@pytest.mark.parametrize("text", ["Ramipril 5 mg", "1 cp", "Kardégic"])
def test_what_reads_as_writing_was_no_signature(text):
    found = read(Stroke.SIGNATURE, text, 0.8)
    assert found.line.stroke is Stroke.HAND
    assert found.reading.text == text


def test_a_stamp_is_read_and_stays_a_stamp():
    found = read(Stroke.STAMP, "Dr Anne TREGUER", 0.9)
    assert found.line.stroke is Stroke.STAMP
    assert found.reading.text == "Dr Anne TREGUER"


@pytest.mark.parametrize(
    ("text", "role"),
    [
        ("Dr Anne TREGUER", Role.PRESCRIBER),
        ("12 rue du Port", Role.LETTERHEAD),
        ("Quimper", Role.LETTERHEAD),
        ("", Role.EMPTY),
        ("Ramipril 5 mg le soir", Role.BODY),
    ],
)
def test_a_stamp_prescribes_nothing_but_an_amount_on_it_was_written(text, role):
    reading = Reading(text, 0.9, "essai 1", tuple((0.0, 1.0) for _ in text))
    assert roles_of([ReadLine(line(Stroke.STAMP), reading)]) == [role]
