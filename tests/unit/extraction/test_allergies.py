"""Allergies: one mention an allergen; what is denied, doubted or a relative's says so."""

import pytest

from pipeline.extraction.allergies import allergies_in
from pipeline.extraction.lines import Role
from pipeline.extraction.notes import mentions_in
from pipeline.matching.formulary import Formulary

INDEX = Formulary.builtin()
SURE, NOT, MAYBE, OTHER = "affirmed", "negated", "hypothetical", "other_person"


@pytest.mark.parametrize(
    ("text", "allergies"),
    [
        ("allergie : amoxicilline", [("amoxicilline", SURE)]),
        ("! ALLERGIE sulfamides (éruption)", [("sulfamides", SURE)]),
        ("Allergies : iode, codéine", [("iode", SURE), ("codéine", SURE)]),
        ("Allergie AINS et latex", [("AINS", SURE), ("latex", SURE)]),
        ("Allergie iode (rash), latex (oedème), HTA", [("iode", SURE), ("latex", SURE)]),
        ("Allergie iode, otite : Josacine", [("iode", SURE)]),
        ("Allergie iode, Doliprane 1 g x3/j", [("iode", SURE)]),
        ("allergies alimentaires : kiwi", [("kiwi", SURE)]),
        ("allergie connue à l'iode depuis 2015", [("iode", SURE)]),
        ("Pénicilline : allergie", [("pénicilline", SURE)]),
        ("Rhinite allergique aux pollens", [("pollens", SURE)]),
        ("Intolérance tramadol : nausées", [("tramadol", SURE)]),
        ("Lyrica mal toléré", [("prégabaline", SURE)]),
        ("Ne supporte pas le tramadol", [("tramadol", SURE)]),
        ("choc anaphylactique à l'iode en 2010", [("iode", SURE)]),
        ("ATCD : allergie aux macrolides", [("macrolides", SURE)]),
        ("Allergie possible à l'iode", [("iode", MAYBE)]),
        ("Allergie à l'iode ?", [("iode", MAYBE)]),
        ("suspicion d'allergie au latex", [("latex", MAYBE)]),
        ("Mère allergique au latex", [("latex", OTHER)]),
        ("N'est pas allergique au latex", [("latex", NOT)]),
        ("pas d'allergie, HTA", [(None, NOT)]),
        ("pas d'allergie ni d'intolérance", [(None, NOT)]),
        ("Aucune allergie médicamenteuse connue", [(None, NOT)]),
        ("Allergies : 0", [(None, NOT)]),
        ("allergie : néant", [(None, NOT)]),
        ("nie toute allergie", [(None, NOT)]),
        ("Rhinite allergique, asthme", []),
        ("Allergologue le 12", []),
        ("Allergie :", []),
    ],
)
def test_allergens_and_their_sense(text, allergies):
    assert [(m.value, m.assertion.value) for m, _, _ in allergies_in(text, index=INDEX)] == allergies


@pytest.mark.parametrize("role", [Role.PATIENT, Role.LETTERHEAD, Role.PRESCRIBER, Role.BODY, Role.FOLLOW_UP])
def test_an_allergy_is_heard_wherever_it_stands_on_the_sheet(role):
    found = mentions_in("Mme Durand, 12 kg, allergique pénicilline", role, index=INDEX)
    assert ("allergy", "pénicilline") in [(m.kind.value, m.value) for m, _, _ in found]


def test_a_letterhead_states_nothing_else_of_the_patient():
    assert not mentions_in("Cabinet asthme et migraine, T 38", Role.LETTERHEAD, index=INDEX)
    weights = mentions_in("Enfant Durand 3 ans 14 kg, otite", Role.PATIENT, index=INDEX)
    assert [(m.value, m.unit) for m, _, _ in weights] == [("14", "kg")]
