"""Pictures of pages and lines, and the files as they came."""

from __future__ import annotations

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import Response

from pipeline.domain.errors import BadScan
from pipeline.review.visit import AnyUser, TheHouse

router = APIRouter()

# Only these are shown by the browser; anything else is offered for download.
SHOWN = ("application/pdf", "image/jpeg", "image/png")
SANDBOX = {"Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; sandbox"}


@router.get("/pages/{page_id}/image.jpg")
def page_image(
    request: Request, page_id: str, house: TheHouse, user: AnyUser, zoom: bool = False
) -> Response:
    """The page, upright."""
    outcome = house.store.papers.outcome(page_id)
    rotation = outcome.layout.rotation if outcome else 0
    try:
        return _jpeg(request.app.state.pictures.page(page_id, rotation, zoom=zoom))
    except (KeyError, OSError, BadScan) as error:
        raise HTTPException(404) from error


@router.get("/pages/{page_id}/lines/{order}.jpg")
def line_image(request: Request, page_id: str, order: int, house: TheHouse, user: AnyUser) -> Response:
    """One line of ink, upright, at its own resolution."""
    outcome = house.store.papers.outcome(page_id)
    line = next((line for line in outcome.layout.lines if line.order == order), None) if outcome else None
    if line is None:
        raise HTTPException(404)
    try:
        return _jpeg(request.app.state.pictures.line(page_id, line.quad))
    except (KeyError, OSError, BadScan) as error:
        raise HTTPException(404) from error


@router.get("/pages/{page_id}/traits/{place}.jpg")
def trait_image(request: Request, page_id: str, place: int, house: TheHouse, user: AnyUser) -> Response:
    """What says one trait of the patient, a few letters or a code; `place` counts the page's marks."""
    outcome = house.store.papers.outcome(page_id)
    marks = outcome.understanding.traits.marks if outcome else ()
    if not 0 <= place < len(marks):
        raise HTTPException(404)
    try:
        return _jpeg(request.app.state.pictures.trait(page_id, marks[place].evidence.quad))
    except (KeyError, OSError, BadScan) as error:
        raise HTTPException(404) from error


@router.get("/files/{sha256}")
def file(sha256: str, house: TheHouse, user: AnyUser) -> Response:
    """A file as it came; its name may hold a person's, so the browser is given none."""
    scan = house.store.papers.scan(sha256)
    if scan is None:
        raise HTTPException(404)
    try:
        data = house.scan_bytes(sha256)
    except OSError as error:
        raise HTTPException(404) from error
    shown = scan.media_type in SHOWN
    headers = {"Content-Disposition": "inline" if shown else f'attachment; filename="{sha256[:16]}"'}
    if scan.media_type != "application/pdf":  # a sandboxed browser shows no PDF at all
        headers |= SANDBOX
    return Response(
        data, media_type=scan.media_type if shown else "application/octet-stream", headers=headers
    )


def _jpeg(data: bytes) -> Response:
    return Response(data, media_type="image/jpeg")
