"""Invented papers for the tests of storage."""

from __future__ import annotations

import hashlib
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from pipeline.domain.drug import Drug, DrugCandidate
from pipeline.domain.geometry import Quad
from pipeline.domain.identity import MatchAnswer, PatientCandidate, PatientMatch, Traits
from pipeline.domain.meaning import (
    Action,
    Duration,
    Moment,
    Posology,
    PrescriptionLine,
    TimeUnit,
    Understanding,
)
from pipeline.domain.outcome import PageOutcome
from pipeline.domain.paper import Barcode, Batch, Layout, Line, Page, PageKind, Scan, Stroke
from pipeline.domain.record import RecordMedication
from pipeline.domain.review import (
    Alternative,
    Decision,
    Flag,
    Grade,
    IdentityDecision,
    MedicationPayload,
    Proposal,
    Provenance,
    Role,
    Severity,
    Verb,
)
from pipeline.domain.sheets import SheetDecision
from pipeline.domain.writing import Evidence, Posteriors, Reading, ReadLine, Transcript
from pipeline.storage.store import Store

NOW = datetime(2025, 11, 13, 8, 30, tzinfo=UTC)
LEASE = timedelta(minutes=15)
DOCTOR = "Dr Solène Kervadec"
QUAD = Quad((10.0, 20.0), (110.5, 21.25), (110.0, 50.0), (9.75, 49.0))


def sha_of(name: str) -> str:
    return hashlib.sha256(name.encode()).hexdigest()


def deliver(store: Store, name: str = "lot.pdf", *, pages: int = 1, batch: str = "b1") -> list[Page]:
    store.papers.add_batch(Batch(batch, "accueil", NOW, 12))
    sha = sha_of(name)
    store.papers.add_scan(Scan(sha, "application/pdf", 1234, name, batch))
    made = [Page(Page.id_of(sha, number), sha, number, 2480, 3507, 300) for number in range(1, pages + 1)]
    store.papers.add_pages(made)
    return made


def posology() -> Posology:
    return Posology(
        text="1/2 cp matin 5 à 7 j",
        dose=Decimal("0.50"),
        dose_unit="comprimé",
        frequency=1,
        period=Decimal(1),
        period_unit=TimeUnit.DAY,
        when=(Moment.MORNING, Moment.BEDTIME),
        weekdays=(0, 6),
        duration=Duration(Decimal(5), TimeUnit.DAY, Decimal(7)),
    )


def payload(drug: str = "Kardégic") -> MedicationPayload:
    return MedicationPayload(
        Action.START, drug, "acide acétylsalicylique", "B01AC06", "75 mg", "sachet", (posology(),), 1
    )


def proposal(page: Page, position: int, patient_id: str | None, *, worst: Severity | None = None) -> Proposal:
    flags = (
        () if worst is None else (Flag("allergy", worst, "Allergie notée.", "Allergy noted.", "règles 1"),)
    )
    return Proposal(
        id=f"{page.id}-{patient_id or 'nobody'}-{position}",
        page_id=page.id,
        position=position,
        patient_id=patient_id,
        payload=payload(),
        as_written="Kardégic 75 1/j",
        on_record=RecordMedication("Kardégic", "acide acétylsalicylique", posologies=(posology(),)),
        grade=Grade.TO_CHECK,
        confidence=0.625,
        alternatives=(Alternative("Kredex", "carvédilol", None, 0.25),),
        strengths=("75 mg", "160 mg"),
        flags=flags,
        evidence=(Evidence(page.id, 0, QUAD, "Kardégic 75"),),
        written_on=date(2025, 11, 12),
        prescriber=DOCTOR,
        provenance=Provenance("lecteur 1", "règles 1", "table 1"),
    )


def outcome(
    page: Page,
    *,
    patient: str | None = "P1",
    answer: MatchAnswer = MatchAnswer.MATCH,
    items: int = 2,
    worst: Severity | None = None,
    blank: bool = False,
    duplicate_of: str | None = None,
    prescriber: str = DOCTOR,
) -> PageOutcome:
    line = Line(page.id, 0, QUAD, Stroke.HAND)
    ink = Posteriors("aé", 2, 2, bytes(range(8)), b"\x00\xff\xfe\x80\x01\x02\x03\x04")
    reading = Reading("Ka", 0.5, "lecteur 1", ((0.0, 0.5), (0.5, 1.0)), ink)
    drug = DrugCandidate(Drug("Kardégic", "acide acétylsalicylique"), 0.75, 0.5, ("drug.ink",))
    item = PrescriptionLine("Kardégic 75 1/j", "Kardégic", drug, posologies=(posology(),), confidence=0.5)
    candidates = (PatientCandidate(patient, 0.875, ("names.exact",)),) if patient else ()
    match = PatientMatch(answer, candidates)
    return PageOutcome(
        page=page,
        layout=Layout(
            90,
            -0.5,
            blank,
            False,
            (line,),
            (Barcode("QRCode", "x\0y", QUAD),),
            b"\x00\xff" + page.id.encode(),
        ),
        transcript=Transcript((ReadLine(line, reading),)),
        understanding=Understanding(
            PageKind.BLANK if blank else PageKind.PRESCRIPTION,
            date(2025, 11, 12),
            prescriber,
            Traits(text="Mme Ka", names=("Ka",), birth_date=date(1950, 2, 28)),
            (item,),
            rules="règles 1",
        ),
        match=match,
        proposals=tuple(proposal(page, place, match.patient_id, worst=worst) for place in range(items)),
        duplicate_of=duplicate_of,
        seconds={"image": 0.25, "reading": 1.5},
    )


def read(store: Store, **changes: object) -> PageOutcome:
    """Deliver one page and save its outcome."""
    (page,) = deliver(store)
    made = outcome(page, **changes)  # type: ignore[arg-type]
    store.papers.save_outcome(made, now=NOW)
    return made


def decision(
    of: Proposal, verb: Verb = Verb.ACCEPT, *, role: Role = Role.DOCTOR, user: str = "skervadec"
) -> Decision:
    return Decision(
        id=0,
        proposal_id=of.id,
        verb=verb,
        user=user,
        role=role,
        at=NOW,
        reason="illisible" if verb is Verb.REJECT else None,
        amended=payload("Aspégic") if verb is Verb.AMEND else None,
    )


def identity(page_id: str, patient_id: str | None, *, undo: bool = False) -> IdentityDecision:
    return IdentityDecision(0, page_id, patient_id, "accueil", Role.SECRETARY, NOW, undo)


def told(page_id: str, other_page_id: str, *, undo: bool = False) -> SheetDecision:
    return SheetDecision(0, page_id, other_page_id, "accueil", Role.SECRETARY, NOW, undo)
