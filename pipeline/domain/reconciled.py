"""What reconciling finds: rows of appointments and of papers, by doctor and day, and counts that add up."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date
from enum import StrEnum

from pipeline.domain.reconciliation import Booking, Paper, VisitDecision


class AppointmentState(StrEnum):
    """Where an appointment stands; AHEAD = it has not begun yet, CANCELLED = so the agenda says; no paper."""

    PAPER = "paper"
    SIGNED = "signed"
    OPEN = "open"
    AHEAD = "ahead"
    CANCELLED = "cancelled"


class PaperState(StrEnum):
    """Where a paper stands."""

    APPOINTMENT = "appointment"
    WALK_IN = "walk_in"
    OPEN = "open"


class Basis(StrEnum):
    """Why a paper counts as an appointment's."""

    SAME_DAY = "same_day"
    ONLY_ONE = "only_one"
    PERSON = "person"


class Nearness(StrEnum):
    """How far a hint is from a match, nearest first."""

    SAME = "same"
    OTHER_DOCTOR = "other_doctor"
    OTHER_DAY = "other_day"
    UNDATED = "undated"


@dataclass(frozen=True, slots=True)
class Counts:
    """How many stand where; they add up, and counts of groups add up to those of all.

    `appointments` = with_paper + signed + open_appointments (those that have begun); `ahead` and
    `cancelled` are apart.
    `documents` = with_appointment + walk_ins + open_documents, in pages.
    """

    with_paper: int = 0
    signed: int = 0
    open_appointments: int = 0
    ahead: int = 0
    with_appointment: int = 0
    walk_ins: int = 0
    open_documents: int = 0
    cancelled: int = 0

    @property
    def appointments(self) -> int:
        """Appointments that have begun, or have paper."""
        return self.with_paper + self.signed + self.open_appointments

    @property
    def documents(self) -> int:
        """Pages that count."""
        return self.with_appointment + self.walk_ins + self.open_documents

    @property
    def open(self) -> int:
        """All that waits for a person."""
        return self.open_appointments + self.open_documents

    def __add__(self, other: Counts) -> Counts:
        return Counts(*(getattr(self, field.name) + getattr(other, field.name) for field in fields(self)))


class Sureness(StrEnum):
    """How far it is known that the paper is this patient's."""

    KNOWN = "known"
    SUPPOSED = "supposed"
    MAYBE = "maybe"


@dataclass(frozen=True, slots=True)
class Hint:
    """A paper and an appointment that may belong together; it settles nothing.

    Attributes:
        sureness: whose paper it is; where that is not known, nothing can be joined yet.
        taken: the appointment has paper already.
    """

    booking: Booking
    paper: Paper
    nearness: Nearness
    sureness: Sureness
    taken: bool


@dataclass(frozen=True, slots=True)
class PairedPaper:
    """A paper of an appointment: why, and the word of the person where that is why."""

    paper: Paper
    basis: Basis
    word: VisitDecision | None = None


@dataclass(frozen=True, slots=True)
class AppointmentRow:
    """One appointment.

    Attributes:
        word: the reason that a person signed and that stands; it may stand beside papers that came later.
        seen: id of the newest decision about it, 0 = none.
    """

    booking: Booking
    state: AppointmentState
    papers: tuple[PairedPaper, ...]
    word: VisitDecision | None
    seen: int
    hints: tuple[Hint, ...]


@dataclass(frozen=True, slots=True)
class PaperRow:
    """Pages without an appointment: all of one patient, day and doctor, or a single page.

    Attributes:
        seen: page id -> id of the newest decision about it, 0 = none.
    """

    papers: tuple[Paper, ...]
    state: PaperState
    word: VisitDecision | None
    seen: Mapping[str, int]
    hints: tuple[Hint, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """One doctor's day.

    Attributes:
        day: None = papers on which no date was read.
        doctor: None = papers on which no prescriber was read.
        key: the doctor's, as `doctor_key` makes it.
        agenda: the agenda has appointments that day, with anybody; False = a holiday, or no date.
    """

    day: date | None
    doctor: str | None
    key: str
    agenda: bool
    appointments: tuple[AppointmentRow, ...]
    papers: tuple[PaperRow, ...]

    @property
    def counts(self) -> Counts:
        """How many stand where. A paper counts where its appointment is, else where it says it is from."""
        states = [row.state for row in self.appointments]
        pages = [(row.state, len(row.papers)) for row in self.papers]
        return Counts(
            with_paper=states.count(AppointmentState.PAPER),
            signed=states.count(AppointmentState.SIGNED),
            open_appointments=states.count(AppointmentState.OPEN),
            ahead=states.count(AppointmentState.AHEAD),
            with_appointment=sum(len(row.papers) for row in self.appointments),
            walk_ins=sum(number for state, number in pages if state is PaperState.WALK_IN),
            open_documents=sum(number for state, number in pages if state is PaperState.OPEN),
            cancelled=states.count(AppointmentState.CANCELLED),
        )


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """Everything, by day and doctor; `others` are papers of no visit (results, faxes), for the eye alone."""

    groups: tuple[Group, ...]
    others: tuple[Paper, ...]

    @property
    def counts(self) -> Counts:
        """How many stand where, in all."""
        return sum((group.counts for group in self.groups), Counts())
