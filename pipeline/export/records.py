"""Patients' records as the practice software hands them over: records.json with FHIR R4 dosages."""

from __future__ import annotations

import json
from decimal import InvalidOperation
from pathlib import Path
from typing import Any

from pipeline.domain.errors import BadRegistry
from pipeline.domain.record import PatientRecord, RecordMedication
from pipeline.export.dosage import from_fhir


def read_records(path: Path) -> list[PatientRecord]:
    """Read current treatments, allergies and problems, one object a patient.

    Raises:
        BadRegistry: the file is not JSON of that shape; the text says which object, never whose.
    """
    try:
        rows = json.loads(path.read_text(encoding="utf-8-sig"))
    except json.JSONDecodeError as error:
        raise BadRegistry(
            f"{path.name} : JSON coupé ou malformé à la ligne {error.lineno} "
            f"/ JSON cut off or malformed at line {error.lineno}"
        ) from None
    except UnicodeDecodeError as error:
        raise BadRegistry(f"{path.name} : UTF-8 attendu / UTF-8 is expected") from error
    except OSError as error:
        raise BadRegistry(f"{path.name}: {error.strerror}") from error
    if not isinstance(rows, list):
        raise BadRegistry(f"{path.name}: a list of records is expected")
    records = []
    for place, row in enumerate(rows, start=1):
        try:
            records.append(_record(row))
        except (KeyError, TypeError, ValueError, AttributeError, InvalidOperation) as error:
            # The cause would quote the value, which may be a patient's: only its kind is told.
            raise BadRegistry(f"{path.name}, record {place}: {type(error).__name__}") from None
    return records


def _record(row: dict[str, Any]) -> PatientRecord:
    return PatientRecord(
        patient_id=str(row["patient_id"]),
        medications=tuple(_medication(item) for item in row.get("current_medications") or ()),
        allergies=_words(row.get("allergies"), "substance"),
        problems=_words(row.get("problems"), "text"),
    )


def _medication(item: dict[str, Any]) -> RecordMedication:
    return RecordMedication(
        drug=str(item["drug"]),
        substance=str(item["substance"]),
        atc=item.get("atc"),
        form=item.get("form"),
        strength=item.get("strength"),
        posologies=from_fhir(item.get("dosage") or ()),
    )


def _words(values: Any, key: str) -> tuple[str, ...]:
    """Each as a word: the value itself, or what stands under `key`."""
    return tuple(str(value[key] if isinstance(value, dict) else value) for value in values or ())
