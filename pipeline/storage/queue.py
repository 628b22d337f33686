"""The queue: one row a read page, from a handful of queries however many pages there are."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, func, select

from pipeline.domain.identity import MatchAnswer
from pipeline.domain.paper import PageKind
from pipeline.domain.review import Severity, State
from pipeline.storage.schema import batches, outcomes, pages, scans
from pipeline.storage.tally import Tally, current_patients, originals, settled, tallies


@dataclass(frozen=True, slots=True)
class QueueRow:
    """One read page as the queue shows it.

    Attributes:
        page_id: the page.
        number: of the page in its file, from 1; `pages` is how many the file has.
        scan_name: the file's name when it first came.
        batch_id: the delivery that first brought it, at `received_at` (UTC).
        kind: what the page is.
        written_on: clinical date; None = none written.
        prescriber: as understood; None = not said.
        answer: the machine's, whose paper it is.
        patient_id: current patient: as people settled it, else as matched; None = nobody.
        settled: a person said whose paper it is.
        open: current proposals without a decision in force; then by what was decided.
        worst: the worst flag of the current proposals; None = no flag.
        duplicate_of: the page that shows the same sheet and came first; None = none, or told apart.
    """

    page_id: str
    number: int
    pages: int
    scan_name: str
    batch_id: str
    received_at: datetime
    kind: PageKind
    written_on: date | None
    prescriber: str | None
    answer: MatchAnswer
    patient_id: str | None
    settled: bool
    open: int
    accepted: int
    amended: int
    rejected: int
    worst: Severity | None
    duplicate_of: str | None


def queue_rows(connection: Connection, *, doctor: str | None) -> list[QueueRow]:
    """Return all read pages (or one prescriber's) in the order in which they came."""
    in_file = (
        select(pages.c.scan_sha256, func.count().label("pages")).group_by(pages.c.scan_sha256).subquery()
    )
    query = (
        select(
            pages.c.id,
            pages.c.number,
            in_file.c.pages,
            scans.c.name,
            scans.c.batch_id,
            batches.c.received_at,
            outcomes.c.kind,
            outcomes.c.written_on,
            outcomes.c.prescriber,
            outcomes.c.answer,
        )
        .join_from(outcomes, pages, pages.c.id == outcomes.c.page_id)
        .join(in_file, in_file.c.scan_sha256 == pages.c.scan_sha256)
        .join(scans, scans.c.sha256 == pages.c.scan_sha256)
        .join(batches, batches.c.id == scans.c.batch_id)
        .order_by(batches.c.received_at, pages.c.seq)
    )
    if doctor is not None:
        query = query.where(outcomes.c.prescriber == doctor)
    said = settled(connection)
    patients = current_patients(connection, said=said)
    copies = originals(connection)
    tally = tallies(connection, patients, copies=copies)
    rows = connection.execute(query).all()
    return [
        _queue_row(row, patients[row.id], row.id in said, tally.get(row.id) or Tally(), copies.get(row.id))
        for row in rows
    ]


def _queue_row(
    row: Any, patient_id: str | None, is_settled: bool, tally: Tally, original: str | None
) -> QueueRow:
    return QueueRow(
        page_id=row.id,
        number=row.number,
        pages=row.pages,
        scan_name=row.name,
        batch_id=row.batch_id,
        received_at=row.received_at,
        kind=row.kind,
        written_on=row.written_on,
        prescriber=row.prescriber,
        answer=row.answer,
        patient_id=patient_id,
        settled=is_settled,
        open=tally.states[State.OPEN],
        accepted=tally.states[State.ACCEPTED],
        amended=tally.states[State.AMENDED],
        rejected=tally.states[State.REJECTED],
        worst=tally.worst,
        duplicate_of=original,
    )
