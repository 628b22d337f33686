"""Agenda, papers and what people signed of them, by their columns; whole outcomes are never loaded."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, and_, func, insert, select

from pipeline.domain.errors import Conflict
from pipeline.domain.identity import Appointment, Doctor, MatchAnswer, PatientMatch
from pipeline.domain.paper import PageKind
from pipeline.domain.reconciliation import (
    Booking,
    NoAppointment,
    NoPaper,
    Paper,
    VisitDecision,
    Whose,
    standing_word,
)
from pipeline.domain.review import IdentityDecision
from pipeline.storage.codec import from_json
from pipeline.storage.engine import Database
from pipeline.storage.papers import is_pending
from pipeline.storage.review import lock
from pipeline.storage.schema import appointments, doctors, failures, outcomes, pages, visit_decisions
from pipeline.storage.tally import current_patients, originals, settled

Subject = tuple[str, str]
MOST_LIKELY = 3
LEAST_LIKELY = 0.1
"""Probability from which a candidate of an open question is shown beside an appointment."""


@dataclass(frozen=True, slots=True)
class VisitFacts:
    """One snapshot of all that reconciling needs.

    Attributes:
        doctors: names of the practice's.
        pending: pages that are still to be read; they are no papers yet.
        unopened: files of which no page could be taken in.
    """

    bookings: tuple[Booking, ...]
    papers: tuple[Paper, ...]
    decisions: tuple[VisitDecision, ...]
    doctors: tuple[str, ...]
    pending: int
    unopened: int


class Visits:
    """What has an appointment, what has paper; what a person says of it is only ever added."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def facts(self) -> VisitFacts:
        """Return the agenda, the papers that count, and everything that was said."""
        with self._database.reading() as connection:
            rows = connection.execute(select(visit_decisions).order_by(visit_decisions.c.id))
            unopened = select(func.count(failures.c.scan_sha256.distinct())).where(
                failures.c.retried_at.is_(None), failures.c.page_number.is_(None)
            )
            return VisitFacts(
                bookings=_bookings(connection),
                papers=(*_read_papers(connection), *_unread_papers(connection)),
                decisions=tuple(decision_of(row) for row in rows),
                doctors=tuple(
                    from_json(Doctor, each).name
                    for each in connection.execute(select(doctors.c.payload)).scalars()
                ),
                pending=connection.execute(
                    select(func.count()).select_from(pages).where(is_pending())
                ).scalar_one(),
                unopened=connection.execute(unopened).scalar_one(),
            )

    def decide(
        self, decisions: Sequence[VisitDecision], *, seen: Mapping[Subject, int]
    ) -> list[VisitDecision]:
        """Store what a person said of an appointment, or of all pages of a visit: all of it or nothing.

        Args:
            decisions: with id 0.
            seen: for every subject the id of the newest decision that the person was shown, 0 = none.

        Returns:
            The decisions with their ids.

        Raises:
            Conflict: something was said since, the page or the appointment is somebody else's, or there is
                nothing to take back.
            KeyError: no such appointment or page.
        """
        with self._database.writing() as connection:
            return [self._decide(connection, decision, seen[decision.subject]) for decision in decisions]

    def _decide(self, connection: Connection, decision: VisitDecision, seen: int) -> VisitDecision:
        booking = _locked_booking(connection, decision.appointment_id)
        if decision.page_id is not None:
            lock(connection, decision.page_id)
            patient = _patient_of(connection, decision.page_id)
            if not decision.undo and patient != decision.patient_id:
                raise Conflict("the page is about somebody else by now")
        if booking is not None and decision.page_id is not None and booking.patient_id != decision.patient_id:
            raise Conflict("the appointment is somebody else's")
        said = _about(connection, decision)
        if (said[-1].id if said else 0) != seen:
            raise Conflict("somebody signed meanwhile")
        if decision.undo and standing_word(said) is None:
            raise Conflict("there is nothing to take back")
        row = {
            "appointment_id": decision.appointment_id,
            "page_id": decision.page_id,
            "reason": decision.reason,
            "note": decision.note,
            "patient_id": decision.patient_id,
            "by_user": decision.user,
            "role": decision.role,
            "at": decision.at,
            "undo": decision.undo,
        }
        stored = connection.execute(insert(visit_decisions).values(row).returning(visit_decisions.c.id))
        return replace(decision, id=stored.scalar_one())


def _bookings(connection: Connection) -> tuple[Booking, ...]:
    """Return the agenda: patient, doctor and time from its keys, and whether it is cancelled."""
    return tuple(
        booking_of(row.id, cancelled=from_json(Appointment, row.payload).cancelled)
        for row in connection.execute(select(appointments.c.id, appointments.c.payload))
    )


