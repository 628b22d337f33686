"""Proposals, what people decided of them, and the queue of pages that wait for somebody."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import groupby
from typing import Any, cast

from sqlalchemy import Connection, exists, insert, select

from pipeline.domain.errors import AlreadyExported, Conflict, NotApproved
from pipeline.domain.review import (
    Approved,
    Decision,
    IdentityDecision,
    MedicationPayload,
    Proposal,
    Role,
    Verb,
    in_force,
    settled_identity,
)
from pipeline.storage.codec import from_json, to_json
from pipeline.storage.engine import Database
from pipeline.storage.outcomes import add_proposals, current_proposals
from pipeline.storage.queue import QueueRow, queue_rows
from pipeline.storage.schema import decisions, exports, identity_decisions, outcomes, pages, proposals
from pipeline.storage.tally import current_patients, identity_decision_of, originals

APPROVING = (Verb.ACCEPT, Verb.AMEND)


class Review:
    """What people look at and what they said; decisions are only ever added."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def proposals(self, page_id: str) -> list[Proposal]:
        """Return the proposals for a page's current patient, in the order of the page."""
        with self._database.reading() as connection:
            return current_proposals(connection, page_id)

    def decisions(self, proposal_id: str) -> list[Decision]:
        """Return what was said of a proposal, oldest first."""
        with self._database.reading() as connection:
            return _decisions(connection, proposal_id)

    def identity_decisions(self, page_id: str) -> list[IdentityDecision]:
        """Return what was said about whose page it is, oldest first."""
        with self._database.reading() as connection:
            return _identity_decisions(connection, page_id)

    def current_patient(self, page_id: str) -> str | None:
        """Return whose page it is: as people settled it, else as it was matched; None = nobody's yet."""
        with self._database.reading() as connection:
            return current_patients(connection, page_id).get(page_id)

    def decide(self, decision: Decision, *, seen: int) -> Decision:
        """Store what a person said of a proposal.

        Args:
            decision: with id 0.
            seen: id of the newest decision of this proposal that the person was shown, 0 = none.

        Returns:
            The decision with its id.

        Raises:
            Conflict: something was decided since, the page is now about somebody else or linked to
                another as its copy, or there is nothing to take back.
            AlreadyExported: the decision in force has left the house.
            NotApproved: an approval that is not a doctor's, or of a page that is nobody's yet.
            KeyError: no such proposal.
        """
        with self._database.writing() as connection:
            where = select(proposals.c.page_id, proposals.c.patient_id)
            proposal = connection.execute(where.where(proposals.c.id == decision.proposal_id)).first()
            if proposal is None:
                raise KeyError(decision.proposal_id)
            lock(connection, proposal.page_id)
            said = _decisions(connection, decision.proposal_id)
            if (said[-1].id if said else 0) != seen:
                raise Conflict("decided meanwhile")
            if current_patients(connection, proposal.page_id)[proposal.page_id] != proposal.patient_id:
                raise Conflict("the page is about somebody else by now")
            if originals(connection, proposal.page_id):
                raise Conflict("the page is a copy of another by now")
            standing = in_force(said)
            if decision.verb is Verb.UNDO and standing is None:
                raise Conflict("there is nothing to take back")
            if standing and _is_exported(connection, standing.id):
                raise AlreadyExported("its update has left the house")
            if decision.verb in APPROVING and decision.role is not Role.DOCTOR:
                raise NotApproved("only a doctor's decision approves")
            if decision.verb in APPROVING and proposal.patient_id is None:
                raise NotApproved("nobody settled whose paper it is")
            row = {
                "proposal_id": decision.proposal_id,
                "verb": decision.verb,
                "by_user": decision.user,
                "role": decision.role,
                "at": decision.at,
                "reason": decision.reason,
                "amended": None if decision.amended is None else to_json(decision.amended),
            }
            stored = connection.execute(insert(decisions).values(row).returning(decisions.c.id))
            return replace(decision, id=stored.scalar_one())

    def decide_identity(
        self, decision: IdentityDecision, *, proposals: Sequence[Proposal], seen: int
    ) -> IdentityDecision:
        """Store what a person said about whose page it is, with the proposals for that patient.

        Args:
            decision: with id 0.
            proposals: of this page for the patient whose it then is; known ones stay as they are.
            seen: id of the newest identity decision that the person was shown, 0 = none.

        Returns:
            The decision with its id.

        Raises:
            Conflict: somebody decided since, a line of the page stands accepted or amended (take that
                back first), or there is nothing to take back.
            KeyError: no such page, or it was not read yet.
            ValueError: the proposals are of another page or for another patient.
        """
        with self._database.writing() as connection:
            lock(connection, decision.page_id)
            matched = _matched(connection, decision.page_id)
            said = _identity_decisions(connection, decision.page_id)
            if (said[-1].id if said else 0) != seen:
                raise Conflict("decided meanwhile")
            if decision.undo and settled_identity(said) is None:
                raise Conflict("there is nothing to take back")
            if approved_on(connection, decision.page_id):
                raise Conflict("a line of this page is approved; take that back first")
            counting = settled_identity([*said, decision])
            patient_id = matched if counting is None else counting.patient_id
            if any((each.page_id, each.patient_id) != (decision.page_id, patient_id) for each in proposals):
                raise ValueError("proposals of another page or for another patient")
            row = {
                "page_id": decision.page_id,
                "patient_id": decision.patient_id,
                "by_user": decision.user,
                "role": decision.role,
                "at": decision.at,
                "undo": decision.undo,
                "reason": decision.reason,
            }
            stored = connection.execute(
                insert(identity_decisions).values(row).returning(identity_decisions.c.id)
            )
            new = replace(decision, id=stored.scalar_one())
            add_proposals(connection, proposals)
            return new

    def approved(self) -> list[Approved]:
        """Return all current proposals that a doctor's decision in force accepts or amends."""
        query = (
            select(decisions, proposals.c.page_id, proposals.c.patient_id)
            .join_from(decisions, proposals, proposals.c.id == decisions.c.proposal_id)
            .order_by(proposals.c.seq, decisions.c.id)
        )
        texts = select(proposals.c.id, proposals.c.proposal).where(
            proposals.c.id.in_(select(decisions.c.proposal_id).where(decisions.c.verb.in_(APPROVING)))
        )
        with self._database.reading() as connection:
            patients, copies = current_patients(connection), originals(connection)
            rows = connection.execute(query).all()
            proposed: dict[str, str] = {row.id: row.proposal for row in connection.execute(texts)}
        found = []
        for proposal_id, spoken in groupby(rows, key=lambda row: cast(str, row.proposal_id)):
            said = list(spoken)
            standing = in_force([_decision_of(row) for row in said])
            if standing is None or standing.verb not in APPROVING or standing.role is not Role.DOCTOR:
                continue
            page_id, patient_id = said[0].page_id, said[0].patient_id
            if patient_id is not None and patient_id == patients[page_id] and page_id not in copies:
                found.append(Approved(from_json(Proposal, proposed[proposal_id]), standing))
        return found

    def queue(self, *, doctor: str | None = None) -> list[QueueRow]:
        """Return all read pages in the order in which they came.

        Args:
            doctor: only pages that this prescriber wrote, as `User.doctor` has the name; None = all.
        """
        with self._database.reading() as connection:
            return queue_rows(connection, doctor=doctor)


