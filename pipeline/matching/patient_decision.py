"""Match, ask or none: from everybody's bits to probabilities, and what a match needs besides.

A wrong match is the worst error of this program, so a match needs all of: a probability by the table; a
lead by what the page itself says over everybody else; more than a name (a birth date, year or age, an
address, an INS or a phone number, or a full name whose bearer has the appointment of that day); no
contradiction; and nobody on file who could be meant just as well: a namesake (same family and given name)
unless the page's full birth date or number tells the two apart, a twin (same family name and birth date)
unless an INS does.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from pipeline.domain.identity import MatchAnswer, Patient, PatientCandidate, PatientMatch, Traits
from pipeline.matching.observation import Observation
from pipeline.matching.patient_names import given_keys, key
from pipeline.matching.patient_registry import Places, Registry
from pipeline.matching.patient_weights import Decision

BELOW_MATCH = 0.949
MOST_BITS = 200.0
_MORE_THAN_A_NAME = frozenset(
    ("birth_date.exact", "birth_year.agrees", "age.agrees", "ins.agrees", "phone.agrees", "address.agrees")
)
_TELLS_NAMESAKES = frozenset(("birth_date.exact", "ins.agrees"))
_CONTRADICTIONS = frozenset(
    (
        *("names.different", "given.different", "both_names.different", "birth_date.different"),
        *("birth_year.differs", "age.differs", "sex.differs", "child.differs", "ins.differs"),
    )
)
_FAMILY = frozenset(
    ("names.exact", "names.birth_name", "names.part", "names.close", "names.ink", "names.sound")
)
_FULL_FAMILY = frozenset(("names.exact", "names.birth_name"))


@dataclass(frozen=True, slots=True)
class Weighed:
    """One person with what was observed.

    Attributes:
        place: in the registry.
        own: what the page itself says; `around` what agenda, treating doctor and record say.
    """

    place: int
    person: Patient
    own: tuple[Observation, ...]
    around: tuple[Observation, ...]

    @property
    def own_bits(self) -> float:
        """What the page itself says, bits."""
        return sum(seen.bits for seen in self.own)

    @property
    def bits(self) -> float:
        """All together, bits."""
        return self.own_bits + sum(seen.bits for seen in self.around)


def decide(
    weighed: Iterable[Weighed], left_out: float, traits: Traits, registry: Registry, rules: Decision
) -> PatientMatch:
    """Return the answer with the likeliest candidates.

    Args:
        weighed: who was compared in full.
        left_out: sum of 2 ** bits of everybody else who came near.
        traits: what the page says.
        registry: for namesakes and twins.
        rules: the thresholds.
    """
    ranked = sorted(weighed, key=lambda one: (-one.bits, one.person.patient_id))
    if not ranked:
        return PatientMatch(MatchAnswer.NONE)
    share = (1 - rules.not_registered) / len(registry.patients)
    odds = [share * 2.0 ** min(MOST_BITS, one.bits / rules.temperature) for one in ranked]
    whole = sum(odds) + share * left_out + rules.not_registered
    first = ranked[0]
    lead = first.own_bits - max((one.own_bits for one in ranked[1:]), default=float("-inf"))
    homonym = lead < rules.lead_bits or _has_double(first, registry)
    sure = (
        odds[0] / whole >= rules.match_probability and not homonym and _is_enough(first, lead, traits, rules)
    )
    answer = MatchAnswer.MATCH if sure else MatchAnswer.ASK
    if odds[0] / whole < rules.none_probability:
        answer = MatchAnswer.NONE
    return PatientMatch(
        answer, _candidates(ranked, [one / whole for one in odds], sure, lead, homonym, rules)
    )


def _candidates(
    ranked: Sequence[Weighed],
    probabilities: Sequence[float],
    sure: bool,
    lead: float,
    homonym: bool,
    rules: Decision,
) -> tuple[PatientCandidate, ...]:
    found = []
    for place, (one, probability) in enumerate(zip(ranked[: rules.candidates], probabilities, strict=False)):
        seen = (*one.own, *one.around)
        mark = ("homonym",) if homonym and place < 2 else ()
        found.append(
            PatientCandidate(
                one.person.patient_id,
                probability if sure else min(probability, BELOW_MATCH),
                (*(observation.key for observation in seen), *mark),
                by_prior=place == 0 and lead < 0,
                bits=(*(round(observation.bits, 2) for observation in seen), *(0.0 for _ in mark)),
            )
        )
    return tuple(found)


def _is_enough(first: Weighed, lead: float, traits: Traits, rules: Decision) -> bool:
    """Tell whether what was seen may make a match: more than a name, no contradiction."""
    keys = {seen.key for seen in (*first.own, *first.around)}
    if keys & _CONTRADICTIONS or not keys & _FAMILY or traits.contradicted:
        return False
    if "ins.agrees" in keys:
        return True
    full = bool(keys & _FULL_FAMILY)
    given = "given.exact" in keys or ("given.later" in keys and full)
    if keys & _MORE_THAN_A_NAME:
        # A family's phone and a common name's age are shared: without the given name, only a full
        # birth date is enough by itself; an age or a year needs the agenda beside it.
        strong = given or "birth_date.exact" in keys or "appointment.that_day" in keys
        return strong and (full or given)
    return (
        "names.exact" in keys
        and "given.exact" in keys
        and "appointment.that_day" in keys
        and lead >= rules.context_lead_bits
    )


def _has_double(first: Weighed, registry: Registry) -> bool:
    """Tell whether somebody else on file is a namesake or twin whom the page does not tell apart."""
    keys = {seen.key for seen in first.own}
    if "ins.agrees" in keys:
        return False
    person = first.person
    family = _bearers(registry, (person.family_name, person.birth_name))
    others = family[family != first.place]
    if not len(others):
        return False
    if person.birth_date is not None and _any(others, registry.born_on(person.birth_date)):
        return True
    usual, _ = given_keys(person.given_names, person.used_given_name)
    namesakes = np.intersect1d(others, registry.givens.of(usual[0])) if usual else others
    if not keys & _TELLS_NAMESAKES:
        return bool(len(namesakes))
    return bool(np.any(registry.years[namesakes] == 0))  # whose birth date is not on file


def _bearers(registry: Registry, names: Iterable[str | None]) -> Places:
    found = [registry.families.of(key(name)) for name in names if name]
    return np.unique(np.concatenate(found)) if found else np.empty(0, np.int32)


def _any(one: Places, other: Places) -> bool:
    return bool(len(np.intersect1d(one, other)))
