"""Notes say things in a sense: our own cues first, edsnlp's qualifiers where they are silent."""

import pytest

from pipeline.domain.meaning import Assertion
from pipeline.extraction.cues import may_hold_a_cue
from pipeline.extraction.lines import Role
from pipeline.extraction.notes import mentions_in
from pipeline.extraction.qualifiers import load, senses
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


@pytest.fixture(scope="module")
def cues():
    """Every term that makes a qualifier of the installed edsnlp say yes, asked of its own pipeline."""
    import edsnlp.pipes.qualifiers.base as base

    told = []

    class Listening(base.EDSPhraseMatcher):
        def build_patterns(self, nlp, terms, **how):
            told.append(terms)
            super().build_patterns(nlp, terms, **how)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(base, "EDSPhraseMatcher", Listening)
        load.__wrapped__()
    deciding = [terms[label] for terms in told for label in terms if label not in ("pseudo", "termination")]
    return sorted({term for terms in deciding for term in terms})


def test_no_cue_of_edsnlp_passes_unasked(cues):
    assert len(cues) > 4000 and {"aucun", "faudrait", "antécédents", "grand-mère", ": 0"} <= set(cues)
    for way in (str, str.upper, str.capitalize):
        missed = [cue for cue in cues if not may_hold_a_cue(f"toux 38,5° {way(cue)} fièvre")]
        assert not missed
    assert may_hold_a_cue("n'a ne tousse pas") and may_hold_a_cue("il ne tousse rien")
    assert may_hold_a_cue("toux laˈbsence"), "what folding does not know is left to edsnlp"


def test_a_line_without_a_cue_is_affirmed_by_edsnlp_too():
    for text in ("Motif : gastro depuis 48 h", "passe à Amlodipine 10 mg le soir", "toux grasse, 38,5° hier"):
        assert not may_hold_a_cue(text)
        nlp = load()
        doc = nlp.make_doc(text)
        doc.ents = [doc.char_span(0, 5, label="mention", alignment_mode="expand")]
        for _, pipe in nlp.pipeline:
            doc = pipe(doc)
        (span,) = doc.ents
        assert not (span._.negation or span._.family or span._.hypothesis or span._.history)
