"""Rows of the reconciling screen: one appointment or one visit's papers, in words, with what may be done."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from pipeline.domain.identity import Patient
from pipeline.domain.reconciled import (
    AppointmentRow,
    AppointmentState,
    Basis,
    Hint,
    PaperRow,
    PaperState,
    Sureness,
)
from pipeline.domain.reconciliation import NoPaper, Paper, VisitDecision, Whose, doctor_key
from pipeline.review.clinical import person_name
from pipeline.review.words import Words

CONTRADICTED = (NoPaper.NO_SHOW, NoPaper.CANCELLED)
"""Reasons that a paper which came later speaks against."""


@dataclass(frozen=True, slots=True)
class PageLink:
    """A page to look at: its id and what it is."""

    id: str
    label: str


@dataclass(frozen=True, slots=True)
class HintView:
    """Something that may belong here.

    Attributes:
        pages: what to look at.
        booking: the appointment's key where a click may join them; None = whose it is has to be said first.
        seen: page id -> newest decision shown, for that click.
        patient: whose the pages are, for that click.
    """

    sentence: str
    pages: tuple[PageLink, ...]
    booking: str | None
    seen: Mapping[str, int]
    patient: str


@dataclass(frozen=True, slots=True)
class WordView:
    """What somebody signed: "Rendez-vous annulé", who, when."""

    what: str
    who: str
    when: str


@dataclass(frozen=True, slots=True)
class VisitView:
    """One row.

    Attributes:
        side: "appointment" or "paper".
        state: the row's, as in `pipeline.domain.reconciled`.
        time: of the appointment; "" for a paper.
        born: birth date and the like, to tell people apart.
        chip: (tone, words).
        pages: the row's papers.
        notes: sentences that a person should know, without a click.
        booking: the appointment's key; "" for a paper.
        seen: newest decision shown, by the appointment or by page.
        patient: whose pages they are, "-" = nobody's.
        joined: pages that a person joined to this appointment, with the newest decision about each.
        paired: the same for pages that agree with it by themselves.
        may_sign: a reason may be given here; False for a page that still asks whose it is.
    """

    side: str
    state: str
    time: str
    person: str
    known: bool
    born: str
    chip: tuple[str, str]
    pages: tuple[PageLink, ...]
    notes: tuple[str, ...]
    hints: tuple[HintView, ...]
    word: WordView | None
    booking: str
    seen: Mapping[str, int]
    patient: str
    joined: Mapping[str, int]
    paired: Mapping[str, int]
    may_sign: bool


@dataclass(frozen=True, slots=True)
class Speaker:
    """What rows need to be put into words.

    Attributes:
        people: patients by id, as far as the registry has them.
        users: log-in name -> name on screens.
        seen: page id -> newest decision, of all pages.
    """

    words: Words
    people: Mapping[str, Patient]
    users: Mapping[str, str]
    seen: Mapping[str, int]

    def name(self, patient_id: str) -> str:
        """Return a patient's name, or that the registry has none."""
        found = self.people.get(patient_id)
        return person_name(found) if found else self.words("visits.not_in_registry")

    def born(self, patient_id: str | None) -> str:
        """Return a patient's birth date, "" where it is not known."""
        found = self.people.get(patient_id or "")
        if found is None or found.birth_date is None:
            return ""
        return self.words("visits.born", day=self.words.day(found.birth_date))

    def word(self, word: VisitDecision | None) -> WordView | None:
        """Return what somebody signed, in words."""
        if word is None:
            return None
        what = self.words("visits.joined")
        if word.reason is not None:
            kind = "no_paper" if isinstance(word.reason, NoPaper) else "no_appointment"
            what = word.note or self.words(f"visits.{kind}.{word.reason.value}")
        return WordView(what, self.users.get(word.user, word.user), self.words.moment(word.at))

    def link(self, paper: Paper) -> PageLink:
        """Return a page to look at."""
        key = f"kind.{paper.kind.value}" if paper.kind else "visits.unread_page"
        return PageLink(paper.page_id, self.words(key))


def clock(at: datetime, words: Words) -> str:
    """Return the time of an appointment as people write it."""
    return (
        f"{at.hour}\N{NO-BREAK SPACE}h\N{NO-BREAK SPACE}{at:%M}" if words.language == "fr" else f"{at:%H:%M}"
    )


def long_day(day: date | None, words: Words) -> str:
    """Return "Mercredi 12/11/2025", or the words for no date."""
    if day is None:
        return words("visits.no_day")
    return f"{words(f'weekday.{day.weekday()}').capitalize()} {words.day(day)}"


