"""Deliveries, files, pages, failures, and who works on what."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, func, or_, select, update

from pipeline.domain.errors import Failure
from pipeline.domain.outcome import PageOutcome
from pipeline.domain.paper import Batch, Page, Scan
from pipeline.storage import failures as failed
from pipeline.storage import outcomes as kept
from pipeline.storage.engine import Database, insert_new
from pipeline.storage.schema import batches, deliveries, failures, outcomes, pages, scans


class Papers:
    """What came in on paper and what the road made of it."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add_batch(self, batch: Batch) -> None:
        """Store a delivery; one that is known stays as it is."""
        row = {
            "id": batch.id,
            "sender": batch.sender,
            "received_at": batch.received_at,
            "declared_sheets": batch.declared_sheets,
        }
        with self._database.writing() as connection:
            connection.execute(insert_new(connection, batches).values(row))

    def batches(self) -> list[Batch]:
        """Return all deliveries, newest first."""
        with self._database.reading() as connection:
            rows = connection.execute(select(batches).order_by(batches.c.received_at.desc(), batches.c.id))
            return [Batch(row.id, row.sender, row.received_at, row.declared_sheets) for row in rows]

    def add_scan(self, scan: Scan) -> bool:
        """Store a file and that this batch delivered it.

        Returns:
            True = new bytes; False = they are known.
        """
        name = storable(scan.name)
        row = {
            "sha256": scan.sha256,
            "media_type": scan.media_type,
            "size": scan.size,
            "name": name,
            "batch_id": scan.batch_id,
        }
        with self._database.writing() as connection:
            statement = insert_new(connection, scans).values(row).returning(scans.c.sha256)
            new = connection.execute(statement).first() is not None
            delivery = {"batch_id": scan.batch_id, "scan_sha256": scan.sha256, "name": name, "first": new}
            connection.execute(insert_new(connection, deliveries).values(delivery))
        return new

    def scan(self, sha256: str) -> Scan | None:
        """Return a file's row."""
        with self._database.reading() as connection:
            row = connection.execute(select(scans).where(scans.c.sha256 == sha256)).first()
            return None if row is None else Scan(row.sha256, row.media_type, row.size, row.name, row.batch_id)

    def deliveries(self, batch_id: str) -> list[tuple[str, str, bool]]:
        """Return (sha256, name, whether these bytes came for the first time) of a batch, in order."""
        query = select(deliveries).where(deliveries.c.batch_id == batch_id).order_by(deliveries.c.id)
        with self._database.reading() as connection:
            return [(row.scan_sha256, row.name, row.first) for row in connection.execute(query)]

    def add_pages(self, new: Iterable[Page]) -> None:
        """Store pages; known ones stay as they are."""
        rows = [
            {
                "id": page.id,
                "scan_sha256": page.scan_sha256,
                "number": page.number,
                "width": page.width,
                "height": page.height,
                "dpi": page.dpi,
            }
            for page in new
        ]
        if rows:
            with self._database.writing() as connection:
                connection.execute(insert_new(connection, pages), rows)

    def page(self, page_id: str) -> Page | None:
        """Return one page."""
        found = self._pages(pages.c.id == page_id)
        return found[0] if found else None

    def pages_of_batch(self, batch_id: str) -> list[Page]:
        """Return the pages of all files that a batch delivered, new or known, in order."""
        return self._pages(_of_batch(batch_id))

    def pages_of_scan(self, sha256: str) -> list[Page]:
        """Return a file's pages in order."""
        return self._pages(pages.c.scan_sha256 == sha256)

    def _pages(self, condition: ColumnElement[bool]) -> list[Page]:
        with self._database.reading() as connection:
            rows = connection.execute(select(pages).where(condition).order_by(pages.c.seq))
            return [page_of(row) for row in rows]

    def add_failure(self, failure: Failure) -> None:
        """Store a failure; the same one twice is one row."""
        with self._database.writing() as connection:
            failed.add(connection, failure, name=storable(failure.name))

    def failures(self, batch_id: str | None = None, *, scan_sha256: str | None = None) -> list[Failure]:
        """Return the failures that stand, of a batch, of a file, or all, oldest first."""
        return [failure for _, failure in self.kept_failures(batch_id, scan_sha256=scan_sha256)]

    def kept_failures(
        self, batch_id: str | None = None, *, scan_sha256: str | None = None
    ) -> list[tuple[int, Failure]]:
        """Return (id, failure) of the failures that stand, as `retry` takes them."""
        with self._database.reading() as connection:
            return failed.standing(connection, batch_id=batch_id, scan_sha256=scan_sha256)

    def retry(self, ids: Sequence[int], *, by: str, at: datetime) -> int:
        """Put failures aside because somebody has them read again; their pages are pending and free.

        Args:
            ids: of failures.
            by: a user's name, or where the wish came from.
            at: UTC.

        Returns:
            How many still stood.
        """
        with self._database.writing() as connection:
            return failed.retry(connection, ids, by=by, at=at)

    def last_retry(self, page: Page) -> tuple[str, datetime] | None:
        """Return who last had a page read again, and when (UTC); None = nobody."""
        with self._database.reading() as connection:
            return failed.last_retry(connection, page)

    def note_media_type(self, sha256: str, media_type: str) -> None:
        """Set what a file is, where it could not be told before."""
        with self._database.writing() as connection:
            chosen = update(scans).where(scans.c.sha256 == sha256, scans.c.media_type != media_type)
            connection.execute(chosen.values(media_type=media_type))

    def claim(
        self,
        worker: str,
        *,
        limit: int,
        lease: timedelta,
        now: datetime,
        batch_id: str | None = None,
    ) -> list[Page]:
        """Take the next pending pages that nobody works on; no two workers get the same page.

        Args:
            worker: who asks.
            limit: how many at most.
            lease: after this the pages are free again.
            now: UTC.
            batch_id: take from this delivery only; None = from all.
        """
        free = or_(pages.c.claimed_until.is_(None), pages.c.claimed_until <= now)
        query = select(pages).where(is_pending(batch_id), free).order_by(pages.c.seq).limit(limit)
        with self._database.writing() as connection:
            # SQLite holds its write lock already; PostgreSQL locks these rows and passes over locked ones.
            rows = connection.execute(query.with_for_update(skip_locked=True, of=pages)).all()
            taken = update(pages).where(pages.c.seq.in_([row.seq for row in rows]))
            connection.execute(taken.values(claimed_by=worker, claimed_until=now + lease))
            return [page_of(row) for row in rows]

    def release(self, worker: str) -> None:
        """Free all pages that a worker claimed."""
        with self._database.writing() as connection:
            mine = update(pages).where(pages.c.claimed_by == worker)
            connection.execute(mine.values(claimed_by=None, claimed_until=None))

    def claim_holders(self) -> list[str]:
        """Return the workers that hold claims on pending pages."""
        query = select(pages.c.claimed_by).where(is_pending(), pages.c.claimed_by.is_not(None)).distinct()
        with self._database.reading() as connection:
            return sorted(connection.execute(query).scalars())

    def pending(self, batch_id: str | None = None) -> int:
        """Return how many pages of a batch, or of all, have neither an outcome nor a failure."""
        with self._database.reading() as connection:
            return connection.execute(
                select(func.count()).select_from(pages).where(is_pending(batch_id))
            ).scalar_one()

    def save_outcome(self, outcome: PageOutcome, *, now: datetime) -> bool:
        """Store all that was made of a page, in one transaction; the second time changes nothing.

        Returns:
            Whether it was stored; False = the page had an outcome.
        """
        with self._database.writing() as connection:
            return kept.save(connection, outcome, now=now)

    def outcome(self, page_id: str) -> PageOutcome | None:
        """Return a page's outcome with its current proposals; None = it has none yet."""
        with self._database.reading() as connection:
            return kept.load(connection, page_id)

    def fingerprints(self) -> list[tuple[str, bytes, int]]:
        """Return (page id, fingerprint, place in the order of arrival) of all read pages, in that order."""
        with self._database.reading() as connection:
            return kept.fingerprints(connection)

    def link_duplicate(self, page_id: str, original_page_id: str) -> None:
        """Say that a read page shows the same sheet as an earlier one.

        Raises:
            ValueError: a page cannot repeat itself.
        """
        if page_id == original_page_id:
            raise ValueError("a page cannot be its own duplicate")
        with self._database.writing() as connection:
            linked = update(outcomes).where(outcomes.c.page_id == page_id)
            connection.execute(linked.values(duplicate_of=original_page_id))

    def counts(self) -> dict[str, int]:
        """Return how many pages, failures and proposals stand where; names as in the morning report."""
        with self._database.reading() as connection:
            return kept.counts(connection, pending=is_pending())


def page_of(row: Any) -> Page:
    """Return a row of `pages` as its noun."""
    return Page(row.id, row.scan_sha256, row.number, row.width, row.height, row.dpi)


def is_pending(batch_id: str | None = None) -> ColumnElement[bool]:
    """Return the condition that a page has neither an outcome nor a failure of its own that stands."""
    stands = and_(
        failures.c.scan_sha256 == pages.c.scan_sha256,
        failures.c.page_number == pages.c.number,
        failures.c.retried_at.is_(None),
    )
    condition = ~exists().where(outcomes.c.page_id == pages.c.id) & ~exists().where(stands)
    return condition if batch_id is None else condition & _of_batch(batch_id)


def _of_batch(batch_id: str) -> ColumnElement[bool]:
    delivered = select(deliveries.c.scan_sha256).where(deliveries.c.batch_id == batch_id)
    return pages.c.scan_sha256.in_(delivered)


def storable(name: str) -> str:
    """Return a file name as a database takes it: what is not Unicode text becomes a question mark."""
    return name.encode("utf-8", "replace").decode().replace("\0", "?")
