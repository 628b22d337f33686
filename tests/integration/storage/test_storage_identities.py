"""Who the registry's people are, who they were before, and what an import says of it; on both databases."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from storage_samples import NOW

from pipeline.domain.errors import BadRegistry
from pipeline.domain.identity import Patient
from pipeline.domain.registry import Change, ImportReport
from pipeline.storage.store import Store

IDA = Patient("P1", "VOSGES", "ALBAREDE", "Ida Zoé", "F", date(1955, 8, 3), ins="2550814168025", phone="02 1")
NOE = Patient("P2", "BRISSAC", None, "Noé", "M", date(1950, 3, 12), city="Brest", postal_code="29200")


def test_an_import_says_what_changed_field_by_field_and_removes_nothing(store: Store) -> None:
    registry = store.registry
    assert registry.import_patients([IDA, NOE]) == ImportReport(2, 0, 0, new=("P1", "P2"))
    assert registry.import_patients([NOE, IDA]) == ImportReport(0, 0, 2)
    moved, new = replace(NOE, city="Trifouillis", phone="06"), Patient("P4", "Neuf")
    report = registry.import_patients([moved, new])
    assert report == ImportReport(
        1, 1, 0, new=("P4",), changes=(Change("P2", ("phone", "city")),), missing=("P1",)
    )
    assert registry.patients() == [IDA, moved, new]
    assert registry.patient("P2") == moved
    assert registry.patient("P9") is None


def test_who_somebody_was_before_can_be_read_with_day_and_file(store: Store) -> None:
    registry = store.registry
    states = [replace(IDA, family_name=name) for name in ("VOSGES", "MARTEL", "VOSGES")]
    for days, state in enumerate(states):
        registry.import_patients([state], file_name=f"{days}.csv", at=NOW + timedelta(days=days))
        registry.import_patients([state], file_name="again.csv", at=NOW + timedelta(days=days))
    former = registry.former("P1")
    assert [one.patient for one in former] == states[:2]
    assert [(one.until, one.file_name) for one in former] == [
        (NOW + timedelta(days=1), "1.csv"),
        (NOW + timedelta(days=2), "2.csv"),
    ]
    assert registry.patient("P1") == states[2] and registry.former("P2") == []


def test_what_a_file_does_not_say_or_says_unusably_stays(store: Store) -> None:
    registry = store.registry
    registry.import_patients([IDA, NOE])
    poor = [Patient("P1", "VOSGES", phone="02 2"), Patient("P2", "BRISSAC", phone=None)]
    report = registry.import_patients(
        poor, said=frozenset({"family_name", "phone", "ins"}), unusable={"P1": frozenset({"ins"})}
    )
    assert report.changes == (Change("P1", ("phone",)),)
    assert registry.patients() == [replace(IDA, phone="02 2"), NOE]


def test_the_postal_code_of_a_town_that_somebody_left_is_not_kept(store: Store) -> None:
    registry = store.registry
    registry.import_patients([NOE])
    registry.import_patients([replace(NOE, city="BREST")], said=frozenset({"city"}))
    assert registry.patients()[0].postal_code == "29200"
    registry.import_patients([replace(NOE, city="Quimper")], said=frozenset({"city"}))
    found = registry.patients()[0]
    assert (found.city, found.postal_code) == ("Quimper", None)
    assert [one.patient.postal_code for one in registry.former("P2")] == ["29200", "29200"]


def test_a_row_of_an_older_version_that_says_the_same_is_unchanged(store: Store) -> None:
    with store._database.writing() as connection:
        old = '[{"patient_id": "P9", "family_name": "Neuf", "city": "Brest"}]'
        connection.execute(
            text("INSERT INTO patients (id, words, payload) VALUES ('P9', ' neuf', :old)"), {"old": old}
        )
    assert store.registry.import_patients([Patient("P9", "Neuf", city="Brest")]) == ImportReport(0, 0, 1)
    assert store.registry.former("P9") == []


def test_a_new_key_of_somebody_known_is_told(store: Store) -> None:
    store.registry.import_patients([IDA, NOE])
    twin = replace(IDA, patient_id="P8", given_names="Éva")
    again = replace(IDA, patient_id="P9", family_name="MARTEL", birth_name="Albarède", given_names="IDA")
    assert store.registry.import_patients([IDA, again, twin]).alike == (("P9", "P1"),)
    again = replace(NOE, patient_id="P7")
    assert store.registry.import_patients([again]).alike == (("P7", "P2"),)


def test_a_file_with_other_keys_for_the_same_people_is_refused(store: Store) -> None:
    people = [replace(IDA, patient_id=f"{n:04}", birth_date=date(1955, 8, 1 + n)) for n in range(20)]
    shortened = [replace(one, patient_id=str(int(one.patient_id))) for one in people]
    store.registry.import_patients(people)
    with pytest.raises(BadRegistry, match="--force"):
        store.registry.import_patients(shortened)
    assert len(store.registry.patients()) == 20
    assert store.registry.import_patients(people[:9]).unchanged == 9
    assert store.registry.import_patients(shortened, force=True).added == 20


def test_imports_at_the_same_time_lose_no_state(store: Store) -> None:
    store.registry.import_patients([IDA])
    states = [replace(IDA, city=f"Ville {n}") for n in range(6)]
    with ThreadPoolExecutor(3) as pool:
        list(pool.map(lambda state: store.registry.import_patients([state]), states))
    kept = [one.patient for one in store.registry.former("P1")] + store.registry.patients()
    assert len(kept) == 7 and set(kept) == {IDA, *states}


def test_what_was_cannot_be_rewritten(store: Store) -> None:
    store.registry.import_patients([IDA])
    store.registry.import_patients([replace(IDA, city="Brest")])
    for statement in (
        "UPDATE former_patients SET payload = ''",
        "DELETE FROM former_patients",
        "DELETE FROM patient_imports",
    ):
        with pytest.raises(DBAPIError, match="append-only"), store._database.writing() as connection:
            connection.execute(text(statement))


def test_people_are_found_by_the_given_name_they_use(store: Store) -> None:
    store.registry.import_patients([replace(IDA, used_given_name="Lou")])
    assert [one.patient_id for one in store.registry.search("lou")] == ["P1"]


def test_headings_are_remembered_and_a_later_word_replaces_an_earlier_one(store: Store) -> None:
    registry = store.registry
    assert registry.taught() == {}
    registry.teach("patients", {"nomjf": ("Nom JF", "birth_name"), "lit": ("Lit", "city")}, NOW)
    registry.teach("doctors", {"nomjf": ("Nom JF", "name")}, NOW)
    registry.teach("patients", {"lit": ("LIT", "-")}, NOW)
    registry.teach("patients", {}, NOW)
    assert registry.taught() == {
        "patients": {"nomjf": ("Nom JF", "birth_name"), "lit": ("LIT", "-")},
        "doctors": {"nomjf": ("Nom JF", "name")},
    }
