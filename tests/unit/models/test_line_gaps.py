"""Forced alignment: where a known text lies on a line."""

import numpy as np

from models.line_reader.gaps import aligned


def logs_of(path: list[int], classes: int = 5) -> np.ndarray:
    logs = np.full((len(path), classes), np.log(0.01), np.float32)
    logs[np.arange(len(path)), path] = np.log(0.96)
    return logs


def test_every_letter_is_found_where_it_begins():
    best, first = aligned(logs_of([0, 1, 1, 0, 2, 0, 0, 3]), [1, 2, 3])
    assert first.tolist() == [1, 4, 7]
    assert abs(best - 8 * np.log(0.96)) < 1e-5


def test_a_doubled_letter_needs_a_blank_between():
    _, first = aligned(logs_of([1, 1, 0, 1, 1]), [1, 1])
    assert first.tolist() == [0, 3]


def test_a_text_that_is_not_there_scores_badly():
    logs = logs_of([0, 1, 0, 2, 0, 3])
    assert aligned(logs, [1, 2, 3])[0] > aligned(logs, [3, 2, 1])[0] + 5
