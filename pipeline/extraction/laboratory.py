"""Names of substances that a note measures and does not give: "potassium 4,1"; words in rules/notes.toml."""

from __future__ import annotations

import re
from functools import cache

from pipeline.domain.drug import Drug
from pipeline.extraction.assertion import words_in
from pipeline.extraction.tables import fold, rules

_NEAR = r"[\s:]*(?:(?:du|de|la|le|l|d|des|son|sa|et|en)\b['’]?\s*)*"
_LISTED = rf"{_NEAR}(?:[\w ]+,)*\s*$"
_DOSE = re.compile(
    r"\s*\d+(?:[.,]\d+)?\s?(?:mg|g|cp|cpr|gel|amp|sachets?)\b|\s*\d\s?(?:x|/)\s?(?:\d\s?/\s?)?j"
)


@cache
def _value() -> re.Pattern[str]:
    units = "|".join(re.escape(fold(unit)) for unit in rules("notes")["measured"]["units"])
    after = words_in("measured", "after").pattern
    return re.compile(
        rf"\s*[:=]*\s*(?:\w+\s+){{0,2}}[\d.,]*\s*(?:{units})(?![a-z])|\s*(?:\w+\s+)?(?:{after})"
    )


@cache
def _substances() -> frozenset[str]:
    return frozenset(map(fold, rules("notes")["measured"]["substances"]))


def is_laboratory_value(folded: str, start: int, end: int) -> bool:
    """Whether a value, or the word for one, stands behind a name ("magnésium 0,7 mmol/L", "fer bas").

    Args:
        folded: the line, folded.
        start: of the name.
        end: of the name.
    """
    if _value().match(folded, end):
        return True
    bare = re.match(r"[\s:=]*(?:a\s+)?\d+(?:[.,]\d+)?\s*$", folded[end:])
    return bool(bare) and folded[start:end] in _substances()


def is_measured(folded: str, start: int, end: int, drug: Drug) -> bool:
    """Whether a name stands for a measurement; salts and metals do unless a treatment is spoken of."""
    before = folded[:start]
    if is_laboratory_value(folded, start, end):
        return True
    if re.search(rf"(?:{words_in('measured', 'before').pattern}){_LISTED}", before):
        return True
    if fold(drug.name) not in _substances():
        return False
    given = rf"(?:{words_in('measured', 'given').pattern}|{words_in('taken', 'before').pattern}){_NEAR}$"
    return not (re.search(given, before) or _DOSE.match(folded, end))
