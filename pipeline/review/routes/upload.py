"""Bring files in from the browser."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import Response
from starlette.datastructures import UploadFile

from pipeline.review.house import House
from pipeline.review.morning import failure_view
from pipeline.review.screens import show
from pipeline.review.visit import Form, Settler, TheHouse, visit_of

router = APIRouter()

MOST_SHEETS = 10_000


@router.get("/upload")
def upload_page(request: Request, house: TheHouse, user: Settler) -> Response:
    """The form."""
    return _form(request, house)


@router.post("/upload")
async def upload(request: Request, house: TheHouse, user: Settler, form: Form) -> Response:
    """Take files in as one batch and say what became of each."""
    sheets = str(form.get("sheets", "")).strip()
    sent = [part for part in form.getlist("files") if isinstance(part, UploadFile) and part.filename]

    def again(problem: str) -> Response:
        return _form(request, house, 422, problem=problem, sheets=sheets)

    if not sent:
        return again("upload.no_files")
    if sheets and not (sheets.isascii() and sheets.isdigit() and 0 < int(sheets) <= MOST_SHEETS):
        return again("upload.sheets_number")
    files = [(part.filename or "", part.file) for part in sent]
    receipt = await run_in_threadpool(house.receive, files, user.name, int(sheets) if sheets else None)
    words = visit_of(request).words
    failures = [failure_view(failure, words) for failure in receipt.failures]
    return _form(request, house, receipt=receipt, failures=failures)


def _form(request: Request, house: House, status: int = 200, **values: Any) -> Response:
    known = {"problem": None, "receipt": None, "failures": (), "sheets": "", **values}
    return show(request, "upload.html", status, most_mb=house.settings.max_upload_mb, **known)
