"""Work through what is pending: claim pages, read them side by side, settle them in order."""

from __future__ import annotations

import os
import socket
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from pipeline.domain.errors import Failure
from pipeline.domain.paper import Page
from pipeline.operations.archive import Archive
from pipeline.operations.pool import PageJob, PagePool
from pipeline.operations.settle import Settler
from pipeline.storage.store import Store


def worker_name() -> str:
    """Return this process's name for claims: "host:pid"."""
    return f"{socket.gethostname()}:{os.getpid()}"


def is_gone(worker: str) -> bool:
    """Whether a claim's worker ran on this machine and does so no more."""
    host, _, pid = worker.rpartition(":")
    if host != socket.gethostname() or not pid.isdigit():
        return False
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return False


@dataclass(frozen=True, slots=True)
class Desk:
    """Everything that working through pages takes.

    Attributes:
        lease: after this a claimed page is free again.
        chunk_pages: how many pages are claimed at once.
        now: clock, UTC.
    """

    store: Store
    archive: Archive
    pool: PagePool
    settler: Settler
    lease: timedelta
    chunk_pages: int
    now: Callable[[], datetime]

    def reconcile(self) -> int:
        """Free the pages that workers of this machine claimed before they died; return how many workers."""
        gone = [worker for worker in self.store.papers.claim_holders() if is_gone(worker)]
        for worker in gone:
            self.store.papers.release(worker)
        return len(gone)

    def give_back(self) -> None:
        """Free what this process claimed and did not finish: the next run need not wait for the lease."""
        self.store.papers.release(worker_name())

    def claim(self, batch_id: str | None = None) -> list[Page]:
        """Claim the next chunk of pending pages, of one batch or of all; empty = nothing is left."""
        return self.store.papers.claim(
            worker_name(), limit=self.chunk_pages, lease=self.lease, now=self.now(), batch_id=batch_id
        )

    def work(self, pages: Sequence[Page], *, progress: Callable[[], object] = lambda: None) -> Counter[str]:
        """Read and settle claimed pages; return how many became what ("read", "failed")."""
        counts: Counter[str] = Counter()
        jobs = []
        for page in pages:
            scan = self.store.papers.scan(page.scan_sha256)
            if scan is not None:
                jobs.append(PageJob(page, scan, self.archive.path(page.scan_sha256)))
        for _, read in self.pool.read(jobs):
            if isinstance(read, Failure):
                self.store.papers.add_failure(read)
                counts["failed"] += 1
            else:
                self.settler.settle(read)
                counts["read"] += 1
                counts["cpu_ms"] += round(1000 * sum(read.seconds.values()))
            progress()
        return counts

    def work_ids(self, page_ids: Sequence[str]) -> dict[str, int]:
        """As `work`, for pages named by id: what a Prefect task is told."""
        found = (self.store.papers.page(page_id) for page_id in page_ids)
        return dict(self.work([page for page in found if page is not None]))

    def work_all(
        self, batch_id: str | None = None, *, progress: Callable[[], object] = lambda: None
    ) -> Counter[str]:
        """Work through everything that is pending."""
        counts: Counter[str] = Counter()
        while pages := self.claim(batch_id):
            counts += self.work(pages, progress=progress)
        return counts
