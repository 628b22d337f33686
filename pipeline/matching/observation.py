"""One reason for or against somebody, with its weight."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Observation:
    """A key of the weights table ("names.exact") and what it is worth, bits: log2(m / u)."""

    key: str
    bits: float
