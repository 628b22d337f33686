"""Which strength a product has, by its name and its composition (FT and SA)."""

import pytest

from pipeline.matching.official.product import Ingredient
from pipeline.matching.official.strengths import resolve, tidied, written_strength


@pytest.mark.parametrize(
    ("name", "strength"),
    [
        ("LASILIX 40 mg, comprimé", "40 mg"),
        ("AUGMENTIN 100 mg/12,50 mg par ml ENFANTS, poudre pour suspension buvable", "100 mg/12,5 mg/mL"),
        ("ORACILLINE 1 000 000 UI/10 ml, suspension buvable", "1000000 UI/10 mL"),
        ("SERETIDE 125 microgrammes/25 microgrammes/dose, suspension", "125 µg/25 µg/dose"),
        ("LEVOPHTA 0,05 %, collyre", "0,05 %"),
        ("SPIRAMYCINE 1,5 M.UI, comprimé", "1,5 MUI"),
        ("NICORETTE 10 mg/16 heures, dispositif transdermique", "10 mg/16 h"),
        ("HUMALOG MIX25 100 unités/ml, suspension injectable", "100 UI/mL"),
        ('STEROGYL 15 "A" 600 000 UI/1,5 ml, solution buvable', "600000 UI/1,5 mL"),
        ("MAGNE B6 48 mg/5 mg, comprimé", "48 mg/5 mg"),
        ("SPASFON, comprimé enrobé", ""),
        ("VITAMINE B12, comprimé de 5 mg", ""),
    ],
)
def test_the_strength_in_a_denomination(name: str, strength: str) -> None:
    assert written_strength(name)[0] == strength


def test_noughts_that_say_nothing_go_and_those_that_count_stay() -> None:
    assert tidied("125,00 mg") == "125 mg" and tidied("0,050 g") == "0,05 g" and tidied("10 mg") == "10 mg"


def one(
    dci: str, amount: str = "", part_amount: str = "", per: str = "un comprimé", part: str = ""
) -> Ingredient:
    return Ingredient(dci, dci, amount, part, part_amount, per, "comprimé")


def test_the_active_part_is_what_most_names_count() -> None:
    atorvastatin = one("atorvastatine", "10,85 mg", "10,00 mg")
    assert resolve("TAHOR 10 mg, comprimé", [atorvastatin]) == ("10 mg", "FT")


def test_some_names_count_the_salt_and_the_name_decides() -> None:
    thyroxine = one("lévothyroxine", "75 microgrammes", "72,96 microgrammes")
    assert resolve("LEVOTHYROX 75 microgrammes, comprimé", [thyroxine]) == ("75 µg", "SA")
    assert resolve("COVERSYL 5 mg, comprimé", [one("périndopril", "5 mg", "3,395 mg")]) == ("5 mg", "SA")
    both = [one("périndopril", "4 mg", "3,34 mg"), one("amlodipine", "13,87 mg", "10 mg")]
    assert resolve("PERINDOPRIL/AMLODIPINE 4 mg/10 mg, comprimé", both) == ("4 mg/10 mg", "FT+SA")


def test_another_unit_or_volume_is_the_same_strength() -> None:
    assert resolve("X 1 g, comprimé", [one("x", "1000 mg")]) == ("1 g", "SA")
    assert resolve("X 200 mg/ml, solution buvable", [one("x", "20,00 g", per="100 ml")]) == (
        "200 mg/mL",
        "SA",
    )
    assert resolve("X 5 %, crème", [one("x", "5 g", per="100 g de crème")]) == ("5 %", "SA")
    assert resolve("X 2 %, crème", [one("x", "5 g", per="100 g de crème")]) == ("2 %", "name")


def test_a_name_that_the_composition_contradicts_counts_and_is_told_apart() -> None:
    assert resolve("DEPAKINE CHRONO 500 mg, comprimé", [one("v", "333 mg"), one("v", "145 mg")]) == (
        "500 mg",
        "name",
    )


def test_without_a_strength_in_the_name_the_active_part_comes_before_the_salt_but_water_is_no_salt() -> None:
    assert resolve("X, comprimé", [one("x", "12 mg", "10 mg", part="x base")]) == ("10 mg", "composition")
    watery = one("p", "80,000 mg", "62,233 mg", part="p anhydre")
    assert resolve("SPASFON, comprimé", [watery]) == ("80 mg", "composition")
    assert resolve("X, sirop", [one("x", "0,1 g", per="100 ml")]) == ("0,1 g/100 mL", "composition")


def test_a_box_of_several_strengths_of_one_drug_has_none() -> None:
    assert resolve("X 50 mg + 100 mg, comprimé", [one("x", "50 mg"), one("x", "100 mg")]) == ("", "")


def test_a_figure_of_the_name_is_not_taken_for_thousands_where_the_composition_says_so() -> None:
    assert resolve("MAG 2 100 mg, comprimé", [one("magnésium", "395,85 mg", "100 mg")]) == ("100 mg", "FT")
    assert resolve("X 1 000 mg, comprimé", [one("x", "1000 mg")]) == ("1000 mg", "SA")
    assert resolve("X 2 100 mg, comprimé", [one("x", "7 mg")]) == ("2100 mg", "name")


def test_what_is_not_understood_stays_empty() -> None:
    assert resolve("X, comprimé", [one("x", "480 mg à 540 mg")]) == ("", "")
    assert resolve("X, comprimé", []) == ("", "")
