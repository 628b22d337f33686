"""Where the parser stands: the terms, the dosages in the making, and how numbers are read off them."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal

from pipeline.domain.meaning import TimeUnit
from pipeline.extraction.drafts import Draft
from pipeline.extraction.lexer import Term

DASHES = ("-", "–", "—")


@dataclass(slots=True)
class State:
    """Terms being read and what was made of them so far."""

    terms: list[Term]
    text: str = ""
    drafts: list[Draft] = field(default_factory=list)
    doubts: list[str] = field(default_factory=list)
    fresh: bool = False
    joined: bool = False

    def kind(self, at: int) -> str:
        """Kind of the term at a place; empty beyond the end."""
        return self.terms[at].kind if at < len(self.terms) else ""

    def value(self, at: int) -> str:
        """Value of the term at a place; empty beyond the end."""
        return self.terms[at].value if at < len(self.terms) else ""

    def written(self, at: int) -> str:
        """The term at a place as it stands in the text, in lower case; empty beyond the end."""
        return self.text[self.terms[at].start : self.terms[at].end].lower() if at < len(self.terms) else ""

    @property
    def draft(self) -> Draft:
        """The dosage being read."""
        if not self.drafts:
            self.drafts.append(Draft(self.terms[0].start, self.terms[0].start))
        return self.drafts[-1]

    def open_draft(self, at: int, *, after: bool) -> Draft:
        """Start a new dosage: after the one before ("puis") or together with it."""
        before = self.draft
        start = self.terms[at].start
        self.drafts.append(Draft(start, start, sequence=before.sequence + (1 if after else 0)))
        return self.drafts[-1]

    def next_draft(self, at: int) -> Draft:
        """Return the dosage that a phrase at this place belongs to: behind "puis" it is a new one."""
        if self.fresh and not self.draft.empty:
            self.open_draft(at, after=True)
            self.fresh = False
        return self.draft

    def for_dose(self, at: int) -> Draft:
        """Return the dosage that a dose at this place belongs to."""
        draft = self.draft
        if self.fresh and not draft.empty:
            draft = self.open_draft(at, after=True)
        elif draft.weekdays and not draft.dose_seen and at and self.kind(at - 1) == "and":
            draft = self.open_draft(at, after=False)  # "du lundi au vendredi et 125 µg samedi"
        elif draft.dose_seen:
            after = draft.duration is not None and not self.joined
            if not (after or draft.when or draft.frequency or draft.weekdays or self.joined):
                self.doubt("ambiguous")
            draft = self.open_draft(at, after=after)
        self.fresh = self.joined = False
        return draft

    def doubt(self, name: str) -> None:
        """Note a doubt once."""
        if name not in self.doubts:
            self.doubts.append(name)


def whole(value: Decimal | None) -> int | None:
    """Return a number as a count of times, 1 to 99; None = it is none."""
    return int(value) if value is not None and value == int(value) and 0 < value < 100 else None


def quantity(state: State, at: int) -> tuple[Decimal | None, int] | None:
    """Read a number, with a half after it if one stands there: "1 1/2", "un et demi"."""
    if state.kind(at) == "smudge":
        return None, at + 1
    number = state.terms[at].number if at < len(state.terms) else None
    if number is None:
        return None
    nxt = at + 1
    if state.kind(nxt) == "and" and state.value(nxt + 1) in ("0.5", "0.25"):
        return number + Decimal(state.value(nxt + 1)), nxt + 2
    if (
        state.kind(nxt) == "number"
        and number >= 1
        and number == int(number)
        and state.value(nxt) in ("0.5", "0.25", "0.75")
    ):
        return number + Decimal(state.value(nxt)), nxt + 1
    return number, nxt


def span(state: State, at: int) -> tuple[Decimal | None, Decimal | None, int] | None:
    """Read "2" or "1 à 2" or "1-2"."""
    low = quantity(state, at)
    if low is None:
        return None
    value, nxt = low
    if state.kind(nxt) == "to" or state.value(nxt) in DASHES:
        high = quantity(state, nxt + 1)
        # "6-8": only rising numbers are a range; "5-0" is not.
        if high and high[0] is not None and value is not None and high[0] > value:
            return value, high[0], high[1]
    return value, None, nxt


def time_unit(state: State, at: int) -> TimeUnit | None:
    """Return the unit of time at a place."""
    return TimeUnit(state.value(at)) if state.kind(at) == "time" else None
