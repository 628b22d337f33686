"""Laws of importing people: twice is once, order is nothing where files agree, and no value is ever lost."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping
from dataclasses import fields, replace
from datetime import date

from hypothesis import example, given, settings
from hypothesis import strategies as st

from pipeline.domain.identity import Patient
from pipeline.domain.registry import PATIENT_FIELDS, PatientFile, updated
from pipeline.export.patients import patient_rows
from pipeline.export.resources import read_resources
from pipeline.matching.registry import CsvFile
from pipeline.matching.registry_headings import columns
from pipeline.matching.registry_people import read_people
from pipeline.matching.registry_table import table_of
from pipeline.storage.engine import Database, make_engine
from pipeline.storage.identities import Identities
from pipeline.storage.schema import metadata

words = st.text("abcé' -;,\"\n", max_size=6).map(str.strip)
optional = st.none() | words.filter(bool)
people = st.builds(
    Patient,
    patient_id=st.sampled_from(["1", "2", "3"]),
    family_name=st.sampled_from(["VOSGES", "LE GOFF"]),
    birth_name=st.sampled_from([None, "VOSGES", "ALBAREDE"]),
    given_names=st.sampled_from(["", "Ida", "Ida Zoé"]),
    sex=st.sampled_from([None, "F", "M"]),
    birth_date=st.none() | st.dates(date(1950, 1, 1), date(1950, 1, 3)),
    phone=optional,
    city=st.sampled_from([None, "Brest", "Rennes"]),
    postal_code=st.sampled_from([None, "29200", "35000"]),
)
registries = st.lists(people, max_size=3, unique_by=lambda one: one.patient_id)
speech = st.frozensets(st.sampled_from(PATIENT_FIELDS)).map(lambda said: said | {"family_name"})


def empty() -> Identities:
    database = Database(make_engine("sqlite://"))
    metadata.create_all(database.engine)
    return Identities(database)


def states(store: Identities, key: str) -> list[Patient]:
    return [one.patient for one in store.former(key)]


def current(store: Identities) -> dict[str, Patient]:
    """Read everybody back: an import of nobody names all as missing, one of a stranger changes none."""
    found = {}
    for key in store.import_patients([]).missing:
        before = len(states(store, key))
        store.import_patients([Patient(key, "?")], said=frozenset({"family_name"}))
        found[key] = states(store, key)[before]
        store.import_patients([found[key]])
    return found


@settings(max_examples=60, deadline=None)
@given(registries, st.lists(st.tuples(registries, speech), max_size=3))
def test_the_same_file_twice_is_the_same_as_once(
    first: list[Patient], later: list[tuple[list[Patient], frozenset[str]]]
) -> None:
    store = empty()
    store.import_patients(first)
    for registry, said in later:
        store.import_patients(registry, said=said)
        again = store.import_patients(registry, said=said)
        assert (again.added, again.updated, again.unchanged) == (0, 0, len(registry))


@settings(max_examples=60, deadline=None)
@given(st.lists(registries, min_size=1, max_size=4))
def test_history_and_present_together_hold_every_value_ever_imported(files: list[list[Patient]]) -> None:
    store = empty()
    seen: set[tuple[str, str, object]] = set()
    for registry in files:
        store.import_patients(registry)
        seen |= {(one.patient_id, name, getattr(one, name)) for one in registry for name in PATIENT_FIELDS}
    kept = {
        (key, name, getattr(state, name))
        for key, present in current(store).items()
        for state in (present, *states(store, key))
        for name in PATIENT_FIELDS
    }
    assert seen <= kept


@settings(max_examples=60, deadline=None)
@given(registries, registries)
def test_files_that_speak_of_different_people_may_come_in_any_order(
    first: list[Patient], second: list[Patient]
) -> None:
    second = [replace(one, patient_id=f"x{one.patient_id}") for one in second]
    stores = []
    for files in ((first, second), (second, first), ([*second, *first[::-1]],)):
        store = empty()
        for registry in files:
            store.import_patients(registry)
        stores.append(current(store))
    assert stores[0] == stores[1] == stores[2]


@given(people, people, speech, speech)
def test_files_that_speak_of_different_fields_may_come_in_any_order(
    known: Patient, imported: Patient, one: frozenset[str], other: frozenset[str]
) -> None:
    known = Patient("1", imported.family_name)
    other -= one - {"family_name"}
    imported = replace(imported, patient_id="1")
    there = updated(updated(known, imported, said=one), imported, said=other)
    back = updated(updated(known, imported, said=other), imported, said=one)
    assert there == back


HEADINGS = {
    "patient_id": "N° dossier",
    "family_name": "Nom d'usage",
    "birth_name": "Nom de naissance",
    "given_names": "Prénoms",
    "sex": "Sexe",
    "birth_date": "Date de naissance",
    "phone": "Tél",
    "postal_code": "CP",
    "city": "Ville",
}


@settings(max_examples=200, deadline=None)
@example([Patient("1", "VOSGES", phone=";\n;")], [*list(HEADINGS)[6:], *list(HEADINGS)[:6]], ",", False)
@given(registries, st.permutations(list(HEADINGS)), st.sampled_from(",;\t|"), st.booleans())
def test_what_is_written_as_csv_is_read_back_in_any_order_of_columns(
    registry: list[Patient], order: list[str], delimiter: str, quoted: bool
) -> None:
    text = io.StringIO(newline="")
    quoting = csv.QUOTE_ALL if quoted else csv.QUOTE_MINIMAL
    writer = csv.writer(text, delimiter=delimiter, quoting=quoting)
    writer.writerow([HEADINGS[name] for name in order])
    for one in registry:
        writer.writerow([getattr(one, name) or "" for name in order])
    found = read(text.getvalue())
    assert list(found.patients) == [
        replace(one, phone=one.phone.replace("\n", " ")) if one.phone else one for one in registry
    ]
    assert not found.problems and not found.left_out


def read(text: str) -> PatientFile:
    table = table_of(text, "x.csv")
    return CsvFile("patients", table, columns(table.headings, "patients")).people()


def french(one: Patient) -> dict[str, object]:
    """Write a patient as the French profile does."""
    official = {"use": "official", "family": one.birth_name, "given": one.given_names.split()}
    return {
        "resourceType": "Patient",
        "id": f"not-{one.patient_id}",
        "identifier": [{"type": {"coding": [{"code": "PI"}]}, "value": one.patient_id}],
        "name": [{"use": "usual", "family": one.family_name}, official],
        "gender": {"F": "female", "M": "male", None: "unknown"}[one.sex],
        "birthDate": one.birth_date and one.birth_date.isoformat(),
        "telecom": [{"system": "phone", "value": one.phone}],
        "address": [{"city": one.city, "postalCode": one.postal_code}],
    }


@settings(max_examples=100, deadline=None)
@given(registries, st.booleans())
def test_the_same_people_are_the_same_from_fhir(registry: list[Patient], by_line: bool) -> None:
    rows = [json.dumps(french(one), ensure_ascii=False) for one in registry]
    entries = ",".join(f'{{"resource": {row}}}' for row in rows)
    text = "\n".join(rows) if by_line and rows else f'{{"resourceType": "Bundle", "entry": [{entries}]}}'
    found = read_people(patient_rows(read_resources(text, "x.json")))
    spaced = [replace(one, phone=" ".join((one.phone or "").split()) or None) for one in registry]
    assert list(found.patients) == spaced and not found.problems


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=60))
def test_any_cell_makes_a_patient_or_a_problem_that_does_not_quote_it(cell: str) -> None:
    for name in (
        "sex",
        "birth_date",
        "ins",
        "nir",
        "ins_oid",
        "city",
        "postal_code",
        "address",
        "birth_place",
    ):
        row: Mapping[str, str] = {"patient_id": "1", "family_name": "A", name: cell.strip()}
        found = read_people([(2, row)])
        assert len(found.patients) == 1
        said = " ".join(problem.message + problem.message_en for problem in found.problems)
        if len(cell.strip()) > 3 and any(map(str.isdigit, cell)):
            assert cell.strip() not in said


def test_patients_have_no_field_that_these_laws_forget() -> None:
    assert len(PATIENT_FIELDS) == len(fields(Patient)) - 1