def lock(connection: Connection, page_id: str) -> None:
    """Let nobody else decide anything about a page until this transaction ends."""
    connection.execute(select(pages.c.seq).where(pages.c.id == page_id).with_for_update())


def _matched(connection: Connection, page_id: str) -> str | None:
    """Return whom the machine matched a page with.

    Raises:
        KeyError: no such page, or it was not read yet.
    """
    row = connection.execute(select(outcomes.c.patient_id).where(outcomes.c.page_id == page_id)).first()
    if row is None:
        raise KeyError(page_id)
    matched: str | None = row.patient_id
    return matched


def _decisions(connection: Connection, proposal_id: str) -> list[Decision]:
    query = select(decisions).where(decisions.c.proposal_id == proposal_id).order_by(decisions.c.id)
    return [_decision_of(row) for row in connection.execute(query)]


def _identity_decisions(connection: Connection, page_id: str) -> list[IdentityDecision]:
    query = select(identity_decisions).where(identity_decisions.c.page_id == page_id)
    rows = connection.execute(query.order_by(identity_decisions.c.id))
    return [identity_decision_of(row) for row in rows]


def approved_on(connection: Connection, page_id: str) -> bool:
    """Whether any proposal of a page stands accepted or amended."""
    query = (
        select(decisions)
        .join_from(decisions, proposals, proposals.c.id == decisions.c.proposal_id)
        .where(proposals.c.page_id == page_id)
        .order_by(decisions.c.proposal_id, decisions.c.id)
    )
    rows = connection.execute(query).all()
    for _, spoken in groupby(rows, key=lambda row: cast(str, row.proposal_id)):
        standing = in_force([_decision_of(row) for row in spoken])
        if standing is not None and standing.verb in APPROVING:
            return True
    return False


def _decision_of(row: Any) -> Decision:
    amended = None if row.amended is None else from_json(MedicationPayload, row.amended)
    return Decision(row.id, row.proposal_id, row.verb, row.by_user, row.role, row.at, row.reason, amended)


def _is_exported(connection: Connection, decision_id: int) -> bool:
    return bool(connection.execute(select(exists().where(exports.c.decision_id == decision_id))).scalar())
