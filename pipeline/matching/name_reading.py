"""The words of a written name against one person's names: which is which, and how much each part says."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from rapidfuzz.distance import OSA

from pipeline.domain.identity import Patient
from pipeline.matching.name_table import NameTable
from pipeline.matching.observation import Observation
from pipeline.matching.patient_ink import PageInk
from pipeline.matching.patient_names import (
    family_parts,
    given_keys,
    initials,
    key,
    long_forms,
    sound,
)
from pipeline.matching.patient_registry import Registry
from pipeline.matching.patient_weights import Weights

MOST_WORDS = 7
LEAST_LATER = 0.002  # share that bears a name second or third at least: those are not counted
LEAST_CUT = 3  # letters of a given name that was cut short: "Cath."
FAR = 0.84  # share of a name's letters that the ink may have of another than what was read

Part = tuple[str, str]
"""What a run of words is taken for ("family", "given", "second") and the run."""


def readings_of(words: Sequence[str]) -> tuple[tuple[Part, ...], ...]:
    """Return all ways of taking a name's words as family name, given name and a second family name.

    "Le Corre Anne" may be family "lecorre" and given "anne", family "le" and given "correanne", ...
    """
    words = words[:MOST_WORDS]
    found: list[tuple[Part, ...]] = [(("family", "".join(words)),)]
    for cut in range(1, len(words)):
        left, right = "".join(words[:cut]), "".join(words[cut:])
        found.append((("family", left), ("given", right)))
        found.append((("family", right), ("given", left)))
        found.append((("family", left), ("second", right)))
        for second in range(cut + 1, len(words)):
            middle, last = "".join(words[cut:second]), "".join(words[second:])
            found.append((("family", left), ("given", middle), ("second", last)))
            found.append((("family", middle), ("given", left), ("second", last)))
            found.append((("family", left), ("given", last), ("second", middle)))
            found.append((("family", middle), ("given", last), ("second", left)))
    return tuple(dict.fromkeys(found))


def _with_initials(words: Sequence[str]) -> Iterator[str]:
    """Yield runs of several words with a single letter among them: "vagedela" of "Vagedel A".

    As a family name such a run must be on file letter by letter, or an initial that contradicts would pass
    for a misspelling of it.
    """
    for start in range(len(words)):
        for end in range(start + 2, len(words) + 1):
            if any(len(word) == 1 for word in words[start:end]):
                yield "".join(words[start:end])


@dataclass(slots=True)
class NameReading:
    """The words of one page's name, ready to be compared with any number of people.

    Attributes:
        words: keys, in order.
    """

    words: tuple[str, ...]
    registry: Registry
    weights: Weights
    ink: PageInk
    _ways: tuple[tuple[Part, ...], ...] = ()
    _read: frozenset[str] = frozenset()
    _shares: dict[tuple[str, str], float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        loose = {run for run in _with_initials(self.words) if run not in self.registry.families}
        self._ways = tuple(way for way in readings_of(self.words) if way[0][1] not in loose)
        self._read = frozenset(run for way in self._ways for _, run in way)

    def best(self, person: Patient) -> list[Observation]:
        """Return the way of reading the words that speaks most for this person; nothing without words."""
        if not self.words:
            return []
        names = _Names.of(person)
        memo: dict[Part, list[Observation]] = {}

        def seen(part: Part) -> list[Observation]:
            if part not in memo:
                memo[part] = _KINDS[part[0]](self, part[1], names)
            return memo[part]

        ways = ([observation for part in way for observation in seen(part)] for way in self._ways)
        best = max(ways, key=lambda way: sum(observation.bits for observation in way))
        if [observation.key for observation in best] == ["names.different"] and len(self.words) > 1:
            # Two words of which neither is this person's: the given name is another as well.
            best += [self._seen("given.different")] if names.usual else []
        return best

    def family(self, written: str, names: _Names) -> list[Observation]:
        """Compare a run of words with somebody's usage and birth name."""
        table = self.registry.families
        levels = (
            ("names.exact", (names.usage,)),
            ("names.birth_name", (names.birth,)),
            ("names.part", names.parts),
        )
        for level, keys in levels:
            if written in keys and written:
                inked = self.ink.families.bits(written)
                if inked is not None:  # the ink may allow common names besides the one that was read
                    return [Observation(level, self.weights.log_m(level) + inked)]
                return [self._seen(level, table.share((written,)))]
        found = [*self._alike("names", written, (names.usage, names.birth), table)]
        for name in (names.usage, names.birth, *names.parts):
            inked = self.ink.families.bits(name) if name and self._may_be(written, name) else None
            if inked is not None:
                found.append(Observation("names.ink", self.weights.log_m("names.ink") + inked))
        if names.usual and written in names.usual:  # family and given name in each other's place
            found.append(self._seen("names.swapped", self.registry.givens.share((written,))))
        return [max(found, key=_bits)] if found else [self._seen("names.different")]

    def given(self, written: str, names: _Names) -> list[Observation]:
        """Compare a run of words with somebody's given names; no given name on file says nothing."""
        table = self.registry.givens
        if not names.usual:
            return []
        if written in names.usual:
            return [self._seen("given.exact", table.share((written,)))]
        if len(written) == 1:
            same = names.usual[0].startswith(written)
            return [
                self._seen("given.initial", table.share((written,)))
                if same
                else self._seen("given.different")
            ]
        found = []
        if written in names.later:
            found.append(self._seen("given.later", max(LEAST_LATER, table.share((written,)))))
        if written == names.initials or not long_forms(written).isdisjoint(names.usual):
            found.append(self._seen("given.short", table.share(long_forms(written) or (written,))))
        elif len(written) >= LEAST_CUT and names.usual[0].startswith(written):
            found.append(self._seen("given.short", table.share(table.starting(written))))
        if written == names.usage:
            found.append(self._seen("given.swapped", self.registry.families.share((written,))))
        found += self._alike("given", written, names.usual, table)
        for name in names.usual:
            inked = self.ink.givens.bits(name) if self._may_be(written, name) else None
            if inked is not None:
                found.append(Observation("given.ink", self.weights.log_m("given.ink") + inked))
        return [max(found, key=_bits)] if found else [self._seen("given.different")]

    def second(self, written: str, names: _Names) -> list[Observation]:
        """Compare a run of words with the birth name that stands beside the usage name."""
        if names.birth and written == names.birth:
            return [self._seen("both_names.exact", self.registry.families.share((written,)))]
        if names.birth and names.birth in self.registry.families.near(written):
            return [self._seen("both_names.close", self._share("close", written, self.registry.families))]
        return [self._seen("both_names.different")]

    def _alike(
        self, trait: str, written: str, keys: Sequence[str], table: NameTable
    ) -> Iterator[Observation]:
        near = table.near(written)
        if any(name in near for name in keys if name):
            yield self._seen(f"{trait}.close", self._share("close", written, table))
        elif any(name and sound(name) and sound(name) == sound(written) for name in keys):
            yield self._seen(f"{trait}.sound", self._share("sound", written, table))

    def _share(self, level: str, written: str, table: NameTable) -> float:
        """Return the share of the registry that is so near to a written name, or bears it: its u.

        "Michel" is likelier a Michel's than a slip for the one Michèle.
        """
        place = (f"{level} {id(table)}", written)
        if place not in self._shares:
            names = table.near(written) if level == "close" else table.sounding(written)
            self._shares[place] = table.share({written, *names})
        return self._shares[place]

    def _may_be(self, written: str, name: str) -> bool:
        """Tell whether a run of words may be a bad reading of a name that was not read elsewhere."""
        most = max(1, int(FAR * len(name)))
        return name not in self._read and OSA.distance(written, name, score_cutoff=most) <= most

    def _seen(self, name: str, frequency: float | None = None) -> Observation:
        return Observation(name, self.weights.bits(name, frequency))


@dataclass(frozen=True, slots=True)
class _Names:
    """One person's names as keys; "" and empty where not known."""

    usage: str
    birth: str
    parts: tuple[str, ...]
    usual: tuple[str, ...]
    later: tuple[str, ...]
    initials: str

    @classmethod
    def of(cls, person: Patient) -> _Names:
        usual, later = given_keys(person.given_names, person.used_given_name)
        return cls(
            key(person.family_name),
            key(person.birth_name or ""),
            family_parts(person.family_name),
            usual,
            later,
            initials(person.given_names),
        )


_KINDS: dict[str, Callable[[NameReading, str, _Names], list[Observation]]] = {
    "family": NameReading.family,
    "given": NameReading.given,
    "second": NameReading.second,
}


def _bits(observation: Observation) -> float:
    return observation.bits
