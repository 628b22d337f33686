"""An identity line as a doctor writes it: what it says, its text, and the same as traits without a parser."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import date
from typing import Any

from pipeline.domain.identity import Patient, Traits

from .identifiers import nir_key, spaced
from .tables import numbers


@dataclass(frozen=True)
class Paper:
    """What a line says, errors and all; None = it does not.

    Attributes:
        family, given: as written, capitals apart; given "" = left out.
        birth_name: after "née".
        sex: of the title and of "né(e)", which may be wrong.
        family_first, capitals, all_capitals: how the names are written; `swapped` writes the given name
            in the place and in the letters of the family name.
        born, birth_year, age, age_months: at most one of them.
        phone: ten digits; nir: fifteen signs.
        address: street and number, postal code, city.
        forms: which of the ways in papers.toml date, year, age, phone are written.
    """

    family: str
    given: str
    sex: str
    title: str | None = None
    birth_name: str | None = None
    family_first: bool = True
    capitals: bool = True
    all_capitals: bool = False
    swapped: bool = False
    born: date | None = None
    birth_year: int | None = None
    age: int | None = None
    age_months: int | None = None
    phone: str | None = None
    nir: str | None = None
    address: tuple[str, str, str] | None = None
    forms: tuple[int, int, int] = (0, 0, 0)

    @property
    def names(self) -> str:
        """The names as they stand on the paper."""
        first, second = (self.given, self.family) if self.swapped else (self.family, self.given)
        family = first.upper() if self.capitals or self.all_capitals else first
        given = second.upper() if self.all_capitals else second
        return " ".join(part for part in ((family, given) if self.family_first else (given, family)) if part)

    @property
    def says(self) -> str:
        """What stands there besides a name: "birth date" first, "name alone" where there is nothing."""
        facts = {
            "birth date": self.born,
            "birth year": self.birth_year,
            "age": self.age if self.age_months is None else True,
            "number": self.phone or self.nir,
            "address": self.address,
        }
        return next((name for name, fact in facts.items() if fact is not None), "name alone")

    @property
    def born_as(self) -> str | None:
        """The birth name as it stands on the paper."""
        return self.birth_name.upper() if self.birth_name and self.capitals else self.birth_name

    @property
    def text(self) -> str:
        """The line; address, telephone and NIR stand on a second one."""
        forms = numbers("papers.toml")
        ne = "née" if self.sex == "F" else "né"
        parts = [self.title, self.names]
        if self.birth_name:
            parts.append(f"née {self.born_as}")
        parts.append(self._birth(forms, "" if self.birth_name else ne))
        below = []
        if self.address:
            below.append(f"{self.address[0]} {self.address[1]} {self.address[2]}")
        if self.phone:
            leads = forms["phone_leads"]
            below.append(leads[self.forms[2] % len(leads)] + spaced(self.phone, " ."[self.forms[0] % 2]))
        if self.nir:
            n = self.nir
            below.append(f"{n[0]} {n[1:3]} {n[3:5]} {n[5:7]} {n[7:10]} {n[10:13]} {n[13:]}")
        return "\n".join([" ".join(part for part in parts if part), *below])

    def _birth(self, forms: dict[str, Any], ne: str) -> str:
        first, second, _ = self.forms
        if self.born:
            lead = forms["date_leads"][second % len(forms["date_leads"])].format(ne=ne).lstrip()
            way = forms["date_forms"][first % len(forms["date_forms"])]
            if self.born.year < 1926 or lead.startswith("le "):
                way, lead = way.replace("%y", "%Y"), lead.removeprefix("le ")
            return lead + self.born.strftime(way)
        if self.birth_year:
            return forms["year_forms"][first % len(forms["year_forms"])].format(ne=ne, year=self.birth_year)
        if self.age_months is not None:
            return forms["month_forms"][first % len(forms["month_forms"])].format(months=self.age_months)
        if self.age is not None:
            return forms["age_forms"][first % len(forms["age_forms"])].format(age=self.age)
        return ""

    @property
    def traits(self) -> Traits:
        """What the line says, as a parser without faults would tell it."""
        street, postal_code, city = self.address or (None, None, None)
        words = [*self.names.split(), *(self.born_as or "").split()]
        return Traits(
            text=self.text,
            names=tuple(words),
            title=self.title,
            sex=None if self.title in (None, "Enfant") else self.sex,
            birth_date=self.born,
            birth_year=self.birth_year,
            age=self.age,
            age_months=self.age_months,
            ins=self.nir,
            phone=self.phone,
            birth_name=self.born_as,
            address=street,
            postal_code=postal_code,
            city=city,
        )


def paper(
    draw: random.Random, patient: Patient, written: tuple[str, str, tuple[str, ...]], on: date
) -> Paper:
    """Return a line without errors about somebody.

    Args:
        draw: the source of chance.
        patient: as registered.
        written: family, birth and given names as their bearer writes them.
        on: the day of writing.
    """
    shares = numbers("papers.toml")
    family, birth, given = written
    born = patient.birth_date
    years = _years(born, on) if born else 40
    says = draw.choices(list(shares["birth"]), list(shares["birth"].values()))[0] if born else "nothing"
    in_months = says == "age" and years < shares["months_below"]
    sex = patient.sex or "F"
    titles = shares["title_child" if years < 15 else "title_woman" if sex == "F" else "title_man"]
    title = draw.choices(list(titles), list(titles.values()))[0] if draw.random() < shares["title"] else None
    called = given[0]
    if patient.used_given_name and len(given) > 1:
        called = given[1]
    address = (patient.address or "", patient.postal_code or "", patient.city or "")
    nir = f"{patient.ins}{nir_key(patient.ins)}" if patient.ins else None
    phone = (patient.phone or "").replace(" ", "") or None
    return Paper(
        family=family,
        given=called,
        sex=sex,
        title=title,
        birth_name=birth if birth != family and sex == "F" and draw.random() < shares["born_as"] else None,
        family_first=draw.random() < shares["family_first"],
        capitals=draw.random() < shares["capitals"],
        all_capitals=draw.random() < shares["all_capitals"],
        born=born if says == "date" else None,
        birth_year=born.year if born and says == "year" else None,
        age=years if says == "age" and not in_months else None,
        age_months=_months(born, on) if born and in_months else None,
        phone=phone if draw.random() < shares["phone"] else None,
        nir=nir if draw.random() < shares["nir"] else None,
        address=address if address[0] and draw.random() < shares["address"] else None,
        forms=(draw.randrange(60), draw.randrange(60), draw.randrange(60)),
    )


def _years(born: date, on: date) -> int:
    return on.year - born.year - ((on.month, on.day) < (born.month, born.day))


def _months(born: date, on: date) -> int:
    return 12 * (on.year - born.year) + on.month - born.month - (on.day < born.day)
