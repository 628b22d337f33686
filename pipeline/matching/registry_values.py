"""What stands in one cell of a registry -> a value: day, moment, sex, town with its postal code."""

from __future__ import annotations

import re
from datetime import date, datetime, time
from functools import lru_cache

from pipeline.matching.patient_names import folded
from pipeline.matching.registry_headings import values

_ISO = re.compile(r"(\d{4})([-/]?)(\d\d)\2(\d\d)")
_FRENCH = re.compile(r"(\d\d?)([/.-])(\d\d?)\2(\d{4})")
_MIDNIGHT = re.compile(r"[T ]00[:h]00(:00(\.0+)?)?Z?$")
_TIME = re.compile(r"(\d\d?)[:hH](\d\d)?(?::\d\d(?:\.\d+)?)?")
_CODE_THEN_TOWN = re.compile(r"(?:F-?\s?)?(\d{5}|\d\d \d{3})[\s,-]+(\D.*)")
_TOWN_THEN_CODE = re.compile(r"(\D.*?)[\s,]+\(?(\d{5})\)?")
_STREET_THEN_TOWN = re.compile(r"(.*\S)[\s,]+(\d{5})\s+(\D+)", re.DOTALL)
_COMMUNE = re.compile(r"(?:\d\d|2[AB])\d{3}")


@lru_cache(maxsize=1 << 16)
def day(text: str) -> date | None:
    """Return a date written as 1957-03-12, 19570312 or 12/03/1957, midnight aside; None = neither."""
    bare = _MIDNIGHT.sub("", text.strip())
    if match := _ISO.fullmatch(bare):
        year, month, on = int(match[1]), int(match[3]), int(match[4])
    elif match := _FRENCH.fullmatch(bare):
        year, month, on = int(match[4]), int(match[3]), int(match[1])
    else:
        return None
    try:
        return date(year, month, on)
    except ValueError:
        return None


def is_partial_day(text: str) -> bool:
    """Tell whether a date lacks its day or month: "1957", "1957-03", "00/00/1957"."""
    return bool(re.fullmatch(r"\d{4}([-/]\d\d)?|\d{4}-\d\d-00|\d{4}-00-00|00/\d\d/\d{4}", text.strip()))


def moment(text: str) -> datetime | None:
    """Return a date and time, "T" or a blank between; None = not both."""
    first, _, second = text.strip().replace("T", " ", 1).partition(" ")
    on, match = day(first), _TIME.fullmatch(second.strip())
    if on is None or match is None:
        return None
    try:
        return datetime.combine(on, time(int(match[1]), int(match[2] or 0)))
    except ValueError:
        return None


@lru_cache(maxsize=256)
def sex(text: str) -> str | None:
    """Return "F" or "M" for a sex or a title; None = it tells neither."""
    word = folded(text)
    if word in values("female"):
        return "F"
    return "M" if word in values("male") else None


@lru_cache(maxsize=256)
def is_open_sex(text: str) -> bool:
    """Tell whether a sex or title says, in a known way, neither: "indéterminé", "Enfant"."""
    return folded(text) in values("open")


@lru_cache(maxsize=256)
def is_cancelled(text: str) -> bool | None:
    """Tell whether an appointment's status says that it does not take place; None = the word is not known."""
    word = folded(text)
    if word in values("cancelled"):
        return True
    return False if word in values("standing") else None


def town(text: str) -> tuple[str | None, str]:
    """Return postal code and town of "35000 Rennes" or "Rennes (35000)"; no code = None."""
    if match := _CODE_THEN_TOWN.fullmatch(text):
        return match[1].replace(" ", ""), match[2].strip()
    if match := _TOWN_THEN_CODE.fullmatch(text):
        return match[2], match[1].strip()
    return None, text


def street_and_town(text: str) -> tuple[str, str | None, str | None]:
    """Return street, postal code and town of an address in one cell; the last two None = not there."""
    match = _STREET_THEN_TOWN.fullmatch(text)
    return (match[1].rstrip(","), match[2], match[3].strip()) if match else (text, None, None)


def is_commune(text: str) -> bool:
    """Tell whether a text has the shape of an INSEE code (a postal code may have it too)."""
    return bool(_COMMUNE.fullmatch(text.upper()))
