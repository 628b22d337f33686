"""How long the review page takes to answer with a full house; a benchmark, not a test.

Usage: python scripts/bench_review.py [--pages 500] [--lines 10] [--asked 80] [--appointments 1000]

Fills a throw-away SQLite database with invented read pages (a tenth of their lines decided) and asks for
the morning page, its live part, appointments beside papers and pages at random, as a doctor, without a
network between. Prints milliseconds, wall and CPU of this process, median and 95th percentile; other work
on the machine shows in the first and hardly in the second.
"""

from __future__ import annotations

import argparse
import random
import statistics
import time
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from fastapi.testclient import TestClient
from numpy.typing import NDArray

from pipeline.domain.geometry import Quad
from pipeline.domain.identity import (
    Appointment,
    Doctor,
    MatchAnswer,
    Patient,
    PatientCandidate,
    PatientMatch,
    Traits,
)
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
from pipeline.domain.paper import Batch, Layout, Line, Page, PageKind, Scan, Stroke
from pipeline.domain.people import User
from pipeline.domain.review import (
    Decision,
    Flag,
    Grade,
    MedicationPayload,
    Proposal,
    Provenance,
    Role,
    Severity,
    Verb,
)
from pipeline.domain.writing import Evidence, Posteriors, Reading, ReadLine, Transcript
from pipeline.review.app import create_app
from pipeline.review.security import hash_of_token
from pipeline.settings import Settings
from pipeline.wiring import House

NOW = datetime(2025, 11, 14, 8, 30, tzinfo=UTC)
DOCTORS = tuple(
    Doctor(f"Dr Invente{letter} PRATICIEN{letter}", f"1099000{n:04d}") for n, letter in enumerate("ABCD")
)
STEPS, KEPT = 100, 16
LINES_AROUND = 8
POSOLOGY = Posology(
    text="1 cp matin et soir 7 j",
    dose=Decimal(1),
    dose_unit="comprimé",
    frequency=2,
    period=Decimal(1),
    period_unit=TimeUnit.DAY,
    when=(Moment.MORNING, Moment.EVENING),
    duration=Duration(Decimal(7), TimeUnit.DAY),
    route="orale",
)
FLAG = Flag("duplicate", Severity.MEDIUM, "Deux fois la même substance.", "The same twice.", "essai")


class BenchHouse(House):
    """The real house on a still clock; its pages are white."""

    def now(self) -> datetime:
        """The morning after."""
        return NOW

    def page_image(self, page_id: str) -> NDArray[np.uint8]:
        """A white page: what decoding costs is not measured here."""
        return np.full((3507, 2480), 255, np.uint8)


def transcript_of(page: Page, lines: int, chance: random.Random) -> Transcript:
    """Return readings as large as real ones: their ink does not compress."""
    made = []
    for order in range(lines):
        text = "Amoxicilline 1 g 1 cp matin et soir 7 j"
        top = 200 + 120 * order
        quad = Quad((200, top), (1800, top), (1800, top + 90), (200, top + 90))
        size = STEPS * KEPT * 2
        ink = Posteriors("abc" * 40, STEPS, KEPT, chance.randbytes(size), chance.randbytes(size))
        places = tuple((i / len(text), (i + 1) / len(text)) for i in range(len(text)))
        made.append(
            ReadLine(Line(page.id, order, quad, Stroke.HAND), Reading(text, 0.9, "essai 1", places, ink))
        )
    return Transcript(tuple(made))


def outcome_of(page: Page, number: int, lines: int, chance: random.Random) -> PageOutcome:
    """Return one page's outcome with so many proposed lines."""
    transcript = transcript_of(page, lines + LINES_AROUND, chance)
    layout = Layout(
        0, 0.0, False, False, tuple(read.line for read in transcript.lines), (), chance.randbytes(512)
    )
    patient = f"P{number % 250}"
    evidence = [transcript.evidence(transcript.span_of(order)) for order in range(lines)]
    items = tuple(
        PrescriptionLine("Amoxicilline 1 g", "Amoxicilline", None, posologies=(POSOLOGY,), evidence=ink)
        for ink in evidence
    )
    proposals = tuple(_proposal(page, patient, position, ink) for position, ink in enumerate(evidence))
    doctor = DOCTORS[number % len(DOCTORS)].name
    answer = MatchAnswer.ASK if number % 7 == 0 else MatchAnswer.MATCH
    return PageOutcome(
        page,
        layout,
        transcript,
        Understanding(PageKind.PRESCRIPTION, date(2025, 11, 12), doctor, Traits(text="M. X"), items),
        PatientMatch(answer, (PatientCandidate(patient, 0.9, ("names.exact",)),)),
        proposals if answer is MatchAnswer.MATCH else _nobodys(proposals),
    )


