"""Numbers and places on an identity line: NIR, phone, address, postal code, city."""

from __future__ import annotations

import re
from functools import cache

from pipeline.extraction.nir import nir_of
from pipeline.extraction.strip import BLANK, Strip, phrase

_NIR = re.compile(r"(?<![\d+])([1-478](?:[ .]?\d){5}[ .]?[\dab](?:[ .]?\d){6}(?:[ .\-]{0,3}\d{2})?)(?!\s?\d)")
_LONG_NUMBER = re.compile(r"(?<!\d)\d(?:[ .]?\d){10,}(?!\d)")
_PHONE = re.compile(
    r"(?<![\d+])(?:(?:\+|00)\s?33\s?(?:\(0\)\s?)?|0)\s?([1-9](?:\s?[./-]?\s?\d{2}){4})(?!\d)(?![./-]\d)"
)
_MAIL = re.compile(r"\S+@\S+")
_SIZE = re.compile(r"\d+(?:[.,]\d+)?\s?(?:kg|cm|g)(?![a-z])|\d[.,]\d\d\s?m(?![a-z])")
_POSTAL = r"(?<![\d/.,-])(?:0[1-9]|[1-8]\d|9[0-58])\s?\d{3}(?![\d/.,])"
_CAPITAL = r"(?:[LD]['’])?[A-ZÀ-ÖØ-Þ][\w'’]*"
_LINK = r"(?:(?:sur|sous|en|de|la|le|les|lès|du|des|et|aux|au|d['’]|l['’]|St|Ste)[ -]?)"
_CITY = re.compile(
    rf"({_CAPITAL}(?:[ -](?:{_LINK}){{0,2}}{_CAPITAL})*|[a-zà-öø-ÿ][a-zà-öø-ÿ'’-]{{2,}})"
    r"(?:\s+CEDEX(?:\s+\d\d?)?)?"
)
_NO_CITY = re.compile(
    r"(?:nee?|tel|ddn|age|port|mobile|mail|nir|ins|le|ans|mme|mr|m|dr|ui|u|unites?|mg|ml|cp|cpr|gel)(?![a-z])"
)
_NO_CITY_BEHIND = re.compile(rf"[ -]+{_NO_CITY.pattern}")
_STREET_ENDS = re.compile(
    rf"[,;\n{re.escape(BLANK)}]|\s/\s|\s-\s|(?<![a-z])(?:nee?|tel|ddn|age|port|mobile)(?![a-z])"
)


def take_numbers(strip: Strip) -> tuple[str | None, str | None]:
    """Take and return (NIR or INS, phone); a long number that is neither is taken, too, and says nothing.

    The phone comes as ten national digits, "+33 6 ..." as "06 ..." without blanks.
    """
    ins = phone = None
    for match in _NIR.finditer(strip.folded):
        found = nir_of(match[1]) if ins is None else None
        strip.take(match.start(1), match.end(1), "ins" if found else None)
        ins = ins or found
    for match in _PHONE.finditer(strip.folded):
        strip.take(match.start(), match.end(), None if phone else "phone")
        phone = phone or "0" + re.sub(r"\D", "", match[1])
    for pattern in (_LONG_NUMBER, _MAIL, _SIZE):
        for match in pattern.finditer(strip.folded):
            strip.take(*match.span())
    return ins, phone


def take_place(strip: Strip) -> tuple[str | None, str | None, str | None]:
    """Take and return (address, postal code, city) as written.

    A city needs a postal code, a street or a word ("Ville :", "demeurant à") before it: a capitalised word
    alone may be a name.
    """
    postal, city = _postal(strip)
    address, end = _street(strip)
    if city is None:
        city = _city_behind(strip, end)
    return address, postal, city


def _postal(strip: Strip) -> tuple[str | None, str | None]:
    labelled = re.compile(rf"{phrase('label', 'postal_code')}\s*[:.]*\s*({_POSTAL})")
    for match in re.finditer(rf"({_POSTAL})\s*[,-]?\s*", strip.folded):
        city = _city_at(strip, match.end())
        has_label = any(found.start(1) == match.start() for found in labelled.finditer(strip.folded))
        if city or has_label:
            postal = strip.take(*match.span(1), "postal_code")
            return re.sub(r"\s", "", postal), strip.take(*city, "city") if city else None
    return None, None


def _city_at(strip: Strip, place: int) -> tuple[int, int] | None:
    match = _CITY.match(strip.left(0, len(strip.text)), place)
    if match is None or _NO_CITY.match(strip.folded, place):
        return None
    start, end = match.span(1)
    tail = _NO_CITY_BEHIND.search(strip.folded, start, end)
    return (start, tail.start() if tail else end)


@cache
def _streets() -> re.Pattern[str]:
    number = r"(?<![\d/.,])\d{1,4}\s?(?:(?:bis|ter|quater)(?![a-z])|[a-d](?=[\s,]))?"
    numbered = rf"{number}\s*,?\s*{phrase('street', 'kind')}\.?\s+[a-z]"
    # No "\s*": over many line ends it would be tried from each of them.
    alone = rf"(?:^|[,:;\n])[^\S\n]*{phrase('street', 'alone')}\s+[a-z]"
    return re.compile(rf"(?P<numbered>{numbered})|(?P<alone>{alone})")


def _street(strip: Strip) -> tuple[str | None, int | None]:
    """Take a street; return it and where it ends."""
    match = _streets().search(strip.folded)
    if match is None:
        return None, None
    start = match.start()
    if match.lastgroup == "alone":
        start += len(match.group()) - len(match.group().lstrip(" ,:;\n"))
    ends = _STREET_ENDS.search(strip.folded, match.end())
    while ends and _is_harbour(strip.folded, ends):
        ends = _STREET_ENDS.search(strip.folded, ends.end())
    end = ends.start() if ends else len(strip.text)
    end = start + len(strip.text[start:end].rstrip(" ,-"))
    return strip.take(start, end, "address"), end


def _is_harbour(folded: str, end: re.Match[str]) -> bool:
    """Tell whether "port" ends a street's name ("rue du Port") and announces no mobile phone."""
    if end.group() != "port":
        return False
    article = re.search(r"(?:du|le|la|au|vieux|beau)[ -]+$", folded[: end.start()])
    return bool(article) or bool(
        re.match(r"[ -]+(?:de|du|des|la|le|[a-z]{3,})(?![a-z])", folded[end.end() :])
    )


def _city_behind(strip: Strip, street_end: int | None) -> str | None:
    """Return the city behind a street's comma, or behind the words that announce one."""
    if street_end is not None and (comma := re.match(r"\s*(?:,|\s-)\s*(?:a\s+)?", strip.folded[street_end:])):
        start = street_end + comma.end()
        found = _city_at(strip, start)
        if found and not re.search(r"\w", strip.folded[found[1] :].split(BLANK)[0]):
            return strip.take(*found, "city")
    said = rf"(?:{phrase('label', 'city')}\s*:?|{phrase('label', 'address')}\s*:?\s*(?:a|au|aux)(?![a-z]))\s*"
    for match in re.finditer(said, strip.folded):
        found = _city_at(strip, match.end())
        if found:
            strip.take(*match.span())
            return strip.take(*found, "city")
    return None
