"""The errors of errors.toml: each takes a paper and returns it with that error, None where it cannot be."""

from __future__ import annotations

import random
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date

from .households import TODAY
from .identifiers import home
from .papers import Paper
from .tables import numbers, rows


@dataclass(frozen=True)
class Person:
    """Who the paper is about, names as their bearer writes them."""

    family: str
    birth: str
    given: tuple[str, ...]


Error = Callable[[random.Random, Paper, Person], Paper | None]
KINDS: dict[str, Error] = {}


def _kind(error: Error) -> Error:
    KINDS[error.__name__] = error
    return error


def with_errors(draw: random.Random, paper: Paper, person: Person) -> tuple[Paper, tuple[str, ...]]:
    """Return the paper with errors by the shares of errors.toml, and their kinds in the order made."""
    table = numbers("errors.toml")
    wanted = draw.choices(range(len(table["count"]["shares"])), table["count"]["shares"])[0]
    weights = dict(table["weights"])
    made: list[str] = []
    while len(made) < wanted and weights:
        kind = draw.choices(list(weights), list(weights.values()))[0]
        del weights[kind]
        changed = KINDS[kind](draw, paper, person)
        if changed is not None and changed.text != paper.text:
            paper = changed
            made.append(kind)
    return paper, tuple(made)


def _in_a_name(draw: random.Random, paper: Paper, change: Callable[[str], str | None]) -> Paper | None:
    """Change the family name or the given name, the longer the likelier; four letters at least."""
    parts = [part for part in ("family", "given") if len(getattr(paper, part)) >= 4]
    while parts:
        part = draw.choices(parts, [len(getattr(paper, each)) for each in parts])[0]
        changed = change(getattr(paper, part))
        if changed:
            return replace(paper, **{part: changed})
        parts.remove(part)
    return None


def _letters(text: str) -> list[int]:
    return [place for place, sign in enumerate(text) if sign.isalpha()]


def _like(sign: str, other: str) -> str:
    return sign.upper() if other.isupper() else sign


@_kind
def marks_lost(draw: random.Random, paper: Paper, person: Person) -> Paper | None:
    def bare(text: str) -> str:
        apart = unicodedata.normalize("NFKD", text)
        letters = "".join(sign for sign in apart if not unicodedata.combining(sign))
        return letters.replace("-", draw.choice(" ") if draw.random() < 0.8 else "").replace("'", "")

    return replace(paper, family=bare(paper.family), given=bare(paper.given))


@_kind
def birth_for_usage(draw: random.Random, paper: Paper, person: Person) -> Paper | None:
    if person.birth == person.family or paper.birth_name or paper.family != person.family:
        return None
    return replace(paper, family=person.birth)


@_kind
def half_of_double(draw: random.Random, paper: Paper, person: Person) -> Paper | None:
    halves = [half for half in paper.family.split("-") if len(half) > 2]
    return replace(paper, family=draw.choice(halves)) if len(halves) > 1 else None


@_kind
def letter_replaced(draw: random.Random, paper: Paper, person: Person) -> Paper | None:
    def change(name: str) -> str:
        place = draw.choice(_letters(name))
        new = draw.choice("aeiourstlnmdcpvbghfjqyxz".replace(name[place].lower(), ""))
        return name[:place] + _like(new, name[place]) + name[place + 1 :]

    return _in_a_name(draw, paper, change)


@_kind
def letter_dropped(draw: random.Random, paper: Paper, person: Person) -> Paper | None:
    def change(name: str) -> str:
        place = draw.choice(_letters(name)[1:])
        return name[:place] + name[place + 1 :]

    return _in_a_name(draw, paper, change)


@_kind
def letter_added(draw: random.Random, paper: Paper, person: Person) -> Paper | None:
    def change(name: str) -> str:
        place = draw.choice(_letters(name)[1:])
        return name[:place] + draw.choice((name[place], draw.choice("aeiourstln"))) + name[place:]

    return _in_a_name(draw, paper, change)


@_kind
def letters_swapped(draw: random.Random, paper: Paper, person: Person) -> Paper | None:
    def change(name: str) -> str | None:
        pairs = [
            place
            for place in range(1, len(name) - 1)
            if name[place : place + 2].isalpha() and name[place] != name[place + 1]
        ]
        if not pairs:
            return None
        place = draw.choice(pairs)
        return name[:place] + name[place + 1] + name[place] + name[place + 2 :]

    return _in_a_name(draw, paper, change)


def _by_table(draw: random.Random, paper: Paper, table: dict[str, list[str]]) -> Paper | None:
    def change(name: str) -> str | None:
        low = name.lower()
        spots = [
            (place, run)
            for run in table
            for place in range(len(low) - len(run) + 1)
            if low.startswith(run, place) and (place or len(run) > 1)
        ]
        if not spots:
            return None
        place, run = draw.choice(spots)
        return name[:place] + _like(draw.choice(table[run]), name[place]) + name[place + len(run) :]

    return _in_a_name(draw, paper, change)


@_kind
def letters_misread(draw: random.Random, paper: Paper, person: Person) -> Paper | None:
    return _by_table(draw, paper, numbers("errors.toml")["misread"])


