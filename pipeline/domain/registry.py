"""What an import of the registry says: what is malformed, what changed, who somebody was before."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import date, datetime
from types import MappingProxyType

from pipeline.domain.identity import Patient

PATIENT_FIELDS = tuple(one.name for one in fields(Patient) if one.name != "patient_id")
"""What an import may change of a patient."""

Row = Mapping[str, str]
"""One person, visit or doctor as a file says it: our field -> text, stripped; "" or absent = not said."""


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong on a line (from 1, the heading being 1), in French and English.

    In a file without lines it is the entry's number, from 1. 0 = the whole file.
    """

    line: int
    message: str
    message_en: str


@dataclass(frozen=True, slots=True)
class PatientFile:
    """The patients that a file holds, and what it says nothing about.

    Attributes:
        patients: one a key.
        problems: rows and values that could not be used.
        said: fields in which something stands somewhere in the file; about all others it says nothing.
        unusable: by patient id, fields whose value could not be used: what was known of them stays.
        alike: keys of rows that may be one person: the same birth name, first given name, birth date and
            sex, or the same INS.
        left_out: what the file calls columns or entries that nobody reads here.
        learned: headings that a person has mapped, as "heading" -> field.
    """

    patients: tuple[Patient, ...]
    problems: tuple[Problem, ...] = ()
    said: frozenset[str] = frozenset()
    unusable: Mapping[str, frozenset[str]] = field(default_factory=lambda: MappingProxyType({}))
    alike: tuple[tuple[str, ...], ...] = ()
    left_out: tuple[str, ...] = ()
    learned: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True)
class Change:
    """One patient whom an import changed, and the fields in which."""

    patient_id: str
    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What an import changed; nothing is ever removed.

    Attributes:
        added, updated, unchanged: rows of the file.
        new: keys that were not there before.
        changes: who changed, field by field (patients only).
        missing: keys that are known and that this file does not hold; they stay.
        alike: a new key and one that was known before, with the same strict traits.
        cancelled: appointments that the file says do not take place; they stay, as such.
    """

    added: int
    updated: int
    unchanged: int
    new: tuple[str, ...] = ()
    changes: tuple[Change, ...] = ()
    missing: tuple[str, ...] = ()
    alike: tuple[tuple[str, str], ...] = ()
    cancelled: int = 0


@dataclass(frozen=True, slots=True)
class PastImport:
    """One import of patients: when (UTC), from which file, and how many rows were what."""

    at: datetime
    file_name: str
    added: int
    updated: int
    unchanged: int
    missing: int


@dataclass(frozen=True, slots=True)
class FormerIdentity:
    """Who a patient was in the registry until an import said otherwise.

    Attributes:
        patient: as known before.
        until: when that import was made (UTC).
        file_name: the file that changed it.
    """

    patient: Patient
    until: datetime
    file_name: str


def strict_traits(patient: Patient, fold: Callable[[str], str]) -> tuple[str, str, date, str] | None:
    """Return birth name, first given name, birth date and sex; None where one of them is not known.

    The strict traits of an identity (RNIV, DGOS 2021), the birth place aside: twins differ in the given name,
    namesakes in the date.

    Args:
        patient: one row of the registry.
        fold: makes two spellings of a name the same.
    """
    given = patient.given_names.partition(" ")[0]
    if not given or patient.birth_date is None or patient.sex is None:
        return None
    return fold(patient.birth_name or patient.family_name), fold(given), patient.birth_date, patient.sex


def changed_fields(before: Patient, after: Patient) -> tuple[str, ...]:
    """Return the fields in which two states of a patient differ, in the order of `Patient`."""
    return tuple(name for name in PATIENT_FIELDS if getattr(before, name) != getattr(after, name))


_FOLLOWS = {
    "ins_oid": "ins",
    "postal_code": "city",
    "birth_place": "birth_place_insee",
    "birth_place_insee": "birth_place",
}
"""Fields that describe another: where that one changes and the file does not say them, they are unknown."""


def updated(
    before: Patient, imported: Patient, *, said: frozenset[str], unusable: frozenset[str] = frozenset()
) -> Patient:
    """Return a known patient as a new file has it; what the file does not say, or says unusably, stays.

    Args:
        before: as known.
        imported: the file's row, with the same key.
        said: fields that the file speaks of.
        unusable: fields whose value in this row could not be used.
    """
    values = {name: getattr(imported, name) for name in said - unusable}
    for name, leader in _FOLLOWS.items():
        if name not in values and _differ(getattr(before, leader), values.get(leader)):
            values[name] = None
    return replace(before, **values)


def _differ(before: str | None, after: str | None) -> bool:
    return bool(before and after and before.casefold() != after.casefold())
