from __future__ import annotations

import pytest
from storage_samples import NOW, decision, deliver, identity, outcome, proposal, read, told

from pipeline.domain.errors import Conflict
from pipeline.domain.identity import MatchAnswer
from pipeline.domain.paper import Page
from pipeline.domain.review import Verb
from pipeline.storage.store import Store


def linked(store: Store) -> tuple[Page, Page]:
    """Return a read page and a later one that the machine linked to it."""
    first = read(store, items=1).page
    (copy,) = deliver(store, "copie.pdf")
    store.papers.save_outcome(outcome(copy, items=0, duplicate_of=first.id), now=NOW)
    return first, copy


def original_in_queue(store: Store, page: Page) -> str | None:
    return next(row.duplicate_of for row in store.review.queue() if row.page_id == page.id)


def test_a_page_told_apart_is_a_page_like_any_other(store: Store) -> None:
    first, copy = linked(store)
    assert store.sheets.copies(first.id) == [copy.id]
    assert store.papers.counts() | {"duplicates": 1, "open": 1} == store.papers.counts()
    mine = [proposal(copy, 0, "P1")]
    said = store.sheets.decide(told(copy.id, first.id), proposals=mine, seen=0)
    assert (said.id > 0, said.user, said.at) == (True, "accueil", NOW)
    assert store.sheets.decisions(copy.id) == [said]
    assert store.sheets.copies(first.id) == []
    assert original_in_queue(store, copy) is None
    made = store.papers.outcome(copy.id)
    assert made is not None and made.duplicate_of is None and list(made.proposals) == mine
    assert store.papers.counts() | {"duplicates": 0, "open": 2} == store.papers.counts()
    accepted = store.review.decide(decision(mine[0]), seen=0)
    assert [each.decision for each in store.review.approved()] == [accepted]


def test_taking_it_back_links_the_page_again_and_forgets_nothing(store: Store) -> None:
    first, copy = linked(store)
    mine = [proposal(copy, 0, "P1")]
    apart = store.sheets.decide(told(copy.id, first.id), proposals=mine, seen=0)
    back = store.sheets.decide(told(copy.id, first.id, undo=True), proposals=(), seen=apart.id)
    assert store.sheets.decisions(copy.id) == [apart, back]
    assert original_in_queue(store, copy) == first.id
    assert store.review.proposals(copy.id) == []
    assert store.papers.counts() | {"duplicates": 1, "open": 1} == store.papers.counts()
    with pytest.raises(Conflict):
        store.review.decide(decision(mine[0]), seen=0)
    again = store.sheets.decide(told(copy.id, first.id), proposals=mine, seen=back.id)
    assert store.review.proposals(copy.id) == mine
    assert len({apart.id, back.id, again.id}) == 3


def test_a_page_with_an_approved_line_is_not_linked_again(store: Store) -> None:
    first, copy = linked(store)
    mine = [proposal(copy, 0, "P1")]
    apart = store.sheets.decide(told(copy.id, first.id), proposals=mine, seen=0)
    accepted = store.review.decide(decision(mine[0]), seen=0)
    with pytest.raises(Conflict, match="approved"):
        store.sheets.decide(told(copy.id, first.id, undo=True), proposals=(), seen=apart.id)
    store.review.decide(decision(mine[0], Verb.UNDO), seen=accepted.id)
    store.sheets.decide(told(copy.id, first.id, undo=True), proposals=(), seen=apart.id)
    assert store.review.approved() == []


def test_only_a_link_that_is_there_can_be_told_apart(store: Store) -> None:
    first, copy = linked(store)
    (other,) = deliver(store, "autre.pdf")
    for wrong in (told(first.id, copy.id), told(copy.id, other.id), told(copy.id, first.id, undo=True)):
        with pytest.raises(Conflict):
            store.sheets.decide(wrong, proposals=(), seen=0)
    with pytest.raises(KeyError):
        store.sheets.decide(told(other.id, first.id), proposals=(), seen=0)
    with pytest.raises(ValueError, match="another patient"):
        store.sheets.decide(told(copy.id, first.id), proposals=[proposal(copy, 0, "P2")], seen=0)
    apart = store.sheets.decide(told(copy.id, first.id), proposals=(), seen=0)
    for late in (0, apart.id):
        with pytest.raises(Conflict):
            store.sheets.decide(told(copy.id, first.id), proposals=(), seen=late)
    assert store.sheets.decisions(copy.id) == [apart]


def test_a_page_told_apart_asks_whose_it_is(store: Store) -> None:
    first = read(store, items=1).page
    (copy,) = deliver(store, "copie.pdf")
    asking = outcome(copy, patient=None, answer=MatchAnswer.ASK, items=0, duplicate_of=first.id)
    store.papers.save_outcome(asking, now=NOW)
    assert store.papers.counts()["ask"] == 0
    store.sheets.decide(told(copy.id, first.id), proposals=[proposal(copy, 0, None)], seen=0)
    assert store.papers.counts()["ask"] == 1
    theirs = [proposal(copy, 0, "P2")]
    store.review.decide_identity(identity(copy.id, "P2"), proposals=theirs, seen=0)
    assert store.review.proposals(copy.id) == theirs
