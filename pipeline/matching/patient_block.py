"""Blocking: from the whole registry to the few dozen people who are worth comparing in full."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from math import log2

import numpy as np
from numpy.typing import NDArray

from pipeline.domain.identifiers import compact
from pipeline.domain.identity import Traits
from pipeline.matching.name_table import NameTable
from pipeline.matching.patient_ink import InkedNames, PageInk
from pipeline.matching.patient_names import long_forms, runs
from pipeline.matching.patient_registry import Places, Registry, phone_key, street_key

KEPT = 64
MOST_WORDS = 4  # of a name
OTHER_NAME, OTHER_GIVEN, OTHER_BIRTH = -6.0, -5.0, -5.0  # bits, about those of the weights table
NUMBER_AGREES = 13.0
CLOSE, SOUNDS = 0.05, 0.02  # m of a misspelt name, about that of the weights table


@dataclass(frozen=True, slots=True)
class Block:
    """Who is compared in full.

    Attributes:
        places: at most `KEPT`, in the registry's order.
        left_out: sum of 2 ** bits of everybody else who shares something with the page: together they
            may be likelier than any one who is compared ("M. Martin").
    """

    places: tuple[int, ...]
    left_out: float


def block(
    registry: Registry,
    traits: Traits,
    words: tuple[str, ...],
    ink: PageInk,
    *,
    on: date | None,
    around: Around,
) -> Block:
    """Return the likeliest by a rough count of bits, vectorised over the whole registry.

    Args:
        registry: everybody.
        traits: what the page says.
        words: keys of the name's words.
        ink: names that the ink allows besides.
        on: the day that ages are counted on.
        around: agenda and record, as bits.
    """
    people = len(registry.patients)
    written = [run for run in runs(words, MOST_WORDS) if len(run) > 1]
    family = _named(registry.families, written, ink.families, people)
    given = _named(registry.givens, written, ink.givens, people, formal=True)
    born = _born(registry, traits, on)
    numbers = np.zeros(people)
    for number in (compact(traits.ins or "")[:13], phone_key(traits.phone)):
        numbers[registry.numbered(number)] = NUMBER_AGREES
    whole_date = np.zeros(people, bool)
    if traits.birth_date:
        whole_date[registry.born_on(traits.birth_date)] = True
    lives = _named(
        registry.streets, [street_key(traits.address)] if traits.address else [], InkedNames(), people
    )
    # A given name brings somebody in only with a birth that fits: the family name may be misread.
    meant = (family > 0) | whole_date | (numbers > 0) | (lives > 0) | ((given > 0) & (born > 0))
    meant[around.expected] = True
    bits = np.where(family > 0, family, OTHER_NAME if words else 0.0) + born + numbers + lives
    bits += np.where(given > 0, given, OTHER_GIVEN if len(words) > 1 else 0.0)
    bits[around.expected] += around.expected_bits
    bits[around.treated] += around.treated_bits
    if traits.sex:
        bits += np.where(registry.sexes == ord(traits.sex), 1.0, np.where(registry.sexes == 0, 0.0, -5.0))
    places = np.flatnonzero(meant)
    order = np.argsort(-bits[places], kind="stable")
    kept, rest = places[order[:KEPT]], places[order[KEPT:]]
    return Block(tuple(np.sort(kept).tolist()), float(np.exp2(np.minimum(bits[rest], 100.0)).sum()))


@dataclass(frozen=True, slots=True)
class Around:
    """What agenda and record add, by places in the registry.

    Attributes:
        expected: who has an appointment that the page may come from; `expected_bits` what that adds.
        treated: who takes a substance of the page; `treated_bits` what that adds, one a place.
    """

    expected: Places
    expected_bits: float
    treated: Places
    treated_bits: NDArray[np.float64]


def _named(
    table: NameTable, written: list[str], ink: InkedNames, people: int, *, formal: bool = False
) -> NDArray[np.float64]:
    """Return bits by place, 0 = bears no name like any run of words."""
    bits = np.zeros(people)

    def add(name: str, worth: float) -> None:
        places = table.of(name)
        bits[places] = np.maximum(bits[places], max(0.1, worth))

    for run in written:
        if run in table:
            add(run, -log2(table.share((run,))))
        near, sounding = table.near(run), table.sounding(run)
        for names, m in ((near, CLOSE), (sounding, SOUNDS), (long_forms(run) if formal else (), SOUNDS)):
            share = table.share(names)
            for name in names:
                add(name, log2(m / share))
    for name in ink.scores:
        add(name, ink.bits(name) or 0.0)
    return bits


def _born(registry: Registry, traits: Traits, on: date | None) -> NDArray[np.float64]:
    """Return bits by place of birth date, year or age; 0 = the page says none or none is on file."""
    years = registry.years
    if traits.birth_date:
        bits = np.where(np.abs(years - traits.birth_date.year) <= 1, 0.0, OTHER_BIRTH)
        bits[registry.born_on(traits.birth_date)] = 12.0
        return np.where(years == 0, 0.0, bits)
    wanted = traits.birth_year
    if wanted is None and on is not None:
        if traits.age is not None:
            wanted = on.year - traits.age
        elif traits.age_months is not None:
            wanted = on.year - traits.age_months // 12
    if wanted is None:
        return np.zeros(len(years))
    return np.where(years == 0, 0.0, np.where(np.abs(years - wanted) <= 1, 5.0, OTHER_BIRTH))
