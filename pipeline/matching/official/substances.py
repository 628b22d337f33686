"""Names substances as they are prescribed: the active part (FT) where there is one, else without the salt."""

from __future__ import annotations

import re
import tomllib
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from pipeline.matching import drug_table
from pipeline.matching.drug_names import fold
from pipeline.matching.official.product import Ingredient

_TRAILING = re.compile(r"\b(?:de|du|des|d')\s*$", re.IGNORECASE)
_BRACKETS = re.compile(r"\s*\(([^()]*)\)")
RELEASE = re.compile(r"\s+(LP|LM)$")
"""What stands behind a substance whose release is slow."""


@dataclass(frozen=True, slots=True)
class Declared:
    """One row of the composition.

    Attributes:
        element, code, name, amount, per: as published.
        is_part: FT (fraction thérapeutique), not SA (substance active).
        link: rows of one link and element are the same ingredient.
    """

    element: str
    code: str
    name: str
    amount: str
    per: str
    is_part: bool
    link: str

    @classmethod
    def of(cls, row: tuple[str, ...]) -> Declared:
        """Read a row of CIS_COMPO_bdpm.txt, its CIS code included."""
        _, element, code, name, amount, per, nature, link, *_ = row
        return cls(element, code, name, _untrimmed(amount), per, nature.upper() == "FT", link)


class Namer:
    """Finds the DCI of declared substances; knows our own table's names and the links of all products."""

    def __init__(self, compositions: Iterable[Iterable[Declared]]) -> None:
        """Learn from the compositions of all products which active part a salt belongs to."""
        parts: dict[str, Counter[tuple[str, str]]] = defaultdict(Counter)
        for group in (group for declared in compositions for group in _linked(declared)):
            part = next((one for one in group if one.is_part), None)
            for one in group:
                if part is not None and not one.is_part:
                    parts[one.code][(part.code, part.name)] += 1
        self._part_of = {code: max(found, key=lambda one: (found[one], one)) for code, found in parts.items()}
        self._ours = _our_components()
        names = drug_table.pairs("substance_names.tsv")
        self._aliases = {fold(one): other for one, other in names if "/" not in one}
        self._combined = {frozenset(map(fold, one.split("/"))): other for one, other in names if "/" in one}
        self._known: dict[tuple[str, str], str] = {}

    def ingredients(self, declared: Iterable[Declared]) -> tuple[Ingredient, ...]:
        """Return a product's ingredients, in the order of its elements and links."""
        found = []
        for group in _linked(declared):
            part = next((one for one in group if one.is_part), None)
            salts = [one for one in group if not one.is_part] or [group[0]]
            for place, salt in enumerate(salts):
                own = part if place == 0 else None
                found.append(
                    Ingredient(
                        dci=self.dci(salt, own),
                        name=plain_name(salt.name),
                        amount="" if salt.is_part else salt.amount,
                        part=plain_name(own.name) if own else "",
                        part_amount=own.amount if own else "",
                        per=(own.per if own else "") or salt.per,
                        element=salt.element,
                    )
                )
        return tuple(found)

    def dci(self, salt: Declared, part: Declared | None = None) -> str:
        """Return the name under which doctors prescribe a declared substance.

        In this order: a reviewed name of `substance_names.tsv`; the active part or the salt as our own table
        has it; the same without salt; what the database names as active part, here or in other products.
        """
        known = (salt.name, part.name if part else self._part_of.get(salt.code, ("", ""))[1])
        if known not in self._known:
            self._known[known] = self._dci(*known)
        return self._known[known]

    def _dci(self, salt: str, part: str) -> str:
        names = [plain_name(name) for name in (part, salt) if name]
        bare = [without_salt(name) for name in names]
        for name in reversed((*bare, *names)):  # the salt's own name first
            if fold(name) in self._aliases:
                return self._aliases[fold(name)]
        for name in (*names, *bare):
            if fold(name) in self._ours:
                return self._ours[fold(name)]
        return bare[0]

    def combination(self, components: Iterable[str]) -> str:
        """Return the name of a combination, in the order of our own table where it has it."""
        names = list(dict.fromkeys(components))
        key = frozenset(map(fold, names))
        return self._combined.get(key) or _our_combinations().get(key) or "/".join(names)


def plain_name(name: str) -> str:
    """Return a published name in lower case, "x (sel de)" as "sel de x"."""
    text = name.lower().replace("’", "'").strip()
    for match in reversed(list(_BRACKETS.finditer(text))):
        inner = match[1].strip()
        outside = (text[: match.start()] + text[match.end() :]).strip()
        if _TRAILING.search(inner):
            text = f"{inner}{'' if inner.endswith(chr(39)) else ' '}{outside}"
        else:
            text = f"acide {outside}" if inner == "acide" else outside
    return " ".join(text.split())


@cache
def without_salt(name: str) -> str:
    """Return a plain name without its salt and water: "maléate de trimébutine" is "trimébutine"."""
    words = _salts()
    for _ in range(4):
        shorter = _without_front(name, words["of"])
        if shorter is None or shorter.split()[0] in words["kept"]:
            tail = next((tail for tail in words["behind"] if name.endswith(" " + tail)), None)
            shorter = name.removesuffix(" " + tail).strip() if tail else None
        if not shorter or shorter in words["kept"] or _TRAILING.search(shorter):
            return name
        name = shorter
    return name


def _without_front(name: str, fronts: list[str]) -> str | None:
    for front in fronts:
        match = re.match(rf"{re.escape(front)}\s+(?:de\s+l'|de\s+la\s+|de\s+|du\s+|d')(.+)", name)
        if match:
            return match[1].strip()
    return None


@cache
def _salts() -> dict[str, Any]:
    return tomllib.loads((drug_table.TABLES / "salts.toml").read_text(encoding="utf-8"))


@cache
def _our_components() -> Mapping[str, str]:
    found: dict[str, str] = {}
    for row in drug_table.gp_rows():
        for part in RELEASE.sub("", row.drugs[0].substance).split("/"):
            found.setdefault(fold(part), part)
    return found


@cache
def _our_combinations() -> Mapping[frozenset[str], str]:
    found: dict[frozenset[str], str] = {}
    for row in drug_table.gp_rows():
        name = RELEASE.sub("", row.drugs[0].substance)
        found.setdefault(frozenset(map(fold, name.split("/"))), name)
    return found


def _linked(declared: Iterable[Declared]) -> list[list[Declared]]:
    """Return the rows of each element and link together."""
    groups: dict[tuple[str, str], list[Declared]] = {}
    for one in declared:
        groups.setdefault((one.element, one.link), []).append(one)
    return list(groups.values())


def _untrimmed(amount: str) -> str:
    """Return an amount without the noughts that say nothing: "125,00 mg" is "125 mg"."""
    return re.sub(r"(\d+),(\d*?)0+(?!\d)", lambda m: f"{m[1]},{m[2]}" if m[2] else m[1], amount)


def our_releases(substance: str) -> frozenset[str]:
    """Return the releases under which our own table has a substance: "", "LP", "LM"; none = it has it not."""
    return _our_releases().get(fold(substance), frozenset())


@cache
def _our_releases() -> Mapping[str, frozenset[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for row in drug_table.gp_rows():
        name = row.drugs[0].substance
        release = RELEASE.search(name)
        found[fold(RELEASE.sub("", name))].add(release[1] if release else "")
    return {name: frozenset(releases) for name, releases in found.items()}
