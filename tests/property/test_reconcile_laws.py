"""Laws of reconciling: counts add up, nothing is counted twice or lost, order does not matter."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime

from hypothesis import given
from hypothesis import strategies as st

from pipeline.domain.paper import PageKind
from pipeline.domain.reconcile import reconcile
from pipeline.domain.reconciled import Counts, Reconciliation
from pipeline.domain.reconciliation import Booking, NoAppointment, NoPaper, Paper, VisitDecision, Whose
from pipeline.domain.review import Role

NOW = datetime(2025, 11, 13, 12)
AT = datetime(2025, 11, 13, 11, tzinfo=UTC)
DOCTORS = ("Dr Solène TREVARIN", "Dr Idris OKAFOREAU")
patients = st.sampled_from(("P1", "P2", "P3"))
days = st.integers(10, 14)


@st.composite
def worlds(draw):
    """An agenda, papers and a history of words; small, so that they meet."""
    lines = draw(
        st.lists(
            st.tuples(patients, days, st.sampled_from(DOCTORS), st.integers(8, 18), st.booleans()),
            max_size=8,
            unique_by=lambda line: line[:4],
        )
    )
    agenda = [
        Booking(f"b{n}", p, doc, datetime(2025, 11, d, h), cancelled)
        for n, (p, d, doc, h, cancelled) in enumerate(lines)
    ]
    papers = []
    for number in range(draw(st.integers(0, 8))):
        whose = draw(st.sampled_from(Whose))
        day = draw(st.one_of(st.none(), days))
        papers.append(
            Paper(
                f"p{number}",
                number,
                None if whose is Whose.UNREAD else draw(st.sampled_from((PageKind.NOTE, PageKind.OTHER))),
                None if day is None else date(2025, 11, day),
                draw(st.one_of(st.none(), st.sampled_from((*DOCTORS, "Dr Mar EVI Ie")))),
                whose,
                draw(patients) if whose is Whose.KNOWN else None,
                tuple(draw(st.lists(patients, max_size=3, unique=True))) if whose is Whose.ASKED else (),
            )
        )
    said = [
        word for number in range(draw(st.integers(0, 6))) for word in draw(words(number + 1, agenda, papers))
    ]
    return agenda, papers, said


@st.composite
def words(draw, number, agenda, papers):
    if not agenda and not papers:
        return []
    about = draw(st.sampled_from((*agenda, *papers)))
    undo = draw(st.booleans())
    if isinstance(about, Booking):
        return [
            VisitDecision(
                number, about.id, None, None if undo else NoPaper.NO_SHOW, "x", Role.DOCTOR, AT, undo=undo
            )
        ]
    named = draw(st.sampled_from((None, *(booking.id for booking in agenda))))
    reason = None if undo or named else NoAppointment.WALK_IN
    return [
        VisitDecision(
            number, named, about.page_id, reason, "x", Role.DOCTOR, AT, patient_id=about.patient_id, undo=undo
        )
    ]


def pages_in(found: Reconciliation) -> list[str]:
    paired = [each.paper for group in found.groups for row in group.appointments for each in row.papers]
    alone = [paper for group in found.groups for row in group.papers for paper in row.papers]
    return [paper.page_id for paper in (*paired, *alone, *found.others)]


@given(worlds())
def test_everything_is_somewhere_once(world) -> None:
    agenda, papers, said = world
    found = reconcile(agenda, papers, said, now=NOW, doctors=DOCTORS)
    assert Counter(pages_in(found)) == Counter(paper.page_id for paper in papers)
    rows = [row.booking.id for group in found.groups for row in group.appointments]
    assert Counter(rows) == Counter(booking.id for booking in agenda)


@given(worlds())
def test_counts_add_up(world) -> None:
    agenda, papers, said = world
    found = reconcile(agenda, papers, said, now=NOW, doctors=DOCTORS)
    counts = found.counts
    assert counts.with_paper + counts.signed + counts.open_appointments == counts.appointments
    assert counts.appointments + counts.ahead + counts.cancelled == len(agenda)
    documents = [paper for paper in papers if paper.kind is not PageKind.OTHER]
    assert counts.with_appointment + counts.walk_ins + counts.open_documents == len(documents)
    assert sum((group.counts for group in found.groups), Counts()) == counts
    assert counts.with_paper <= counts.with_appointment


@given(worlds(), st.randoms(use_true_random=False))
def test_order_does_not_matter(world, chance) -> None:
    agenda, papers, said = world
    before = reconcile(agenda, papers, said, now=NOW, doctors=DOCTORS)
    for each in (agenda, papers, said):
        chance.shuffle(each)
    assert reconcile(agenda, papers, said, now=NOW, doctors=DOCTORS) == before


@given(worlds())
def test_no_paper_is_settled_on_somebody_elses_appointment(world) -> None:
    agenda, papers, said = world
    for group in reconcile(agenda, papers, said, now=NOW, doctors=DOCTORS).groups:
        for row in group.appointments:
            for each in row.papers:
                assert each.paper.whose is Whose.KNOWN
                assert each.paper.patient_id == row.booking.patient_id


@given(worlds())
def test_taking_everything_back_is_as_if_nothing_had_been_said(world) -> None:
    agenda, papers, said = world
    backs = [
        VisitDecision(
            1000 + n,
            None if word.page_id else word.appointment_id,
            word.page_id,
            None,
            "x",
            Role.DOCTOR,
            AT,
            undo=True,
        )
        for n, word in enumerate(said)
    ]
    assert (
        reconcile(agenda, papers, [*said, *backs], now=NOW, doctors=DOCTORS).counts
        == reconcile(agenda, papers, now=NOW, doctors=DOCTORS).counts
    )
