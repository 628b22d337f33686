"""Where the dose stands before the drug's name: "2 bouffées de Ventoline matin et soir"."""

from __future__ import annotations

import re

from pipeline.domain.drug import DrugIndex
from pipeline.extraction.lexer import terms_of

_LEAD = re.compile(
    r"\s*(?:prendre\s+|donner\s+|mettre\s+)?(?P<dose>(?:\d+(?:[.,]\d+)?(?:/\d)?|[½¼¾]|une?|deux|trois|quatre)"
    r"(?:\s*(?:à|ou|-)\s*\d)?\s+(?P<unit>[^\W\d_]+(?:[ -](?:à|mesure|soupe|café)){0,2}))"
    r"\s+(?:de\s+|d['’]\s?)",
    re.IGNORECASE,
)


def name_first(text: str, index: DrugIndex) -> str:
    """Return "Ventoline 2 bouffées matin et soir" for what names the dose before the drug.

    Only a number with a unit of the table, and right behind "de" a name of the formulary.
    """
    lead = _LEAD.match(text)
    if lead is None or [term.kind for term in terms_of(lead["unit"])] != ["unit"]:
        return text
    named = next(((start, end) for start, end, _ in index.find(text) if start == lead.end()), None)
    if named is None:
        return text
    strength = re.match(r"\s*\d+(?:[.,]\d+)?\s?(?:mg|g|µg|ui)(?![a-zé])", text[named[1] :], re.IGNORECASE)
    cut = named[1] + (strength.end() if strength else 0)
    return f"{text[lead.end() : cut]} {lead['dose']}{text[cut:]}"
