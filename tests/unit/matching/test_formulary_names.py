import numpy as np
import pytest

from pipeline.domain.geometry import Box, Quad
from pipeline.domain.paper import Line, Stroke
from pipeline.domain.writing import Reading, ReadLine
from pipeline.ink import pack
from pipeline.matching import drug_table
from pipeline.matching.formulary import Formulary

VOCABULARY = " abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZéè0123456789"


@pytest.fixture(scope="module")
def formulary() -> Formulary:
    return Formulary.builtin()


def found(formulary: Formulary, text: str) -> list[tuple[str, str]]:
    return [(text[start:end], drug.name) for start, end, drug in formulary.find(text)]


def line(text: str, doubts: dict[int, str] | None = None) -> ReadLine:
    """A line whose ink shows `text`; at the places in `doubts` it shows that other letter just as well."""
    steps = []
    for at, letter in enumerate(text):
        blank = np.full(len(VOCABULARY) + 1, 1e-4)
        blank[0] = 1.0
        ink = np.full(len(VOCABULARY) + 1, 1e-4)
        ink[VOCABULARY.index(letter) + 1] = 1.0
        if doubts and at in doubts:
            ink[VOCABULARY.index(doubts[at]) + 1] = 1.0
        steps += [ink / ink.sum(), blank / blank.sum()]
    places = tuple((at / len(text), (at + 1) / len(text)) for at in range(len(text)))
    reading = Reading(text, 0.9, "drawn", places, pack(np.array(steps, np.float32), VOCABULARY))
    return ReadLine(Line("p-1", 0, Quad.of_box(Box(0, 0, 100, 10)), Stroke.HAND), reading)


def test_case_accents_and_hyphens_do_not_matter(formulary: Formulary) -> None:
    text = "PREVISCAN, efferalgan codeine et MAGNE-B6"
    assert found(formulary, text) == [
        ("PREVISCAN", "Préviscan"),
        ("efferalgan codeine", "Efferalgan Codéine"),
        ("MAGNE-B6", "Magné B6"),
    ]


def test_the_longest_name_wins_so_that_slow_release_is_kept(formulary: Formulary) -> None:
    assert found(formulary, "Tramadol LP 100 mg") == [("Tramadol LP", "Tramadol LP")]
    assert found(formulary, "Tramadol 50 mg") == [("Tramadol", "Tramadol")]


def test_short_forms_point_to_the_whole_name(formulary: Formulary) -> None:
    assert found(formulary, "doli 1 g et vento") == [("doli", "Doliprane"), ("vento", "Ventoline")]


def test_a_name_inside_a_word_is_not_found(formulary: Formulary) -> None:
    assert found(formulary, "dolirelaxant sirops") == []


@pytest.mark.parametrize(
    "text", ["repos 3 jours, toux, fièvre", "sirop", "fer sérique, calcium, potassium", "art 50"]
)
def test_ordinary_words_are_not_drugs(formulary: Formulary, text: str) -> None:
    assert found(formulary, text) == []


@pytest.mark.parametrize(
    "word", ["repos", "toux", "fièvre", "arrêt", "consultation", "vitamine", "kiné", "bilan"]
)
def test_ordinary_words_never_become_a_likely_drug(formulary: Formulary, word: str) -> None:
    assert all(candidate.probability < 0.3 for candidate in formulary.rank(word))


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("Effrealgan", "Efferalgan"),
        ("Amoxiciline", "Amoxicilline"),
        ("DOLIPRNAE", "Doliprane"),
        ("bisoprolo", "Bisoprolol"),
        ("levothirox", "Lévothyrox"),
    ],
)
def test_typing_errors_are_seen_through(formulary: Formulary, written: str, meant: str) -> None:
    best = formulary.rank(written)[0]
    assert best.drug.name == meant
    assert "drug.spelling" in best.reasons
    assert best.probability < 0.99


def test_very_short_names_are_not_guessed(formulary: Formulary) -> None:
    assert formulary.rank("Dyo") == ()
    assert [c.drug.name for c in formulary.rank("Serc")] == ["Serc"]


