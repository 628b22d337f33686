"""What a page says of its patient: title, names, birth date or year, age, INS or NIR, phone."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date

from rapidfuzz.distance import OSA

from pipeline.domain.identity import Traits
from pipeline.extraction.dates import birth_date
from pipeline.extraction.tables import fold, lookup

# "ars", "ams" and "aus" are "ans", misread
_AGE = re.compile(r"(?<!\d)(\d{1,3})\s?(a[nrmu]s|ans?|a(?![a-z])|mois|m(?![a-z]))")
_YEAR = re.compile(r"\(?\b((?:19|20)\d{2})\b\)?")
_BORN = re.compile(r"\b(?:ne|nee|ddn|nais+ance|dn)\b[\s.:(e)]*(?:le\b)?\s*")
_NIR = re.compile(
    r"(?<!\d)([12](?:[ .]?\d){2}(?:[ .]?\d){2}(?:[ .]?[\dab]){2}(?:[ .]?\d){6}(?:[ .]?\d){0,2})(?!\d)"
)
_PHONE = re.compile(r"(?<!\d)(0[1-9](?:[ .-]?\d{2}){4})(?!\d)")
_DATE = re.compile(r"\d{1,2}\s?[/.-]\s?\d{1,2}\s?[/.-]\s?\d{2,4}")
_WORD = re.compile(r"[^\W\d_]+(?:['’.-][^\W\d_]+)*\.?")
_LABELLED = re.compile(r"\W*(?:patiente?|nom(?: du patient)?)\s*:\s*[a-z]{2}")
LONGEST_BIRTH = 14
_NOT_NAMES = frozenset(
    (
        "ars", "ams", "aus",
        "ans", "an", "mois", "age", "le", "la", "ne", "nee", "e", "ddn", "nom", "prenom", "patient", "kg",
        "poids", "epouse", "ep", "date", "naissance", "nir", "ins", "tel", "a"
    )
)  # fmt: skip


def traits_of_text(text: str) -> Traits:
    """Return the traits that an identity line states ("Mme DURAND Anne née le 10/04/62").

    Two lines may be joined by a line feed or " / ". A year is a birth year only where it stands alone or
    in brackets; the age is in years, for infants in months. Nothing is worked out from anything else.
    """
    folded = fold(text)
    born = birth_date(text)
    nir = _NIR.search(folded)
    phone = _PHONE.search(folded)
    bare = _blanked(folded, nir, phone)
    age = age_months = None
    match = _AGE.search(_DATE.sub(_blank, bare))
    if match:
        months = match[2].startswith("m")
        age, age_months = (None, int(match[1])) if months else (int(match[1]), None)
        if (age or 0) > 120 or (age_months or 0) > 48:
            age = age_months = None
    year = _YEAR.search(_DATE.sub(_blank, bare)) if born is None else None
    title, sex, title_end = _title(text)
    if sex is None and re.search(r"\bnee\b", folded):
        sex = "F"
    return Traits(
        text=text,
        names=_names(text, folded, title_end),
        title=title,
        sex=sex,
        birth_date=born if born is None or born <= date(2100, 1, 1) else None,
        birth_year=int(year[1]) if year else None,
        age=age,
        age_months=age_months,
        ins=re.sub(r"[ .]", "", nir[1]).upper() if nir else None,
        phone=re.sub(r"\D", "", phone[1]) if phone else None,
    )


def _blank(match: re.Match[str]) -> str:
    return " " * len(match.group())


def _blanked(folded: str, *matches: re.Match[str] | None) -> str:
    for match in matches:
        if match:
            folded = folded[: match.start()] + _blank(match) + folded[match.end() :]
    return folded


def _title(text: str) -> tuple[str | None, str | None, int]:
    """Return title as written, the sex that it tells, and where it ends."""
    match = re.match(r"\s*(?:nom\s*:?\s*|patiente?\s*:\s*)?([^\W\d_]+)\.?\s*", text, re.IGNORECASE)
    if not match:
        return None, None, 0
    sex = lookup("page", "title").get(fold(match[1]), _misread(match[1], text[match.end() :]))
    if sex is None or fold(match[1]) in ("nom", "patient", "patiente"):
        return None, None, 0
    return match[1], sex or None, match.end()


def _misread(word: str, rest: str) -> str | None:
    """Return "" for a title with one letter misread, "Mne", before a name: no sex is told. None = none."""
    titles = (title for title in lookup("page", "title") if len(title) > 3 or title == "mme")
    is_near = any(title[0] == fold(word)[0] and OSA.distance(title, fold(word)) == 1 for title in titles)
    return "" if is_near and word[0].isupper() and rest[:1].isupper() else None


def is_titled(text: str) -> bool:
    """Whether a line starts with a title, or with "Patient :", and a name follows."""
    if _LABELLED.match(fold(text)):
        return True
    title, _, end = _title(text)
    return title is not None and bool(re.match(r"[^\W\d_]", text[end:]))


def is_birth(text: str) -> bool:
    """Whether a line is nothing but a birth date, a birth year or an age."""
    folded = fold(text).strip(" ().,:-")
    rest = _DATE.sub("", _BORN.sub("", folded))
    rest = _AGE.sub("", _YEAR.sub("", rest)).strip(" ().,:-")
    return (
        bool(re.search(r"\d", folded))
        and rest in ("", "le", "soit", "e", "age")
        and (
            bool(_BORN.search(folded))
            or bool(_AGE.search(folded))
            or bool(_DATE.fullmatch(folded))
            or bool(re.fullmatch(r"(?:19|20)\d{2}", folded))
        )
    )


def may_be_birth(text: str) -> bool:
    """Whether a short line may be an age or a birth date that reads badly ("Cet ans", "2K/04/57")."""
    words = re.findall(r"\w+", fold(text))
    if not words or len(text) > LONGEST_BIRTH:
        return False
    years = OSA.distance(words[-1], "ans") <= 1 and len(words) <= 3
    return years or (len(re.findall(r"\d", text)) >= 2 and not re.search(r"[^\W\d_]{2}", text))


def _names(text: str, folded: str, start: int) -> tuple[str, ...]:
    text = re.sub(r"(?<=[^\W\d_])0(?=[^\W\d_])", "O", text)  # "RI0U": between letters it is one
    return tuple(
        match.group().rstrip(".") if len(match.group()) > 2 else match.group()
        for match in _WORD.finditer(text, start)
        if folded[match.start() : match.end()].rstrip(".") not in _NOT_NAMES
        and not (match.start() and text[match.start() - 1].isdigit())
    )


def joined(one: Traits, other: Traits) -> Traits:
    """Return the traits of two lines about the same person; the first line wins where both speak."""
    return replace(
        one,
        text=f"{one.text}\n{other.text}" if one.text else other.text,
        names=one.names + tuple(name for name in other.names if name not in one.names),
        title=one.title or other.title,
        sex=one.sex or other.sex,
        birth_date=one.birth_date or other.birth_date,
        birth_year=one.birth_year if one.birth_date or one.birth_year else other.birth_year,
        age=one.age if one.age is not None else other.age,
        age_months=one.age_months if one.age_months is not None else other.age_months,
        ins=one.ins or other.ins,
        phone=one.phone or other.phone,
        evidence=one.evidence + other.evidence,
    )
