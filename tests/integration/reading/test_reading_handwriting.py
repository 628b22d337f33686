"""The real ONNX recognisers on drawn lines, whole road to a ranked name."""

import numpy as np
import pytest
from reading_drawn import draw

from pipeline import ink
from pipeline.domain.errors import ToolMissing
from pipeline.domain.grade import Grade
from pipeline.reading.artefacts import DEFAULT_HANDWRITING, load_artefact, models_dir
from pipeline.reading.handwriting import OnnxReader
from pipeline.reading.rank import Lexicon, load_line, rank

MODELS = ["ppocrv6_small", "line_reader"]


@pytest.fixture(scope="module", params=MODELS)
def reader(request):
    return OnnxReader(load_artefact(models_dir() / request.param))


def test_a_clear_word_is_read_right(reader):
    (reading,) = reader.read([draw("paracétamol 500 mg")])
    assert reading.text.replace(" ", "") == "paracétamol500mg"
    assert reading.confidence > 0.7
    assert reading.reader == reader.name


def test_places_lie_inside_the_line_and_rise(reader):
    (reading,) = reader.read([draw("un comprimé matin et soir")])
    borders = [value for place in reading.places for value in place]
    assert len(reading.places) == len(reading.text) > 15
    assert borders == sorted(borders)
    assert 0 <= borders[0] < 0.1
    assert 0.9 < borders[-1] <= 1
    middle = reading.places[reading.text.index("matin")][0]
    assert 0.4 < middle < 0.62


def test_what_a_crop_reads_does_not_depend_on_its_neighbours(reader):
    crops = [draw("matin"), draw("un comprimé matin et soir pendant dix jours"), draw("midi", size=90)]
    together = reader.read(crops)
    for crop, among in zip(crops, together, strict=True):
        (alone,) = reader.read([crop])
        assert alone.text == among.text
        assert alone.confidence == pytest.approx(among.confidence, abs=1e-3)


def test_posteriors_carry_the_text_that_was_read(reader):
    (reading,) = reader.read([draw("ibuprofène")])
    scores = ink.log_prob(reading.posteriors, [reading.text, "ibuprofane", "kétoprofène", ""])
    assert int(scores.argmax()) == 0
    assert len(reading.posteriors.vocabulary) < 200


def test_a_line_of_absurd_length_is_cut_and_read_to_its_end(reader):
    first, last = draw("un comprimé le matin"), draw("deux comprimés le soir")
    paper = np.full((first.shape[0], 4500), 255, np.uint8)
    (reading,) = reader.read([np.concatenate([first, paper, last], axis=1)])
    words = reading.text.split()
    assert "matin" in words[:4]
    assert "deux" in words[2:]
    assert words[-1] == "soir"
    assert reading.places[0][0] < 0.05
    assert reading.places[-1][1] > 0.95


def test_crops_without_ink_or_size_read_as_no_text(reader):
    crops = [np.empty((0, 5), np.uint8), np.full((1, 1), 255, np.uint8), np.full((50, 400), 255, np.uint8)]
    readings = reader.read(crops)
    assert [reading.text for reading in readings] == ["", "", ""]
    assert [reading.confidence for reading in readings] == [0.0, 0.0, 0.0]
    assert np.isfinite(ink.log_prob(readings[0].posteriors, ["", "a"])).all()


def test_the_ink_ranks_a_name_first_whatever_its_case(reader, tmp_path):
    import cv2

    names = ["Doliprane", "Daflon", "Dafalgan", "Diprosone", "Spasfon", "Kardégic", "Lévothyrox", ""]
    for number, text in enumerate(["DOLIPRANE", "kardégic", "Lévothyrox"]):
        path = tmp_path / f"{number}.png"
        cv2.imwrite(str(path), draw(text))
        ranked = rank(reader.read([load_line(path)])[0], Lexicon(names), limit=3)
        assert ranked[0][0].lower() == text.lower()
        assert len(ranked) == 3
        probabilities = [probability for _, probability in ranked]
        assert probabilities == sorted(probabilities, reverse=True)
        assert 0.5 < probabilities[0] <= 1


def test_the_default_model_is_one_of_those_delivered():
    assert load_artefact(models_dir() / DEFAULT_HANDWRITING).name


@pytest.mark.parametrize("folder", sorted(path.parent for path in models_dir().glob("*/calibration.toml")))
def test_a_delivered_calibration_is_that_of_the_delivered_weights(folder):
    assert load_artefact(folder).calibration, "fit it again: python -m models.calibrate"


def test_a_clear_line_is_graded_and_noise_is_not_called_certain():
    reader = OnnxReader(load_artefact(models_dir() / DEFAULT_HANDWRITING))
    noise = np.random.default_rng(0).integers(0, 255, (60, 500)).astype(np.uint8)
    clear, lost = reader.read([draw("paracétamol 500 mg"), noise])
    assert clear.grade in (Grade.CERTAIN, Grade.TO_CHECK)
    assert clear.right > lost.right
    assert lost.grade is not Grade.CERTAIN


def test_a_word_reads_the_same_light_on_dark_and_far_from_the_edges(reader, tmp_path):
    import cv2

    word = draw("Doliprane", size=60)
    far = cv2.copyMakeBorder(word, 200, 200, 150, 150, cv2.BORDER_CONSTANT, value=255)
    for number, image in enumerate([word, 255 - word, far]):
        cv2.imwrite(str(tmp_path / f"{number}.png"), image)
    readings = reader.read([load_line(tmp_path / f"{number}.png") for number in range(3)])
    assert [reading.text for reading in readings] == ["Doliprane"] * 3


def test_weights_that_are_not_a_network_are_refused(tmp_path):
    import hashlib

    manifest = (models_dir() / "line_reader" / "manifest.toml").read_text("utf-8")
    known = load_artefact(models_dir() / "line_reader")
    (tmp_path / "line_reader.onnx").write_bytes(b"not a network")
    (tmp_path / "vocab.json").write_bytes((known.weights.parent / "vocab.json").read_bytes())
    sha256 = hashlib.sha256(known.weights.read_bytes()).hexdigest()
    forged = manifest.replace(sha256, hashlib.sha256(b"not a network").hexdigest())
    (tmp_path / "manifest.toml").write_text(forged, "utf-8")
    with pytest.raises(ToolMissing, match="cannot be loaded"):
        OnnxReader(load_artefact(tmp_path))
