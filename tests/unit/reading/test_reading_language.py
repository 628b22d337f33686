"""The language model says what was learnt, whole and only from the file that its manifest names."""

from math import exp, log

import pytest
from tiny_language import ALPHABET, language, model, written

from models.language import ngrams
from pipeline.domain.errors import ToolMissing
from pipeline.reading.artefacts import models_dir
from pipeline.reading.language import START, Language


@pytest.fixture(scope="module")
def french():
    return Language(models_dir() / "language")


def score(language, text):
    context, total = language.after(""), 0.0
    for character in text + START:
        found, context = language.step(context, character)
        total += found
    return total


def test_what_is_read_back_is_what_was_learnt(tmp_path):
    probability, backoff = model()
    read = language(tmp_path)
    for gram in ("un c", "\nun", "soir", "i", " le "):
        found, _ = read.step(gram[:-1], gram[-1])
        assert found == pytest.approx(log(probability[gram]), abs=ngrams.STEP)
    unseen, _ = read.step("oir", "x")
    assert unseen == pytest.approx(
        log(backoff["oir"] * backoff["ir"] * backoff["r"] * probability["x"]), abs=3 * ngrams.STEP
    )


def test_what_may_follow_sums_to_one(french):
    characters = french_alphabet()
    for text in ("Doliprane 1 g : un compr", "né le 12 oct", "", "Zyk", "l'"):
        context = french.after(text)
        total = sum(exp(french.step(context, character)[0]) for character in characters)
        assert total == pytest.approx(1.0, abs=0.06)  # a twelfth of a nat is lost in rounding


def french_alphabet():
    from models.language.train import ALPHABET as characters

    return characters


def test_every_digit_is_as_usual_as_another(french):
    context = french.after("pendant ")
    assert len({french.step(context, digit) for digit in "0123456789½¼¾"}) == 1
    assert french.after("1") == french.after("7")


@pytest.mark.parametrize(
    ("usual", "unusual"),
    [
        ("un comprimé le matin", "un cornprimé le rnatin"),
        ("est une ville de France", "est une vi1le de Franœ"),
        ("Paracétamol", "Paracélamol"),
        ("gouttes dans l'oreille droite", "gonttes dans l'oreillc droitc"),
        ("né le", "ne lé"),
    ],
)
def test_it_knows_french_and_prescriptions(french, usual, unusual):
    assert score(french, usual) > score(french, unusual) + 2


def test_it_opens_fast_and_is_small(french):
    assert (models_dir() / "language" / "french.ngrams").stat().st_size < 4_000_000


def test_an_unknown_character_is_unlikely_not_an_error(tmp_path):
    read = language(tmp_path)
    found, context = read.step(read.after("un"), "漢")
    assert -25 < found < -5
    assert read.step(context, "c")[0] < 0


def test_a_text_that_weighs_less_counts_less():
    heavy = ngrams.count([("\nab", 2.0), ("\nac", 0.5)], 2)
    probability, _ = ngrams.smoothed(heavy, heavy, ALPHABET)
    assert probability["ab"] > 2 * probability["ac"]


def test_pruning_leaves_no_gram_without_its_beginning():
    probability, _ = model(least={1: 3.0, 2: 3.0, 3: 2.0, 4: 2.0})
    assert probability
    assert all(gram[:-1] in probability for gram in probability if len(gram) > 1)


def test_another_file_than_the_manifests_is_refused(tmp_path):
    written(tmp_path)
    (tmp_path / "tiny.ngrams").write_bytes(b"other")
    with pytest.raises(ToolMissing, match="not those of the manifest"):
        Language(tmp_path)


@pytest.mark.parametrize("damage", [lambda data: data[:-1], lambda data: b"x" + data, lambda data: b""])
def test_a_damaged_file_is_refused(tmp_path, damage):
    data = ngrams.written(*model(), ALPHABET)
    with pytest.raises(ToolMissing, match="not complete"):
        Language(written(tmp_path, data=damage(data)))


def test_a_missing_folder_or_dial_is_told(tmp_path):
    with pytest.raises(ToolMissing, match="missing"):
        Language(tmp_path / "nowhere")
    manifest = written(tmp_path) / "manifest.toml"
    manifest.write_text(manifest.read_text("utf-8").replace("bound", "bond"), "utf-8")
    with pytest.raises(ToolMissing, match="not complete"):
        Language(tmp_path)
