"""One posology, two sentences: each from its own table of words."""

import pytest

from pipeline.extraction.posology import parse_posology
from pipeline.extraction.render import render
from pipeline.extraction.tables import rules


@pytest.mark.parametrize(
    ("written", "french", "english"),
    [
        ("1 cp matin et soir pdt 7 j", "1 comprimé le matin et le soir pendant 7 jours",
         "1 tablet in the morning and in the evening for 7 days"),
        ("1 à 2 gél x3/j si douleur", "1 à 2 gélules 3 fois par jour si douleur",
         "1 to 2 capsules 3 times a day if needed for pain"),
        ("1/2 cp le soir", "1/2 comprimé le soir", "1/2 tablet in the evening"),
        ("1,5 cp/j", "1,5 comprimé 1 fois par jour", "1.5 tablets once a day"),
        ("1 patch tous les 3 jours", "1 patch tous les 3 jours", "1 patch every 3 days"),
        ("10U matin", "10 UI le matin", "10 IU in the morning"),
        ("1 cp le mardi", "1 comprimé le mardi", "1 tablet on Tuesday"),
        ("1 gtte od x4/j 5 à 7 jours", "1 goutte 4 fois par jour œil droit pendant 5 à 7 jours",
         "1 drop 4 times a day right eye for 5 to 7 days"),
        ("20 mg 3 j puis 10 mg 3 j", "20 mg pendant 3 jours, puis 10 mg pendant 3 jours",
         "20 mg for 3 days, then 10 mg for 3 days"),
        ("1 cp si besoin max 3/j", "1 comprimé si besoin max 3 fois par jour",
         "1 tablet if needed at most 3 times a day"),
    ],
)  # fmt: skip
def test_the_same_posology_in_both_languages(written: str, french: str, english: str) -> None:
    understood = parse_posology(written)
    assert render(understood) == french
    assert render(understood, "en") == english


@pytest.mark.parametrize(
    ("section", "table"),
    [
        ("unit", "unit"), ("route", "route_name"), ("site", "site"), ("moment", "moment"),
        ("weekday", "weekday"), ("time", "time"), ("instruction", "instruction"), ("reason", "reason"),
    ],
)  # fmt: skip
def test_every_word_of_the_grammar_has_its_english(section: str, table: str) -> None:
    assert set(rules("posology")[section]) <= set(rules("sentence")["en"][table])


def test_both_languages_have_the_same_phrases() -> None:
    french, english = rules("sentence")["fr"], rules("sentence")["en"]
    assert set(french) <= set(english)
    for key, value in french.items():
        if isinstance(value, dict):
            assert set(value) == set(english[key]), key


def test_a_word_that_no_table_has_stays_french_in_quotation_marks() -> None:
    (understood,) = parse_posology("1 cp si vertiges")
    assert render([understood], "en") == "1 tablet if needed for “vertiges”"
