"""`reprise reconcile`: the same answer on the terminal, as text and as JSON, with an exit code."""

import json

import pytest
from invented_agenda import book, booking
from invented_practice import NOW
from typer.testing import CliRunner

from pipeline.cli.main import app
from pipeline.domain.errors import UsageError, VisitsOpen
from pipeline.domain.reconciliation import NoAppointment, NoPaper, VisitDecision
from pipeline.domain.review import Role


@pytest.fixture
def agenda(practice, tmp_path, monkeypatch):
    monkeypatch.setenv("REPRISE_DATA_DIR", str(tmp_path / "data"))
    house, pages = practice
    book(house)
    return house, pages


def reconcile(*options):
    return CliRunner().invoke(app, ["reconcile", *options])


def test_what_is_open_has_a_star_and_an_exit_code(agenda):
    done = reconcile()
    assert done.exit_code == VisitsOpen.exit_code == 8, done.output
    assert "* 11 h 00 QUERMADEC Yannig né(e) le 21/08/1979 : Sans papier" in done.stdout.replace("\xa0", " ")
    assert "1 fichier n’a pas pu être ouvert" in done.stderr and "1 file could not be opened" in done.stderr
    assert "Avec papier" not in done.stdout


def test_what_agrees_is_shown_when_asked_and_in_english(agenda):
    done = reconcile("--all", "--language", "en", "--day", "2025-11-12", "--doctor", "dr trevarin")
    assert "09:15 VAUQUELOR Odile born 7 March 1948 : With paper" in done.stdout
    assert "Rendez-vous" not in done.stdout


def test_json_is_one_object_whose_counts_add_up(agenda):
    _house, pages = agenda
    answer = json.loads(reconcile("--format", "json").stdout)
    counts = answer["counts"]
    assert (
        counts["appointments"] == 5 == counts["with_paper"] + counts["signed"] + counts["open_appointments"]
    )
    assert counts["documents"] == 5
    for key, number in counts.items():
        assert sum(group["counts"][key] for group in answer["groups"]) == number
    shown = [page for group in answer["groups"] for row in group["papers"] for page in row["pages"]]
    shown += [page for group in answer["groups"] for row in group["appointments"] for page in row["pages"]]
    wanted = [pages[name] for name in ("match", "ask", "note", "illegible", "failed")]
    assert sorted(shown) == sorted(wanted)


def test_once_all_is_signed_the_exit_code_is_0(agenda):
    house, pages = agenda
    about = booking(house, "P3", 13)
    words = [
        VisitDecision(0, about.id, None, NoPaper.NO_SHOW, "secretaire", Role.SECRETARY, NOW),
        VisitDecision(
            0, None, pages["note"], NoAppointment.OTHER, "trevarin", Role.DOCTOR, NOW, "passé à midi", "P3"
        ),
    ]
    assert reconcile("--doctor", "Trevarin", "--day", "2025-11-13").exit_code == 8
    house.store.visits.decide(words, seen={word.subject: 0 for word in words})
    for day in ("2025-11-12", "2025-11-13"):
        done = reconcile("--doctor", "Trevarin", "--day", day, "--format", "json")
        assert done.exit_code == 0, done.output
    (group,) = json.loads(
        reconcile("--doctor", "Trevarin", "--day", "2025-11-12", "--format", "json").stdout
    )["groups"]
    assert group["papers"][0]["signed"] == {
        "reason": "other",
        "note": "passé à midi",
        "by": "trevarin",
        "at": NOW.isoformat(),
    }


@pytest.mark.parametrize("wrong", [["--day", "demain"], ["--doctor", "Nobodin"]])
def test_what_cannot_be_is_said(agenda, wrong):
    with pytest.raises(UsageError):
        CliRunner().invoke(app, ["reconcile", *wrong], catch_exceptions=False)


def test_without_an_agenda_it_says_so(practice, tmp_path, monkeypatch):
    monkeypatch.setenv("REPRISE_DATA_DIR", str(tmp_path / "data"))
    assert "aucun rendez-vous n'est importé" in reconcile().stderr
