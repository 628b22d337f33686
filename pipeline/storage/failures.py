"""Failures: kept for good; one that was read again stands no longer, but its row says who asked."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime
from itertools import count
from typing import Any

from sqlalchemy import Connection, or_, select, tuple_, update

from pipeline.domain.errors import Failure
from pipeline.domain.paper import Page
from pipeline.storage.engine import insert_new
from pipeline.storage.schema import failures, pages


def add(connection: Connection, failure: Failure, *, name: str) -> None:
    """Store a failure under a name that a database takes; the same one twice is one row.

    One that comes back after somebody had the page read again is a new row.
    """
    facts: dict[str, Any] = {
        "stage": failure.stage,
        "category": failure.category,
        "message": failure.message,
        "message_en": failure.message_en,
        "name": name,
        "batch_id": failure.batch_id,
        "scan_sha256": failure.scan_sha256,
        "page_number": failure.page_number,
    }
    told = repr(sorted(facts.items()))
    for attempt in count():
        key = hashlib.sha256(f"{told}{attempt or ''}".encode()).hexdigest()
        before = connection.execute(select(failures.c.retried_at).where(failures.c.key == key)).first()
        if before is None or before.retried_at is None:
            connection.execute(insert_new(connection, failures).values(key=key, **facts))
            return


def standing(
    connection: Connection, *, batch_id: str | None = None, scan_sha256: str | None = None
) -> list[tuple[int, Failure]]:
    """Return (id, failure) of those that stand, of a batch, of a file, or all, oldest first."""
    query = select(failures).where(failures.c.retried_at.is_(None)).order_by(failures.c.id)
    if batch_id is not None:
        query = query.where(failures.c.batch_id == batch_id)
    if scan_sha256 is not None:
        query = query.where(failures.c.scan_sha256 == scan_sha256)
    return [(row.id, failure_of(row)) for row in connection.execute(query)]


def retry(connection: Connection, ids: Sequence[int], *, by: str, at: datetime) -> int:
    """Say that somebody has these read again: their pages are pending and free; return how many stood."""
    chosen = failures.c.id.in_(ids) & failures.c.retried_at.is_(None)
    places = select(failures.c.scan_sha256, failures.c.page_number).where(chosen)
    # The process that failed may hold its claim for a while yet.
    claimed = update(pages).where(tuple_(pages.c.scan_sha256, pages.c.number).in_(places))
    connection.execute(claimed.values(claimed_by=None, claimed_until=None))
    return connection.execute(update(failures).where(chosen).values(retried_by=by, retried_at=at)).rowcount


def last_retry(connection: Connection, page: Page) -> tuple[str, datetime] | None:
    """Return who last had a page (or its whole file) read again, and when; None = nobody."""
    query = (
        select(failures.c.retried_by, failures.c.retried_at)
        .where(failures.c.scan_sha256 == page.scan_sha256, failures.c.retried_at.is_not(None))
        .where(or_(failures.c.page_number == page.number, failures.c.page_number.is_(None)))
        .order_by(failures.c.retried_at.desc())
    )
    row = connection.execute(query).first()
    return None if row is None else (row.retried_by, row.retried_at)


def failure_of(row: Any) -> Failure:
    """Return a row of `failures` as its noun."""
    return Failure(
        row.stage,
        row.category,
        row.message,
        row.message_en,
        row.name,
        row.batch_id,
        row.scan_sha256,
        row.page_number,
    )
