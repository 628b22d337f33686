"""Appointments beside papers on the review page: who may sign, what is refused, and what is shown."""

import re
from datetime import date

import pytest
from invented_agenda import AGENDA, book, booking
from invented_practice import MARTIN

from pipeline.domain.reconciliation import NoAppointment, NoPaper
from pipeline.domain.review import Role
from pipeline.settings import Settings

PATH = "/reconciliation"


@pytest.fixture
def agenda(practice):
    house, pages = practice
    book(house)
    return house, pages


def visits(text):
    """The rows of a screen, as texts without tags."""
    rows = re.findall(r'<li class="visit.*?</li>\s*(?=<li class="visit|</ol>)', text, re.S)
    return [" ".join(re.sub(r"<[^>]+>", " ", row).split()) for row in rows]


def row_with(text, head, *words):
    (found,) = [row for row in visits(text) if row.startswith(head) and all(word in row for word in words)]
    return found


def sign(someone, house, patient, on, **form):
    key = booking(house, patient, on).id
    data = {"appointment": key, "seen": "0", "place": f"at-2025-11-{on}-x", **form}
    return someone.post(f"{PATH}/appointment", data)


def test_everybody_sees_who_has_no_paper_and_which_paper_has_no_appointment(agenda, visitor):
    for name in ("secretaire", "okaforeau", "admin"):
        text = visitor(name).get(f"{PATH}?doctor=all").text
        assert "1 avec papier, 0 avec un motif signé, 3 à pointer" in text
        assert "1 avec rendez-vous, 0 sans rendez-vous et signés, 4 à pointer" in text
        assert "1 rendez-vous à venir" in text
        assert "Un papier est daté du 12/11/2025" in row_with(text, "11 h 00 QUERMADEC")
        assert "Rendez-vous le 13/11/2025" in row_with(
            text, "QUERMADEC", "Note de consultation", "Sans rendez-vous"
        )
        assert "La lecture a échoué" in row_with(text, "Papier non lu")
        asked = row_with(text, "Patient à identifier", "Ordonnance")
        assert "Peut-être VAUQUELOR Odette. Rendez-vous ce jour-là" in asked


@pytest.mark.parametrize("name", ["secretaire", "okaforeau"])
def test_a_reason_is_signed_with_name_and_time_and_taken_back(agenda, visitor, name):
    house, _ = agenda
    someone = visitor(name)
    someone.get(PATH)
    answer = sign(someone, house, "P2", 12, reason="no_show", day="2025-11-12", doctor="all")
    assert answer.status_code == 303
    assert answer.headers["location"] == f"{PATH}?day=2025-11-12&doctor=all#at-2025-11-12-x"
    (said,) = house.store.visits.facts().decisions
    assert (said.reason, said.user) == (NoPaper.NO_SHOW, name)
    text = someone.get(f"{PATH}?doctor=all").text
    shown = house.store.people.user(name).display_name
    assert "Signé. « Revenir en arrière »" in text
    row = row_with(text, "10 h 00 VAUQUELOR Odette")
    assert f"Ne s’est pas présenté {shown}, le 14/11/2025 à 9 h 30" in row and "Revenir en arrière" in row
    back = someone.post(f"{PATH}/undo", {"appointment": said.appointment_id, "seen": str(said.id)})
    assert back.status_code == 303
    assert "Sans papier" in row_with(someone.get(f"{PATH}?doctor=all").text, "10 h 00 VAUQUELOR Odette")
    assert len(house.store.visits.facts().decisions) == 2


def test_a_paper_is_a_known_walk_in_until_somebody_takes_it_back(agenda, visitor):
    house, pages = agenda
    someone = visitor("secretaire")
    someone.get(PATH)
    about = {"page": pages["note"], "seen": "0", "patient": "P3"}
    assert someone.post(f"{PATH}/paper", {**about, "reason": "walk_in"}).status_code == 303
    (said,) = house.store.visits.facts().decisions
    assert (said.reason, said.patient_id, said.role) == (NoAppointment.WALK_IN, "P3", Role.SECRETARY)
    text = someone.get(PATH).text
    assert "Sans rendez-vous Maëlle Ruzic, le 14/11/2025" in row_with(text, "QUERMADEC", "Note")
    assert "Un papier est daté" not in text
    someone.post(f"{PATH}/undo", {**about, "seen": str(said.id)})
    assert "Rendez-vous le 13/11/2025" in someone.get(PATH).text


