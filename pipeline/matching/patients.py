"""Whose paper is it? Candidates from the registry, weighed trait by trait: match, ask or none.

The model is Fellegi and Sunter's (A theory for record linkage, JASA 64, 1969): every observation adds
log2(m / u) bits; with the prior that any registered patient is as likely as another and that some
papers are about nobody in the registry, the bits become probabilities. The weights and thresholds stand
in patient_weights.toml; what a match needs besides a probability, in patient_decision.py.

Reasons:

| key | meaning |
| --- | --- |
| names.exact, .birth_name, .part, .close, .sound, .swapped, .different | the family name |
| given.exact, .later, .initial, .short, .close, .sound, .swapped, .different | the given name |
| both_names.exact, both_names.close, both_names.different | a birth name beside the usage name |
| names.ink, given.ink | read otherwise, but the ink allows this name |
| birth_date.exact, .swapped, .century, .confused, .close, .ink, .different | the full birth date |
| birth_year.agrees, birth_year.near, birth_year.differs | the year alone |
| age.agrees, age.near, age.differs | the age on the day of writing |
| age.ink | not read, but the ink allows this age |
| sex.agrees, sex.differs, child.agrees, child.differs | from the title |
| ins.agrees, ins.close, ins.differs, phone.agrees, phone.differs | numbers |
| address, postal_code, city: .agrees, .differs | where they live |
| appointment.that_day, appointment.that_week, appointment.none | the agenda |
| household.appointment | somebody of the household has that appointment |
| doctor.treating, doctor.other | the prescriber is, or is not, the treating doctor |
| record.substances | a treatment on the page stands on record |
| homonym | somebody else fits the page about as well |
| double | a namesake or twin is on file, less likely but not ruled out |
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from pipeline.domain.identity import Appointment, MatchAnswer, Patient, PatientMatch, Traits
from pipeline.domain.writing import Transcript
from pipeline.matching.patient_block import block
from pipeline.matching.patient_context import Context
from pipeline.matching.patient_decision import Weighed, decide
from pipeline.matching.patient_ink import PageInk
from pipeline.matching.patient_registry import Registry
from pipeline.matching.patient_traits import Question
from pipeline.matching.patient_weights import weights


class PatientIndex:
    """A registry, an agenda and what stands on record, ready to be asked."""

    def __init__(
        self,
        patients: Sequence[Patient],
        appointments: Sequence[Appointment] = (),
        substances_on_record: Mapping[str, frozenset[str]] | None = None,
    ) -> None:
        """Take the registry, the agenda, and substances by patient id."""
        self._weights = weights()
        self._registry = Registry(patients)
        self._context = Context(self._registry, appointments, substances_on_record or {}, self._weights)

    def match(
        self,
        traits: Traits,
        *,
        written_on: date | None,
        prescriber: str | None,
        transcript: Transcript | None = None,
        substances: frozenset[str] = frozenset(),
    ) -> PatientMatch:
        """Return match, ask or none, with the likeliest candidates.

        Args:
            traits: what the page says of its patient; without any, the answer is none.
            written_on: clinical date, for ages and the agenda.
            prescriber: "Dr ...", as the agenda names doctors.
            transcript: with posteriors, names and dates are scored against the ink as well.
            substances: DCI on the page, compared with those on record.
        """
        registry = self._registry
        if not registry.patients or not (traits.names or traits.ins or traits.phone or traits.birth_date):
            return PatientMatch(MatchAnswer.NONE)
        context = self._context.of_page(written_on, prescriber, substances)
        read = None if traits.by_code else transcript  # a code's letters are not the ink's
        ink = PageInk.of(traits, read, registry, context.expected.tolist())
        on = self._context.reference_day(written_on)
        question = Question.of(traits, on=on, registry=registry, weights=self._weights, ink=ink)
        near = block(registry, traits, question.names.words, ink, on=on, around=context.around())
        if traits.birth_date or not (traits.birth_year or traits.age or traits.age_months):
            born = (registry.patients[place].birth_date for place in near.places)
            ink.ask_dates(day for day in born if day is not None)
        people = ((place, registry.patients[place]) for place in near.places)
        weighed = (
            Weighed(place, person, tuple(question.observe(person)), tuple(context.observe(place, person)))
            for place, person in people
        )
        return decide(weighed, near.left_out, traits, question.names.words, registry, self._weights.decision)
