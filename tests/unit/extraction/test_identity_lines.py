"""What identity lines say, and what they do not: relatives, letterheads, people who treat."""

from __future__ import annotations

from datetime import date
from time import process_time
from typing import Any

import pytest

from pipeline.extraction.identity import is_birth, is_contact, is_titled, traits_of_text

WINDOW = (date(2025, 11, 10), date(2025, 11, 14))

SAID: list[tuple[str, dict[str, Any]]] = [
    # names, particles, hyphens, apostrophes
    (
        "Mme LE GOFF née Perrin Anne-Lise",
        {"names": ("LE", "GOFF", "Perrin", "Anne-Lise"), "birth_name": "Perrin", "sex": "F"},
    ),
    ("M. de la TOUR Yves", {"names": ("de", "la", "TOUR", "Yves"), "sex": "M"}),
    ("Mr D'ANGELO Paul", {"names": ("D'ANGELO", "Paul")}),
    ("Mlle L’Hostis Anaïs", {"names": ("L’Hostis", "Anaïs"), "sex": "F"}),
    ("Mme N'DIAYE Aïssatou", {"names": ("N'DIAYE", "Aïssatou")}),
    ("Mme Bréhat-Morvan Solène", {"names": ("Bréhat-Morvan", "Solène")}),
    ("M. Jean-Noël FABRIGOULE", {"names": ("Jean-Noël", "FABRIGOULE")}),
    ("AÏT OUARAB Laurence 33 ans", {"names": ("AÏT", "OUARAB", "Laurence"), "age": 33, "title": None}),
    ("Madame S. Lemoinet", {"names": ("S.", "Lemoinet"), "title": "Madame"}),
    ("M. et Mme DURANDEL", {"names": ("DURANDEL",), "sex": None, "title": None}),
    ("DURANDEL Anne (Mme)", {"names": ("DURANDEL", "Anne"), "sex": "F"}),
    ("Mne GARANDEL Huguette", {"names": ("GARANDEL", "Huguette"), "sex": None}),
    ("Monteur GARANDEL Lucien", {"names": ("GARANDEL", "Lucien"), "sex": None}),
    ("Euf1 GARANDEL Lucien 11 ans", {"names": ("GARANDEL", "Lucien"), "age": 11}),
    ("Enfant Vagedel A née le 12/05/2022", {"names": ("Vagedel", "A"), "birth_date": date(2022, 5, 12)}),
    ("VAGEDEL PAUL NE LE 12/05/1980 A RENNES", {"names": ("VAGEDEL", "PAUL")}),
    # a harbour in a street's name is no mobile phone
    ("Vagedel Luc 12 rue du Port", {"address": "12 rue du Port"}),
    (
        "Vagedel Luc 3 quai du Port Marchand port. 06 12 34 56 78",
        {"address": "3 quai du Port Marchand", "phone": "0612345678"},
    ),
    ("Vagedel Luc 3 rue Pasteur port 0612345678", {"address": "3 rue Pasteur"}),
    # birth and usage names
    ("Mme DURANDEL née MARTINOT", {"names": ("DURANDEL", "MARTINOT"), "birth_name": "MARTINOT"}),
    ("Mme DURANDEL (née LE BIHAN) Anne", {"birth_name": "LE BIHAN"}),
    (
        "Mme Durandel née de Villebois le 3/5/57",
        {"birth_name": "de Villebois", "birth_date": date(1957, 5, 3)},
    ),
    ("Mme DURANDEL née le 3/5/57", {"birth_name": None, "birth_date": date(1957, 5, 3)}),
    (
        "Mme MARTINOT Anne épouse DURANDEL",
        {"birth_name": "MARTINOT", "names": ("MARTINOT", "Anne", "DURANDEL")},
    ),
    ("Mme MARTINOT ép. DURANDEL", {"birth_name": "MARTINOT", "names": ("MARTINOT", "DURANDEL")}),
    ("Mme Anne Martinot épouse Durandel", {"birth_name": None}),
    (
        "Madame veuve KERGOATEL Yvonne 91 ans",
        {"names": ("KERGOATEL", "Yvonne"), "age": 91, "birth_name": None},
    ),
    ("Nom de naissance : TRESSINOT", {"birth_name": "TRESSINOT", "names": ("TRESSINOT",)}),
    # birth dates
    ("Mme Petitot née le 3 mai 1957", {"birth_date": date(1957, 5, 3)}),
    ("né(e) le 3 mai 57", {"birth_date": date(1957, 5, 3)}),
    ("M. Petitot né le 1er janv. 48", {"birth_date": date(1948, 1, 1)}),
    ("Petitot Jean 3/5/57", {"birth_date": date(1957, 5, 3)}),
    ("Petitot Jean 03.05.1957", {"birth_date": date(1957, 5, 3)}),
    ("Petitot Jean 1957-05-03", {"birth_date": date(1957, 5, 3)}),
    ("M. Petitot né le 03 05 1957", {"birth_date": date(1957, 5, 3)}),
    ("DDN : 12-févr-1961", {"birth_date": date(1961, 2, 12)}),
    (
        "Mme Petitot née le 3/5/57 à Brizeval",
        {"birth_date": date(1957, 5, 3), "city": None, "names": ("Petitot",)},
    ),
    ("Le 12/11/25 Mme Petitot Anne", {"birth_date": None, "names": ("Petitot", "Anne")}),
    ("Petitot Anne 12/11/2025", {"birth_date": None}),
    ("Mme Petitot 10/04/18", {"birth_date": date(1918, 4, 10)}),
    ("Enfant Petitot Zoé 10/04/18", {"birth_date": date(2018, 4, 10)}),
    ("Petitot Jean 31/02/62", {"birth_date": None}),
    ("Petitot Jean né le 3/5/2031", {"birth_date": None}),
    ("Mme Petitot (1945)", {"birth_year": 1945}),
    ("Mme Petitot née en 1945", {"birth_year": 1945, "birth_name": None}),
    ("M. Petitot 12/Ou(46", {"names": ("Petitot",), "birth_date": None, "birth_year": None}),
    # ages
    ("Enft Petitot Zoé 5 ans", {"age": 5, "sex": None}),
    ("Enfant Petitot Zoé 18 mois", {"age": None, "age_months": 18}),
    ("Petitot Zoé âge: 5 ans", {"age": 5, "names": ("Petitot", "Zoé")}),
    ("Petitot Jean, âgé de 71 ans", {"age": 71, "names": ("Petitot", "Jean")}),
    ("Petitot Jean Âge : 71", {"age": 71}),
    ("Enfant Petitot Zoé 2 ans et demi", {"age": 2, "names": ("Petitot", "Zoé")}),
    ("Bébé Petitot 1 an", {"age": 1}),
    ("Enfant Petitot Zoé 1 ans", {"age": None}),
    ("Mme Petitot 5 ans", {"age": None}),
    ("Enfant Petitot Zoé 45 ans", {"age": None}),
    ("Petitot Jean 171 ans", {"age": None}),
    ("Petitot Jean 1,75 m 82 kg", {"age_months": None, "age": None, "names": ("Petitot", "Jean")}),
    # numbers
    ("Petitot Jean 1 85 04 75 116 001 43", {"ins": "185047511600143", "age": None, "phone": None}),
    ("Petitot Jean 1 85 04 75 116 001 42", {"ins": None, "phone": None, "age": None}),
    ("NIR : 1 51 03 2A 004 012 55", {"ins": "151032A00401255"}),
    ("Tél : 06 39 98 12 34", {"phone": "0639981234"}),
    ("Mme Petitot 06.39.98.12.34", {"phone": "0639981234", "names": ("Petitot",)}),
    ("Mme Petitot +33 6 39 98 12 34", {"phone": "0639981234"}),
    ("Mme Petitot port. 0639981234", {"phone": "0639981234", "names": ("Petitot",)}),
    # addresses
    (
        "3 rue du Lavoir 35997 Brizeval",
        {"address": "3 rue du Lavoir", "postal_code": "35997", "city": "Brizeval"},
    ),
    (
        "12 bis, av. de la Gare - 35 997 SAINT-AUBRIN SUR VAIVE",
        {"address": "12 bis, av. de la Gare", "postal_code": "35997", "city": "SAINT-AUBRIN SUR VAIVE"},
    ),
    (
        "M. Petitot Jean 4 impasse des Ifs, Brizeval",
        {"address": "4 impasse des Ifs", "city": "Brizeval", "names": ("Petitot", "Jean")},
    ),
    ("Mme Petitot demeurant à Brizeval", {"city": "Brizeval", "names": ("Petitot",)}),
    (
        "Adresse : lieu-dit Kervern, 35997 Brizeval Tél : 02 99 12 34 56",
        {"address": "lieu-dit Kervern", "city": "Brizeval", "phone": "0299123456"},
    ),
    ("Mme Placel Rue", {"address": None, "city": None, "names": ("Placel", "Rue")}),
    # forms
    (
        "Nom : DURANDEL Prénom : Anne DDN : 03/05/1957",
        {"names": ("DURANDEL", "Anne"), "birth_date": date(1957, 5, 3)},
    ),
    (
        "Nom: de la TOUR  Prénom: Marie-Ange  Né(e) le 3 mai 1957  Sexe : F",
        {"names": ("de", "la", "TOUR", "Marie-Ange"), "sex": "F", "birth_date": date(1957, 5, 3)},
    ),
    ("Concerne : M. LE CORROU Yann", {"names": ("LE", "CORROU", "Yann"), "title": "M"}),
    ("pour Mme Petitot Anne", {"names": ("Petitot", "Anne"), "title": "Mme"}),
    ("Patient(e) : PETITOT Zoé née le 3/5/57", {"names": ("PETITOT", "Zoé"), "sex": "F"}),
    # where the name ends
    ("Mme DURANDEL vue ce jour pour toux", {"names": ("DURANDEL",)}),
    ("Mme DURANDEL - HTA, diabète", {"names": ("DURANDEL",)}),
    ("Mme DURANDEL Anne, 36 ans, toux", {"names": ("DURANDEL", "Anne"), "age": 36}),
    ("Mme R. DURANDEL, EHPAD Les Ifs", {"names": ("R.", "DURANDEL")}),
    ("Nourrisson PETITOT Tom 6 semaines", {"names": ("PETITOT", "Tom"), "age": None, "age_months": None}),
    ("Bébé PETITOT Lou J12 3,4 kg", {"names": ("PETITOT", "Lou")}),
    # relatives
    ("Mme DURANDEL 06 39 98 12 34 (fille)", {"names": ("DURANDEL",), "phone": None}),
    ("M. DURANDEL et son fils Paul", {"names": ("DURANDEL",)}),
    (
        "Enfant DURANDEL Léa mère Anne 06 39 98 12 34 41 ans",
        {"names": ("DURANDEL", "Léa"), "phone": None, "age": None},
    ),
    ("son fils Paul 12 ans", {"names": (), "age": None}),
    ("Mère sous Lévothyrox", {"names": ()}),
    ("à prévenir : M. DURANDEL 06 39 98 12 34", {"names": (), "phone": None}),
    ("M. DURANDEL Louis accompagné de son épouse Anne", {"names": ("DURANDEL", "Louis")}),
]


