"""Registry, agenda and doctors from CSV files as practice programs export them.

Encodings and delimiters are those of registry_table.py, headings those of registry_headings.toml and what a
person taught; dates are 1957-03-12 or 12/03/1957. A row that cannot be used becomes a Problem with its line
number, a value that cannot be used becomes a Problem and None, and all others stay. A Problem never quotes
what stands in the file.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

from pipeline.domain.errors import BadRegistry
from pipeline.domain.identifiers import is_nir, is_rpps
from pipeline.domain.identity import Appointment, Doctor, Patient
from pipeline.domain.registry import PatientFile, Problem, Row
from pipeline.matching.registry_headings import Columns, columns, kind_of, missing, without
from pipeline.matching.registry_people import read_people
from pipeline.matching.registry_table import Table, table_of, text_of
from pipeline.matching.registry_values import day, is_cancelled, moment

__all__ = [
    "CsvFile",
    "Problem",
    "day",
    "is_nir",
    "is_rpps",
    "moment",
    "read_appointments",
    "read_doctors",
    "read_patients",
]

Taught = Mapping[str, Mapping[str, str]]
"""What a person said of headings: kind -> `heading_key` -> field."""


@dataclass(slots=True)
class CsvFile:
    """One CSV file with what its columns hold.

    Attributes:
        kind: "patients", "doctors" or "appointments".
        table: its rows.
        columns: which field each column holds.
        problems: rows without the right number of columns, found while reading.
    """

    kind: str
    table: Table
    columns: Columns
    problems: list[Problem] = field(default_factory=list)

    @classmethod
    def read(cls, path: Path, kind: str | None = None, taught: Taught | None = None) -> CsvFile:
        """Open a file; its kind is recognised by its headings and its name where it is not given.

        Raises:
            BadRegistry: no file, no text, no known heading, or no column for what is needed; the message says
                which columns were found and how to say what they hold.
        """
        return cls.of(text_of(path), path.name, kind, taught)

    @classmethod
    def of(cls, text: str, name: str, kind: str | None = None, taught: Taught | None = None) -> CsvFile:
        """Do the same with a file's text."""
        table, taught = table_of(text, name), taught or {}
        kind = kind or kind_of(table.headings, name, taught)
        found = columns(table.headings, kind, taught.get(kind))
        if lacking := missing(found, kind):
            raise BadRegistry(without(found, kind, name, lacking))
        return cls(kind, table, found)

    def __len__(self) -> int:
        """How many lines may hold a row."""
        return len(self.table.lines) - self.table.first - (not self.table.lines[-1])

    def rows(self) -> Iterator[tuple[int, Row]]:
        """Yield line number and what the row says, by field."""
        wanted = [(place, name) for place, name in enumerate(self.columns.fields) if name]
        for line, values in self.table.rows():
            if values is None:
                self._tell(line, "colonnes ou guillemets inattendus", "unexpected columns or quotes")
                continue
            if tuple(value.strip() for value in values) == self.table.headings:
                self._tell(line, "répète la ligne de titres, ignorée", "repeats the headings, left out")
                continue
            if any("\ufffd" in value for value in values):
                self._tell(
                    line, "caractères illisibles, à vérifier", "characters cannot be read, please check"
                )
            yield line, {name: values[place].strip() for place, name in wanted}

    def people(self, *, today: date | None = None, step: Callable[[], None] | None = None) -> PatientFile:
        """Return the patients of the file, with what is wrong and what is left out."""
        found = read_people(self.rows(), today=today, step=step)
        return replace(
            found,
            problems=tuple(sorted((*found.problems, *self.problems), key=lambda one: one.line)),
            left_out=self.columns.left_out,
            learned=self.columns.learned,
        )

    def doctors(self) -> tuple[list[Doctor], list[Problem]]:
        """Return the doctors of the file; a wrong RPPS number is a Problem, and the doctor stays."""
        found = []
        for line, row in self.rows():
            if not row.get("name"):
                self._tell(line, "nom manquant", "name missing")
                continue
            if not is_rpps(row.get("rpps", "")):
                self._tell(line, "numéro RPPS invalide", "invalid RPPS number")
            found.append(Doctor(row["name"], row.get("rpps", ""), row.get("speciality") or None))
        return found, self.problems

    def appointments(self) -> tuple[list[Appointment], list[Problem]]:
        """Return the agenda; day and time may stand in one column or in two."""
        found = []
        for line, row in self.rows():
            if not row.get("patient_id") or not row.get("doctor"):
                self._tell(line, "patient ou médecin manquant", "patient or doctor missing")
                continue
            on, at = day(row["start"]), row.get("time", "")
            start = moment(f"{on} {at}") if on and at else moment(row["start"])
            if start is None:
                self._tell(line, "date ou heure illisible", "date or time cannot be read")
                continue
            cancelled = is_cancelled(row.get("status", ""))
            if cancelled is None:
                self._tell(line, "statut inconnu, gardé comme prévu", "unknown status, kept as booked")
            reason = row.get("reason") or None
            found.append(Appointment(row["patient_id"], row["doctor"], start, reason, bool(cancelled)))
        return found, self.problems

    def _tell(self, line: int, french: str, english: str) -> None:
        self.problems.append(Problem(line, french, english))


def read_patients(path: Path) -> tuple[list[Patient], list[Problem]]:
    """Read a registry by the built-in headings; of two rows with the same identifier the first stays.

    Raises:
        BadRegistry: no file, or no column for identifier or name.
    """
    found = CsvFile.read(path, "patients").people()
    return list(found.patients), list(found.problems)


def read_doctors(path: Path) -> tuple[list[Doctor], list[Problem]]:
    """Read the practice's doctors by the built-in headings.

    Raises:
        BadRegistry: no file, or no column for name or RPPS number.
    """
    return CsvFile.read(path, "doctors").doctors()


def read_appointments(path: Path) -> tuple[list[Appointment], list[Problem]]:
    """Read an agenda by the built-in headings.

    Raises:
        BadRegistry: no file, or no column for patient, doctor or day.
    """
    return CsvFile.read(path, "appointments").appointments()
