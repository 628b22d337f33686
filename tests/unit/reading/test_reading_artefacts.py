"""A model is taken only as its manifest describes it."""

import hashlib

import pytest

from pipeline.domain.errors import ToolMissing
from pipeline.reading.artefacts import load_artefact, models_dir
from pipeline.reading.language import Language

MANIFEST = """
name = "tiny"
version = "1"
[weights]
file = "tiny.onnx"
sha256 = "{sha256}"
[input]
height = 48
mean = 0.5
std = 0.5
stretch = 1.25
stride = 8
[vocabulary]
source = "vocab.json"
"""


def folder(tmp_path, *, weights=b"weights", claimed=None, vocabulary='["", "a", "é"]', manifest=MANIFEST):
    (tmp_path / "tiny.onnx").write_bytes(weights)
    (tmp_path / "vocab.json").write_text(vocabulary, "utf-8")
    sha256 = claimed or hashlib.sha256(weights).hexdigest()
    (tmp_path / "manifest.toml").write_text(manifest.format(sha256=sha256), "utf-8")
    return tmp_path


def test_a_manifest_is_read(tmp_path):
    artefact = load_artefact(folder(tmp_path))
    assert (artefact.name, artefact.version, artefact.stretch) == ("tiny", "1", 1.25)
    assert artefact.vocabulary == ("a", "é")
    assert artefact.keep is None


def test_other_weights_than_the_manifest_names_are_refused(tmp_path):
    with pytest.raises(ToolMissing, match="not those of the manifest"):
        load_artefact(folder(tmp_path, claimed="0" * 64))


@pytest.mark.parametrize("missing", ["manifest.toml", "tiny.onnx", "vocab.json"])
def test_a_missing_file_is_refused(tmp_path, missing):
    (folder(tmp_path) / missing).unlink()
    with pytest.raises(ToolMissing):
        load_artefact(tmp_path)


@pytest.mark.parametrize("vocabulary", ['["a", "b"]', '["", "ab"]', "{", "[]"])
def test_a_vocabulary_without_blank_or_with_longer_entries_is_refused(tmp_path, vocabulary):
    with pytest.raises(ToolMissing):
        load_artefact(folder(tmp_path, vocabulary=vocabulary))


def test_an_incomplete_manifest_is_refused(tmp_path):
    with pytest.raises(ToolMissing, match="not complete"):
        load_artefact(folder(tmp_path, manifest=MANIFEST.replace("stretch", "strech")))


def test_a_package_that_is_not_installed_is_named(tmp_path):
    manifest = MANIFEST.replace("[weights]", '[weights]\npackage = "no_such_package"')
    with pytest.raises(ToolMissing, match="no_such_package"):
        load_artefact(folder(tmp_path, manifest=manifest))


def test_every_model_delivered_is_intact():
    for manifest in models_dir().glob("*/manifest.toml"):
        if manifest.parent.name == "language":
            assert Language(manifest.parent).name
        else:
            assert load_artefact(manifest.parent).weights.is_file()
        assert (manifest.parent / "CARD.md").is_file()


def test_the_ink_alone_reads_unless_the_manifest_names_a_language(tmp_path):
    alone = tmp_path / "alone"
    alone.mkdir()
    assert load_artefact(folder(alone)).language is None
    helped = MANIFEST + '[decoding]\nlanguage = "words"\n'
    assert load_artefact(folder(alone, manifest=helped)).language == tmp_path / "words"
