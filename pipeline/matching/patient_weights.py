"""The weights table: what each observation is worth in bits, from patient_weights.toml."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from math import log2
from pathlib import Path

_TABLE = Path(__file__).parent / "patient_weights.toml"


@dataclass(frozen=True, slots=True)
class Decision:
    """Thresholds; fields as in the table's [decision]."""

    not_registered: float
    match_probability: float
    nearly_probability: float
    in_spite_probability: float
    lead_bits: float
    context_lead_bits: float
    none_probability: float
    candidates: int
    temperature: float


@dataclass(frozen=True, slots=True)
class Weights:
    """m and u by observation ("names.exact"); u is None where it is counted in the registry."""

    table: Mapping[str, tuple[float, float | None]]
    decision: Decision

    def log_m(self, observation: str) -> float:
        """Return log2(m) of an observation, where u comes from the ink."""
        return log2(self.table[observation][0])

    def bits(self, observation: str, frequency: float | None = None) -> float:
        """Return log2(m / u) of an observation.

        Args:
            observation: a key of the table.
            frequency: 0-1, u where the table says "frequency" or "agenda".

        Raises:
            KeyError: the table has no such observation.
            ValueError: the table leaves u to the registry and no frequency was given.
        """
        m, u = self.table[observation]
        chance = u if u is not None else frequency
        if chance is None or chance <= 0:
            raise ValueError(f"{observation} needs a frequency above 0")
        return log2(m / min(1.0, chance))


@cache
def weights() -> Weights:
    """Return the table that comes with the program."""
    with _TABLE.open("rb") as stream:
        raw = tomllib.load(stream)
    decision = Decision(**raw.pop("decision"))
    table = {
        f"{trait}.{level}": (value["m"], None if isinstance(value["u"], str) else value["u"])
        for trait, levels in raw.items()
        for level, value in levels.items()
    }
    return Weights(table, decision)
