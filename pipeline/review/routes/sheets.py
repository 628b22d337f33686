"""Two pages taken for one sheet: a person says that they are two, or takes that back."""

from __future__ import annotations

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import Response

from pipeline.domain.errors import Conflict
from pipeline.domain.people import User
from pipeline.domain.sheets import SheetDecision, told_apart
from pipeline.review.house import House
from pipeline.review.routes.page import show_page
from pipeline.review.screens import go
from pipeline.review.visit import Form, Settler, TheHouse, visit_of

router = APIRouter()


@router.post("/pages/{page_id}/sheet/apart")
def tell_apart(request: Request, page_id: str, house: TheHouse, user: Settler, form: Form) -> Response:
    """Say that this page is a sheet of its own: from then on it is processed like any other."""
    return _decide(request, house, user, page_id, str(form.get("seen", "")), undo=False)


@router.post("/pages/{page_id}/sheet/undo")
def undo(request: Request, page_id: str, house: TheHouse, user: Settler, form: Form) -> Response:
    """Take that back: it is the same sheet after all."""
    return _decide(request, house, user, page_id, str(form.get("seen", "")), undo=True)


def _decide(request: Request, house: House, user: User, page_id: str, seen: str, *, undo: bool) -> Response:
    outcome = house.store.papers.outcome(page_id)
    if outcome is None:
        raise HTTPException(404)
    before = house.store.sheets.decisions(page_id)
    standing = told_apart(before)
    other = standing.other_page_id if standing else outcome.duplicate_of
    last = before[-1].id if before else 0
    if other is None or seen != str(last):
        return _conflict(request, house, user, page_id, "sheet.conflict")
    patient_id = house.store.review.current_patient(page_id)
    proposals = () if undo else house.propose_again(page_id, patient_id)
    decision = SheetDecision(0, page_id, other, user.name, user.role, house.now(), undo)
    try:
        house.store.sheets.decide(decision, proposals=proposals, seen=last)
    except Conflict:
        same = house.store.sheets.decisions(page_id) == before and undo == (standing is not None)
        return _conflict(request, house, user, page_id, "sheet.lines_decided" if same else "sheet.conflict")
    return go(request, f"/pages/{page_id}#sheet", notice="sheet_undone" if undo else "sheet_apart")


def _conflict(request: Request, house: House, user: User, page_id: str, key: str) -> Response:
    alert = {"id": "sheet", "sentence": visit_of(request).words(key)}
    return show_page(request, house, user, page_id, status=409, alert=alert)
