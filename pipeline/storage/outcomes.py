"""Outcomes of pages and their proposals: saved whole, loaded whole, counted by their columns."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, func, select

from pipeline.domain.identity import MatchAnswer, PatientMatch
from pipeline.domain.meaning import Understanding
from pipeline.domain.outcome import PageOutcome
from pipeline.domain.paper import Layout, Page
from pipeline.domain.review import Proposal, State
from pipeline.domain.writing import Transcript
from pipeline.storage.codec import from_blob, from_json, to_blob, to_json
from pipeline.storage.engine import insert_new
from pipeline.storage.schema import exports, failures, outcomes, pages, proposals
from pipeline.storage.tally import current_patients, originals, settled, severity_rank, tallies


def save(connection: Connection, outcome: PageOutcome, *, now: datetime) -> bool:
    """Store an outcome and its proposals unless the page has one; return whether it was stored."""
    understanding, match = outcome.understanding, outcome.match
    row = {
        "page_id": outcome.page.id,
        "kind": understanding.kind,
        "blank": outcome.layout.blank,
        "written_on": understanding.written_on,
        "prescriber": understanding.prescriber,
        "answer": match.answer,
        "patient_id": match.patient_id,
        "duplicate_of": outcome.duplicate_of,
        "saved_at": now,
        "fingerprint": outcome.layout.fingerprint,
        "match": to_json(match),
        "seconds": to_json(dict(outcome.seconds), dict[str, float]),
        "understanding": to_json(understanding),
        "layout": to_blob(outcome.layout),
        "transcript": to_blob(outcome.transcript),
    }
    statement = insert_new(connection, outcomes).values(row).returning(outcomes.c.page_id)
    if connection.execute(statement).first() is None:
        return False
    add_proposals(connection, outcome.proposals)
    return True


def add_proposals(connection: Connection, new: Sequence[Proposal]) -> None:
    """Store proposals, unless that item of the page was proposed for that patient before.

    A newer formulary gives new ids: the line that a person may have decided already stays the one.
    """
    page_ids = {proposal.page_id for proposal in new}
    known = {
        tuple(row)
        for row in connection.execute(
            select(proposals.c.page_id, proposals.c.patient_id, proposals.c.position).where(
                proposals.c.page_id.in_(page_ids)
            )
        )
    }
    rows = [
        {
            "id": proposal.id,
            "page_id": proposal.page_id,
            "patient_id": proposal.patient_id,
            "position": proposal.position,
            "worst": severity_rank([flag.severity for flag in proposal.flags]),
            "proposal": to_json(proposal),
        }
        for proposal in new
        if (proposal.page_id, proposal.patient_id, proposal.position) not in known
    ]
    if rows:
        connection.execute(insert_new(connection, proposals), rows)


def load(connection: Connection, page_id: str) -> PageOutcome | None:
    """Return a page's outcome with its current proposals; None = it has none."""
    query = select(outcomes, pages).join_from(outcomes, pages, pages.c.id == outcomes.c.page_id)
    row = connection.execute(query.where(pages.c.id == page_id)).first()
    if row is None:
        return None
    return PageOutcome(
        page=Page(row.id, row.scan_sha256, row.number, row.width, row.height, row.dpi),
        layout=from_blob(Layout, row.layout),
        transcript=from_blob(Transcript, row.transcript),
        understanding=from_json(Understanding, row.understanding),
        match=from_json(PatientMatch, row.match),
        proposals=tuple(current_proposals(connection, page_id)),
        duplicate_of=originals(connection, page_id).get(page_id),
        seconds=from_json(dict[str, float], row.seconds),
    )


def current_proposals(connection: Connection, page_id: str) -> list[Proposal]:
    """Return the proposals for the page's current patient, in the order of the page; none for a copy."""
    patients = current_patients(connection, page_id)
    if page_id not in patients or originals(connection, page_id):
        return []
    # "IS NOT DISTINCT FROM": no patient matches no patient.
    query = (
        select(proposals.c.proposal)
        .where(proposals.c.page_id == page_id)
        .where(proposals.c.patient_id.is_not_distinct_from(patients[page_id]))
        .order_by(proposals.c.position, proposals.c.seq)
    )
    return [from_json(Proposal, text) for text in connection.execute(query).scalars()]


def fingerprints(connection: Connection) -> list[tuple[str, bytes, int]]:
    """Return (page id, fingerprint, place in the order of arrival), in that order."""
    query = (
        select(outcomes.c.page_id, outcomes.c.fingerprint, pages.c.seq)
        .join_from(outcomes, pages, pages.c.id == outcomes.c.page_id)
        .order_by(pages.c.seq)
    )
    return [(row.page_id, row.fingerprint, row.seq) for row in connection.execute(query)]


def counts(connection: Connection, *, pending: ColumnElement[bool]) -> dict[str, int]:
    """Return how many pages, failures and proposals stand where.

    "ask" counts pages that wait for somebody to say whose they are: neither blank nor duplicates.
    """

    def number(query: ColumnElement[bool] | None, table: object = pages) -> int:
        counted = select(func.count()).select_from(table)  # type: ignore[arg-type]
        return connection.execute(counted if query is None else counted.where(query)).scalar_one()

    said = settled(connection)
    patients = current_patients(connection, said=said)
    states = dict.fromkeys(State, 0)
    copies = originals(connection)
    for tally in tallies(connection, patients, copies=copies).values():
        for state, times in tally.states.items():
            states[state] += times
    asking = select(outcomes.c.page_id).where(outcomes.c.answer == MatchAnswer.ASK, ~outcomes.c.blank)
    return {
        "pages": number(None),
        "read": number(None, outcomes),
        "pending": number(pending),
        "failures": number(failures.c.retried_at.is_(None), failures),
        "blank": number(outcomes.c.blank, outcomes),
        "duplicates": len(copies),
        "ask": len(set(connection.execute(asking).scalars()) - set(said) - set(copies)),
        **{state.value: times for state, times in states.items()},
        "exported": number(None, exports),
    }
