"""Which matches the practice's rules forbid whatever the evidence, for matchers that do not know the rules.

A name alone is never a match; twins, namesakes and relatives of the same name are always asked about
(REQUIREMENTS.md, 10 and 11). Splink is shown with its matches as it makes them and without those that
these rules forbid: the rest is what both may do, and can be compared. Written from the registry alone,
apart from the matcher's own code for the same rules.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace

from matching_figures import Run

from pipeline.domain.identity import Patient, Traits
from pipeline.matching.patient_names import Likeness, key, likeness


class HouseRules:
    """A registry's doubles, ready to be asked about."""

    def __init__(self, patients: Sequence[Patient]) -> None:
        """Index everybody by each family name."""
        self._people = {person.patient_id: person for person in patients}
        self._families: defaultdict[str, list[Patient]] = defaultdict(list)
        for person in patients:
            for family in _families(person):
                self._families[family].append(person)

    def forbid(self, traits: Traits, patient_id: str) -> bool:
        """Tell whether a paper with these traits must not be matched with this patient unasked."""
        person = self._people[patient_id]
        dated = traits.birth_date is not None
        told = dated or traits.birth_year or traits.age is not None or traits.age_months is not None
        if not (told or traits.ins or traits.phone or traits.address):
            return True
        if traits.ins:
            return False
        words = [key(word) for word in traits.names]
        if len(words) > 1 and not _given_fits(words, person):
            return True
        written = [family for family in _families(person) if _stands_in(family, words)] or _families(person)
        others = {
            other.patient_id: other
            for family in written
            for other in self._families[family]
            if other.patient_id != patient_id
        }
        twin = any(other.birth_date == person.birth_date is not None for other in others.values())
        namesake = not dated and any(_first(other) == _first(person) != "" for other in others.values())
        return twin or namesake


def under_the_rules(run: Run, name: str, traits: Mapping[str, Traits], rules: HouseRules) -> Run:
    """Return a run in which what the rules forbid can reach no threshold."""
    outcomes = tuple(
        replace(one, weight=float("-inf"))
        if one.ranked and rules.forbid(traits[one.query], one.ranked[0])
        else one
        for one in run.outcomes
    )
    return Run(name, outcomes, run.milliseconds)


def _families(person: Patient) -> list[str]:
    names = (key(person.family_name), key(person.birth_name or ""))
    return [name for name in dict.fromkeys(names) if name]


def _first(person: Patient) -> str:
    return key((person.given_names.split() or [""])[0])


def _stands_in(family: str, words: Sequence[str]) -> bool:
    runs = {
        "".join(words[start:end]) for start in range(len(words)) for end in range(start + 1, len(words) + 1)
    }
    return any(likeness(run, family) in (Likeness.EXACT, Likeness.CLOSE) for run in runs if len(run) > 1)


def _given_fits(words: Sequence[str], person: Patient) -> bool:
    """Tell whether any word may be one of the given names, its beginning or its initial: else a relative."""
    given = [key(name) for name in person.given_names.split()]
    return not given or any(
        likeness(word, name) is not Likeness.DIFFERENT
        or name.startswith(word)
        or "".join(given).startswith(word)
        for word in words
        for name in given
    )
