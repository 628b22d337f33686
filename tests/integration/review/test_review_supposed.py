"""A page that asks is compared with the record of the person it is likely about, and says so."""

from datetime import date
from io import BytesIO

import pytest
from invented_practice import MARTIN, NOW, draw, layout_of, transcript_of
from PIL import Image

from pipeline.domain.drug import DrugCandidate
from pipeline.domain.identity import MatchAnswer, PatientCandidate, PatientMatch, Traits
from pipeline.domain.meaning import PrescriptionLine, Understanding
from pipeline.domain.outcome import PageOutcome
from pipeline.domain.paper import PageKind
from pipeline.process import propose_for
from pipeline.wiring import House

WORDS = ["Mme VAUQUELOR Odile", "Amlodipine 10 mg 1 cp le matin"]
NOTICE = "sous réserve que ce soit bien cette personne"


@pytest.fixture
def asked(practice, tmp_path):
    """A page about whom the machine asks, likely Mme Vauquelor, who takes amlodipine 5 mg."""
    house, _ = practice
    image = BytesIO()
    Image.fromarray(draw(WORDS, seed=9)).save(image, "PNG", dpi=(150, 150))
    receipt = house.receive([("jeudi.png", BytesIO(image.getvalue()))], "secretaire", 1)
    (page,) = house.store.papers.pages_of_batch(receipt.batch.id)
    drug = DrugCandidate(house.formulary.lookup("Amlodipine")[0], 0.99, 0.99)
    item = PrescriptionLine(
        WORDS[1], "Amlodipine", drug, strength="10 mg", posologies=house.parse_posology("1 cp le matin")
    )
    transcript = transcript_of(page.id, WORDS)
    told = Understanding(
        PageKind.PRESCRIPTION, date(2025, 11, 12), MARTIN, Traits(text=WORDS[0]), (item,), rules="règles 1"
    )
    match = PatientMatch(MatchAnswer.ASK, (PatientCandidate("P1", 0.94, ("names.exact", "given.exact")),))
    outcome = PageOutcome(page, layout_of(transcript), transcript, told, match)
    proposals = propose_for(
        outcome,
        None,
        house.store.registry.record("P1"),
        strengths_of=house.formulary.strengths_of,
        formulary=house.formulary.version,
        supposed_id=match.supposed_id,
    )
    house.store.papers.save_outcome(
        PageOutcome(page, outcome.layout, transcript, told, match, proposals), now=NOW
    )
    return page.id


def test_what_is_compared_says_with_whom_and_cannot_be_approved(practice, visitor, asked):
    house, _ = practice
    doctor = visitor("trevarin")
    screen = doctor.get(f"/pages/{asked}").text
    assert NOTICE in screen and "VAUQUELOR Odile" in screen
    assert "Amlodipine 5 mg" in screen  # what the record has
    (proposal,) = house.store.review.proposals(asked)
    assert (proposal.patient_id, proposal.supposed_id) == (None, "P1")
    doctor.post(f"/pages/{asked}/items/{proposal.id}/accept", {"seen": "0"})
    assert not house.store.review.decisions(proposal.id)


def test_nobody_is_compared_with_once_somebody_said_not_in_the_registry(
    practice, visitor, asked, monkeypatch
):
    # The real road: the practice of these tests has ready-made lines for its own sheet.
    monkeypatch.setattr(type(practice[0]), "propose_again", House.propose_again)
    secretary = visitor("secretaire")
    secretary.get(f"/pages/{asked}")
    secretary.post(f"/pages/{asked}/identity", {"patient": "-", "seen": "0"})
    screen = secretary.get(f"/pages/{asked}").text
    assert NOTICE not in screen and "Amlodipine 5 mg" not in screen
    assert "Amlodipine 10 mg" in screen