def test_names_as_near_as_each_other_are_a_tie_that_nobody_may_call_certain(formulary: Formulary) -> None:
    tied = formulary.rank("vitamine X")
    assert len({candidate.drug.substance for candidate in tied}) > 1
    assert all("drug.tie" in candidate.reasons for candidate in tied[:2])
    assert max(candidate.probability for candidate in tied) <= 0.85


def test_the_ink_decides_over_the_transcript(formulary: Formulary) -> None:
    doubtful = line("Laroxal 1 cp", {5: "y"})
    best = formulary.rank("Laroxal", read=doubtful, start=0)[0]
    assert best.drug.name == "Laroxyl"
    assert "drug.ink" in best.reasons


def test_upper_case_ink_is_the_same_name(formulary: Formulary) -> None:
    best = formulary.rank("PREVISCAN", read=line("PREVISCAN 1 cp"), start=0)[0]
    assert best.drug.name == "Préviscan"
    assert best.probability > 0.8


def test_ink_of_an_ordinary_word_is_no_drug(formulary: Formulary) -> None:
    assert all(c.probability < 0.3 for c in formulary.rank("repos", read=line("repos 3 jours"), start=0))


def test_strengths_follow_the_form(formulary: Formulary) -> None:
    assert formulary.strengths_of("paracétamol", "comprimé") == ("500 mg", "1 g")
    assert "2,4 %" in formulary.strengths_of("paracétamol", None)
    assert formulary.strengths_of("paracétamol LP", None) == ()


def test_a_substance_leads_to_its_brands_and_back(formulary: Formulary) -> None:
    assert {"Alfuzosine LP", "Xatral LP"} == {drug.name for drug in formulary.by_substance("alfuzosine LP")}
    assert formulary.lookup("xatral lp")[0].substance == "alfuzosine LP"
    assert formulary.lookup("dihydan")[0].name == "Di-Hydan"
    assert {drug.atc for drug in formulary.lookup("Fluticasone")} >= {"R03BA05", "R01AD08"}


def test_every_row_of_the_table_is_whole() -> None:
    rows = drug_table.gp_rows()
    assert len(rows) > 400
    for row in rows:
        for drug in row.drugs:
            assert drug.name and drug.substance and drug.atc and 4 <= len(drug.atc) <= 7, drug
            assert all(any(c.isdigit() for c in strength) for strength in drug.strengths), drug


def test_every_short_form_points_to_a_name() -> None:
    names = {drug_table.fold(drug.name) for row in drug_table.gp_rows() for drug in row.drugs}
    assert [short for short, name in drug_table.short_forms() if drug_table.fold(name) not in names] == []


def test_names_by_how_they_start_ours_before_the_rare_ones(formulary: Formulary) -> None:
    names = formulary.names_starting("amo")
    assert names.index("Amoxicilline") < names.index("Amoxapine")
    assert formulary.names_starting("PREVI") == ("Préviscan",)
    assert formulary.names_starting("magne b")[0] == "Magné B6"
    assert formulary.names_starting("a", limit=3) == formulary.names_starting("a")[:3]
    assert formulary.names_starting(" - ") == () and formulary.names_starting("zzz") == ()


def test_a_name_known_to_be_mixed_up_is_marked_though_the_other_is_not_offered(formulary: Formulary) -> None:
    first, *rest = formulary.rank("Ventoline")
    assert "drug.look_alike" in first.reasons
    assert "Vastarel" not in [one.drug.name for one in rest]
    assert "drug.look_alike" not in formulary.rank("Doliprane")[0].reasons


def test_strengths_that_are_sold_are_known(formulary: Formulary) -> None:
    assert {"500 mg", "1000 mg"} <= set(formulary.strengths_of("diosmine"))
    assert "50 mg" in formulary.strengths_of("métoprolol")
    assert "40 mg/12,5 mg" in formulary.strengths_of("olmésartan/hydrochlorothiazide")
