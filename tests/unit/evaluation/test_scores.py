"""The scorer finds what is right, what is wrong, and agrees with itself on a perfect prediction."""

import copy

from pipeline.evaluation.canonical import dosage_facts, strength
from pipeline.evaluation.scores import score

MEDICATION = {
    "drug": "Doliprane",
    "substance": "paracétamol",
    "atc": "N02BE01",
    "strength": "1 g",
    "action": "start",
    "dosage": [
        {
            "sequence": 1,
            "timing": {"repeat": {"frequency": 3, "period": 1, "periodUnit": "d"}},
            "doseAndRate": [{"doseQuantity": {"value": 1, "unit": "comprimé"}}],
        }
    ],
}
PAGE = {
    "file": "a.pdf",
    "page": 1,
    "kind": "prescription",
    "tier": "neat",
    "written_on": "2025-11-12",
    "prescriber": {"name": "Dr Ada EXEMPLE", "rpps": "10990000005"},
    "patient": {"patient_id": "P1"},
    "medications": [MEDICATION],
    "expected_flags": [{"type": "duplicate", "medication": 0, "substance": "paracétamol"}],
}
PREDICTED = {
    "file": "a.pdf",
    "page": 1,
    "kind": "prescription",
    "written_on": "2025-11-12",
    "prescriber": "Dr EXEMPLE",
    "patient": {"patient_id": "P1", "probability": 0.97},
    "medications": [{**MEDICATION, "confidence": 0.95, "needs_review": False}],
    "flags": [{"type": "duplicate", "medication": 0}],
}


def values(predicted):
    scores = score({"pages": [PAGE]}, predicted)
    return scores, {name: cell["value"] for name, cell in scores["groups"]["all"].items()}


def test_a_perfect_prediction_scores_one_everywhere():
    scores, found = values([PREDICTED])
    assert scores["pages_lost"] == 0
    assert found.pop("pages_lost") == found.pop("silent_error_rate") == 0
    assert found.pop("patient_wrong_when_confident") == 0
    assert set(found.values()) == {1.0}


def test_a_lost_page_is_counted_and_counts_as_wrong():
    scores, found = values([])
    assert scores["pages_lost"] == 1
    assert found["med_recall"] == 0 and found["kind_accuracy"] == 0


def test_certain_and_wrong_is_a_silent_error():
    wrong = copy.deepcopy(PREDICTED)
    wrong["medications"][0]["strength"] = "500 mg"
    _, found = values([wrong])
    assert found["silent_error_rate"] == 1 and found["strength_accuracy"] == 0


def test_units_of_mass_are_alike_and_a_maximum_counts_as_doses():
    assert strength("1 g") == strength("1000mg") != strength("100 mg")
    facts = dosage_facts(
        [
            {
                "asNeededBoolean": True,
                "timing": {"repeat": {"frequency": 1, "period": 1, "periodUnit": "d"}},
                "doseAndRate": [{"doseQuantity": {"value": 1, "unit": "cp"}}],
                "maxDosePerPeriod": {"numerator": {"value": 4}},
            }
        ]
    )
    assert facts["frequency"] == [("1", 4.0)] and facts["as_needed"]
