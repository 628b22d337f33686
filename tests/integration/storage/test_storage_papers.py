from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from storage_samples import LEASE, NOW, deliver, outcome, read, sha_of

from pipeline.domain.errors import Failure
from pipeline.domain.identity import MatchAnswer
from pipeline.domain.paper import Batch, Scan
from pipeline.storage.store import Store

FAILURE = Failure("reading", "bad_scan", "Illisible.", "Unreadable.", "lot.pdf", "b1", sha_of("lot.pdf"), 2)


def everything(store: Store) -> tuple[object, ...]:
    papers = store.papers
    return (
        papers.counts(),
        papers.batches(),
        papers.deliveries("b1"),
        papers.pages_of_batch("b1"),
        papers.failures(),
        [papers.outcome(page.id) for page in papers.pages_of_batch("b1")],
        store.review.queue(),
    )


def test_the_same_batch_twice_changes_nothing(store: Store) -> None:
    def run() -> None:
        first, _ = deliver(store, pages=2)
        store.papers.save_outcome(outcome(first), now=NOW)
        store.papers.add_failure(FAILURE)

    run()
    before = everything(store)
    run()
    assert everything(store) == before
    assert store.papers.counts()["read"] == 1
    assert store.papers.failures("b1") == [FAILURE]
    assert store.papers.failures("another") == []


def test_what_is_loaded_is_what_was_saved(store: Store) -> None:
    made = read(store)
    assert store.papers.outcome(made.page.id) == made
    assert store.papers.batches() == [Batch("b1", "accueil", NOW, 12)]
    assert store.papers.scan(sha_of("lot.pdf")) == Scan(
        sha_of("lot.pdf"), "application/pdf", 1234, "lot.pdf", "b1"
    )
    assert store.papers.fingerprints() == [(made.page.id, made.layout.fingerprint, 1)]
    assert store.papers.outcome("nothing") is None
    assert store.papers.scan("nothing") is None
    assert store.papers.page("nothing") is None


def test_a_second_outcome_of_a_page_is_ignored_whole(store: Store) -> None:
    made = read(store)
    other = outcome(made.page, patient="P2", items=5)
    assert store.papers.save_outcome(other, now=NOW) is False
    assert store.papers.outcome(made.page.id) == made
    assert store.papers.counts()["open"] == 2


def test_an_outcome_that_cannot_be_stored_whole_is_not_stored_at_all(store: Store) -> None:
    first, second = deliver(store, pages=2)
    stray = replace(outcome(first).proposals[0], page_id=second.id)  # a page that has no outcome
    with pytest.raises(Exception, match=r"(?i)foreign key"):
        store.papers.save_outcome(replace(outcome(first), proposals=(stray,)), now=NOW)
    assert store.papers.outcome(first.id) is None
    assert store.papers.pending() == 2


def test_known_bytes_are_delivered_again_without_a_second_scan(store: Store) -> None:
    deliver(store, "a.pdf")
    store.papers.add_batch(Batch("b2", "inbox", NOW + timedelta(days=1)))
    again = Scan(sha_of("a.pdf"), "application/pdf", 1234, "copie.pdf", "b2")
    assert store.papers.add_scan(again) is False
    assert store.papers.add_scan(replace(again, sha256=sha_of("b"), name="b\udce9.pdf")) is True
    assert store.papers.deliveries("b1") == [(sha_of("a.pdf"), "a.pdf", True)]
    assert store.papers.deliveries("b2") == [
        (sha_of("a.pdf"), "copie.pdf", False),
        (sha_of("b"), "b?.pdf", True),
    ]
    assert store.papers.scan(sha_of("a.pdf")).name == "a.pdf"
    assert [batch.id for batch in store.papers.batches()] == ["b2", "b1"]
    assert len(store.papers.pages_of_batch("b2")) == 1
    assert store.papers.pending("b2") == 1


def test_a_claimed_page_is_free_again_after_its_lease(store: Store) -> None:
    made = deliver(store, pages=3)
    assert store.papers.claim("w1", limit=2, lease=LEASE, now=NOW) == made[:2]
    assert store.papers.claim("w2", limit=9, lease=LEASE, now=NOW) == made[2:]
    assert store.papers.claim("w3", limit=9, lease=LEASE, now=NOW + LEASE - timedelta(seconds=1)) == []
    assert store.papers.claim("w3", limit=9, lease=LEASE, now=NOW + LEASE) == made
    assert store.papers.claim_holders() == ["w3"]


def test_a_worker_that_is_gone_gives_its_pages_back(store: Store) -> None:
    made = deliver(store, pages=3)
    store.papers.claim("w1", limit=1, lease=LEASE, now=NOW)
    store.papers.claim("w2", limit=1, lease=LEASE, now=NOW)
    assert store.papers.claim_holders() == ["w1", "w2"]
    store.papers.release("w1")
    assert store.papers.claim_holders() == ["w2"]
    assert store.papers.claim("w3", limit=9, lease=LEASE, now=NOW) == [made[0], made[2]]


def test_finished_and_failed_pages_are_never_claimed_again(store: Store) -> None:
    made = deliver(store, pages=3)
    store.papers.save_outcome(outcome(made[0]), now=NOW)
    store.papers.add_failure(FAILURE)
    assert store.papers.pending() == store.papers.pending("b1") == 1
    assert store.papers.pending("another") == 0
    assert store.papers.claim("w1", limit=9, lease=LEASE, now=NOW, batch_id="another") == []
    assert store.papers.claim("w1", limit=9, lease=LEASE, now=NOW, batch_id="b1") == made[2:]
    store.papers.save_outcome(outcome(made[2]), now=NOW)
    assert store.papers.claim_holders() == []
    assert store.papers.claim("w1", limit=9, lease=LEASE, now=NOW + 9 * LEASE) == []


def test_a_failure_of_a_whole_file_leaves_its_pages_pending(store: Store) -> None:
    deliver(store, pages=1)
    store.papers.add_failure(replace(FAILURE, page_number=None))
    store.papers.add_failure(replace(FAILURE, page_number=None, scan_sha256=None))
    assert store.papers.pending() == 1
    assert store.papers.counts()["failures"] == 2


def test_a_duplicate_is_linked_and_keeps_everything(store: Store) -> None:
    first, second = deliver(store, pages=2)
    for page in (first, second):
        store.papers.save_outcome(outcome(page), now=NOW)
    store.papers.link_duplicate(second.id, first.id)
    linked = store.papers.outcome(second.id)
    assert linked == replace(outcome(second), duplicate_of=first.id, proposals=())
    assert store.papers.counts()["duplicates"] == 1
    with pytest.raises(ValueError, match="duplicate"):
        store.papers.link_duplicate(first.id, first.id)


def test_counts_say_what_waits(store: Store) -> None:
    made = deliver(store, pages=5)
    store.papers.save_outcome(outcome(made[0]), now=NOW)
    store.papers.save_outcome(outcome(made[1], answer=MatchAnswer.ASK), now=NOW)
    store.papers.save_outcome(outcome(made[2], answer=MatchAnswer.ASK, blank=True, items=0), now=NOW)
    store.papers.save_outcome(
        outcome(made[3], answer=MatchAnswer.ASK, items=0, duplicate_of=made[1].id), now=NOW
    )
    assert store.papers.counts() == {
        "pages": 5,
        "read": 4,
        "pending": 1,
        "failures": 0,
        "blank": 1,
        "duplicates": 1,
        "ask": 1,
        "open": 4,
        "accepted": 0,
        "amended": 0,
        "rejected": 0,
        "exported": 0,
    }
