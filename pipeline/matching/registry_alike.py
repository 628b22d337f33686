"""Rows of a registry that may be one person under two keys: told, and both kept."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from pipeline.domain.identity import Patient
from pipeline.domain.registry import strict_traits
from pipeline.matching.patient_names import key


def alike(patients: Iterable[Patient]) -> tuple[tuple[str, ...], ...]:
    """Return the keys of rows with the same strict traits, or the same INS, in the order of the keys."""
    groups: dict[tuple[object, ...], list[str]] = defaultdict(list)
    for one in patients:
        if traits := strict_traits(one, key):
            groups[traits].append(one.patient_id)
        if one.ins:
            groups[(one.ins[:13],)].append(one.patient_id)
    return tuple(sorted({tuple(sorted(keys)) for keys in groups.values() if len(keys) > 1}))
