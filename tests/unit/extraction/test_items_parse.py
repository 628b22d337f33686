"""One typed item: drug, strength, action, posology, renewals, doubts."""

import sys
from decimal import Decimal
from pathlib import Path

import pytest

from pipeline.domain.meaning import Action, PrescriptionLine
from pipeline.domain.strength import same_strength, strength_key
from pipeline.extraction.parse import parse_text

sys.path.insert(0, str(Path(__file__).parent))
from names import SmallIndex

INDEX = SmallIndex()


def item(text: str) -> PrescriptionLine:
    (only,) = parse_text(text, index=INDEX)[0]
    return only


@pytest.mark.parametrize(
    ("text", "substance", "strength"),
    [
        ("Doliprane 1g 1 cp x3/j", "paracétamol", "1 g"),
        ("Doliprane 1 cp x3/j", "paracétamol", None),
        ("Metformine 850 1 cp matin et soir", "metformine", "850 mg"),
        ("Metformine 850 : 1 cp m-s", "metformine", "850 mg"),
        ("Ramipril 5", "ramipril", "5 mg"),
        ("Ramipril 2,5 1 cp le soir", "ramipril", "2,5 mg"),
        ("Lévothyrox 75 1 cp à jeun", "lévothyroxine", "75 µg"),
        ("Lévothyrox 75 µg 1 cp à jeun", "lévothyroxine", "75 µg"),
        ("Ixprim 325mg/37,5mg 1 cp", "paracétamol/tramadol", "325 mg/37,5 mg"),
        ("Coaprovel 300/12,5 1 cp le matin", "irbésartan/hydrochlorothiazide", "300 mg/12,5 mg"),
        ("Tramadol LP 100 mg 1 cp m-s", "tramadol", "100 mg"),
        ("Bromazépam 6 1/4 cp le soir", "bromazépam", "6 mg"),
        ("Tobrex 0,3 % 1 gtte x4/j", "tobramycine", "0,3 %"),
        ("Tobrex collyre 0,3 % 1 gtte x4/j", "tobramycine", "0,3 %"),
        ("Durogesic 12 µg/h 1 patch tous les 3 jours", "fentanyl", "12 µg/h"),
        ("Insuline glargine 22 UI le soir", "insuline glargine", None),
        ("Vitamine D 100 000 UI 1 amp", "colécalciférol", "100 000 UI"),
        ("Prednisone 40 mg/j 5 j", "prednisone", None),
        ("Magné B6 2 cp m-m-s", "magnésium/pyridoxine", None),
        ("Chlorure de sodyum 1 pulv x4/j", "chlorure de sodium", None),
        ("Atorvastatne 20 mg 1 cp le soir", "atorvastatine", "20 mg"),
        ("2) KARDEGIC 75 mg 1 sachet le midi", "acide acétylsalicylique", "75 mg"),
    ],
)
def test_drug_and_strength(text: str, substance: str, strength: str | None) -> None:
    found = item(text)
    assert found.drug is not None and found.drug.drug.substance == substance
    assert found.strength == strength


def test_the_bare_quarter_is_a_dose() -> None:
    (posology,) = item("Bromazépam 6 1/4 cp le soir").posologies
    assert posology.dose == Decimal("0.25")


def test_units_are_a_dose_for_insulin() -> None:
    (posology,) = item("Insuline glargine 22 UI le soir").posologies
    assert (posology.dose, posology.dose_unit, posology.route) == (22, "UI", "sous-cutanée")


@pytest.mark.parametrize(
    ("text", "action"),
    [
        ("Arrêt Kardégic", Action.STOP),
        ("stop Ramipril 5 mg", Action.STOP),
        ("ne plus prendre Lévothyrox", Action.STOP),
        ("Ramipril : arrêt", Action.STOP),
        ("poursuivre Metformine 850 1 cp m-s", Action.CONTINUE),
        ("idem Ramipril 5 mg 1 cp/j", Action.CONTINUE),
        ("augmenter Ramipril 5 -> 10 mg 1 cp/j", Action.CHANGE),
        ("baisser Furosémide 40 à 20 mg 1 cp le matin", Action.CHANGE),
        ("débuter Ramipril 2,5 mg 1 cp le soir", Action.START),
        ("Ramipril 5 mg 1 cp/j", None),
    ],
)
def test_action_is_what_the_paper_says(text: str, action: Action | None) -> None:
    assert item(text).action == action


def test_a_step_gives_the_strength_after_it() -> None:
    assert item("augmenter Ramipril 5 -> 10 mg 1 cp/j").strength == "10 mg"
    assert item("baisser Furosémide 40 à 20 mg 1 cp le matin").strength == "20 mg"


def test_replacing_stops_one_and_gives_the_other() -> None:
    first, second = parse_text("on remplace Ramipril par Bisoprolol 5 mg 1 cp le matin", index=INDEX)[0]
    assert (first.drug_text, first.action) == ("Ramipril", Action.STOP)
    assert (second.drug_text, second.strength, second.action) == ("Bisoprolol", "5 mg", Action.START)


def test_renewals_and_substitution_stand_beside_the_posology() -> None:
    found = item("Ramipril 5 mg 1 cp le matin QSP 3m R 2x NS (MTE)")
    assert (found.renewals, found.not_substitutable) == (2, True)
    (posology,) = found.posologies
    assert posology.duration is not None and posology.duration.value == 3
    assert not found.doubts
    assert item("Ramipril 5 mg 1 cp le matin AR 3 fois").renewals == 3
    assert item("Ramipril 5 mg 1 cp le matin").renewals is None


