"""An invented practice for the review page: three doctors, a few people, one file of drawn pages."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from io import BytesIO
from pathlib import Path

import cv2
import numpy as np
from argon2 import PasswordHasher
from invented_marks import marked
from PIL import Image

from pipeline.domain.errors import Failure
from pipeline.domain.geometry import Quad
from pipeline.domain.identity import (
    Doctor,
    MatchAnswer,
    Patient,
    PatientCandidate,
    PatientMatch,
    TraitMark,
    Traits,
)
from pipeline.domain.meaning import (
    Action,
    Assertion,
    Mention,
    MentionKind,
    PrescriptionLine,
    Understanding,
)
from pipeline.domain.outcome import PageOutcome
from pipeline.domain.paper import Layout, Line, Page, PageKind, Stroke
from pipeline.domain.people import User
from pipeline.domain.record import PatientRecord, RecordMedication
from pipeline.domain.review import (
    Alternative,
    Flag,
    Grade,
    MedicationPayload,
    Proposal,
    Provenance,
    Role,
    Severity,
)
from pipeline.domain.writing import Evidence, Reading, ReadLine, Transcript
from pipeline.matching.formulary import Formulary
from pipeline.settings import Settings
from pipeline.wiring import House

PASSWORD = "papier-de-novembre"
NOW = datetime(2025, 11, 14, 8, 30, tzinfo=UTC)
WIDTH, HEIGHT = 1240, 1754

MARTIN, OKAFOR = "Dr Solène TREVARIN", "Dr Idris OKAFOREAU"
DOCTORS = (Doctor(MARTIN, "10990000012"), Doctor(OKAFOR, "10990000020"))
PATIENTS = (
    Patient(
        "P1", "Vauquelor", None, "Odile Marie", "F", date(1948, 3, 7), city="Brizeval", treating_doctor=MARTIN
    ),
    Patient(
        "P2", "Vauquelor", "Tressin", "Odette", "F", date(1951, 3, 7), city="Brizeval", treating_doctor=OKAFOR
    ),
    Patient(
        "P3", "Quermadec", None, "Yannig", "M", date(1979, 8, 21), city="Lannouan", treating_doctor=MARTIN
    ),
)
RECORD = PatientRecord(
    "P1",
    (RecordMedication("Amlodipine", "amlodipine", "C08CA01", "comprimé", "5 mg"),),
    allergies=("pénicilline",),
)

FOOT = -1
SHEET = [
    ("Mme VAUQUELOR Odile 7/3/48", None),
    ("le 12/11/2025", None),
    ("Amoxicilline 1 g", 0),
    ("1 cp matin et soir 7 jours", 0),
    ("Amlodipine 10 mg 1 cp le matin", 1),
    ("Doliprane 1 g si douleur max 3/j", 2),
    ("Lamictal 25 mg 1 cp le soir", 3),
    ("TA 150/85   pas de fievre", None),
    ("QSP 3 mois", FOOT),
]


class Practice(House):
    """The real house with a clock that stands still."""

    clock = NOW
    # Loaded once for all tests.
    formulary = Formulary.builtin()

    def now(self) -> datetime:
        """The morning after the outage."""
        return self.clock

    def propose_again(self, page_id: str, patient_id: str | None) -> tuple[Proposal, ...]:
        """The sheet's lines for whoever is named; the real road has tests of its own."""
        outcome = self.store.papers.outcome(page_id)
        if outcome is None:
            raise KeyError(page_id)
        return Paper(self).proposals(page_id, patient_id) if outcome.understanding.items else ()


def draw(lines: list[str], *, seed: int) -> np.ndarray:
    """Draw lines of slanted script on paper; gray (HEIGHT, WIDTH)."""
    rng = np.random.default_rng(seed)
    paper = np.full((HEIGHT, WIDTH), 250, np.uint8)
    for place, text in enumerate(lines):
        y = 210 + place * 120
        cv2.putText(paper, text, (110, y), cv2.FONT_HERSHEY_SCRIPT_SIMPLEX, 1.65, 45, 3, cv2.LINE_AA)
    noise = rng.normal(0, 3, paper.shape)
    return np.clip(paper + noise, 0, 255).astype(np.uint8)


