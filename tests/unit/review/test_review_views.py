"""Nouns become what a screen shows: places, fields, the queue's order, typed amendments."""

import dataclasses
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from pipeline.domain.drug import Drug
from pipeline.domain.geometry import Box
from pipeline.domain.identity import Doctor, MatchAnswer, Patient, PatientCandidate, PatientMatch, Traits
from pipeline.domain.meaning import Action, Duration, Moment, Posology, TimeUnit
from pipeline.domain.paper import Batch, PageKind
from pipeline.domain.people import User
from pipeline.domain.review import IdentityDecision, MedicationPayload, Role, Severity
from pipeline.review import morning
from pipeline.review.clinical import person_facts, person_name, posology_fields
from pipeline.review.decide import amendment, rejection_reason, typed_posology
from pipeline.review.lines import upright
from pipeline.review.reasons import reason_view, reason_views
from pipeline.review.whose import patient_after_undo, whose_view
from pipeline.review.words import Words
from pipeline.storage.queue import QueueRow

FR, EN = Words("fr"), Words("en")
NOW = datetime(2025, 11, 14, 8, 0, tzinfo=UTC)
DOCTOR = Doctor("Dr Solène TREVARIN", "10990000012")


def row(page_id="p", **changed):
    values = {
        "page_id": page_id,
        "number": 1,
        "pages": 3,
        "scan_name": "lot.pdf",
        "batch_id": "b",
        "received_at": NOW,
        "kind": PageKind.PRESCRIPTION,
        "written_on": date(2025, 11, 12),
        "prescriber": DOCTOR.name,
        "answer": MatchAnswer.MATCH,
        "patient_id": "P1",
        "settled": False,
        "open": 0,
        "accepted": 0,
        "amended": 0,
        "rejected": 0,
        "worst": None,
        "duplicate_of": None,
    }
    return QueueRow(**{**values, **changed})


@pytest.mark.parametrize("rotation", [0, 90, 180, 270])
def test_a_corner_turns_as_its_box_does(rotation):
    box = Box(10, 20, 110, 60)
    turned = box.turned_upright(rotation, 400, 300)
    corners = [upright(point, rotation, 400, 300) for point in ((10, 20), (110, 60))]
    xs, ys = zip(*corners, strict=True)
    assert (min(xs), min(ys), max(xs), max(ys)) == (turned.x0, turned.y0, turned.x1, turned.y1)


def test_a_posology_shows_what_is_written_and_nothing_else():
    posology = Posology(
        text="x", dose=Decimal("1"), dose_high=Decimal("2"), dose_unit="comprimé", frequency=3,
        period=Decimal("1"), period_unit=TimeUnit.DAY, when=(Moment.MORNING,),
        duration=Duration(Decimal("5"), TimeUnit.DAY, Decimal("7")), as_needed=True, max_per_day=Decimal("4"),
    )  # fmt: skip
    assert dict(posology_fields(posology, FR)) == {
        "Dose": "1–2 comprimés",
        "Fréquence": "3 fois par jour",
        "Moments": "matin",
        "Durée": "5–7 jours",
        "Si besoin": "oui",
        "Maximum par jour": "4 comprimés",
    }
    assert posology_fields(Posology(text="illisible"), FR) == ()


def test_every_eight_hours_and_half_tablets_are_said():
    posology = Posology(
        text="x",
        dose=Decimal("0.50"),
        dose_unit="mL",
        frequency=1,
        period=Decimal(8),
        period_unit=TimeUnit.HOUR,
    )
    assert dict(posology_fields(posology, EN)) == {"Dose": "0.5 mL", "Frequency": "1 time every 8 hours"}


def test_an_interval_has_both_ends_and_a_limit_its_own_unit():
    posology = Posology(
        text="x", dose=Decimal(1), dose_unit="comprimé", frequency=1,
        period=Decimal(4), period_max=Decimal(6), period_unit=TimeUnit.HOUR,
        max_per_day=Decimal(4), max_unit="g",
    )  # fmt: skip
    assert dict(posology_fields(posology, EN)) == {
        "Dose": "1 tablet",
        "Frequency": "1 time every 4–6 hours",
        "Maximum a day": "4 g",
    }


def test_english_screens_say_a_posology_in_english():
    posology = Posology(
        text="x",
        dose=Decimal(2),
        dose_unit="gélule",
        when=(Moment.MORNING,),
        instructions=("pendant les repas",),
        as_needed=True,
        as_needed_for="douleur",
        route="orale",
        site="œil droit",
    )
    assert dict(posology_fields(posology, EN)) == {
        "Dose": "2 capsules",
        "Times of day": "morning",
        "Instructions": "with meals",
        "As needed": "pain",
        "Route": "by mouth",
        "Where": "right eye",
    }


