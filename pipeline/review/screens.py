"""Templates become answers: HTML in the visitor's language, with the notice of what was just done."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from pipeline.review.security import NOTICE_COOKIE
from pipeline.review.visit import RETRIERS, visit_of
from pipeline.review.words import LANGUAGES, table

HERE = Path(__file__).parent
NOTICES = "notice."

_environment = Environment(
    loader=FileSystemLoader(HERE / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def show(request: Request, template: str, status: int = 200, **values: Any) -> HTMLResponse:
    """Return a screen.

    Args:
        request: who is asking.
        template: file under templates/.
        status: HTTP's.
        values: what the template names.
    """
    visit = visit_of(request)
    notice = request.cookies.get(NOTICE_COOKIE, "")
    known = f"{NOTICES}{notice}" in table(LANGUAGES[0])
    shown = visit.words(f"{NOTICES}{notice}") if known and not visit.partial else None
    common = {
        "t": visit.words,
        "user": visit.user,
        "csrf": visit.csrf,
        "notice": shown,
        "may_retry": visit.user is not None and visit.user.role in RETRIERS,
    }
    html = _environment.get_template(template).render({**common, "here": request.url.path, **values})
    answer = HTMLResponse(html, status)
    if shown:
        answer.delete_cookie(NOTICE_COOKIE)
    return answer


def go(request: Request, where: str, *, notice: str | None = None) -> Response:
    """Return the redirect after a form; htmx is told in its own way, since it follows 303 unseen."""
    visit = visit_of(request)
    answer: Response = RedirectResponse(where, 303)
    if visit.partial:
        answer = Response(status_code=204, headers={"HX-Redirect": where})
    if notice:
        secure = request.app.state.house.settings.review_https
        answer.set_cookie(NOTICE_COOKIE, notice, max_age=30, httponly=True, samesite="lax", secure=secure)
    return answer
