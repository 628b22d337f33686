"""The verb that lays appointments and papers side by side."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any

import typer

from pipeline.cli.screen import results, say
from pipeline.domain.errors import UsageError, VisitsOpen
from pipeline.domain.identity import Patient
from pipeline.domain.reconciled import AppointmentRow, AppointmentState, Counts, Group, PaperRow, PaperState
from pipeline.domain.reconciliation import doctor_key
from pipeline.review.clinical import person_name
from pipeline.review.reconciliation import laid_side_by_side
from pipeline.review.reconciliation_rows import Speaker, VisitView, appointment_view, paper_view
from pipeline.review.words import LANGUAGES, Words
from pipeline.wiring import House

NOT_READ = "none"


class Language(StrEnum):
    """What the text is written in."""

    FRENCH = "fr"
    ENGLISH = "en"


class Format(StrEnum):
    """How the result is printed."""

    TEXT = "text"
    JSON = "json"


def add_to(app: typer.Typer) -> None:
    """Add this file's verb."""
    app.command("reconcile", epilog='Example: `reprise reconcile --day 2025-11-12 --doctor "Dr MARTIN"`')(
        reconcile_visits
    )


def reconcile_visits(
    day: Annotated[str | None, typer.Option(help='Only this day (2025-11-12), or "none" = not read.')] = None,
    doctor: Annotated[
        str | None, typer.Option(help='Only this doctor, by name or part of it; "none" = not read.')
    ] = None,
    form: Annotated[Format, typer.Option("--format", help="text, or json: one object.")] = Format.TEXT,
    everything: Annotated[bool, typer.Option("--all", help="Show what agrees as well.")] = False,
    language: Annotated[Language, typer.Option(help="Of the text.")] = Language.FRENCH,
) -> None:
    """Say who has an appointment and no paper, and which paper has no appointment. Prints patients' names.

    Exit code 0 where everything asked for is accounted for, 8 where something is open.
    """
    house = House.open()
    facts, found = laid_side_by_side(house)
    groups = [group for group in found.groups if _asked(group, day, doctor)]
    if not facts.bookings:
        say("aucun rendez-vous n'est importé / no appointments have been imported")
    if doctor is not None and not any(_of_doctor(group, doctor) for group in found.groups):
        raise UsageError(f"{doctor} : ce médecin n'a ni rendez-vous ni papier / no such doctor here")
    for key, number in (("pending", facts.pending), ("unopened", facts.unopened)):
        if number:
            say("\n".join(Words(each).count(f"visits.{key}", number) for each in LANGUAGES))
    people = house.store.registry.named(_people(groups))
    users = house.store.people.users()
    counts = sum((group.counts for group in groups), Counts())
    if form is Format.JSON:
        answer = {"counts": _counts(counts), "groups": [_as_json(group, people) for group in groups]}
        typer.echo(json.dumps(answer, ensure_ascii=False))
    else:
        speaker = Speaker(Words(language.value), people, {user.name: user.display_name for user in users}, {})
        for line in _as_text(groups, counts, speaker, everything=everything):
            results.print(line, markup=False, soft_wrap=True)
    if counts.open:
        raise typer.Exit(VisitsOpen.exit_code)


def _asked(group: Group, day: str | None, doctor: str | None) -> bool:
    on = group.day.isoformat() if group.day else NOT_READ
    return (day is None or _iso(day) == on) and (doctor is None or _of_doctor(group, doctor))


def _iso(day: str) -> str:
    """Return a day as the program writes it.

    Raises:
        UsageError: it is none.
    """
    if day == NOT_READ:
        return day
    try:
        return datetime.strptime(day, "%Y-%m-%d").date().isoformat()
    except ValueError as error:
        raise UsageError(f"{day} : un jour s'écrit 2025-11-12 / a day is written 2025-11-12") from error


def _of_doctor(group: Group, doctor: str) -> bool:
    if doctor == NOT_READ:
        return not group.key
    wanted = set(doctor_key(doctor).split("-"))
    return bool(wanted - {""}) and wanted <= set(group.key.split("-"))


def _people(groups: Sequence[Group]) -> Iterator[str]:
    for group in groups:
        for row in group.appointments:
            yield row.booking.patient_id
        for papers in group.papers:
            yield from (paper.patient_id for paper in papers.papers if paper.patient_id)
            yield from (hint.booking.patient_id for hint in papers.hints)


