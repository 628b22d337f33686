"""Whether a page repeats another one, as a panel: what the machine saw, what a person said, the history."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pipeline.domain.people import User
from pipeline.domain.review import Role
from pipeline.domain.sheets import SheetDecision, told_apart
from pipeline.review.items import HistoryView
from pipeline.review.words import Words


@dataclass(frozen=True, slots=True)
class SheetView:
    """The panel.

    Attributes:
        status: "copy" (the link stands) or "apart" (somebody took it back).
        sentence: the same in words, with who said so and when.
        other: id of the page that came first.
        seen: id of the newest decision shown, 0 = none.
    """

    status: str
    sentence: str
    other: str
    history: tuple[HistoryView, ...]
    seen: int
    may_settle: bool


def sheet_view(
    original: str | None,
    decisions: Sequence[SheetDecision],
    *,
    user: User,
    words: Words,
    people: Mapping[str, str],
) -> SheetView | None:
    """Build the panel; None = nothing ever linked this page to another.

    Args:
        original: the page that it repeats now; None = it is a sheet of its own.
        decisions: what people said of that, oldest first.
        user: who looks.
        words: in which language.
        people: log-in name -> name on screens.
    """
    standing = told_apart(decisions)
    other = original or (standing.other_page_id if standing else None)
    if other is None:
        return None
    status = "copy" if original else "apart"
    who = people.get(standing.user, standing.user) if standing else ""
    when = words.moment(standing.at) if standing else ""
    return SheetView(
        status=status,
        sentence=words(f"sheet.{status}", who=who, when=when),
        other=other,
        history=tuple(_said(decision, words, people) for decision in decisions),
        seen=decisions[-1].id if decisions else 0,
        may_settle=user.role in (Role.SECRETARY, Role.DOCTOR),
    )


def _said(decision: SheetDecision, words: Words, people: Mapping[str, str]) -> HistoryView:
    return HistoryView(
        who=people.get(decision.user, decision.user),
        what=words("sheet.said_undo" if decision.undo else "sheet.said_apart"),
        when=words.moment(decision.at),
        reason=None,
    )
