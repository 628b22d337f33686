"""What is crossed out is marked and made paper; underlines, rules and long bars are not."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from pipeline.image.struck import struck_spans, without

FONT = cv2.FONT_HERSHEY_SCRIPT_COMPLEX


def written(text: str = "Amoxil Doliprane 500 mg") -> tuple[np.ndarray, int]:
    """A line of script, and where its first word ends, px."""
    first = cv2.getTextSize(text.split()[0], FONT, 1.6, 3)[0][0]
    crop = np.full((90, cv2.getTextSize(text, FONT, 1.6, 3)[0][0] + 40), 252, np.uint8)
    cv2.putText(crop, text, (20, 60), FONT, 1.6, 30, 3, cv2.LINE_AA)
    return crop, 20 + first


def unclear(start: float, end: float) -> float:
    return 0.6


def struck(crop: np.ndarray, end: int) -> np.ndarray:
    for y0, y1 in ((47, 42), (40, 48)):
        cv2.line(crop, (8, y0), (end + 6, y1), 30, 5, cv2.LINE_AA)
    return crop


def test_a_word_crossed_out_twice_is_marked_where_it_stands() -> None:
    crop, end = written()
    (span,) = struck_spans(struck(crop, end), unclear)
    assert span.sure
    assert span.start * crop.shape[1] < 20
    assert abs(span.end * crop.shape[1] - end) < 25


def test_what_is_surely_struck_becomes_paper_and_the_rest_stays() -> None:
    plain, end = written()
    crop = struck(plain.copy(), end)
    clean = without(crop, struck_spans(crop, unclear))
    assert clean[:, 4:end].min() == 255
    assert np.array_equal(clean[:, end + 40 :], plain[:, end + 40 :])


def test_what_reads_without_doubt_is_not_struck() -> None:
    crop, end = written()
    assert not any(span.sure for span in struck_spans(struck(crop, end), lambda start, end: 0.99))


@pytest.mark.parametrize("kind", ["nothing", "underline", "rule", "dash", "arrow"])
def test_other_long_strokes_cross_nothing_out(kind: str) -> None:
    crop, end = written("Lettre --> Ramipril 5 mg")
    if kind == "underline":
        cv2.line(crop, (15, 78), (end + 5, 78), 30, 4)
    if kind == "rule":
        crop[62:64] = 30
    if kind == "dash":
        cv2.line(crop, (crop.shape[1] - 60, 50), (crop.shape[1] - 20, 50), 30, 4)
    if kind == "arrow":
        cv2.arrowedLine(crop, (end + 4, 50), (end + 60, 50), 30, 4)
    assert not any(span.sure for span in struck_spans(crop, unclear))
    assert struck_spans(crop, lambda start, end: 0.93) == ()


def test_an_empty_line_has_nothing_struck() -> None:
    assert struck_spans(np.full((40, 200), 255, np.uint8), unclear) == ()
