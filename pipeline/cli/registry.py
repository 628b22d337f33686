"""Verbs about the practice's own data: import the registry, agenda, doctors and records; who somebody was."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from pipeline.cli.registry_files import RegistryFile, import_opened, open_file
from pipeline.cli.registry_words import former_lines, heading_lines, identity_lines, import_lines
from pipeline.cli.screen import say_error
from pipeline.domain.errors import BadRegistry, UsageError
from pipeline.wiring import House

PARIS = ZoneInfo("Europe/Paris")
patient_app = typer.Typer(help="Read what the registry knows of one patient.", no_args_is_help=True)


class Kind(StrEnum):
    """What a CSV file holds, where its name and headings leave it open."""

    PATIENTS = "patients"
    APPOINTMENTS = "appointments"
    DOCTORS = "doctors"


def add_to(app: typer.Typer) -> None:
    """Add this file's verbs."""
    app.command(
        "import", epilog="Example: `reprise import patients.csv appointments.csv doctors.csv records.json`"
    )(import_files)
    app.add_typer(patient_app, name="patient", epilog="Example: `reprise patient history P000012`")


def import_files(
    files: Annotated[
        list[Path] | None,
        typer.Argument(
            metavar="FILES", help="patients, appointments, doctors (CSV), FHIR, records; any order."
        ),
    ] = None,
    mappings: Annotated[
        list[str] | None,
        typer.Option(
            "--map",
            metavar="COLUMN=FIELD",
            help='What a column holds: "Nom jeune fille=birth_name"; "-" = leave it out. Remembered.',
        ),
    ] = None,
    kind: Annotated[
        Kind | None, typer.Option("--as", help="What the CSV files hold; default: seen from each.")
    ] = None,
    show: Annotated[
        bool, typer.Option("--show", help="List who is new, changed (fields only), missing; every line.")
    ] = False,
    force: Annotated[
        bool,
        typer.Option("--force", help="Import even where most people are there already under other keys."),
    ] = False,
    log: Annotated[
        bool, typer.Option("--log", help="Show the imports of patients so far: day, file, counts.")
    ] = False,
    headings: Annotated[
        bool, typer.Option("--headings", help="Show the headings that are known, and what was taught.")
    ] = False,
) -> None:
    """Import registry, agenda, doctors (CSV), patients and agenda (FHIR Bundle or NDJSON), records (JSON).

    What a file holds is seen from its content. Importing again updates: what changed is said, who somebody
    was before is kept, and nobody is ever removed. A file that cannot be used is named; the others go on.
    """
    house = House.open()
    if headings or log:
        registry = house.store.registry
        known = heading_lines(registry.taught()) if headings else import_lines(registry.imports(), zone=PARIS)
        for line in known:
            typer.echo(line)
        return
    if not files:
        raise UsageError("quels fichiers ? / which files? reprise import patients.csv")
    opened, bad = _open_all(house, files, mappings or [], kind)
    for file in opened:
        try:
            import_opened(house, file, show=show, force=force, today=date.today())
        except BadRegistry as error:
            bad = True
            say_error(error)
    if bad:
        raise typer.Exit(BadRegistry.exit_code)


def import_file(house: House, file: Path) -> None:
    """Import one file and say what changed and what is malformed.

    Raises:
        BadRegistry: the file cannot be used at all.
    """
    import_opened(house, open_file(house, file), show=False, force=False, today=date.today())


def _open_all(
    house: House, files: Sequence[Path], mappings: Sequence[str], kind: Kind | None
) -> tuple[list[RegistryFile], bool]:
    """Open the files, patients first, since agenda and records refer to them; learn what was mapped.

    Returns:
        The files, and whether one could not be opened.
    """
    from pipeline.matching.registry_headings import teach

    taught, opened, bad = teach(mappings), [], False
    for file in files:
        try:
            opened.append(open_file(house, file, said=taught, kind=kind.value if kind else None))
        except BadRegistry as error:
            bad = True
            say_error(error)
    used = {key for one in opened for key in one.learned}
    if opened and (unused := [heading for key, (heading, _) in taught.items() if key not in used]):
        found = "\n".join(f"{one.path.name} : {', '.join(one.headings)}" for one in opened if one.headings)
        raise UsageError(f"pas de colonne / no column « {' », « '.join(unused)} »\n{found}")
    for one in opened:
        house.store.registry.teach(one.kind, one.learned, datetime.now(UTC))
    return sorted(opened, key=lambda one: one.order), bad


@patient_app.command(epilog="Example: `reprise patient history P000012`")
def history(
    patient_id: Annotated[str, typer.Argument(metavar="ID", help="The practice's own key.")],
) -> None:
    """Print who a patient is in the registry, and what each import changed, newest first."""
    registry = House.open().store.registry
    patient = registry.patient(patient_id)
    if patient is None:
        raise UsageError("ce patient n'est pas au registre / this patient is not in the registry")
    for line in (
        *identity_lines(patient),
        *former_lines(patient, registry.former(patient_id), zone=PARIS),
    ):
        typer.echo(line)