def quad_of(place: int, text: str) -> Quad:
    """Where `draw` put a line."""
    y = 210 + place * 120
    (wide, _), _ = cv2.getTextSize(text, cv2.FONT_HERSHEY_SCRIPT_SIMPLEX, 1.65, 3)
    return Quad((100, y - 62), (120 + wide, y - 62), (120 + wide, y + 32), (100, y + 32))


def transcript_of(page_id: str, lines: list[str]) -> Transcript:
    """Read the drawn lines letter by letter."""
    return Transcript(
        tuple(
            ReadLine(
                Line(page_id, place, quad_of(place, text), Stroke.HAND),
                Reading(
                    text,
                    0.8,
                    "essai 1",
                    tuple((i / len(text), (i + 1) / len(text)) for i in range(len(text))),
                ),
            )
            for place, text in enumerate(lines)
        )
    )


def layout_of(transcript: Transcript, *, blank: bool = False, rotation: int = 0) -> Layout:
    """The layout whose lines a transcript read."""
    lines = tuple(read.line for read in transcript.lines)
    return Layout(rotation, 0.0, blank, False, lines, (), b"")


class Paper:
    """Builds the outcomes of one file's pages."""

    def __init__(self, house: House) -> None:
        self.house = house

    def payloads(
        self, record_known: bool
    ) -> list[tuple[MedicationPayload, Grade, tuple[Flag, ...], tuple[Alternative, ...]]]:
        """What the prescription proposes, item by item."""
        parse = self.house.parse_posology
        allergy = Flag(
            "allergy",
            Severity.HIGH,
            "Allergie à la pénicilline au dossier : l'amoxicilline en est une.",
            "Allergy to penicillin on record: amoxicillin is one.",
            "classes ATC 2025",
        )
        alike = Flag(
            "look_alike",
            Severity.MEDIUM,
            "LamICTal et LamISIL s'écrivent presque pareil.",
            "LamICTal and LamISIL look almost the same.",
            "liste de confusions 2025",
        )
        change = Action.CHANGE if record_known else Action.START
        return [
            (
                MedicationPayload(Action.START, "Amoxicilline", "amoxicilline", "J01CA04", "1 g", "comprimé",
                                  parse("1 comprimé matin et soir pendant 7 jours")),
                Grade.CERTAIN, (allergy,) if record_known else (), (),
            ),
            (
                MedicationPayload(change, "Amlodipine", "amlodipine", "C08CA01", "10 mg", "comprimé",
                                  parse("1 comprimé le matin pendant 3 mois"), renewals=2),
                Grade.CERTAIN, (), (),
            ),
            (
                MedicationPayload(Action.START, "Doliprane", "paracétamol", "N02BE01", "1 g", None,
                                  parse("1 comprimé si douleur, maximum 3 par jour")),
                Grade.TO_CHECK, (), (),
            ),
            (
                MedicationPayload(Action.START, "Lamictal", "lamotrigine", "N03AX09", "25 mg", "comprimé",
                                  parse("1 comprimé le soir pendant 3 mois"), not_substitutable=True),
                Grade.TO_CHECK, (alike,),
                (Alternative("Lamisil", "terbinafine", "D01BA02", 0.31),
                 Alternative("Lamaline", "paracétamol", None, 0.04)),
            ),
        ]  # fmt: skip

    def proposals(self, page_id: str, patient_id: str | None) -> tuple[Proposal, ...]:
        """The prescription's proposals for a patient."""
        made = []
        known = patient_id == "P1"
        for position, (payload, grade, flags, others) in enumerate(self.payloads(known)):
            strengths = self.house.formulary.strengths_of(payload.substance or "", payload.form, payload.drug)
            made.append(
                Proposal(
                    id=f"{page_id}-{patient_id or 'nobody'}-{position}",
                    page_id=page_id,
                    position=position,
                    patient_id=patient_id,
                    payload=payload,
                    as_written=" / ".join(text for text, item in SHEET if item == position),
                    on_record=RECORD.medications[0] if known and position == 1 else None,
                    grade=grade,
                    confidence=0.9,
                    alternatives=others,
                    strengths=strengths[:6],
                    flags=flags,
                    evidence=tuple(
                        Evidence(page_id, place, quad_of(place, text), text, says)
                        for place, (text, item) in enumerate(SHEET)
                        for says in ("duration" if item == FOOT else None,)
                        if item == position or (item == FOOT and position in (1, 3))
                    ),
                    written_on=date(2025, 11, 12),
                    prescriber=MARTIN,
                    provenance=Provenance("essai 1", "règles 1", "livret 1"),
                )
            )
        return tuple(made)


