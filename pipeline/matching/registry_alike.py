"""Rows of a registry that may be one person under two keys: told, and both kept."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from pipeline.domain.identity import Patient
from pipeline.matching.patient_names import key


def alike(patients: Iterable[Patient]) -> tuple[tuple[str, ...], ...]:
    """Return the keys of rows with the same strict traits, or the same INS, in the order of the keys.

    The strict traits are birth name, first given name, birth date and sex (RNIV, DGOS 2021), all of them
    known: twins differ in the given name, namesakes in the date.
    """
    groups: dict[tuple[object, ...], list[str]] = defaultdict(list)
    for one in patients:
        given = one.given_names.partition(" ")[0]
        if given and one.birth_date and one.sex:
            name = key(one.birth_name or one.family_name)
            groups[(name, key(given), one.birth_date, one.sex)].append(one.patient_id)
        if one.ins:
            groups[(one.ins[:13],)].append(one.patient_id)
    return tuple(sorted({tuple(sorted(keys)) for keys in groups.values() if len(keys) > 1}))
