"""Words that turn a line round or move it are never passed over, however long the rest of the line is."""

import sys
from pathlib import Path

import pytest

from pipeline.extraction.parse import parse_text

sys.path.insert(0, str(Path(__file__).parent))
from names import SmallIndex


@pytest.mark.parametrize(
    "text",
    [
        "Metformine 850 mg 1 cp matin, midi et soir pendant les repas pendant 3 mois, stop si nausées",
        "Doliprane 1 g 1 cp x3/j arrêt si urticaire",
        "Doliprane 1 g 1 cp matin et soir, ne pas prendre si nausées",
        "Kardégic 75 mg 1 sachet/j dans 8 jours",
        "Prednisone 20 mg 2 cp/j pendant 21 jours puis",
        "Amoxicilline 1 g 1 cp x3/j 6 j si pas d'amélioration dans 48 h",
        "Doliprane 1 g matin et soir, pas le midi",
        "Tramadol LP 100 mg 1 cp x2/j ou Ixprim 1 cp x3/j",
    ],
)
def test_a_line_that_says_more_is_in_doubt(text):
    assert all(item.doubts for item in parse_text(text, index=SmallIndex())[0])


def test_a_reason_to_stop_is_no_reason_to_take():
    (item,) = parse_text("Doliprane 1 g 1 cp x3/j, stop si nausées", index=SmallIndex())[0]
    assert not any(posology.as_needed for posology in item.posologies)


def test_a_renewal_in_months_is_no_number_of_renewals():
    (item,) = parse_text("Ramipril 5 mg 1-0-1 AR 3 mois", index=SmallIndex())[0]
    assert item.renewals is None
    assert item.posologies[0].dose == 1


def test_a_long_acting_drug_is_not_taken_for_the_plain_one():
    (item,) = parse_text("Amoxicilline 500 mg LP 1 gél x2/j", index=SmallIndex())[0]
    assert "ambiguous" in item.doubts


def test_the_words_of_a_posology_stay_the_papers():
    (item,) = parse_text("Doliprane 2,4 % 1 dose/21 kg ttes les 6 h NS si fièvre", index=SmallIndex())[0]
    assert "1 dose/21 kg" in item.posologies[0].text
    assert "  " not in item.posologies[0].text


def test_a_dose_with_a_condition_about_allergies_is_an_item_in_doubt():
    (item,) = parse_text("Kardégic 75 1 sachet/j si pas d'allergie", index=SmallIndex())[0]
    assert item.drug_text == "Kardégic"
    assert item.doubts
    assert parse_text("Amoxicilline : allergie", index=SmallIndex())[0] == ()
