"""A page wrongly taken for a copy: a person says so, takes it back, and everybody sees who and when."""

import pytest

from pipeline.domain.review import Role


@pytest.mark.parametrize("name", ["secretaire", "trevarin"])
def test_a_copy_that_is_none_gets_its_lines(practice, visitor, name):
    house, pages = practice
    path = f"/pages/{pages['duplicate']}"
    someone = visitor(name)
    before = someone.get(path).text
    assert "Cette page ressemble à une feuille déjà numérisée" in before and 'id="item-1"' not in before
    assert f"/pages/{pages['match']}/image.jpg" in before
    answer = someone.post(f"{path}/sheet/apart", {"seen": "0"})
    assert (answer.status_code, answer.headers["location"]) == (303, f"{path}#sheet")
    after = someone.get(path).text
    assert "Page séparée" in after and 'id="item-4"' in after and 'id="whose"' in after
    shown = house.store.people.user(name).display_name
    assert f"{shown} a dit, le 14/11/2025 à 9 h 30, que ce n’est pas la même feuille" in after
    assert len(house.store.review.proposals(pages["duplicate"])) == 4
    assert all(each.patient_id == "P1" for each in house.store.review.proposals(pages["duplicate"]))


def test_taking_it_back_shows_the_copy_again_and_both_words_in_the_history(practice, visitor):
    house, pages = practice
    path = f"/pages/{pages['duplicate']}"
    someone = visitor("secretaire")
    someone.post(f"{path}/sheet/apart", {"seen": "0"})
    (said,) = house.store.sheets.decisions(pages["duplicate"])
    assert (said.user, said.role, said.other_page_id) == ("secretaire", Role.SECRETARY, pages["match"])
    someone.post(f"{path}/sheet/undo", {"seen": str(said.id)})
    page = someone.get(path).text
    assert "Page rattachée de nouveau" in page and 'id="item-1"' not in page
    assert "deux feuilles différentes" in page and "retour en arrière : la même feuille" in page
    assert len(house.store.sheets.decisions(pages["duplicate"])) == 2


def test_the_first_sheet_says_that_it_has_copies(practice, visitor):
    _, pages = practice
    someone = visitor("secretaire")
    first = f"/pages/{pages['match']}"
    assert "numérisée encore une fois" in someone.get(first).text
    someone.post(f"/pages/{pages['duplicate']}/sheet/apart", {"seen": "0"})
    assert "numérisée encore une fois" not in someone.get(first).text


def test_two_people_at_once_and_an_approved_line_are_told_in_words(practice, visitor):
    house, pages = practice
    path = f"/pages/{pages['duplicate']}"
    secretary, doctor = visitor("secretaire"), visitor("trevarin")
    secretary.post(f"{path}/sheet/apart", {"seen": "0"})
    late = doctor.post(f"{path}/sheet/apart", {"seen": "0"})
    assert late.status_code == 409 and "quelqu’un a déjà répondu" in late.text
    (said,) = house.store.sheets.decisions(pages["duplicate"])
    line = house.store.review.proposals(pages["duplicate"])[1]
    doctor.post(f"{path}/items/{line.id}/accept", {"seen": "0"})
    held = secretary.post(f"{path}/sheet/undo", {"seen": str(said.id)})
    assert held.status_code == 409 and "Des lignes de cette page sont déjà acceptées" in held.text
    assert len(house.store.sheets.decisions(pages["duplicate"])) == 1


def test_a_page_that_nothing_linked_has_no_such_panel(practice, visitor):
    _, pages = practice
    someone = visitor("secretaire")
    assert 'id="sheet"' not in someone.get(f"/pages/{pages['match']}").text
    assert someone.post(f"/pages/{pages['match']}/sheet/apart", {"seen": "0"}).status_code == 409
    assert someone.post("/pages/none/sheet/apart", {"seen": "0"}).status_code == 404
