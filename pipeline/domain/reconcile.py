"""Appointments and papers side by side: which belong together, and what stays open; pure, per doctor and day.

A paper is an appointment's when a person says so; else when patient, day and doctor agree (a doctor who was
not read, or whom the practice does not know, agrees with the only one the patient saw that day); else, where
no date was read, when it is the patient's only appointment and the doctor agrees. Anything less is shown as a
hint and settles nothing. A cancelled appointment waits for no paper; it has one where a person says so, or
where patient, day and doctor agree and the patient has no other that day.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime

from pipeline.domain.paper import PageKind
from pipeline.domain.reconciled import (
    AppointmentRow,
    AppointmentState,
    Basis,
    Group,
    Hint,
    Nearness,
    PairedPaper,
    PaperRow,
    PaperState,
    Reconciliation,
    Sureness,
)
from pipeline.domain.reconciliation import Booking, Paper, Said, VisitDecision, Whose, doctor_key

NEAR_DAYS = 3
"""A paper's date may be misread, or a sheet dated late: appointments so many days away are shown as hints."""

Window = tuple[date, date]


def reconcile(
    bookings: Iterable[Booking],
    papers: Iterable[Paper],
    decisions: Iterable[VisitDecision] = (),
    *,
    now: datetime,
    doctors: Iterable[str] = (),
    window: Window | None = None,
) -> Reconciliation:
    """Lay papers beside appointments; the order of what comes in does not matter.

    Args:
        bookings: the agenda.
        papers: pages that are neither blank nor copies.
        decisions: all that was said, of anything.
        now: local time of the practice, no time zone.
        doctors: the practice's; whoever is neither among them nor in the agenda is a name misread, or a
            locum's, and counts as none.
        window: first and last day of the outage; appointments outside of it are looked at only where a
            paper belongs to them. None = all count.
    """
    agenda = sorted(bookings, key=lambda booking: (booking.start, booking.id))
    known = {doctor_key(name) for name in (*doctors, *(booking.doctor for booking in agenda))}
    sheets = sorted(
        (_recognised(paper, known) for paper in papers), key=lambda paper: (paper.place, paper.page_id)
    )
    documents = [paper for paper in sheets if paper.kind is not PageKind.OTHER]
    others = tuple(paper for paper in sheets if paper.kind is PageKind.OTHER)
    said = Said.of(decisions)
    inside = [booking for booking in agenda if _within(booking.day, window)]
    paired = _pair(agenda, inside, documents, said, now)
    hints = _hints(agenda, inside, [each for each in documents if each.page_id not in paired], paired, said)
    by_booking: defaultdict[str, list[PairedPaper]] = defaultdict(list)
    for paper in documents:
        if paper.page_id in paired:
            booking_id, basis = paired[paper.page_id]
            word = said.of_page(paper) if basis is Basis.PERSON else None
            by_booking[booking_id].append(PairedPaper(paper, basis, word))
    hinted: defaultdict[str, list[Hint]] = defaultdict(list)
    for hint in hints:
        hinted[hint.booking.id].append(hint)
    rows = [
        _appointment_row(booking, by_booking.get(booking.id, ()), said, hinted.get(booking.id, ()), now)
        for booking in agenda
        if _within(booking.day, window) or booking.id in by_booking
    ]
    alone = _paper_rows([paper for paper in documents if paper.page_id not in paired], said, hints)
    return Reconciliation(_groups(rows, alone, {booking.day for booking in agenda}), others)


def _recognised(paper: Paper, known: set[str]) -> Paper:
    """Return a paper without a prescriber whom the practice does not know."""
    if paper.doctor is None or not known or doctor_key(paper.doctor) in known:
        return paper
    return replace(paper, doctor=None)


def _within(day: date, window: Window | None) -> bool:
    return window is None or window[0] <= day <= window[1]


