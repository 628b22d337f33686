"""Numbers that name a person in France: NIR and INS with their key and what they say, RPPS."""

from __future__ import annotations

import re
from datetime import date
from enum import StrEnum

INS_OIDS = {
    "1.2.250.1.213.1.4.8": "NIR",
    "1.2.250.1.213.1.4.9": "NIA",
    "1.2.250.1.213.1.4.10": "NIR",
    "1.2.250.1.213.1.4.11": "NIR",
}
"""Authorities of an INS: NIR, NIA, then two for test identities. Source: ANS, list of the OIDs of the INS."""

_SHAPE = re.compile(r"[1-478]\d{2}(?:0[1-9]|1[0-2]|[2-9]\d)(?:\d{2}|2[AB])\d{6}(?:\d{2})?")
"""Sex (3, 4, 7 and 8: numbers given before registration), year, month (20 and more: not known), department,
commune, order, key. Source: INSEE, Répertoire national d'identification des personnes physiques."""
_SPLIT = ("75", "78")  # Seine and Seine-et-Oise, which became seven departments in 1968
_REMADE = {"75", "78", "91", "92", "93", "94", "95"}


class Contradiction(StrEnum):
    """What an INS says otherwise than the rest of the row."""

    SEX = "sex"
    YEAR = "year"
    MONTH = "month"
    PLACE = "place"


def compact(text: str) -> str:
    """Return the letters and digits of a number as one run, in capitals."""
    return "".join(sign for sign in text.upper() if sign.isalnum())


def oid(text: str) -> str | None:
    """Return an OID without "urn:oid:"; None = the text is none.

    >>> oid("urn:oid:1.2.250.1.213.1.4.8")
    '1.2.250.1.213.1.4.8'
    """
    bare = text.strip().lower().removeprefix("urn:oid:")
    return bare if re.fullmatch(r"\d+(\.\d+)+", bare) else None


def is_nir(digits: str) -> bool:
    """Tell whether a 15-character NIR or INS carries its right key: 97 - (number mod 97).

    Corsica's 2A and 2B count as 19 and 18. Source: INSEE; ANS, référentiel INS.
    """
    number = digits[:13].replace("2A", "19").replace("2B", "18")
    if len(digits) != 15 or not number.isdecimal() or not digits[13:].isdecimal():
        return False
    return 97 - int(number) % 97 == int(digits[13:])


def is_ins(digits: str) -> bool:
    """Tell whether this may be a NIR or INS: 13 characters of its shape, or 15 with the right key."""
    return bool(_SHAPE.fullmatch(digits)) and (len(digits) == 13 or is_nir(digits))


def is_rpps(digits: str) -> bool:
    """Tell whether an RPPS number has 11 digits and a right Luhn key (ISO/IEC 7812-1)."""
    if len(digits) != 11 or not digits.isdecimal():
        return False
    values = [int(digit) * (1 + place % 2) for place, digit in enumerate(reversed(digits))]
    return sum(value // 10 + value % 10 for value in values) % 10 == 0


def contradictions(
    ins: str, *, sex: str | None, birth_date: date | None, birth_place_insee: str | None
) -> tuple[Contradiction, ...]:
    """Return what an INS says otherwise than its row; what the row does not say is not compared.

    A NIR is sex (1, 3, 7 man; 2, 4, 8 woman), year, month (20 and above: not known), department and commune
    of birth. Corsica was 20 until 1976, and 75 and 78 became seven departments in 1968: these are no
    contradiction, nor is 91 to 99 against a birth abroad.
    """
    found = []
    if sex and (ins[0] in "137") != (sex == "M"):
        found.append(Contradiction.SEX)
    if birth_date and int(ins[1:3]) != birth_date.year % 100:
        found.append(Contradiction.YEAR)
    if birth_date and 1 <= int(ins[3:5]) <= 12 and int(ins[3:5]) != birth_date.month:
        found.append(Contradiction.MONTH)
    if birth_place_insee and not _same_department(ins[5:7], birth_place_insee[:2].upper()):
        found.append(Contradiction.PLACE)
    return tuple(found)


def _same_department(by_ins: str, by_place: str) -> bool:
    if by_ins == by_place or (by_ins == "20" and by_place in ("2A", "2B")):
        return True
    return (by_ins in _SPLIT and by_place in _REMADE) or (by_place == "99" and by_ins[0] == "9")
