"""Verbs about the practice's own data: import the registry, agenda, doctors and records."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from pipeline.cli.screen import say
from pipeline.domain.errors import BadRegistry
from pipeline.wiring import House


def add_to(app: typer.Typer) -> None:
    """Add this file's verbs."""
    app.command(
        "import", epilog="Example: `reprise import patients.csv appointments.csv doctors.csv records.json`"
    )(import_files)


def import_files(
    files: Annotated[
        list[Path],
        typer.Argument(metavar="FILES", help="patients, appointments, doctors, records; any order."),
    ],
) -> None:
    """Import registry, agenda, doctors (CSV) and records (JSON); again = update, nothing is lost."""
    house = House.open()
    for file in sorted(files, key=_order):
        import_file(house, file)


def _order(file: Path) -> int:
    """Patients first: agenda and records refer to them."""
    names = ("patient", "doctor", "appointment", "record")
    return next((place for place, name in enumerate(names) if name in file.name.lower()), len(names))


def import_file(house: House, file: Path) -> None:
    """Import one file, known by its name, and say what changed and what is malformed.

    Raises:
        BadRegistry: the name says nothing, or the file cannot be read at all.
    """
    from pipeline.export.records import read_records
    from pipeline.matching.registry import Problem, read_appointments, read_doctors, read_patients

    registry = house.store.registry
    name = file.name.lower()
    problems: Sequence[Problem] = ()
    if not file.is_file():
        raise BadRegistry(f"{file.name}: no such file")
    if "patient" in name:
        patients, problems = read_patients(file)
        report = registry.import_patients(patients)
    elif "appointment" in name:
        appointments, problems = read_appointments(file)
        report = registry.import_appointments(appointments)
    elif "doctor" in name:
        doctors, problems = read_doctors(file)
        report = registry.import_doctors(doctors)
    elif "record" in name:
        report = registry.import_records(read_records(file))
    else:
        raise BadRegistry(f"{file.name}: the name says none of patients, appointments, doctors, records")
    say(f"{file.name}: {report.added} added, {report.updated} updated, {report.unchanged} unchanged")
    for problem in problems:
        say(f"  line {problem.line}: {problem.message} / {problem.message_en}")