def test_a_paper_is_put_to_an_appointment_and_taken_off_again(agenda, visitor):
    house, pages = agenda
    someone = visitor("secretaire")
    someone.get(PATH)
    key = booking(house, "P3", 13).id
    data = {"page": pages["note"], "seen": "0", "patient": "P3", "appointment": key}
    assert someone.post(f"{PATH}/paper", data).status_code == 303
    text = someone.get(PATH).text
    row = row_with(text, "11 h 00 QUERMADEC")
    assert "Avec papier" in row and "Papier rattaché par Maëlle Ruzic, le 14/11/2025" in row
    (said,) = house.store.visits.facts().decisions
    someone.post(f"{PATH}/undo", {"page": pages["note"], "seen": str(said.id), "patient": "P3"})
    assert len([row for row in visits(someone.get(PATH).text) if "QUERMADEC" in row]) == 2


def test_a_paper_that_agrees_may_be_said_to_be_none_of_that_appointment(agenda, visitor):
    _house, pages = agenda
    someone = visitor("secretaire")
    assert not any(row.startswith("9 h 15") for row in visits(someone.get(PATH).text))
    assert "Ce papier n’est pas de ce rendez-vous" in row_with(someone.get(f"{PATH}?show=all").text, "9 h 15")
    someone.post(
        f"{PATH}/paper", {"page": pages["match"], "seen": "0", "patient": "P1", "reason": "no_visit"}
    )
    text = someone.get(PATH).text
    assert "Sans papier" in row_with(text, "9 h 15")
    signed = row_with(text, "VAUQUELOR Odile", "Voir : Ordonnance", "Revenir en arrière")
    assert "Remis sans consultation Maëlle Ruzic" in signed


def test_another_reason_has_words(agenda, visitor):
    house, _ = agenda
    someone = visitor("secretaire")
    someone.get(PATH)
    empty = sign(someone, house, "P2", 12, reason="other", note="  ")
    assert empty.status_code == 422 and "Écrivez le motif" in empty.text
    sign(someone, house, "P2", 12, reason="other", note="  hospitalisée   la veille ")
    (said,) = house.store.visits.facts().decisions
    assert said.note == "hospitalisée la veille"
    assert "hospitalisée la veille Maëlle Ruzic" in row_with(
        someone.get(PATH).text, "10 h 00 VAUQUELOR Odette"
    )


def test_the_administrator_looks_on(agenda, visitor):
    house, pages = agenda
    admin = visitor("admin")
    text = admin.get(PATH).text
    assert "Ne s’est pas présenté" not in text and "C’est son papier" not in text
    assert sign(admin, house, "P2", 12, reason="no_show").status_code == 403
    assert admin.post(f"{PATH}/paper", {"page": pages["note"], "seen": "0"}).status_code == 403
    assert admin.post(f"{PATH}/undo", {"page": pages["note"], "seen": "0"}).status_code == 403
    assert house.store.visits.facts().decisions == ()


def test_a_form_from_elsewhere_and_a_stranger_are_refused(agenda, visitor):
    house, _ = agenda
    someone = visitor("secretaire")
    key = booking(house, "P2", 12).id
    bad = someone.post(
        f"{PATH}/appointment", {"csrf": "x", "appointment": key, "seen": "0", "reason": "seen"}
    )
    assert bad.status_code == 403
    assert visitor().get(PATH).headers["location"] == "/login"
    assert house.store.visits.facts().decisions == ()


def test_two_people_at_once_and_a_patient_settled_meanwhile_are_told_in_words(agenda, visitor):
    house, pages = agenda
    first, second = visitor("secretaire"), visitor("trevarin")
    first.get(PATH)
    second.get(PATH)
    sign(first, house, "P2", 12, reason="cancelled")
    late = sign(second, house, "P2", 12, reason="no_show", doctor="all")
    assert late.status_code == 409 and "Quelqu’un a signé entre-temps" in late.text
    assert "Rendez-vous annulé Maëlle Ruzic" in row_with(late.text, "10 h 00 VAUQUELOR Odette")
    first.post(f"/pages/{pages['note']}/identity", {"patient": "P2", "seen": "0"})
    old = {"page": pages["note"], "seen": "0", "patient": "P3", "reason": "walk_in"}
    assert first.post(f"{PATH}/paper", old).status_code == 409
    assert len(house.store.visits.facts().decisions) == 1