def _pair(
    agenda: Sequence[Booking],
    inside: Sequence[Booking],
    documents: Sequence[Paper],
    said: Said,
    now: datetime,
) -> dict[str, tuple[str, Basis]]:
    """Return page id -> (appointment, why) of the papers that have one."""
    known = {booking.id: booking for booking in agenda}
    that_day: defaultdict[tuple[str, date], list[Booking]] = defaultdict(list)
    for booking in agenda:
        that_day[booking.patient_id, booking.day].append(booking)
    begun: defaultdict[str, list[Booking]] = defaultdict(list)
    for booking in inside:
        if booking.start <= now and not booking.cancelled:
            begun[booking.patient_id].append(booking)
    paired = {}
    for paper in documents:
        word = said.of_page(paper)
        if word is not None:
            named = known.get(word.appointment_id or "")
            if named is not None and named.patient_id == paper.patient_id:
                paired[paper.page_id] = (named.id, Basis.PERSON)
        elif paper.patient_id is not None and paper.whose is Whose.KNOWN:
            if paper.day is not None:
                found = _same_day(paper, that_day.get((paper.patient_id, paper.day), ()))
                basis = Basis.SAME_DAY
            else:
                found, basis = _only_one(paper, begun.get(paper.patient_id, ())), Basis.ONLY_ONE
            if found is not None:
                paired[paper.page_id] = (found.id, basis)
    return paired


def _same_day(paper: Paper, bookings: Sequence[Booking]) -> Booking | None:
    """Return the first appointment of the day with the paper's doctor, or with the only doctor of the day."""
    bookings = [each for each in bookings if not each.cancelled] or bookings
    key = doctor_key(paper.doctor)
    doctors = {doctor_key(booking.doctor) for booking in bookings}
    if not key and len(doctors) != 1:
        return None
    return next((each for each in bookings if not key or doctor_key(each.doctor) == key), None)


def _only_one(paper: Paper, bookings: Sequence[Booking]) -> Booking | None:
    """Return the patient's only appointment, where the paper names its doctor."""
    if len(bookings) != 1 or doctor_key(paper.doctor) != doctor_key(bookings[0].doctor):
        return None
    return bookings[0]


def _hints(
    agenda: Sequence[Booking],
    inside: Sequence[Booking],
    alone: Sequence[Paper],
    paired: Mapping[str, tuple[str, Basis]],
    said: Said,
) -> list[Hint]:
    """Return what may belong together, nearest first."""
    taken = {booking_id for booking_id, _ in paired.values()}
    theirs: defaultdict[str, list[Booking]] = defaultdict(list)
    for booking in agenda:
        if not booking.cancelled:
            theirs[booking.patient_id].append(booking)
    window_ids = {booking.id for booking in inside}
    found = []
    for paper in alone:
        word = said.of_page(paper)
        if word is not None and word.appointment_id is None:
            continue
        for person, sureness in _persons(paper):
            for booking in theirs.get(person, ()):
                near = _nearness(paper, booking)
                if near is not None and (near is not Nearness.UNDATED or booking.id in window_ids):
                    found.append(Hint(booking, paper, near, sureness, booking.id in taken))
    order = list(Nearness)
    return sorted(found, key=lambda hint: (order.index(hint.nearness), hint.taken, _days_apart(hint)))


def _persons(paper: Paper) -> list[tuple[str, Sureness]]:
    """Return whose a paper is or may be, and how sure that is."""
    if paper.patient_id is not None:
        return [(paper.patient_id, Sureness.KNOWN)]
    first = Sureness.SUPPOSED if paper.supposed else Sureness.MAYBE
    return [(person, Sureness.MAYBE if place else first) for place, person in enumerate(paper.likely)]


def _nearness(paper: Paper, booking: Booking) -> Nearness | None:
    if paper.day is None:
        return Nearness.UNDATED
    if abs((paper.day - booking.day).days) > NEAR_DAYS:
        return None
    if paper.day != booking.day:
        return Nearness.OTHER_DAY
    key = doctor_key(paper.doctor)
    return Nearness.SAME if not key or key == doctor_key(booking.doctor) else Nearness.OTHER_DOCTOR


