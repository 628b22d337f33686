"""Appointments beside papers, in a real database: what counts as paper, and what people sign."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, datetime
from threading import Barrier

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from storage_samples import DOCTOR, NOW, deliver, identity, outcome, read, told

from pipeline.domain.errors import Conflict, Failure
from pipeline.domain.identity import Appointment, Doctor, MatchAnswer, PatientCandidate, PatientMatch
from pipeline.domain.paper import PageKind
from pipeline.domain.reconciliation import Booking, NoAppointment, NoPaper, Paper, VisitDecision, Whose
from pipeline.domain.review import Role
from pipeline.storage.store import Store

START = datetime(2025, 11, 12, 9, 15)


def booked(store: Store, patient: str = "P1") -> Booking:
    """Import an appointment and return it as the facts have it."""
    store.registry.import_appointments([Appointment(patient, DOCTOR, START, "Suivi")])
    return next(each for each in store.visits.facts().bookings if each.patient_id == patient)


def word(
    about: Booking | None = None, page: str | None = None, *, patient: str | None = None, undo: bool = False
) -> VisitDecision:
    reason = None
    if not undo:
        reason = {(True, False): NoPaper.NO_SHOW, (False, True): NoAppointment.WALK_IN}.get(
            (about is not None, page is not None)
        )
    key = about.id if about else None
    return VisitDecision(0, key, page, reason, "accueil", Role.SECRETARY, NOW, None, patient, undo)


def page_seen(page: str, last: int = 0) -> dict[tuple[str, str], int]:
    return {("page", page): last}


def test_the_agendas_key_says_all_that_is_needed(store: Store) -> None:
    about = booked(store)
    assert (about.patient_id, about.doctor, about.start, about.day) == (
        "P1",
        DOCTOR,
        START,
        date(2025, 11, 12),
    )


def test_the_practices_doctors_are_named(store: Store) -> None:
    store.registry.import_doctors([Doctor(DOCTOR, "10990000012")])
    assert store.visits.facts().doctors == (DOCTOR,)


def test_a_read_page_is_a_paper_with_day_doctor_and_patient(store: Store) -> None:
    page = read(store).page
    (found,) = store.visits.facts().papers
    assert found == Paper(
        page.id, found.place, PageKind.PRESCRIPTION, date(2025, 11, 12), DOCTOR, Whose.KNOWN, "P1"
    )


def test_blank_sides_and_copies_are_no_papers_and_a_page_told_apart_is_one_again(store: Store) -> None:
    first, blank, copy = deliver(store, pages=3)
    store.papers.save_outcome(outcome(first), now=NOW)
    store.papers.save_outcome(outcome(blank, blank=True, patient=None), now=NOW)
    store.papers.save_outcome(outcome(copy, items=0, duplicate_of=first.id), now=NOW)
    assert [paper.page_id for paper in store.visits.facts().papers] == [first.id]
    store.sheets.decide(told(copy.id, first.id), proposals=[], seen=0)
    assert {paper.page_id for paper in store.visits.facts().papers} == {first.id, copy.id}


def test_a_page_that_asks_names_the_likeliest_and_belongs_to_nobody_until_somebody_says(store: Store) -> None:
    (page,) = deliver(store)
    made = outcome(page, answer=MatchAnswer.ASK, items=0)
    sure = PatientMatch(MatchAnswer.ASK, (PatientCandidate("P7", 0.95, ("names.exact",)),))
    store.papers.save_outcome(replace(made, match=sure), now=NOW)

    def now() -> tuple[Whose, str | None, tuple[str, ...], bool]:
        (paper,) = store.visits.facts().papers
        return paper.whose, paper.patient_id, paper.likely, paper.supposed

    assert now() == (Whose.ASKED, None, ("P7",), True)
    said = store.review.decide_identity(identity(page.id, "P2"), proposals=(), seen=0)
    assert now() == (Whose.KNOWN, "P2", (), False)
    said = store.review.decide_identity(identity(page.id, None), proposals=(), seen=said.id)
    assert now() == (Whose.ABSENT, None, (), False)


def test_pages_that_failed_are_papers_and_pages_that_wait_are_counted(store: Store) -> None:
    failed, _waiting = deliver(store, pages=2)
    store.papers.add_failure(
        Failure("reading", "bad_scan", "Illisible.", "Unreadable.", "lot.pdf", "b1", failed.scan_sha256, 1)
    )
    store.papers.add_failure(
        Failure("intake", "bad_scan", "Illisible.", "Unreadable.", "autre.pdf", "b1", failed.scan_sha256)
    )
    facts = store.visits.facts()
    assert [(paper.page_id, paper.whose, paper.kind) for paper in facts.papers] == [
        (failed.id, Whose.UNREAD, None)
    ]
    assert (facts.pending, facts.unopened) == (1, 1)
    mark = store.visits.decide([word(page=failed.id)], seen=page_seen(failed.id))
    assert store.visits.facts().decisions == tuple(mark)


def test_a_reason_is_signed_taken_back_and_never_forgotten(store: Store) -> None:
    about = booked(store)
    seen = {("appointment", about.id): 0}
    (signed,) = store.visits.decide([word(about)], seen=seen)
    assert (signed.id > 0, signed.reason, signed.user, signed.at) == (True, NoPaper.NO_SHOW, "accueil", NOW)
    with pytest.raises(Conflict, match="meanwhile"):
        store.visits.decide([word(about)], seen=seen)
    (back,) = store.visits.decide([word(about, undo=True)], seen={("appointment", about.id): signed.id})
    with pytest.raises(Conflict, match="nothing"):
        store.visits.decide([word(about, undo=True)], seen={("appointment", about.id): back.id})
    assert store.visits.facts().decisions == (signed, back)


def test_all_pages_of_a_visit_are_signed_or_none(store: Store) -> None:
    one, two = deliver(store, pages=2)
    for page in (one, two):
        store.papers.save_outcome(outcome(page), now=NOW)
    words = [word(page=page.id, patient="P1") for page in (one, two)]
    with pytest.raises(Conflict):
        store.visits.decide(words, seen=page_seen(one.id) | page_seen(two.id, 7))
    assert store.visits.facts().decisions == ()
    assert len(store.visits.decide(words, seen=page_seen(one.id) | page_seen(two.id))) == 2


def test_a_word_about_a_page_that_is_somebody_elses_by_now_is_refused(store: Store) -> None:
    page = read(store, items=0).page
    store.review.decide_identity(identity(page.id, "P2"), proposals=(), seen=0)
    with pytest.raises(Conflict, match="somebody else"):
        store.visits.decide([word(page=page.id, patient="P1")], seen=page_seen(page.id))


def test_a_paper_is_not_given_to_somebody_elses_appointment(store: Store) -> None:
    page = read(store, items=0).page
    mine, theirs = booked(store), booked(store, "P2")
    with pytest.raises(Conflict, match="somebody else"):
        store.visits.decide([word(theirs, page.id, patient="P1")], seen=page_seen(page.id))
    (given,) = store.visits.decide([word(mine, page.id, patient="P1")], seen=page_seen(page.id))
    assert (given.appointment_id, given.page_id, given.reason) == (mine.id, page.id, None)
    (back,) = store.visits.decide(
        [word(page=page.id, patient="P1", undo=True)], seen=page_seen(page.id, given.id)
    )
    assert store.visits.facts().decisions == (given, back)


def test_what_is_not_there_cannot_be_signed(store: Store) -> None:
    about = booked(store)
    with pytest.raises(KeyError):
        gone = replace(about, id='[["P9","x","2025-11-12T09:00:00"]]')
        store.visits.decide([word(gone)], seen={("appointment", gone.id): 0})
    with pytest.raises(KeyError):
        store.visits.decide([word(page="nowhere")], seen=page_seen("nowhere"))


@pytest.mark.parametrize("change", ["UPDATE visit_decisions SET note = 'x'", "DELETE FROM visit_decisions"])
def test_the_database_itself_refuses_to_forget(store: Store, change: str) -> None:
    about = booked(store)
    store.visits.decide([word(about)], seen={("appointment", about.id): 0})
    with pytest.raises(DBAPIError, match="append-only"), store._database.engine.begin() as connection:
        connection.execute(text(change))


def test_several_patients_come_in_one_go(store: Store) -> None:
    from pipeline.domain.identity import Patient

    people = [Patient("P1", "Vauquelor"), Patient("P2", "Tressin"), Patient("P3", "Quermadec")]
    store.registry.import_patients(people)
    assert store.registry.named(["P3", "P1", "P9"]) == {"P1": people[0], "P3": people[2]}
    assert store.registry.named([]) == {}


def test_of_several_people_who_sign_at_once_one_does(store: Store) -> None:
    about = booked(store)
    start = Barrier(6)

    def sign(_: int) -> bool:
        start.wait()
        try:
            store.visits.decide([word(about)], seen={("appointment", about.id): 0})
        except Conflict:
            return False
        return True

    with ThreadPoolExecutor(6) as people:
        assert sum(people.map(sign, range(6))) == 1
    assert len(store.visits.facts().decisions) == 1
