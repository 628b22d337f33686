from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import insert, text
from sqlalchemy.exc import DBAPIError
from storage_samples import NOW, decision, deliver, identity, outcome, proposal, read, told

from pipeline.domain.errors import AlreadyExported, Conflict, NotApproved
from pipeline.domain.identity import MatchAnswer
from pipeline.domain.review import Approved, Role, State, Verb, state_of
from pipeline.storage.schema import decisions
from pipeline.storage.store import Store


def test_a_decision_is_kept_word_for_word(store: Store) -> None:
    first, second = read(store).proposals
    amended = store.review.decide(decision(first, Verb.AMEND), seen=0)
    rejected = store.review.decide(decision(second, Verb.REJECT), seen=0)
    assert 0 < amended.id < rejected.id
    assert store.review.decisions(first.id) == [amended]
    assert store.review.decisions(second.id) == [rejected]
    assert amended == replace(decision(first, Verb.AMEND), id=amended.id)
    assert store.review.approved() == [Approved(first, amended)]


def test_who_looked_at_an_old_screen_is_told_so(store: Store) -> None:
    first, _ = read(store).proposals
    accepted = store.review.decide(decision(first), seen=0)
    with pytest.raises(Conflict):
        store.review.decide(decision(first, Verb.REJECT), seen=0)
    assert store.review.decisions(first.id) == [accepted]
    store.review.decide(decision(first, Verb.REJECT), seen=accepted.id)
    assert state_of(store.review.decisions(first.id)) is State.REJECTED


def test_undo_reopens_and_everything_said_remains(store: Store) -> None:
    first, _ = read(store).proposals
    accepted = store.review.decide(decision(first), seen=0)
    undone = store.review.decide(decision(first, Verb.UNDO), seen=accepted.id)
    assert store.review.approved() == []
    assert store.papers.counts()["open"] == 2
    assert store.review.decisions(first.id) == [accepted, undone]
    with pytest.raises(Conflict):
        store.review.decide(decision(first, Verb.UNDO), seen=undone.id)
    again = store.review.decide(decision(first), seen=undone.id)
    assert [approved.decision for approved in store.review.approved()] == [again]


def test_only_a_doctor_approves(store: Store) -> None:
    first, _ = read(store).proposals
    for role in (Role.SECRETARY, Role.ADMIN):
        for verb in (Verb.ACCEPT, Verb.AMEND):
            with pytest.raises(NotApproved):
                store.review.decide(decision(first, verb, role=role), seen=0)
    assert store.review.decisions(first.id) == []


def test_an_approval_that_is_not_a_doctors_never_leaves_even_if_it_is_stored(store: Store) -> None:
    first, _ = read(store).proposals
    with store._database.writing() as connection:
        row = {"proposal_id": first.id, "verb": Verb.ACCEPT, "by_user": "x", "role": Role.ADMIN, "at": NOW}
        connection.execute(insert(decisions).values(row))
    assert store.review.approved() == []


def test_nothing_of_a_page_that_is_nobodys_can_be_approved(store: Store) -> None:
    first, _ = read(store, answer=MatchAnswer.ASK).proposals
    assert first.patient_id is None
    with pytest.raises(NotApproved):
        store.review.decide(decision(first), seen=0)
    store.review.decide(decision(first, Verb.REJECT), seen=0)
    assert store.review.approved() == []


def test_an_unknown_proposal_is_a_key_error(store: Store) -> None:
    made = read(store)
    with pytest.raises(KeyError):
        store.review.decide(replace(decision(made.proposals[0]), proposal_id="nothing"), seen=0)
    with pytest.raises(KeyError):
        store.review.decide_identity(identity("nothing", "P2"), proposals=(), seen=0)


def test_settling_identity_brings_the_proposals_of_that_patient(store: Store) -> None:
    made = read(store, answer=MatchAnswer.ASK)
    page = made.page
    assert store.review.current_patient(page.id) is None
    assert store.review.proposals(page.id) == list(made.proposals)
    theirs = [proposal(page, place, "P2") for place in range(3)]
    settled = store.review.decide_identity(identity(page.id, "P2"), proposals=theirs, seen=0)
    assert store.review.identity_decisions(page.id) == [settled]
    assert store.review.current_patient(page.id) == "P2"
    assert store.review.proposals(page.id) == theirs
    assert store.papers.outcome(page.id).proposals == tuple(theirs)
    (row,) = store.review.queue()
    assert (row.patient_id, row.settled, row.open, row.answer) == ("P2", True, 3, MatchAnswer.ASK)
    assert store.papers.counts()["ask"] == 0

    back = store.review.decide_identity(
        identity(page.id, None, undo=True), proposals=made.proposals, seen=settled.id
    )
    assert store.review.current_patient(page.id) is None
    assert store.review.proposals(page.id) == list(made.proposals)
    with pytest.raises(Conflict):
        store.review.decide_identity(identity(page.id, None, undo=True), proposals=(), seen=back.id)
    store.review.decide_identity(identity(page.id, "P2"), proposals=theirs, seen=back.id)
    assert store.review.proposals(page.id) == theirs
    assert store.papers.counts()["open"] == 3