def booking_of(key: str, *, cancelled: bool = False) -> Booking:
    """Return the agenda's line that a key of `Registry.import_appointments` names."""
    ((patient_id, doctor, start),) = json.loads(key)
    # A time that names a zone is the practice's local time all the same.
    return Booking(key, patient_id, doctor, datetime.fromisoformat(start).replace(tzinfo=None), cancelled)


def _locked_booking(connection: Connection, key: str | None) -> Booking | None:
    if key is None:
        return None
    query = select(appointments.c.id).where(appointments.c.id == key).with_for_update()
    if connection.execute(query).first() is None:
        raise KeyError("appointment")
    return booking_of(key)


def _patient_of(connection: Connection, page_id: str) -> str | None:
    """Return whose a page is; None = nobody's yet, or it could not be read.

    Raises:
        KeyError: no such page.
    """
    if connection.execute(select(pages.c.seq).where(pages.c.id == page_id)).first() is None:
        raise KeyError(page_id)
    return current_patients(connection, page_id).get(page_id)


def _about(connection: Connection, decision: VisitDecision) -> list[VisitDecision]:
    query = select(visit_decisions).order_by(visit_decisions.c.id)
    if decision.page_id is not None:
        query = query.where(visit_decisions.c.page_id == decision.page_id)
    else:
        query = query.where(
            visit_decisions.c.page_id.is_(None), visit_decisions.c.appointment_id == decision.appointment_id
        )
    return [decision_of(row) for row in connection.execute(query)]


def decision_of(row: Any) -> VisitDecision:
    """Return a row of `visit_decisions` as its noun."""
    kind = NoPaper if row.page_id is None else NoAppointment
    return VisitDecision(
        id=row.id,
        appointment_id=row.appointment_id,
        page_id=row.page_id,
        reason=None if row.reason is None else kind(row.reason),
        user=row.by_user,
        role=row.role,
        at=row.at,
        note=row.note,
        patient_id=row.patient_id,
        undo=row.undo,
    )


def _read_papers(connection: Connection) -> list[Paper]:
    """Return the read pages that are papers: no blank sides, no copies."""
    said = settled(connection)
    patients = current_patients(connection, said=said)
    copies = originals(connection)
    query = select(
        outcomes.c.page_id,
        pages.c.seq,
        outcomes.c.kind,
        outcomes.c.written_on,
        outcomes.c.prescriber,
        outcomes.c.answer,
    ).join_from(outcomes, pages, pages.c.id == outcomes.c.page_id)
    counting = query.where(~outcomes.c.blank, outcomes.c.kind != PageKind.BLANK)
    rows = [row for row in connection.execute(counting) if row.page_id not in copies]
    # Only the answers of pages that still ask are opened.
    asking = select(outcomes.c.page_id, outcomes.c.match).where(outcomes.c.answer == MatchAnswer.ASK)
    matches = {row.page_id: row.match for row in connection.execute(asking) if row.page_id not in said}
    return [
        _read_paper(row, said.get(row.page_id), patients[row.page_id], matches.get(row.page_id))
        for row in rows
    ]


def _read_paper(row: Any, said: IdentityDecision | None, patient_id: str | None, match: str | None) -> Paper:
    likely, supposed = _likely(match)
    whose = Whose.KNOWN if patient_id else Whose.ASKED if said is None else Whose.ABSENT
    return Paper(
        row.page_id,
        row.seq,
        row.kind,
        row.written_on,
        row.prescriber,
        whose,
        patient_id,
        likely,
        supposed,
    )


def _likely(match: str | None) -> tuple[tuple[str, ...], bool]:
    """Return whom an unanswered question may be about, and whether the first is supposed to be it."""
    if match is None:
        return (), False
    opened = from_json(PatientMatch, match)
    likely = [each for each in opened.candidates[:MOST_LIKELY] if each.probability >= LEAST_LIKELY]
    return tuple(each.patient_id for each in likely), opened.supposed_id is not None


def _unread_papers(connection: Connection) -> list[Paper]:
    """Return the pages that failed: somebody has to look at them."""
    failed = and_(
        failures.c.scan_sha256 == pages.c.scan_sha256,
        failures.c.page_number == pages.c.number,
        failures.c.retried_at.is_(None),
    )
    query = (
        select(pages.c.id, pages.c.seq)
        .join_from(pages, failures, failed)
        .outerjoin(outcomes, outcomes.c.page_id == pages.c.id)
        .where(outcomes.c.page_id.is_(None))
        .distinct()
    )
    return [Paper(row.id, row.seq, None, whose=Whose.UNREAD) for row in connection.execute(query)]
