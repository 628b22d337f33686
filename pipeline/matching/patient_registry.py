"""The registry made searchable: who may be meant by these traits, and how common each name is."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence

from rapidfuzz import process
from rapidfuzz.distance import OSA

from pipeline.domain.identity import Patient, Traits
from pipeline.matching.patient_names import family_keys, given_keys, key

NEAR_NAMES = 12  # names a misspelt word is compared with


class Registry:
    """Patients by name, birth date, INS and phone, with the frequency of every name.

    Attributes:
        patients: as given; candidates are places in it.
        family_names: a spelling of every usage name, by key.
    """

    def __init__(self, patients: Sequence[Patient]) -> None:
        """Index the patients."""
        self.patients = tuple(patients)
        self.family = [family_keys(patient.family_name) for patient in patients]
        self.birth = [key(patient.birth_name or "") for patient in patients]
        self.given = [given_keys(patient.given_names) for patient in patients]
        self._by_name: defaultdict[str, set[int]] = defaultdict(set)
        self._by_date: defaultdict[object, set[int]] = defaultdict(set)
        self._by_number: defaultdict[str, set[int]] = defaultdict(set)
        self._families: Counter[str] = Counter()
        self._givens: Counter[str] = Counter()
        self._years: Counter[int] = Counter()
        for place, patient in enumerate(self.patients):
            self._add(place, patient)
        self._names = list(self._by_name)
        self.family_names = {key(patient.family_name): patient.family_name for patient in self.patients}

    def _add(self, place: int, patient: Patient) -> None:
        names = {*self.family[place], self.birth[place]} - {""}
        self._families.update(names)
        usual, later = self.given[place]
        self._givens.update({*usual, *later, *(given[0] for given in usual[:1])})
        for name in (*names, *usual[:1]):
            self._by_name[name].add(place)
        if patient.birth_date:
            self._by_date[patient.birth_date].add(place)
            self._years[patient.birth_date.year] += 1
        for number in (digits(patient.ins)[:13], digits(patient.phone)):
            if number:
                self._by_number[number].add(place)

    def family_frequency(self, name: str) -> float:
        """Share of the registry with this usage or birth name, 0-1, never 0."""
        return self._share(self._families[name])

    def given_frequency(self, name: str) -> float:
        """Share with this given name or, for one letter, with this initial; 0-1, never 0."""
        return self._share(self._givens[name])

    def year_frequency(self, year: int) -> float:
        """Share born in this year, 0-1, never 0."""
        return self._share(self._years[year])

    def _share(self, count: int) -> float:
        return max(1, count) / max(1, len(self.patients))

    def block(self, traits: Traits, ink_names: Iterable[str] = (), expected: Iterable[str] = ()) -> list[int]:
        """Return places of all who may be meant: by a name or one near it, birth date or number.

        Args:
            traits: what the page says.
            ink_names: name keys that the ink allows besides.
            expected: ids of patients with an appointment; they come in when a name is misread beyond
                recognition, and are weighed like others.
        """
        found: set[int] = set()
        for name in (*_runs(traits.names), *ink_names):
            found |= self._by_name.get(name, set())
            if len(name) >= 4:
                edits = 2 if len(name) >= 8 else 1
                near = process.extract(
                    name, self._names, scorer=OSA.distance, score_cutoff=edits, limit=NEAR_NAMES
                )
                for other, _, _ in near:
                    found |= self._by_name[other]
        if traits.birth_date:
            found |= self._by_date.get(traits.birth_date, set())
        for number in (digits(traits.ins)[:13], digits(traits.phone)):
            found |= self._by_number.get(number, set())
        wanted = frozenset(expected)
        found |= {place for place, patient in enumerate(self.patients) if patient.patient_id in wanted}
        return sorted(found)


def digits(text: str | None) -> str:
    """Return the letters and digits of a number as one run ("" for None)."""
    return "".join(sign for sign in (text or "").upper() if sign.isalnum())


def _runs(names: Sequence[str]) -> list[str]:
    """Return keys of all runs of up to four neighbouring words: "Le Corre" is one name."""
    keys = [key(name) for name in names]
    runs = ["".join(keys[start:end]) for start in range(len(keys)) for end in range(start + 1, start + 5)]
    return [run for run in dict.fromkeys(runs) if len(run) > 1]
