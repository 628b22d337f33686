"""Seen against appointments: bookings, papers, and what people sign where one has no other."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from functools import lru_cache

from pipeline.domain.paper import PageKind
from pipeline.domain.review import Role
from pipeline.domain.standing import standing


class NoPaper(StrEnum):
    """Why an appointment has no paper."""

    NO_SHOW = "no_show"
    CANCELLED = "cancelled"
    SEEN = "seen"
    WITH_DOCTOR = "with_doctor"
    OTHER = "other"


class NoAppointment(StrEnum):
    """Why a paper has no appointment."""

    WALK_IN = "walk_in"
    HOME_VISIT = "home_visit"
    NO_VISIT = "no_visit"
    OTHER = "other"


class Whose(StrEnum):
    """How far it is known whose paper it is."""

    KNOWN = "known"
    ASKED = "asked"
    ABSENT = "absent"
    UNREAD = "unread"


@dataclass(frozen=True, slots=True)
class Booking:
    """A line of the agenda with its key.

    Attributes:
        id: the agenda's key here; it holds a patient's id, so it never enters an address or a log.
        doctor: as the agenda names them.
        start: local time of the practice, no time zone.
        cancelled: the agenda says that it does not take place.
    """

    id: str
    patient_id: str
    doctor: str
    start: datetime
    cancelled: bool = False

    @property
    def day(self) -> date:
        """The day of the appointment."""
        return self.start.date()


@dataclass(frozen=True, slots=True)
class Paper:
    """One scanned side as reconciling sees it; blank sides and copies are none.

    Attributes:
        page_id: the page.
        place: in the order of arrival.
        kind: None = nothing could be read.
        day: clinical date; None = none read.
        doctor: prescriber as understood; None = none read.
        whose: how far it is known whose it is.
        patient_id: whose it is, where that is known.
        likely: while that is asked, who it may be, likeliest first.
        supposed: the first of them is likely enough for the page to be compared with their record.
    """

    page_id: str
    place: int
    kind: PageKind | None
    day: date | None = None
    doctor: str | None = None
    whose: Whose = Whose.ASKED
    patient_id: str | None = None
    likely: tuple[str, ...] = ()
    supposed: bool = False


@dataclass(frozen=True, slots=True)
class VisitDecision:
    """What a person said of an appointment without paper or of a paper without appointment; append-only.

    With an appointment alone it is the reason why there is no paper; with a page alone, why there is no
    appointment; with both, that this paper is that appointment's.

    Attributes:
        id: increasing in the order of saying; 0 = not stored yet.
        reason: a `NoPaper` or a `NoAppointment`; None with both, and with `undo`.
        note: in the person's own words; required for the reason "other".
        patient_id: whose the page was when this was said; it counts only while that is so.
        at: UTC.
        undo: takes back what was last said of this appointment or page.
    """

    id: int
    appointment_id: str | None
    page_id: str | None
    reason: NoPaper | NoAppointment | None
    user: str
    role: Role
    at: datetime
    note: str | None = None
    patient_id: str | None = None
    undo: bool = False

    def __post_init__(self) -> None:
        if self.appointment_id is None and self.page_id is None:
            raise ValueError("it has to be about an appointment or a page")
        if self.role not in (Role.SECRETARY, Role.DOCTOR):
            raise ValueError("only a secretary or a doctor signs")
        if self.undo:
            if self.reason is not None:
                raise ValueError("taking back needs no reason")
            return
        kinds = {(True, False): NoPaper, (False, True): NoAppointment}
        kind = kinds.get((self.appointment_id is not None, self.page_id is not None))
        if not isinstance(self.reason, kind or type(None)):
            raise ValueError("the reason does not fit what it is about")
        if self.reason in (NoPaper.OTHER, NoAppointment.OTHER) and not (self.note or "").strip():
            raise ValueError("another reason has to be written out")

    @property
    def subject(self) -> tuple[str, str]:
        """What it is about: ("page", id), also where it names an appointment, or ("appointment", id)."""
        if self.page_id is not None:
            return ("page", self.page_id)
        return ("appointment", self.appointment_id or "")


def standing_word(decisions: Sequence[VisitDecision]) -> VisitDecision | None:
    """Return the decision that counts among those about one subject, oldest first in; None = none."""
    left = standing(decisions, lambda decision: decision.undo)
    return left[-1] if left else None


@dataclass(frozen=True, slots=True)
class Said:
    """What people said, by subject: what stands, and the newest id."""

    standing: Mapping[tuple[str, str], VisitDecision]
    newest: Mapping[tuple[str, str], int]

    @classmethod
    def of(cls, decisions: Iterable[VisitDecision]) -> Said:
        """Sort decisions by what they are about."""
        by_subject: defaultdict[tuple[str, str], list[VisitDecision]] = defaultdict(list)
        for decision in sorted(decisions, key=lambda each: each.id):
            by_subject[decision.subject].append(decision)
        standing = {subject: standing_word(said) for subject, said in by_subject.items()}
        return cls(
            {subject: word for subject, word in standing.items() if word is not None},
            {subject: said[-1].id for subject, said in by_subject.items()},
        )

    def of_page(self, paper: Paper) -> VisitDecision | None:
        """Return what counts for a page: only what was said while it was this patient's."""
        word = self.standing.get(("page", paper.page_id))
        if word is None or paper.whose is Whose.ASKED or word.patient_id != paper.patient_id:
            return None
        return word

    def newest_of_page(self, page_id: str) -> int:
        """Return the id of the newest decision about a page, 0 = none."""
        return self.newest.get(("page", page_id), 0)


@lru_cache(maxsize=4096)
def doctor_key(name: str | None) -> str:
    """Return a doctor's name for comparison and for an address: no title, case or accents, words in order.

    "" where no name was read: `Dr Éloïse MARTIN-ROY` and `Eloise Martin Roy` are both `eloise-martin-roy`.
    """
    plain = unicodedata.normalize("NFKD", (name or "").casefold())
    words = re.findall(r"\w+", "".join(char for char in plain if not unicodedata.combining(char)))
    return "-".join(sorted(word for word in words if word not in ("dr", "docteur", "pr")))
