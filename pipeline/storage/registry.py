"""The practice's own data, as imported: patients, doctors, agenda and records before the outage."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any, TypeVar

from sqlalchemy import Table, select

from pipeline.domain.identity import Appointment, Doctor, Patient
from pipeline.domain.record import PatientRecord
from pipeline.domain.registry import ImportReport
from pipeline.storage.codec import from_json, to_json
from pipeline.storage.engine import upsert
from pipeline.storage.identities import Identities
from pipeline.storage.name_words import days_in, folded_words
from pipeline.storage.schema import appointments, doctors, patients, records

T = TypeVar("T")


class Registry(Identities):
    """Who the papers may be about, and what was known of them."""

    def import_doctors(self, imported: Iterable[Doctor]) -> ImportReport:
        """Add or update doctors by their RPPS number, or by name where there is none."""
        return self._import(
            doctors, {doctor.rpps or doctor.name: {"payload": to_json(doctor)} for doctor in imported}
        )

    def import_appointments(self, imported: Iterable[Appointment]) -> ImportReport:
        """Add or update appointments by patient, doctor and time; the cancelled ones stay, marked.

        An hour that one file says both is cancelled and stands (booked again) stands.
        """
        agenda: dict[str, Appointment] = {}
        for item in imported:
            key = to_json((item.patient_id, item.doctor, item.start.isoformat()), tuple[str, str, str])
            if key not in agenda or not item.cancelled:
                agenda[key] = item
        report = self._import(appointments, {key: {"payload": to_json(item)} for key, item in agenda.items()})
        return replace(report, cancelled=sum(item.cancelled for item in agenda.values()))

    def import_records(self, imported: Iterable[PatientRecord]) -> ImportReport:
        """Add or update records by their patient's id."""
        return self._import(records, {record.patient_id: {"payload": to_json(record)} for record in imported})

    def _import(self, table: Table, rows: Mapping[str, dict[str, Any]]) -> ImportReport:
        with self._database.writing() as connection:
            known = {row.id: row.payload for row in connection.execute(select(table.c.id, table.c.payload))}
            changed = [
                {"id": key, **row} for key, row in sorted(rows.items()) if known.get(key) != row["payload"]
            ]
            if changed:
                connection.execute(upsert(connection, table, key="id"), changed)
        added = len(rows.keys() - known.keys())
        return ImportReport(added, len(changed) - added, len(rows) - len(changed))

    def patients(self) -> list[Patient]:
        """Return everybody, in the order of their ids."""
        return self._all(patients, Patient)

    def patient_ids(self) -> frozenset[str]:
        """Return everybody's key."""
        with self._database.reading() as connection:
            return frozenset(connection.execute(select(patients.c.id)).scalars())

    def doctors(self) -> list[Doctor]:
        """Return the practice's prescribers."""
        return self._all(doctors, Doctor)

    def appointments(self) -> list[Appointment]:
        """Return the agenda, by time."""
        return sorted(self._all(appointments, Appointment), key=lambda item: item.start.isoformat())

    def records(self) -> dict[str, PatientRecord]:
        """Return all records by patient id."""
        return {record.patient_id: record for record in self._all(records, PatientRecord)}

    def patient(self, patient_id: str) -> Patient | None:
        """Return one patient."""
        return self._one(patients, Patient, patient_id)

    def named(self, patient_ids: Iterable[str]) -> dict[str, Patient]:
        """Return those of these patients that are in the registry, by id, in one query."""
        query = select(patients.c.id, patients.c.payload).where(patients.c.id.in_(set(patient_ids)))
        with self._database.reading() as connection:
            return {row.id: from_json(Patient, row.payload) for row in connection.execute(query)}

    def record(self, patient_id: str) -> PatientRecord | None:
        """Return one patient's record."""
        return self._one(records, PatientRecord, patient_id)

    def _all(self, table: Table, kind: type[T]) -> list[T]:
        with self._database.reading() as connection:
            texts = connection.execute(select(table.c.payload).order_by(table.c.id)).scalars()
            return [from_json(kind, text) for text in texts]

    def _one(self, table: Table, kind: type[T], key: str) -> T | None:
        with self._database.reading() as connection:
            text = connection.execute(select(table.c.payload).where(table.c.id == key)).scalar()
            return None if text is None else from_json(kind, text)

    def search(self, text: str, limit: int = 20) -> list[Patient]:
        """Return patients of whom every word typed starts a name, or is the birth date.

        Args:
            text: as typed: "dup mar", "12/03/1950", "lefevre 1950-03-12"; case and accents aside.
            limit: how many at most.
        """
        days, rest = days_in(text)
        words = folded_words(rest)
        if not days and not words:
            return []
        query = select(patients.c.payload).order_by(patients.c.words, patients.c.id).limit(limit)
        for word in words:
            query = query.where(patients.c.words.contains(f" {word}", autoescape=True))
        for day in days:
            query = query.where(patients.c.birth_date == day)
        with self._database.reading() as connection:
            return [from_json(Patient, text) for text in connection.execute(query).scalars()]
