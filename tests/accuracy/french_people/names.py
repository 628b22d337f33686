"""Surnames as frequent as in France and given names of their year, drawn by a seed.

The common surnames and the given names stand in tables; rarer surnames are composed of syllables, the same
for every seed, so that 50,000 people bear about as many different ones as 50,000 French people do.
"""

from __future__ import annotations

import random
from functools import cache
from itertools import accumulate
from math import exp

from .tables import numbers, rows

_YEARS_APART = 4  # given names are drawn for blocks of so many years


@cache
def _surnames() -> tuple[tuple[tuple[str, str], ...], tuple[float, ...]]:
    """Return (surname, origin) and the running sum of their bearers, thousands."""
    own = numbers("people.toml")["surnames"]
    names = [(row["name"], row["origin"]) for row in rows("surnames.tsv")]
    bearers = [float(row["thousands"]) for row in rows("surnames.tsv")]
    first = len(names)
    composed = _composed(own["composed"], {name for name, _ in names})
    bearers += [
        own["last_of_table_thousands"] * (first / rank) ** own["tail_power"]
        for rank in range(first + 1, first + len(composed) + 1)
    ]
    return (*names, *composed), tuple(accumulate(bearers))


def _composed(count: int, taken: set[str]) -> list[tuple[str, str]]:
    draw = random.Random(0)
    origins = numbers("people.toml")["origins"]
    sounds = numbers("syllables.toml")
    found: list[tuple[str, str]] = []
    while len(found) < count:
        origin = draw.choices(list(origins), list(origins.values()))[0]
        sound = sounds[origin]
        middles = draw.choices(sound["middles"], k=draw.choices((0, 1, 2), (2, 5, 3))[0])
        name = draw.choice(sound["starts"]) + "".join(middles) + draw.choice(sound["ends"])
        if name not in taken:
            taken.add(name)
            found.append((name if " " not in name else name.title(), origin))
    return found


def surname(draw: random.Random) -> tuple[str, str]:
    """Return a surname, written as its bearers do, and its origin."""
    names, running = _surnames()
    return draw.choices(names, cum_weights=running)[0]


@cache
def _given(origin: str, sex: str, block: int) -> tuple[tuple[str, ...], tuple[float, ...]]:
    middle = block * _YEARS_APART + _YEARS_APART / 2
    names, weights = [], []
    for row in rows("given_names.tsv"):
        if (row["origin"], row["sex"]) == (origin, sex):
            away = (middle - float(row["peak"])) / float(row["spread"])
            names.append(row["name"])
            weights.append(float(row["weight"]) * (exp(-away * away / 2) + 0.002))
    return tuple(names), tuple(accumulate(weights))


def given_name(draw: random.Random, *, origin: str, sex: str, year: int) -> str:
    """Return a given name as a family of this origin gives it to a child born in this year."""
    own = numbers("people.toml")["given_names"]
    group = own["group"].get(origin, origin)
    own_share = own["own"].get(group, 0.0)
    names, running = _given(
        group if draw.random() < own_share else "french", sex, max(1915, year) // _YEARS_APART
    )
    return draw.choices(names, cum_weights=running)[0]
