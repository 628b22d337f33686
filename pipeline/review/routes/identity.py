"""Whose page it is: choose a candidate, search the registry, say that nobody fits, take it back."""

from __future__ import annotations

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import Response

from pipeline.domain.errors import Conflict
from pipeline.domain.people import User
from pipeline.domain.review import IdentityDecision
from pipeline.review.house import House
from pipeline.review.routes.page import show_page
from pipeline.review.screens import go
from pipeline.review.visit import Form, Settler, TheHouse, visit_of
from pipeline.review.whose import patient_after_undo, person_view

router = APIRouter()

NOBODY = "-"
MOST_FOUND = 20


@router.post("/pages/{page_id}/identity")
def settle(request: Request, page_id: str, house: TheHouse, user: Settler, form: Form) -> Response:
    """Say whose page it is; "-" = nobody in the registry."""
    chosen = str(form.get("patient", ""))
    if chosen != NOBODY and house.store.registry.patient(chosen) is None:
        raise HTTPException(404)
    patient_id = None if chosen == NOBODY else chosen
    return _settle(request, house, user, page_id, patient_id, str(form.get("seen", "")))


@router.post("/pages/{page_id}/identity/undo")
def undo(request: Request, page_id: str, house: TheHouse, user: Settler, form: Form) -> Response:
    """Take back what was last said of whose page it is."""
    return _settle(request, house, user, page_id, None, str(form.get("seen", "")), undo=True)


@router.post("/pages/{page_id}/identity/search")
def search(request: Request, page_id: str, house: TheHouse, user: Settler, form: Form) -> Response:
    """Search the registry by name or birth date; what was typed stays out of every address."""
    words = visit_of(request).words
    text = " ".join(str(form.get("text", "")).split())[:80]
    people = house.store.registry.search(text, limit=MOST_FOUND) if len(text) > 1 else []
    today = house.now().date()
    found = {"text": text, "people": [person_view(each, words, today=today) for each in people]}
    return show_page(request, house, user, page_id, found=found)


def _settle(
    request: Request,
    house: House,
    user: User,
    page_id: str,
    patient_id: str | None,
    seen: str,
    *,
    undo: bool = False,
) -> Response:
    review = house.store.review
    outcome = house.store.papers.outcome(page_id)
    if outcome is None:
        raise HTTPException(404)
    before = review.identity_decisions(page_id)
    last = before[-1].id if before else 0
    if seen != str(last):
        return _conflict(request, house, user, page_id, "whose.conflict")
    patient_now = patient_after_undo(before, outcome.match) if undo else patient_id
    proposals = house.propose_again(page_id, patient_now)
    decision = IdentityDecision(0, page_id, patient_id, user.name, user.role, house.now(), undo)
    try:
        review.decide_identity(decision, proposals=proposals, seen=last)
    except Conflict:
        newer = review.identity_decisions(page_id)
        key = "whose.conflict" if len(newer) != len(before) else "whose.lines_decided"
        return _conflict(request, house, user, page_id, key)
    notice = "identity_undone" if undo else "identity_absent" if patient_id is None else "identity"
    return go(request, f"/pages/{page_id}#whose", notice=notice)


def _conflict(request: Request, house: House, user: User, page_id: str, key: str) -> Response:
    alert = {"id": "whose", "sentence": visit_of(request).words(key)}
    return show_page(request, house, user, page_id, status=409, alert=alert)
