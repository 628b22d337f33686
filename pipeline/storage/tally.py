"""Where pages stand: current patients, copies, states of proposals; a few queries over whole sets."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any, cast

from sqlalchemy import Connection, func, select

from pipeline.domain.review import Decision, IdentityDecision, Severity, State, settled_identity, state_of
from pipeline.domain.sheets import SheetDecision, told_apart
from pipeline.storage.schema import decisions, identity_decisions, outcomes, proposals, sheet_decisions

SEVERITIES = (Severity.HIGH, Severity.MEDIUM, Severity.LOW)


@dataclass(slots=True)
class Tally:
    """How many current proposals of a page are in which state, and its worst flag."""

    states: dict[State, int] = field(default_factory=lambda: dict.fromkeys(State, 0))
    worst: Severity | None = None


def severity_rank(severities: Sequence[Severity]) -> int | None:
    """Return 0 where the worst is high, 1 medium, 2 low; None = there is none."""
    return min((SEVERITIES.index(severity) for severity in severities), default=None)


def settled(connection: Connection, page_id: str | None = None) -> dict[str, IdentityDecision]:
    """Return the identity decision that counts, for every page (or one) that has one."""
    query = select(identity_decisions).order_by(identity_decisions.c.page_id, identity_decisions.c.id)
    if page_id is not None:
        query = query.where(identity_decisions.c.page_id == page_id)
    found = {}
    rows = connection.execute(query).all()
    for page, said in groupby(rows, key=lambda row: cast(str, row.page_id)):
        decision = settled_identity([identity_decision_of(row) for row in said])
        if decision is not None:
            found[page] = decision
    return found


def current_patients(
    connection: Connection, page_id: str | None = None, *, said: Mapping[str, IdentityDecision] | None = None
) -> dict[str, str | None]:
    """Return whose every read page (or one) is: as people settled it, else as it was matched.

    Args:
        connection: a transaction.
        page_id: None = all pages.
        said: what `settled` returned, where the caller has it already.
    """
    query = select(outcomes.c.page_id, outcomes.c.patient_id)
    if page_id is not None:
        query = query.where(outcomes.c.page_id == page_id)
    patients: dict[str, str | None] = {row.page_id: row.patient_id for row in connection.execute(query)}
    said = settled(connection, page_id) if said is None else said
    return patients | {page: decision.patient_id for page, decision in said.items()}


def originals(
    connection: Connection, page_id: str | None = None, *, original: str | None = None
) -> dict[str, str]:
    """Return which pages repeat which: page id -> the page that came first. Pages told apart do not.

    Args:
        connection: a transaction.
        page_id: only this page; None = all.
        original: only copies of this page; None = of any.
    """
    query = select(outcomes.c.page_id, outcomes.c.duplicate_of).where(outcomes.c.duplicate_of.is_not(None))
    if page_id is not None:
        query = query.where(outcomes.c.page_id == page_id)
    if original is not None:
        query = query.where(outcomes.c.duplicate_of == original)
    linked: dict[str, str] = {row.page_id: row.duplicate_of for row in connection.execute(query)}
    if not linked:
        return linked
    apart = groupby(sheet_decisions_of(connection, page_id), key=lambda decision: decision.page_id)
    for page, said in apart:
        standing = told_apart(list(said))
        if standing is not None and linked.get(page) == standing.other_page_id:
            del linked[page]
    return linked


def sheet_decisions_of(connection: Connection, page_id: str | None = None) -> list[SheetDecision]:
    """Return what people said of links, page by page (or of one page), oldest first."""
    query = select(sheet_decisions).order_by(sheet_decisions.c.page_id, sheet_decisions.c.id)
    if page_id is not None:
        query = query.where(sheet_decisions.c.page_id == page_id)
    return [
        SheetDecision(row.id, row.page_id, row.other_page_id, row.by_user, row.role, row.at, row.undo)
        for row in connection.execute(query)
    ]


def tallies(
    connection: Connection, patients: Mapping[str, str | None], *, copies: Collection[str]
) -> dict[str, Tally]:
    """Return a tally for every page that has current proposals.

    Args:
        connection: a transaction.
        patients: page id -> current patient, as `current_patients` returns it.
        copies: pages that repeat others: what they propose does not count.
    """
    found: dict[str, Tally] = defaultdict(Tally)
    groups = select(
        proposals.c.page_id,
        proposals.c.patient_id,
        func.count().label("number"),
        func.min(proposals.c.worst).label("worst"),
    ).group_by(proposals.c.page_id, proposals.c.patient_id)
    for row in connection.execute(groups):
        if row.patient_id == patients[row.page_id] and row.page_id not in copies:
            tally = found[row.page_id]
            tally.states[State.OPEN] = row.number
            tally.worst = None if row.worst is None else SEVERITIES[row.worst]
    for page, patient, state, number in _decided(connection):
        if patient == patients[page] and page not in copies:
            states = found[page].states
            states[State.OPEN] -= number
            states[state] += number
    return found


def _decided(connection: Connection) -> Iterator[tuple[str, str | None, State, int]]:
    """Yield (page id, patient, state, how many proposals) for all proposals that somebody spoke of.

    Nearly all are decided once and for all: the database counts those, and only the others, where
    somebody changed their mind, are looked at one by one.
    """
    spoken = (
        select(decisions.c.proposal_id, func.count().label("times"), func.min(decisions.c.verb).label("verb"))
        .group_by(decisions.c.proposal_id)
        .subquery()
    )
    once = (
        select(proposals.c.page_id, proposals.c.patient_id, spoken.c.verb, func.count().label("number"))
        .join_from(spoken, proposals, proposals.c.id == spoken.c.proposal_id)
        .where(spoken.c.times == 1)
        .group_by(proposals.c.page_id, proposals.c.patient_id, spoken.c.verb)
    )
    for row in connection.execute(once):
        yield row.page_id, row.patient_id, _state([row]), row.number
    several = select(decisions.c.proposal_id).group_by(decisions.c.proposal_id).having(func.count() > 1)
    often = (
        select(proposals.c.page_id, proposals.c.patient_id, decisions.c.proposal_id, decisions.c.verb)
        .join_from(decisions, proposals, proposals.c.id == decisions.c.proposal_id)
        .where(decisions.c.proposal_id.in_(several))
        .order_by(decisions.c.proposal_id, decisions.c.id)
    )
    for _, rows in groupby(connection.execute(often).all(), key=lambda row: cast(str, row.proposal_id)):
        said = list(rows)
        yield said[0].page_id, said[0].patient_id, _state(said), 1


def _state(rows: Sequence[Any]) -> State:
    # A state depends on the verbs alone: loading whole decisions would cost the queue its speed.
    return state_of(cast(Sequence[Decision], rows))


def identity_decision_of(row: Any) -> IdentityDecision:
    """Return a row of `identity_decisions` as its noun."""
    return IdentityDecision(
        row.id, row.page_id, row.patient_id, row.by_user, row.role, row.at, row.undo, row.reason
    )
