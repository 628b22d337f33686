"""The registry's people over time: who they are by the newest import, and who they were before."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, fields
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, insert, select, text

from pipeline.domain.errors import BadRegistry
from pipeline.domain.identity import Patient
from pipeline.domain.registry import (
    PATIENT_FIELDS,
    Change,
    FormerIdentity,
    ImportReport,
    PastImport,
    changed_fields,
    strict_traits,
    updated,
)
from pipeline.storage.codec import from_json, to_json
from pipeline.storage.engine import Database, upsert
from pipeline.storage.name_words import folded_words, name_words
from pipeline.storage.schema import former_patients, patient_imports, patients, taught_headings

_FEW = 10
"""Rows from which new keys of known people are no chance."""

RENUMBERED = (
    "la plupart de ces personnes sont déjà au registre sous un autre numéro : est-ce la bonne colonne ? "
    "Rien n'a été importé ; --force importe quand même "
    "/ most of these people are in the registry already under other keys: is this the right column? "
    "Nothing was imported; --force imports all the same"
)


@dataclass(slots=True)
class _Plan:
    """What an import will write; `seen` = the strict traits of those who were known before."""

    rows: list[dict[str, Any]] = field(default_factory=list)
    former: list[dict[str, str]] = field(default_factory=list)
    new: list[str] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    unchanged: int = 0
    seen: dict[Any, str] = field(default_factory=dict)


class Identities:
    """Imports of patients; the state before each is kept for good, and nobody is ever removed."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def import_patients(
        self,
        imported: Iterable[Patient],
        *,
        said: frozenset[str] = frozenset(PATIENT_FIELDS),
        unusable: Mapping[str, frozenset[str]] | None = None,
        file_name: str = "",
        at: datetime | None = None,
        step: Callable[[], None] | None = None,
        force: bool = False,
    ) -> ImportReport:
        """Add or update patients by their id, all or none.

        Args:
            imported: one a key; of two the last counts.
            said: the fields that the file speaks of; all others stay as they are known.
            unusable: by id, fields whose value could not be used; they stay as well.
            file_name: for the history.
            at: when, with a time zone; None = now.
            step: called once a patient.
            force: import even what would put most people in twice.

        Raises:
            BadRegistry: the same people stand there under other keys.
        """
        wanted = {patient.patient_id: patient for patient in imported}
        unusable = unusable or {}
        plan = _Plan()
        with self._database.writing() as connection:
            if connection.dialect.name == "postgresql":
                # Two imports at once would both keep the same state as the former one.
                connection.execute(text("LOCK TABLE patients IN SHARE ROW EXCLUSIVE MODE"))
            known = _known(connection)
            for key in sorted(wanted):
                _plan_one(plan, known.get(key), wanted[key], said, unusable.get(key, frozenset()))
                if step:
                    step()
            missing = tuple(sorted(known.keys() - wanted.keys()))
            alike = _alike(plan, wanted, (known[key] for key in missing))
            if not force and _is_renumbered(plan, alike):
                raise BadRegistry(RENUMBERED)
            report = ImportReport(
                added=len(plan.new),
                updated=len(plan.changes),
                unchanged=plan.unchanged,
                new=tuple(plan.new),
                changes=tuple(plan.changes),
                missing=missing,
                alike=alike,
            )
            _write(connection, plan, report, file_name, at or datetime.now(UTC))
        return report

    def former(self, patient_id: str) -> list[FormerIdentity]:
        """Return who a patient was before, oldest first."""
        query = (
            select(former_patients.c.payload, patient_imports.c.at, patient_imports.c.file_name)
            .join(patient_imports, patient_imports.c.id == former_patients.c.import_id)
            .where(former_patients.c.patient_id == patient_id)
            .order_by(former_patients.c.id)
        )
        with self._database.reading() as connection:
            return [
                FormerIdentity(from_json(Patient, row.payload), row.at, row.file_name)
                for row in connection.execute(query)
            ]

    def imports(self) -> list[PastImport]:
        """Return all imports of patients, oldest first."""
        wanted = [patient_imports.c[one.name] for one in fields(PastImport)]
        with self._database.reading() as connection:
            found = connection.execute(select(*wanted).order_by(patient_imports.c.id))
            return [PastImport(*row) for row in found]

    def teach(self, kind: str, headings: Mapping[str, tuple[str, str]], at: datetime) -> None:
        """Remember headings: as compared -> (as written, field); a later word replaces an earlier one."""
        rows = [
            {"id": f"{kind} {key}", "kind": kind, "heading": heading, "field": name, "at": at}
            for key, (heading, name) in sorted(headings.items())
        ]
        if rows:
            with self._database.writing() as connection:
                connection.execute(upsert(connection, taught_headings, key="id"), rows)

    def taught(self) -> dict[str, dict[str, tuple[str, str]]]:
        """Return what was taught: kind -> heading as compared -> (as written, field)."""
        found: dict[str, dict[str, tuple[str, str]]] = {}
        with self._database.reading() as connection:
            for row in connection.execute(select(taught_headings).order_by(taught_headings.c.id)):
                key = row.id.removeprefix(f"{row.kind} ")
                found.setdefault(row.kind, {})[key] = (row.heading, row.field)
        return found


