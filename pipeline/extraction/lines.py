"""What each line of a page is: date, identity, letterhead, vitals, heading, foot, or the text itself."""

from __future__ import annotations

import re
from collections.abc import Sequence
from enum import StrEnum
from functools import cache

from pipeline.domain.paper import Stroke
from pipeline.domain.writing import ReadLine
from pipeline.extraction.dates import Window, dates_in
from pipeline.extraction.identity import is_birth, is_titled, may_be_birth
from pipeline.extraction.tables import fold, lookup, rules


class Role(StrEnum):
    """What a line is."""

    EMPTY = "empty"
    DATE = "date"
    PATIENT = "patient"
    BIRTH = "birth"  # behind the name: an age or a birth date that reads badly
    PRESCRIBER = "prescriber"
    LETTERHEAD = "letterhead"
    VITALS = "vitals"
    TREATMENT = "treatment"
    NOTE = "note"
    ALLERGY = "allergy"
    NEGATION = "negation"
    FOLLOW_UP = "follow-up"
    DURATION = "duration"
    RENEWALS = "renewals"
    PAGE = "page"
    BODY = "body"


_AROUND = (Role.LETTERHEAD, Role.PRESCRIBER, Role.EMPTY, Role.PAGE)
"""What is printed on the sheet already, or is no text."""

_PAGE = re.compile(
    r"(?:tsvp|t\.s\.v\.p\.?|[./]{2,3}|\.\s?/\s?\.|\d\s?/\s?\d|suite\b.*|page\s+\d.*|-\s?\d\s?-)"
)
_DURATION = re.compile(
    r"(?:le\s+tout\s+)?(?:qsp|q\.?s\.?p\.?|pour|pdt|pendant|traitement\s+(?:de|pour))\s*:?\s*\d{1,2}\s*(?:j|jours?|sem\w*|m|mois|ans?)\b\.?"
)
_RENEWALS = re.compile(
    r"(?:ar|r|a\s+renouveler|renouvelable|renouveler)\s*:?\s*(?:x\s?)?\d{0,2}\s*(?:x|fois)?"
)
_VITALS = re.compile(
    r"(?:ta|t\s?°|t|temp\w*|pouls|fc|fr|poids|p|pds|sat\w*|spo2|imc|taille|pa|pas|glyc\w*|eva)\s*[:=]?\s*\d|\d+(?:[.,]\d+)?\s?(?:kg|°\s?c?)(?:\W|$)"
)
_ALLERGY = re.compile(r"^\W*(?:all?erg\w*|intol[e]ran\w*)|!\s*all?er")
_NEGATION = re.compile(r"^\W*(?:pas\s+d|pas\s+de|aucune?|absence|sans|apyr)\b|^\W*pas\s+d['’e]")
_ARROW = re.compile(r"^\s*(?:=>|->|→|⇒|=)\s*[^\W\d]")
_AGE = re.compile(r"(?<!\d)\d{1,3}\s?(?:ans|mois)\b|\((?:19|20)\d{2}\)|\bnée?\b", re.IGNORECASE)
_NAME = re.compile(r"[^\W\d_][\w'’-]*\.?(?:\s+[^\W\d_][\w'’-]*\.?){0,4}")


@cache
def words_of(section: str, key: str) -> re.Pattern[str]:
    """Return what finds any whole word or phrase of a list in page.toml."""
    surfaces = sorted(map(fold, rules("page")[section][key]), key=len, reverse=True)
    return re.compile("|".join(rf"(?<![a-z]){re.escape(surface)}(?![a-z])" for surface in surfaces))


def roles_of(lines: Sequence[ReadLine], *, window: Window | None = None) -> list[Role]:
    """Return the role of every line; whether a body line is a drug is for the formulary to say.

    Args:
        lines: in reading order.
        window: first and last day of the outage: a day of it that stands alone is the day of writing, also
            beside a name, where another day would be a birth date.
    """
    roles: list[Role] = []
    for read in lines:
        role = _role(read, roles, place=sum(before not in _AROUND for before in roles))
        if role is Role.PATIENT and window and _is_day_of(read.reading.text, window):
            role = Role.DATE
        roles.append(role)
    named = (
        re.search(r"[^\W\d_]{4}", read.reading.text)
        for read, role in zip(lines, roles, strict=True)
        if role is Role.PATIENT
    )
    if not any(named):
        _find_untitled(lines, roles)
    return roles