def test_not_in_the_registry_is_an_answer_too(store: Store) -> None:
    page = read(store).page
    store.review.decide_identity(identity(page.id, None), proposals=[proposal(page, 0, None)], seen=0)
    (row,) = store.review.queue()
    assert (row.patient_id, row.settled, row.open) == (None, True, 1)


def test_identity_cannot_change_under_an_approved_line(store: Store) -> None:
    made = read(store)
    accepted = store.review.decide(decision(made.proposals[0]), seen=0)
    theirs = [proposal(made.page, 0, "P2")]
    with pytest.raises(Conflict):
        store.review.decide_identity(identity(made.page.id, "P2"), proposals=theirs, seen=0)
    assert store.review.identity_decisions(made.page.id) == []
    store.review.decide(decision(made.proposals[0], Verb.UNDO), seen=accepted.id)
    settled = store.review.decide_identity(identity(made.page.id, "P2"), proposals=theirs, seen=0)
    with pytest.raises(Conflict):
        store.review.decide_identity(identity(made.page.id, "P3"), proposals=(), seen=0)
    with pytest.raises(ValueError, match="another patient"):
        store.review.decide_identity(identity(made.page.id, "P3"), proposals=theirs, seen=settled.id)
    assert store.review.identity_decisions(made.page.id) == [settled]


def test_a_line_of_the_wrong_patient_cannot_be_decided(store: Store) -> None:
    made = read(store)
    theirs = [proposal(made.page, 0, "P2")]
    store.review.decide_identity(identity(made.page.id, "P2"), proposals=theirs, seen=0)
    with pytest.raises(Conflict):
        store.review.decide(decision(made.proposals[0]), seen=0)
    approved = store.review.decide(decision(theirs[0]), seen=0)
    assert store.review.approved() == [Approved(theirs[0], approved)]


@pytest.mark.parametrize("table", ["decisions", "identity_decisions", "proposals", "sheet_decisions"])
@pytest.mark.parametrize("attack", ["delete", "update", "replace"])
def test_what_was_said_cannot_be_changed(store: Store, table: str, attack: str) -> None:
    made = read(store)
    said = store.review.decide_identity(identity(made.page.id, "P1"), proposals=(), seen=0)
    accepted = store.review.decide(decision(made.proposals[0]), seen=0)
    (copy,) = deliver(store, "copie.pdf")
    store.papers.save_outcome(outcome(copy, items=0, duplicate_of=made.page.id), now=NOW)
    apart = store.sheets.decide(told(copy.id, made.page.id), proposals=(), seen=0)
    dialect = store._database.engine.dialect.name
    statement = {
        "delete": f"DELETE FROM {table}",
        "update": f"UPDATE {table} SET id = id",
        "replace": f"REPLACE INTO {table} SELECT * FROM {table}"
        if dialect == "sqlite"
        else f"TRUNCATE {table} CASCADE",
    }[attack]
    with pytest.raises(DBAPIError, match="append-only"), store._database.writing() as connection:
        connection.execute(text(statement))
    assert store.review.identity_decisions(made.page.id) == [said]
    assert store.sheets.decisions(copy.id) == [apart]
    assert store.review.approved() == [Approved(made.proposals[0], accepted)]


def test_an_export_is_recorded_once(store: Store) -> None:
    accepted = store.review.decide(decision(read(store).proposals[0]), seen=0)
    assert not store.outbox.exported(accepted.id)
    store.outbox.record_export([accepted.id], "bundle-1", NOW)
    store.outbox.record_export([accepted.id], "bundle-2", NOW)
    assert store.outbox.exported(accepted.id)
    assert store.papers.counts()["exported"] == 1


@pytest.mark.parametrize("verb", list(Verb))
def test_what_has_left_the_house_is_neither_undone_nor_sent_twice(store: Store, verb: Verb) -> None:
    first, _ = read(store).proposals
    accepted = store.review.decide(decision(first), seen=0)
    store.outbox.record_export([accepted.id], "bundle-1", NOW)
    with pytest.raises(AlreadyExported):
        store.review.decide(decision(first, verb), seen=accepted.id)
    assert store.review.decisions(first.id) == [accepted]


def test_a_newer_formulary_does_not_propose_a_line_again(store: Store) -> None:
    made = read(store, answer=MatchAnswer.ASK)
    theirs = [proposal(made.page, place, "P2") for place in range(2)]
    settled = store.review.decide_identity(identity(made.page.id, "P2"), proposals=theirs, seen=0)
    newer = [replace(known, id=f"{known.id}-newer") for known in theirs]
    store.review.decide_identity(identity(made.page.id, "P2"), proposals=newer, seen=settled.id)
    assert store.review.proposals(made.page.id) == theirs
