"""Bring files in from the browser."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import Response
from starlette.datastructures import UploadFile

from pipeline.review.morning import failure_view
from pipeline.review.screens import show
from pipeline.review.visit import Form, Settler, TheHouse, visit_of

router = APIRouter()

MOST_SHEETS = 10_000


@router.get("/upload")
def upload_page(request: Request, user: Settler) -> Response:
    """The form."""
    return show(request, "upload.html", problem=None, receipt=None, failures=(), sheets="")


@router.post("/upload")
async def upload(request: Request, house: TheHouse, user: Settler, form: Form) -> Response:
    """Take files in as one batch and say what became of each."""
    sheets = str(form.get("sheets", "")).strip()
    sent = [part for part in form.getlist("files") if isinstance(part, UploadFile) and part.filename]

    def again(problem: str) -> Response:
        return show(request, "upload.html", 422, problem=problem, receipt=None, failures=(), sheets=sheets)

    if not sent:
        return again("upload.no_files")
    if sheets and not (sheets.isascii() and sheets.isdigit() and 0 < int(sheets) <= MOST_SHEETS):
        return again("upload.sheets_number")
    files = [(part.filename or "", await part.read()) for part in sent]
    receipt = await run_in_threadpool(house.receive, files, user.name, int(sheets) if sheets else None)
    words = visit_of(request).words
    failures = [failure_view(failure, words) for failure in receipt.failures]
    return show(request, "upload.html", problem=None, receipt=receipt, failures=failures, sheets="")
