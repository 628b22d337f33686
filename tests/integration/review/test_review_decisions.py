"""What people decide reaches the store once, by the right person, and nothing is overwritten."""

import re

import pytest
from invented_practice import DOCTORS

from pipeline.domain.review import Verb


@pytest.fixture
def line(practice):
    house, pages = practice

    class Line:
        id = f"{pages['match']}-P1-0"
        page = f"/pages/{pages['match']}"
        path = f"/pages/{pages['match']}/items/{pages['match']}-P1-0"

        def decisions(self):
            return house.store.review.decisions(self.id)

        def newest(self):
            return str(self.decisions()[-1].id if self.decisions() else 0)

    return Line()


def test_accept_then_undo_is_written_down_twice(practice, visitor, line):
    doctor = visitor("trevarin")
    answer = doctor.post(f"{line.path}/accept", {"seen": "0"})
    assert (answer.status_code, answer.headers["location"]) == (303, f"{line.page}#item-1")
    page = doctor.get(line.page).text
    assert "Ligne acceptée." in page and "1 sur 4 décidées" in page
    assert "Ligne acceptée." not in doctor.get(line.page).text
    assert [each.payload.drug for each in practice[0].store.review.approved()] == ["Amoxicilline"]
    assert doctor.post(f"{line.path}/undo", {"seen": line.newest()}).status_code == 303
    assert practice[0].store.review.approved() == []
    assert [decision.verb for decision in line.decisions()] == [Verb.ACCEPT, Verb.UNDO]
    history = doctor.get(line.page).text
    assert (
        "Dr Solène TREVARIN" in history and "décision annulée" in history and "14/11/2025 à 9 h 30" in history
    )


def test_amend_stores_what_the_doctor_meant(practice, visitor, line):
    doctor = visitor("trevarin")
    fields = {
        "seen": "0", "drug": "doliprane", "strength": "500 mg", "form": "comprimé", "action": "change",
        "posology": "1 comprimé 3 fois par jour pendant 5 jours", "renewals": "1", "not_substitutable": "1",
    }  # fmt: skip
    assert doctor.post(f"{line.path}/amend", fields).status_code == 303
    (approved,) = practice[0].store.review.approved()
    payload = approved.payload
    assert (payload.drug, payload.substance, payload.strength) == ("Doliprane", "paracétamol", "500 mg")
    assert (payload.action, payload.renewals, payload.not_substitutable) == ("change", 1, True)
    assert (payload.posologies[0].frequency, payload.posologies[0].duration.value) == (3, 5)
    page = doctor.get(line.page).text
    assert "Doliprane 500 mg, comprimé" in page and "Amoxicilline 1 g, comprimé</s>" in page


def test_an_unknown_drug_is_asked_about_and_keeps_what_was_typed(practice, visitor, line):
    doctor = visitor("trevarin")
    fields = {"seen": "0", "drug": "Zorblaximol", "posology": "au coucher", "action": "start"}
    answer = doctor.post(f"{line.path}/amend", fields)
    assert answer.status_code == 422
    assert (
        "pas dans le livret" in answer.text
        and 'value="Zorblaximol"' in answer.text
        and "confirm_unknown" in answer.text
    )
    assert line.decisions() == []
    assert doctor.post(f"{line.path}/amend", {**fields, "confirm_unknown": "1"}).status_code == 303
    assert practice[0].store.review.approved()[0].payload.substance is None


def test_a_rejection_without_a_reason_is_refused(practice, visitor, line):
    doctor = visitor("trevarin")
    answer = doctor.post(f"{line.path}/reject", {"seen": "0"})
    assert answer.status_code == 422 and "Un rejet a besoin d’un motif" in answer.text
    doctor.post(f"{line.path}/reject", {"seen": "0", "reason": "other", "comment": "posologie d'un proche"})
    assert line.decisions()[0].reason == "posologie d'un proche"
    assert practice[0].store.review.approved() == []


@pytest.mark.parametrize("verb", ["accept", "amend", "reject", "undo"])
def test_whoever_comes_second_is_told_and_overwrites_nothing(practice, visitor, line, verb):
    first, second = visitor("trevarin"), visitor("okaforeau")
    second.get(line.page)
    first.post(f"{line.path}/accept", {"seen": "0"})
    fields = {"seen": "0", "drug": "Doliprane", "action": "start", "reason": "misread"}
    answer = second.post(f"{line.path}/{verb}", fields)
    assert answer.status_code == 409
    assert "cette ligne a été acceptée par Dr Solène TREVARIN, le 14/11/2025 à 9 h 30" in answer.text
    assert [decision.verb for decision in line.decisions()] == [Verb.ACCEPT]


def test_a_decided_line_is_undone_before_it_is_decided_again(visitor, line):
    doctor = visitor("trevarin")
    doctor.post(f"{line.path}/accept", {"seen": "0"})
    answer = doctor.post(f"{line.path}/reject", {"seen": line.newest(), "reason": "misread"})
    assert answer.status_code == 409
    assert len(line.decisions()) == 1


