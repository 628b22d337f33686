"""Accents drawn by our own hand stand above their letter, and nowhere else."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from models.line_reader.accents import bare, put

FONT = Path("/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf")


@pytest.mark.parametrize(
    ("letter", "parts"),
    [
        ("é", ("e", "acute")),
        ("À", ("A", "grave")),
        ("ô", ("o", "circumflex")),
        ("ü", ("u", "diaeresis")),
        ("ï", ("ï", "")),
        ("ç", ("ç", "")),
        ("e", ("e", "")),
        ("7", ("7", "")),
    ],
)
def test_a_letter_comes_apart_from_its_accent(letter, parts):
    assert bare(letter) == parts


def drawn(letter, seed):
    font = ImageFont.truetype(str(FONT), 44)
    canvas = Image.new("L", (120, 140), 0)
    put(ImageDraw.Draw(canvas), np.random.default_rng(seed), letter, font, (40.0, 88.0))
    return np.asarray(canvas)


@pytest.mark.parametrize("letter", "éÀôü")
def test_a_mark_is_ink_above_its_letter(letter):
    tops = {"é": 88 - 24, "À": 88 - 32, "ô": 88 - 24, "ü": 88 - 24}
    for seed in range(40):
        rows, columns = np.nonzero(drawn(letter, seed))
        assert len(rows)
        assert rows.max() < tops[letter] + 8
        assert 20 < columns.min() <= columns.max() < 110


def test_a_letter_without_an_accent_gets_nothing():
    assert not drawn("e", 1).any()
