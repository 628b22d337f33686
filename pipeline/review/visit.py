"""Who is asking, in which language, and whether this form came from one of our pages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, cast

from fastapi import Depends, HTTPException, Request
from starlette.datastructures import FormData

from pipeline.domain.people import User
from pipeline.domain.review import Role
from pipeline.review.house import House
from pipeline.review.security import LANGUAGE_COOKIE, SESSION_COOKIE, csrf_fits, csrf_of, hash_of_token
from pipeline.review.words import LANGUAGES, Words

DECIDERS = frozenset({Role.DOCTOR})
SETTLERS = frozenset({Role.DOCTOR, Role.SECRETARY})
RETRIERS = frozenset({Role.SECRETARY, Role.ADMIN})
UPLOAD = "/upload"
OTHER_FORMS_MB = 1
# A password given by somebody else opens only these addresses.
BEFORE_NEW_PASSWORD = ("/password", "/logout", "/language")


class NeedLogin(Exception):
    """Nobody is logged in."""


class NeedPassword(Exception):
    """The password was given by somebody else and has to be replaced first."""


class PageChanged(Exception):
    """The lines that a form was about are no longer those of its page (its only argument: the page's id)."""


@dataclass(frozen=True, slots=True)
class Visit:
    """One request's person.

    Attributes:
        user: None = nobody logged in.
        words: the language of the screens.
        token: the cookie's; the form token is made from it.
        partial: htmx asks for a part of the screen.
    """

    user: User | None
    words: Words
    token: str
    partial: bool

    @property
    def csrf(self) -> str:
        """The form token."""
        return csrf_of(self.token) if self.token else ""


def house_of(request: Request) -> House:
    """Return the house that the app was made for."""
    return cast(House, request.app.state.house)


def visit_of(request: Request) -> Visit:
    """Say who is asking; the answer is kept on the request, errors need it too."""
    known = getattr(request.state, "visit", None)
    if known is not None:
        return cast(Visit, known)
    house = house_of(request)
    token = request.cookies.get(SESSION_COOKIE, "")
    user = house.store.people.session_user(hash_of_token(token), house.now()) if token else None
    language = user.language if user else request.cookies.get(LANGUAGE_COOKIE, LANGUAGES[0])
    words = Words(language if language in LANGUAGES else LANGUAGES[0])
    visit = Visit(user, words, token, request.headers.get("HX-Request") == "true")
    request.state.visit = visit
    return visit


def user_of(request: Request, visit: Annotated[Visit, Depends(visit_of)]) -> User:
    """Return who is logged in.

    Raises:
        NeedLogin: nobody.
        NeedPassword: somebody who has to choose a password first.
    """
    if visit.user is None:
        raise NeedLogin
    if visit.user.must_change and request.url.path not in BEFORE_NEW_PASSWORD:
        raise NeedPassword
    return visit.user


async def form_of(request: Request, visit: Annotated[Visit, Depends(visit_of)]) -> FormData:
    """Return a form that came from one of our pages.

    Raises:
        HTTPException: 403, the form token is missing or wrong; 413, the form is larger than allowed.
    """
    await _measured(request)
    form = await request.form()
    if not csrf_fits(visit.token, str(form.get("csrf", ""))):
        request.state.why = "error.csrf"
        raise HTTPException(403)
    return form


async def _measured(request: Request) -> None:
    """Refuse a form that is too large, before any of it is kept.

    Raises:
        HTTPException: 413.
    """
    uploads = request.url.path == UPLOAD
    most = house_of(request).settings.max_upload_mb if uploads else OTHER_FORMS_MB
    sent = request.headers.get("content-length", "")
    if sent.isascii() and sent.isdigit() and int(sent) <= most * 1_000_000:
        return
    if uploads:
        request.state.why, request.state.why_values = "error.upload", {"n": most}
        # A browser shows the answer only once it has sent all; nothing of it is kept.
        async for _ in request.stream():
            pass
    raise HTTPException(413)


def decider_of(request: Request, user: Annotated[User, Depends(user_of)]) -> User:
    """Return a user who may decide lines.

    Raises:
        HTTPException: 403.
    """
    if user.role not in DECIDERS:
        request.state.why = "error.doctor_only"
        raise HTTPException(403)
    return user


def settler_of(request: Request, user: Annotated[User, Depends(user_of)]) -> User:
    """Return a user who may settle identity and bring in files.

    Raises:
        HTTPException: 403.
    """
    if user.role not in SETTLERS:
        request.state.why = "error.settlers_only"
        raise HTTPException(403)
    return user


def retrier_of(request: Request, user: Annotated[User, Depends(user_of)]) -> User:
    """Return a user who may have failed pages read again.

    Raises:
        HTTPException: 403.
    """
    if user.role not in RETRIERS:
        request.state.why = "error.retriers_only"
        raise HTTPException(403)
    return user


AnyVisit = Annotated[Visit, Depends(visit_of)]
AnyUser = Annotated[User, Depends(user_of)]
Decider = Annotated[User, Depends(decider_of)]
Settler = Annotated[User, Depends(settler_of)]
Retrier = Annotated[User, Depends(retrier_of)]
Form = Annotated[FormData, Depends(form_of)]
TheHouse = Annotated[House, Depends(house_of)]