def house_in(folder: Path) -> Practice:
    """The house whose data is in a folder."""
    return Practice(Settings(data_dir=folder / "data", database_url="", _env_file=None))


def open_practice(folder: Path) -> tuple[Practice, dict[str, str]]:
    """Set the practice up; returns the house and page ids by what they are."""
    house = house_in(folder)
    store = house.store
    for name, shown, role, doctor in (
        ("secretaire", "Maëlle Ruzic", Role.SECRETARY, None),
        ("trevarin", MARTIN, Role.DOCTOR, MARTIN),
        ("okaforeau", OKAFOR, Role.DOCTOR, OKAFOR),
        ("admin", "Administration", Role.ADMIN, None),
    ):
        store.people.add_user(User(name, shown, role, HASH, doctor))
    store.registry.import_doctors(DOCTORS)
    store.registry.import_patients(PATIENTS)
    store.registry.import_records((RECORD,))
    pages = receive_pages(house, folder)
    add_outcomes(house, pages)
    store.outbox.add_report(
        "night", NOW - timedelta(hours=5), {"night_read": 6, "night_failed": 1, **store.papers.counts()}
    )
    return house, pages


# Cheap to verify: these tests log in often.
HASH = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)


def receive_pages(house: House, folder: Path) -> dict[str, str]:
    """Bring in a TIFF of seven drawn pages and a file that is none."""
    note = ["M. QUERMADEC Yannig", "toux depuis 3 j, pas d'allergie", "repos, revoir si besoin"]
    upside = np.rot90(draw([text for text, _ in SHEET], seed=2), 2)
    sheets = [
        draw([text for text, _ in SHEET], seed=1),
        upside,
        draw(note, seed=3),
        np.full((HEIGHT, WIDTH), 252, np.uint8),
        draw([text for text, _ in SHEET], seed=5),
        draw(["~~~~ ~~~ ~~"], seed=6),
        draw(["page coupee"], seed=7),
    ]
    images = [Image.fromarray(np.ascontiguousarray(sheet)) for sheet in sheets]
    path = folder / "mercredi.tif"
    images[0].save(path, save_all=True, append_images=images[1:], dpi=(150, 150), compression="tiff_lzw")
    receipt = house.receive(
        [("mercredi.tif", BytesIO(path.read_bytes())), ("abime.pdf", BytesIO(b"%PDF-1.4 coupe"))],
        "secretaire",
        7,
    )
    pages = sorted(house.store.papers.pages_of_batch(receipt.batch.id), key=lambda page: page.number)
    sha = pages[0].scan_sha256
    house.store.papers.add_failure(
        Failure("reading", "bad_scan", "Cette page est coupée ; numérisez-la de nouveau.",
                "This page is cut off; scan it again.", "mercredi.tif", receipt.batch.id, sha, 7)
    )  # fmt: skip
    names = ("match", "ask", "note", "blank", "duplicate", "illegible", "failed")
    return {name: Page.id_of(sha, number) for number, name in enumerate(names, start=1)}


