from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path

import pytest

from pipeline.domain.errors import BadRegistry
from pipeline.domain.meaning import Moment, Posology, TimeUnit
from pipeline.export.dosage import from_fhir, to_fhir
from pipeline.export.records import read_records

DATA = Path(__file__).parents[3] / "../shared/data/pages"


def test_a_plain_dosage_has_the_public_shape() -> None:
    posology = Posology(
        "1 cp x3/j",
        dose=Decimal(1),
        dose_unit="comprimé",
        frequency=3,
        period=Decimal(1),
        period_unit=TimeUnit.DAY,
        route="orale",
    )
    assert to_fhir([posology]) == [
        {
            "sequence": 1,
            "text": "1 cp x3/j",
            "timing": {"repeat": {"frequency": 3, "period": 1, "periodUnit": "d"}},
            "asNeededBoolean": False,
            "route": {
                "coding": [{"system": "http://snomed.info/sct", "code": "26643006"}],
                "text": "voie orale",
            },
            "doseAndRate": [{"doseQuantity": {"value": 1, "unit": "comprimé"}}],
        }
    ]


def test_a_reason_stands_instead_of_the_boolean() -> None:
    (dosage,) = to_fhir([Posology("si douleur", as_needed=True, as_needed_for="douleur")])
    assert dosage["asNeededCodeableConcept"] == {"text": "douleur"}
    assert "asNeededBoolean" not in dosage


def test_a_reason_written_as_an_instruction_is_found() -> None:
    told = [{"text": "Si fièvre"}, {"text": "au repas"}]
    (posology,) = from_fhir([{"asNeededBoolean": True, "additionalInstruction": told}])
    assert (posology.as_needed_for, posology.instructions) == ("fièvre", ("au repas",))


def test_meal_codes_keep_their_meal() -> None:
    (posology,) = from_fhir([{"timing": {"repeat": {"when": ["ACM", "ACV", "C"]}}}])
    assert posology.when == (Moment.MORNING, Moment.EVENING)
    assert posology.instructions == ("avant les repas", "pendant les repas")


@pytest.mark.parametrize(
    "extra",
    [
        {"timing": {"repeat": {"timeOfDay": ["08:00:00"]}}},
        {"timing": {"code": {"text": "BID"}}},
        {"doseAndRate": [{"rateQuantity": {"value": 2, "unit": "L/min"}}]},
        {"maxDosePerLifetime": {"value": 3}},
        {"maxDosePerPeriod": {"numerator": {"value": 3}, "denominator": {"value": 1, "code": "wk"}}},
        {"timing": {"repeat": {"when": ["MORN.early"]}}},
    ],
)
def test_what_has_no_field_still_makes_a_difference(extra: dict) -> None:
    assert from_fhir([extra])[0].instructions


def test_a_most_a_day_is_also_a_most_in_24_hours() -> None:
    cap = {"numerator": {"value": 4, "unit": "gélule"}, "denominator": {"value": 24, "code": "h"}}
    assert from_fhir([{"maxDosePerPeriod": cap}])[0].max_per_day == 4


@pytest.mark.parametrize("text", ["{", "{}", '[{"patient_id": "P1", "current_medications": [{}]}]', "[3]"])
def test_records_of_another_shape_are_refused_without_quoting_them(tmp_path: Path, text: str) -> None:
    path = tmp_path / "records.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(BadRegistry) as caught:
        read_records(path)
    assert "P1" not in str(caught.value)


def test_records_hold_treatments_allergies_and_problems(tmp_path: Path) -> None:
    row = {
        "patient_id": "P1",
        "current_medications": [{"drug": "Kardégic", "substance": "acide acétylsalicylique", "dosage": []}],
        "allergies": [{"substance": "iode"}],
        "problems": ["HTA"],
    }
    path = tmp_path / "records.json"
    path.write_text(json.dumps([row]), encoding="utf-8")
    (record,) = read_records(path)
    assert (record.medications[0].drug, record.allergies, record.problems) == (
        "Kardégic",
        ("iode",),
        ("HTA",),
    )


@pytest.mark.skipif(not DATA.is_dir(), reason="the development pages are not here")
def test_every_dosage_of_the_development_pages_survives() -> None:
    pages = json.loads((DATA / "truth.json").read_text(encoding="utf-8"))["pages"]
    dosages = [m["dosage"] for page in pages for m in page.get("medications") or ()]
    assert len(dosages) > 100
    for dosage in dosages:
        once = from_fhir(dosage)
        assert from_fhir(to_fhir(once)) == once
