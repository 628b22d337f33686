"""Routes of administration: the French word of the house and its SNOMED CT code, from tables/routes.tsv."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

SNOMED = "http://snomed.info/sct"
_TABLE = Path(__file__).parent / "tables" / "routes.tsv"


@dataclass(frozen=True, slots=True)
class _Routes:
    code_of: dict[str, str]
    name_of_code: dict[str, str]
    name_of_word: dict[str, str]


@cache
def _routes() -> _Routes:
    code_of, name_of_code, name_of_word = {}, {}, {}
    with _TABLE.open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream, delimiter="\t"):
            name, code = row["route"], row["snomed"]
            code_of[name] = code
            name_of_code[code] = name
            for word in (name, *row["also"].split(";")):
                name_of_word[word] = name
    return _Routes(code_of, name_of_code, name_of_word)


def to_concept(route: str) -> dict[str, Any]:
    """Return the CodeableConcept of a French route ("orale"); one that the table lacks is text alone."""
    code = _routes().code_of.get(route)
    concept: dict[str, Any] = {"coding": [{"system": SNOMED, "code": code}]} if code else {}
    return concept | {"text": f"voie {route}"}


def from_concept(concept: dict[str, Any]) -> str | None:
    """Return the French route that a CodeableConcept means; a code counts more than the text."""
    for coding in concept.get("coding", ()):
        name = _routes().name_of_code.get(str(coding.get("code")))
        if name and coding.get("system", SNOMED) == SNOMED:
            return name
    text = str(concept.get("text") or "").removeprefix("voie ")
    return _routes().name_of_word.get(text, text) or None