def test_a_person_is_told_from_another():
    patient = Patient("P", "Vauquelor", "Tressin", "Odile Marie", "F", date(1948, 11, 15), city="Brizeval")
    assert person_name(patient) == "VAUQUELOR Odile"
    facts = dict(person_facts(patient, FR, today=date(2025, 11, 14)))
    assert facts["Naissance"] == "15/11/1948 (76 ans)"
    assert facts["Nom de naissance"] == "Tressin"
    assert "Médecin traitant" not in facts
    assert facts["Commune"] == "Brizeval"
    moved = dataclasses.replace(patient, postal_code="35996")
    assert dict(person_facts(moved, FR, today=date(2025, 11, 14)))["Commune"] == "35996 Brizeval"
    assert person_name(Patient("Q", "LE BRIZ", given_names="ANNE-LISE MARIE")) == "LE BRIZ Anne-Lise"


@pytest.mark.parametrize(
    ("changed", "parts"),
    [
        ({"open": 2}, {"lines"}),
        ({"open": 2, "answer": MatchAnswer.ASK}, {"lines", "identity"}),
        ({"open": 2, "answer": MatchAnswer.ASK, "settled": True}, {"lines"}),
        ({"accepted": 1}, {"done"}),
        ({"rejected": 1, "answer": MatchAnswer.NONE}, {"identity"}),
        ({"kind": PageKind.NOTE}, {"aside"}),
        ({"kind": PageKind.OTHER, "answer": MatchAnswer.NONE}, {"aside"}),
        ({"kind": PageKind.BLANK, "answer": MatchAnswer.NONE}, {"aside"}),
        ({"duplicate_of": "q", "answer": MatchAnswer.ASK}, {"aside"}),
    ],
)
def test_every_page_is_somewhere(changed, parts):
    assert morning.part_of(row(**changed)) == parts | {"all"}


def test_urgent_comes_first_then_what_waits_longest():
    rows = [
        row("new"),
        row("old", received_at=NOW - timedelta(days=1)),
        row("urgent", open=1, worst=Severity.HIGH),
        row("urgent but decided", accepted=1, worst=Severity.HIGH),
        row("second", number=2),
    ]
    order = [each.page_id for each in morning.in_order(rows)]
    assert order == ["urgent", "old", "new", "urgent but decided", "second"]


def test_pages_of_an_unknown_prescriber_wait_visibly():
    rows = [
        row(open=2, worst=Severity.HIGH),
        row(open=1, prescriber="Dr Inconnu"),
        row(open=1, prescriber=None),
    ]
    doctors = morning.by_doctor(rows, [DOCTOR], current="-", words=FR)
    assert [(each.key, each.open, each.urgent, each.current) for each in doctors] == [
        (DOCTOR.rpps, 2, 1, False),
        ("-", 2, 0, True),
    ]
    assert len(morning.of_doctor(rows, "-", [DOCTOR])) == 2


def test_progress_counts_failed_pages_as_done_reading():
    batch = Batch("b", "secretaire", NOW, 5)
    view = morning.progress_view(batch, sender="Maëlle", pages=10, pending=0, failed=1, words=FR)
    assert (view.read, view.failed, view.running) == (9, 1, False)
    assert morning.progress_view(batch, sender="x", pages=10, pending=1, failed=0, words=FR).running


@pytest.mark.parametrize(
    ("minutes", "said"), [(5, "depuis 5 min"), (130, "depuis 2 h"), (4000, "depuis 2 j")]
)
def test_age_is_said_in_the_largest_unit(minutes, said):
    assert morning.age(timedelta(minutes=minutes), FR) == said


def test_a_secretary_starts_with_identity_and_a_doctor_with_lines():
    assert morning.default_view(User("a", "A", Role.SECRETARY, "")) == "identity"
    assert morning.default_view(User("b", "B", Role.DOCTOR, "")) == "lines"


def test_reasons_say_whether_they_speak_for_or_against():
    assert reason_view("names.exact", FR).tone == "for"
    assert reason_view("birth_date.different", FR).tone == "against"
    assert reason_view("appointment.none", FR).tone == "prior"
    assert reason_view("homonym", FR).tone == "against"


def test_reasons_say_how_much_they_count_and_that_a_name_is_rare():
    candidate = PatientCandidate(
        "P1",
        0.9,
        ("names.exact", "sex.agrees", "record.substances", "record.substances", "homonym"),
        bits=(11.0, 0.98, 4.0, 3.0, 0.0),
    )
    views = reason_views(candidate, FR)
    assert [view.weight for view in views] == [3, 1, 2, 0]
    assert views[0].sentence == "Nom identique, nom rare ici"
    assert reason_view("names.exact", FR, 5.0).sentence == "Nom identique"
    assert {view.weight for view in reason_views(PatientCandidate("P1", 0.9, ("names.exact",)), FR)} == {0}


