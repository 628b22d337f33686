"""Read again what failed, from the failures' list or from a page."""

from __future__ import annotations

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import Response

from pipeline.review.house import Retried
from pipeline.review.screens import go
from pipeline.review.visit import Form, Retrier, TheHouse

router = APIRouter()


@router.post("/pages/{page_id}/retry")
def retry_page(request: Request, page_id: str, house: TheHouse, user: Retrier, form: Form) -> Response:
    """Have one page read again."""
    try:
        done = house.retry(user.name, page_id=page_id)
    except KeyError as error:
        raise HTTPException(404) from error
    return go(request, f"/pages/{page_id}", notice=_notice(done))


@router.post("/files/{sha256}/retry")
def retry_file(request: Request, sha256: str, house: TheHouse, user: Retrier, form: Form) -> Response:
    """Have a file opened again that could not be taken in."""
    if house.store.papers.scan(sha256) is None:
        raise HTTPException(404)
    return go(request, "/queue?view=failures", notice=_notice(house.retry(user.name, scan_sha256=sha256)))


@router.post("/retry")
def retry_all(request: Request, house: TheHouse, user: Retrier, form: Form) -> Response:
    """Have everything read again that failed."""
    return go(request, "/queue?view=failures", notice=_notice(house.retry(user.name)))


def _notice(done: Retried) -> str:
    if done.pages and done.still:
        return "retry_some"
    if done.pages:
        return "retry"
    return "retry_still" if done.still else "retry_nothing"
