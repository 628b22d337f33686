"""In which sense a note says a drug or a problem: classes of French notes, several variants each."""

from time import process_time

import pytest

from pipeline.extraction.parse import parse_text
from pipeline.matching.formulary import Formulary

INDEX = Formulary.builtin()


def said(text: str, kind: str) -> dict[str, str]:
    """Return what of a kind a sentence mentions, with its sense."""
    items, mentions = parse_text(text, index=INDEX)
    assert not items, "a sentence of a note prescribes nothing"
    return {(m.value or m.text).lower(): m.assertion.value for m in mentions if m.kind.value == kind}


@pytest.mark.parametrize(
    ("sense", "texts"),
    [
        (
            "past",
            [
                "a arrêté le Plavix",
                "A stoppé son Plavix il y a 2 ans",
                "Ne prend plus de Plavix depuis 2 mois",
                "n'est plus sous Plavix",
                "Avait pris du Plavix",
                "insomnie, Plavix arrêté",
                "HTA : Plavix, stoppé en mars",
                "ATCD : AVC, traitement par Plavix arrêté en 2020",
                "Ancien traitement : Plavix",
            ],
        ),
        (
            "negated",
            [
                "Pas de Plavix",
                "n'a jamais pris de Plavix",
                "Pas sous Plavix",
                "sans Plavix",
                "Refuse le Plavix",
                "Plavix contre-indiqué",
                "ne prend ni Xanax ni Plavix",
                "Pas de prise de Plavix",
            ],
        ),
        (
            "hypothetical",
            [
                "si AVC, Plavix",
                "En cas d'échec : Plavix",
                "pas de Plavix sauf si AVC",
                "Discuter Plavix",
                "Plavix à envisager",
                "angine : Plavix si pas mieux à 48 h",
                "Sauf contre-indication, Plavix",
                "Reprise du Plavix à discuter, avis pris",
            ],
        ),
        (
            "other_person",
            [
                "Mère sous Plavix",
                "Son mari prend du Plavix",
                "grand-mère traitée par Plavix",
                "Sa maman prend du Plavix",
                "conjoint : Plavix",
            ],
        ),
        (
            "affirmed",
            [
                "Sous Plavix depuis 2 ans",
                "ATCD : AVC sous Plavix",
                "Pas de saignement sous Plavix",
                "Pas d'amélioration sous Plavix",
                "bien équilibré sous Plavix 75",
                "Fille de 15 ans, sous Plavix",
                "Amenée par sa mère, sous Plavix",
                "Enfant : Plavix",
                "prend du Plavix si douleur",
                "anxiété, Plavix au besoin",
            ],
        ),
    ],
)
def test_the_sense_of_a_drug(sense, texts):
    assert {text: said(text, "drug").get("clopidogrel") for text in texts} == dict.fromkeys(texts, sense)


@pytest.mark.parametrize(
    ("text", "problems"),
    [
        ("Pneumonie ?", {"pneumonie": "hypothetical"}),
        ("Doute sur une fracture du scaphoïde", {"fracture du scaphoïde": "hypothetical"}),
        ("Phlébite du mollet G à éliminer", {"phlébite du mollet g": "hypothetical"}),
        ("Pas de suspicion de phlébite", {"phlébite": "negated"}),
        ("Pas d'antécédent d'AVC", {"avc": "negated"}),
        ("ni vertige, ni céphalées", {"vertige": "negated", "céphalées": "negated"}),
        (
            "pas de vertige, de toux ou de fièvre",
            {"vertige": "negated", "toux": "negated", "fièvre": "negated"},
        ),
        ("Pas de fièvre, toux", {"fièvre": "negated", "toux": "affirmed"}),
        ("toux : non", {"toux": "negated"}),
        ("douleur thoracique absente", {"douleur thoracique": "negated"}),
        ("Diabète non insulinodépendant", {"diabète non insulinodépendant": "affirmed"}),
        (
            "migraine avec aura, sans vomissement",
            {"migraine avec aura": "affirmed", "vomissement": "negated"},
        ),
        ("ATCD : HTA, zona", {"hta": "past", "zona": "past"}),
        ("Zona il y a 3 ans", {"zona": "past"}),
        ("asthme depuis 10 ans", {"asthme": "affirmed"}),
        ("Mère : diabète, HTA", {"diabète": "other_person", "hta": "other_person"}),
        ("HTA (père)", {"hta": "other_person"}),
        ("cancer du côlon chez son père", {"cancer du côlon": "other_person"}),
        ("ATCD familiaux : glaucome", {"glaucome": "other_person"}),
        ("Pas d'ATCD familial de glaucome", {"glaucome": "negated"}),
        ("Femme de 45 ans, migraineuse", {"migraineuse": "affirmed"}),
        ("Vaccin grippe fait", {}),
        ("Testing musculaire normal", {}),
        ("Arrêt maladie 3 jours", {}),
        ("ATCD : RAS", {}),
        ("Pas d'AINS", {}),
        ("1 goutte tombée", {}),
        ("Goutte sous allopurinol", {"goutte": "affirmed"}),
        ("Asthme non contrôlé", {"asthme non contrôlé": "affirmed"}),
        ("Syndrome rotulien gauche", {"syndrome rotulien gauche": "affirmed"}),
        ("ATCD personnels : zona", {"zona": "past"}),
        ("Dépistage cancer du sein", {}),
        ("pas de traitement en cours", {}),
        ("Motif : renouvellement", {}),
        ("Motif : suivi HTA", {"hta": "affirmed"}),
        ("Dg : HTA sous Coversyl", {"hta": "affirmed"}),
        ("Conclusion : angine probable", {"angine": "hypothetical"}),
        ("abdomen souple, pas de défense", {"défense": "negated"}),
        ("bonne mobilité, pas de changement", {}),
        ("Cheville droite, suite", {}),
        ("hyponatrémie, natrémie à contrôler", {"hyponatrémie": "affirmed"}),
    ],
)
def test_problems_and_their_sense(text, problems):
    assert said(text, "problem") == problems


@pytest.mark.parametrize("text", ["peas de douleur thoracique", "ancune perte de poids", "pss d'oedème"])
def test_a_denial_that_reads_badly_never_affirms(text):
    assert set(said(text, "problem").values()) == {"negated"}


@pytest.mark.parametrize(
    "text",
    [
        "Potassium 3,9",
        "Calcium corrigé 2,6 mmol/L",
        "magnésium bas",
        "bilan : fer, calcium",
        "dosage du magnésium",
        "Vitamine D 12 ng/mL",
        "lithium 0,7 mmol/L",
        "carence en vitamine B12",
    ],
)
def test_what_the_laboratory_measures_is_no_drug(text):
    assert said(text, "drug") == {}


@pytest.mark.parametrize(
    "text", ["Magnésium 300 mg 2/j", "Magnésium B6 : 2 cp matin et soir", "Vitamine D 1 amp"]
)
def test_a_metal_with_a_dose_is_an_item(text):
    assert len(parse_text(text, index=INDEX)[0]) == 1


def test_a_metal_that_is_taken_is_a_drug():
    assert said("sous magnésium depuis un mois", "drug") == {"magnésium": "affirmed"}
    assert said("crampes, cure de magnésium", "drug") == {"magnésium": "affirmed"}


@pytest.mark.parametrize(
    "text", ["bilan, " * 60 + "fer x", "pas de , " * 80, "allergie : " + "a, " * 99, "si " * 200 + "Plavix"]
)
def test_a_long_garbled_line_takes_no_time(text):
    start = process_time()
    parse_text(text, index=INDEX)
    assert process_time() - start < 2
