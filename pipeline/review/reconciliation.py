"""The reconciling screen: which doctor's which day, how much is accounted for, and the rows that are not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from pipeline.domain.people import User
from pipeline.domain.reconcile import Window, reconcile
from pipeline.domain.reconciled import (
    AppointmentRow,
    AppointmentState,
    Basis,
    Counts,
    Group,
    PaperRow,
    Reconciliation,
)
from pipeline.domain.reconciliation import doctor_key
from pipeline.domain.review import Role
from pipeline.review.house import House
from pipeline.review.reconciliation_choice import NONE, Choice
from pipeline.review.reconciliation_rows import (
    PageLink,
    Speaker,
    VisitView,
    appointment_view,
    long_day,
    paper_view,
)
from pipeline.review.words import PARIS, Words
from pipeline.storage.visits import VisitFacts

ROWS = 60
"""Rows on one screen."""

Row = AppointmentRow | PaperRow


@dataclass(frozen=True, slots=True)
class BarView:
    """A bar in three parts, per cent of its whole: accounted for, signed, open."""

    number: int
    open: int
    parts: tuple[tuple[str, float, float], ...]
    says: str


@dataclass(frozen=True, slots=True)
class GroupView:
    """One doctor's day: heading, counts, the rows shown."""

    anchor: str
    address: str
    day: str
    doctor: str
    agenda: bool
    appointments: BarView
    papers: BarView
    ahead: int
    rows: tuple[VisitView, ...]


@dataclass(frozen=True, slots=True)
class OtherView:
    """A paper of no visit."""

    page: PageLink
    whose: str
    day: str


@dataclass(frozen=True, slots=True)
class ScreenView:
    """The whole screen.

    Attributes:
        total: bars over everything chosen.
        table: a line a doctor's day, rows or not; `groups` are those with rows on this screen.
        days, doctors: (value, words, chosen) for the filter.
        number: rows in all; `start` and `step` say which are shown.
    """

    empty: bool
    choice: Choice
    appointments: BarView
    papers: BarView
    ahead: int
    cancelled: int
    table: tuple[GroupView, ...]
    groups: tuple[GroupView, ...]
    others: tuple[OtherView, ...]
    days: tuple[tuple[str, str, bool], ...]
    doctors: tuple[tuple[str, str, bool], ...]
    number: int
    start: int
    step: int
    pending: int
    unopened: int


def laid_side_by_side(house: House) -> tuple[VisitFacts, Reconciliation]:
    """Return the facts, and what reconciling makes of them now."""
    facts = house.store.visits.facts()
    now = house.now().astimezone(PARIS).replace(tzinfo=None)
    found = reconcile(
        facts.bookings,
        facts.papers,
        facts.decisions,
        now=now,
        doctors=facts.doctors,
        window=window_of(house),
    )
    return facts, found


def window_of(house: House) -> Window | None:
    """Return the outage as it was set; None = it was not: all days of the agenda count."""
    first, last = house.settings.outage_from, house.settings.outage_to
    return (first, last) if first and last else None


def open_visits(house: House) -> Counts | None:
    """Return how much is open, for the morning page; None = there is no agenda to lay papers beside."""
    facts, found = laid_side_by_side(house)
    return found.counts if facts.bookings else None


def screen(house: House, user: User, words: Words, choice: Choice) -> ScreenView:
    """Build the screen for what was chosen."""
    facts, found = laid_side_by_side(house)
    choice = _own(choice, user, found)
    chosen = [group for group in found.groups if choice.holds(group)]
    rows = [(group, row) for group in chosen for row in _rows(group, everything=choice.everything)]
    start = choice.start if choice.start < len(rows) else 0
    shown = rows[start : start + ROWS]
    others = [paper for paper in found.others if choice.day in ("", _iso(paper.day))]
    people = house.store.registry.named(
        [each for _, row in shown for each in _people(row)]
        + [paper.patient_id for paper in others if paper.patient_id]
    )
    users = {person.name: person.display_name for person in house.store.people.users()}
    newest = {word.page_id: word.id for word in facts.decisions if word.page_id}
    speaker = Speaker(words, people, users, newest)
    counts = sum((group.counts for group in chosen), Counts())
    return ScreenView(
        empty=not facts.bookings,
        choice=choice,
        appointments=appointments_bar(counts, words),
        papers=papers_bar(counts, words),
        ahead=counts.ahead,
        cancelled=counts.cancelled,
        table=tuple(_group_view(group, (), words, choice) for group in chosen),
        groups=tuple(
            _group_view(group, [_view(row, speaker) for _, row in mine], words, choice)
            for group, mine in ((key, list(each)) for key, each in groupby(shown, key=lambda at: at[0]))
        ),
        others=tuple(_other(paper.patient_id, paper.day, speaker.link(paper), speaker) for paper in others),
        days=_days(found, choice, words),
        doctors=_doctors(found, choice, words),
        number=len(rows),
        start=start,
        step=ROWS,
        pending=facts.pending,
        unopened=facts.unopened,
    )


