from __future__ import annotations

from itertools import pairwise

import pytest

from pipeline.domain.errors import BadRegistry, UsageError
from pipeline.domain.registry import PATIENT_FIELDS
from pipeline.matching.registry_headings import (
    IGNORED,
    KINDS,
    columns,
    field_named,
    heading_key,
    kind_of,
    known_headings,
    missing,
    named_kind,
    teach,
    without,
)


@pytest.mark.parametrize(
    ("heading", "field"),
    [
        ("Nom de naissance", "birth_name"),
        ("NOM_NAISSANCE", "birth_name"),
        ("Nom d'usage", "family_name"),
        ("Nom d’usage", "family_name"),
        ("Nom utilisé", "family_name"),
        ("Prénoms", "given_names"),
        ("Prénom(s)", "given_names"),
        ("Prénom utilisé", "used_given_name"),
        ("1er prénom de naissance", "first_given_name"),
        ("Date de naissance", "birth_date"),
        ("dateNaissance", "birth_date"),
        ("DDN", "birth_date"),
        ("Né(e) le", "birth_date"),
        ("Sexe", "sex"),
        ("Civilité", "title"),
        ("N° SS", "nir"),
        ("N°SS", "nir"),
        ("Nº de sécurité sociale", "nir"),
        ("NIR", "nir"),
        ("INS", "ins"),
        ("Matricule INS", "ins"),
        ("OID INS", "ins_oid"),
        ("Lieu de naissance", "birth_place"),
        ("Code INSEE naissance", "birth_place_insee"),
        ("Adresse", "address"),
        ("CP", "postal_code"),
        ("Code postal", "postal_code"),
        ("Ville", "city"),
        ("Tél", "phone"),
        ("Tél.", "phone"),
        ("Portable", "mobile"),
        ("Médecin traitant", "treating_doctor"),
        ("N° dossier", "patient_id"),
        ("Dossier patient", "patient_id"),
        ("Sexe du patient", "sex"),
        ("Date de naissance INS", "birth_date"),
        ("Email", ""),
        ("", ""),
    ],
)
def test_what_french_practice_programs_head_their_columns(heading: str, field: str) -> None:
    assert columns([heading], "patients").fields == (field,)


@pytest.mark.parametrize(
    ("headings", "fields"),
    [
        (["Nom", "Nom de naissance"], ("family_name", "birth_name")),
        (["Nom", "Nom d'usage"], ("birth_name", "family_name")),
        (["Nom d'usage", "Nom"], ("family_name", "birth_name")),
        (["Nom", "Nom d'usage", "Nom de naissance"], ("", "family_name", "birth_name")),
        (["Prénom", "Prénoms"], ("used_given_name", "given_names")),
        (["Prénom", "Prénom utilisé"], ("given_names", "used_given_name")),
        (["Adresse", "Adresse"], ("address", "")),
    ],
)
def test_a_heading_may_mean_another_field_beside_a_second_one(
    headings: list[str], fields: tuple[str, ...]
) -> None:
    found = columns(headings, "patients")
    assert found.fields == fields
    assert len(found.left_out) == fields.count("")


def test_what_a_person_taught_comes_first_and_can_leave_a_column_out() -> None:
    taught = {heading_key("Nom jeune épouse"): "family_name", "nom": "birth_name", "email": IGNORED}
    found = columns(["NOM", "Nom d'usage", "Nom jeune épouse", "Email", "Lit"], "patients", taught)
    assert found.fields == ("birth_name", "", "family_name", "", "")
    assert found.left_out == ("Nom d'usage", "Lit")
    assert found.learned == {"NOM": "birth_name", "Nom jeune épouse": "family_name", "Email": IGNORED}


def test_no_heading_stands_for_two_fields() -> None:
    for kind in KINDS:
        keys = sorted(heading_key(word) for words in known_headings(kind).values() for word in set(words))
        repeated = {one for one, other in pairwise(keys) if one == other}
        for key in repeated:
            homes = [n for n, words in known_headings(kind).items() if key in map(heading_key, words)]
            assert len(homes) == 1, (kind, key, homes)


def test_every_field_of_a_patient_can_be_imported() -> None:
    assert {"patient_id", *PATIENT_FIELDS} <= set(known_headings("patients"))


@pytest.mark.parametrize(
    ("headings", "name", "kind"),
    [
        (["N° dossier", "Nom", "Prénom", "DDN"], "export.csv", "patients"),
        (["N° dossier", "Nom", "Prénom", "Date", "Heure", "Médecin"], "export.csv", "appointments"),
        (["N° dossier", "Nom", "Date", "Heure", "Médecin"], "patients.csv", "patients"),
        (["Nom", "RPPS"], "x.csv", "doctors"),
        (["Nom", "Prénom", "DDN"], "x.csv", "patients"),
        (["Praticien", "Motif"], "x.csv", "appointments"),
    ],
)
def test_what_a_file_holds_is_seen_from_its_columns(headings: list[str], name: str, kind: str) -> None:
    assert kind_of(headings, name, {}) == kind


def test_names_of_files() -> None:
    names = ("Export patients 2025.csv", "RDV.csv", "doctors.csv", "records.json", "x.csv")
    assert [named_kind(name) for name in names] == ["patients", "appointments", "doctors", "records", ""]


def test_a_missing_column_is_told_in_words_with_what_was_found() -> None:
    found = columns(["Nom", "Lit"], "patients")
    lacking = missing(found, "patients")
    assert lacking == ("patient_id",)
    told = without(found, "patients", "x.csv", lacking)
    assert "numéro du dossier" in told and "« Nom », « Lit »" in told and "--map" in told


def test_a_first_line_that_holds_somebody_is_not_quoted() -> None:
    with pytest.raises(BadRegistry) as caught:
        kind_of(["P1", "VOSGES", "Ida", "12/03/1957"], "x.csv", {})
    assert "VOSGES" not in str(caught.value) and "titres" in str(caught.value)


def test_a_mapping_names_a_field_by_name_label_or_known_heading() -> None:
    assert teach(["Nom = jf=birth_name"]) == {"nomjf": ("Nom = jf", "birth_name")}
    for name in ("birth_name", "nom de naissance", "Birth name", "Nom patronymique"):
        assert field_named(name, "patients") == "birth_name"
    assert field_named("-", "patients") == "-"
    assert field_named("couleur", "patients") is None
    for bad in ("Nom", "=birth_name", " =x"):
        with pytest.raises(UsageError):
            teach([bad])
