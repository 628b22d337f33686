"""Log in, log out, new password, language."""

from __future__ import annotations

from datetime import timedelta

from fastapi import APIRouter, Request
from fastapi.responses import Response

from pipeline.domain.people import User
from pipeline.review.house import House
from pipeline.review.screens import go, show
from pipeline.review.security import (
    LANGUAGE_COOKIE,
    SESSION_COOKIE,
    SHORTEST_PASSWORD,
    csrf_of,
    hash_of_token,
    new_token,
    password_fits,
    password_hash,
)
from pipeline.review.visit import AnyUser, AnyVisit, Form, TheHouse
from pipeline.review.words import LANGUAGES

router = APIRouter()

YEAR = 365 * 24 * 3600


@router.get("/")
def home(request: Request, user: AnyUser) -> Response:
    """The morning page is home."""
    return go(request, "/queue")


@router.get("/login")
def login_page(request: Request, visit: AnyVisit) -> Response:
    """The log-in form; its cookie is a stranger's and is replaced at log-in."""
    if visit.user is not None:
        return go(request, "/queue")
    token = visit.token or new_token()
    answer = show(request, "login.html", problem=None, name="", csrf=csrf_of(token))
    _set_token(answer, token, request.app.state.house)
    return answer


@router.post("/login")
def login(request: Request, house: TheHouse, visit: AnyVisit, form: Form) -> Response:
    """Open a session, or say no without saying whether the name exists."""
    name = str(form.get("name", "")).strip().lower()[:100]
    now = house.now()
    names, addresses = request.app.state.name_attempts, request.app.state.address_attempts
    address = request.client.host if request.client else "?"

    def refuse(key: str, status: int) -> Response:
        return show(request, "login.html", status, problem=key, name=name)

    if names.blocked(name, now) or addresses.blocked(address, now):
        return refuse("login.too_often", 429)
    user = house.store.people.user(name)
    if not password_fits(user.password_hash if user else None, str(form.get("password", ""))) or user is None:
        names.failed(name, now)
        addresses.failed(address, now)
        return refuse("login.wrong", 403)
    names.forget(name)
    return _enter(request, house, user)


@router.post("/logout")
def logout(request: Request, house: TheHouse, visit: AnyVisit, form: Form) -> Response:
    """Close the session."""
    house.store.people.close_session(hash_of_token(visit.token))
    answer = go(request, "/login", notice="logged_out")
    answer.delete_cookie(SESSION_COOKIE)
    return answer


@router.get("/password")
def password_page(request: Request, user: AnyUser) -> Response:
    """The form for a new password."""
    return show(request, "password.html", problem=None, shortest=SHORTEST_PASSWORD)


@router.post("/password")
def change_password(
    request: Request, house: TheHouse, user: AnyUser, visit: AnyVisit, form: Form
) -> Response:
    """Replace the password: every session of this person ends, and this one goes on under a new token."""
    old, new, again = (str(form.get(field, "")) for field in ("old", "new", "again"))
    names, now = request.app.state.name_attempts, house.now()
    problem = _problem(user, old, new, again) if not names.blocked(user.name, now) else "login.too_often"
    if problem:
        if problem == "password.old_wrong":
            names.failed(user.name, now)
        return show(request, "password.html", 422, problem=problem, shortest=SHORTEST_PASSWORD)
    house.store.people.set_password(user.name, password_hash(new), False)
    house.store.people.close_sessions(user.name)
    return _enter(request, house, user, notice="password_changed")


@router.post("/language")
def language(request: Request, house: TheHouse, visit: AnyVisit, form: Form) -> Response:
    """Switch the language and stay on the page."""
    wanted = str(form.get("language", ""))
    answer = go(request, _inside(str(form.get("back", ""))))
    if wanted in LANGUAGES:
        if visit.user is not None:
            house.store.people.set_language(visit.user.name, wanted)
        answer.set_cookie(
            LANGUAGE_COOKIE, wanted, max_age=YEAR, samesite="lax", secure=house.settings.review_https
        )
    return answer


def _problem(user: User, old: str, new: str, again: str) -> str | None:
    if not password_fits(user.password_hash, old):
        return "password.old_wrong"
    if len(new) < SHORTEST_PASSWORD:
        return "password.too_short"
    if new == old or new.lower() == user.name:
        return "password.same"
    return "password.differs" if new != again else None


def _enter(request: Request, house: House, user: User, *, notice: str | None = None) -> Response:
    """Open a session under a fresh token, so that nobody can hand one out beforehand."""
    token = new_token()
    expires = house.now() + timedelta(hours=house.settings.session_hours)
    house.store.people.open_session(hash_of_token(token), user.name, expires)
    answer = go(request, "/password" if user.must_change and notice is None else "/queue", notice=notice)
    _set_token(answer, token, house)
    return answer


def _set_token(answer: Response, token: str, house: House) -> None:
    hours = house.settings.session_hours
    answer.set_cookie(
        SESSION_COOKIE,
        token,
        max_age=int(hours * 3600),
        httponly=True,
        samesite="lax",
        secure=house.settings.review_https,
    )


def _inside(back: str) -> str:
    """Return an address of this site, whatever was sent."""
    safe = back.startswith("/") and not back.startswith("//") and "\\" not in back
    return back if safe and back.isprintable() else "/queue"
