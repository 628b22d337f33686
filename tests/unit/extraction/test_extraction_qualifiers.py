"""Notes say things in a sense: our own cues first, edsnlp's qualifiers where they are silent."""

import pytest

from pipeline.domain.meaning import Assertion
from pipeline.extraction.lines import Role
from pipeline.extraction.notes import mentions_in
from pipeline.extraction.qualifiers import senses
from pipeline.matching.formulary import Formulary


@pytest.fixture(scope="module")
def index():
    return Formulary.builtin()


@pytest.mark.parametrize(
    ("text", "sense"),
    [
        ("Doliprane le matin, bien supporté", Assertion.AFFIRMED),
        ("a arrêté le Kardégic", Assertion.PAST),
        ("pas de Doliprane sauf si fièvre", Assertion.HYPOTHETICAL),
        ("si fièvre, Doliprane", Assertion.HYPOTHETICAL),
        ("mère sous Lévothyrox", Assertion.OTHER_PERSON),
        ("pas de Voltarène", Assertion.NEGATED),
        ("Sa maman prend du Lévothyrox", Assertion.OTHER_PERSON),
    ],
)
def test_a_drug_in_a_note_has_a_sense(index, text, sense):
    found = [mention.assertion for mention, _, _ in mentions_in(text, Role.NOTE, index=index) if mention.drug]
    assert found == [sense]


def test_the_qualifiers_alone():
    text = "pas de fièvre, toux"
    assert senses(text, [(7, 13)]) == [Assertion.NEGATED]
    assert senses(text, []) == []
    assert senses("x", [(0, 1), (0, 1)]) == [Assertion.AFFIRMED, Assertion.AFFIRMED]
