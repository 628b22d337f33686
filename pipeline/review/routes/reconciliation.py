"""Appointments beside papers: look, sign a reason, join a paper to an appointment, take it back."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TypeVar

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import Response
from starlette.datastructures import FormData

from pipeline.domain.errors import Conflict
from pipeline.domain.people import User
from pipeline.domain.reconciliation import NoAppointment, NoPaper, VisitDecision
from pipeline.review.house import House
from pipeline.review.reconciliation import screen
from pipeline.review.reconciliation_choice import NONE, Choice
from pipeline.review.screens import go, show
from pipeline.review.visit import SETTLERS, AnyUser, AnyVisit, Form, Settler, TheHouse, visit_of

router = APIRouter()

R = TypeVar("R", NoPaper, NoAppointment)

LONGEST_NOTE = 200
MOST_PAGES = 50


@router.get("/reconciliation")
def reconciliation(
    request: Request,
    house: TheHouse,
    user: AnyUser,
    visit: AnyVisit,
    day: str = "",
    doctor: str = "",
    show: str = "",
    start: int = 0,
) -> Response:
    """Who has an appointment and no paper, who has paper and no appointment."""
    return show_screen(request, house, user, Choice.of(day, doctor, show, start))


@router.post("/reconciliation/appointment")
def sign_appointment(request: Request, house: TheHouse, user: Settler, form: Form) -> Response:
    """Say why an appointment has no paper."""
    reason, note = _reason(form, NoPaper), _note(form)
    if reason is NoPaper.OTHER and note is None:
        return _again(request, house, user, form, "visits.needs_words", status=422)
    key = str(form.get("appointment", ""))
    word = VisitDecision(0, key, None, reason, user.name, user.role, house.now(), note)
    return _sign(request, house, user, form, [word], {word.subject: _seen(form, "seen")}, "visit_signed")


@router.post("/reconciliation/paper")
def sign_paper(request: Request, house: TheHouse, user: Settler, form: Form) -> Response:
    """Say why the papers of a visit have no appointment, or which appointment is theirs."""
    booking = str(form.get("appointment", "")) or None
    reason = None if booking else _reason(form, NoAppointment)
    note = None if booking else _note(form)
    if reason is NoAppointment.OTHER and note is None:
        return _again(request, house, user, form, "visits.needs_words", status=422)
    patient = str(form.get("patient", NONE))
    seen = _pages_seen(form)
    words = [
        VisitDecision(
            0,
            booking,
            page_id,
            reason,
            user.name,
            user.role,
            house.now(),
            note,
            None if patient == NONE else patient,
        )
        for page_id in seen
    ]
    about = {word.subject: seen[word.page_id] for word in words if word.page_id}
    return _sign(request, house, user, form, words, about, "visit_joined" if booking else "visit_signed")


@router.post("/reconciliation/undo")
def undo(request: Request, house: TheHouse, user: Settler, form: Form) -> Response:
    """Take back what was last said of an appointment, or of the papers of a visit."""
    key = str(form.get("appointment", "")) or None
    subjects: list[tuple[str | None, str | None, int]]
    if key is not None:
        subjects = [(key, None, _seen(form, "seen"))]
    else:
        subjects = [(None, page_id, last) for page_id, last in _pages_seen(form).items()]
    words = [
        VisitDecision(0, appointment, page, None, user.name, user.role, house.now(), undo=True)
        for appointment, page, _ in subjects
    ]
    about = {word.subject: last for word, (_, _, last) in zip(words, subjects, strict=True)}
    return _sign(request, house, user, form, words, about, "visit_undone")


def show_screen(
    request: Request,
    house: House,
    user: User,
    choice: Choice,
    *,
    status: int = 200,
    alert: str | None = None,
) -> Response:
    """Show the screen."""
    words = visit_of(request).words
    return show(
        request,
        "reconciliation.html",
        status,
        here="/reconciliation",
        screen=screen(house, user, words, choice),
        alert=None if alert is None else words(alert),
        may_sign=user.role in SETTLERS,
        no_paper=[each.value for each in NoPaper if each is not NoPaper.OTHER],
        no_appointment=[each.value for each in NoAppointment if each is not NoAppointment.OTHER],
    )


def _sign(
    request: Request,
    house: House,
    user: User,
    form: FormData,
    words: list[VisitDecision],
    seen: Mapping[tuple[str, str], int],
    notice: str,
) -> Response:
    try:
        house.store.visits.decide(words, seen=seen)
    except Conflict:
        return _again(request, house, user, form, "visits.conflict", status=409)
    except KeyError as error:
        raise HTTPException(404) from error
    place = re.fullmatch(r"at-[\w-]{1,140}", str(form.get("place", "")))
    anchor = f"#{place[0]}" if place else ""
    return go(request, _choice(form).address() + anchor, notice=notice)


def _again(
    request: Request, house: House, user: User, form: FormData, alert: str, *, status: int
) -> Response:
    return show_screen(request, house, user, _choice(form), status=status, alert=alert)


def _choice(form: FormData) -> Choice:
    """Return what was looked at when the form was sent."""
    day, doctor, shown = (str(form.get(key, "")) for key in ("day", "doctor", "show"))
    start = str(form.get("start", "0"))
    return Choice.of(day, doctor, shown, int(start) if start.isascii() and start.isdigit() else 0)


def _reason(form: FormData, kind: type[R]) -> R:
    try:
        return kind(str(form.get("reason", "")))
    except ValueError as error:
        raise HTTPException(404) from error


def _note(form: FormData) -> str | None:
    return " ".join(str(form.get("note", "")).replace("\0", " ").split())[:LONGEST_NOTE] or None


def _seen(form: FormData, key: str) -> int:
    return _number(str(form.get(key, "")))


def _number(text: str) -> int:
    """Return a decision's id as a form has it; what is no number was never shown: -1."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else -1


def _pages_seen(form: FormData) -> dict[str, int]:
    """Return page id -> newest decision shown.

    Raises:
        HTTPException: 404, no page is named.
    """
    pages = [str(each) for each in form.getlist("page")][:MOST_PAGES]
    seen = [_number(str(each)) for each in form.getlist("seen")]
    if not pages or len(pages) != len(seen):
        raise HTTPException(404)
    return dict(zip(pages, seen, strict=True))
