"""What stands before the name and belongs behind it: "2 bouffées de Ventoline", "Si fièvre : Doliprane"."""

from __future__ import annotations

import re

from pipeline.domain.drug import DrugIndex
from pipeline.extraction.lexer import terms_of
from pipeline.extraction.posology import parse_sig

_SAID = re.compile(r"\s*(?P<when>[^:\d+]{4,40}?)\s*:\s*(?=[^\W\d_])")
_LEAD = re.compile(
    r"\s*(?:prendre\s+|donner\s+|mettre\s+)?(?P<dose>(?:\d+(?:[.,]\d+)?(?:/\d)?|[½¼¾]|une?|deux|trois|quatre)"
    r"(?:\s*(?:à|ou|-)\s*\d)?\s+(?P<unit>[^\W\d_]+(?:[ -](?:à|mesure|soupe|café)){0,2}))"
    r"\s+(?:de\s+|d['’]\s?)",
    re.IGNORECASE,
)


def name_first(text: str, index: DrugIndex) -> str:
    """Return "Ventoline 2 bouffées matin et soir" for what says the dose, the time or the need first.

    Only a number with a unit of the table right before "de" and a name of the formulary; only a time of day
    or a need that is read to its last word, before a colon and a name.
    """
    said = _SAID.match(text)
    if said and any(start == said.end() for start, _, _ in index.find(text)):
        sig = parse_sig(said["when"])
        if sig.coverage == 1.0 and any(p.when or p.as_needed for p in sig.posologies) and not sig.doubts:
            return f"{text[said.end() :]}, {said['when'].strip()}"
    lead = _LEAD.match(text)
    if lead is None or [term.kind for term in terms_of(lead["unit"])] != ["unit"]:
        return text
    named = next(((start, end) for start, end, _ in index.find(text) if start == lead.end()), None)
    if named is None:
        return text
    strength = re.match(r"\s*\d+(?:[.,]\d+)?\s?(?:mg|g|µg|ui)(?![a-zé])", text[named[1] :], re.IGNORECASE)
    cut = named[1] + (strength.end() if strength else 0)
    return f"{text[lead.end() : cut]} {lead['dose']}{text[cut:]}"
