"""A registry of invented French people as a practice program exports it, the same for the same seed."""

from __future__ import annotations

import random
import unicodedata
from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from pipeline.domain.identity import Patient

from .households import TODAY, Draft, households
from .identifiers import Numbers, birth_place, home, spaced
from .names import given_name, surname
from .tables import numbers

__all__ = ["TODAY", "Population", "population"]


@dataclass(frozen=True)
class Population:
    """The registry and what is known of it besides.

    Attributes:
        patients: the registry, in no order.
        written: by patient id, family, birth and given names as their bearers write them.
        twins: ids of patients with a twin.
        same_name_relatives: ids of patients with somebody of the same family and first given name at home.
        namesakes: ids of patients with others of the same family and first given name in the registry.
        doctors: of the practice, "Dr ...".
    """

    patients: tuple[Patient, ...]
    written: dict[str, tuple[str, str, tuple[str, ...]]]
    twins: tuple[str, ...]
    same_name_relatives: tuple[str, ...]
    namesakes: tuple[str, ...]
    doctors: tuple[str, ...]


def population(size: int, *, seed: int) -> Population:
    """Return a registry of this many people."""
    draw = random.Random(f"people {seed}")
    rules = numbers("people.toml")
    drafts: list[Draft] = []
    living = households(draw)
    while len(drafts) < size:
        drafts += next(living)
    del drafts[size:]
    doctors = tuple(_doctor(draw) for _ in range(max(2, size // rules["registry"]["patients_a_doctor"])))
    places = list(range(1, size + 1))
    draw.shuffle(places)
    registered = _Registered(draw, rules, doctors)
    rows = [registered.patient(draft, f"P{place:07d}") for draft, place in zip(drafts, places, strict=True)]
    by_name: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
    for draft, row in zip(drafts, rows, strict=True):
        by_name[draft.family, draft.given[0]].append(row.patient_id)
    relatives = [
        row.patient_id
        for draft, row in zip(drafts, rows, strict=True)
        if any(mate is not draft and _name(mate) == _name(draft) for mate in draft.mates)
    ]
    return Population(
        patients=tuple(sorted(rows, key=lambda row: row.patient_id)),
        written={
            row.patient_id: (draft.family, draft.birth, tuple(draft.given))
            for draft, row in zip(drafts, rows, strict=True)
        },
        twins=tuple(row.patient_id for draft, row in zip(drafts, rows, strict=True) if draft.twin),
        same_name_relatives=tuple(relatives),
        namesakes=tuple(one for ids in by_name.values() if len(ids) > 1 for one in ids),
        doctors=doctors,
    )


def _name(draft: Draft) -> tuple[str, str]:
    return draft.family, draft.given[0]


def _doctor(draw: random.Random) -> str:
    sex = draw.choice("FM")
    name, origin = surname(draw)
    given = given_name(draw, origin=origin, sex=sex, year=draw.randint(1958, 1992))
    return f"Dr {given} {name.upper()}"


def plain_capitals(text: str) -> str:
    """Return capitals without accents, as most practice programs keep names.

    >>> plain_capitals("Le Corre-Bœuf, Zoé")
    'LE CORRE-BOEUF, ZOE'
    """
    apart = unicodedata.normalize("NFKD", text.replace("œ", "oe").replace("ı", "i"))
    return "".join(sign for sign in apart if not unicodedata.combining(sign)).upper()


class _Registered:
    """Drafts as the practice program has them: some facts missing, names mostly in plain capitals."""

    def __init__(self, draw: random.Random, rules: dict[str, Any], doctors: tuple[str, ...]) -> None:
        self._draw = draw
        self._rules = rules
        self._doctors = doctors
        self._numbers = Numbers(draw)
        self._homes: dict[int, tuple[str, str, str, str, str]] = {}

    def patient(self, draft: Draft, patient_id: str) -> Patient:
        draw, rules = self._draw, self._rules["registry"]
        street, postal_code, city, landline, doctor = self._home(draft)
        place = birth_place(draw)
        given = " ".join(draft.given)
        if draw.random() < rules["hyphens_lost"]:
            given = given.replace("-", " ")
        plain = draw.random() < rules["capitals_without_accents"]
        as_kept = plain_capitals if plain else str
        adult = (TODAY - draft.born).days > 18 * 365
        phone = (
            self._numbers.mobile() if adult and draw.random() < rules["own_mobile"] else None
        ) or landline
        another = len(draft.given) > 1 and draw.random() < self._rules["given_names"]["uses_another"]
        missing = {
            name: draw.random() < rules[f"{name}_missing"]
            for name in ("birth_date", "ins", "phone", "address")
        }
        nir = self._numbers.nir(sex=draft.sex, born=draft.born, insee=place["insee"])
        return Patient(
            patient_id=patient_id,
            family_name=draft.family.upper() if not plain else plain_capitals(draft.family),
            birth_name=as_kept(draft.birth) if plain else draft.birth.upper(),
            given_names=as_kept(given),
            used_given_name=as_kept(draft.given[1]) if another else None,
            sex=draft.sex,
            birth_date=None if missing["birth_date"] else draft.born,
            birth_place_insee=place["insee"],
            birth_place=place["name"],
            ins=None if missing["ins"] else nir,
            phone=None if missing["phone"] else spaced(phone),
            address=None if missing["address"] else street,
            postal_code=postal_code,
            city=city,
            treating_doctor=doctor,
        )

    def _home(self, draft: Draft) -> tuple[str, str, str, str, str]:
        key = id(draft.mates)
        if key not in self._homes:
            street, place = home(self._draw)
            self._homes[key] = (
                street,
                place["postal_code"],
                place["name"],
                self._numbers.landline(),
                self._draw.choice(self._doctors),
            )
        return self._homes[key]
