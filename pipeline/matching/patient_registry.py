"""The registry made searchable: who may be meant by these traits, and how common each trait is."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from pipeline.domain.identifiers import compact
from pipeline.domain.identity import Patient
from pipeline.matching.name_table import NameTable
from pipeline.matching.patient_names import family_parts, folded, given_keys, key

Places = NDArray[np.int32]
NO_DAY = 0  # ordinal of a birth date that is not known
NOBODY: Places = np.empty(0, np.int32)
DAYS_OF_A_YEAR = 365.25
LEAST_STREET = 5  # signs: a shorter address does not tell where somebody lives
USUAL_LIKE = 20.0  # people whose birth years weigh as much as those of all bearers of a given name


class Registry:
    """Patients by name, birth date, INS, phone and household, with the frequency of every trait.

    Attributes:
        patients: as given; everybody is known by a place in it.
        families: usage names, whole and by parts, and birth names.
        givens: usual given names, the first one also as its initial.
        streets: addresses, as `street_key`.
        years: int16 (n,), birth years, 0 = not known.
        sexes: uint8 (n,), ord("F"), ord("M"), 0 = not known.
    """

    def __init__(self, patients: Sequence[Patient]) -> None:
        """Index the patients: some 40 microseconds each."""
        self.patients = tuple(patients)
        self.families = _table(self.patients, _family_names)
        self.givens = _table(self.patients, _given_names)
        self.streets = _table(self.patients, lambda person: (street_key(person.address),))
        born = [person.birth_date for person in self.patients]
        self._days = np.array([day.toordinal() if day else NO_DAY for day in born], np.int32)
        self._by_day = np.argsort(self._days, kind="stable").astype(np.int32)
        self._sorted_days = self._days[self._by_day]
        self.years = np.array([day.year if day else 0 for day in born], np.int16)
        self.sexes = np.array([ord(person.sex) if person.sex else 0 for person in self.patients], np.uint8)
        self._born_in = np.bincount(self.years, minlength=1)
        self._by_number: defaultdict[str, list[int]] = defaultdict(list)
        self._postal: Counter[str] = Counter()
        self._houses: defaultdict[str, list[int]] = defaultdict(list)
        for place, person in enumerate(self.patients):
            phones = {phone_key(person.phone), phone_key(person.mobile)}
            for number in {compact(person.ins or "")[:13], *phones} - {""}:
                self._by_number[number].append(place)
            self._postal[person.postal_code or ""] += 1
            if house := house_key(person):
                self._houses[house].append(place)
        self.year_frequency = lru_cache(maxsize=1 << 14)(self._year_frequency)
        self._by_id = {person.patient_id: place for place, person in enumerate(self.patients)}

    def places_of(self, patient_ids: Iterable[str]) -> Places:
        """Return the places of patients by their ids; unknown ids are left out."""
        known = (self._by_id.get(patient_id) for patient_id in patient_ids)
        return np.array(sorted({place for place in known if place is not None}), np.int32)

    def born_on(self, day: date) -> Places:
        """Return all who were born on a day."""
        ordinal = day.toordinal()
        first = np.searchsorted(self._sorted_days, ordinal, "left")
        return self._by_day[first : np.searchsorted(self._sorted_days, ordinal, "right")]

    def numbered(self, number: str) -> list[int]:
        """Return all with this INS (13 signs) or phone number (as `phone_key`)."""
        return self._by_number.get(number, []) if number else []

    def household(self, place: int) -> list[int]:
        """Return all who live where this person lives, this person included; empty = not known."""
        house = house_key(self.patients[place])
        return self._houses.get(house, []) if house else []

    def day_frequency(self, day: date) -> float:
        """Share of people like these born on one given day of a year, 0-1, never 0.

        Who else is really born on it is weighed as a person, so this is not counted but spread over the year.
        """
        return self.year_frequency(day.year) / DAYS_OF_A_YEAR

    def _year_frequency(self, year: int, given: str | None = None) -> float:
        """Share born in this year, 0-1, never 0; names have their age, so among a given name's bearers."""
        count = int(self._born_in[year]) if 0 <= year < len(self._born_in) else 0
        overall = max(1, count) / max(1, len(self.patients))
        bearers = self.givens.of(given) if given else NOBODY
        if not len(bearers):
            return overall
        near = np.count_nonzero(np.abs(self.years[bearers] - year) <= 1) / 3
        return float((near + USUAL_LIKE * overall) / (len(bearers) + USUAL_LIKE))

    def postal_frequency(self, code: str) -> float:
        """Share living under a postal code, 0-1, never 0."""
        return max(1, self._postal[code]) / max(1, len(self.patients))


def phone_key(text: str | None) -> str:
    """Return a French phone number as its ten digits: "+33 6 ..." and "0033 6 ..." are "06 ..."."""
    number = "".join(sign for sign in text or "" if sign.isdigit())
    for prefix in ("0033", "33"):
        if number.startswith(prefix) and len(number) == len(prefix) + 9:
            return "0" + number[len(prefix) :]
    return number


def street_key(address: str | None) -> str:
    """Return street and number as one run of letters and digits; "" for None or a number alone."""
    run = folded(address or "").replace(" ", "")
    return run if len(run) >= LEAST_STREET and not run.isdigit() else ""


def house_key(person: Patient) -> str:
    """Return what people of one household share: address and town; "" where the address is not known."""
    if not person.address or not (person.city or person.postal_code):
        return ""
    return f"{folded(person.address)}|{person.postal_code or ''}|{folded(person.city or '')}"


def _family_names(person: Patient) -> Iterable[str]:
    return (key(person.family_name), *family_parts(person.family_name), key(person.birth_name or ""))


def _given_names(person: Patient) -> Iterable[str]:
    usual, _ = given_keys(person.given_names, person.used_given_name)
    return (*usual, *(name[0] for name in usual[:1]))


def _table(patients: Sequence[Patient], names_of: Callable[[Patient], Iterable[str]]) -> NameTable:
    keys: list[str] = []
    places: list[int] = []
    for place, person in enumerate(patients):
        names = [name for name in dict.fromkeys(names_of(person)) if name]
        keys += names
        places += [place] * len(names)
    return NameTable(keys, places, len(patients))
