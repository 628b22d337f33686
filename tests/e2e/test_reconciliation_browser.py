"""Appointments beside papers in a real Chromium: sign, undo, walk-in, join; both languages, no JavaScript."""

import pytest

WORDS = {
    "fr": {
        "page": "Pointage",
        "no_show": "Ne s’est pas présenté",
        "walk_in": "Sans rendez-vous",
        "undo": "Revenir en arrière",
        "other": "Autre motif",
        "words": "Le motif, en quelques mots",
        "sign": "Signer",
        "join": "C’est son papier",
        "part": "Séparer ce papier du rendez-vous",
    },
    "en": {
        "page": "Reconciliation",
        "no_show": "Did not come",
        "walk_in": "Walk-in",
        "undo": "Undo",
        "other": "Another reason",
        "words": "The reason, in a few words",
        "sign": "Sign",
        "join": "This is their paper",
        "part": "Take this paper off the appointment",
    },
}


@pytest.fixture
def agenda(site):
    from invented_agenda import book

    book(site[1])
    return site


def visit(page, name, *, time=""):
    """The row of somebody's appointment, or of their paper where no time is given."""
    rows = page.locator("li.visit").filter(has=page.locator(".person", has_text=name))
    with_time = rows.filter(has=page.locator(".time"))
    return with_time.filter(has_text=time) if time else rows.filter(has_not=page.locator(".time"))


@pytest.mark.parametrize("javascript", [True, False], ids=["javascript", "no javascript"])
@pytest.mark.parametrize("language", ["fr", "en"])
def test_a_secretary_signs_undoes_marks_a_walk_in_and_joins(arrive, agenda, language, javascript):
    from playwright.sync_api import expect

    _, house, _ = agenda
    words = WORDS[language]
    page = arrive("secretaire", language=language, javascript=javascript)
    page.locator("nav").get_by_role("link", name=words["page"]).click()
    time = {"fr": "10\xa0h\xa000", "en": "10:00"}[language]

    row = visit(page, "Odette", time=time)
    row.get_by_role("button", name=words["no_show"]).click()
    expect(row).to_contain_text("Maëlle Ruzic")
    expect(row).to_have_class("visit signed")
    row.get_by_role("button", name=words["undo"]).click()
    expect(row).to_have_class("visit open")

    row.locator("summary").click()
    row.get_by_label(words["words"]).fill("partie avant l'heure")
    row.get_by_role("button", name=words["sign"], exact=True).click()
    expect(row).to_contain_text("partie avant l'heure")

    paper = visit(page, "QUERMADEC")
    paper.get_by_role("button", name=words["walk_in"]).click()
    expect(paper).to_have_class("visit walk_in")
    paper.get_by_role("button", name=words["undo"]).click()
    expect(paper).to_have_class("visit open")

    booked = visit(page, "QUERMADEC", time={"fr": "11\xa0h\xa000", "en": "11:00"}[language])
    booked.get_by_role("button", name=words["join"]).click()
    expect(booked).to_have_class("visit paper")
    expect(paper).to_have_count(0)
    booked.get_by_role("button", name=words["part"]).click()
    expect(paper).to_have_count(1)

    assert [word.undo for word in house.store.visits.facts().decisions] == [
        False, True, False, False, True, False, True
    ]  # fmt: skip
    assert "uermadec" not in page.url and "P3" not in page.url
    assert page.complaints == []


def test_day_and_doctor_are_chosen_and_what_agrees_is_shown(arrive, agenda):
    from playwright.sync_api import expect

    page = arrive("secretaire")
    page.locator("a[href='/reconciliation']").last.click()
    page.locator("select[name=day]").select_option(label="Mercredi 12/11/2025")
    page.locator("select[name=doctor]").select_option(label="Dr Solène TREVARIN")
    page.get_by_label("Montrer aussi ce qui concorde").check()
    page.get_by_role("button", name="Montrer").click()
    expect(page.locator("li.visit")).to_have_count(2)
    expect(page.locator("li.visit.paper")).to_contain_text("VAUQUELOR Odile")
    assert page.url.endswith("?day=2025-11-12&doctor=solene-trevarin&show=all")


@pytest.mark.parametrize("width", [390, 1440])
def test_axe_finds_nothing_and_nothing_scrolls_sideways(arrive, agenda, width):
    from axe_playwright_python.sync_playwright import Axe

    address, _, _ = agenda
    page = arrive("secretaire", width=width)
    for where in ("reconciliation", "reconciliation?show=all", "reconciliation?day=2025-11-11", "queue"):
        page.goto(f"{address}/{where}")
        for folded in page.locator("main details").all():
            folded.evaluate("node => { node.open = true; }")
        found = Axe().run(page)
        assert found.violations_count == 0, (where, found.generate_report())
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0, f"{where} scrolls sideways"
    assert page.complaints == []


def test_the_whole_row_is_signed_from_the_keyboard(arrive, agenda):
    from playwright.sync_api import expect

    address, _, _ = agenda
    page = arrive("secretaire")
    page.goto(f"{address}/reconciliation?day=2025-11-10")
    page.locator("li.visit button").first.focus()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("li.visit")).to_contain_text("Rendez-vous annulé")
    assert page.url.endswith("?day=2025-11-10#at-2025-11-10-idris-okaforeau")
