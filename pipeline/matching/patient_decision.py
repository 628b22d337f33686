"""Match, ask or none: from everybody's bits to probabilities, and what a match needs besides.

A wrong match is the worst error of this program, so a match needs all of: a probability by the table; a
lead by what the page itself says over everybody else; more than a name (a birth date, year or age; beside a
given name an address, an INS or a phone number, which families share; or a full name whose bearer has the
appointment of that day); and nobody on file who could be meant just as well: a namesake (same family and
given name) unless the page's full birth date or number tells the two apart, a twin (same family name and
birth date) unless an INS does, somebody whose full name stands there letter by letter and whose birth date
is a slip away. A relative may be missing from the registry, and a child's paper may bear the number of the
insured parent: without number and birth date together, another given name always asks, and another sex
unless the given name agrees letter by letter. What nearly agrees (a birth date one digit off) needs the
full name beside it; what contradicts asks unless the page by itself, without agenda and record, leaves
hardly any doubt.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from pipeline.domain.identity import MatchAnswer, Patient, PatientCandidate, PatientMatch, Traits
from pipeline.matching.observation import Observation
from pipeline.matching.patient_names import given_keys, key, runs
from pipeline.matching.patient_registry import Places, Registry
from pipeline.matching.patient_weights import Decision

BELOW_MATCH = 0.949
MOST_BITS = 200.0
_MORE_THAN_A_NAME = frozenset(
    ("birth_date.exact", "birth_year.agrees", "age.agrees", "ins.agrees", "phone.agrees", "address.agrees")
)
_SHARED = frozenset(("phone.agrees", "address.agrees", "ins.agrees"))  # by a household, by child and insured
_IDENTIFIES = frozenset(("ins.agrees", "birth_date.exact"))  # together nobody else's: no parent's, no twin's
_NEARLY = frozenset(
    (
        *("birth_date.swapped", "birth_date.confused", "birth_date.close", "birth_date.century"),
        *("birth_year.near", "age.near", "ins.close", "postal_code.agrees"),
    )
)
_OF_AN_AGE = frozenset(("birth_year.agrees", "age.agrees"))
_TELLS_NAMESAKES = frozenset(("birth_date.exact", "ins.agrees"))
_CONTRADICTIONS = frozenset(
    (
        *("names.different", "given.different", "both_names.different", "birth_date.different"),
        *("birth_year.differs", "age.differs", "sex.differs", "child.differs", "ins.differs"),
    )
)
_RELATIVE = frozenset(("given.different", "ins.differs"))  # what brothers, sisters and twins differ in
_OTHER_WORD = "both_names.different"  # beside the family name: a birth name not on file, or a given name
_FAMILY = frozenset(
    (
        "names.exact",
        "names.birth_name",
        "names.part",
        "names.close",
        "names.ink",
        "names.sound",
        "names.swapped",
    )
)
_GIVEN = frozenset(
    (
        *("given.exact", "given.initial", "given.short", "given.close", "given.later"),
        *("given.sound", "given.ink", "given.swapped"),
    )
)
_OWN_GIVEN = _GIVEN - {"given.later"}  # later given names are often a relative's
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
    weighed: Iterable[Weighed],
    left_out: float,
    traits: Traits,
    words: Sequence[str],
    registry: Registry,
    rules: Decision,
) -> PatientMatch:
    """Return the answer with the likeliest candidates.

    Args:
        weighed: who was compared in full.
        left_out: sum of 2 ** bits of everybody else who came near.
        traits: what the page says.
        words: keys of the written name's words.
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
    another = _is_called_another(ranked[: rules.candidates])
    rivals = Rivals(lead < rules.lead_bits or another, _has_double(first, words, registry))
    own = share * 2.0 ** min(MOST_BITS, first.own_bits / rules.temperature)
    likely = Odds(odds[0] / whole, own / (own + rules.not_registered))
    sure = not any(rivals) and not traits.contradicted and _is_enough(first, likely, lead, rules)
    answer = MatchAnswer.MATCH if sure else MatchAnswer.ASK
    if odds[0] / whole < rules.none_probability:
        answer = MatchAnswer.NONE
    return PatientMatch(answer, _candidates(ranked, [one / whole for one in odds], sure, lead, rivals, rules))


def _candidates(
    ranked: Sequence[Weighed],
    probabilities: Sequence[float],
    sure: bool,
    lead: float,
    rivals: Rivals,
    rules: Decision,
) -> tuple[PatientCandidate, ...]:
    found = []
    for place, (one, probability) in enumerate(zip(ranked[: rules.candidates], probabilities, strict=False)):
        seen = (*one.own, *one.around)
        mark = rivals.mark(place)
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


