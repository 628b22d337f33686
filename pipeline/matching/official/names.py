"""The brand in a denomination, and what a prescription calls a published form."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import cache
from itertools import takewhile

from rapidfuzz.distance import OSA

from pipeline.matching import drug_table
from pipeline.matching.drug_names import fold, words
from pipeline.matching.official.strengths import head_of, written_strength
from pipeline.matching.official.substances import plain_name

_RELEASE_NAME = re.compile(r"\bL\.?\s?[PM]\.?(?![\w'’])")
_FIGURE = re.compile(r"\d{3,}|\d+,\d+")
"""Behind a brand a strength that names no unit: "LIPANTHYL 200 MICRONISE", "MODOPAR 62,5"."""
_SLOW = re.compile(r"libération (prolongée|modifiée)")
_SWALLOWED = re.compile(r"comprimé|gélule|capsule|granul|microgranule")
_LONG = 7
_MISSPELT = 1
"""A first word this long, with one wrong letter at most, is the substance in another spelling."""
_EMPTY = frozenset(("acide", "de", "du", "des", "d", "l", "la", "le", "et", "en", "a"))
_LINKS = frozenset(("DE", "DU", "DES", "ET", "LA", "LE", "LES", "AU", "AUX", "POUR", "SANS"))
_ALWAYS_UPPER = frozenset(("LP", "LM", "LA", "LI", "HCT", "XR", "SR", "MR", "IR", "PH", "DT", "II", "III"))


def brand_of(name: str, substances: Iterable[str], holder: str = "", *, strength: str = "") -> str:
    """Return the brand in a denomination, "" where the product is named by its substance.

    Args:
        name: the denomination ("DOLIPRANE 1000 mg, comprimé").
        substances: DCI and declared names of what it holds.
        holder: of the authorisation; a maker's name behind a brand is left out.
        strength: as resolved; what stands before it is the brand's.
    """
    head = head_of(name)
    ways = [written_strength(name), written_strength(name, grouped=False)]
    end = next((start for text, start in ways if text == strength), ways[0][1])
    text = re.sub(r"\([^)]*\)|[\"®™]", " ", head[:end]).strip(" -,;:/")
    text = _RELEASE_NAME.sub(lambda m: re.sub(r"[.\s]", "", m.group()), re.sub(r"\s+", " ", text))
    if not text or is_substance(text, substances):
        return ""
    first, *others = text.split(" ")
    # What follows in small letters is the form: "BEXSERO suspension injectable en seringue préremplie".
    tokens = [first, *takewhile(lambda token: not token[:1].islower(), others)]
    maker = words(holder)[:1]
    while len(tokens) > 1 and (_is_tail(tokens[-1]) or (maker and fold(tokens[-1]) == maker[0][2])):
        tokens.pop()
    brand = " ".join(tokens).strip(" -,;:/")
    return _written(brand) if re.search(r"[^\W\d_]{2}", brand) else ""


def is_substance(text: str, substances: Iterable[str]) -> bool:
    """Whether a name begins with a substance of the product: such a product has no brand."""
    spoken = {word for name in substances for _, _, word in words(plain_name(name))}
    leading = next((word for _, _, word in words(text) if word not in _EMPTY), "")
    return leading in spoken or (
        len(leading) >= _LONG and any(OSA.distance(leading, word) <= _MISSPELT for word in spoken)
    )


def release_of(name: str, form: str) -> str:
    """Return "LP" or "LM" where the name says so, "(LP)" or "(LM)" where only the form does, else ""."""
    if not _SWALLOWED.search(form):
        return ""
    said = _RELEASE_NAME.search(head_of(name))
    slow = _SLOW.search(form)
    if said:
        return "LM" if "M" in said.group() else "LP"
    return ("(LP)" if slow[1] == "prolongée" else "(LM)") if slow else ""


def everyday_form(
    form: str, routes: Sequence[str], name: str, presentations: Sequence[str], substance: str
) -> str:
    """Return what a prescription calls a form; "" = none that a practice writes.

    Args:
        form: as published ("poudre pour solution buvable").
        routes: as published ("orale").
        name: the denomination, which often says more ("en sachet").
        presentations: labels of its boxes.
        substance: DCI; insulins are a form of their own.
    """
    if substance.startswith("insuline") and "sous-cutanée" in routes:
        return "insuline"
    boxes = " ".join(word for word in ("sachet", "ampoule") if any(word in label for label in presentations))
    text = f"{form} | {', '.join(routes)} | {name.removeprefix(head_of(name))} {boxes}".lower()
    found = next((everyday for pattern, everyday in _forms() if pattern.search(text)), "-")
    return "" if found == "-" else found


@cache
def _forms() -> list[tuple[re.Pattern[str], str]]:
    return [(re.compile(pattern), form) for pattern, form in drug_table.pairs("official_forms.tsv")]


@cache
def _tails() -> frozenset[str]:
    return frozenset(drug_table.lines_of("name_tails.txt"))


def _is_tail(token: str) -> bool:
    folded = fold(token)
    if _FIGURE.fullmatch(token):
        return True
    return not folded or all(part in _tails() for part in folded.split())


def _written(brand: str) -> str:
    """Return a brand as a doctor writes it: "LASILIX FAIBLE" is "Lasilix Faible"."""
    first, *others = brand.split(" ")
    return " ".join((_word(first), *(one.lower() if one in _LINKS else _word(one) for one in others)))


def _word(word: str) -> str:
    if word in _ALWAYS_UPPER or any(char.isdigit() for char in word) or len(word) == 1:
        return word
    return re.sub(
        r"[^\W\d_]+", lambda m: m.group() if m.group() in _ALWAYS_UPPER else m.group().capitalize(), word
    )
