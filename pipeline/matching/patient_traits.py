"""What a page says, trait by trait, about one registered patient."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from rapidfuzz.distance import OSA

from pipeline.domain.identifiers import compact
from pipeline.domain.identity import Patient, Traits
from pipeline.matching.name_reading import NameReading
from pipeline.matching.observation import Observation
from pipeline.matching.patient_dates import DateLikeness, date_likeness, months, years
from pipeline.matching.patient_ink import LN2, TEMPERATURE, PageInk
from pipeline.matching.patient_names import folded, key
from pipeline.matching.patient_registry import Registry, phone_key, street_key
from pipeline.matching.patient_weights import Weights

ADULT_YEARS = 18
CHILD_TITLES = frozenset(("enfant", "enft", "enf", "bebe", "bb", "petit", "petite"))


@dataclass(frozen=True, slots=True)
class Question:
    """One page's traits, ready to be compared with any number of patients.

    Attributes:
        on: the day that ages are counted on; None = not known.
        names: the words of the name.
    """

    traits: Traits
    on: date | None
    registry: Registry
    weights: Weights
    ink: PageInk
    names: NameReading

    @classmethod
    def of(
        cls, traits: Traits, *, on: date | None, registry: Registry, weights: Weights, ink: PageInk
    ) -> Question:
        """Get ready."""
        words = tuple(word for word in map(key, traits.names) if word)
        return cls(traits, on, registry, weights, ink, NameReading(words, registry, weights, ink))

    def observe(self, person: Patient) -> list[Observation]:
        """Compare with one patient; what either does not say is no observation."""
        names = self.names.best(person)
        first, keys = key(person.given_names.split(" ")[0]), {seen.key for seen in names}
        agreed = first if "given.exact" in keys else first[:1] if "given.initial" in keys else None
        return [
            *names,
            *self._birth(person, agreed),
            *self._sex(person),
            *self._numbers(person),
            *self._address(person),
        ]

    def _seen(self, name: str, frequency: float | None = None) -> Observation:
        return Observation(name, self.weights.bits(name, frequency))

    def _birth(self, person: Patient, given: str | None) -> Iterator[Observation]:
        """Compare birth date, year or age, the most exact that the page gives.

        Args:
            person: the patient.
            given: given name, or its initial, that agreed already: what its bearers' years say is not new.
        """
        born, traits = person.birth_date, self.traits
        if born is None:
            return
        if traits.birth_date is not None:
            yield self._birth_date(traits.birth_date, born)
        elif traits.birth_year is not None:
            yield self._off("birth_year", abs(born.year - traits.birth_year), born, given)
        elif self.on is not None and traits.age is not None:
            yield self._off("age", abs(years(born, self.on) - traits.age), born, given)
        elif self.on is not None and traits.age_months is not None:
            off = max(0, abs(months(born, self.on) - traits.age_months) - 1)
            yield self._off("age", off, born, given)
        elif bits := self.ink.date_bits(born):
            yield Observation("birth_date.ink", bits)
        elif self.on is not None and (bits := self.ink.age_bits(years(born, self.on))) > 0:
            yield Observation("age.ink", bits)

    def _birth_date(self, written: date, born: date) -> Observation:
        level = date_likeness(written, born)
        if level is DateLikeness.EXACT:
            return self._seen("birth_date.exact", self.registry.day_frequency(born))
        seen = self._seen(f"birth_date.{level}")
        if self.ink.allows_date(born):
            return max(seen, self._inked(born), key=lambda observation: observation.bits)
        return seen

    def _inked(self, born: date) -> Observation:
        lost = self.ink.date_score(born) / TEMPERATURE / LN2
        return Observation("birth_date.ink", self.weights.bits("birth_date.ink") + lost)

    def _off(self, trait: str, off: int, born: date, given: str | None) -> Observation:
        level = "agrees" if off == 0 else "near" if off == 1 else "differs"
        return self._seen(f"{trait}.{level}", self.registry.year_frequency(born.year, given))

    def _sex(self, person: Patient) -> Iterator[Observation]:
        """Compare the title."""
        if self.traits.sex and person.sex:
            yield self._seen("sex.agrees" if self.traits.sex == person.sex else "sex.differs")
        title = folded(self.traits.title or "").split(" ")[0]
        if title in CHILD_TITLES and person.birth_date and self.on:
            child = years(person.birth_date, self.on) < ADULT_YEARS
            yield self._seen("child.agrees" if child else "child.differs")

    def _numbers(self, person: Patient) -> Iterator[Observation]:
        """Compare INS (its first 13 signs) and phone."""
        ins, asked = compact(person.ins or "")[:13], compact(self.traits.ins or "")[:13]
        if asked and ins:
            slip = OSA.distance(asked, ins, score_cutoff=1) <= 1
            yield self._seen("ins.agrees" if asked == ins else "ins.close" if slip else "ins.differs")
        phones = {phone_key(person.phone), phone_key(person.mobile)} - {""}
        if phones and (called := phone_key(self.traits.phone)):
            yield self._seen("phone.agrees" if called in phones else "phone.differs")

    def _address(self, person: Patient) -> Iterator[Observation]:
        """Compare street and town; people move, so nothing here is a contradiction."""
        traits = self.traits
        written, known = street_key(traits.address), street_key(person.address)
        if written and known:
            near = self.registry.streets.near(written)
            same = known == written or known in near
            chance = self.registry.streets.share((written, *near))
            yield self._seen("address.agrees", chance) if same else self._seen("address.differs")
        if traits.postal_code and person.postal_code:
            same = traits.postal_code == person.postal_code
            chance = self.registry.postal_frequency(person.postal_code)
            yield self._seen("postal_code.agrees", chance) if same else self._seen("postal_code.differs")
        elif traits.city and person.city and not (written and known):
            alike = folded(traits.city) in folded(person.city)
            yield self._seen("city.agrees" if alike else "city.differs")
