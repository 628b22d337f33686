"""Names that the ink is asked about: whole, with a slip of the pen, told from their look-alikes."""

import numpy as np
import pytest

from pipeline import ink
from pipeline.domain.geometry import Box, Quad
from pipeline.domain.paper import Line, Stroke
from pipeline.domain.writing import Reading, ReadLine
from pipeline.matching.drug_scores import InkScores
from pipeline.matching.formulary import Formulary

VOCABULARY = "".join(sorted(set(" 0123456789abcdefghijklmnopqrstuvwxyzéèABCDEFGHIJKLMNOPQRSTUVWXYZÉ")))
LINE = Line("p-1", 0, Quad.of_box(Box(100, 100, 1100, 160)), Stroke.HAND)


@pytest.fixture(scope="module")
def formulary():
    return Formulary.builtin()


def read(text, *, other="", share=0.0):
    """Every character on a step of its own, and a blank; another text's letters have a share."""
    probabilities = np.full((2 * len(text), len(VOCABULARY) + 1), 1e-6, np.float32)
    probabilities[1::2, 0] = 0.95
    for place, character in enumerate(text):
        probabilities[2 * place, VOCABULARY.index(character) + 1] = 0.95
        if other and other[place] != character:
            probabilities[2 * place, VOCABULARY.index(other[place]) + 1] = share
    probabilities /= probabilities.sum(axis=1, keepdims=True)
    places = tuple((k / len(text), (k + 1) / len(text)) for k in range(len(text)))
    return ReadLine(LINE, Reading(text, 0.97, "test", places, posteriors=ink.pack(probabilities, VOCABULARY)))


@pytest.mark.parametrize("name", ["Ésoméprazole", "Tramadol LP", "Desloratadine", "Coaprovel", "Codoliprane"])
def test_a_name_inside_another_is_not_meant(formulary, name):
    first, *rest = formulary.rank(name, read=read(f"{name} 20 mg"))
    assert first.drug.name == name
    assert first.probability > 0.9
    assert "drug.tie" not in first.reasons
    assert all(other.probability < 0.1 for other in rest if other.drug.substance != first.drug.substance)


@pytest.mark.parametrize(("written", "meant"), [("Jardyance", "Jardiance"), ("Effrealgan", "Efferalgan")])
def test_a_name_with_a_slip_of_the_pen_is_likely_and_less_sure(formulary, written, meant):
    first = formulary.rank(written, read=read(f"{written} 25"))[0]
    assert first.drug.name == meant
    assert 0.8 < first.probability < 0.95


def test_a_word_far_from_every_name_stays_nobody(formulary):
    assert all(c.probability < 0.3 for c in formulary.rank("repasser", read=read("repasser dans 8 jours")))


def test_names_that_are_mixed_up_are_told_apart_by_clear_ink_only(formulary):
    clear = formulary.rank("Mopral", read=read("Mopral 20"))[0]
    assert clear.probability > 0.9
    assert "drug.look_alike" not in clear.reasons
    blurred = formulary.rank("Zocor 20", read=read("Zocor 20", other="Zoloft20", share=0.4))[0]
    assert blurred.drug.name == "Zocor"
    assert "drug.look_alike" in blurred.reasons
    assert "drug.look_alike" in formulary.rank("Mopral")[0].reasons  # typed: nothing tells them apart


def test_what_a_name_scores_does_not_depend_on_when_it_is_asked():
    line = read("Tahor le soir", other="Tabor le soir", share=0.4)
    together = InkScores(line, 0, 5).of(["Tahor", "Tabor", "Plavix"])
    scores = InkScores(line, 0, 5)
    scores.of(["Plavix"])
    assert np.allclose(scores.of(["Tahor", "Tabor", "Plavix"]), together)
    assert together[0] > together[1] > together[2]
