from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from threading import Barrier

import pytest
from storage_samples import LEASE, NOW, decision, deliver, identity, outcome, proposal, read

from pipeline.domain.errors import Conflict
from pipeline.domain.review import Verb
from pipeline.storage.store import Store

WORKER = """
import sys
from pipeline.storage.store import Store
from storage_samples import LEASE, NOW, deliver
store = Store.open(sys.argv[1])
deliver(store, pages=60)
while pages := store.papers.claim(sys.argv[2], limit=3, lease=LEASE, now=NOW):
    print(*(page.id for page in pages))
store.close()
"""


def test_processes_that_start_together_make_one_schema_and_share_the_pages(store_url: str) -> None:
    path = os.pathsep.join([str(Path(__file__).parent), *sys.path])
    workers = [
        subprocess.Popen(
            [sys.executable, "-c", WORKER, store_url, name],
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONPATH": path},
        )
        for name in ("w1", "w2")
    ]
    claimed = [page_id for worker in workers for page_id in worker.communicate(timeout=120)[0].split()]
    assert [worker.returncode for worker in workers] == [0, 0]
    store = Store.open(store_url)
    assert sorted(claimed) == sorted(page.id for page in store.papers.pages_of_batch("b1"))
    assert len(claimed) == 60
    store.close()


def test_threads_that_open_an_empty_database_together_all_get_it(store_url: str) -> None:
    start = Barrier(4)

    def open_it(_: int) -> int:
        start.wait()
        store = Store.open(store_url)
        try:
            return store.papers.counts()["pages"]
        finally:
            store.close()

    with ThreadPoolExecutor(4) as threads:
        assert list(threads.map(open_it, range(4))) == [0] * 4


def test_no_two_workers_claim_the_same_page(store: Store) -> None:
    made = deliver(store, pages=80)
    start = Barrier(8)

    def work(number: int) -> list[str]:
        start.wait()
        mine = []
        while pages := store.papers.claim(f"w{number}", limit=3, lease=LEASE, now=NOW):
            mine += [page.id for page in pages]
        return mine

    with ThreadPoolExecutor(8) as threads:
        claimed = [page_id for mine in threads.map(work, range(8)) for page_id in mine]
    assert Counter(claimed) == Counter(page.id for page in made)


def test_eight_people_deciding_at_once_lose_nothing_and_decide_nothing_twice(store: Store) -> None:
    made = read(store, items=12)
    start = Barrier(8)

    def review(number: int) -> list[int]:
        start.wait()
        stored = []
        for place in range(12):
            one = made.proposals[(place + number) % 12]
            try:
                stored.append(store.review.decide(decision(one, user=f"u{number}"), seen=0).id)
            except Conflict:
                continue
        return stored

    with ThreadPoolExecutor(8) as threads:
        stored = [each for mine in threads.map(review, range(8)) for each in mine]
    kept = [said.id for one in made.proposals for said in store.review.decisions(one.id)]
    assert len(kept) == 12
    assert sorted(kept) == sorted(stored)
    assert len(store.review.approved()) == 12


def test_one_page_saved_by_eight_at_once_is_saved_once(store: Store) -> None:
    (page,) = deliver(store)
    start = Barrier(8)

    def save(number: int) -> bool:
        start.wait()
        return store.papers.save_outcome(outcome(page, items=number + 1), now=NOW)

    with ThreadPoolExecutor(8) as threads:
        saved = list(threads.map(save, range(8)))
    assert saved.count(True) == 1
    assert store.papers.counts()["open"] == saved.index(True) + 1


@pytest.mark.parametrize("turn", range(3))
def test_a_page_is_never_approved_for_one_patient_and_given_to_another(store: Store, turn: int) -> None:
    made = read(store, items=1)
    theirs = [proposal(made.page, 0, "P2")]
    start = Barrier(2)

    def approve() -> bool:
        start.wait()
        try:
            store.review.decide(decision(made.proposals[0], Verb.ACCEPT), seen=0)
        except Conflict:
            return False
        return True

    def give_away() -> bool:
        start.wait()
        try:
            store.review.decide_identity(identity(made.page.id, "P2"), proposals=theirs, seen=0)
        except Conflict:
            return False
        return True

    with ThreadPoolExecutor(2) as threads:
        results = [threads.submit(approve), threads.submit(give_away)]
        assert sorted(result.result() for result in results) == [False, True]


def test_a_reader_is_not_held_up_by_a_writer(store: Store) -> None:
    deliver(store)
    began = datetime.now(UTC)
    with store._database.writing():
        assert store.papers.counts()["pages"] == 1
    assert (datetime.now(UTC) - began).total_seconds() < 5
