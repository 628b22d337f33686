"""What people say of a page that the machine took for a sheet it had seen; append-only like all decisions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from pipeline.domain.review import Role
from pipeline.domain.standing import standing


@dataclass(frozen=True, slots=True)
class SheetDecision:
    """A person's word that two pages do not show the same sheet.

    Attributes:
        id: increasing; 0 = not stored yet.
        page_id: the page that was linked.
        other_page_id: the page that it was linked to.
        at: UTC.
        undo: takes back the decision before: it is the same sheet after all.
    """

    id: int
    page_id: str
    other_page_id: str
    user: str
    role: Role
    at: datetime
    undo: bool = False


def told_apart(decisions: Sequence[SheetDecision]) -> SheetDecision | None:
    """Return the decision that counts, oldest first in; None = the machine's link stands."""
    left = standing(decisions, lambda decision: decision.undo)
    return left[-1] if left else None
