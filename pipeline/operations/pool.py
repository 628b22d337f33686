"""Pages read in processes of their own, so that one nasty page cannot take the batch with it."""

from __future__ import annotations

import logging
import os
import traceback
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import CancelledError, Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from multiprocessing import get_context
from multiprocessing.context import BaseContext
from pathlib import Path
from threading import Lock

from pipeline.domain.errors import Failure, RepriseError, ToolMissing, Unforeseen
from pipeline.domain.paper import Page, Scan
from pipeline.process import PageRead

log = logging.getLogger(__name__)

# One thread a process: two processes on two cores beat two processes that fight over them.
ONE_THREAD = {"OMP_NUM_THREADS": "1", "OMP_THREAD_LIMIT": "1", "OPENBLAS_NUM_THREADS": "1"}
# Pages are large and short-lived: glibc is told to give their memory back at once, a fifth less at the peak
# of a hundred pages for a twentieth more time.
GIVE_BACK = {"MALLOC_ARENA_MAX": "1", "MALLOC_TRIM_THRESHOLD_": "131072"}


@dataclass(frozen=True, slots=True)
class PageJob:
    """One page to read: which, from which scan, kept where."""

    page: Page
    scan: Scan
    path: Path


ReadPage = Callable[[PageJob], PageRead]
_read_page: ReadPage | ToolMissing | None = None


def _start_worker(make: Callable[[], ReadPage]) -> None:
    global _read_page
    try:
        _read_page = make()
    except ToolMissing as error:
        _read_page = (
            error  # told with the first page; a worker that cannot start would look like a nasty page
        )


def _read_in_worker(job: PageJob) -> PageRead | Failure:
    """Read one page; whatever goes wrong comes back as a row."""
    if _read_page is None:
        raise RuntimeError("the worker was not started")
    if isinstance(_read_page, ToolMissing):
        raise _read_page
    try:
        return _read_page(job)
    except ToolMissing:
        raise  # not the page's fault: the batch stops with words, and the page stays pending
    except RepriseError as error:
        return failure_of(job, error)
    except Exception as error:
        # The text of an unexpected error may quote the page: only its kind and place are logged.
        place = traceback.extract_tb(error.__traceback__)[-1]
        log.error("page %s: %s in %s:%s", job.page.id, type(error).__name__, place.name, place.lineno)
        return failure_of(job, Unforeseen())


def failure_of(job: PageJob, error: RepriseError) -> Failure:
    """Return the row for a page that could not be read."""
    return Failure.of(
        error,
        stage="reading",
        name=job.scan.name,
        batch_id=job.scan.batch_id,
        scan_sha256=job.scan.sha256,
        page_number=job.page.number,
    )


def forked_after(modules: Sequence[str]) -> BaseContext:
    """Return how reading processes begin: forked from one small process that has imported what they all need.

    That process has one thread and holds no page, no connection and no lock, so forking it is safe where
    forking ours (bars, Prefect, a database) would not be; what it imported is paid for and kept once.

    Args:
        modules: by name; they start no threads and open nothing.
    """
    context = get_context("forkserver")
    context.set_forkserver_preload(list(modules))
    return context


class PagePool:
    """A pool of reading processes, each with its own readers.

    A page that kills its process twice, the second time on its own, becomes a Failure.
    """

    def __init__(
        self, make: Callable[[], ReadPage], *, workers: int, needs: Sequence[str] = (__name__,)
    ) -> None:
        """Start nothing yet: the first page does.

        Args:
            make: called once in every process; what it returns reads a page.
            workers: processes.
            needs: modules that every process imports.
        """
        self._make = make
        self._context = forked_after(needs)
        self._workers = workers
        self._pool: ProcessPoolExecutor | None = None
        self._lock = Lock()

    def _running(self) -> ProcessPoolExecutor:
        with self._lock:
            if self._pool is None:
                for name, value in (ONE_THREAD | GIVE_BACK).items():
                    os.environ.setdefault(name, value)
                self._pool = ProcessPoolExecutor(
                    self._workers,
                    mp_context=self._context,
                    initializer=_start_worker,
                    initargs=(self._make,),
                )
            return self._pool

    def read(self, jobs: Sequence[PageJob]) -> Iterator[tuple[PageJob, PageRead | Failure]]:
        """Read pages side by side and yield them in the order given."""
        futures = [(job, self._submit(job)) for job in jobs]
        for job, future in futures:
            try:
                yield job, future.result()
            except (BrokenProcessPool, CancelledError):
                yield job, self._alone(job)

    def _submit(self, job: PageJob) -> Future[PageRead | Failure]:
        try:
            return self._running().submit(_read_in_worker, job)
        except BrokenProcessPool as error:
            failed: Future[PageRead | Failure] = Future()
            failed.set_exception(error)
            return failed

    def _alone(self, job: PageJob) -> PageRead | Failure:
        """Read a page again in a fresh process of its own: it may be the one that broke the pool."""
        self.close()
        with ProcessPoolExecutor(
            1, mp_context=self._context, initializer=_start_worker, initargs=(self._make,)
        ) as pool:
            try:
                return pool.submit(_read_in_worker, job).result()
            except BrokenProcessPool:
                log.error("page %s killed its process twice", job.page.id)
                return failure_of(job, Unforeseen())

    def close(self) -> None:
        """End the processes; the next page starts new ones."""
        with self._lock:
            if self._pool is not None:
                self._pool.shutdown(wait=True, cancel_futures=True)
                self._pool = None