def _known(connection: Connection) -> dict[str, str]:
    return {row.id: row.payload for row in connection.execute(select(patients.c.id, patients.c.payload))}


def _plan_one(
    plan: _Plan, stored: str | None, imported: Patient, said: frozenset[str], unusable: frozenset[str]
) -> None:
    if stored is None:
        plan.new.append(imported.patient_id)
        plan.rows.append(_row(imported))
        return
    before = from_json(Patient, stored)
    _remember(plan, before)
    after = updated(before, imported, said=said, unusable=unusable)
    if differing := changed_fields(before, after):
        plan.changes.append(Change(after.patient_id, differing))
        plan.former.append({"patient_id": after.patient_id, "payload": stored})
        plan.rows.append(_row(after))
    else:
        plan.unchanged += 1


def _remember(plan: _Plan, known: Patient) -> None:
    if traits := strict_traits(known, _fold):
        plan.seen.setdefault(traits, known.patient_id)


def _alike(plan: _Plan, wanted: Mapping[str, Patient], missing: Iterable[str]) -> tuple[tuple[str, str], ...]:
    """Return the new keys whose strict traits somebody has who was known before, with the key of that one."""
    if not plan.new:
        return ()
    for stored in missing:
        _remember(plan, from_json(Patient, stored))
    found = ((key, strict_traits(wanted[key], _fold)) for key in plan.new)
    return tuple((key, plan.seen[traits]) for key, traits in found if traits in plan.seen)


def _is_renumbered(plan: _Plan, alike: tuple[tuple[str, str], ...]) -> bool:
    """Tell whether most rows are new keys of known people: another column was taken for the key."""
    rows = len(plan.new) + len(plan.changes) + plan.unchanged
    return rows >= _FEW and 2 * len(alike) > rows


def _fold(name: str) -> str:
    return "".join(folded_words(name))


def _row(patient: Patient) -> dict[str, Any]:
    return {
        "id": patient.patient_id,
        "birth_date": patient.birth_date,
        "words": "".join(f" {word}" for word in name_words(patient)),
        "payload": to_json(patient),
    }


def _write(connection: Connection, plan: _Plan, report: ImportReport, file_name: str, at: datetime) -> None:
    made = connection.execute(
        insert(patient_imports).returning(patient_imports.c.id),
        {
            "at": at,
            "file_name": file_name,
            "added": report.added,
            "updated": report.updated,
            "unchanged": report.unchanged,
            "missing": len(report.missing),
        },
    ).scalar_one()
    if plan.rows:
        connection.execute(upsert(connection, patients, key="id"), plan.rows)
    if plan.former:
        connection.execute(insert(former_patients), [{**row, "import_id": made} for row in plan.former])
