"""Read again what failed: pages go back to pending, files are opened once more from the archive."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from pipeline.domain.errors import Failure
from pipeline.domain.paper import Page
from pipeline.intake.limits import Limits
from pipeline.operations.archive import Archive
from pipeline.operations.receive import take_in
from pipeline.storage.store import Store

Kept = tuple[int, Failure]


@dataclass(frozen=True, slots=True)
class Retried:
    """What reading again came to.

    Attributes:
        pages: ids of the pages that are pending again, or for the first time.
        files: how many files could be opened that could not be before.
        still: failures that stay: the file cannot be opened yet, or its bytes never came.
    """

    pages: tuple[str, ...]
    files: int
    still: tuple[Failure, ...]


def retry(
    failed: Sequence[Kept], *, store: Store, archive: Archive, limits: Limits, by: str, now: datetime
) -> Retried:
    """Have failures read again. Doing it twice changes nothing: what is pending is no failure any more.

    Args:
        failed: (id, failure) as the store has them.
        store: where rows are.
        archive: where bytes are.
        limits: as for any file; they may have been raised since.
        by: who asks.
        now: UTC.
    """
    pages, files, still = [], 0, []
    of_file: list[Kept] = []
    for number, failure in failed:
        page = _page_of(store, failure)
        if page is not None:
            if store.papers.retry([number], by=by, at=now):
                pages.append(page.id)
        elif failure.scan_sha256 is None:
            still.append(failure)
        else:
            of_file.append((number, failure))
    of_file.sort(key=_delivered)
    for _, group in groupby(of_file, key=_delivered):
        found, stays = _open_again(list(group), store=store, archive=archive, limits=limits, by=by, now=now)
        pages += found
        files += bool(found)
        still += stays
    return Retried(tuple(pages), files, tuple(still))


def _delivered(kept: Kept) -> tuple[str, str, str]:
    failure = kept[1]
    return failure.scan_sha256 or "", failure.batch_id, failure.name


def _page_of(store: Store, failure: Failure) -> Page | None:
    if failure.scan_sha256 is None or failure.page_number is None:
        return None
    return store.papers.page(Page.id_of(failure.scan_sha256, failure.page_number))


def _open_again(
    group: Sequence[Kept], *, store: Store, archive: Archive, limits: Limits, by: str, now: datetime
) -> tuple[list[str], list[Failure]]:
    """Open one kept file again; return the ids of its new pages, and the failures that stay.

    The new rows are stored before the old failure is put aside: a crash in between loses nothing.
    """
    sha256, batch_id, name = _delivered(group[0])
    known = {page.id for page in store.papers.pages_of_scan(sha256)}
    taken, failures = take_in(name, sha256, batch_id, archive=archive, limits=limits)
    store.papers.note_media_type(sha256, taken.scan.media_type)
    store.papers.add_pages(taken.pages)
    for failure in failures:
        store.papers.add_failure(failure)
    over = [number for number, failure in group if failure not in failures]
    store.papers.retry(over, by=by, at=now)
    return [page.id for page in taken.pages if page.id not in known], failures