def _as_text(
    groups: Sequence[Group],
    counts: Counts,
    speaker: Speaker,
    *,
    everything: bool,
) -> Iterator[str]:
    """Yield lines for the terminal; what is open has a star in front."""
    words = speaker.words
    for group in groups:
        day = group.day.isoformat() if group.day else words("visits.no_day")
        yield f"{day}  {group.doctor or words('queue.no_doctor')}"
        yield f"  {_sums(group.counts, words)}"
        rows = [appointment_view(row, speaker) for row in group.appointments if everything or _shown(row)]
        rows += [paper_view(row, speaker) for row in group.papers]
        for row in rows:
            yield from _row_text(row)
    yield f"{words('visits.all')}  {_sums(counts, words)}"
    if counts.cancelled:
        yield f"  {words.count('visits.cancelled', counts.cancelled)}"


def _shown(row: AppointmentRow) -> bool:
    return row.state in (AppointmentState.OPEN, AppointmentState.SIGNED)


def _sums(counts: Counts, words: Words) -> str:
    papers = words(
        "visits.papers_say",
        appointment=counts.with_appointment,
        walk_in=counts.walk_ins,
        open=counts.open_documents,
    )
    booked = words(
        "visits.appointments_say",
        paper=counts.with_paper,
        signed=counts.signed,
        open=counts.open_appointments,
    )
    return (
        f"{words('visits.appointments')} {counts.appointments} : {booked} ; "
        f"{words('visits.papers')} {counts.documents} : {papers}"
    )


def _row_text(row: VisitView) -> Iterator[str]:
    star = "*" if row.state == AppointmentState.OPEN.value else " "
    said = f", {row.word.what} ({row.word.who}, {row.word.when})" if row.word else ""
    pages = f" [{', '.join(page.id for page in row.pages)}]" if row.pages else ""
    born = f" {row.born}" if row.born else ""
    yield f"  {star} {row.time:>7} {row.person}{born} : {row.chip[1]}{said}{pages}"
    for sentence in (*row.notes, *(hint.sentence for hint in row.hints)):
        yield f"              {sentence}"


def _counts(counts: Counts) -> dict[str, int]:
    return {
        "appointments": counts.appointments,
        "with_paper": counts.with_paper,
        "signed": counts.signed,
        "open_appointments": counts.open_appointments,
        "ahead": counts.ahead,
        "cancelled": counts.cancelled,
        "documents": counts.documents,
        "with_appointment": counts.with_appointment,
        "walk_ins": counts.walk_ins,
        "open_documents": counts.open_documents,
    }


def _as_json(group: Group, people: dict[str, Patient]) -> dict[str, Any]:
    return {
        "day": group.day.isoformat() if group.day else None,
        "doctor": group.doctor,
        "counts": _counts(group.counts),
        "appointments": [_appointment_json(row, people) for row in group.appointments],
        "papers": [_paper_json(row, people) for row in group.papers],
    }


def _name(patient_id: str | None, people: dict[str, Patient]) -> str | None:
    found = people.get(patient_id or "")
    return person_name(found) if found else None


def _appointment_json(row: AppointmentRow, people: dict[str, Patient]) -> dict[str, Any]:
    return {
        "start": row.booking.start.isoformat(timespec="minutes"),
        "patient_id": row.booking.patient_id,
        "name": _name(row.booking.patient_id, people),
        "state": row.state.value,
        "pages": [each.paper.page_id for each in row.papers],
        "signed": _word_json(row),
        "perhaps": [
            {"page": hint.paper.page_id, "nearness": hint.nearness.value, "whose": hint.sureness.value}
            for hint in row.hints
        ],
    }


def _paper_json(row: PaperRow, people: dict[str, Patient]) -> dict[str, Any]:
    first = row.papers[0]
    return {
        "pages": [paper.page_id for paper in row.papers],
        "whose": first.whose.value,
        "patient_id": first.patient_id,
        "name": _name(first.patient_id, people),
        "state": row.state.value,
        "signed": _word_json(row),
        "perhaps": [
            {
                "patient_id": hint.booking.patient_id,
                "start": hint.booking.start.isoformat(timespec="minutes"),
                "doctor": hint.booking.doctor,
                "nearness": hint.nearness.value,
                "whose": hint.sureness.value,
            }
            for hint in (row.hints if row.state is PaperState.OPEN else ())
        ],
    }


def _word_json(row: AppointmentRow | PaperRow) -> dict[str, Any] | None:
    word = row.word
    if word is None:
        return None
    reason = word.reason.value if word.reason else None
    return {"reason": reason, "note": word.note, "by": word.user, "at": word.at.isoformat()}
