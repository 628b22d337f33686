"""Lines with an ink of their own: what is read, and what else may stand there."""

import numpy as np

from pipeline import ink
from pipeline.domain.geometry import Box, Quad
from pipeline.domain.paper import Line, Stroke
from pipeline.domain.writing import Reading, ReadLine

VOCABULARY = "".join(sorted(set(" 0123456789,./%µabcdefghijklmnopqrstuvwxyzéABCDEFGHIJKLMNOPQRSTUVWXYZ")))
LINE = Line("p-1", 0, Quad.of_box(Box(100, 100, 1100, 160)), Stroke.HAND)


def read(text: str, share: float, *others: str) -> ReadLine:
    """What is read, while the letters of other texts, place by place, have a share of the ink."""
    rows = np.full((2 * len(text), len(VOCABULARY) + 1), 1e-6, np.float32)
    rows[1::2, 0] = 0.9
    for place, character in enumerate(text):
        rows[2 * place, VOCABULARY.index(character) + 1] = 0.9
        for other in others:
            if other[place] != character:
                rows[2 * place, VOCABULARY.index(other[place]) + 1] = share
                rows[2 * place, 0] += share  # a letter that may be none at all
    rows /= rows.sum(axis=1, keepdims=True)
    places = tuple((k / len(text), (k + 1) / len(text)) for k in range(len(text)))
    return ReadLine(LINE, Reading(text, 0.9, "test", places, posteriors=ink.pack(rows, VOCABULARY)))