class Rivals(NamedTuple):
    """Whether somebody else may be meant.

    Attributes:
        homonym: another person fits the page about as well.
        double: a namesake or twin is on file whom the page makes less likely, but does not rule out.
    """

    homonym: bool
    double: bool

    def mark(self, place: int) -> tuple[str, ...]:
        """Return the reason that the candidate at this place, from 0, gets besides."""
        if self.homonym:
            return ("homonym",) if place < 2 else ()
        return ("double",) if self.double and place == 0 else ()


@dataclass(frozen=True, slots=True)
class Odds:
    """How likely the first candidate is, 0-1: of all things considered, and by the page alone."""

    all_told: float
    alone: float


def _is_enough(first: Weighed, odds: Odds, lead: float, rules: Decision) -> bool:
    """Tell whether what was seen may make a match."""
    keys = {seen.key for seen in (*first.own, *first.around)}
    if odds.all_told < rules.match_probability:
        return False
    beyond = keys & _MORE_THAN_A_NAME
    if keys & _CONTRADICTIONS:
        if keys >= _IDENTIFIES:
            return odds.alone >= rules.in_spite_probability
        by_given = "names.different" in keys or not beyond - _SHARED
        named = bool(keys & (_GIVEN if by_given else _FAMILY))
        return (
            named and bool(beyond) and not _may_be_relative(keys) and odds.alone >= rules.in_spite_probability
        )
    if not keys & _FAMILY:
        return False
    if beyond and beyond <= _OF_AN_AGE and not keys & _OWN_GIVEN:
        # "Garnier, né en 1957": so may a brother be.
        return "appointment.that_day" in keys
    if beyond - _SHARED or (beyond and keys & _OWN_GIVEN):
        return True
    full = bool(keys & _FULL_FAMILY)
    if keys & _NEARLY:
        return full and bool(keys & _GIVEN) and odds.all_told >= rules.nearly_probability
    return (
        full and "given.exact" in keys and "appointment.that_day" in keys and lead >= rules.context_lead_bits
    )


def _may_be_relative(keys: Set[str]) -> bool:
    """Tell whether what contradicts is what brothers, sisters and twins differ in, registered or not.

    A twin brother may have nearly the same given name ("Samir", "Samira"), or the same initial.
    """
    if keys & _RELATIVE or (_OTHER_WORD in keys and not keys & _GIVEN):
        return True
    return "sex.differs" in keys and "given.exact" not in keys


def _has_double(first: Weighed, words: Sequence[str], registry: Registry) -> bool:
    """Tell whether somebody else on file is a namesake or twin whom the page does not tell apart."""
    keys = {seen.key for seen in first.own}
    if "ins.agrees" in keys:
        return False
    person = first.person
    family = _bearers(registry, words, (key(person.family_name), key(person.birth_name or "")))
    others = family[family != first.place]
    if not len(others):
        return False
    if person.birth_date is not None and _any(others, registry.born_on(person.birth_date)):
        return True
    usual, _ = given_keys(person.given_names, person.used_given_name)
    namesakes = np.intersect1d(others, registry.givens.of(usual[0] if usual else ""))
    if not keys & _TELLS_NAMESAKES:
        return bool(len(namesakes))
    return bool(np.any(registry.years[namesakes] == 0))  # whose birth date is not on file


def _is_called_another(ranked: Sequence[Weighed]) -> bool:
    """Tell whether the full name as written is somebody else's, born nearly on that date.

    "Michel TANGUY 01/01/1952" may be Michèle, born that day, or her husband Michel, born 01/01/1950.
    """
    first, *others = ({seen.key for seen in one.own} for one in ranked)
    if first & {"given.exact", "ins.agrees"}:
        return False
    return any(keys & _FULL_FAMILY and "given.exact" in keys and keys & _NEARLY for keys in others)


def _bearers(registry: Registry, words: Sequence[str], names: Iterable[str]) -> Places:
    """Return who bears the name that was written; both names where neither was read well."""
    written = frozenset(runs(words))
    known = [name for name in dict.fromkeys(names) if name]
    named = [name for name in known if name in written or registry.families.near(name) & written]
    found = [registry.families.of(name) for name in named or known]
    return np.unique(np.concatenate(found)) if found else np.empty(0, np.int32)


def _any(one: Places, other: Places) -> bool:
    return bool(len(np.intersect1d(one, other)))
