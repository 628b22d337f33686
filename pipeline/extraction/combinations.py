"""A combination that practice software prints part by part: "périndopril 5 mg/indapamide 1,25 mg"."""

from __future__ import annotations

import re
from functools import cache

from pipeline.domain.drug import DrugIndex
from pipeline.extraction.tables import fold, lookup

SURE = 0.8
_PART = re.compile(
    r"(?P<name>[^\W\d_]+(?:[ '-][^\W\d_]+){0,3})\s+(?P<strength>\d+(?:[.,]\d+)?\s?(?:mg|g|µg|ui)(?![a-zé]))",
    re.IGNORECASE,
)
_STROKE = re.compile(r"\s?/\s?")


def whole_name(text: str, index: DrugIndex) -> str:
    """Return "Amoxicilline/acide clavulanique 1 g" for "Amoxicilline + ac clav 1 g", if that is a product."""
    found = _second().match(text)
    if found is None:
        return text
    second = lookup("page", "second_part")[fold(found["second"])]
    best = next(iter(index.rank(f"{found['first']}/{second}")), None)
    if best is None or best.probability < SURE or best.drug.substance.count("/") != 1:
        return text
    return f"{found['first']}/{second}{text[found.end() :]}"


@cache
def _second() -> re.Pattern[str]:
    words = sorted(lookup("page", "second_part"), key=len, reverse=True)
    letters = "|".join(re.sub("e", "[eéè]", re.escape(word)) for word in words)
    return re.compile(rf"(?P<first>[^\W\d_]+)\s*[+/ ]\s*(?P<second>{letters})(?=\s+\d)", re.IGNORECASE)


def names_first(text: str, index: DrugIndex) -> str:
    """Return "périndopril/indapamide 5 mg/1,25 mg" for what names each part with its strength.

    Only names of the formulary with nothing but a stroke between them, that together are one product.
    """
    first = _PART.match(text)
    if first is None or not any(start == 0 for start, _, _ in index.find(first["name"])):
        return text
    parts = [first]
    while (stroke := _STROKE.match(text, parts[-1].end())) and (part := _PART.match(text, stroke.end())):
        parts.append(part)
    name = "/".join(part["name"] for part in parts)
    best = next(iter(index.rank(name)), None) if len(parts) > 1 else None
    if best is None or best.probability < SURE or "/" not in best.drug.substance:
        return text
    return f"{name} {'/'.join(part['strength'] for part in parts)}{text[parts[-1].end() :]}"
