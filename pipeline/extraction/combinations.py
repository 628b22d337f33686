"""A combination that practice software prints part by part: "périndopril 5 mg/indapamide 1,25 mg"."""

from __future__ import annotations

import re

from pipeline.domain.drug import DrugIndex

SURE = 0.8
_PART = re.compile(
    r"(?P<name>[^\W\d_]+(?:[ '-][^\W\d_]+){0,3})\s+(?P<strength>\d+(?:[.,]\d+)?\s?(?:mg|g|µg|ui)(?![a-zé]))",
    re.IGNORECASE,
)
_STROKE = re.compile(r"\s?/\s?")


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