def test_what_makes_no_sense_is_not_found(agenda, visitor):
    house, _pages = agenda
    someone = visitor("secretaire")
    someone.get(PATH)
    assert sign(someone, house, "P2", 12, reason="walk_in").status_code == 404
    assert sign(someone, house, "P2", 12, reason="").status_code == 404
    gone = {"appointment": '[["P9"]]', "seen": "0", "reason": "seen"}
    assert someone.post(f"{PATH}/appointment", gone).status_code == 404
    assert someone.post(f"{PATH}/paper", {"reason": "walk_in"}).status_code == 404
    assert someone.post(f"{PATH}/paper", {"page": "no", "seen": "0", "reason": "walk_in"}).status_code == 404
    odd = sign(someone, house, "P2", 12, reason="seen", seen="x")
    assert odd.status_code == 409
    away = sign(someone, house, "P2", 12, reason="seen", place="at-x\r\nSet-Cookie: a=b")
    assert away.headers["location"] == PATH


@pytest.mark.parametrize(
    ("query", "rows"),
    [
        ("day=2025-11-12", 3),
        ("day=2025-11-12&doctor=idris-okaforeau", 2),
        ("day=2025-11-12&doctor=solene-trevarin&show=all", 2),
        ("day=-", 2),
        ("doctor=-", 2),
        ("day=2025-11-14", 0),
        ("day=2025-11-14&show=all", 1),
        ("day=../etc&doctor=%3Cb%3E&start=-4", 7),
    ],
)
def test_day_and_doctor_are_chosen_in_the_address(agenda, visitor, query, rows):
    text = visitor("secretaire").get(f"{PATH}?{query}").text
    assert len(visits(text)) == rows


def test_a_doctor_sees_the_own_days_first(agenda, visitor):
    own = visitor("okaforeau").get(PATH).text
    assert re.search(r'<option value="idris-okaforeau" selected>', own)
    assert len(visits(own)) == 3


def test_no_address_says_anything_of_a_patient(agenda, visitor):
    someone = visitor("secretaire")
    text = someone.get(f"{PATH}?show=all").text
    for address in re.findall(r'(?:href|action)="([^"]*)"', text):
        assert not re.search(r"P[123]\b|uermadec|auquelor", address, re.I), address


def test_signed_no_show_and_a_paper_that_came_later_are_shown_to_contradict(agenda, visitor):
    house, _pages = agenda
    someone = visitor("secretaire")
    someone.get(PATH)
    sign(someone, house, "P1", 12, reason="no_show")
    row = row_with(someone.get(PATH).text, "9 h 15")
    assert "Avec papier" in row and "un papier est arrivé depuis" in row and "Revenir en arrière" in row


def test_only_the_outage_counts_where_it_is_set(agenda, visitor):
    house, _ = agenda
    house.settings = Settings(
        data_dir=house.settings.data_dir,
        database_url="",
        _env_file=None,
        outage_from=date(2025, 11, 12),
        outage_to=date(2025, 11, 14),
    )
    text = visitor("secretaire").get(PATH).text
    assert "1 avec papier, 0 avec un motif signé, 2 à pointer" in text


def test_without_an_agenda_the_page_says_how_to_get_one_and_the_morning_is_silent(practice, visitor):
    someone = visitor("secretaire")
    assert "Aucun agenda n’est importé" in someone.get(PATH).text
    assert "papiers sans rendez-vous" not in someone.get("/queue").text


def test_the_morning_page_says_what_is_open_and_leads_there(agenda, visitor):
    text = " ".join(visitor("secretaire").get("/queue").text.split())
    assert '<a href="/reconciliation"><b>7</b> à pointer' in text
    assert "3 rendez-vous sans papier, 4 papiers sans rendez-vous" in text


def test_long_lists_come_in_parts(agenda, visitor):
    from dataclasses import replace
    from datetime import timedelta

    house, _ = agenda
    many = [
        replace(AGENDA[0], doctor=MARTIN, start=AGENDA[0].start + timedelta(minutes=n)) for n in range(80)
    ]
    house.store.registry.import_appointments(many)
    someone = visitor("secretaire")
    first = someone.get(f"{PATH}?day=2025-11-10").text
    assert len(visits(first)) == 60 and "1 à 60 sur 81" in first
    rest = someone.get(f"{PATH}?day=2025-11-10&start=60").text
    assert len(visits(rest)) == 21 and "61 à 81 sur 81" in rest


def test_all_is_said_in_english_too(agenda, visitor):
    house, _ = agenda
    house.store.people.set_language("secretaire", "en")
    text = visitor("secretaire").get(f"{PATH}?show=all").text
    for words in (
        "Reconciliation",
        "1 with paper, 0 with a signed reason, 3 open",
        "Did not come",
        "Perhaps VAUQUELOR",
    ):
        assert words in text
    assert "Rendez-vous" not in text and "pointer" not in text
