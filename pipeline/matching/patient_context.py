"""What stands around the page: the agenda, the treating doctor, the household, the treatments on record."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from pipeline.domain.identity import Appointment, Patient
from pipeline.domain.reconciliation import doctor_key
from pipeline.matching.observation import Observation
from pipeline.matching.patient_block import Around
from pipeline.matching.patient_names import folded
from pipeline.matching.patient_registry import Places, Registry
from pipeline.matching.patient_weights import Weights

SUBSTANCES_COUNTED = 2
MOST_RECORD_BITS = 6.0  # of one substance: a drug's name may be misread


class Context:
    """Agenda and records, ready to be asked about any page."""

    def __init__(
        self,
        registry: Registry,
        appointments: Sequence[Appointment],
        substances: Mapping[str, frozenset[str]],
        weights: Weights,
    ) -> None:
        """Index the agenda by day and doctor, and the substances by their folded names."""
        self.registry = registry
        self.weights = weights
        self._by_day: defaultdict[tuple[date, str], set[str]] = defaultdict(set)
        self._days: defaultdict[date, set[str]] = defaultdict(set)
        self._by_doctor: defaultdict[str, set[str]] = defaultdict(set)
        for appointment in appointments:
            if appointment.cancelled:
                continue
            day, doctor = appointment.start.date(), doctor_key(appointment.doctor)
            self._by_day[day, doctor].add(appointment.patient_id)
            self._days[day].add(appointment.patient_id)
            self._by_doctor[doctor].add(appointment.patient_id)
        self.on_record = {
            patient_id: frozenset(folded(name) for name in names) for patient_id, names in substances.items()
        }
        self._taken = Counter(name for names in self.on_record.values() for name in names)
        self._takers: defaultdict[str, list[str]] = defaultdict(list)
        for patient_id, names in self.on_record.items():
            for name in names:
                self._takers[name].append(patient_id)

    def reference_day(self, written_on: date | None) -> date | None:
        """Return the day that ages are counted on: the page's, else the agenda's first."""
        if written_on is not None and (not self._days or _plausible(written_on, self._days)):
            return written_on
        return min(self._days, default=written_on)

    def of_page(
        self, written_on: date | None, prescriber: str | None, substances: frozenset[str]
    ) -> PageContext:
        """Return what agenda and records say of one page's patient."""
        slot, ids = self._slot(written_on, prescriber)
        expected = self.registry.places_of(ids)
        family = {other for place in expected.tolist() for other in self.registry.household(place)} - set(
            expected.tolist()
        )
        worth = {folded(name): self.substance_bits(folded(name)) for name in substances}
        return PageContext(self, slot, expected, frozenset(family), doctor_key(prescriber), worth)

    def substance_bits(self, name: str) -> float:
        """Return what a substance on the page and on record adds: the rarer it is taken, the more."""
        u = (self._taken[name] + 1) / (len(self.registry.patients) + 1)
        return min(MOST_RECORD_BITS, self.weights.bits("record.substances", u))

    def takers(self, name: str) -> Places:
        """Return who has a substance (a folded name) on record."""
        return self.registry.places_of(self._takers.get(name, ()))

    def _slot(self, written_on: date | None, prescriber: str | None) -> tuple[str, set[str]]:
        """Return the observation's name and who has an appointment then; nobody = no evidence.

        A date outside the agenda (a slip of the pen, a wrong year) counts as no date.
        """
        doctor = doctor_key(prescriber)
        if written_on is not None and written_on in self._days:
            if not doctor:
                return "appointment.that_day", self._days[written_on]
            return "appointment.that_day", self._by_day.get((written_on, doctor), set())
        if written_on is not None and self._days and _plausible(written_on, self._days):
            return "appointment.that_day", set()  # a day without appointments: a holiday
        return "appointment.that_week", self._by_doctor.get(doctor, set())


@dataclass(frozen=True, slots=True)
class PageContext:
    """Agenda and records for one page.

    Attributes:
        slot: "appointment.that_day" or "appointment.that_week".
        expected: places of who has an appointment then; empty = no evidence.
        household: places of who lives with one of them and is not expected.
        doctor: the prescriber's key, "" = not known.
        worth: bits of each substance on the page, by folded name.
    """

    context: Context
    slot: str
    expected: Places
    household: frozenset[int]
    doctor: str
    worth: Mapping[str, float]

    def observe(self, place: int, person: Patient) -> Iterator[Observation]:
        """Yield what agenda, treating doctor and record say of one patient."""
        weights = self.context.weights
        if len(self.expected):
            yield self._appointment(place)
        if self.doctor and person.treating_doctor:
            same = self.doctor == doctor_key(person.treating_doctor)
            treating = "doctor.treating" if same else "doctor.other"
            yield Observation(treating, weights.bits(treating))
        taken = self.context.on_record.get(person.patient_id, frozenset())
        shared = sorted((self.worth[name] for name in taken & self.worth.keys()), reverse=True)
        for bits in shared[:SUBSTANCES_COUNTED]:
            yield Observation("record.substances", bits)

    def _appointment(self, place: int) -> Observation:
        weights, size = self.context.weights, max(1, len(self.context.registry.patients))
        if place in self.expected:
            return Observation(self.slot, weights.bits(self.slot, len(self.expected) / size))
        if place in self.household:
            share = len(self.household) / size
            return Observation("household.appointment", weights.bits("household.appointment", share))
        return Observation("appointment.none", weights.bits("appointment.none"))

    def around(self) -> Around:
        """Return the same for blocking, by places."""
        size = max(1, len(self.context.registry.patients))
        few = len(self.expected)
        added = self.context.weights.bits(self.slot, few / size) if few else 0.0
        treated: dict[int, float] = {}
        for name, bits in self.worth.items():
            for place in self.context.takers(name).tolist():
                treated[place] = treated.get(place, 0.0) + bits
        places = np.array(list(treated), np.int32)
        return Around(self.expected, added + 2.7 if few else 0.0, places, np.array(list(treated.values())))


def _plausible(day: date, days: Mapping[date, set[str]]) -> bool:
    """A day within the agenda's span, or within a week of it."""
    return (min(days) - day).days <= 7 and (day - max(days)).days <= 7
