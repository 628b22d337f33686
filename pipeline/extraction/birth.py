"""Birth date, birth year and age on an identity line."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from functools import cache

from pipeline.extraction.dates import Window, birth_date_at
from pipeline.extraction.strip import Strip, phrase, words
from pipeline.extraction.tables import fold

# "ars", "ams" and "aus" are "ans", misread
_AGE = re.compile(r"(?<![\d.,/])(\d{1,3})\s?(a[nrmu]s|ans?|a(?![a-z])|mois|m(?![a-z.]))(?![a-z])")
_YEAR = re.compile(r"(?<![\d/.,-])((?:19|20)\d{2})(?![\d/.,-]\d|\d)")
_BAD_DATE = re.compile(r"(?<!\w)\w{1,2}\s?[/.(|-]\s?\w{1,2}\s?[/.(|-]\s?\w{2,4}(?!\w)")
"""A date with letters for digits, "12/Ou(46": no name, and no date either; the matcher asks its ink."""
_HALF = re.compile(r"\s*(?:et\s+)?(?:demi(?:e)?(?![a-z])|1/2|½)|\s*et\s+\d{1,2}\s?mois")
_IN = re.compile(r"(?<![a-z])ne(?:e|\(e\))?\s+en\s+(\d{4}|\d{2})(?!\d)")
_OLDEST, _LAST_MONTHS = 120, 48
CHILD_UNTIL, ADULT_FROM = 14, 18
"""Up to which age nobody writes "Mme", and from which nobody writes "Enfant"."""


@dataclass(frozen=True, slots=True)
class Birth:
    """What a line says of when somebody was born; None = it does not say."""

    day: date | None = None
    year: int | None = None
    age: int | None = None
    months: int | None = None


def fits_title(age: int, title: str | None) -> bool:
    """Tell whether somebody of this age is called so: nobody writes "Mme" at six, nor "Enfant" at forty."""
    folded = fold(title or "")
    if folded in words("adult", "title"):
        return age > CHILD_UNTIL
    return folded not in words("child", "title") or age < ADULT_FROM


def take_birth(strip: Strip, *, title: str, before: int, window: Window | None) -> Birth:
    """Take the birth date, or else the year that stands alone, and the age.

    A reading that contradicts itself says nothing: "1 ans" (it would be "1 an": a digit is lost), an age of
    six beside "Mme" or of forty beside "Enfant".

    Args:
        strip: names not taken yet.
        title: as written, folded; "" = none.
        before: where it starts: a date in front of it is the day of writing.
        window: first and last day of the outage. A day of it is a birth date only behind words that say so;
            its end tells in which century "12" is.
    """
    born = _day(strip, window, adult=title in words("adult", "title"), before=before)
    year = None
    if match := _IN.search(strip.folded):
        written = strip.take(*match.span(1), "birth_year")
        year = int(written) if len(written) == 4 else None
    age, months = _age(strip)
    if age is not None and not fits_title(age, title):
        age = None
        strip.pieces = [piece for piece in strip.pieces if piece.trait != "age"]
    for match in _BAD_DATE.finditer(strip.folded):
        if sum(sign.isdigit() for sign in match.group()) >= 3:
            strip.take(*match.span())
    if match := _YEAR.search(strip.folded):
        kept = born is None and year is None
        strip.take(*match.span(1), "birth_year" if kept else None)
        year = int(match[1]) if kept else year
    return Birth(born, year if born is None else None, age, months)


@cache
def _cue() -> re.Pattern[str]:
    return re.compile(
        r"(?<![a-z])(?:nee?|ne\s?\(e\)|nes)\s+(?:le|la|ie)(?![a-z])"
        rf"|{phrase('label', 'birth_date')}\s*(?:le)?"
    )


def _day(strip: Strip, window: Window | None, *, adult: bool, before: int) -> date | None:
    """Take every date; return the one behind a word of birth, else the first that is no day of the outage."""
    latest = window[1].year if window else None
    cues = [match.end() for match in _cue().finditer(strip.folded)]
    found = []
    for value, start, end in birth_date_at(strip.folded, latest=latest, adult=adult):
        is_cued = any(0 <= start - cue <= 3 for cue in cues)
        is_today = window is not None and value is not None and window[0] <= value <= window[1]
        if is_cued or not (is_today or end <= before):
            found.append((not is_cued, start, end, value))
        else:
            strip.take(start, end)
    found.sort(key=lambda one: one[:3])
    for rank, (_, start, end, value) in enumerate(found):
        strip.take(start, end, "birth_date" if rank == 0 and value else None)
    if found and (place := re.match(r"\s*,?\s*a\s+(?=[^\W\d_])", strip.folded[found[0][2] :])):
        # "née le 3 mai 1957 à Rennes": where somebody was born, not where she lives
        start = found[0][2] + place.end()
        town = re.match(r"[^\d|,;:()\n]+", strip.folded[start:])
        strip.take(found[0][2], start + (town.end() if town else 0))
    return found[0][3] if found else None


def _age(strip: Strip) -> tuple[int | None, int | None]:
    """Take the age; return (years, months), at most one of them."""
    match = _AGE.search(strip.folded)
    while match and strip.text[match.start(2)] == "M":  # "12 M. X" is no age
        match = _AGE.search(strip.folded, match.end())
    if match is None:
        labelled = re.search(rf"{phrase('label', 'age')}\s*:\s*(\d{{1,3}})(?![\d/.,])", strip.folded)
        if labelled is None or not 0 < int(labelled[1]) <= _OLDEST:
            return None, None
        return int(strip.take(*labelled.span(1), "age")), None
    number, is_months = int(match[1]), match[2].startswith("m")
    lost = number == 0 or (number == 1 and match[2] in ("ans", "ars", "ams", "aus"))
    known = not lost and number <= (_LAST_MONTHS if is_months else _OLDEST)
    half = _HALF.match(strip.folded, match.end())
    strip.take(
        match.start(),
        half.end() if half else match.end(),
        ("age_months" if is_months else "age") if known else None,
    )
    if not known:
        return None, None
    return (None, number) if is_months else (number, None)
