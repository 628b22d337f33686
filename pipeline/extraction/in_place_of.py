"""A drug whose place another takes: "Eliquis en relais du Previscan", "à la place du Plavix : Brilique"."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from pipeline.domain.drug import DrugIndex
from pipeline.extraction.tables import fold, rules

_OLD_STRENGTH = re.compile(r"\s*\d+(?:[.,]\d+)?\s?(?:mg|g|µg)?(?=\s*[:,;)])", re.IGNORECASE)
_BEHIND = re.compile(r"\s*[:,;)]?")
BOTH = 2
_BEFORE = re.compile(r"[\s,;(]*$")


@dataclass(frozen=True, slots=True)
class Replaced:
    """A text without the drug that is replaced.

    Attributes:
        text: the rest, about the drug that is taken.
        old: the replaced drug as written, with its strength if that is parted from what follows.
        first: the replaced one stands first.
    """

    text: str
    old: str
    first: bool


def replaced_in(text: str, index: DrugIndex) -> Replaced | None:
    """Take "en relais du Previscan" out of a text with two drugs; None = it does not say so."""
    names = [(start, end) for start, end, _ in index.find(text)]
    if len(names) != BOTH:
        return None
    for k, (start, end) in enumerate(names):
        said = _instead().search(fold(text)[:start])
        if said is None or (k == 1 and said.start() < names[0][1]):
            continue
        strength = _OLD_STRENGTH.match(text, end)
        cut_to = _BEHIND.match(text, strength.end() if strength else end).end()  # type: ignore[union-attr]
        cut_from = _BEFORE.search(text[: said.start()]).start()  # type: ignore[union-attr]
        old = text[start : strength.end() if strength else end]
        return Replaced(f"{text[:cut_from]} {text[cut_to:].lstrip()}".strip(), old, first=k == 0)
    return None


@cache
def _instead() -> re.Pattern[str]:
    words = sorted(map(fold, rules("page")["in_place_of"]["word"]), key=len, reverse=True)
    return re.compile(rf"(?<![a-z])(?:{'|'.join(map(re.escape, words))})\s+(?:de\s+la|de\s+l'|du|de|d')\s*$")
