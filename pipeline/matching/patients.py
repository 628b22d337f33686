"""Whose paper is it? Candidates from the registry, weighed trait by trait: match, ask or none.

The model is Fellegi and Sunter's (A theory for record linkage, JASA 64, 1969): every observation adds
log2(m / u) bits; with the prior that any registered patient is as likely as another and that some
papers are about nobody in the registry, the bits become probabilities. The weights and thresholds stand
in patient_weights.toml.

A wrong match is the worst error of this program, so a match needs all of: probability 0.95; a lead by what
the page itself says over everybody else (namesakes and twins ask, whatever the agenda says); and more
than a name (a birth date, year or age, an INS or a phone number; or a full name whose bearer has the
appointment of that day), and not an age alone for somebody whom neither the agenda nor the treating
doctor expects there. What is not a match says a probability below 0.95.

Reasons:

| key | meaning |
| --- | --- |
| names.exact, names.close, names.birth_name, names.swapped, names.different | the family name |
| given.exact, given.later, given.initial, given.close, given.different | the given name |
| both_names.exact, both_names.different | a birth name beside the usage name |
| names.ink | read otherwise, but the ink allows this name |
| birth_date.exact, birth_date.close, birth_date.ink, birth_date.different | the full birth date |
| birth_year.agrees, birth_year.near, birth_year.differs | the year alone |
| age.agrees, age.near, age.differs | the age on the day of writing |
| age.ink | not read, but the ink allows this age |
| sex.agrees, sex.differs, child.agrees, child.differs | from the title |
| ins.agrees, ins.differs, phone.agrees, phone.differs | numbers |
| appointment.that_day, appointment.that_week, appointment.none | the agenda |
| doctor.treating, doctor.other | the prescriber is, or is not, the treating doctor |
| record.substances | a treatment on the page stands on record |
| homonym | somebody else fits the page about as well |
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from pipeline.domain.identity import (
    Appointment,
    MatchAnswer,
    Patient,
    PatientCandidate,
    PatientMatch,
    Traits,
)
from pipeline.domain.writing import Transcript
from pipeline.matching.patient_context import Context
from pipeline.matching.patient_ink import InkNames
from pipeline.matching.patient_registry import Registry
from pipeline.matching.patient_traits import Observation, observe
from pipeline.matching.patient_weights import Weights, weights

BELOW_MATCH = 0.949
_MORE_THAN_A_NAME = frozenset(
    ("birth_date.exact", "birth_year.agrees", "age.agrees", "ins.agrees", "phone.agrees")
)
_CONTRADICTIONS = frozenset(
    (
        *("names.different", "given.different", "both_names.different", "birth_date.different"),
        *("birth_year.differs", "age.differs", "sex.differs", "child.differs", "ins.differs"),
    )
)


class PatientIndex:
    """A registry, an agenda and what stands on record, ready to be asked.

    Building takes well under a second for 3,000 patients, a question some milliseconds.
    """

    def __init__(
        self,
        patients: Sequence[Patient],
        appointments: Sequence[Appointment] = (),
        substances_on_record: Mapping[str, frozenset[str]] | None = None,
    ) -> None:
        """Take the registry, the agenda, and substances by patient id."""
        self._weights: Weights = weights()
        self._registry = Registry(patients)
        self._context = Context(patients, appointments, substances_on_record or {}, self._weights)

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
        if not (traits.names or traits.ins or traits.phone or traits.birth_date):
            return PatientMatch(MatchAnswer.NONE)
        ink = InkNames.of(traits, transcript, self._registry)
        day = self._context.reference_day(written_on)
        weighed = []
        for place in self._registry.block(traits, ink.names, self._context.expected(written_on, prescriber)):
            patient = self._registry.patients[place]
            seen = observe(traits, patient, on=day, registry=self._registry, weights=self._weights, ink=ink)
            around = list(
                self._context.observe(
                    patient, written_on=written_on, prescriber=prescriber, substances=substances
                )
            )
            weighed.append(
                (sum(o.bits for o in seen), sum(o.bits for o in around), patient, [*seen, *around])
            )
        return self._answer(weighed)

    def _answer(self, weighed: list[tuple[float, float, Patient, list[Observation]]]) -> PatientMatch:
        rules = self._weights.decision
        if not weighed:
            return PatientMatch(MatchAnswer.NONE)
        weighed.sort(key=lambda row: (-(row[0] + row[1]), row[2].patient_id))
        share = (1 - rules.not_registered) / len(self._registry.patients)
        odds = [share * 2.0 ** min(200.0, own + around) for own, around, _, _ in weighed]
        whole = sum(odds) + rules.not_registered
        probabilities = [value / whole for value in odds]
        own, _, _, reasons = weighed[0]
        lead = own - max((row[0] for row in weighed[1:]), default=float("-inf"))
        keys = frozenset(observation.key for observation in reasons)
        sure = probabilities[0] >= rules.match_probability and self._is_enough(keys, lead)
        if probabilities[0] < rules.none_probability:
            answer = MatchAnswer.NONE
        else:
            answer = MatchAnswer.MATCH if sure else MatchAnswer.ASK
        homonym = lead < rules.lead_bits
        candidates = tuple(
            PatientCandidate(
                patient.patient_id,
                probability if sure else min(probability, BELOW_MATCH),
                tuple(o.key for o in seen) + (("homonym",) if homonym and place < 2 else ()),
                by_prior=place == 0 and lead < 0,
            )
            for place, ((_, _, patient, seen), probability) in enumerate(
                zip(weighed[: rules.candidates], probabilities, strict=False)
            )
        )
        return PatientMatch(answer, candidates)

    def _is_enough(self, keys: frozenset[str], lead: float) -> bool:
        """Tell whether what was seen may make a match: more than a name, no contradiction, a lead."""
        rules = self._weights.decision
        if keys & _CONTRADICTIONS:
            return False
        named = bool(keys & {"names.exact", "names.birth_name", "names.close", "names.ink"})
        if "ins.agrees" in keys and named:
            return lead >= rules.lead_bits
        exact = bool(keys & {"names.exact", "names.birth_name"})
        given = "given.exact" in keys or ("given.later" in keys and exact)
        if keys & _MORE_THAN_A_NAME:
            # A family's phone and a common name's age are shared: without the given name, only a full
            # birth date is enough by itself; an age or a year needs the agenda beside it.
            strong = given or "birth_date.exact" in keys or "appointment.that_day" in keys
            # Namesakes of one age exist: neither expected that day nor this doctor's patient, ask.
            stray = {"appointment.none", "doctor.other"} <= keys and "birth_date.exact" not in keys
            return named and strong and not stray and (exact or given) and lead >= rules.lead_bits
        full_name = "names.exact" in keys and "given.exact" in keys
        return full_name and "appointment.that_day" in keys and lead >= rules.context_lead_bits
