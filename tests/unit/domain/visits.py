"""Invented appointments, papers and words for the tests of reconciling."""

from __future__ import annotations

from datetime import UTC, date, datetime

from pipeline.domain.paper import PageKind
from pipeline.domain.reconciliation import Booking, NoAppointment, NoPaper, Paper, VisitDecision, Whose
from pipeline.domain.review import Role

A, B = "Dr Solène TREVARIN", "Dr Idris OKAFOREAU"
NOW = datetime(2025, 11, 14, 9, 30)
AT = datetime(2025, 11, 14, 8, 30, tzinfo=UTC)


def booking(patient: str, day: int = 12, doctor: str = A, hour: int = 9) -> Booking:
    return Booking(f"{patient}/{day}/{doctor}/{hour}", patient, doctor, datetime(2025, 11, day, hour))


def paper(
    page_id: str,
    patient: str | None = None,
    day: int | None = 12,
    doctor: str | None = A,
    *,
    kind: PageKind | None = PageKind.PRESCRIPTION,
    whose: Whose | None = None,
    likely: tuple[str, ...] = (),
    supposed: bool = False,
) -> Paper:
    known = Whose.KNOWN if patient else Whose.ASKED
    on = None if day is None else date(2025, 11, day)
    place = sum(map(ord, page_id))
    return Paper(page_id, place, kind, on, doctor, whose or known, patient, likely, supposed)


def signed(about: Booking, reason: NoPaper = NoPaper.NO_SHOW, *, number: int = 1) -> VisitDecision:
    return VisitDecision(
        number, about.id, None, reason, "accueil", Role.SECRETARY, AT, "vu" * (reason is NoPaper.OTHER)
    )


def walk_in(page: Paper, *, number: int = 1) -> VisitDecision:
    return VisitDecision(
        number, None, page.page_id, NoAppointment.WALK_IN, "accueil", Role.SECRETARY, AT,
        patient_id=page.patient_id,
    )  # fmt: skip


def link(page: Paper, about: Booking, *, number: int = 1) -> VisitDecision:
    return VisitDecision(
        number, about.id, page.page_id, None, "accueil", Role.SECRETARY, AT, patient_id=page.patient_id
    )


def undo(word: VisitDecision, *, number: int) -> VisitDecision:
    about = None if word.page_id else word.appointment_id
    return VisitDecision(number, about, word.page_id, None, "accueil", Role.SECRETARY, AT, undo=True)