def test_somebody_of_another_name_who_only_had_an_appointment_is_no_choice():
    people = {one: Patient(one, one) for one in ("MALO", "MAEL", "OTHER")}
    own = ("names.exact", "age.agrees")
    twin = PatientCandidate("MAEL", 0.0001, ("names.exact", "both_names.different"))
    other = PatientCandidate("OTHER", 0.00001, ("names.different", "appointment.that_day"))

    def offered(*candidates):
        view = whose_view(
            PatientMatch(MatchAnswer.ASK, candidates),
            [],
            traits=Traits(),
            current=None,
            user=User("s", "S", Role.SECRETARY, ""),
            words=FR,
            people={},
            patient=people.get,
            today=NOW.date(),
        )
        return [person.id for person in view.candidates]

    assert offered(PatientCandidate("MALO", 0.949, own), twin, other) == ["MALO", "MAEL"]
    assert offered(other) == ["OTHER"]  # where nobody fits better


def test_undo_reaches_back_to_the_decision_before_then_to_the_machine():
    def said(number, patient_id, undo=False):
        return IdentityDecision(number, "p", patient_id, "u", Role.SECRETARY, NOW, undo)

    match = PatientMatch(MatchAnswer.MATCH, (PatientCandidate("M", 0.9),))
    assert patient_after_undo([said(1, "A")], match) == "M"
    assert patient_after_undo([said(1, "A"), said(2, None)], match) == "A"
    assert patient_after_undo([said(1, "A"), said(2, "B"), said(3, None, undo=True)], match) == "M"


BEFORE = MedicationPayload(
    Action.START,
    "Lamictal",
    "lamotrigine",
    "N03AX09",
    "25 mg",
    "comprimé",
    (Posology(text="1 cp le soir", dose=Decimal(1)),),
)
LAMISIL = Drug("Lamisil", "terbinafine", "D01BA02")


def amend(**sent):
    fields = {
        "drug": "Lamictal",
        "strength": "25 mg",
        "form": "comprimé",
        "posology": "dit",
        "action": "start",
    }
    return amendment(
        {**fields, **sent},
        BEFORE,
        render=lambda posologies: "dit",
        parse=lambda text: (Posology(text=text, dose=Decimal(2)),) if text.startswith("2") else (),
        find_drug=lambda name: LAMISIL if name.lower() == "lamisil" else None,
    )


def test_a_corrected_drug_brings_its_own_substance():
    payload = amend(drug="lamisil").payload
    assert (payload.drug, payload.substance, payload.atc) == ("Lamisil", "terbinafine", "D01BA02")
    assert payload.posologies == BEFORE.posologies


def test_a_name_that_no_formulary_knows_is_asked_about_once():
    asked = amend(drug="Lamizol")
    assert asked.payload is None and asked.unknown
    confirmed = amend(drug="Lamizol", confirm_unknown="1").payload
    assert (confirmed.drug, confirmed.substance, confirmed.atc) == ("Lamizol", None, None)


def test_an_unchanged_name_keeps_its_substance_even_if_the_formulary_lost_it():
    assert amend(strength="50 mg").payload.substance == "lamotrigine"


@pytest.mark.parametrize(
    ("sent", "problem"),
    [
        ({"drug": "  "}, "amend.no_drug"),
        ({"action": "double"}, "amend.no_action"),
        ({"renewals": "deux"}, "amend.renewals_number"),
        ({"renewals": "²"}, "amend.renewals_number"),
        ({"renewals": "99"}, "amend.renewals_number"),
        ({}, "amend.nothing_changed"),
    ],
)
def test_what_is_wrong_with_an_amendment_is_said(sent, problem):
    assert amend(**sent).problem == problem


def test_a_posology_that_is_not_understood_stays_as_typed():
    def parse(text):
        return ()

    assert typed_posology("selon schéma", (), render=str, parse=parse) == (Posology(text="selon schéma"),)
    assert typed_posology("", (Posology(text="x"),), render=lambda _: "x", parse=parse) == ()
    assert amend(posology="2 le soir").payload.posologies[0].dose == 2


def test_a_rejection_says_why():
    assert (
        rejection_reason({"reason": "misread", "comment": " gélule  "}, lambda key: "Mal lu")
        == "Mal lu : gélule"
    )
    assert rejection_reason({"reason": "other", "comment": "doublon"}, str) == "doublon"
    assert rejection_reason({"reason": "other", "comment": "  "}, str) is None
    assert rejection_reason({"comment": "sans choix"}, str) is None
    assert rejection_reason({"reason": "made up"}, str) is None
