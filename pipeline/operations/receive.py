"""Take a delivery in: keep every file as it came, make its pages known, turn what fails into rows."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from pipeline.domain.errors import BadScan, Failure
from pipeline.domain.paper import Batch, Page, Scan
from pipeline.intake.errors import CannotOpen, TooLarge
from pipeline.intake.limits import Limits
from pipeline.intake.receive import media_type_of
from pipeline.intake.sheets import open_scan
from pipeline.operations.archive import Archive
from pipeline.storage.store import Store

UNKNOWN_TYPE = "application/octet-stream"


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a delivery turned out to hold.

    Attributes:
        batch: the delivery; the same files from the same sender are the same batch.
        files: how many came.
        known: names of files whose very bytes had come before.
        pages: how many pages the new files have.
        failures: what could not be taken in, with a sentence for the secretary.
    """

    batch: Batch
    files: int
    known: tuple[str, ...]
    pages: int
    failures: tuple[Failure, ...]


def receive(
    paths: Sequence[Path],
    *,
    store: Store,
    archive: Archive,
    limits: Limits,
    sender: str,
    now: datetime,
    declared_sheets: int | None = None,
    progress: Callable[[], object] = lambda: None,
) -> Receipt:
    """Take files in as one batch. Doing it twice changes nothing.

    Args:
        paths: the files, in the order in which they shall be shown.
        store: where rows go.
        archive: where bytes go.
        limits: checked before anything is decoded.
        sender: a user's name or "inbox".
        now: UTC.
        declared_sheets: what the sender says it holds.
        progress: called after every file.
    """
    hashes: list[tuple[Path, str]] = []
    unreadable: list[Path] = []
    for path in paths:
        try:
            hashes.append((path, archive.keep(path)))
        except OSError:
            unreadable.append(path)
    names = [sha for _, sha in hashes] + [path.name for path in unreadable]
    batch = Batch(batch_id_of(sender, names), sender, now, declared_sheets)
    store.papers.add_batch(batch)
    known: list[str] = []
    failures = [
        Failure.of(CannotOpen(), stage="intake", name=path.name, batch_id=batch.id) for path in unreadable
    ]
    for failure in failures:
        store.papers.add_failure(failure)
    pages = 0
    for path, sha256 in hashes:
        taken, failed = take_in(path.name, sha256, batch.id, archive=archive, limits=limits)
        new = store.papers.add_scan(taken.scan)
        if new:
            pages += len(taken.pages)
        else:
            known.append(path.name)
        store.papers.add_pages(taken.pages)
        for failure in failed:
            store.papers.add_failure(failure)
        failures.extend(failed)
        progress()
    return Receipt(batch, len(paths), tuple(known), pages, tuple(failures))


def batch_id_of(sender: str, hashes: Sequence[str]) -> str:
    """Return a batch's id, 16 hex digits: the same files from the same sender are the same batch."""
    return hashlib.sha256("\n".join([sender, *sorted(set(hashes))]).encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class TakenIn:
    """A kept file as far as it could be opened."""

    scan: Scan
    pages: tuple[Page, ...] = ()


def take_in(
    name: str, sha256: str, batch_id: str, *, archive: Archive, limits: Limits
) -> tuple[TakenIn, list[Failure]]:
    """Open one kept file; what fails is returned, never raised, so that the batch goes on."""
    kept = archive.path(sha256)
    size = kept.stat().st_size
    scan = Scan(sha256, UNKNOWN_TYPE, size, name, batch_id)
    failures: list[Failure] = []
    pages: list[Page] = []
    try:
        if size > limits.max_file_bytes:
            raise TooLarge
        data = kept.read_bytes()
        scan = Scan(sha256, media_type_of(data), size, name, batch_id)
        with open_scan(data, media_type=scan.media_type, limits=limits) as opened:
            for number in range(1, opened.page_count + 1):
                try:
                    width, height, dpi = opened.size(number)
                    pages.append(Page(Page.id_of(sha256, number), sha256, number, width, height, dpi))
                except BadScan as error:
                    failures.append(_failed(error, scan, page_number=number))
    except BadScan as error:
        failures.append(_failed(error, scan))
    return TakenIn(scan, tuple(pages)), failures


def _failed(error: BadScan, scan: Scan, *, page_number: int | None = None) -> Failure:
    return Failure.of(
        error,
        stage="intake",
        name=scan.name,
        batch_id=scan.batch_id,
        scan_sha256=scan.sha256,
        page_number=page_number,
    )
