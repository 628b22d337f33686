"""Every value on the page's screen shows the ink that says so."""

import re


def test_what_is_written_once_for_the_page_shows_its_own_ink_beside_every_line_that_it_counts_for(
    practice, visitor
):
    _, pages = practice
    page = visitor("trevarin").get(f"/pages/{pages['match']}").text
    cards = dict(re.findall(r'<article class="item[^"]*" id="item-(\d)"(.*?)</article>', page, re.DOTALL))
    foot = f"/pages/{pages['match']}/lines/8.jpg"
    said = "Durée, écrite une fois pour la page"
    assert [number for number, card in cards.items() if foot in card and said in card] == ["2", "4"]
    assert '<q lang="fr">QSP 3 mois</q>' in cards["2"]


def test_the_day_and_the_patient_show_their_ink_and_a_silent_page_shows_none(practice, visitor):
    _, pages = practice
    page = visitor("secretaire").get(f"/pages/{pages['match']}").text
    heading, whose = page.split('class="steps"')[0], page.split('id="whose"')[1].split("</section>")[0]
    assert f"/pages/{pages['match']}/lines/1.jpg" in heading and "Écriture : le 12/11/2025" in heading
    assert f"/pages/{pages['match']}/traits/0.jpg" in whose and 'href="#line-0"' in whose
    note = visitor("secretaire").get(f"/pages/{pages['note']}").text
    assert "/lines/" not in note.split('class="steps"')[0]
