"""Sets of papers with their truth: an open one to develop on, one held back, a small one for the tests."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from pipeline.domain.identity import Appointment, Patient

from .errors import Person, with_errors
from .households import TODAY, adult
from .papers import Paper, paper
from .population import Population, population
from .tables import numbers


@dataclass(frozen=True)
class Size:
    """How many people and queries a set has, and its seed: people and papers of two sets share nothing."""

    people: int
    queries: int
    seed: int


SETS = {
    "open": Size(50_000, 2_000, 2025),
    "held": Size(50_000, 2_000, 7919),
    "small": Size(2_000, 200, 11),
}


@dataclass(frozen=True)
class Query:
    """One paper and its truth.

    Attributes:
        id: "open-0001".
        paper: what it says; `paper.text` is the line, `paper.traits` the same without a parser.
        patient_id: who it is about; None = nobody in the registry.
        errors: kinds by errors.toml.
        about: "ordinary", "twin", "same_name_relative", "namesake", or of a passing patient
            "stranger", "passing_namesake", "passing_relative".
        written_on: day of writing; prescriber: who writes, "Dr ...".
    """

    id: str
    paper: Paper
    patient_id: str | None
    errors: tuple[str, ...]
    about: str
    written_on: date
    prescriber: str


@dataclass(frozen=True)
class QuerySet:
    """A registry, papers about its people, and the agenda of those days."""

    name: str
    people: Population
    queries: tuple[Query, ...]
    appointments: tuple[Appointment, ...]


def query_set(name: str, *, people: int | None = None, queries: int | None = None) -> QuerySet:
    """Return a set by its name; other numbers than its own make another set."""
    size = SETS[name]
    registry = population(people or size.people, seed=size.seed)
    draw = random.Random(f"papers {size.seed}")
    by_id = {patient.patient_id: patient for patient in registry.patients}
    asked = tuple(
        _query(draw, registry, by_id, f"{name}-{number:04d}")
        for number in range(1, (queries or size.queries) + 1)
    )
    return QuerySet(name, registry, asked, _agenda(draw, registry, asked))


def _query(draw: random.Random, registry: Population, by_id: dict[str, Patient], number: str) -> Query:
    table = numbers("errors.toml")
    on = TODAY - timedelta(days=draw.randrange(5))
    patient_id: str | None
    if draw.random() < table["passing"]["share"]:
        patient, person, about = _passing(draw, registry, on)
        patient_id = None
    else:
        patient, about = _registered(draw, registry, by_id)
        patient_id = patient.patient_id
        person = Person(*registry.written[patient_id])
    written = (person.family, person.birth, person.given)
    clean = paper(draw, patient, written, on)
    said, errors = with_errors(draw, clean, person)
    own = draw.random() < table["context"]["own_doctor"] and patient.treating_doctor
    prescriber = patient.treating_doctor if own and patient.treating_doctor else draw.choice(registry.doctors)
    return Query(number, said, patient_id, errors, about, on, prescriber)


def _registered(draw: random.Random, registry: Population, by_id: dict[str, Patient]) -> tuple[Patient, str]:
    chosen = numbers("errors.toml")["chosen"]
    groups: dict[str, Sequence[str]] = {
        "twin": registry.twins,
        "same_name_relative": registry.same_name_relatives,
        "namesake": registry.namesakes,
    }
    chance = draw.random()
    for about, ids in groups.items():
        chance -= chosen[about]
        if chance < 0 and ids:
            return by_id[draw.choice(ids)], about
    return draw.choice(registry.patients), "ordinary"


def _passing(draw: random.Random, registry: Population, on: date) -> tuple[Patient, Person, str]:
    """Return somebody who is not registered, as if registered."""
    shares = numbers("errors.toml")["passing"]
    kinds = ("stranger", "namesake", "relative")
    kind = draw.choices(kinds, [shares[kind] for kind in kinds])[0]
    known = draw.choice(registry.patients)
    family, birth, given = registry.written[known.patient_id]
    new = adult(draw, draw.choice("FM") if kind == "relative" else known.sex or "F", draw.randint(2, 88))
    if kind == "stranger":
        row = Patient("", new.family, sex=new.sex, birth_date=new.born)
        return row, Person(new.family, new.birth, tuple(new.given)), "stranger"
    if kind == "namesake":
        row = Patient("", family, sex=known.sex, birth_date=new.born)
        return row, Person(family, birth, given), "passing_namesake"
    row = replace(known, patient_id="", sex=new.sex, birth_date=new.born, ins=None, used_given_name=None)
    names = tuple(name for name in new.given if name != given[0]) or (_another(draw, given[0], new.sex),)
    return row, Person(family, family, names), "passing_relative"


def _another(draw: random.Random, name: str, sex: str) -> str:
    while True:
        other = adult(draw, sex, 40).given[0]
        if other != name:
            return other


def _agenda(draw: random.Random, registry: Population, asked: Sequence[Query]) -> tuple[Appointment, ...]:
    table = numbers("errors.toml")["context"]
    found = [
        _appointment(draw, query.patient_id, query.prescriber, query.written_on)
        for query in asked
        if query.patient_id and draw.random() < table["appointment"]
    ]
    for _ in range(round(table["others_a_query"] * len(asked))):
        other = draw.choice(registry.patients)
        doctor = other.treating_doctor or draw.choice(registry.doctors)
        found.append(_appointment(draw, other.patient_id, doctor, TODAY - timedelta(days=draw.randrange(5))))
    return tuple(found)


def _appointment(draw: random.Random, patient_id: str, doctor: str, on: date) -> Appointment:
    return Appointment(
        patient_id, doctor, datetime.combine(on, time(draw.randint(8, 18), draw.choice((0, 15, 30, 45))))
    )
