"""The morning page, its live part, and the state of the export."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from fastapi import APIRouter, Request
from fastapi.responses import Response

from pipeline.domain.people import User
from pipeline.domain.review import Role
from pipeline.review import morning
from pipeline.review.house import House
from pipeline.review.items import title_of
from pipeline.review.reconciliation import open_visits
from pipeline.review.screens import show
from pipeline.review.visit import AnyUser, AnyVisit, TheHouse
from pipeline.review.words import Words

if TYPE_CHECKING:
    from pipeline.domain.errors import Failure
    from pipeline.storage.queue import QueueRow

router = APIRouter()

BATCHES = 3
"""Deliveries whose progress is shown."""


@router.get("/queue")
def queue(
    request: Request,
    house: TheHouse,
    user: AnyUser,
    visit: AnyVisit,
    view: str = "",
    doctor: str = "",
    start: int = 0,
) -> Response:
    """What waits for whom; a doctor sees the own pages first."""
    words, store = visit.words, house.store
    everything = morning.in_order(store.review.queue())
    failures = store.papers.failures()
    doctors = store.registry.doctors()
    view = view if view in morning.VIEWS else morning.default_view(user)
    key = doctor or (_own(user, house) if view == "lines" else "")
    rows = [row for row in everything if view in morning.part_of(row)]
    if key and key != "all":
        own = morning.of_doctor(rows, key, doctors)
        # A doctor whose own pages are done, or carry no name that could be read, sees everybody's.
        key = key if own or doctor else "all"
        rows = own if key != "all" else rows
    start = max(0, start)
    now = house.now()
    shown = rows[start : start + morning.ROWS]
    return show(
        request,
        "queue.html",
        view=view,
        doctor=key or "all",
        tabs=morning.tabs(everything, len(failures), current=view, words=words),
        doctors=morning.by_doctor(everything, doctors, current=key, words=words),
        rows=[morning.row_view(row, words=words, patient=store.registry.patient, now=now) for row in shown],
        total=len(rows),
        start=start,
        step=morning.ROWS,
        failures=[morning.failure_view(failure, words) for failure in failures],
        report=_report(house, words),
        empty_house=not everything and not failures,
        **_live(house, words, everything, failures),
    )


@router.get("/queue/live")
def live(request: Request, house: TheHouse, user: AnyUser, visit: AnyVisit) -> Response:
    """How far the reading is; asked for every few seconds."""
    store = house.store
    return show(
        request, "live.html", **_live(house, visit.words, store.review.queue(), store.papers.failures())
    )


@router.get("/export")
def export(request: Request, house: TheHouse, user: AnyUser, visit: AnyVisit) -> Response:
    """What was approved, and whether it has left the house."""
    store = house.store
    people = {person.name: person.display_name for person in store.people.users()}
    rows = [
        {
            "page_id": approved.proposal.page_id,
            "title": title_of(approved.payload, visit.words),
            "who": people.get(approved.decision.user, approved.decision.user),
            "when": visit.words.moment(approved.decision.at),
            "exported": store.outbox.exported(approved.decision.id),
        }
        for approved in store.review.approved()
    ]
    return show(request, "export.html", rows=rows, exported=sum(bool(row["exported"]) for row in rows))


def _own(user: User, house: House) -> str:
    """Return the RPPS number of a doctor who has pages of their own."""
    if user.role is not Role.DOCTOR or not user.doctor:
        return ""
    return next((doctor.rpps for doctor in house.store.registry.doctors() if doctor.name == user.doctor), "")


def _report(house: House, words: Words) -> dict[str, Any] | None:
    report = house.store.outbox.latest_report("night")
    if report is None:
        return None
    at, counts = report
    return {"when": words.moment(at), "lines": morning.report_lines(counts, words)}


def _live(
    house: House, words: Words, rows: Sequence[QueueRow], failures: Sequence[Failure]
) -> dict[str, Any]:
    papers = house.store.papers
    people = {person.name: person.display_name for person in house.store.people.users()}
    progress = []
    for batch in papers.batches()[:BATCHES]:
        mine = [failure for failure in failures if failure.batch_id == batch.id]
        progress.append(
            morning.progress_view(
                batch,
                sender=people.get(batch.sender, batch.sender),
                pages=len(papers.pages_of_batch(batch.id)),
                pending=papers.pending(batch.id),
                failed=sum(failure.page_number is not None for failure in mine),
                words=words,
            )
        )
    # The tiles and the list below them say the same numbers, from the same rows.
    counts = {
        "open": sum(row.open for row in rows),
        "approved": sum(row.accepted + row.amended for row in rows),
        "ask": sum("identity" in morning.part_of(row) for row in rows),
        "failures": len(failures),
        "exported": house.store.outbox.number_exported(),
    }
    shown = [each for place, each in enumerate(progress) if each.running or place == 0]
    running = any(each.running for each in shown)
    return {"counts": counts, "visits": open_visits(house), "progress": shown, "running": running}
