"""The door to everything stored."""

from __future__ import annotations

from pipeline.storage.engine import Database, make_engine
from pipeline.storage.migrate import migrate
from pipeline.storage.outbox import Outbox
from pipeline.storage.papers import Papers
from pipeline.storage.people import People
from pipeline.storage.registry import Registry
from pipeline.storage.review import Review
from pipeline.storage.sheets import Sheets
from pipeline.storage.visits import Visits


class Store:
    """One database, by subject; safe to share between threads, one for every process.

    Attributes:
        papers: deliveries, files, pages, outcomes, failures, claims.
        registry: patients, doctors, agenda, records.
        review: proposals, decisions, the queue.
        sheets: pages that show one sheet, and what people said of that.
        visits: appointments beside papers, and what people signed of them.
        people: users and sessions.
        outbox: exports and reports.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self.papers = Papers(database)
        self.registry = Registry(database)
        self.review = Review(database)
        self.sheets = Sheets(database)
        self.visits = Visits(database)
        self.people = People(database)
        self.outbox = Outbox(database)

    @classmethod
    def open(cls, url: str) -> Store:
        """Open a database and bring it to the newest schema.

        Args:
            url: "sqlite:///<path>" or "postgresql+psycopg://...".

        Raises:
            UsageError: a newer Reprise made this database.
        """
        engine = make_engine(url)
        migrate(engine)
        return cls(Database(engine))

    def close(self) -> None:
        """Close all connections."""
        self._database.engine.dispose()
