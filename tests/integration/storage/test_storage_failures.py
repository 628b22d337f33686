from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from storage_samples import LEASE, NOW, deliver, outcome

from pipeline.domain.errors import Failure
from pipeline.domain.paper import Page
from pipeline.storage.store import Store


def failure_on(page: Page) -> Failure:
    return Failure(
        "reading", "unexpected", "Illisible.", "Not legible.", "lot.pdf", "b1", page.scan_sha256, page.number
    )


def test_a_page_read_again_is_pending_and_free_and_its_row_stays(store: Store) -> None:
    first, second = deliver(store, pages=2)
    store.papers.claim("w1", limit=2, lease=LEASE, now=NOW)
    failure = failure_on(first)
    store.papers.add_failure(failure)
    ((number, kept),) = store.papers.kept_failures()
    assert kept == failure and store.papers.pending() == 1
    assert store.papers.retry([number], by="accueil", at=NOW) == 1
    assert store.papers.retry([number], by="accueil", at=NOW + timedelta(hours=1)) == 0
    assert store.papers.last_retry(first) == ("accueil", NOW)
    assert store.papers.last_retry(second) is None
    assert store.papers.failures() == [] and store.papers.counts()["failures"] == 0
    # The second page is still claimed by whoever works on it.
    assert store.papers.claim("w2", limit=2, lease=LEASE, now=NOW) == [first]


def test_the_same_failure_after_a_retry_counts_again(store: Store) -> None:
    (page,) = deliver(store)
    failure = failure_on(page)
    for times in (1, 2, 3):
        store.papers.add_failure(failure)
        store.papers.add_failure(failure)
        ((number, _),) = store.papers.kept_failures()
        assert store.papers.pending() == 0 and store.papers.counts()["failures"] == 1
        assert store.papers.retry([number], by="accueil", at=NOW + timedelta(minutes=times)) == 1
        assert store.papers.pending() == 1
    store.papers.save_outcome(outcome(page), now=NOW)
    assert store.papers.pending() == 0 and store.papers.failures() == []


def test_failures_are_found_by_batch_and_by_file(store: Store) -> None:
    (page,) = deliver(store)
    (other,) = deliver(store, "autre.pdf", batch="b2")
    mine, theirs = failure_on(page), replace(failure_on(other), batch_id="b2")
    for failure in (mine, theirs):
        store.papers.add_failure(failure)
    assert store.papers.failures("b2") == [theirs]
    assert store.papers.failures(scan_sha256=page.scan_sha256) == [mine]
