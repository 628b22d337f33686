"""What each line of a page is: date, identity, letterhead, vitals, heading, foot, or the text itself."""

from __future__ import annotations

import re
from collections.abc import Sequence
from enum import StrEnum
from functools import cache

from pipeline.domain.paper import Stroke
from pipeline.domain.writing import ReadLine
from pipeline.extraction.dates import Window, dates_in
from pipeline.extraction.goes_on import goes_on
from pipeline.extraction.identity import (
    announces_name,
    identity_line,
    is_birth,
    is_contact,
    is_titled,
    may_be_birth,
    names_professional,
    names_relative,
)
from pipeline.extraction.printed_label import label_lines
from pipeline.extraction.strip import words
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
_COUNTED = re.compile(
    r"/\s?j|(?<![a-z])(?:qsp|pdt|cuill)|\d\s?(?:mg|g|µg|ml|ui|x|cpr?|gel\w*|sach\w*|amp\w*)(?![a-z])"
)
_PHONE_WORDS = ("tel", "telephone")
_PLACE_AND_DAY = re.compile(r"[a-z .'-]{2,30},?\s+le\b[\W\d]*(?:[a-z]{3,9}\W*\d*)?")


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
        above = lines[len(roles) - 1] if roles else None
        role = _role(read, roles, above, place=sum(before not in _AROUND for before in roles))
        if role is Role.PATIENT and window and _is_day_of(read.reading.text, window):
            role = Role.DATE
        roles.append(role)
    named = (
        re.search(r"[^\W\d_]{4}", read.reading.text)
        for read, role in zip(lines, roles, strict=True)
        if role is Role.PATIENT
    )
    if not any(named):
        _find_untitled(lines, roles, window)
    if Role.PATIENT not in roles:
        for number in label_lines(lines, [role in (Role.LETTERHEAD, Role.BODY) for role in roles]):
            roles[number] = Role.PATIENT
    if Role.PATIENT not in roles:
        _find_elsewhere(lines, roles)
    return roles


def _role(read: ReadLine, before: Sequence[Role], above: ReadLine | None, *, place: int) -> Role:
    """Return a line's role; `place` counts the lines before it that are not the sheet's own print."""
    text = read.reading.text.strip()
    folded = fold(text)
    if not re.search(r"\w", text):
        return Role.PAGE if text else Role.EMPTY
    if _PAGE.fullmatch(folded):
        return Role.PAGE
    if re.match(r"\W*(?:dr|docteur)\b", folded):
        return Role.PRESCRIBER
    # A neat hand is sometimes taken for print, and labels are printed: name and date count either way.
    is_patient = place < 8 and _plain(text) and is_titled(text)
    if is_patient and read.line.stroke is Stroke.HAND and not _of_the_house(folded):
        return Role.PATIENT  # "Mme X tél 06 ...": the phone is hers
    if above is not None and before[-1] is Role.PATIENT and goes_on(read, above):
        return Role.PATIENT
    if words_of("letterhead", "word").search(folded):
        return Role.LETTERHEAD
    if is_patient:
        return Role.PATIENT
    if above is not None and announces_name(above.reading.text) and _is_name(text):
        return Role.PATIENT
    if announces_name(text):
        return Role.LETTERHEAD
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


def _of_the_house(folded: str) -> bool:
    """Whether a line names a practice, by more than a phone number."""
    return any(found.group() not in _PHONE_WORDS for found in words_of("letterhead", "word").finditer(folded))


def _is_name(text: str) -> bool:
    """Whether a line is words that begin with capitals, perhaps a birth date or an age, and nothing else."""
    line = identity_line(text)
    names = line.traits.names
    capital = all(name[0].isupper() or fold(name) in words("particle", "word") for name in names)
    return 1 <= len(names) <= 5 and capital and not re.search(r"[a-z\d]{2}", line.rest)


def _is_around(read: ReadLine) -> bool:
    """Whether a line above the name says nothing of it: an address, a half-read print, "Brizeval, le"."""
    text = read.reading.text.strip()
    letters, digits = sum(c.isalpha() for c in text), sum(c.isdigit() for c in text)
    return (
        letters < max(3, digits)
        or read.reading.confidence < 0.3
        or is_contact(text)
        or names_professional(text)
        or bool(_PLACE_AND_DAY.fullmatch(fold(text)))
    )


def _prescribes(folded: str) -> bool:
    """Whether a line counts a drug, or begins with what to do with one: "Arrêt Tahor" is nobody's name."""
    acts = any(words_of("action", key).match(folded) for key in rules("page")["action"])
    return acts or bool(_COUNTED.search(folded))


def _find_untitled(lines: Sequence[ReadLine], roles: list[Role], window: Window | None) -> None:
    """A name without a title: the first line of the body near the top that is words alone, or has an age.

    What is printed above it, a date, an address and lines of hardly any letters do not count.
    """
    for number, read in enumerate(lines):
        text = read.reading.text.strip()
        if roles[number] in (Role.NOTE, Role.TREATMENT, Role.VITALS, Role.ALLERGY) or names_relative(text):
            return
        if roles[number] is not Role.BODY or _is_around(read):
            continue
        if _prescribes(fold(text)):
            return
        line = identity_line(text, window)
        capital = all(name[0].isupper() for name in line.traits.names)
        is_born = bool(_AGE.search(text)) or line.traits.birth_date is not None
        clean = 1 <= len(line.traits.names) <= 5 and not re.search(r"[a-z]{2}", line.rest)
        if clean and (
            is_born or (capital and len(line.traits.names) >= 2 and not re.search(r"\d", line.rest))
        ):
            roles[number] = Role.PATIENT
            _take_what_follows(lines, roles, number)
        return


def _find_elsewhere(lines: Sequence[ReadLine], roles: list[Role]) -> None:
    """A name far down the page, at its foot: the one line that is a title and a name and nothing else."""
    found = [
        number
        for number, read in enumerate(lines)
        if roles[number] in (Role.BODY, Role.FOLLOW_UP)
        and read.line.stroke in (Stroke.HAND, Stroke.PRINT)
        and is_titled(read.reading.text)
        and not re.search(r"[a-z\d]{3}", identity_line(read.reading.text).rest)
    ]
    if len(found) == 1:
        roles[found[0]] = Role.PATIENT
        _take_what_follows(lines, roles, found[0])


def _take_what_follows(lines: Sequence[ReadLine], roles: list[Role], number: int) -> None:
    """Add the birth date or age, and the address or phone, in the lines under a name."""
    for place in range(number + 1, min(number + 3, len(lines))):
        if roles[place] is Role.LETTERHEAD and lines[place].line.stroke is not Stroke.HAND:
            return
        if not (is_birth(lines[place].reading.text) or goes_on(lines[place], lines[place - 1])):
            return
        roles[place] = Role.PATIENT
