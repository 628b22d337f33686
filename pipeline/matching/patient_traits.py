"""What a page says, trait by trait, about one registered patient."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from pipeline.domain.identity import Patient, Traits
from pipeline.matching.patient_names import Likeness, family_keys, folded, given_keys, key, likeness
from pipeline.matching.patient_registry import Registry, digits
from pipeline.matching.patient_weights import Weights

ADULT_YEARS = 18
CHILD_TITLES = frozenset(("enfant", "enft", "enf", "bebe", "bb", "petit", "petite"))


@dataclass(frozen=True, slots=True)
class Observation:
    """One reason (a key of the weights table) with its bits."""

    key: str
    bits: float


class Ink(Protocol):
    """What the ink allows besides what was read; `pipeline.matching.patient_ink.InkNames` is one."""

    def allows_name(self, name: str) -> bool:
        """Tell whether the ink may say this name (a key)."""
        ...

    def allows_date(self, day: date) -> bool:
        """Tell whether the ink may say this date."""
        ...

    def age_bits(self, age: int) -> float:
        """Return how much the ink speaks for an age in years, bits; 0 = it says none."""
        ...


def observe(
    traits: Traits, patient: Patient, *, on: date | None, registry: Registry, weights: Weights, ink: Ink
) -> list[Observation]:
    """Compare a page's traits with one patient; what either does not say is no observation.

    Args:
        traits: what the page says.
        patient: somebody of the registry.
        on: the day that ages are counted on.
        registry: for the frequency of names and years.
        weights: the table.
        ink: what the ink allows besides.
    """
    view = _View(traits, patient, registry, weights, ink)
    return [*view.names(), *view.birth(on), *view.sex(on), *view.numbers()]


@dataclass(frozen=True, slots=True)
class _View:
    traits: Traits
    patient: Patient
    registry: Registry
    weights: Weights
    ink: Ink

    def _seen(self, name: str, frequency: float | None = None) -> Observation:
        return Observation(name, self.weights.bits(name, frequency))

    def names(self) -> list[Observation]:
        """Return the reading of the written names that speaks most for this patient."""
        words = [key(name) for name in self.traits.names if key(name)]
        if not words:
            return []
        readings = [self._family("".join(words))]
        for cut in range(1, len(words)):
            left, right = "".join(words[:cut]), "".join(words[cut:])
            readings.append([*self._family(left), *self._given_or_birth(left, right)])
            readings.append([*self._family(right), *self._given_or_birth(right, left)])
            for second in range(cut + 1, len(words)):
                middle, last = "".join(words[cut:second]), "".join(words[second:])
                readings.append([*self._family(left), *self._given(middle), *self._second_name(last)])
                readings.append([*self._family(middle), *self._given(left), *self._second_name(last)])
                readings.append([*self._family(left), *self._given(last), *self._second_name(middle)])
        return max(readings, key=lambda seen: sum(observation.bits for observation in seen))

    def _family(self, written: str) -> list[Observation]:
        frequency = self.registry.family_frequency
        usage = key(self.patient.family_name)
        birth = key(self.patient.birth_name or "")
        if written in family_keys(self.patient.family_name):
            return [self._seen("names.exact", frequency(written))]
        if birth and written == birth:
            return [self._seen("names.birth_name", frequency(written))]
        if likeness(written, usage) is Likeness.CLOSE or likeness(written, birth) is Likeness.CLOSE:
            return [self._seen("names.close", max(frequency(usage), frequency(written)))]
        if self.ink.allows_name(usage):
            bits = self.weights.bits("names.close", frequency(usage))
            return [Observation("names.ink", bits)]
        # Family and given name in each other's column of the registry.
        if written == key(self.patient.given_names):
            return [self._seen("names.swapped", self.registry.given_frequency(written))]
        return [self._seen("names.different")]

    def _given_or_birth(self, family: str, written: str) -> list[Observation]:
        birth = key(self.patient.birth_name or "")
        if birth and birth == written and birth != family:
            return self._second_name(written)
        return self._given(written)

    def _second_name(self, written: str) -> list[Observation]:
        birth = key(self.patient.birth_name or "")
        if birth and written == birth:
            return [self._seen("both_names.exact", self.registry.family_frequency(birth))]
        return [self._seen("both_names.different")]

    def _given(self, written: str) -> list[Observation]:
        usual, later = given_keys(self.patient.given_names)
        frequency = self.registry.given_frequency
        if not usual:
            return []
        if written in usual:
            return [self._seen("given.exact", frequency(written))]
        if written in later:
            return [self._seen("given.later", frequency(written))]
        if len(written) == 1 and usual[0].startswith(written):
            return [self._seen("given.initial", frequency(written))]
        if any(likeness(written, name) is Likeness.CLOSE for name in usual):
            return [self._seen("given.close", max(frequency(usual[0]), frequency(written)))]
        if written == key(self.patient.family_name):
            return [self._seen("given.later", self.registry.family_frequency(written))]
        return [self._seen("given.different")]

    def birth(self, on: date | None) -> Iterator[Observation]:
        """Compare birth date, year or age, the most exact that the page gives."""
        born, traits = self.patient.birth_date, self.traits
        if born is None:
            return
        if traits.birth_date is not None:
            if born == traits.birth_date:
                yield self._seen("birth_date.exact")
            elif self.ink.allows_date(born):
                yield self._seen("birth_date.ink")
            else:
                yield self._seen(f"birth_date.{'close' if _near(born, traits.birth_date) else 'different'}")
        elif traits.birth_year is not None:
            off = abs(born.year - traits.birth_year)
            level = "agrees" if off == 0 else "near" if off == 1 else "differs"
            yield self._seen(f"birth_year.{level}", self.registry.year_frequency(born.year))
        elif on is not None and traits.age is not None:
            off = abs(years(born, on) - traits.age)
            level = "agrees" if off == 0 else "near" if off == 1 else "differs"
            yield self._seen(f"age.{level}", self.registry.year_frequency(born.year))
        elif on is not None and traits.age_months is not None:
            off = abs(months(born, on) - traits.age_months)
            level = "agrees" if off <= 1 else "near" if off == 2 else "differs"
            yield self._seen(f"age.{level}", self.registry.year_frequency(born.year))
        elif self.ink.allows_date(born):
            yield self._seen("birth_date.ink")
        elif on is not None and (inked := self._age_in_ink(born, on)):
            yield inked

    def _age_in_ink(self, born: date, on: date) -> Observation | None:
        """Return what the ink says for this age where none was read; None = nothing."""
        bits = self.ink.age_bits(years(born, on))
        return Observation("age.ink", bits) if bits > 0 else None

    def sex(self, on: date | None) -> Iterator[Observation]:
        """Compare the title."""
        if self.traits.sex and self.patient.sex:
            yield self._seen("sex.agrees" if self.traits.sex == self.patient.sex else "sex.differs")
        title = folded(self.traits.title or "").split(" ")[0]
        if title in CHILD_TITLES and self.patient.birth_date and on:
            child = years(self.patient.birth_date, on) < ADULT_YEARS
            yield self._seen("child.agrees" if child else "child.differs")

    def numbers(self) -> Iterator[Observation]:
        """Compare INS (its first 13 signs) and phone."""
        ins, phone = digits(self.patient.ins)[:13], digits(self.patient.phone)
        if self.traits.ins and ins:
            yield self._seen("ins.agrees" if digits(self.traits.ins)[:13] == ins else "ins.differs")
        if self.traits.phone and phone:
            yield self._seen("phone.agrees" if digits(self.traits.phone) == phone else "phone.differs")


def years(born: date, on: date) -> int:
    """Full years of age; negative before birth."""
    return on.year - born.year - ((on.month, on.day) < (born.month, born.day))


def months(born: date, on: date) -> int:
    """Full months of age; negative before birth."""
    return (on.year - born.year) * 12 + on.month - born.month - (on.day < born.day)


def _near(one: date, other: date) -> bool:
    """Two of day, month and year are the same, or day and month changed places."""
    same = (one.day == other.day) + (one.month == other.month) + (one.year == other.year)
    return same >= 2 or (one.year == other.year and (one.day, one.month) == (other.month, other.day))
