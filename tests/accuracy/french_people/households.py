"""Households: couples, parents, children, twins, people alone; who bears whose name.

Nothing here knows the registry; `population.py` turns drafts into patients.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from .names import given_name, surname
from .tables import numbers

TODAY = date(2025, 11, 14)
"""The last day of the outage: ages count to it."""


@dataclass
class Draft:
    """Somebody, before being registered.

    Attributes:
        family: usage name, birth: birth name, as their bearer writes them.
        given: all given names, the first one first; compound ones hyphenated.
        twin: born with another child of the household.
    """

    family: str
    birth: str
    given: list[str]
    sex: str
    born: date
    origin: str
    twin: bool = False
    mates: list[Draft] = field(default_factory=list, repr=False)


def households(draw: random.Random) -> Iterator[list[Draft]]:
    """Yield households without end, most of one to four people."""
    rules = numbers("people.toml")["households"]
    kinds = ("alone", "couple", "parents", "one_parent")
    weights = [rules[kind] for kind in kinds]
    while True:
        people = _household(draw, rules, draw.choices(kinds, weights)[0])
        for one in people:
            one.mates = people
        yield people
        if draw.random() < rules["namesake_neighbours"]:
            yield [_namesake(draw, draw.choice(people))]


def _household(draw: random.Random, rules: dict[str, Any], kind: str) -> list[Draft]:
    oldest = {"alone": (19, 94), "couple": (24, 88), "parents": (24, 56), "one_parent": (24, 54)}[kind]
    age = round(draw.triangular(*oldest, sum(oldest) / 2.1))
    first = adult(draw, draw.choice("FM") if kind != "one_parent" else draw.choice("FFFFM"), age)
    people = [first]
    if kind in ("couple", "parents"):
        other = "F" if first.sex == "M" else "M"
        partner = adult(draw, other, max(19, age + round(draw.gauss(2 if other == "M" else -2, 4))))
        people.append(partner)
        man, wife = (first, partner) if first.sex == "M" else (partner, first)
        _marry(draw, rules, wife, man)
    if kind in ("parents", "one_parent"):
        people += _children(draw, rules, people)
    if draw.random() < rules["grandparent"] and age < 62:
        people.append(_grandparent(draw, first, age))
    return people


def adult(draw: random.Random, sex: str, age: int) -> Draft:
    """Return somebody of about this age under their own birth name."""
    name, origin = surname(draw)
    born = TODAY - timedelta(days=age * 365.25 + draw.randint(1, 364))
    return Draft(name, name, given_names(draw, origin, sex, born.year), sex, born, origin)


def given_names(draw: random.Random, origin: str, sex: str, year: int) -> list[str]:
    """Return one to four given names, no two the same."""
    further = numbers("people.toml")["given_names"]["further"]
    count = 1 + draw.choices(range(len(further)), further)[0]
    found: dict[str, None] = {}
    found[given_name(draw, origin=origin, sex=sex, year=year)] = None
    for _ in range(count - 1):  # further ones are the grandparents' fashion
        found[given_name(draw, origin=origin, sex=sex, year=year - draw.choice((0, 25, 50)))] = None
    return list(found)


def _marry(draw: random.Random, rules: dict[str, Any], wife: Draft, man: Draft) -> None:
    shares = rules["wife_uses_husbands_name"]
    year = wife.born.year
    share = shares["before_1955" if year < 1955 else "before_1975" if year < 1975 else "later"]
    chance = draw.random()
    if chance < rules["wife_uses_both"]:
        wife.family = f"{wife.birth}-{man.birth}"
    elif chance < rules["wife_uses_both"] + share:
        wife.family = man.birth


def _children(draw: random.Random, rules: dict[str, Any], parents: list[Draft]) -> list[Draft]:
    mother_like = min(parents, key=lambda one: one.sex)  # "F" first
    father_like = parents[-1] if parents[-1].sex == "M" else parents[0]
    wanted = draw.choices(range(1, 5), rules["children"])[0]
    youngest_parent = max(parent.born for parent in parents)
    found: list[Draft] = []
    for _ in range(wanted):
        born = youngest_parent + timedelta(days=draw.randint(20 * 365, 40 * 365))
        if born >= TODAY - timedelta(days=5) or (TODAY - born).days > 24 * 365:
            continue
        name = father_like.birth
        both = rules["child_bears_both"]["before_2005" if born.year < 2005 else "later"]
        if draw.random() < both and father_like is not mother_like and "-" not in name:
            name = f"{name}-{mother_like.birth}"
        child = _child(draw, name, father_like.origin, born, parents)
        found.append(child)
        if draw.random() < rules["twins"]:
            sister = _child(draw, name, father_like.origin, born, parents, draw.random() < 0.65, child)
            child.twin = sister.twin = True
            found.append(sister)
    return found


def _child(
    draw: random.Random,
    name: str,
    origin: str,
    born: date,
    parents: list[Draft],
    same_sex: bool = False,
    twin: Draft | None = None,
) -> Draft:
    sex = twin.sex if twin and same_sex else draw.choice("FM")
    given = given_names(draw, origin, sex, born.year)
    while twin and given[0] == twin.given[0]:
        given = given_names(draw, origin, sex, born.year)
    named_after = [parent for parent in parents if parent.sex == sex]
    after_parent = numbers("people.toml")["given_names"]["born_after_parent"]
    if named_after and twin is None and draw.random() < after_parent:
        given[0] = named_after[0].given[0]
    return Draft(name, name, given, sex, born, origin)


def _grandparent(draw: random.Random, child: Draft, age: int) -> Draft:
    old = adult(draw, draw.choice("FFM"), age + draw.randint(20, 34))
    old.family = child.birth
    if old.sex == "M":
        old.birth = child.birth
    return old


def _namesake(draw: random.Random, of: Draft) -> Draft:
    """Return somebody else of the same usage name and first given name, of about the same age or not."""
    born = of.born + timedelta(days=draw.choice((1, 1, 1, 20)) * draw.randint(-720, 720))
    born = min(max(born, date(1924, 1, 1)), TODAY - timedelta(days=30))
    return Draft(of.family, of.family, list(of.given[:1]), of.sex, born, of.origin)
