"""One file of the practice's data, CSV or JSON: open it, see what it holds, import it, say what changed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.cli.registry_words import NumberedBy, say_people, say_problems, say_report
from pipeline.cli.screen import bar, say
from pipeline.domain.errors import BadRegistry, UsageError
from pipeline.domain.identity import Appointment
from pipeline.domain.registry import PatientFile, Problem
from pipeline.wiring import House

if TYPE_CHECKING:
    from pipeline.matching.registry import CsvFile

ORDER = ("fhir", "patients", "doctors", "appointments", "records")
LONG = 5_000
"""Rows from which a bar shows how far an import is."""

STRIDE = 500
"""Rows between two moves of the bar: moving it costs as much as reading a row."""


@dataclass(slots=True)
class RegistryFile:
    """A file that was opened.

    Attributes:
        path: where it lies.
        kind: one of `ORDER`.
        text: its content, where it is JSON.
        csv: its columns and rows, where it is CSV.
        learned: what the person mapped now and this file has: heading as compared -> (as written, field).
    """

    path: Path
    kind: str
    text: str = ""
    csv: CsvFile | None = None
    learned: dict[str, tuple[str, str]] = field(default_factory=dict)

    @property
    def headings(self) -> tuple[str, ...]:
        """The columns of a CSV file, as written."""
        return self.csv.columns.headings if self.csv else ()

    @property
    def order(self) -> int:
        """Patients first: agenda and records refer to them."""
        return ORDER.index(self.kind)


def open_file(
    house: House,
    path: Path,
    *,
    said: Mapping[str, tuple[str, str]] | None = None,
    kind: str | None = None,
) -> RegistryFile:
    """Open a file and see what it holds: from its content, and its name where that leaves it open.

    Args:
        house: for the headings that were taught before.
        path: the file.
        said: what the person maps now: heading as compared -> (as written, what stands for the field).
        kind: what a CSV file holds; None = see for yourself.

    Raises:
        BadRegistry: it cannot be used at all.
        UsageError: a heading is mapped to a field that does not exist.
    """
    from pipeline.matching.registry import CsvFile
    from pipeline.matching.registry_headings import KINDS, field_named, heading_key, named_kind
    from pipeline.matching.registry_table import text_of

    text = text_of(path)
    if text.lstrip()[:1] in ("{", "["):
        is_fhir = text.lstrip()[0] == "{" or '"resourceType"' in text[:10_000]
        records = not is_fhir or (named_kind(path.name) == "records" and '"resourceType"' not in text)
        return RegistryFile(path, "records" if records else "fhir", text)
    if text.lstrip().startswith("<"):
        raise BadRegistry(
            f"{path.name} : du XML ou une page web : exportez en CSV ou en FHIR JSON "
            "/ XML or a web page: export CSV or FHIR JSON"
        )
    taught = {
        one: {key: name for key, (_, name) in rows.items()}
        for one, rows in house.store.registry.taught().items()
    }
    for key, (_, name) in (said or {}).items():
        if not any(field_named(name, one) for one in KINDS):
            raise UsageError(_unknown_field(name, kind or named_kind(path.name)))
        for one in KINDS:
            if known := field_named(name, one):
                taught.setdefault(one, {})[key] = known
    csv = CsvFile.of(text, path.name, kind, taught)
    learned = {}
    for heading in csv.columns.headings:
        if said and (key := heading_key(heading)) in said:
            named = field_named(said[key][1], csv.kind)
            if named is None:
                raise UsageError(_unknown_field(said[key][1], csv.kind))
            learned[key] = (heading, named)
    return RegistryFile(path, csv.kind, csv=csv, learned=learned)


def _unknown_field(name: str, kind: str) -> str:
    from pipeline.matching.registry_headings import KINDS, known_headings, label

    kind = kind if kind in KINDS else KINDS[0]
    fields = ", ".join(f"{one} ({label(kind, one)})" for one in known_headings(kind))
    return f"« {name} » n'est pas un champ / is no field. {kind} : {fields}"


def import_opened(house: House, file: RegistryFile, *, show: bool, force: bool, today: date) -> None:
    """Import a file that was opened, and say what changed, what is left out and what is malformed.

    Raises:
        BadRegistry: its JSON cannot be read, or its people stand in the registry under other keys.
    """
    if file.csv is not None:
        _import_csv(house, file, file.csv, show=show, force=force, today=today)
    elif file.kind == "fhir":
        _import_fhir(house, file, show=show, force=force, today=today)
    else:
        _import_records(house, file.path)


def _import_csv(
    house: House, file: RegistryFile, csv: CsvFile, *, show: bool, force: bool, today: date
) -> None:
    name = file.path.name
    if csv.kind == "patients":
        with _bar("lecture / reading", len(csv)) as step:
            people = csv.people(today=today, step=step)
        _import_people(house, name, people, NumberedBy.LINE, show=show, force=force)
    elif csv.kind == "doctors":
        doctors, problems = csv.doctors()
        say_report(name, "doctors", house.store.registry.import_doctors(doctors), csv.columns)
        say_problems(problems, NumberedBy.LINE, everything=show)
    else:
        appointments, problems = csv.appointments()
        _import_agenda(house, file, appointments, problems, NumberedBy.LINE, show=show)


def _import_records(house: House, path: Path) -> None:
    from pipeline.export.records import read_records

    records = read_records(path)
    say_report(path.name, "records", house.store.registry.import_records(records))
    _say_strangers(house, [record.patient_id for record in records])


def _import_people(
    house: House, name: str, people: PatientFile, by: NumberedBy, *, show: bool, force: bool
) -> None:
    with _bar("enregistrement / storing", len(people.patients)) as step:
        try:
            report = house.store.registry.import_patients(
                people.patients,
                said=people.said,
                unusable=people.unusable,
                file_name=name,
                step=step,
                force=force,
            )
        except BadRegistry as error:
            raise BadRegistry(f"{name} : {error}") from error
    say_people(name, people, report, show=show)
    say_problems(people.problems, by, everything=show)


def _import_agenda(
    house: House,
    file: RegistryFile,
    appointments: list[Appointment],
    problems: list[Problem],
    by: NumberedBy,
    *,
    show: bool,
) -> None:
    report = house.store.registry.import_appointments(appointments)
    say_report(file.path.name, "appointments", report, file.csv.columns if file.csv else None)
    _say_strangers(house, [one.patient_id for one in appointments])
    say_problems(problems, by, everything=show)


def _import_fhir(house: House, file: RegistryFile, *, show: bool, force: bool, today: date) -> None:
    from pipeline.export.agenda import appointments_in
    from pipeline.export.patients import patient_rows
    from pipeline.export.resources import read_resources
    from pipeline.matching.registry_people import read_people

    resources = read_resources(file.text, file.path.name)
    by = NumberedBy.LINE if resources.by_line else NumberedBy.ENTRY
    with _bar("lecture / reading", len(resources.found)) as step:
        people = read_people(
            patient_rows(resources),
            today=today,
            problems=resources.problems,
            left_out=resources.left_out(("Patient", "Appointment", "Practitioner")),
            step=step,
        )
    appointments, problems = appointments_in(resources)
    if people.patients or people.problems or not appointments:
        _import_people(house, file.path.name, people, by, show=show, force=force)
    if appointments or problems:
        _import_agenda(house, file, appointments, problems, by, show=show)


def _say_strangers(house: House, keys: list[str]) -> None:
    strangers = len(set(keys) - house.store.registry.patient_ids())
    if strangers:
        say(f"  patients absents du registre / patients not in the registry : {strangers}")


@contextmanager
def _bar(title: str, total: int) -> Iterator[Callable[[], None] | None]:
    """Show a bar where the work is long; yields what to call once a row."""
    if total < LONG:
        yield None
        return
    done = 0
    with bar(title, total) as advance:

        def step() -> None:
            nonlocal done
            done += 1
            if done % STRIDE == 0:
                advance(STRIDE)

        yield step
        # Empty lines and values over several lines make fewer rows than lines.
        advance(total - done + done % STRIDE)
