"""Registry, agenda and doctors from CSV files as practice programs export them.

UTF-8 (with or without BOM) or Windows-1252; comma, semicolon or tab; headings by
registry_headings.toml; dates as 1957-03-12 or 12/03/1957. A row that cannot be used becomes a
Problem with its line number, a value that cannot be used becomes a Problem and None, and all
others stay. A Problem never quotes what stands in the file.
"""

from __future__ import annotations

import csv
import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import TypeVar

from pipeline.domain.errors import BadRegistry
from pipeline.domain.identity import Appointment, Doctor, Patient
from pipeline.matching.patient_names import folded

_HEADINGS = Path(__file__).parent / "registry_headings.toml"
_DATES = ("%Y-%m-%d", "%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y", "%Y%m%d")
_TIMES = ("%H:%M", "%H:%M:%S", "%Hh%M")
_LINES_IN_A_ROW = 5  # an address may hold line feeds; an unclosed quote must not swallow the file

_T = TypeVar("_T")
_Row = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong on a line (from 1, the heading being 1), in French and English."""

    line: int
    message: str
    message_en: str


def read_patients(path: Path) -> tuple[list[Patient], list[Problem]]:
    """Read the registry; of two rows with the same identifier the first stays.

    Raises:
        BadRegistry: no file, or no column for identifier or name.
    """
    table = _Table.read(path, "patients", needed=("patient_id", "family_name"))
    seen: set[str] = set()

    def patient(line: int, row: _Row) -> Patient | None:
        if not row.get("patient_id") or not row.get("family_name"):
            table.tell(line, "identifiant ou nom manquant", "identifier or name missing")
            return None
        if row["patient_id"] in seen:
            table.tell(line, "identifiant déjà vu plus haut", "identifier seen before")
            return None
        seen.add(row["patient_id"])
        return Patient(
            patient_id=row["patient_id"],
            family_name=row["family_name"],
            birth_name=row.get("birth_name") or None,
            given_names=row.get("given_names", ""),
            sex=_sex(row.get("sex", "")),
            birth_date=table.day(line, row.get("birth_date", "")),
            birth_place_insee=row.get("birth_place_insee") or None,
            ins=table.ins(line, row.get("ins", "")),
            phone=row.get("phone") or None,
            address=row.get("address") or None,
            city=row.get("city") or None,
            treating_doctor=row.get("treating_doctor") or None,
        )

    return table.all(patient), table.problems


def read_doctors(path: Path) -> tuple[list[Doctor], list[Problem]]:
    """Read the practice's doctors; a wrong RPPS number is a Problem, and the doctor stays.

    Raises:
        BadRegistry: no file, or no column for name or RPPS number.
    """
    table = _Table.read(path, "doctors", needed=("name", "rpps"))

    def doctor(line: int, row: _Row) -> Doctor | None:
        if not row.get("name"):
            table.tell(line, "nom manquant", "name missing")
            return None
        if not is_rpps(row.get("rpps", "")):
            table.tell(line, "numéro RPPS invalide", "invalid RPPS number")
        return Doctor(row["name"], row.get("rpps", ""), row.get("speciality") or None)

    return table.all(doctor), table.problems


def read_appointments(path: Path) -> tuple[list[Appointment], list[Problem]]:
    """Read the agenda; day and time may stand in one column or in two.

    Raises:
        BadRegistry: no file, or no column for patient, doctor or day.
    """
    table = _Table.read(path, "appointments", needed=("patient_id", "doctor", "start"))

    def appointment(line: int, row: _Row) -> Appointment | None:
        if not row.get("patient_id") or not row.get("doctor"):
            table.tell(line, "patient ou médecin manquant", "patient or doctor missing")
            return None
        start = moment(f"{row.get('start', '')} {row.get('time', '')}".strip())
        if start is None:
            table.tell(line, "date ou heure illisible", "date or time cannot be read")
            return None
        return Appointment(row["patient_id"], row["doctor"], start, row.get("reason") or None)

    return table.all(appointment), table.problems


def day(text: str) -> date | None:
    """Return a date written as 1957-03-12 or 12/03/1957; None = neither."""
    for pattern in _DATES:
        try:
            return datetime.strptime(text.strip(), pattern).date()
        except ValueError:
            continue
    return None


def moment(text: str) -> datetime | None:
    """Return a date and time, "T" or a blank between; None = not both."""
    first, _, second = text.replace("T", " ", 1).partition(" ")
    on = day(first)
    for pattern in _TIMES:
        try:
            at = datetime.strptime(second.strip(), pattern).time()
        except ValueError:
            continue
        return datetime.combine(on, at) if on else None
    return None


def is_nir(digits: str) -> bool:
    """Tell whether a 15-character NIR or INS carries its right key: 97 - (number mod 97).

    Corsica's 2A and 2B count as 19 and 18. Source: INSEE; ANS, référentiel INS.
    """
    number = digits[:13].replace("2A", "19").replace("2B", "18")
    if len(digits) != 15 or not number.isdigit() or not digits[13:].isdigit():
        return False
    return 97 - int(number) % 97 == int(digits[13:])


def is_rpps(digits: str) -> bool:
    """Tell whether an RPPS number has 11 digits and a right Luhn key (ISO/IEC 7812-1)."""
    if len(digits) != 11 or not digits.isdigit():
        return False
    values = [int(digit) * (1 + place % 2) for place, digit in enumerate(reversed(digits))]
    return sum(value // 10 + value % 10 for value in values) % 10 == 0


@dataclass(slots=True)
class _Table:
    """The rows of one file with their line numbers, and what was wrong with them."""

    rows: list[tuple[int, dict[str, str]]]
    problems: list[Problem]

    @classmethod
    def read(cls, path: Path, kind: str, *, needed: tuple[str, ...]) -> _Table:
        lines = _lines(path)
        delimiter = max(",;\t", key=lines[0].count)
        fields = _fields(next(csv.reader(lines[:1], delimiter=delimiter)), kind)
        if missing := [name for name in needed if name not in fields]:
            raise BadRegistry(f"{path.name}: no column for {', '.join(missing)}")
        table = cls([], [])
        for number, values in _records(lines, delimiter, len(fields)):
            if values is None:
                table.tell(number, "nombre de colonnes inattendu", "unexpected number of columns")
            else:
                named = zip(fields, values, strict=True)
                table.rows.append((number, {name: value.strip() for name, value in named if name}))
        return table

    def all(self, build: Callable[[int, _Row], _T | None]) -> list[_T]:
        built = (build(line, row) for line, row in self.rows)
        return [value for value in built if value is not None]

    def tell(self, line: int, french: str, english: str) -> None:
        self.problems.append(Problem(line, french, english))

    def day(self, line: int, text: str) -> date | None:
        if text and day(text) is None:
            self.tell(line, "date de naissance illisible, ignorée", "birth date cannot be read, left out")
        return day(text)

    def ins(self, line: int, text: str) -> str | None:
        digits = "".join(sign for sign in text.upper() if sign.isalnum())
        if not digits:
            return None
        if len(digits) == 13 or is_nir(digits):
            return digits
        self.tell(line, "clé du matricule INS fausse, ignoré", "wrong key of the INS number, left out")
        return None


def _lines(path: Path) -> list[str]:
    try:
        data = path.read_bytes()
    except OSError as error:
        raise BadRegistry(f"{path.name}: {error.strerror}") from error
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("cp1252", errors="replace")
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    if not lines[0].strip():
        raise BadRegistry(f"{path.name}: the first line holds no headings")
    return lines


def _records(lines: list[str], delimiter: str, width: int) -> Iterator[tuple[int, list[str] | None]]:
    """Yield (line number, values); None for a row that does not have `width` values.

    A quoted value may run over a few lines; a quote that is never closed spoils its own line alone.
    """
    at = 1
    while at < len(lines):
        if not lines[at].strip():
            at += 1
            continue
        for taken in range(1, _LINES_IN_A_ROW + 1):
            reader = csv.reader(lines[at : at + taken], delimiter=delimiter, strict=True)
            try:
                values = next(reader)
            except csv.Error:
                continue
            if len(values) == width:
                yield at + 1, values
                at += taken
                break
        else:
            yield at + 1, None
            at += 1


@cache
def _headings() -> dict[str, dict[str, list[str]]]:
    with _HEADINGS.open("rb") as stream:
        return tomllib.load(stream)


def _fields(headings: list[str], kind: str) -> list[str]:
    """Return the field each column holds, "" for one that nobody needs or that came before."""
    known = {folded(word): field for field, words in _headings()[kind].items() for word in words}
    fields: list[str] = []
    for heading in headings:
        field = known.get(folded(heading.replace("°", "o ")), "")
        fields.append("" if field in fields else field)
    return fields


def _sex(text: str) -> str | None:
    values = _headings()["values"]
    if text.lower() in values["female"]:
        return "F"
    return "M" if text.lower() in values["male"] else None
