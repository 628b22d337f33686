"""Whose name counts as the prescriber's, and what never does."""

import pytest

from pipeline.domain.identity import Doctor
from pipeline.extraction.prescriber import prescriber_at, prescriber_of

DOCTORS = (
    Doctor("Dr Sophie DELAUNAY", "10998841927"),
    Doctor("Dr Claire LOPEZ", "10992388115"),
    Doctor("Dr Samia BENALI-ROUX", "10995324638"),
    Doctor("Dr Karim ROUSSEL", "10998487234"),
)


@pytest.mark.parametrize(
    "line",
    [
        "pas d'allergie connue",
        "pas d' allergie connue",
        "Pas d'OMI",
        "D'allergie : aucune",
        "Dr allergie connue",
        "Dr Dyspnée d'effort",
        "pas d'HTA",
        "avis du Dr Martin demandé",
        "Adressé par le Dr Martin",
        "Mr Robert Lopez",
        "LOPEZ Claire 72 ans",
    ],
)
def test_words_of_medicine_colleagues_and_patients_are_no_prescriber(line):
    assert prescriber_of([line], doctors=DOCTORS) is None
    assert prescriber_of([line], doctors=()) is None


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("Dr Delaunay", "Dr Sophie DELAUNAY"),
        ("D' Delaunay", "Dr Sophie DELAUNAY"),
        ("Dr 2 Delaunay", "Dr Sophie DELAUNAY"),
        ("Cabinet du Docteur Sophie DELAUNEY", "Dr Sophie DELAUNAY"),
        ("Dr Benali", "Dr Samia BENALI-ROUX"),
        ("RPPS 1 0992 388 115", "Dr Claire LOPEZ"),
        ("Sophie DELAUNAY", "Dr Sophie DELAUNAY"),
        ("S. Delaunay", "Dr Sophie DELAUNAY"),
        ("DELAUNAY Sophie, médecine générale", "Dr Sophie DELAUNAY"),
        ("Dr Inconnu", "Dr Inconnu"),
    ],
)
def test_a_doctor_is_put_on_the_list_wherever_it_fits(line, name):
    assert prescriber_at(["ordonnance", line], doctors=DOCTORS) == (name, 1)


def test_the_list_wins_over_what_else_stands_behind_dr():
    lines = ["Dr Malaud", "Doliprane 1 g", "Sophie DELAUNAY"]
    assert prescriber_at(lines, doctors=DOCTORS) == ("Dr Sophie DELAUNAY", 2)
    assert prescriber_at(lines, doctors=()) == ("Dr Malaud", 0)


def test_a_family_name_alone_signs_nothing():
    assert prescriber_of(["LOPEZ"], doctors=DOCTORS) is None
    assert prescriber_of(["Lopez C."], doctors=DOCTORS) is None
