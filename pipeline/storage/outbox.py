"""What left the house, and the morning's reports."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import exists, func, insert, select

from pipeline.storage.codec import counts_to_json, from_json
from pipeline.storage.engine import Database, insert_new
from pipeline.storage.schema import exports, reports


class Outbox:
    """Exports by decision, reports by kind."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def exported(self, decision_id: int) -> bool:
        """Whether what a decision approved has been exported."""
        with self._database.reading() as connection:
            return bool(
                connection.execute(select(exists().where(exports.c.decision_id == decision_id))).scalar()
            )

    def number_exported(self) -> int:
        """Return how many decisions have been exported."""
        with self._database.reading() as connection:
            return connection.execute(select(func.count()).select_from(exports)).scalar_one()

    def record_export(self, decision_ids: Iterable[int], bundle_id: str, at: datetime) -> None:
        """Store that a bundle carried these decisions; the first bundle of a decision stays."""
        rows = [{"decision_id": each, "bundle_id": bundle_id, "at": at} for each in decision_ids]
        if rows:
            with self._database.writing() as connection:
                connection.execute(insert_new(connection, exports), rows)

    def add_report(self, kind: str, at: datetime, counts: dict[str, int]) -> None:
        """Store a report of counts."""
        with self._database.writing() as connection:
            connection.execute(insert(reports).values(kind=kind, at=at, counts=counts_to_json(counts)))

    def latest_report(self, kind: str) -> tuple[datetime, dict[str, int]] | None:
        """Return when the newest report of a kind was made, and its counts."""
        query = select(reports).where(reports.c.kind == kind)
        with self._database.reading() as connection:
            row = connection.execute(query.order_by(reports.c.at.desc(), reports.c.id.desc())).first()
            return None if row is None else (row.at, from_json(dict[str, int], row.counts))
