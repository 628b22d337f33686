from __future__ import annotations

from datetime import date
from decimal import Decimal

from pipeline.domain.errors import Failure
from pipeline.domain.geometry import Box, Quad
from pipeline.domain.identity import MatchAnswer, PatientCandidate, PatientMatch, Traits
from pipeline.domain.meaning import Action, Mention, MentionKind, Posology, PrescriptionLine, Understanding
from pipeline.domain.outcome import PageOutcome
from pipeline.domain.paper import Layout, Page, PageKind
from pipeline.domain.writing import Evidence, Transcript
from pipeline.export.contract import failed_page_object, medication_object, page_object


def outcome(answer: MatchAnswer) -> PageOutcome:
    pieces = tuple(
        Evidence("s-2", order, Quad.of_box(box), "x")
        for order, box in enumerate((Box(10, 20, 50, 40), Box(5, 45, 30, 60)))
    )
    item = PrescriptionLine("Dolipran 1g", "Dolipran", None, strength="1 g", confidence=0.5, evidence=pieces)
    return PageOutcome(
        page=Page("s-2", "s", 2, 100, 100, 200),
        layout=Layout(180, 0.0, False, False, (), (), b""),
        transcript=Transcript(()),
        understanding=Understanding(
            PageKind.PRESCRIPTION,
            date(2025, 11, 12),
            "Dr Odile VASSEUR",
            Traits(),
            (item,),
            (Mention(MentionKind.VITAL, "TA 13/8", "130/80", "mmHg"),),
        ),
        match=PatientMatch(answer, (PatientCandidate("P1", 0.9), PatientCandidate("P2", 0.1))),
        seconds={"image": 0.5, "reading": 0.25},
    )


def test_a_page_has_the_public_shape() -> None:
    page = page_object(outcome(MatchAnswer.ASK), file="a.pdf", file_of=("b.pdf", 3))
    assert (page["file"], page["page"], page["kind"], page["rotation"]) == ("a.pdf", 2, "prescription", 180)
    assert (page["written_on"], page["prescriber"]) == ("2025-11-12", "Dr Odile VASSEUR")
    assert page["duplicate_of"] == {"file": "b.pdf", "page": 3}
    assert page["patient"]["patient_id"] == "P1"
    assert page["patient"]["alternatives"] == [{"patient_id": "P2", "probability": 0.1}]
    assert page["medications"][0]["line_box"] == [5, 20, 50, 60]
    assert page["medications"][0]["needs_review"] is True
    assert page["mentions"][0]["assertion"] == "affirmed"
    assert page["seconds"] == 0.75


def test_a_maximum_alone_is_told_as_a_range_and_stays_a_maximum() -> None:
    need = Posology("si douleur max 3/j", dose=Decimal(2), as_needed=True, max_per_day=Decimal(6))
    told = medication_object(
        PrescriptionLine("x", "x", None, posologies=(need,)), action=None, needs_review=True
    )["dosage"][0]
    assert told["timing"]["repeat"] == {"frequency": 1, "frequencyMax": 3, "period": 1, "periodUnit": "d"}
    assert told["maxDosePerPeriod"]["numerator"]["value"] == 6


def test_none_names_nobody() -> None:
    patient = page_object(outcome(MatchAnswer.NONE), file="a.pdf")["patient"]
    assert (patient["patient_id"], patient["probability"], patient["decision"]) == (None, 0.0, "none")
    assert [other["patient_id"] for other in patient["alternatives"]] == ["P1", "P2"]


def test_an_unknown_drug_has_no_substance() -> None:
    item = outcome(MatchAnswer.ASK).understanding.items[0]
    told = medication_object(item, action=Action.STOP, needs_review=True, flags=("illegible",))
    assert (told["drug"], told["substance"], told["action"]) == ("Dolipran", None, "stop")
    assert told["flags"] == ["illegible"]


def test_a_failed_page_is_told() -> None:
    failure = Failure("intake", "truncated", "coupé", "cut", "a.pdf", "b1")
    page = failed_page_object(failure, file="a.pdf", page=1)
    assert (page["failure"], page["medications"]) == ("truncated", [])
    assert page.keys() >= page_object(outcome(MatchAnswer.ASK), file="a.pdf").keys()
