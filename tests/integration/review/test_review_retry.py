"""What failed is read again by a button: pending at once, asked for once, and the page says by whom."""

import pytest


@pytest.mark.parametrize("name", ["secretaire", "admin"])
def test_a_failed_page_is_read_again_by_a_button(practice, visitor, name):
    house, pages = practice
    path = f"/pages/{pages['failed']}"
    someone = visitor(name)
    assert "Relire la page" in someone.get(path).text
    answer = someone.post(f"{path}/retry")
    assert (answer.status_code, answer.headers["location"]) == (303, path)
    page = someone.get(path).text
    assert "Relecture demandée" in page and "Page en attente de lecture" in page
    shown = house.store.people.user(name).display_name
    assert f"Relecture demandée par {shown}, le 14/11/2025 à 9 h 30." in page
    assert house.store.papers.pending() == 1
    someone.post(f"{path}/retry")
    assert "rien à relire ici" in someone.get(path).text and house.store.papers.pending() == 1


def test_a_doctor_sees_no_such_button(practice, visitor):
    _, pages = practice
    doctor = visitor("trevarin")
    for path in (f"/pages/{pages['failed']}", "/queue?view=failures"):
        assert "Relire" not in doctor.get(path).text


def test_all_that_failed_is_read_again_and_what_cannot_be_opened_stays(practice, visitor):
    house, _ = practice
    someone = visitor("secretaire")
    shown = someone.get("/queue?view=failures").text
    assert "Tout relire" in shown and "Relire le fichier" in shown and "abime.pdf" in shown
    assert someone.post("/retry").headers["location"] == "/queue?view=failures"
    after = someone.get("/queue?view=failures").text
    assert "ce qui reste ici ne peut toujours pas être ouvert" in after
    assert "abime.pdf" in after and "Relire la page" not in after
    (left,) = house.store.papers.failures()
    assert left.name == "abime.pdf" and house.store.papers.pending() == 1
    answer = someone.post(f"/files/{left.scan_sha256}/retry")
    assert "ne peut toujours pas être ouvert" in someone.get(answer.headers["location"]).text
    assert house.store.papers.failures() == [left]