def _own(choice: Choice, user: User, found: Reconciliation) -> Choice:
    """A doctor sees the own days first, where there are any."""
    key = doctor_key(user.doctor) if user.role is Role.DOCTOR else ""
    if choice.doctor or not any(group.key == key for group in found.groups if key):
        return choice
    return Choice(choice.day, key, choice.everything, choice.start)


def _rows(group: Group, *, everything: bool) -> list[Row]:
    """Return the rows that somebody has to look at or may take back; everything = those that agree, too."""
    rows: list[Row] = [row for row in group.appointments if everything or _needs_eyes(row)]
    return [*rows, *group.papers]


def _needs_eyes(row: AppointmentRow) -> bool:
    by_person = any(each.basis is Basis.PERSON for each in row.papers)
    waits = row.state in (AppointmentState.OPEN, AppointmentState.SIGNED)
    contradicted = bool(row.papers) and (row.word is not None or row.booking.cancelled)
    return waits or by_person or contradicted


def _people(row: Row) -> list[str]:
    if isinstance(row, AppointmentRow):
        return [row.booking.patient_id]
    hinted = [hint.booking.patient_id for hint in row.hints]
    return [*hinted, *(paper.patient_id for paper in row.papers if paper.patient_id)]


def _view(row: Row, speaker: Speaker) -> VisitView:
    return appointment_view(row, speaker) if isinstance(row, AppointmentRow) else paper_view(row, speaker)


def _group_view(group: Group, rows: Sequence[VisitView], words: Words, choice: Choice) -> GroupView:
    day, counts = _iso(group.day), group.counts
    return GroupView(
        anchor=anchor_of(day, group.key or NONE),
        address=choice.address(day=day, doctor=group.key or NONE, start=0),
        day=long_day(group.day, words),
        doctor=group.doctor or words("queue.no_doctor"),
        agenda=group.agenda or group.day is None,
        appointments=appointments_bar(counts, words),
        papers=papers_bar(counts, words),
        ahead=counts.ahead,
        rows=tuple(rows),
    )


def anchor_of(day: str, key: str) -> str:
    """Return where on the screen a doctor's day is."""
    return f"at-{day}-{key}"


def _iso(day: date | None) -> str:
    return day.isoformat() if day else NONE


def appointments_bar(counts: Counts, words: Words) -> BarView:
    """Return the bar of the appointments."""
    numbers = (counts.with_paper, counts.signed, counts.open_appointments)
    says = words("visits.appointments_say", paper=numbers[0], signed=numbers[1], open=numbers[2])
    return _bar(numbers, says)


def papers_bar(counts: Counts, words: Words) -> BarView:
    """Return the bar of the papers."""
    numbers = (counts.with_appointment, counts.walk_ins, counts.open_documents)
    says = words("visits.papers_say", appointment=numbers[0], walk_in=numbers[1], open=numbers[2])
    return _bar(numbers, says)


def _bar(numbers: tuple[int, int, int], says: str) -> BarView:
    whole = sum(numbers)
    parts, at = [], 0.0
    for tone, number in zip(("done", "signed", "open"), numbers, strict=True):
        width = 100 * number / whole if whole else 0.0
        if number:
            parts.append((tone, round(at, 2), round(width, 2)))
        at += width
    return BarView(whole, numbers[2], tuple(parts), says)


def _days(found: Reconciliation, choice: Choice, words: Words) -> tuple[tuple[str, str, bool], ...]:
    days: Mapping[str, str] = {_iso(group.day): long_day(group.day, words) for group in found.groups}
    return tuple((value, shown, value == choice.day) for value, shown in days.items())


def _doctors(found: Reconciliation, choice: Choice, words: Words) -> tuple[tuple[str, str, bool], ...]:
    doctors = {group.key or NONE: group.doctor or words("queue.no_doctor") for group in found.groups}
    in_order = sorted(doctors.items(), key=lambda each: (each[0] == NONE, each[0]))
    return tuple((value, shown, value == choice.doctor) for value, shown in in_order)


def _other(patient_id: str | None, day: date | None, page: PageLink, speaker: Speaker) -> OtherView:
    whose = speaker.name(patient_id) if patient_id else ""
    return OtherView(page, whose, speaker.words.day(day))
