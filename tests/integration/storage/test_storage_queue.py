from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from time import process_time

import pytest
from sqlalchemy import event
from storage_samples import DOCTOR, NOW, decision, deliver, identity, outcome, proposal

from pipeline.domain.identity import MatchAnswer
from pipeline.domain.paper import PageKind
from pipeline.domain.review import Severity, Verb
from pipeline.storage.queue import QueueRow
from pipeline.storage.store import Store


@contextmanager
def counted(store: Store) -> Iterator[list[str]]:
    statements: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        statements.append(statement)

    event.listen(store._database.engine, "before_cursor_execute", note)
    yield statements
    event.remove(store._database.engine, "before_cursor_execute", note)


def test_a_row_says_where_its_page_stands(store: Store) -> None:
    first, second, _ = deliver(store, pages=3)
    made = outcome(first, items=5, worst=Severity.MEDIUM)
    store.papers.save_outcome(made, now=NOW)
    store.papers.save_outcome(
        outcome(second, items=0, answer=MatchAnswer.NONE, patient=None, prescriber="Dr Autre"), now=NOW
    )
    for place, verbs in enumerate([[Verb.ACCEPT], [Verb.AMEND], [Verb.REJECT], [Verb.ACCEPT, Verb.UNDO]]):
        seen = 0
        for verb in verbs:
            seen = store.review.decide(decision(made.proposals[place], verb), seen=seen).id
    rows = store.review.queue()
    assert rows[0] == QueueRow(
        page_id=first.id,
        number=1,
        pages=3,
        scan_name="lot.pdf",
        batch_id="b1",
        received_at=NOW,
        kind=PageKind.PRESCRIPTION,
        written_on=made.understanding.written_on,
        prescriber=DOCTOR,
        answer=MatchAnswer.MATCH,
        patient_id="P1",
        settled=False,
        open=2,
        accepted=1,
        amended=1,
        rejected=1,
        worst=Severity.MEDIUM,
        duplicate_of=None,
    )
    assert [row.page_id for row in rows] == [first.id, second.id]
    assert (rows[1].open, rows[1].worst, rows[1].patient_id) == (0, None, None)
    assert [row.page_id for row in store.review.queue(doctor="Dr Autre")] == [second.id]
    counts = store.papers.counts()
    assert [counts[name] for name in ("open", "accepted", "amended", "rejected")] == [2, 1, 1, 1]


def test_proposals_for_a_patient_who_is_not_the_pages_count_nowhere(store: Store) -> None:
    (page,) = deliver(store)
    made = outcome(page, items=3, worst=Severity.HIGH)
    store.papers.save_outcome(made, now=NOW)
    store.review.decide(decision(made.proposals[0], Verb.REJECT), seen=0)
    store.review.decide_identity(identity(page.id, "P2"), proposals=[proposal(page, 0, "P2")], seen=0)
    (row,) = store.review.queue()
    assert (row.open, row.rejected, row.worst) == (1, 0, None)
    counts = store.papers.counts()
    assert (counts["open"], counts["rejected"]) == (1, 0)


def test_five_hundred_pages_cost_no_more_queries_than_one(store: Store) -> None:
    made = [outcome(page, items=10, worst=Severity.LOW) for page in deliver(store, pages=1)]
    store.papers.save_outcome(made[0], now=NOW)
    with counted(store) as few:
        store.review.queue()
    for page in deliver(store, "gros.pdf", pages=30):
        store.papers.save_outcome(outcome(page, items=10), now=NOW)
    with counted(store) as many:
        rows = store.review.queue()
    assert len(rows) == 31
    assert len(many) == len(few) < 10


@pytest.mark.parametrize("store", ["sqlite"], indirect=True)
def test_the_queue_of_a_whole_outage_opens_at_once(store: Store) -> None:
    pages = [page for name in range(50) for page in deliver(store, f"{name}.pdf", pages=10)]
    for place, page in enumerate(pages):
        made = outcome(page, items=10)
        store.papers.save_outcome(made, now=NOW)
        if place % 10 == 0:
            store.review.decide(decision(made.proposals[0]), seen=0)
    store.review.queue()
    times = []
    for _ in range(20):
        began = process_time()
        rows = store.review.queue()
        times.append(process_time() - began)
    assert len(rows) == 500
    assert sum(row.open for row in rows) == 4950
    assert sum(row.accepted for row in rows) == 50
    # CPU time, because the machine may be busy; the target is 50 ms.
    assert sorted(times)[10] < 0.1
    print(f"queue: median {sorted(times)[10] * 1000:.0f} ms, p95 {sorted(times)[18] * 1000:.0f} ms")
