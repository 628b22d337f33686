from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

import pytest
from visits import AT, NOW, A, B, booking, link, paper, signed, undo, walk_in

from pipeline.domain.paper import PageKind
from pipeline.domain.reconcile import reconcile
from pipeline.domain.reconciled import (
    AppointmentState,
    Basis,
    Counts,
    Nearness,
    PaperState,
    Reconciliation,
    Sureness,
)
from pipeline.domain.reconciliation import Booking, NoAppointment, NoPaper, VisitDecision, Whose, doctor_key
from pipeline.domain.review import Role

HERE = {"now": NOW, "doctors": (A, B)}


def appointment_rows(found: Reconciliation) -> dict[str, AppointmentState]:
    return {row.booking.patient_id: row.state for group in found.groups for row in group.appointments}


def paper_rows(found: Reconciliation) -> dict[tuple[str, ...], PaperState]:
    rows = [row for group in found.groups for row in group.papers]
    return {tuple(paper.page_id for paper in row.papers): row.state for row in rows}


def test_patient_day_and_doctor_make_a_pair_and_the_rest_stays_open() -> None:
    found = reconcile([booking("P1"), booking("P2")], [paper("x", "P1"), paper("y", "P3")], **HERE)
    assert appointment_rows(found) == {"P1": AppointmentState.PAPER, "P2": AppointmentState.OPEN}
    assert paper_rows(found) == {("y",): PaperState.OPEN}
    assert found.counts == Counts(with_paper=1, open_appointments=1, with_appointment=1, open_documents=1)
    assert (found.counts.appointments, found.counts.documents, found.counts.open) == (2, 2, 2)


def test_several_pages_of_a_patient_that_day_are_one_visit() -> None:
    pages = [paper("x", "P1"), paper("y", "P1", kind=PageKind.NOTE), paper("z", "P1", doctor=None)]
    found = reconcile([booking("P1")], pages, **HERE)
    (group,) = found.groups
    assert [each.paper.page_id for each in group.appointments[0].papers] == ["x", "y", "z"]
    assert group.counts == Counts(with_paper=1, with_appointment=3)
    alone = reconcile([], pages, **HERE)
    assert paper_rows(alone) == {("x", "y"): PaperState.OPEN, ("z",): PaperState.OPEN}


def test_titles_case_accents_and_the_order_of_a_name_make_no_other_doctor() -> None:
    assert doctor_key("Dr Éloïse MARTIN-ROY") == doctor_key("Martin Roy Eloise") == "eloise-martin-roy"
    found = reconcile([booking("P1", doctor="Solene Trevarin")], [paper("x", "P1")], **HERE)
    assert appointment_rows(found) == {"P1": AppointmentState.PAPER}


@pytest.mark.parametrize(
    ("written", "near"),
    [
        (paper("x", "P1", doctor=B), Nearness.OTHER_DOCTOR),
        (paper("x", "P1", day=13), Nearness.OTHER_DAY),
        (paper("x", "P1", day=9, doctor=B), Nearness.OTHER_DAY),
        (paper("x", "P1", day=None, doctor=B), Nearness.UNDATED),
        (paper("x", "P1", day=None, doctor=None), Nearness.UNDATED),
        (paper("x", None, likely=("P1", "P8"), supposed=True), Nearness.SAME),
        (paper("x", None, day=None, likely=("P1", "P8")), Nearness.UNDATED),
    ],
)
def test_what_may_belong_together_is_a_hint_on_both_sides_and_settles_nothing(written, near) -> None:
    found = reconcile([booking("P1")], [written], **HERE)
    hints = {
        hint for group in found.groups for row in (*group.appointments, *group.papers) for hint in row.hints
    }
    assert [hint.nearness for hint in hints] == [near]
    sureness = {hint.sureness for hint in hints}
    asked = Sureness.SUPPOSED if written.supposed else Sureness.MAYBE
    assert sureness == {Sureness.KNOWN if written.patient_id else asked}
    assert all(row.hints for group in found.groups for row in (*group.appointments, *group.papers))
    assert (found.counts.open_appointments, found.counts.open_documents) == (1, 1)


def test_an_appointment_four_days_away_is_no_hint() -> None:
    found = reconcile([booking("P1", 14)], [paper("x", "P1", day=10)], **HERE)
    assert not any(row.hints for group in found.groups for row in (*group.appointments, *group.papers))


def test_a_page_without_a_date_is_the_only_appointments_where_the_doctor_agrees() -> None:
    written = paper("x", "P1", day=None)
    (group,) = reconcile([booking("P1")], [written], **HERE).groups
    assert group.appointments[0].papers[0].basis is Basis.ONLY_ONE
    two = reconcile([booking("P1"), booking("P1", 13)], [written], **HERE)
    assert two.counts.open_appointments == 2 and two.counts.open_documents == 1
    assert two.groups[-1].day is None and len(two.groups[-1].papers[0].hints) == 2