def _days_apart(hint: Hint) -> int:
    return 0 if hint.paper.day is None else abs((hint.paper.day - hint.booking.day).days)


def _appointment_row(
    booking: Booking,
    papers: Sequence[PairedPaper],
    said: Said,
    hints: Sequence[Hint],
    now: datetime,
) -> AppointmentRow:
    subject = ("appointment", booking.id)
    word = said.standing.get(subject)
    if papers:
        state = AppointmentState.PAPER
    elif word is not None:
        state = AppointmentState.SIGNED
    elif booking.cancelled:
        state = AppointmentState.CANCELLED
    else:
        state = AppointmentState.OPEN if booking.start <= now else AppointmentState.AHEAD
    return AppointmentRow(booking, state, tuple(papers), word, said.newest.get(subject, 0), tuple(hints))


def _paper_rows(alone: Sequence[Paper], said: Said, hints: Sequence[Hint]) -> list[PaperRow]:
    """Return papers without an appointment, those of one visit together."""
    visits: defaultdict[tuple[object, ...], list[Paper]] = defaultdict(list)
    for paper in alone:
        visits[_visit(paper, said)].append(paper)
    hinted: defaultdict[str, list[Hint]] = defaultdict(list)
    for hint in hints:
        hinted[hint.paper.page_id].append(hint)
    rows = []
    for papers in visits.values():
        word = said.of_page(papers[0])
        # A word that links to an appointment that is not there, or is another patient's, settles nothing.
        word = word if word is not None and word.appointment_id is None else None
        state = PaperState.OPEN if word is None else PaperState.WALK_IN
        seen = {paper.page_id: said.newest_of_page(paper.page_id) for paper in papers}
        rows.append(PaperRow(tuple(papers), state, word, seen, tuple(hinted.get(papers[0].page_id, ()))))
    return rows


def _visit(paper: Paper, said: Said) -> tuple[object, ...]:
    """Return what pages of one visit share; a page whose patient is not known is a visit of its own."""
    if paper.patient_id is None or paper.whose is not Whose.KNOWN:
        return (paper.page_id,)
    word = said.of_page(paper)
    alike = (word.appointment_id, word.reason, word.note, word.user, word.at) if word else None
    return (paper.patient_id, paper.day, doctor_key(paper.doctor), alike)


def _groups(rows: Sequence[AppointmentRow], alone: Sequence[PaperRow], days: set[date]) -> tuple[Group, ...]:
    """Return rows by day and doctor; days in order, no date last, then doctors, nobody last."""
    appointments: defaultdict[tuple[date | None, str], list[AppointmentRow]] = defaultdict(list)
    papers: defaultdict[tuple[date | None, str], list[PaperRow]] = defaultdict(list)
    names: dict[str, str] = {}
    for paper_row in alone:
        first = paper_row.papers[0]
        key = doctor_key(first.doctor)
        papers[first.day, key].append(paper_row)
        if first.doctor is not None:
            names[key] = min(first.doctor, names.get(key, first.doctor))
    agenda_names: dict[str, str] = {}
    for row in rows:
        key = doctor_key(row.booking.doctor)
        appointments[row.booking.day, key].append(row)
        agenda_names[key] = min(row.booking.doctor, agenda_names.get(key, row.booking.doctor))
    names |= agenda_names
    order = sorted(appointments.keys() | papers.keys(), key=lambda at: (at[0] or date.max, not at[1], at[1]))
    return tuple(
        Group(
            day=day,
            doctor=names.get(key) if key else None,
            key=key,
            agenda=day in days,
            appointments=tuple(appointments.get((day, key), ())),
            papers=tuple(papers.get((day, key), ())),
        )
        for day, key in order
    )
