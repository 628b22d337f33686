"""What stands around the page: the agenda, the treating doctor, the treatments on record."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from pipeline.domain.identity import Appointment, Patient
from pipeline.matching.patient_names import folded
from pipeline.matching.patient_traits import Observation
from pipeline.matching.patient_weights import Weights

SUBSTANCES_COUNTED = 2


class Context:
    """Agenda and record, weighed for one patient and one page."""

    def __init__(
        self,
        patients: Sequence[Patient],
        appointments: Sequence[Appointment],
        substances: Mapping[str, frozenset[str]],
        weights: Weights,
    ) -> None:
        """Index the agenda by day and doctor, and the substances by their folded names."""
        self._weights = weights
        self._size = max(1, len(patients))
        self._by_day: defaultdict[tuple[date, str], set[str]] = defaultdict(set)
        self._days: defaultdict[date, set[str]] = defaultdict(set)
        self._by_doctor: defaultdict[str, set[str]] = defaultdict(set)
        for appointment in appointments:
            day, doctor = appointment.start.date(), doctor_key(appointment.doctor)
            self._by_day[day, doctor].add(appointment.patient_id)
            self._days[day].add(appointment.patient_id)
            self._by_doctor[doctor].add(appointment.patient_id)
        self._on_record = {
            patient_id: frozenset(folded(name) for name in names) for patient_id, names in substances.items()
        }
        self._taken = Counter(name for names in self._on_record.values() for name in names)

    def reference_day(self, written_on: date | None) -> date | None:
        """Return the day that ages are counted on: the page's, else the agenda's first."""
        if written_on is not None and (not self._days or _plausible(written_on, self._days)):
            return written_on
        return min(self._days, default=written_on)

    def expected(self, written_on: date | None, prescriber: str | None) -> frozenset[str]:
        """Return ids of those with an appointment that the page may come from; empty = unknown."""
        return frozenset(self._slot(written_on, prescriber)[1])

    def observe(
        self, patient: Patient, *, written_on: date | None, prescriber: str | None, substances: frozenset[str]
    ) -> Iterator[Observation]:
        """Yield what agenda, treating doctor and record say of one patient."""
        name, expected = self._slot(written_on, prescriber)
        if expected:
            here = patient.patient_id in expected
            chance = len(expected) / self._size
            bits = self._weights.bits(name, chance) if here else self._weights.bits("appointment.none")
            yield Observation(name if here else "appointment.none", bits)
        if prescriber and patient.treating_doctor:
            same = doctor_key(prescriber) == doctor_key(patient.treating_doctor)
            treating = "doctor.treating" if same else "doctor.other"
            yield Observation(treating, self._weights.bits(treating))
        taken = self._on_record.get(patient.patient_id, frozenset())
        shared = taken & {folded(substance) for substance in substances}
        for _ in range(min(SUBSTANCES_COUNTED, len(shared))):
            yield Observation("record.substances", self._weights.bits("record.substances"))

    def _slot(self, written_on: date | None, prescriber: str | None) -> tuple[str, set[str]]:
        """Return the observation's name and who has an appointment then; nobody = no evidence.

        A date outside the agenda (a slip of the pen, a wrong year) counts as no date.
        """
        doctor = doctor_key(prescriber or "")
        if written_on is not None and written_on in self._days:
            if not doctor:
                return "appointment.that_day", self._days[written_on]
            return "appointment.that_day", self._by_day.get((written_on, doctor), set())
        if written_on is not None and self._days and _plausible(written_on, self._days):
            return "appointment.that_day", set()  # a day without appointments: a holiday
        return "appointment.that_week", self._by_doctor.get(doctor, set())


def doctor_key(name: str) -> str:
    """Return a doctor's name without its title, words in alphabetical order."""
    return " ".join(sorted(word for word in folded(name).split() if word not in ("dr", "docteur", "pr")))


def _plausible(day: date, days: Mapping[date, set[str]]) -> bool:
    """A day within the agenda's span, or within a week of it."""
    return (min(days) - day).days <= 7 and (day - max(days)).days <= 7
