"""Lines drawn with fonts: what is written is what the label says."""

import json
import random
from pathlib import Path

import cv2
import numpy as np
import pytest

from models.line_reader.lines import HEIGHT, Mix, RealLines, stacked
from models.line_reader.paper import lay
from models.line_reader.phrases import Phrases
from models.line_reader.writing import TABLE, Fonts, write

ROOT = Path(__file__).parents[3]
DEJAVU = Path("/usr/share/fonts/truetype/dejavu")
VOCABULARY = "".join(json.loads((ROOT / "models/line_reader/vocab.json").read_text(encoding="utf-8")))


@pytest.fixture(scope="module")
def fonts(tmp_path_factory) -> Fonts:
    folder = tmp_path_factory.mktemp("fonts")
    (folder / "plain").mkdir()
    (folder / "plain" / "DejaVuSans.ttf").symlink_to(DEJAVU / "DejaVuSans.ttf")
    return Fonts(folder, VOCABULARY)


@pytest.mark.parametrize("name", [TABLE["reserved"][0], TABLE["held_out"][0], "TheGirlNextDoor"])
def test_a_font_kept_for_measuring_is_never_loaded(tmp_path, name):
    (tmp_path / name).mkdir()
    (tmp_path / name / f"{name}.ttf").symlink_to(DEJAVU / "DejaVuSans.ttf")
    with pytest.raises(ValueError, match="no fonts"):
        Fonts(tmp_path, VOCABULARY)


def test_what_a_font_lacks_is_neither_written_nor_in_the_label(fonts):
    ink = write(fonts, np.random.default_rng(1), "Doliprane \u4e00 1 g")
    assert "\u4e00" not in ink.text
    assert ink.mask.max() > 200


def test_a_struck_out_word_is_drawn_but_not_in_the_label(fonts):
    texts = [write(fonts, np.random.default_rng(seed), "Kardegic 75 mg matin").text for seed in range(150)]
    assert set(texts) == {"Kardegic 75 mg matin"}


def test_a_wider_text_makes_a_wider_crop(fonts):
    rng = np.random.default_rng(2)
    short, long = (
        lay(rng, write(fonts, rng, text), []) for text in ("1 cp", "Paracétamol 1 g 1 cp matin midi et soir")
    )
    assert long.shape[1] / long.shape[0] > 2 * short.shape[1] / short.shape[0]
    assert long.dtype == np.uint8


def test_crops_keep_ink_that_can_be_told_from_paper(fonts):
    rng = np.random.default_rng(5)
    contrasts = [
        np.ptp(np.percentile(lay(rng, write(fonts, rng, "Amlodipine 5 mg"), []), [1, 90])) for _ in range(120)
    ]
    assert min(contrasts) > 20


@pytest.fixture
def labels(tmp_path) -> Path:
    cv2.imwrite(str(tmp_path / "a.png"), np.full((60, 600), 230, np.uint8))
    rows = ["path\ttext\tsource\tpage\tsplit", "a.png\tune ligne de six mots ici\tcopiste\t1\ttrain"]
    rows += ["a.png\tcaract\u00e8re \u2240 inconnu\tcopiste\t1\ttrain", "a.png\tautre\tcopiste\t1\tdev"]
    (tmp_path / "labels.tsv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    return tmp_path / "labels.tsv"


def test_a_line_cut_at_its_gaps_keeps_the_words_of_its_piece(labels, tmp_path):
    cuts = tmp_path / "gaps.json"
    cuts.write_text(
        json.dumps({"a.png": {"score": -0.1, "gaps": [0.1, 0.3, 0.4, 0.6, 0.8]}}), encoding="utf-8"
    )
    real = RealLines(labels, split="train", vocabulary=VOCABULARY, cuts=cuts)
    chance, rng = random.Random(1), np.random.default_rng(1)
    texts = {real.draw(chance, rng)[1] for _ in range(200)}
    assert len(texts) > 5
    assert all(text in "une ligne de six mots ici" for text in texts)


def test_a_label_that_fits_its_ink_badly_is_left_out(labels, tmp_path):
    cuts = tmp_path / "gaps.json"
    cuts.write_text(json.dumps({"a.png": {"score": -5.0, "gaps": []}}), encoding="utf-8")
    assert not RealLines(labels, split="train", vocabulary=VOCABULARY, cuts=cuts).by_source


def test_batches_hold_lines_of_like_width_with_their_labels(fonts, labels):
    real = RealLines(labels, split="train", vocabulary=VOCABULARY)
    mix = Mix(real, fonts, Phrases(real.texts("copiste")), seed=3, drawn=0.6, vocabulary=VOCABULARY)
    classes = {c: n for n, c in enumerate(VOCABULARY, 1)}
    batch = next(mix.batches(pixels=6000, pool=30))
    images, flat, lengths, steps = stacked(batch, classes)
    assert images.shape[:2] == (len(batch), HEIGHT)
    assert images.shape[2] % 32 == 0
    assert -1.0 <= images.min() <= images.max() <= 1.0
    assert len(flat) == sum(lengths)
    assert all(length < count for length, count in zip(lengths, steps, strict=True))