def appointment_view(row: AppointmentRow, speaker: Speaker) -> VisitView:
    """Build the row of an appointment."""
    words, booking = speaker.words, row.booking
    tone = {"paper": "done", "open": "ask"}.get(row.state.value, "quiet")
    notes = []
    if row.state is AppointmentState.PAPER and row.word is not None:
        key = "contradicted" if row.word.reason in CONTRADICTED else "came_later"
        notes.append(words(f"visits.{key}"))
    if row.papers and booking.cancelled:
        notes.append(words("visits.cancelled_but"))
    bases = {each.basis for each in row.papers}
    if Basis.ONLY_ONE in bases:
        notes.append(words("visits.only_one"))
    joined = [each for each in row.papers if each.basis is Basis.PERSON]
    notes += [
        words("visits.joined_by", who=said.who, when=said.when)
        for said in dict.fromkeys(speaker.word(each.word) for each in joined)
        if said
    ]
    return VisitView(
        side="appointment",
        state=row.state.value,
        time=clock(booking.start, words),
        person=speaker.name(booking.patient_id),
        known=booking.patient_id in speaker.people,
        born=speaker.born(booking.patient_id),
        chip=(tone, words(f"visits.appointment.{row.state.value}")),
        pages=tuple(speaker.link(each.paper) for each in row.papers),
        notes=tuple(notes),
        hints=_paper_hints(row, speaker) if row.state is AppointmentState.OPEN else (),
        word=speaker.word(row.word),
        booking=booking.id,
        seen={booking.id: row.seen},
        patient=booking.patient_id,
        joined={each.paper.page_id: speaker.seen.get(each.paper.page_id, 0) for each in joined},
        paired={
            each.paper.page_id: speaker.seen.get(each.paper.page_id, 0)
            for each in row.papers
            if each.basis is not Basis.PERSON
        },
        may_sign=row.state in (AppointmentState.OPEN, AppointmentState.AHEAD),
    )


def _paper_hints(row: AppointmentRow, speaker: Speaker) -> tuple[HintView, ...]:
    """Return papers that may be this appointment's; the pages of one visit are one hint."""
    visits: defaultdict[tuple[object, ...], list[Hint]] = defaultdict(list)
    for hint in row.hints:
        alone = "" if hint.sureness is Sureness.KNOWN else hint.paper.page_id
        visits[hint.paper.day, doctor_key(hint.paper.doctor), alone].append(hint)
    found = []
    for hints in visits.values():
        first, words = hints[0], speaker.words
        doctor = first.paper.doctor or words("page.not_said")
        key = f"visits.hint_paper_{first.sureness.value}.{first.nearness.value}"
        sentence = words(key, day=words.day(first.paper.day), doctor=doctor)
        found.append(_hint(sentence, first, [hint.paper for hint in hints], speaker))
    return tuple(found)


def paper_view(row: PaperRow, speaker: Speaker) -> VisitView:
    """Build the row of a visit's papers."""
    words, first = speaker.words, row.papers[0]
    tone = "quiet" if row.state is PaperState.WALK_IN else "ask"
    person = {
        Whose.KNOWN: speaker.name(first.patient_id or ""),
        Whose.ASKED: words("queue.who"),
        Whose.ABSENT: words("queue.absent"),
        Whose.UNREAD: words("visits.unread"),
    }[first.whose]
    asked = first.whose is Whose.ASKED
    chip = "whose" if asked else row.state.value
    hints = row.hints if row.state is PaperState.OPEN else ()
    notes = [words("visits.unread_what")] if first.whose is Whose.UNREAD and hints == () else []
    return VisitView(
        side="paper",
        state=row.state.value,
        time="",
        person=person,
        known=first.whose is Whose.KNOWN,
        born=speaker.born(first.patient_id),
        chip=(tone, words(f"visits.paper.{chip}")),
        pages=tuple(speaker.link(paper) for paper in row.papers),
        notes=tuple(notes) if row.state is PaperState.OPEN else (),
        hints=tuple(_booking_hint(hint, row.papers, speaker) for hint in hints[: 2 if asked else 3]),
        word=speaker.word(row.word),
        booking="",
        seen=row.seen,
        patient=first.patient_id or "-",
        joined={},
        paired={},
        may_sign=not asked,
    )


def _booking_hint(hint: Hint, papers: Sequence[Paper], speaker: Speaker) -> HintView:
    words, booking = speaker.words, hint.booking
    sentence = words(
        f"visits.hint_booking.{hint.nearness.value}",
        day=words.day(booking.day),
        time=clock(booking.start, words),
        doctor=booking.doctor,
    )
    if hint.taken:
        sentence = words("visits.taken", hint=sentence)
    if hint.sureness is not Sureness.KNOWN:
        sentence = words(
            f"visits.{hint.sureness.value}", name=speaker.name(booking.patient_id), hint=sentence
        )
    return _hint(sentence, hint, papers, speaker)


def _hint(sentence: str, hint: Hint, papers: Sequence[Paper], speaker: Speaker) -> HintView:
    return HintView(
        sentence=sentence,
        pages=tuple(speaker.link(paper) for paper in papers),
        booking=hint.booking.id if hint.sureness is Sureness.KNOWN else None,
        seen={paper.page_id: speaker.seen.get(paper.page_id, 0) for paper in papers},
        patient=hint.booking.patient_id,
    )