def add_outcomes(house: House, pages: dict[str, str]) -> None:
    """Save what the road would make of the pages."""
    papers = house.store.papers
    paper = Paper(house)
    words = [text for text, _ in SHEET]
    certain = PatientCandidate(
        "P1", 0.97, ("names.exact", "given.exact", "birth_date.exact", "doctor.treating")
    )
    asked = (
        PatientCandidate("P1", 0.55, ("names.exact", "given.close", "appointment.that_day"), by_prior=True),
        PatientCandidate("P2", 0.41, ("names.exact", "given.exact", "birth_year.differs")),
    )
    match = PatientMatch(MatchAnswer.MATCH, (certain,))
    ask = PatientMatch(MatchAnswer.ASK, asked)
    nobody = PatientMatch(MatchAnswer.NONE)
    name = Evidence(pages["match"], 0, quad_of(0, words[0]), words[0])
    of_name = replace(
        name, quad=name.quad.part(4 / len(words[0]), 19 / len(words[0])), text="VAUQUELOR Odile"
    )
    traits = Traits(
        text=words[0], names=("VAUQUELOR", "Odile"), title="Mme", sex="F", evidence=(name,),
        marks=(TraitMark("names", of_name),),
    )  # fmt: skip
    vital = Mention(MentionKind.VITAL, "TA 150/85", "150/85", "mmHg")
    fever = Mention(MentionKind.PROBLEM, "fièvre", assertion=Assertion.NEGATED)

    def save(name, kind, text, found, *, items=(), rotation=0, blank=False, duplicate_of=None, proposals=(),
             mentions=(), prescriber=MARTIN):  # fmt: skip
        page = papers.page(pages[name])
        transcript = transcript_of(page.id, text)
        transcript = marked(transcript) if name in ("match", "ask") else transcript
        layout = layout_of(transcript, blank=blank, rotation=rotation)
        if rotation == 180:
            turned = tuple(turn(line) for line in layout.lines)
            layout = Layout(180, 0.0, False, False, turned, (), b"")
        understanding = Understanding(
            kind, date(2025, 11, 12) if text else None, prescriber if text else None,
            traits if text else Traits(), items, mentions, "règles 1",
            ink(transcript, "12/11"), (),
        )  # fmt: skip
        papers.save_outcome(
            PageOutcome(page, layout, transcript, understanding, found, proposals, duplicate_of), now=NOW
        )

    items = tuple(PrescriptionLine(text, text.split()[0], None) for text, item in SHEET if item is not None)
    save("match", PageKind.PRESCRIPTION, words, match, items=items, mentions=(vital, fever),
         proposals=paper.proposals(pages["match"], "P1"))  # fmt: skip
    save("ask", PageKind.PRESCRIPTION, words, ask, items=items, rotation=180, prescriber=OKAFOR,
         proposals=paper.proposals(pages["ask"], None))  # fmt: skip
    note = ["M. QUERMADEC Yannig", "toux depuis 3 j, pas d'allergie", "repos, revoir si besoin"]
    save(
        "note",
        PageKind.NOTE,
        note,
        PatientMatch(MatchAnswer.MATCH, (PatientCandidate("P3", 0.93, ("names.exact",)),)),
    )
    save("blank", PageKind.BLANK, [], nobody, blank=True)
    save("duplicate", PageKind.PRESCRIPTION, words, match, items=items, duplicate_of=pages["match"])
    save("illegible", PageKind.NOTE, [], nobody)


def ink(transcript: Transcript, text: str) -> tuple[Evidence, ...]:
    """The lines on which a text is read."""
    return tuple(
        Evidence(read.line.page_id, read.line.order, read.line.quad, read.reading.text)
        for read in transcript.lines
        if text in read.reading.text
    )


def turn(line: Line) -> Line:
    """A line of the sheet on the image that shows it upside down."""
    corners = [(WIDTH - x, HEIGHT - y) for x, y in line.quad.corners]
    return Line(line.page_id, line.order, Quad(*corners), line.stroke)