def _proposal(page: Page, patient: str, position: int, ink: tuple[Evidence, ...]) -> Proposal:
    return Proposal(
        id=f"{page.id}-{position}",
        page_id=page.id,
        position=position,
        patient_id=patient,
        payload=MedicationPayload(
            Action.START, "Amoxicilline", "amoxicilline", "J01CA04", "1 g", "comprimé", (POSOLOGY,)
        ),
        as_written="Amoxicilline 1 g 1 cp matin et soir 7 j",
        on_record=None,
        grade=Grade.TO_CHECK,
        confidence=0.8,
        alternatives=(),
        strengths=("500 mg", "1 g"),
        flags=(FLAG,) if position % 3 == 0 else (),
        evidence=ink,
        written_on=date(2025, 11, 12),
        prescriber=None,
        provenance=Provenance("essai 1", "règles 1", "livret 1"),
    )


def _nobodys(proposals: tuple[Proposal, ...]) -> tuple[Proposal, ...]:
    from dataclasses import replace

    return tuple(replace(proposal, patient_id=None) for proposal in proposals)


def book(house: House, appointments: int) -> None:
    """Fill the agenda: a patient a quarter of an hour, every doctor, one day after the other."""
    first = datetime(2025, 11, 12, 8)
    house.store.registry.import_appointments(
        [
            Appointment(
                f"P{n % 250}",
                DOCTORS[n % len(DOCTORS)].name,
                first + timedelta(days=n // 250, minutes=15 * (n % 250 // len(DOCTORS) % 40)),
            )
            for n in range(appointments)
        ]
    )


def fill(house: House, pages: int, lines: int) -> list[str]:
    """Bring in ten batches of pages and decide a tenth of their lines; return the pages' ids."""
    chance = random.Random(7)
    store = house.store
    store.registry.import_doctors(DOCTORS)
    store.registry.import_patients(
        [Patient(f"P{n}", f"Nom{n}", given_names="Camille", birth_date=date(1950, 1, 1)) for n in range(250)]
    )
    store.people.add_user(User("a", DOCTORS[0].name, Role.DOCTOR, "-", DOCTORS[0].name))
    store.people.open_session(hash_of_token("token"), "a", datetime(2025, 11, 15, tzinfo=UTC))
    ids = []
    for number in range(pages):
        batch, sha = f"batch{number * 10 // pages}", f"{number // 10:064x}"
        store.papers.add_batch(Batch(batch, "accueil", NOW, None))
        store.papers.add_scan(Scan(sha, "application/pdf", 1, f"lot{number // 10}.pdf", batch))
        page = Page(f"{number // 10:016x}-{number % 10 + 1}", sha, number % 10 + 1, 2480, 3507, 300)
        store.papers.add_pages([page])
        made = outcome_of(page, number, lines, chance)
        store.papers.save_outcome(made, now=NOW)
        ids.append(page.id)
        for proposal in made.proposals[: lines // 10]:
            if proposal.patient_id is not None:
                store.review.decide(Decision(0, proposal.id, Verb.ACCEPT, "a", Role.DOCTOR, NOW), seen=0)
    return ids


def timed(client: TestClient, paths: list[str]) -> tuple[list[float], list[float]]:
    """Return milliseconds, wall and CPU, for every address."""
    wall, cpu = [], []
    for path in paths:
        clock, spent = time.perf_counter(), time.process_time()
        answer = client.get(path)
        wall.append(1000 * (time.perf_counter() - clock))
        cpu.append(1000 * (time.process_time() - spent))
        if answer.status_code != 200:
            raise RuntimeError(f"{path.split('/')[1]}: {answer.status_code}")
    return wall, cpu


def main() -> None:
    """Fill, ask, print."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--pages", type=int, default=500)
    parser.add_argument("--lines", type=int, default=10, help="proposed lines a page")
    parser.add_argument("--appointments", type=int, default=1000, help="lines of the agenda")
    parser.add_argument("--asked", type=int, default=80, help="requests a screen")
    asked = parser.parse_args()
    with TemporaryDirectory() as folder:
        house = BenchHouse(Settings(data_dir=Path(folder), database_url="", max_upload_mb=1))
        ids = fill(house, asked.pages, asked.lines)
        book(house, asked.appointments)
        client = TestClient(create_app(house), follow_redirects=False, cookies={"reprise_session": "token"})
        chance = random.Random(1)
        pages = chance.choices(ids, k=asked.asked)
        screens = {
            "queue, own lines": ["/queue"] * asked.asked,
            "queue, all pages": ["/queue?view=all&doctor=all"] * asked.asked,
            "queue, live part": ["/queue/live"] * asked.asked,
            "reconciling": ["/reconciliation?doctor=all"] * asked.asked,
            "the same, all rows": ["/reconciliation?doctor=all&show=all"] * asked.asked,
            "page": [f"/pages/{page}" for page in pages],
            "line image": [f"/pages/{pages[0]}/lines/{n % 10}.jpg" for n in range(asked.asked)],
        }
        print(f"{asked.pages} pages, {asked.pages * asked.lines} lines; ms, median / 95th percentile")
        for name, paths in screens.items():
            timed(client, paths[:3])
            wall, cpu = timed(client, paths)
            shown = [
                f"{statistics.median(times):6.1f} / {statistics.quantiles(times, n=20)[-1]:6.1f}"
                for times in (wall, cpu)
            ]
            print(f"{name:18} wall {shown[0]}   cpu {shown[1]}")
        house.close()


if __name__ == "__main__":
    main()
