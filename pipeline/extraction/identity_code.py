"""Who a QR code or DataMatrix names: the INS DataMatrix, a label's few lines, or a bare number."""

from __future__ import annotations

import re
from datetime import date

from pipeline.domain.identifiers import is_nir
from pipeline.domain.identity import Traits
from pipeline.extraction.nir import nir_of

_SEPARATOR = "\x1d"
_SHOWN = re.compile(r"<GS>|\u241d|\\x1d", re.IGNORECASE)
"""How decoders show the separator of fields (GS, ASCII 29) in a printable text."""

_HEADER = re.compile(r"(?:\]d\d)?\s*IS\d{2}[0-9A-Z]*?(?=S\d)")
"""ANS, « INS - Format du Datamatrix » 2.2: "IS", version "01", 22 reserved signs. How many of these a label
printer leaves out is not counted."""
_FIELDS = {
    "S1": re.compile(r"[0-9AB]{15}"),
    "S2": re.compile(r"[0-9.]{1,20}"),
    "S3": re.compile(r"[^\d\x1d]{1,100}?(?=\x1d|S[1-7]|$)"),
    "S4": re.compile(r"[^\d\x1d]{1,100}?(?=\x1d|S[1-7]|$)"),
    "S5": re.compile(r"[FM]"),
    "S6": re.compile(r"\d{2}-\d{2}-\d{4}"),
    "S7": re.compile(r"\d[0-9AB]\d{3}"),
}
"""S1 matricule INS with key, S2 OID, S3 birth given names, S4 birth name, S5 sex, S6 birth date JJ-MM-AAAA,
S7 birth place (code officiel géographique). S2 to S4 vary in length: a GS ends them unless full or last."""

_NAMES = re.compile(r"[^\W\d_]+(?:[ '’.-]{1,2}[^\W\d_]+)*")
_NUMBER = re.compile(r"(?:(?:NIR|INS|NIA)\s*:?\s*)?([0-9AB .]{15,22})", re.IGNORECASE)
_DATE = re.compile(r"(\d{4})-(\d{2})-(\d{2})|(\d{2})[/.-](\d{2})[/.-](\d{4})")
_MOST_LINES = 7


def traits_of_code(text: str) -> Traits | None:
    """Return what a decoded code says of a person; None = it is something else.

    Three kinds are known: the INS DataMatrix of the Agence du numérique en santé; a label whose first line
    is an INS with a right key, followed by birth name, given names and birth date; and a NIR or INS alone,
    with a right key. An address of a web page, a box of drugs (GS1) or an RPPS number is no person. Of a
    number with a wrong key nothing is taken.
    """
    text = _SHOWN.sub(_SEPARATOR, text).strip()
    header = _HEADER.match(text)
    if header:
        return _official(text, header.end())
    lines = [line.strip() for line in re.split(r"[\r\n;|]+", text) if line.strip()]
    if not 1 <= len(lines) <= _MOST_LINES:
        return None
    number = _NUMBER.fullmatch(lines[0])
    ins = nir_of(number[1]) if number else None
    if ins is None or len(ins) != 15:
        return None
    return _labelled(text, ins, lines[1:])


def _official(text: str, start: int) -> Traits | None:
    """Walk through the fields of an INS DataMatrix, in any order, each at most once."""
    found: dict[str, str] = {}
    place = start
    while place < len(text):
        name, pattern = text[place : place + 2], _FIELDS.get(text[place : place + 2])
        value = pattern.match(text, place + 2) if pattern else None
        if value is None:  # a field that is not known, or says nothing: on behind the next separator
            place = text.find(_SEPARATOR, place) + 1 or len(text)
            continue
        found.setdefault(name, value.group().strip())
        place = value.end()
        while text[place : place + 1] in (_SEPARATOR, " ", "\r", "\n"):
            place += 1
    ins = found.get("S1")
    day = _day(found.get("S6", ""))
    birth_name, given = (found.get(name, "").replace(_SEPARATOR, " ") for name in ("S4", "S3"))
    if not (birth_name and day) and not (ins and is_nir(ins)):
        return None
    return Traits(
        text=" ".join(part for part in (birth_name, given) if part),
        names=_words(birth_name, given),
        sex=found.get("S5"),
        birth_date=day,
        ins=ins if ins and is_nir(ins) else None,
        birth_name=birth_name or None,
        birth_place_insee=found.get("S7"),
        by_code=True,
    )


def _labelled(text: str, ins: str, lines: list[str]) -> Traits | None:
    """Return what a label's lines behind its number say; a line of another kind makes it something else."""
    names = [line for line in lines if _NAMES.fullmatch(line) and line not in ("F", "M")]
    days = [line for line in lines if _DATE.fullmatch(line)]
    sexes = [line for line in lines if line in ("F", "M")]
    if len(names) + len(days) + len(sexes) != len(lines) or len(names) > 2 or max(len(days), len(sexes)) > 1:
        return None
    birth_name, given = (*names, "", "")[:2]
    return Traits(
        text=" ".join(names) or text,
        names=_words(birth_name, given),
        sex=sexes[0] if sexes else None,
        birth_date=_day(days[0]) if days else None,
        ins=ins,
        birth_name=birth_name or None,
        by_code=True,
    )


def _words(birth_name: str, given: str) -> tuple[str, ...]:
    return tuple(re.sub(r"[,.]", " ", f"{birth_name} {given}").split())


def _day(text: str) -> date | None:
    match = _DATE.fullmatch(text)
    if match is None:
        return None
    year, month, day = (match[1], match[2], match[3]) if match[1] else (match[6], match[5], match[4])
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return None
