"""The review page as an application: routes, headers, errors in words."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Awaitable, Callable
from datetime import timedelta

from fastapi import FastAPI, HTTPException, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from fastapi.staticfiles import StaticFiles
from starlette.exceptions import HTTPException as StarletteHTTPException

from pipeline.review.house import House
from pipeline.review.pictures import Pictures
from pipeline.review.routes import (
    about,
    auth,
    identity,
    images,
    lines,
    page,
    queue,
    reconciliation,
    retry,
    sheets,
    upload,
)
from pipeline.review.screens import HERE, go, show
from pipeline.review.security import HEADERS, Attempts
from pipeline.review.visit import NeedLogin, NeedPassword, PageChanged

log = logging.getLogger(__name__)

IN_WORDS = (403, 404, 409, 413, 429)
NAME_ATTEMPTS = 5
ADDRESS_ATTEMPTS = 30
ATTEMPT_SPAN = timedelta(minutes=10)


def create_app(house: House) -> FastAPI:
    """Build the review page for a house."""
    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None)
    app.state.house = house
    app.state.pictures = Pictures(house.page_image)
    app.state.name_attempts = Attempts(NAME_ATTEMPTS, ATTEMPT_SPAN)
    app.state.address_attempts = Attempts(ADDRESS_ATTEMPTS, ATTEMPT_SPAN)
    for room in (auth, queue, page, lines, identity, sheets, reconciliation, retry, images, upload, about):
        app.include_router(room.router)
    app.mount("/static", StaticFiles(directory=HERE / "static"), name="static")
    app.middleware("http")(_guarded)
    app.add_exception_handler(NeedLogin, lambda request, _: go(request, "/login"))
    app.add_exception_handler(NeedPassword, lambda request, _: go(request, "/password"))
    app.add_exception_handler(
        PageChanged, lambda request, error: go(request, f"/pages/{error.args[0]}", notice="page_changed")
    )
    app.add_exception_handler(StarletteHTTPException, _said_no)
    app.add_exception_handler(RequestValidationError, lambda request, _: _error(request, 404))
    return app


async def _guarded(request: Request, call_next: Callable[[Request], Awaitable[Response]]) -> Response:
    """Add the headers; turn what nobody expected into a page, logging where it was but never what it held."""
    try:
        answer = await call_next(request)
    except Exception as error:
        frames = traceback.extract_tb(error.__traceback__)[-6:]
        places = " < ".join(f"{frame.name}:{frame.lineno}" for frame in reversed(frames))
        log.error("%s at %s %s: %s", type(error).__name__, request.method, request.url.path, places)
        answer = _error(request, 500)
    for name, value in HEADERS.items():
        answer.headers.setdefault(name, value)
    if not request.url.path.startswith("/static/"):
        answer.headers.setdefault("Cache-Control", "no-store")
    return answer


def _said_no(request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException | StarletteHTTPException) else 500
    return _error(request, status if status in IN_WORDS else 404 if status == 405 else status)


def _error(request: Request, status: int) -> Response:
    known = status if status in IN_WORDS else 500 if status >= 500 else 404
    why = getattr(request.state, "why", f"error.{known}")
    values = getattr(request.state, "why_values", {})
    try:
        return show(request, "error.html", status, code=status, why=why, values=values)
    except Exception as error:  # the database itself may be what failed
        log.error("the error page failed: %s", type(error).__name__)
        return Response("Reprise: 500", 500, media_type="text/plain")
