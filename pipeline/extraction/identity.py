"""What an identity line says of a patient: title, names, birth date or age, address, phone, INS or NIR."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import lru_cache

from rapidfuzz.distance import OSA

from pipeline.domain.identity import Traits
from pipeline.extraction.birth import take_birth
from pipeline.extraction.contact import take_numbers, take_place
from pipeline.extraction.dates import Window
from pipeline.extraction.person_names import (
    NO_TITLE,
    Title,
    take_birth_name,
    take_labels,
    take_names,
    take_sex,
    title_of,
)
from pipeline.extraction.strip import BLANK, Piece, Strip, phrase
from pipeline.extraction.tables import fold

_DATE = re.compile(r"\d{1,2}\s?[/.-]\s?\d{1,2}\s?[/.-]\s?\d{2,4}")
LONGEST_BIRTH = 14
_BIRTH = ("birth_date", "birth_year", "age", "age_months")
_CONTACT = ("address", "postal_code", "city", "phone", "ins", "sex")


@dataclass(frozen=True, slots=True)
class IdentityLine:
    """What a line says, and where.

    Attributes:
        traits: without their ink.
        pieces: the place of every trait in the text, in no order.
        rest: what is left of the text, folded, names and everything understood left out.
    """

    traits: Traits
    pieces: tuple[Piece, ...]
    rest: str


def traits_of_text(text: str, *, window: Window | None = None) -> Traits:
    """Return the traits that an identity line states ("Mme DURAND Anne née le 10/04/62").

    Two lines may be joined by a line feed or " / ". A year is a birth year only where it stands alone or
    in brackets; the age is in years, for infants in months. Nothing is worked out from anything else. What
    stands behind a word for a relative ("mère", "son fils") is not the patient's.

    Args:
        text: as read.
        window: first and last day of the outage, no birth dates without a word that says so.
    """
    return identity_line(text, window).traits


@lru_cache(maxsize=2048)
def identity_line(text: str, window: Window | None = None) -> IdentityLine:
    """Return the traits of a line, with their places."""
    strip = Strip(text)
    relative = re.search(rf"(?<![a-z])(?:(?:son|sa|ses|leur)\s+)?{phrase('relative', 'word')}", strip.folded)
    if relative:
        strip.take(relative.start(), len(text))
    title = title_of(strip.left(0, len(text)))
    ins, phone = take_numbers(strip)
    if relative and _is_theirs(strip, relative.start()):
        phone = None
        strip.pieces = [piece for piece in strip.pieces if piece.trait != "phone"]
    address, postal_code, city = take_place(strip)
    birth = take_birth(strip, title=fold(title.word or ""), before=title.start, window=window)
    sex = take_sex(strip)
    start = _name_start(strip, title)
    birth_name, is_born = take_birth_name(strip, start)
    take_labels(strip)
    names = take_names(strip, start)
    if title.word:
        strip.pieces.append(Piece("title", title.start, title.start + len(title.word)))
    traits = Traits(
        text=text,
        names=names,
        title=title.word,
        sex=sex or title.sex or ("F" if is_born else None),
        birth_date=birth.day,
        birth_year=birth.year,
        age=birth.age,
        age_months=birth.months,
        ins=ins,
        phone=phone,
        birth_name=birth_name,
        address=address,
        postal_code=postal_code,
        city=city,
    )
    for piece in tuple(strip.pieces):
        if piece.trait in ("names", "title"):
            strip.take(piece.start, piece.end)
    return IdentityLine(traits, tuple(strip.pieces), strip.folded.replace(BLANK, " "))


def _is_theirs(strip: Strip, relative: int) -> bool:
    """Whether the phone is the relative's who stands right behind it: "06 39 98 12 34 (fille)"."""
    ends = [piece.end for piece in strip.pieces if piece.trait == "phone"]
    return any(not re.search(r"\w", strip.text[end:relative]) for end in ends)


def _name_start(strip: Strip, title: Title) -> int:
    """Return where the name may start: behind the title, unless a name stands before it already."""
    before = strip.left(0, title.start)
    if title is NO_TITLE or re.search(r"(?<!\w)[A-ZÀ-Þ][\w'’-]+[ ,(]*$", before):
        strip.take(title.start, title.end)
        return 0
    return title.end


def is_titled(text: str) -> bool:
    """Whether a line starts with a title, or with "Patient :", and the name of a patient follows.

    Not a relative ("Mère : Mme X"), nor somebody who treats ("Mme X, infirmière") and is not said to be of
    some age.
    """
    folded = fold(text)
    if re.match(rf"\W*(?:(?:son|sa|ses)\s+)?{phrase('relative', 'word')}", folded) or _treats(text):
        return False
    if re.match(rf"\W*{phrase('lead', 'word')}\s*:\s*\W?[a-z]{{2}}", folded):
        return _has_name(text)
    if re.match(r"\W*nom\s+[a-z]{2}", folded) and re.search(r"\b(?:prenom|ne|nee|ddn)\b", folded):
        return _has_name(text)
    title = title_of(text)
    if title is NO_TITLE or re.search(r"[a-z]{2}", _unled(folded[: title.start])):
        return bool(re.match(r"\W*Patient(?:e|\(e\))?\s+(?:[A-ZÀ-Þ][\w'’-]+\s+[A-ZÀ-Þ]|[A-ZÀ-Þ]{2})", text))
    return bool(re.match(r"[^\W\d_]", text[title.end :])) and _has_name(text)