def _role(read: ReadLine, before: Sequence[Role], *, place: int) -> Role:
    """Return a line's role; `place` counts the lines before it that are not the sheet's own print."""
    text = read.reading.text.strip()
    folded = fold(text)
    if not re.search(r"\w", text):
        return Role.PAGE if text else Role.EMPTY
    if _PAGE.fullmatch(folded):
        return Role.PAGE
    if re.match(r"\W*(?:dr|docteur)\b", folded):
        return Role.PRESCRIBER
    if words_of("letterhead", "word").search(folded):
        return Role.LETTERHEAD
    # A neat hand is sometimes taken for print, and labels are printed: name and date count either way.
    if is_titled(text) and _plain(text) and place < 8:
        return Role.PATIENT
    if is_birth(text) and Role.PATIENT in before[-2:]:
        return Role.PATIENT
    if _is_date(text, folded):
        return Role.DATE
    if read.line.stroke is Stroke.PRINT:
        return Role.LETTERHEAD
    # What the eye took for a row of a stamp but names an amount is one that somebody wrote.
    if read.line.stroke is Stroke.STAMP and _plain(text):
        return Role.LETTERHEAD
    if is_birth(text) and place < 6:
        return Role.PATIENT
    if before and before[-1] is Role.PATIENT and may_be_birth(text) and not _VITALS.search(folded):
        return Role.BIRTH
    return _clinical(text, folded)


def _clinical(text: str, folded: str) -> Role:
    if _DURATION.fullmatch(folded):
        return Role.DURATION
    if _RENEWALS.fullmatch(folded) and re.search(r"\d|ar|renouv", folded):
        return Role.RENEWALS
    heading = re.match(r"\W*([a-z/]+(?:\s[a-z]+)?)\s*[.]?\s*(:|$)", folded)
    if heading:
        kinds = lookup("page", "heading")
        kind = kinds.get(heading[1]) or kinds.get(heading[1].rstrip("/"))
        if kind == "treatment" and not folded[heading.end() :].strip():
            return Role.TREATMENT
        if kind == "note":
            return Role.NOTE
    if _ALLERGY.search(folded):
        return Role.ALLERGY
    if _NEGATION.search(folded):
        return Role.ALLERGY if "allerg" in folded else Role.NEGATION
    if _VITALS.match(folded):
        return Role.VITALS
    if words_of("follow_up", "word").match(folded):
        return Role.FOLLOW_UP
    return Role.BODY


def _plain(text: str) -> bool:
    """Whether nothing but a name, an age and a birth date stands there (no dose, no unit)."""
    return not re.search(r"\d\s?(?:mg|g|µg|cp|cpr|ml|ui)\b", text, re.IGNORECASE)


def _is_date(text: str, folded: str) -> bool:
    if re.search(r"\bnee?\b", folded):
        return False
    shape = re.fullmatch(
        r"(?:[a-z' -]{2,25},?\s+)?(?:le\s+|ce\s+|date\s*:?\s*){0,2}"
        r"(?:lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche)?\s*"
        r"(?:\d{1,2}\s?[/.-]\s?\d{1,2}(?:\s?[/.-]\s?\d{2,4})?|(?:\d{1,2}|1er)\s+[a-z]{3,9}\.?(?:\s+\d{2,4})?)\W*",
        folded,
    )
    if not shape:
        return False
    return bool(re.search(r"\d\s?[/.-]\s?\d", folded)) or any(True for _ in dates_in(f"{text} 2000"))


def _is_day_of(text: str, window: Window) -> bool:
    days = [day for _, day in dates_in(text)]
    return bool(days) and _is_date(text, fold(text)) and all(window[0] <= day <= window[1] for day in days)


def _find_untitled(lines: Sequence[ReadLine], roles: list[Role]) -> None:
    """A name without a title: the first line of the body near the top that is words alone, or has an age.

    What is printed above it, a date and lines of hardly any letters do not count.
    """
    for number, read in enumerate(lines):
        text = read.reading.text.strip()
        if roles[number] in (Role.NOTE, Role.TREATMENT, Role.VITALS, Role.ALLERGY):
            return
        if roles[number] is not Role.BODY or sum(c.isalpha() for c in text) < 3:
            continue
        name = re.sub(r"[\d()/.,°-]+|\b(?:ans|mois|née?|le)\b", " ", text).strip()
        words = name.split()
        is_name = bool(_NAME.fullmatch(" ".join(words))) and 1 <= len(words) <= 5
        capital = sum(word[0].isupper() for word in words)
        if is_name and (_AGE.search(text) or (capital == len(words) >= 2 and not re.search(r"\d", text))):
            roles[number] = Role.PATIENT
            if number + 1 < len(lines) and is_birth(lines[number + 1].reading.text):
                roles[number + 1] = Role.PATIENT
        return