@pytest.mark.parametrize(("text", "said"), SAID, ids=[text for text, _ in SAID])
def test_traits_of_a_line(text: str, said: dict[str, Any]) -> None:
    traits = traits_of_text(text, window=WINDOW)
    assert {name: getattr(traits, name) for name in said} == said


@pytest.mark.parametrize(
    "text",
    [
        "Mme le Dr Fontanelle",
        "Monsieur le Docteur RUISSEL",
        "Mme Petitot, infirmière",
        "M. Kerven kinésithérapeute",
        "Mère : Mme Petitot Anne",
        "son mari M. Petitot",
        "Madame, Monsieur,",
        "Patient vu ce jour",
        "Enfant vu ce jour",
        "Me revoir dans 8 jours",
        "Mme a bien dormi",
        "BB va bien",
        "Patient : toux depuis hier",
        "Concerne : renouvellement",
        "pour la nuit",
        "m 3/j",
    ],
)
def test_what_names_no_patient(text: str) -> None:
    assert not is_titled(text)


@pytest.mark.parametrize(
    "text",
    [
        "Mme Petitot",
        "Mme petitot",
        "NOM DURANDEL PRENOM Anne",
        "Nom Durandel né le 3/5/57",
        "mme petitot anne 45 ans",
        "Le 12/11/25 Mme Petitot",
        "pour M. Petitot",
        "Nom : Petitot",
        "Mme Petitot, infirmière, 45 ans",
    ],
)
def test_what_names_a_patient(text: str) -> None:
    assert is_titled(text)


@pytest.mark.parametrize(
    ("text", "birth", "contact"),
    [
        ("né(e) le 3 mai 1957", True, False),
        ("Âge : 45", True, False),
        ("31/02/1962", True, False),
        ("(1958)", True, False),
        ("18 mois", True, False),
        ("son fils 12 ans", False, False),
        ("QSP 3 mois", False, False),
        ("Tél : 06 39 98 12 34", False, True),
        ("3 rue du Lavoir 35997 Brizeval", False, True),
        ("Sexe : F  Âge : 45", False, True),
        ("Ramipril 5 mg", False, False),
        ("TA 12/8", False, False),
        ("80000 UI", False, False),
        ("10 cours de kiné", False, False),
        ("1 voie orale", False, False),
        ("7 impasse des Ifs", False, True),
    ],
)
def test_lines_that_go_on_with_an_identity(text: str, birth: bool, contact: bool) -> None:
    assert (is_birth(text), is_contact(text)) == (birth, contact)


def test_ten_thousand_line_ends_take_no_time() -> None:
    began = process_time()
    traits_of_text("\n" * 10_000)
    assert process_time() - began < 2.0  # 0.05 s; the time grew with the square of the line ends once
