"""The day of writing: read, or asked of the ink among the days of the outage; never guessed."""

from datetime import date

import numpy as np
import pytest

from pipeline import ink
from pipeline.domain.geometry import Box, Quad
from pipeline.domain.paper import Line, Stroke
from pipeline.domain.writing import Reading, ReadLine, Transcript
from pipeline.extraction.lines import Role, roles_of
from pipeline.extraction.written_day import writings, written_day

WINDOW = (date(2025, 11, 10), date(2025, 11, 14))
VOCABULARY = "0123456789 ./-,abcdefghijklmnopqrstuvwxyzéMD"


def line(order: int, read: str, *others: str, share: float = 0.0) -> ReadLine:
    """A line that reads `read`, whose ink gives the letters of `others` a share of the probability."""
    probabilities = np.full((2 * len(read), len(VOCABULARY) + 1), 1e-7, np.float32)
    for place, letter in enumerate(read):
        probabilities[2 * place, VOCABULARY.index(letter) + 1] = 1.0
        probabilities[2 * place + 1, 0] = 1.0
        for other in others:
            if other[place] != letter:
                probabilities[2 * place, VOCABULARY.index(other[place]) + 1] = share
    probabilities /= probabilities.sum(axis=1, keepdims=True)
    places = tuple((k / len(read), (k + 1) / len(read)) for k in range(len(read)))
    reading = Reading(read, 0.9, "test", places, posteriors=ink.pack(probabilities, VOCABULARY))
    quad = Quad.of_box(Box(100, 100 + 80 * order, 600, 160 + 80 * order))
    return ReadLine(Line("p-1", order, quad, Stroke.HAND), reading)


def day_of(*lines: ReadLine) -> date | None:
    transcript = Transcript(lines)
    return written_day(transcript, roles_of(lines, window=WINDOW), WINDOW)[0]


def test_a_day_that_reads_is_taken_as_it_reads():
    assert day_of(line(0, "12/11/25")) == date(2025, 11, 12)


@pytest.mark.parametrize("read", ["12/17/25", "12.1l", "1z/11/2025"])
def test_a_misread_sign_or_digit_is_asked_of_the_ink(read):
    meant = {"12/17/25": "12/11/25", "12.1l": "12.11", "1z/11/2025": "12/11/2025"}[read]
    assert day_of(line(0, read, meant, share=0.3)) == date(2025, 11, 12)
    assert day_of(line(0, read, meant, share=1e-6)) is None


def test_two_days_that_the_ink_allows_are_left_to_a_person():
    assert day_of(line(0, "18/11/25", "13/11/25", share=0.4)) == date(2025, 11, 13)
    assert day_of(line(0, "18/11/25", "13/11/25", "10/11/25", share=0.4)) is None


def test_a_day_that_is_not_there_is_not_found():
    assert day_of(line(0, "35000 Dax")) is None
    assert day_of(line(0, "12/11/48")) is None


def test_a_birth_date_under_a_name_stays_one_and_a_day_of_the_outage_does_not():
    name = line(0, "Mme Dax")
    assert roles_of([name, line(1, "03/08/1962")], window=WINDOW)[1] is Role.PATIENT
    assert roles_of([name, line(1, "12/11/25")], window=WINDOW)[1] is Role.DATE
    assert day_of(name, line(1, "12/11/25")) == date(2025, 11, 12)


def test_writings_of_a_day():
    ways = writings(date(2025, 11, 13))
    assert {"13/11/25", "13.11", "13 novembre 2025", "13 nov. 25"} <= set(ways)
    assert all("25" in way for way in writings(date(2025, 11, 13), with_year_only=True))