@pytest.mark.parametrize("seen", ["", "-1", "x", "99999999999999999999", "²"])
def test_a_form_without_what_was_seen_decides_nothing(visitor, line, seen):
    assert visitor("trevarin").post(f"{line.path}/accept", {"seen": seen}).status_code == 409
    assert line.decisions() == []


def test_htmx_gets_the_card_alone(visitor, line):
    doctor = visitor("trevarin")
    answer = doctor.post(f"{line.path}/accept", {"seen": "0"}, headers={"HX-Request": "true"})
    assert answer.status_code == 200 and "<html" not in answer.text
    assert 'id="item-1"' in answer.text and 'data-state="accepted"' in answer.text
    assert "1 sur 4 décidées" in answer.text
    assert "decided" in answer.headers["hx-trigger-after-swap"]
    again = doctor.post(f"{line.path}/accept", {"seen": "0"}, headers={"HX-Request": "true"})
    assert again.status_code == 409 and "Entre-temps" in again.text and "<html" not in again.text


def test_typing_is_understood_by_the_real_grammar(visitor):
    doctor = visitor("trevarin")
    understood = doctor.post("/typing/posology", {"posology": "1 cp matin et soir pdt 7 j"}).text
    assert "Compris" in understood and "7 jours" in understood and "matin, soir" in understood
    assert "pas comprise" in doctor.post("/typing/posology", {"posology": "zzz qqq"}).text
    assert "Sans posologie" in doctor.post("/typing/posology", {"posology": "  "}).text
    assert '<option value="Lamictal">' in doctor.post("/typing/drug", {"drug": "lamic"}).text
    assert "<option" not in doctor.post("/typing/drug", {"drug": "l"}).text
    assert '<option value="500 mg">' in doctor.post("/typing/strengths", {"drug": "Doliprane"}).text


def test_nothing_is_approved_before_somebody_says_whose_page_it_is(practice, visitor):
    house, pages = practice
    path = f"/pages/{pages['ask']}"
    doctor = visitor("okaforeau")
    page = doctor.get(path).text
    assert "/accept" not in page and "Dites d’abord de qui est cette page" in page
    nobody = f"{pages['ask']}-nobody-0"
    assert doctor.post(f"{path}/items/{nobody}/accept", {"seen": "0"}).status_code == 409
    secretary = visitor("secretaire")
    answer = secretary.post(f"{path}/identity", {"seen": "0", "patient": "P1"})
    assert answer.headers["location"] == f"{path}#whose"
    assert "Confirmé par Maëlle Ruzic" in secretary.get(path).text
    assert house.store.review.current_patient(pages["ask"]) == "P1"
    assert "Allergie à la pénicilline" in doctor.get(path).text
    assert doctor.post(f"{path}/items/{pages['ask']}-P1-0/accept", {"seen": "0"}).status_code == 303


def test_lines_of_another_patient_are_gone_with_him(practice, visitor):
    _, pages = practice
    path = f"/pages/{pages['ask']}"
    doctor = visitor("okaforeau")
    visitor("secretaire").post(f"{path}/identity", {"seen": "0", "patient": "P1"})
    answer = doctor.post(f"{path}/items/{pages['ask']}-nobody-0/reject", {"seen": "0", "reason": "misread"})
    assert (answer.status_code, answer.headers["location"]) == (303, path)
    assert "a changé entre-temps" in doctor.get(path).text


def test_identity_conflicts_undo_and_absence(practice, visitor):
    house, pages = practice
    path = f"/pages/{pages['ask']}"
    review = house.store.review
    secretary, doctor = visitor("secretaire"), visitor("trevarin")
    secretary.post(f"{path}/identity", {"seen": "0", "patient": "P2"})
    late = doctor.post(f"{path}/identity", {"seen": "0", "patient": "P1"})
    assert late.status_code == 409 and "quelqu’un a déjà répondu" in late.text
    assert review.current_patient(pages["ask"]) == "P2"
    seen = str(review.identity_decisions(pages["ask"])[-1].id)
    doctor.post(f"{path}/identity", {"seen": seen, "patient": "-"})
    assert review.current_patient(pages["ask"]) is None
    assert "Absent du registre" in doctor.get(path).text
    for expected in ("P2", None):
        seen = str(review.identity_decisions(pages["ask"])[-1].id)
        assert secretary.post(f"{path}/identity/undo", {"seen": seen}).status_code == 303
        assert review.current_patient(pages["ask"]) == expected
    assert len(review.identity_decisions(pages["ask"])) == 4


def test_an_approved_line_holds_its_patient(practice, visitor, line):
    doctor = visitor("trevarin")
    doctor.post(f"{line.path}/accept", {"seen": "0"})
    answer = visitor("secretaire").post(f"{line.page}/identity", {"seen": "0", "patient": "P2"})
    assert answer.status_code == 409 and "Annulez d’abord ces décisions" in answer.text
    assert practice[0].store.review.current_patient(practice[1]["match"]) == "P1"


