"""Rows of a registry -> patients, each value checked; what cannot be used is told and loses nothing else.

A row that holds no key or no name becomes a Problem; so does a value that cannot be used, which is then
None. A Problem never quotes what stands in the file.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

from pipeline.domain.identifiers import Contradiction, compact, contradictions, is_ins, is_nir, oid
from pipeline.domain.identity import Patient
from pipeline.domain.registry import PATIENT_FIELDS, PatientFile, Problem, Row
from pipeline.matching.patient_names import key
from pipeline.matching.registry_alike import alike
from pipeline.matching.registry_values import (
    day,
    is_commune,
    is_open_sex,
    is_partial_day,
    sex,
    street_and_town,
    town,
)

_OLDEST = 1875
_CONTRADICTED = {
    Contradiction.SEX: ("le sexe", "sex"),
    Contradiction.YEAR: ("l'année de naissance", "birth year"),
    Contradiction.MONTH: ("le mois de naissance", "birth month"),
    Contradiction.PLACE: ("le département de naissance", "department of birth"),
}


def read_people(
    rows: Iterable[tuple[int, Row]],
    *,
    today: date | None = None,
    problems: Iterable[Problem] = (),
    left_out: Sequence[str] = (),
    step: Callable[[], None] | None = None,
) -> PatientFile:
    """Build the patients of a file; of two rows with one key the first stays.

    Args:
        rows: line number and what it says, by field.
        today: birth dates after it are impossible; None = not checked.
        problems: what was wrong before, to be told with the rest.
        left_out: what nobody reads, to be told.
        step: called once a row.
    """
    reading = _Reading(today, list(problems))
    for line, row in rows:
        reading.take(line, row)
        if step:
            step()
    patients = tuple(patient for patient, _ in reading.patients.values())
    return PatientFile(
        patients=patients,
        problems=tuple(sorted(reading.problems, key=lambda problem: problem.line)),
        said=frozenset(name for name in PATIENT_FIELDS if any(getattr(one, name) for one in patients)),
        unusable=reading.unusable,
        alike=alike(patients),
        left_out=tuple(left_out),
    )


@dataclass(slots=True)
class _Reading:
    """One file while it is read."""

    today: date | None
    problems: list[Problem]
    patients: dict[str, tuple[Patient, int]] = field(default_factory=dict)
    unusable: dict[str, frozenset[str]] = field(default_factory=dict)

    def take(self, line: int, row: Row) -> None:
        whose = row.get("patient_id", "")
        if not whose or not (row.get("family_name") or row.get("birth_name")):
            self._tell(line, "identifiant ou nom manquant", "identifier or name missing")
            return
        reader = _Row(line, row, self.today)
        patient = reader.patient(whose)
        if whose in self.patients:
            self._tell_repeated(line, patient, *self.patients[whose])
            return
        self.patients[whose] = (patient, line)
        if reader.problems:
            self.problems += reader.problems
            if reader.unusable:
                self.unusable[whose] = frozenset(reader.unusable)

    def _tell_repeated(self, line: int, patient: Patient, first: Patient, first_line: int) -> None:
        if patient == first:
            self._tell(
                line, f"répète la ligne {first_line}, à l'identique", f"repeats line {first_line} exactly"
            )
            return
        self._tell(
            line,
            f"identifiant déjà vu ligne {first_line} avec un autre contenu : la première est gardée",
            f"identifier seen on line {first_line} with other content: only the first is kept",
        )

    def _tell(self, line: int, french: str, english: str) -> None:
        self.problems.append(Problem(line, french, english))


@dataclass(slots=True)
class _Row:
    """One row while it becomes a patient."""

    line: int
    row: Row
    today: date | None
    problems: list[Problem] = field(default_factory=list)
    unusable: set[str] = field(default_factory=set)

    def patient(self, patient_id: str) -> Patient:
        get = self.row.get
        birth_name = get("birth_name") or None
        given, used = self._given()
        sexed, born = self._sex(), self._birth_date()
        address, postal_code, city = self._place()
        commune, birth_place = self._birth_place()
        phone, mobile = get("phone") or get("mobile"), get("mobile")
        return Patient(
            patient_id=patient_id,
            family_name=get("family_name") or birth_name or "",
            birth_name=birth_name,
            given_names=given,
            sex=sexed,
            birth_date=born,
            birth_place_insee=commune,
            ins=(ins := self._ins(sexed, born, commune)),
            phone=phone or None,
            address=address,
            city=city,
            treating_doctor=get("treating_doctor") or None,
            postal_code=postal_code,
            birth_place=birth_place,
            used_given_name=used,
            ins_oid=self._ins_oid() if ins else None,
            mobile=mobile if mobile and mobile != phone else None,
        )

    def _tell(self, french: str, english: str, *unusable: str) -> None:
        self.problems.append(Problem(self.line, french, english))
        self.unusable.update(unusable)

    def _given(self) -> tuple[str, str | None]:
        """Return all given names, first one first, and the one used every day where it is another."""
        get = self.row.get
        names, used = get("given_names", ""), get("used_given_name") or None
        first, later = get("first_given_name", ""), get("later_given_names", "")
        if first and not key(names).startswith(key(first)):
            names = f"{first} {names}".strip()
        if later and key(later) not in key(names):
            names = f"{names} {later}".strip()
        names = " ".join(names.replace(",", " ").split()) or used or ""
        is_first = used is not None and key(names.split()[0] if names else "") == key(used)
        return names, None if is_first or used == names else used

    def _sex(self) -> str | None:
        text, title = self.row.get("sex", ""), self.row.get("title", "")
        found = sex(text) if text else None
        if text and found is None and not is_open_sex(text):
            self._tell("sexe non reconnu, ignoré", "sex not understood, left out", "sex")
        return found or (sex(title) if title else None)

    def _birth_date(self) -> date | None:
        text = self.row.get("birth_date", "")
        if not text:
            return None
        found = day(text)
        if found is None:
            if is_partial_day(text):
                self._tell(
                    "date de naissance incomplète, ignorée", "birth date incomplete, left out", "birth_date"
                )
            else:
                self._tell(
                    "date de naissance illisible, ignorée",
                    "birth date cannot be read, left out",
                    "birth_date",
                )
        elif found.year < _OLDEST or (self.today is not None and found > self.today):
            self._tell(
                "date de naissance impossible, ignorée", "impossible birth date, left out", "birth_date"
            )
            return None
        return found

    def _place(self) -> tuple[str | None, str | None, str | None]:
        """Return street, postal code and town: a town's cell may hold both, an address all three."""
        get = self.row.get
        address, code = get("address", ""), get("postal_code", "")
        within, city = town(get("city", ""))
        if address and not code and not city:
            address, within, found = street_and_town(address)
            city = found or ""
        if more := get("address_more", ""):
            address = f"{address}, {more}" if address else more
        if code.replace(" ", "").isdecimal():
            code = code.replace(" ", "")
        if code.isdecimal() and len(code) == 4:
            code = f"0{code}"  # a spreadsheet took the nought of 01000 away
        return address or None, code or within, city or None

    def _birth_place(self) -> tuple[str | None, str | None]:
        """Return INSEE code and name: a code in the name's column counts where the INS says the same.

        A postal code looks like one, so nothing else would be sure.
        """
        get = self.row.get
        commune, place = get("birth_place_insee", ""), get("birth_place", "")
        if not commune and is_commune(place):
            number = compact(get("ins", "") or get("nir", ""))
            if number[5:10] == place.upper():
                return place.upper(), None
        return commune or None, place or None

    def _ins(self, sexed: str | None, born: date | None, commune: str | None) -> str | None:
        digits = compact(self.row.get("ins") or self.row.get("nir", ""))
        if not digits:
            return None
        added = compact(self.row.get("ins_key", ""))
        if len(digits) == 13 and added:
            digits += added.zfill(2)
        if not is_ins(digits):
            wrong_key = len(digits) == 15 and not is_nir(digits)
            self._tell(
                "clé du matricule INS fausse, ignoré" if wrong_key else "matricule INS malformé, ignoré",
                "wrong key of the INS number, left out" if wrong_key else "malformed INS number, left out",
                "ins",
                "ins_oid",
            )
            return None
        found = contradictions(digits, sex=sexed, birth_date=born, birth_place_insee=commune)
        return digits if not found else self._contradicted(digits, found)

    def _contradicted(self, digits: str, found: tuple[Contradiction, ...]) -> str | None:
        """Keep a number that the row contradicts in one point; leave out one that it contradicts in two.

        One point is a slip of the pen, or a change of civil status: the number is still likelier to be this
        person's. Two are somebody else's number: a child's row often holds that of the insured parent.
        """
        french = ", ".join(_CONTRADICTED[one][0] for one in found)
        english = ", ".join(_CONTRADICTED[one][1] for one in found)
        if len(found) == 1:
            self._tell(
                f"le matricule INS contredit {french} ; gardé, à vérifier",
                f"the INS number contradicts {english}; kept, please check",
            )
            return digits
        self._tell(
            f"le matricule INS contredit {french} : sans doute celui d'un parent, ignoré",
            f"the INS number contradicts {english}: probably a parent's, left out",
            "ins",
            "ins_oid",
        )
        return None

    def _ins_oid(self) -> str | None:
        text = self.row.get("ins_oid", "")
        found = oid(text)
        if text and found is None:
            self._tell("OID de l'INS illisible, ignoré", "OID of the INS cannot be read, left out", "ins_oid")
        return found