def _has_name(text: str) -> bool:
    """Whether a line has words that may be a name: a capital, a birth or an age beside it, or one word alone.

    "Me revoir dans 8 jours", "Patient : toux depuis hier" have none.
    """
    line = identity_line(text)
    names = line.traits.names
    if any(name[0].isupper() for name in names) or not names:
        return bool(names)
    is_born = bool({piece.trait for piece in line.pieces} & {*_BIRTH})
    return is_born or (
        len(names) == 1 and line.traits.title is not None and not re.search(r"[a-z\d]", line.rest)
    )


def _treats(text: str) -> bool:
    folded = fold(text)
    if re.match(
        r"\W*(?:m\w*\s+le\s+|mme\s+le\s+|madame\s+le\s+)?(?:dr|docteur|pr|professeur)(?![a-z])", folded
    ):
        return True
    if not names_professional(text):
        return False
    return not {piece.trait for piece in identity_line(text).pieces} & {*_BIRTH, "birth_name", "ins"}


def _unled(folded: str) -> str:
    """Return what stands before a title without what may: "Concerne :", "pour", a date."""
    return re.sub(rf"{phrase('lead', 'word')}|(?<![a-z])le(?![a-z])", "", folded)


def is_contact(text: str) -> bool:
    """Whether a line is nothing but an address, a phone number, a NIR, "Sexe : F" ... and birth or age."""
    line = identity_line(text)
    found = {piece.trait for piece in line.pieces}
    if line.traits.names or re.search(r"[a-z\d]{2}", line.rest):
        return False
    if found & {*_CONTACT} == {"address"}:
        return bool(re.search(phrase("street", "sure"), fold(line.traits.address or "")))
    return bool(found & {*_CONTACT})


def announces_name(text: str) -> bool:
    """Whether a line is a form's heading over a name: "Nom Prénom", "Patient :"."""
    label = phrase("label", "names")
    return bool(re.fullmatch(rf"\W*{label}(?:\W+(?:et\s+)?{label})*\W*", fold(text)))


def names_relative(text: str) -> bool:
    """Whether a line speaks of a mother, a son, a guardian ..."""
    return bool(re.search(phrase("relative", "word"), fold(text)))


def names_professional(text: str) -> bool:
    """Whether a line speaks of somebody who treats, or of where: "Pharmacie du Lavoir", "Mme X, kiné"."""
    return bool(re.search(phrase("professional", "word"), fold(text)))


def is_birth(text: str) -> bool:
    """Whether a line is nothing but a birth date, a birth year or an age."""
    folded = fold(text).strip(" ().,:-")
    if not re.search(r"\d", folded):
        return False
    if _DATE.fullmatch(folded):
        return True
    if names_relative(text):
        return False
    line = identity_line(text)
    found = {piece.trait for piece in line.pieces}
    impossible = _DATE.search(folded) or re.search(r"\d\s?(?:ans?|mois)\b", folded)
    if not (found & {*_BIRTH} or impossible) or found - {*_BIRTH}:
        return False
    return not re.search(r"[a-z\d]{2}", re.sub(r"(?<![a-z])(?:le|soit|nee?|age)(?![a-z])", "", line.rest))


def may_be_birth(text: str) -> bool:
    """Whether a short line may be an age or a birth date that reads badly ("Cet ans", "2K/04/57")."""
    words = re.findall(r"\w+", fold(text))
    if not words or len(text) > LONGEST_BIRTH:
        return False
    years = OSA.distance(words[-1], "ans") <= 1 and len(words) <= 3
    return years or (len(re.findall(r"\d", text)) >= 2 and not re.search(r"[^\W\d_]{2}", text))


def joined(one: Traits, other: Traits) -> Traits:
    """Return the traits of two lines about the same person; the first line wins where both speak."""
    has_birth = one.birth_date or one.birth_year
    return replace(
        one,
        text=f"{one.text}\n{other.text}" if one.text else other.text,
        names=one.names + tuple(name for name in other.names if name not in one.names),
        title=one.title or other.title,
        sex=one.sex or other.sex,
        birth_date=one.birth_date or other.birth_date,
        birth_year=one.birth_year if has_birth else other.birth_year,
        age=one.age if one.age is not None else other.age,
        age_months=one.age_months if one.age_months is not None else other.age_months,
        ins=one.ins or other.ins,
        phone=one.phone or other.phone,
        birth_name=one.birth_name or other.birth_name,
        address=one.address or other.address,
        postal_code=one.postal_code or other.postal_code,
        city=one.city or other.city,
        evidence=one.evidence + other.evidence,
    )