@_kind
def spelt_by_ear(draw: random.Random, paper: Paper, person: Person) -> Paper | None:
    return _by_table(draw, paper, {run: [sound] for run, sound in numbers("errors.toml")["by_ear"].items()})


@_kind
def names_swapped(draw: random.Random, paper: Paper, person: Person) -> Paper | None:
    return replace(paper, swapped=True) if paper.given else None


@_kind
def given_initial(draw: random.Random, paper: Paper, person: Person) -> Paper | None:
    parts = [part for part in paper.given.split("-") if part]
    if not parts:
        return None
    return replace(paper, given="-".join(part[0].upper() for part in parts) + draw.choice((".", "")))


@_kind
def given_cut(draw: random.Random, paper: Paper, person: Person) -> Paper | None:
    if len(paper.given) < 6:
        return None
    return replace(paper, given=paper.given[: draw.randint(3, 4)] + draw.choice((".", "")))


@_kind
def given_diminutive(draw: random.Random, paper: Paper, person: Person) -> Paper | None:
    short = [row["short"] for row in rows("diminutives.tsv") if row["given"] == paper.given]
    return replace(paper, given=draw.choice(short)) if short else None


@_kind
def given_second(draw: random.Random, paper: Paper, person: Person) -> Paper | None:
    others = [name for name in person.given[:2] if name != paper.given]
    return replace(paper, given=others[-1]) if others and len(person.given) > 1 and paper.given else None


@_kind
def given_missing(draw: random.Random, paper: Paper, person: Person) -> Paper | None:
    return replace(paper, given="", swapped=False)


@_kind
def day_month_swapped(draw: random.Random, paper: Paper, person: Person) -> Paper | None:
    born = paper.born
    if born is None or born.day > 12 or born.day == born.month:
        return None
    return replace(paper, born=born.replace(day=born.month, month=born.day))


def _other_digit(draw: random.Random, paper: Paper, other: Callable[[str], str]) -> Paper | None:
    """Change one digit of the birth date, the year or the age, if what comes out can be."""
    written = (
        f"{paper.born:%d%m%Y}"
        if paper.born
        else str(paper.birth_year or ("" if paper.age is None else paper.age))
    )
    for place in draw.sample(range(len(written)), len(written)):
        changed = written[:place] + other(written[place]) + written[place + 1 :]
        found = _read_again(paper, changed)
        if found and changed != written:
            return found
    return None


def _read_again(paper: Paper, digits: str) -> Paper | None:
    if paper.born:
        try:
            born = date(int(digits[4:]), int(digits[2:4]), int(digits[:2]))
        except ValueError:
            return None
        return replace(paper, born=born) if date(1915, 1, 1) < born <= TODAY else None
    if paper.birth_year:
        return replace(paper, birth_year=int(digits)) if 1915 < int(digits) <= TODAY.year else None
    return replace(paper, age=int(digits)) if 0 < int(digits) < 105 and digits[0] != "0" else None


@_kind
def date_digit(draw: random.Random, paper: Paper, person: Person) -> Paper | None:
    return _other_digit(draw, paper, lambda digit: draw.choice("0123456789")) if paper.born else None


@_kind
def digit_misread(draw: random.Random, paper: Paper, person: Person) -> Paper | None:
    confused = numbers("errors.toml")["misread_digits"]
    return _other_digit(draw, paper, lambda digit: confused[digit])


@_kind
def year_off_by_one(draw: random.Random, paper: Paper, person: Person) -> Paper | None:
    step = draw.choice((-1, 1))
    if paper.birth_year:
        return replace(paper, birth_year=min(TODAY.year, paper.birth_year + step))
    if paper.born is None or (paper.born.month, paper.born.day) == (2, 29):
        return None
    born = paper.born.replace(year=paper.born.year + step)
    return replace(paper, born=born) if born <= TODAY else None


@_kind
def age_off_by_one(draw: random.Random, paper: Paper, person: Person) -> Paper | None:
    return None if paper.age is None else replace(paper, age=max(1, paper.age + draw.choice((-1, 1))))


@_kind
def wrong_title(draw: random.Random, paper: Paper, person: Person) -> Paper | None:
    if paper.title in (None, "Enfant") or paper.birth_name:
        return None
    other = "M" if paper.sex == "F" else "F"
    return replace(paper, title="M." if other == "M" else "Mme", sex=other)


@_kind
def number_digit(draw: random.Random, paper: Paper, person: Person) -> Paper | None:
    part = "nir" if paper.nir else "phone"
    number = getattr(paper, part)
    if number is None:
        return None
    place = draw.choice([at for at in range(2, len(number)) if number[at].isdigit()])
    new = draw.choice("0123456789".replace(number[place], ""))
    return replace(paper, **{part: number[:place] + new + number[place + 1 :]})


@_kind
def moved(draw: random.Random, paper: Paper, person: Person) -> Paper | None:
    if paper.address is None:
        return None
    street, place = home(draw)
    return replace(paper, address=(street, place["postal_code"], place["name"]))