def test_two_lines_are_one_item() -> None:
    found = item("Ramipril 5 mg / 1 cp le matin")
    assert found.text == "Ramipril 5 mg / 1 cp le matin"
    assert found.posologies[0].dose == 1


def test_the_unit_of_slots_comes_from_the_only_form_sold() -> None:
    assert item("Warfarine 2 mg 0-0-2").posologies[0].dose_unit == "comprimé"
    several = item("Amoxicilline 1 g 1-0-1")
    assert several.posologies[0].dose_unit is None and "incomplete" in several.doubts


@pytest.mark.parametrize(
    ("text", "doubt"),
    [
        ("Doliprane Ig 1 cp x3/j", "illegible"),
        ("Doliprane lomg 1 cp par jour", "illegible"),
        ("Ramipril 5 mg l cp le matin", "illegible"),
        ("Ramipril 5 mg", "incomplete"),
        ("Ramipril 5.0 mg 1 cp le matin", "dangerous-notation"),
        ("Ramipril 5 mg 8-0-0", "implausible"),
        ("Ramipril 5 mg blorp fnac zut le matin 1 cp", "unread"),
    ],
)
def test_doubts_keep_an_item_from_being_certain(text: str, doubt: str) -> None:
    found = item(text)
    assert doubt in found.doubts
    assert found.confidence < 0.9


def test_a_clear_item_is_confident() -> None:
    found = item("Ramipril 5 mg 1 cp le matin")
    assert not found.doubts and found.confidence > 0.9


def test_a_strength_that_is_not_sold_halves_the_confidence() -> None:
    assert item("Ramipril 50 mg 1 cp le matin").confidence < 0.6


def test_illegible_strength_stays_empty() -> None:
    assert item("Doliprane Ig 1 cp x3/j").strength is None


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("1 g", "1000mg", True),
        ("0,5 mg", "500 µg", True),
        ("75 mcg", "75 µg", True),
        ("1 MUI", "1000000 UI", True),
        ("100 000 UI", "100000UI", True),
        ("325mg/37,5mg", "325 mg/37,5 mg", True),
        ("875/125 mg", "875 mg/125 mg", True),
        ("500 mg/5 ml", "500mg/5ml", True),
        ("850", "850 mg", False),
        ("10 mg", "100 mg", False),
        ("0,25 mg", "0,25 g", False),
        ("5 mg", "5 mg/ml", False),
        ("", "", False),
        ("??", "??", False),
    ],
)
def test_same_strength(one: str, other: str, same: bool) -> None:
    assert same_strength(one, other) is same


def test_an_unreadable_strength_has_no_key() -> None:
    assert strength_key("Ig") != strength_key("1 g")


@pytest.mark.parametrize(
    ("text", "doses"),
    [
        ("Prednisone 20mg 3j puis 10mg 3j", [("20", "mg", 3), ("10", "mg", 3)]),
        ("Prednisone 20 mg 3 j, 10 mg 3 j", [("20", "mg", 3), ("10", "mg", 3)]),
        (
            "Prednisone 60 mg 2 j puis 40 mg 2 j puis 20 mg 5 j",
            [("60", "mg", 2), ("40", "mg", 2), ("20", "mg", 5)],
        ),
    ],
)
def test_amounts_phase_after_phase_are_doses_all_through(
    text: str, doses: list[tuple[str, str, int]]
) -> None:
    found = item(text)
    assert found.strength is None
    said = [(str(p.dose), p.dose_unit, int(p.duration.value)) for p in found.posologies if p.duration]
    assert said == doses
    assert [p.sequence for p in found.posologies] == list(range(1, len(doses) + 1))


@pytest.mark.parametrize(
    ("text", "strength", "dose"),
    [
        ("Prednisone 20mg 1cp 3j puis 10mg 3j", "20 mg", Decimal(1)),
        ("Prednisone 20 mg 2 cp 3j puis 1 cp 3j", "20 mg", Decimal(2)),
        ("Prednisone 20 mg 5 j", "20 mg", None),
        ("Furosémide de 40 à 20 mg 1 cp le matin", "20 mg", Decimal(1)),
    ],
)
def test_a_count_beside_it_leaves_the_strength_a_strength(
    text: str, strength: str, dose: Decimal | None
) -> None:
    found = item(text)
    assert (found.strength, found.posologies[0].dose) == (strength, dose)


@pytest.mark.parametrize(
    "text",
    [
        "Insuline 10U matin",
        "- insuline rapide 10 U le matin",
        "Insuline Zorblax 10 U le matin",
        "Insuline 10 UI matin",
    ],
)
def test_a_family_is_an_item_and_no_drug_is_guessed(text: str) -> None:
    found = item(text)
    assert found.drug is None and found.alternatives == ()
    assert found.drug_text.lower().startswith("insuline")
    (posology,) = found.posologies
    assert (posology.dose, posology.dose_unit, posology.when) == (Decimal(10), "UI", ("matin",))
    assert "incomplete" in found.doubts and "illegible" not in found.doubts
    assert ("dangerous-notation" in found.doubts) == ("U" in text.split("UI")[0].replace("UI", ""))


def test_an_insulin_with_its_name_is_that_one() -> None:
    found = item("Insuline glargine 22 U le soir")
    assert found.drug is not None and found.drug.drug.substance == "insuline glargine"
    assert "dangerous-notation" in found.doubts
