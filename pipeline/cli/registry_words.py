"""What an import says at the terminal: counts, fields, lines and keys; never what stands in the file."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, tzinfo
from enum import Enum
from typing import TYPE_CHECKING

import typer

from pipeline.cli.screen import say
from pipeline.domain.identity import Patient
from pipeline.domain.registry import (
    PATIENT_FIELDS,
    FormerIdentity,
    ImportReport,
    PastImport,
    PatientFile,
    Problem,
    changed_fields,
)

if TYPE_CHECKING:
    from pipeline.matching.registry_headings import Columns

SHOWN_LINES = 12
"""Lines named for one kind of problem; of more, the first."""

WANTED = ("given_names", "birth_date")
"""Fields without which a registry is of little use, though it can be imported."""

NOTHING = "(rien / nothing)"
KIND_WORDS = {
    "patients": "patients",
    "doctors": "médecins / doctors",
    "appointments": "rendez-vous / appointments",
    "records": "dossiers / records",
}


class NumberedBy(Enum):
    """What the number of a problem counts."""

    LINE = "ligne / line"
    ENTRY = "entrée / entry"


def say_report(name: str, kind: str, report: ImportReport, columns: Columns | None = None) -> None:
    """Say how many are new, changed and as before, and which columns nobody read."""
    say(
        f"{name} : {KIND_WORDS[kind]} : nouveaux / new {report.added}, modifiés / changed {report.updated}, "
        f"inchangés / unchanged {report.unchanged}"
    )
    if report.cancelled:
        say(f"  dont annulés à l'agenda / of them cancelled in the agenda : {report.cancelled}")
    if not report.added + report.updated + report.unchanged:
        say("  rien d'utilisable dans ce fichier / nothing in this file can be used")
    if columns:
        _say_columns(columns.left_out, columns.learned)


def say_people(name: str, people: PatientFile, report: ImportReport, *, show: bool) -> None:
    """Say what an import of patients changed, field by field, and who is missing or may be there twice.

    Args:
        name: the file's.
        people: what it held.
        report: what changed.
        show: list the keys on standard output as well.
    """
    say_report(name, "patients", report)
    if counted := Counter(one for change in report.changes for one in change.fields):
        parts = [f"{both(one)} {counted[one]}" for one in PATIENT_FIELDS if counted[one]]
        say(f"  modifié / changed : {' ; '.join(parts)}")
    lacking = [both(one) for one in WANTED if one not in people.said]
    if lacking and people.patients:
        say(
            f"  rien dans ce fichier pour / nothing in this file for : {' ; '.join(lacking)} "
            "(--map ? ; sans cela presque aucune page ne trouve son patient "
            "/ without it hardly any page finds its patient)"
        )
    if report.missing and people.patients:
        say(
            "  absents de ce fichier, gardés au registre / not in this file, kept in the registry : "
            f"{len(report.missing)}"
        )
    if people.alike:
        say(
            "  doublons possibles, tous gardés / possible duplicates, all kept : "
            f"{len(people.alike)}{'' if show else ' (--show)'}"
        )
    if report.alike:
        say(
            "  nouveaux numéros de personnes sans doute déjà connues / new keys of people probably known : "
            f"{len(report.alike)}{'' if show else ' (--show)'}"
        )
    _say_columns(people.left_out, people.learned)
    if show:
        for line in _keys(people, report):
            typer.echo(line)


def say_problems(problems: Iterable[Problem], by: NumberedBy, *, everything: bool) -> None:
    """Say what is malformed, one kind a line, with the numbers of the lines."""
    lines: dict[tuple[str, str], list[int]] = defaultdict(list)
    for problem in problems:
        lines[problem.message, problem.message_en].append(problem.line)
    for (french, english), numbers in lines.items():
        shown = numbers if everything else numbers[:SHOWN_LINES]
        more = f" ... ({len(numbers)})" if len(numbers) > len(shown) else ""
        say(f"  {by.value} {', '.join(map(str, shown))}{more} : {french} / {english}")


def heading_lines(taught: Mapping[str, Mapping[str, tuple[str, str]]]) -> Iterator[str]:
    """Yield what is known of headings: each field with its words, then what people taught."""
    from pipeline.matching.registry_headings import KINDS, known_headings

    for kind in KINDS:
        yield f"{KIND_WORDS[kind]} (--as {kind})"
        for name, words in known_headings(kind).items():
            yield f"  {name} = {both(name, kind)} : {', '.join(words)}"
        for heading, name in taught.get(kind, {}).values():
            yield f"  retenu / remembered : « {heading} » = {name}"


def import_lines(imports: Iterable[PastImport], *, zone: tzinfo) -> Iterator[str]:
    """Yield the imports of patients so far, oldest first."""
    for one in imports:
        at = one.at.astimezone(zone).strftime("%d/%m/%Y %H:%M")
        yield (
            f"{at} {one.file_name} : nouveaux / new {one.added}, modifiés / changed {one.updated}, "
            f"inchangés / unchanged {one.unchanged}, absents / missing {one.missing}"
        )


def identity_lines(patient: Patient) -> Iterator[str]:
    """Yield who somebody is now, a field a line."""
    yield f"{patient.patient_id} : identité actuelle / current identity"
    for name in PATIENT_FIELDS:
        if (value := getattr(patient, name)) not in (None, ""):
            yield f"  {both(name)} : {_shown(value)}"


def former_lines(patient: Patient, former: Sequence[FormerIdentity], *, zone: tzinfo) -> Iterator[str]:
    """Yield what each import changed, newest first: before -> after."""
    after = patient
    for one in reversed(former):
        at = one.until.astimezone(zone).strftime("%d/%m/%Y %H:%M")
        yield f"{at} {one.file_name}".rstrip() + " :"
        for name in changed_fields(one.patient, after):
            before, now = (_shown(getattr(state, name)) for state in (one.patient, after))
            yield f"  {both(name)} : {before} -> {now}"
        after = one.patient
    if not former:
        yield "aucun changement depuis le premier import / no change since the first import"


def _shown(value: str | date | None) -> str:
    return value.strftime("%d/%m/%Y") if isinstance(value, date) else value or NOTHING


def both(name: str, kind: str = "patients") -> str:
    """Return what people call a field, in both languages."""
    from pipeline.matching.registry_headings import label

    french, english = label(kind, name), label(kind, name, english=True)
    return french if french == english else f"{french} / {english}"


def _say_columns(left_out: Sequence[str], learned: Mapping[str, str]) -> None:
    if learned:
        known = ", ".join(f"« {heading} » = {name}" for heading, name in learned.items())
        say(f"  titres retenus / remembered headings : {known}")
    if left_out:
        shown = ", ".join(f"« {heading} »" for heading in left_out)
        say(f"  laissé de côté / left aside : {shown}")


def _keys(people: PatientFile, report: ImportReport) -> Iterator[str]:
    yield from (f"nouveau / new {key}" for key in report.new)
    for change in report.changes:
        yield f"modifié / changed {change.patient_id} : {', '.join(both(one) for one in change.fields)}"
    yield from (f"absent / missing {key}" for key in report.missing)
    yield from (f"doublon possible / possible duplicate {' '.join(keys)}" for keys in people.alike)
    yield from (f"doublon possible / possible duplicate {' '.join(keys)}" for keys in report.alike)