def test_a_page_without_a_doctor_is_not_shared_out_between_two() -> None:
    agenda = [booking("P1"), booking("P1", doctor=B, hour=11)]
    found = reconcile(agenda, [paper("x", "P1", doctor=None)], **HERE)
    assert found.counts.open_appointments == 2
    assert [hint.nearness for hint in found.groups[-1].papers[0].hints] == [Nearness.SAME] * 2


def test_two_appointments_of_one_day_and_doctor_get_the_paper_once() -> None:
    found = reconcile([booking("P1", hour=9), booking("P1", hour=17)], [paper("x", "P1")], **HERE)
    assert [row.state for row in found.groups[0].appointments] == [
        AppointmentState.PAPER,
        AppointmentState.OPEN,
    ]


def test_results_and_faxes_are_no_papers_of_a_visit() -> None:
    found = reconcile([booking("P1")], [paper("x", "P1", kind=PageKind.OTHER)], **HERE)
    assert found.counts == Counts(open_appointments=1)
    assert [each.page_id for each in found.others] == ["x"]


def test_a_page_that_could_not_be_read_is_an_open_paper_that_can_be_signed() -> None:
    unread = paper("x", None, None, None, kind=None, whose=Whose.UNREAD)
    assert paper_rows(reconcile([], [unread], **HERE)) == {("x",): PaperState.OPEN}
    assert paper_rows(reconcile([], [unread], [walk_in(unread)], **HERE)) == {("x",): PaperState.WALK_IN}


def test_a_holiday_has_papers_and_no_agenda() -> None:
    found = reconcile([booking("P1")], [paper("x", "P2", day=11)], **HERE)
    assert [(group.day, group.agenda) for group in found.groups] == [
        (date(2025, 11, 11), False),
        (date(2025, 11, 12), True),
    ]


def test_what_has_not_begun_is_not_open_unless_its_paper_is_there() -> None:
    agenda = [booking("P1", 14, hour=16), booking("P2", 14, hour=17), booking("P3", 14, hour=18)]
    found = reconcile(agenda, [paper("x", "P1", 14)], [signed(agenda[1], NoPaper.CANCELLED)], **HERE)
    assert found.counts == Counts(with_paper=1, signed=1, ahead=1, with_appointment=1)
    assert found.counts.appointments == 2


def test_outside_the_outage_only_what_has_paper_counts() -> None:
    window = (date(2025, 11, 10), date(2025, 11, 14))
    agenda = [booking("P1", 3), booking("P2", 3), booking("P3", 12)]
    found = reconcile(agenda, [paper("x", "P1", 3)], **HERE, window=window)
    assert appointment_rows(found) == {"P1": AppointmentState.PAPER, "P3": AppointmentState.OPEN}


def test_a_signed_reason_stands_and_can_be_taken_back() -> None:
    about = booking("P1")
    word = signed(about)
    (group,) = reconcile([about], [], [word], **HERE).groups
    assert (group.appointments[0].state, group.appointments[0].word) == (AppointmentState.SIGNED, word)
    back = reconcile([about], [], [undo(word, number=2), word], **HERE)
    assert back.counts.open_appointments == 1 and back.groups[0].appointments[0].seen == 2


def test_paper_that_comes_after_a_signature_counts_and_the_signature_stays_to_be_seen() -> None:
    about = booking("P1")
    (group,) = reconcile([about], [paper("x", "P1")], [signed(about)], **HERE).groups
    row = group.appointments[0]
    assert row.state is AppointmentState.PAPER and row.word is not None
    assert group.counts == Counts(with_paper=1, with_appointment=1)


def test_a_persons_word_goes_before_the_machines_pair() -> None:
    about, written = booking("P1"), paper("x", "P1")
    found = reconcile([about], [written], [walk_in(written)], **HERE)
    assert found.counts == Counts(open_appointments=1, walk_ins=1)
    assert found.groups[0].papers[0].hints == ()


def test_a_person_may_say_that_a_paper_is_an_appointments() -> None:
    about, written = booking("P1", 13, B), paper("x", "P1", 12, A)
    found = reconcile([about], [written], [link(written, about)], **HERE)
    (group,) = found.groups
    assert (group.day, group.key) == (date(2025, 11, 13), doctor_key(B))
    assert group.appointments[0].papers[0].basis is Basis.PERSON
    assert group.appointments[0].papers[0].word is not None


