"""What the patient's record held before the outage."""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.domain.meaning import Posology


@dataclass(frozen=True, slots=True)
class RecordMedication:
    """A current treatment; fields as in `pipeline.domain.drug.Drug` and `Posology`."""

    drug: str
    substance: str
    atc: str | None = None
    form: str | None = None
    strength: str | None = None
    posologies: tuple[Posology, ...] = ()


@dataclass(frozen=True, slots=True)
class PatientRecord:
    """One patient's record: current treatments, allergies and problems as the software words them."""

    patient_id: str
    medications: tuple[RecordMedication, ...] = ()
    allergies: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()
