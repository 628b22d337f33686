"""The unit of a dose where its word cannot be read: the ink is asked which word stands behind the number."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from pipeline.domain.writing import ReadLine
from pipeline.extraction.inked_strength import FURTHEST, LEAD, dose_words
from pipeline.extraction.lexer import Term, terms_of
from pipeline.ink import log_prob_in_line

LEFT_OVER = 4.0
"""Nats that a unit loses for every letter of the word that it leaves unexplained."""

LONGEST = 8
"""Letters of a word that may be a unit."""


def units_in_ink(read: ReadLine, text: str, start: int) -> str:
    """Return a line's text with words behind numbers ("2 car") made the units that the ink has ("2 cp").

    Digits stay as they are, and a word that means anything is not touched.

    Args:
        read: the line with its ink.
        text: of the line, letter for letter as read.
        start: the first character after the drug's name.
    """
    reading = read.reading
    if reading.posteriors is None or len(reading.places) != len(reading.text) or text != reading.text:
        return text
    terms = terms_of(text)
    for number, word in reversed(list(pairwise(terms))):
        if number.start < start or not _may_be_unit(text, number, word):
            continue
        unit = _unit(read, text[number.start : number.end], number.start, word.end)
        if unit:
            text = text[: word.start] + unit + text[word.end :]
    return text


def _may_be_unit(text: str, number: Term, word: Term) -> bool:
    between = text[number.end : word.start]
    letters = word.end - word.start
    return (
        number.kind == "number"
        and word.kind == "unknown"
        and between.strip() == ""
        and 2 <= letters <= LONGEST
        and text[word.start : word.end].isalpha()
    )


def _unit(read: ReadLine, number: str, first: int, last: int) -> str | None:
    """Return the word that the ink has behind a number; None = none is likely, or two units are too close."""
    places, posteriors = read.reading.places, read.reading.posteriors
    assert posteriors is not None
    words = dose_words()
    ways = [f"{number}{blank}{word}" for word in words for blank in (" ", "")]
    end = places[min(last, len(places) - 1)][1]
    scores, spans = log_prob_in_line(posteriors, ways, start=places[first][0], end=end)
    letters = np.array(places[first:last], np.float64)
    scores = scores - LEFT_OVER * (letters[None, :, 0] >= spans[:, 1:]).sum(axis=1)
    best = int(np.argmax(scores))
    names = list(words)
    unit = words[names[best // 2]]
    rivals = [score for at, score in enumerate(scores) if words[names[at // 2]] != unit]
    if scores[best] < -FURTHEST or scores[best] - max(rivals) < LEAD:
        return None
    return names[best // 2]
