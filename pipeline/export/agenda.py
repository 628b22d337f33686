"""Appointment resources -> the agenda, in the practice's own keys and local time."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from pipeline.domain.identity import Appointment
from pipeline.domain.registry import Problem
from pipeline.export.patients import patient_keys, practitioners
from pipeline.export.resources import Resource, Resources

PARIS = ZoneInfo("Europe/Paris")
_CANCELLED = ("cancelled", "noshow", "entered-in-error")
"""Statuses (FHIR R4, AppointmentStatus) of what does not take place."""


def appointments_in(resources: Resources) -> tuple[list[Appointment], list[Problem]]:
    """Return the agenda that a file holds, what is cancelled marked so; what cannot be used is told."""
    patients = patient_keys(resources)
    doctors = practitioners(resources)
    found, problems = [], []
    for one in resources.of_type("Appointment"):
        appointment = _appointment(one.resource, patients, doctors)
        if appointment is None:
            problems.append(
                Problem(
                    one.number,
                    "rendez-vous sans patient, médecin ou heure, ignoré",
                    "appointment without patient, doctor or time, left out",
                )
            )
        else:
            found.append(appointment)
    return found, problems


def _appointment(
    resource: Resource, patients: Mapping[str, str], doctors: Mapping[str, str]
) -> Appointment | None:
    whose = doctor = ""
    participants = resource.get("participant")
    for one in participants if isinstance(participants, list) else []:
        actor = one.get("actor") if isinstance(one, dict) else None
        reference = str(actor.get("reference") or "") if isinstance(actor, dict) else ""
        if "Patient/" in reference or reference in patients:
            whose = patients.get(reference) or reference.rpartition("Patient/")[2]
        elif isinstance(actor, dict) and ("Practitioner" in reference or reference in doctors):
            doctor = doctors.get(reference) or str(actor.get("display") or "")
    start = _local(resource.get("start"))
    if not (whose and doctor and start):
        return None
    return Appointment(whose, doctor, start, _reason(resource), resource.get("status") in _CANCELLED)


def _local(instant: Any) -> datetime | None:
    """Return the local time of an instant; without a zone it is local already."""
    try:
        at = datetime.fromisoformat(str(instant))
        return at.astimezone(PARIS).replace(tzinfo=None) if at.tzinfo else at
    except (ValueError, OverflowError):
        return None


def _reason(resource: Resource) -> str | None:
    codes = resource.get("reasonCode")
    first = codes[0] if isinstance(codes, list) and codes else None
    text = first.get("text") if isinstance(first, dict) else None
    return str(text or resource.get("description") or "") or None