def test_the_registry_is_searched_without_leaving_a_trace_in_the_address(practice, visitor):
    path = f"/pages/{practice[1]['ask']}"
    found = visitor("secretaire").post(f"{path}/identity/search", {"text": "quermadec"})
    assert (
        found.status_code == 200 and "QUERMADEC Yannig" in found.text and "1 personne trouvée" in found.text
    )
    by_date = visitor("secretaire").post(f"{path}/identity/search", {"text": "21/08/1979"})
    assert "QUERMADEC Yannig" in by_date.text
    assert visitor("secretaire").post(f"{path}/identity", {"seen": "0", "patient": "P999"}).status_code == 404


def test_every_page_is_shown_even_without_a_line(practice, visitor):
    doctor = visitor("trevarin")
    said = {
        "note": ("Note de consultation", "repos, revoir si besoin"),
        "blank": ("Page blanche", "Ce côté de la feuille est blanc."),
        "duplicate": ("déjà dans la liste", practice[1]["match"]),
        "illegible": ("Rien n’a pu être lu", "image.jpg"),
        "failed": ("Cette page est coupée", "image.jpg"),
    }
    for name, expected in said.items():
        page = doctor.get(f"/pages/{practice[1][name]}").text
        for words in expected:
            assert words in page, name


def test_the_morning_page_says_what_waits_for_whom(practice, visitor):
    secretary, doctor = visitor("secretaire"), visitor("trevarin")
    mine = doctor.get("/queue").text
    assert "VAUQUELOR Odile" in mine and "Urgent" in mine and "Patient à identifier" not in mine
    assert "Patient à identifier" in doctor.get("/queue?view=lines&doctor=all").text
    assert "Patient à identifier" in doctor.get(f"/queue?view=lines&doctor={DOCTORS[1].rpps}").text
    hers = secretary.get("/queue").text
    assert "Qui est-ce" in hers and "La nuit dernière" in hers and "14/11/2025 à 4 h 30" in hers
    failures = secretary.get("/queue?view=failures").text
    assert "abime.pdf" in failures and "numérisez-la de nouveau" in failures
    aside = secretary.get("/queue?view=aside").text
    assert "Doublon" in aside and "Page blanche" in aside
    live = secretary.get("/queue/live").text
    assert "6 pages lues sur 7" in live and "7 feuilles annoncées" in live


def test_the_export_state_is_shown(practice, visitor, line):
    doctor = visitor("trevarin")
    assert "Aucune ligne n’est encore approuvée" in doctor.get("/export").text
    doctor.post(f"{line.path}/accept", {"seen": "0"})
    assert "Attend l’export" in doctor.get("/export").text
    house = practice[0]
    house.store.outbox.record_export([int(line.newest())], "lot", house.now())
    assert "Attend l’export" not in doctor.get("/export").text
    assert "Exportée" in doctor.get(line.page).text


def test_files_come_in_by_the_browser(practice, visitor, tmp_path):
    secretary = visitor("secretaire")
    data = (tmp_path / "mercredi.tif").read_bytes()
    files = [
        ("files", ("jeudi.png", b"\x89PNG coupe", "image/png")),
        ("files", ("encore.tif", data, "image/tiff")),
    ]
    answer = secretary.post("/upload", {"sheets": "3"}, files=files)
    assert answer.status_code == 200
    assert "2 fichiers reçus" in answer.text and "3 feuilles annoncées" in answer.text
    assert "encore.tif" in answer.text and "était déjà là" in answer.text and "jeudi.png" in answer.text
    (batch,) = (each for each in practice[0].store.papers.batches() if each.declared_sheets == 3)
    assert batch.sender == "secretaire"
    assert secretary.post("/upload", {"sheets": "3"}).status_code == 422
    assert secretary.post("/upload", {"sheets": "trois"}, files=files).status_code == 422


def test_a_file_is_opened_as_it_came_without_its_name(practice, visitor, tmp_path):
    sha = practice[0].store.papers.page(practice[1]["match"]).scan_sha256
    answer = visitor("secretaire").get(f"/files/{sha}")
    assert answer.content == (tmp_path / "mercredi.tif").read_bytes()
    assert answer.headers["content-disposition"] == f'attachment; filename="{sha[:16]}"'


def test_an_upside_down_sheet_is_shown_upright(practice, visitor):
    import cv2
    import numpy as np

    doctor = visitor("trevarin")

    def shown(name):
        data = doctor.get(f"/pages/{practice[1][name]}/image.jpg?zoom=1").content
        return cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_GRAYSCALE)

    upright, turned = shown("match"), shown("ask")
    assert upright.shape == turned.shape
    assert np.mean(np.abs(upright.astype(int) - turned)) < 8
    points = [
        re.findall(r'points="([^"]*)"', doctor.get(f"/pages/{practice[1][name]}").text)
        for name in ("match", "ask")
    ]
    assert points[0] == points[1]
