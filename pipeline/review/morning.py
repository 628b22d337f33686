"""The morning page: what waits for whom, in which order, and how far the reading is."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from pipeline.domain.errors import Failure
from pipeline.domain.identity import Doctor, MatchAnswer, Patient
from pipeline.domain.paper import Batch, Page, PageKind
from pipeline.domain.people import User
from pipeline.domain.review import Role, Severity
from pipeline.review.clinical import person_name
from pipeline.review.words import Words

if TYPE_CHECKING:
    from pipeline.storage.queue import QueueRow

VIEWS = ("lines", "identity", "failures", "aside", "done", "all")
ROWS = 100
"""Rows on one screen."""
SEVERITIES = {Severity.HIGH: 0, Severity.MEDIUM: 1, Severity.LOW: 2}


@dataclass(frozen=True, slots=True)
class RowView:
    """A page in the queue.

    Attributes:
        patient: name of the patient settled on, or the words for the question.
        badges: (tone, words): what waits, most pressing first.
        progress: "2/3" lines decided; "" = it has none.
    """

    page_id: str
    patient: str
    known: bool
    kind: str
    written_on: str
    prescriber: str
    file: str
    waiting: str
    badges: tuple[tuple[str, str], ...]
    progress: str
    duplicate_of: str | None


@dataclass(frozen=True, slots=True)
class FailureView:
    """A file or page that failed, with what to do.

    Attributes:
        page_id: the page to look at; None = the whole file failed.
        sha256: the file to open; None = there are no bytes.
    """

    name: str
    sentence: str
    page_id: str | None
    sha256: str | None
    page_number: int | None


@dataclass(frozen=True, slots=True)
class TabView:
    """A part of the queue: its address, name and how much is in it."""

    key: str
    label: str
    number: int
    current: bool


@dataclass(frozen=True, slots=True)
class DoctorView:
    """What waits for one doctor. `key` is the RPPS number, "-" for pages without a known one."""

    key: str
    name: str
    pages: int
    open: int
    urgent: int
    current: bool


@dataclass(frozen=True, slots=True)
class ProgressView:
    """How far a batch is read: `read` of `pages`; `declared` sheets as the sender said."""

    label: str
    pages: int
    read: int
    failed: int
    sheets: str | None

    @property
    def running(self) -> bool:
        """Whether pages still wait to be read."""
        return self.read + self.failed < self.pages


def default_view(user: User) -> str:
    """Return the part of the queue that a user sees first."""
    return "lines" if user.role is Role.DOCTOR else "identity"


def part_of(row: QueueRow) -> set[str]:
    """Return the parts of the queue that a page is in."""
    parts = {"all"}
    if row.duplicate_of or row.kind is PageKind.BLANK:
        return parts | {"aside"}
    # A fax cover or the like names nobody and proposes nothing: there is nothing to ask.
    nobody = row.kind is PageKind.OTHER and row.answer is MatchAnswer.NONE and not row.open
    asks = not row.settled and row.answer is not MatchAnswer.MATCH and not nobody
    if asks:
        parts.add("identity")
    if row.open:
        parts.add("lines")
    elif row.accepted + row.amended + row.rejected and not asks:
        parts.add("done")
    elif not asks:
        parts.add("aside")
    return parts


def in_order(rows: Sequence[QueueRow]) -> list[QueueRow]:
    """Urgent first, then oldest first, then as scanned."""

    def pressing(row: QueueRow) -> tuple[int, datetime, str, int]:
        worst = SEVERITIES.get(row.worst, 3) if row.worst and row.open else 3
        return (0 if worst == 0 else 1, row.received_at, row.scan_name, row.number)

    return sorted(rows, key=pressing)


def tabs(rows: Sequence[QueueRow], failures: int, *, current: str, words: Words) -> tuple[TabView, ...]:
    """Return the parts of the queue with how much is in each."""
    numbers = {view: sum(view in part_of(row) for row in rows) for view in VIEWS}
    numbers["failures"] = failures
    return tuple(TabView(view, words(f"queue.{view}"), numbers[view], view == current) for view in VIEWS)


def by_doctor(
    rows: Sequence[QueueRow], doctors: Sequence[Doctor], *, current: str | None, words: Words
) -> tuple[DoctorView, ...]:
    """Return what waits for whom, most first; the last row is for nobody known."""
    waiting = [row for row in rows if "lines" in part_of(row)]
    names = {doctor.name for doctor in doctors}
    groups = [
        (doctor.rpps, doctor.name, [r for r in waiting if r.prescriber == doctor.name]) for doctor in doctors
    ]
    groups.sort(key=lambda group: -sum(row.open for row in group[2]))
    others = [row for row in waiting if row.prescriber not in names]
    if others:
        groups.append(("-", words("queue.no_doctor"), others))
    return tuple(
        DoctorView(
            key=key,
            name=name,
            pages=len(found),
            open=sum(row.open for row in found),
            urgent=sum(row.worst is Severity.HIGH for row in found),
            current=key == current,
        )
        for key, name, found in groups
    )


def of_doctor(rows: Sequence[QueueRow], key: str, doctors: Sequence[Doctor]) -> list[QueueRow]:
    """Return the rows of the doctor with this RPPS number; "-" = of nobody known."""
    names = {doctor.name for doctor in doctors}
    if key == "-":
        return [row for row in rows if row.prescriber not in names]
    wanted = {doctor.name for doctor in doctors if doctor.rpps == key}
    return [row for row in rows if row.prescriber in wanted]


def row_view(
    row: QueueRow, *, words: Words, patient: Callable[[str], Patient | None], now: datetime
) -> RowView:
    """Build one row."""
    found = patient(row.patient_id) if row.patient_id else None
    decided = row.accepted + row.amended + row.rejected
    return RowView(
        page_id=row.page_id,
        patient=person_name(found) if found else words(_unknown(row)),
        known=found is not None,
        kind=words(f"kind.{row.kind.value}"),
        written_on=words.day(row.written_on),
        prescriber=row.prescriber or words("page.not_said"),
        file=f"{row.scan_name} · {row.number}/{row.pages}",
        waiting=age(now - row.received_at, words),
        badges=_badges(row, words),
        progress=f"{decided}/{decided + row.open}" if decided + row.open else "",
        duplicate_of=row.duplicate_of,
    )


def _unknown(row: QueueRow) -> str:
    if row.duplicate_of:
        return "queue.is_duplicate"
    if row.kind is PageKind.BLANK:
        return "queue.is_blank"
    return "queue.absent" if row.settled else "queue.who"


def _badges(row: QueueRow, words: Words) -> tuple[tuple[str, str], ...]:
    found: list[tuple[str, str]] = []
    parts = part_of(row)
    if row.open and row.worst is Severity.HIGH:
        found.append(("high", words("queue.urgent")))
    if row.duplicate_of:
        found.append(("quiet", words("queue.duplicate")))
    elif row.kind is PageKind.BLANK:
        found.append(("quiet", words("kind.blank")))
    if "identity" in parts:
        found.append(("ask", words("queue.ask")))
    if row.open:
        found.append(("open", words.count("queue.n_lines", row.open)))
    elif "done" in parts:
        found.append(("done", words("queue.decided")))
    elif parts == {"all", "aside"} and not found:
        found.append(("quiet", words("queue.no_lines")))
    return tuple(found)


def age(waited: timedelta, words: Words) -> str:
    """Return how long something has waited, in the largest unit that fits."""
    minutes = max(0, int(waited.total_seconds() // 60))
    if minutes < 60:
        return words("age.minutes", n=minutes)
    if minutes < 48 * 60:
        return words("age.hours", n=minutes // 60)
    return words("age.days", n=minutes // (24 * 60))


def failure_view(failure: Failure, words: Words) -> FailureView:
    """Build one failure."""
    sha256, number = failure.scan_sha256, failure.page_number
    return FailureView(
        name=failure.name,
        sentence=failure.message if words.language == "fr" else failure.message_en,
        # A page that intake could not even measure is not there to be looked at: its file is.
        page_id=Page.id_of(sha256, number) if sha256 and number and failure.stage != "intake" else None,
        sha256=sha256,
        page_number=number,
    )


def progress_view(
    batch: Batch, *, sender: str, pages: int, pending: int, failed: int, words: Words
) -> ProgressView:
    """Build one batch's progress.

    Args:
        batch: which.
        sender: as people know the sender.
        pages: pages that it brought.
        pending: of those, not read yet.
        failed: of those, that could not be read.
        words: in which language.
    """
    declared = batch.declared_sheets
    return ProgressView(
        label=words("queue.batch", sender=sender, when=words.moment(batch.received_at)),
        pages=pages,
        read=max(0, pages - pending - failed),
        failed=failed,
        sheets=words.count("queue.declared", declared) if declared is not None else None,
    )


def report_lines(counts: Mapping[str, int], words: Words) -> tuple[tuple[str, int], ...]:
    """Return the night's report, (words, number), in the order that matters; unknown counts are left out."""
    order = ("night_read", "night_failed", "ask", "open", "failures", "duplicates", "blank", "exported")
    return tuple((words(f"report.{key}"), counts[key]) for key in order if key in counts)