def test_a_word_about_a_page_holds_only_while_it_is_that_patients() -> None:
    written = paper("x", "P1", 13)
    words = [walk_in(written)]
    assert reconcile([], [written], words, **HERE).counts.walk_ins == 1
    other = replace(written, patient_id="P2")
    assert reconcile([booking("P2", 13)], [other], words, **HERE).counts.with_appointment == 1
    asked = replace(written, patient_id=None, whose=Whose.ASKED)
    assert reconcile([], [asked], words, **HERE).counts.open_documents == 1


def test_words_that_make_no_sense_cannot_be_made() -> None:
    def word(appointment, page, reason, **more):
        return VisitDecision(0, appointment, page, reason, "x", more.pop("role", Role.DOCTOR), AT, **more)

    for wrong in (
        (None, None, NoPaper.SEEN),
        ("a", None, NoAppointment.WALK_IN),
        ("a", None, None),
        (None, "p", NoPaper.SEEN),
        ("a", "p", NoPaper.SEEN),
        ("a", None, NoPaper.OTHER),
    ):
        with pytest.raises(ValueError):
            word(*wrong)
    with pytest.raises(ValueError, match="signs"):
        word("a", None, NoPaper.SEEN, role=Role.ADMIN)
    with pytest.raises(ValueError):
        word("a", None, NoPaper.SEEN, undo=True)
    assert word("a", None, NoPaper.OTHER, note="au congrès").subject == ("appointment", "a")
    assert word("a", "p", None).subject == ("page", "p")


def test_now_is_the_practices_clock() -> None:
    about = booking("P1", 14, hour=9)
    before, after = datetime(2025, 11, 14, 8, 59), datetime(2025, 11, 14, 9, 0)
    assert reconcile([about], [], now=before).counts.ahead == 1
    assert reconcile([about], [], now=after).counts.open_appointments == 1


@pytest.mark.parametrize("name", ["Dr Mar EVI Ie", "Dr Ute REMPLAÇANTE"])
def test_a_name_that_the_practice_does_not_know_is_as_none(name) -> None:
    (group,) = reconcile([booking("P1")], [paper("x", "P1", doctor=name)], **HERE).groups
    assert group.counts == Counts(with_paper=1, with_appointment=1)
    two = [booking("P1"), booking("P1", doctor=B, hour=11)]
    found = reconcile(two, [paper("x", "P1", doctor=name)], **HERE)
    assert found.counts.open_appointments == 2 and found.groups[-1].key == ""
    assert reconcile([], [paper("x", "P1", doctor=name)], now=NOW).groups[0].doctor == name


def called_off(about: Booking) -> Booking:
    return replace(about, cancelled=True)


def test_a_cancelled_appointment_waits_for_no_paper() -> None:
    found = reconcile([called_off(booking("P1")), booking("P2")], [paper("x", "P2")], **HERE)
    assert appointment_rows(found) == {"P1": AppointmentState.CANCELLED, "P2": AppointmentState.PAPER}
    assert (found.counts.cancelled, found.counts.appointments, found.counts.open) == (1, 1, 0)


def test_a_paper_stays_beside_a_cancelled_appointment_where_nothing_else_stands() -> None:
    found = reconcile([called_off(booking("P1"))], [paper("x", "P1")], **HERE)
    assert appointment_rows(found) == {"P1": AppointmentState.PAPER}
    both = [called_off(booking("P1")), booking("P1", hour=15)]
    (group,) = reconcile(both, [paper("x", "P1")], **HERE).groups
    assert [row.state for row in group.appointments] == [AppointmentState.CANCELLED, AppointmentState.PAPER]
    other = [called_off(booking("P1", doctor=A)), booking("P1", doctor=B)]
    (row,) = [
        row
        for group in reconcile(other, [paper("x", "P1", doctor=None)], **HERE).groups
        for row in group.appointments
        if row.papers
    ]
    assert row.booking.doctor == B


def test_a_cancelled_appointment_is_not_the_only_one_and_no_hint() -> None:
    lines = [called_off(booking("P1", 11)), booking("P1", 13)]
    found = reconcile(lines, [paper("x", "P1", None)], **HERE)
    assert [row.state for group in found.groups for row in group.appointments] == [
        AppointmentState.CANCELLED,
        AppointmentState.PAPER,
    ]
    alone = reconcile(lines[:1], [paper("x", "P1", 12)], **HERE)
    assert [row.hints for group in alone.groups for row in group.papers] == [()]


def test_what_a_person_said_of_a_cancelled_appointment_stands() -> None:
    about = called_off(booking("P1"))
    found = reconcile([about], [], [signed(about, NoPaper.SEEN)], **HERE)
    assert appointment_rows(found) == {"P1": AppointmentState.SIGNED}
    page = paper("x", "P1", 13)
    assert appointment_rows(reconcile([about], [page], [link(page, about)], **HERE)) == {
        "P1": AppointmentState.PAPER
    }
