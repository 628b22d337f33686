"""What stands beside a posology and is none: renewals, "NS", "ALD", weights."""

from __future__ import annotations

import re
from dataclasses import dataclass

from pipeline.extraction.tables import fold

_NS = re.compile(
    r"\(?\b(?:ns|n\.s\.|non[\s-]+substituable)(?![a-z])(?:[\s(:,;/-]*\b(?:mte|efg|cif)\b)?\s*\)?"
    r"|\(\s*(?:mte|efg|cif)\s*\)"
)
# "à renouveler 1 fois après 2 h": the dose, not the paper.
_AGAIN = r"\s*(?:\d*\s*(?:x|fois)\s*)?(?:apres|au bout|dans|si|en cas|toutes|\d+\s?(?:h|min)\b)"
_COUNTS = {"une": 1, "deux": 2, "trois": 3, "quatre": 4, "cinq": 5, "six": 6, "onze": 11}
_RENEWALS = (
    re.compile(
        r"\b(?:a\s?/\s?r|ar|a\s+renouveler|renouveler|renouvelable|renouvellements?|r)\s*:?\s*x?\s*(\d{1,2})\s*(?:x|fois)?"
        r"(?![\w/,.]|\s*(?:mois|m\b|sem|j|h\b|heure|min))"  # "AR 3 mois" is a time, not three renewals
        rf"(?!{_AGAIN})"
    ),
    re.compile(r"\b(\d{1,2})\s*(?:x|fois)\s+renouvelable"),
    re.compile(r"\b(\d{1,2})\s+renouvellements?\b"),
    re.compile(rf"\b(?:ar|a\s+renouveler|renouvelable)\s+({'|'.join(_COUNTS)})\s+fois\b(?!{_AGAIN})"),
)
# "1 dose/21 kg", "dose 12 kg": the pipette's mark for that weight; as many characters long as before.
_WEIGHED_DOSE = re.compile(
    r"(?P<dose>\bdoses?)(?:\s*/\s*|\s+(?:de|pour|poids)?\s*)\d{1,2}(?:[.,]\d)?\s?kg\b", re.IGNORECASE
)
_RENEW_ONCE = re.compile(rf"\b(?:ar|a\s+renouveler)\b(?!{_AGAIN})")
_NOT_RENEWED = re.compile(r"\(?\b(?:(?:a )?ne pas renouveler|non[\s-]+renouvelable)\b\s*\)?")
_NOISE = re.compile(
    r"\(?\s*\b(?:au lieu|a la place) d(?:e|u|es|')\s*\d+(?:[.,]\d+)?\s?[a-zµ]*\s*\)?"
    r"|\b(?:ald|100\s?%|hors\s+ald)\b|(?<![<>≥≤])(?<![<>≥≤]\s)\(?\b\d+(?:[.,]\d+)?\s?kg\s*\)?"
)


@dataclass(frozen=True, slots=True)
class Extras:
    """What stands beside a posology.

    Attributes:
        text: the text with these pieces blanked, places kept.
        renewals: "R 1x", "AR 3 fois"; 0 for "non renouvelable"; None = not written.
        not_substitutable: "NS", with or without its reason code.
        weighed: "dose/21 kg" as written, of which `text` has "dose/kg"; "" = not written.
    """

    text: str
    renewals: int | None
    not_substitutable: bool
    weighed: str = ""


def extras_of(text: str) -> Extras:
    """Take renewals, "NS", "ALD" and weights out of a text."""
    weighed = _WEIGHED_DOSE.search(text)
    text = _WEIGHED_DOSE.sub(lambda match: f"{match['dose']}/kg".ljust(len(match.group())), text)
    folded = fold(text)
    renewals: int | None = None
    spans: list[tuple[int, int]] = []
    for pattern in _RENEWALS:
        match = pattern.search(folded)
        if match and renewals is None:
            renewals = _COUNTS.get(match[1]) or int(match[1])
            spans.append(match.span())
    if renewals is None and (once := _RENEW_ONCE.search(folded)):
        spans.append(once.span())
    if renewals is None and (never := _NOT_RENEWED.search(folded)):
        renewals = 0
        spans.append(never.span())
    ns = [match.span() for match in _NS.finditer(folded)]
    spans += ns + [match.span() for match in _NOISE.finditer(folded)]
    for start, end in spans:
        text = text[:start] + " " * (end - start) + text[end:]
    return Extras(text, renewals, bool(ns), weighed.group() if weighed else "")


def as_written(text: str, weighed: str) -> str:
    """Return a posology's words without the blanks of what was taken out, its weight as on the paper."""
    if weighed:
        text = re.sub(r"doses?/kg", weighed, text, count=1, flags=re.IGNORECASE)
    return " ".join(text.split())
