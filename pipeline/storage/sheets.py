"""Which pages show one sheet: the machine's links, and what people said of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import insert, select

from pipeline.domain.errors import Conflict
from pipeline.domain.review import Proposal
from pipeline.domain.sheets import SheetDecision, told_apart
from pipeline.storage.engine import Database
from pipeline.storage.outcomes import add_proposals
from pipeline.storage.review import approved_on, lock
from pipeline.storage.schema import outcomes, sheet_decisions
from pipeline.storage.tally import current_patients, originals, sheet_decisions_of


class Sheets:
    """Pages that repeat others; what a person says of them is only ever added."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def decisions(self, page_id: str) -> list[SheetDecision]:
        """Return what was said of a page's link, oldest first."""
        with self._database.reading() as connection:
            return sheet_decisions_of(connection, page_id)

    def copies(self, page_id: str) -> list[str]:
        """Return the ids of the pages that show the same sheet as this one and came later."""
        with self._database.reading() as connection:
            linked = originals(connection, original=page_id)
        return sorted(linked)

    def decide(self, decision: SheetDecision, *, proposals: Sequence[Proposal], seen: int) -> SheetDecision:
        """Store that a page is a sheet of its own, with its proposals; or take that back.

        Args:
            decision: with id 0.
            proposals: of this page for its current patient; known ones stay as they are.
            seen: id of the newest decision of this kind that the person was shown, 0 = none.

        Returns:
            The decision with its id.

        Raises:
            Conflict: somebody decided since, there is nothing to take back, the page is not linked to the
                other one, or a line of it stands accepted or amended (take that back first).
            KeyError: no such page, or it was not read yet.
            ValueError: the proposals are of another page or for another patient.
        """
        with self._database.writing() as connection:
            lock(connection, decision.page_id)
            query = select(outcomes.c.duplicate_of).where(outcomes.c.page_id == decision.page_id)
            row = connection.execute(query).first()
            if row is None:
                raise KeyError(decision.page_id)
            said = sheet_decisions_of(connection, decision.page_id)
            if (said[-1].id if said else 0) != seen:
                raise Conflict("decided meanwhile")
            if row.duplicate_of is None or row.duplicate_of != decision.other_page_id:
                raise Conflict("the page is not linked to that one")
            if decision.undo != (told_apart(said) is not None):
                raise Conflict("it is so already")
            if approved_on(connection, decision.page_id):
                raise Conflict("a line of this page is approved; take that back first")
            patient_id = current_patients(connection, decision.page_id)[decision.page_id]
            if any((each.page_id, each.patient_id) != (decision.page_id, patient_id) for each in proposals):
                raise ValueError("proposals of another page or for another patient")
            values = {
                "page_id": decision.page_id,
                "other_page_id": decision.other_page_id,
                "by_user": decision.user,
                "role": decision.role,
                "at": decision.at,
                "undo": decision.undo,
            }
            stored = connection.execute(
                insert(sheet_decisions).values(values).returning(sheet_decisions.c.id)
            )
            new = replace(decision, id=stored.scalar_one())
            add_proposals(connection, proposals)
            return new
