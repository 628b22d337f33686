from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from storage_samples import NOW, posology

from pipeline.domain.errors import UsageError
from pipeline.domain.identity import Appointment, Doctor, Patient
from pipeline.domain.people import User
from pipeline.domain.record import PatientRecord, RecordMedication
from pipeline.domain.review import Role
from pipeline.storage.store import Store

PATIENTS = [
    Patient("P1", "LEFÈVRE-D'ORVAL", "ŒUVRARD", "Anne-Élise Marie", "F", date(1950, 3, 12), ins="1" * 15),
    Patient("P2", "Lefebvre", None, "Jean", "M", date(1950, 3, 12)),
    Patient("P3", "100%_Nom", given_names="Zoé"),
]


def test_doctors_agenda_and_records_come_back_as_imported(store: Store) -> None:
    registry = store.registry
    doctors = [Doctor("Dr Solène Kervadec", "10990000018", "médecine générale"), Doctor("Dr Sans", "")]
    agenda = [
        Appointment("P1", "Dr Sans", datetime(2025, 11, 12, 9, 15), "toux"),
        Appointment("P1", "Dr Sans", datetime(2025, 11, 10, 9, 15)),
    ]
    record = PatientRecord("P1", (RecordMedication("Kardégic", "aas", posologies=(posology(),)),), ("iode",))
    for _ in range(2):
        registry.import_doctors(doctors)
        registry.import_appointments(agenda)
        registry.import_records([record])
    assert registry.doctors() == doctors
    assert registry.appointments() == agenda[::-1]
    assert registry.records() == {"P1": record}
    assert registry.record("P1") == record
    assert registry.record("P2") is None


def test_a_cancelled_appointment_stays_and_booked_again_it_stands(store: Store) -> None:
    registry = store.registry
    booked = Appointment("P1", "Dr Sans", datetime(2025, 11, 12, 9, 15), "toux")
    cancelled = replace(booked, cancelled=True)
    registry.import_appointments([booked])
    report = registry.import_appointments([cancelled])
    assert (report.added, report.updated, report.cancelled) == (0, 1, 1)
    assert registry.appointments() == [cancelled]
    assert [one.cancelled for one in store.visits.facts().bookings] == [True]
    for lines in ([booked, cancelled], [cancelled, booked]):
        registry.import_appointments(lines)
        assert registry.appointments() == [booked]


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("lef", ["P2", "P1"]),
        ("LEFEVRE", ["P1"]),
        ("Orval ann", ["P1"]),
        ("oeuvr", ["P1"]),
        ("élise", ["P1"]),
        ("12/03/1950", ["P2", "P1"]),
        ("lefèv 1950-03-12", ["P1"]),
        ("12031950 jean", ["P2"]),
        ("99/99/1950", []),
        ("100%", ["P3"]),
        ("%", []),
        ("", []),
        ("fevre", []),
    ],
)
def test_people_are_found_by_the_start_of_a_name_or_the_birth_date(
    store: Store, typed: str, found: list[str]
) -> None:
    store.registry.import_patients(PATIENTS)
    assert [patient.patient_id for patient in store.registry.search(typed)] == found


def test_a_search_returns_at_most_so_many(store: Store) -> None:
    store.registry.import_patients(PATIENTS)
    assert len(store.registry.search("lef", limit=1)) == 1


def test_users_and_sessions(store: Store) -> None:
    people = store.people
    user = User("skervadec", "Dr Solène KERVADEC", Role.DOCTOR, "$argon2id$x", "Dr Solène Kervadec", True)
    people.add_user(user)
    with pytest.raises(UsageError):
        people.add_user(replace(user, password_hash="other"))
    assert people.users() == [user]
    people.set_password("skervadec", "$argon2id$y", must_change=False)
    people.set_language("skervadec", "en")
    changed = replace(user, password_hash="$argon2id$y", must_change=False, language="en")
    assert people.user("skervadec") == changed
    assert people.user("nobody") is None
    with pytest.raises(KeyError):
        people.set_language("nobody", "fr")

    people.open_session("hash", "skervadec", NOW + timedelta(hours=1))
    assert people.session_user("hash", NOW) == changed
    assert people.session_user("hash", NOW + timedelta(hours=1)) is None
    assert people.session_user("other", NOW) is None
    people.close_session("hash")
    assert people.session_user("hash", NOW) is None


def test_the_newest_report_of_a_kind_is_the_one_shown(store: Store) -> None:
    outbox = store.outbox
    assert outbox.latest_report("night") is None
    outbox.add_report("night", NOW + timedelta(days=1), {"pages": 2})
    outbox.add_report("night", NOW, {"pages": 1})
    outbox.add_report("other", NOW + timedelta(days=9), {"pages": 9})
    assert outbox.latest_report("night") == (NOW + timedelta(days=1), {"pages": 2})


def test_a_moment_without_a_time_zone_is_refused(store: Store) -> None:
    with pytest.raises(Exception, match="time zone"):
        store.outbox.add_report("night", datetime(2025, 11, 13), {})
