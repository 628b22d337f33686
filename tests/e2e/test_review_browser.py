"""The review page in a real Chromium: decisions in both languages, with and without JavaScript, and axe."""

import pytest

WORDS = {
    "fr": {
        "accept": "Accepter",
        "amend": "Corriger",
        "reject": "Rejeter",
        "undo": "Annuler la décision",
        "save": "Enregistrer la correction",
        "drop": "Rejeter la ligne",
        "misread": "Mal lu",
        "all": "Les 4 lignes sont décidées",
    },
    "en": {
        "accept": "Accept",
        "amend": "Amend",
        "reject": "Reject",
        "undo": "Undo the decision",
        "save": "Save the amendment",
        "drop": "Reject the line",
        "misread": "Misread",
        "all": "All 4 lines are decided",
    },
}


def card(page, number):
    return page.locator(f"#item-{number}")


@pytest.mark.parametrize("javascript", [True, False], ids=["javascript", "no javascript"])
@pytest.mark.parametrize("language", ["fr", "en"])
def test_a_doctor_decides_every_line_of_a_page(arrive, site, language, javascript):
    from playwright.sync_api import expect

    _address, house, _pages = site
    words = WORDS[language]
    page = arrive("trevarin", language=language, javascript=javascript)
    page.get_by_role("link", name="VAUQUELOR Odile").click()

    card(page, 1).get_by_role("button", name=words["accept"]).click()
    expect(card(page, 1)).to_have_attribute("data-state", "accepted")

    card(page, 2).locator("details.amend > summary").click()
    card(page, 2).locator("[name=strength]").fill("5 mg")
    card(page, 2).locator("[name=posology]").fill("1 cp le soir pendant 3 mois")
    if javascript:
        expect(page.locator("#understood-2")).to_contain_text({"fr": "3 mois", "en": "3 months"}[language])
    card(page, 2).get_by_role("button", name=words["save"]).click()
    expect(card(page, 2)).to_have_attribute("data-state", "amended")
    expect(card(page, 2).locator("h3")).to_have_text("Amlodipine 5 mg, comprimé")

    card(page, 3).locator("details.reject > summary").click()
    card(page, 3).get_by_label(words["misread"]).check()
    card(page, 3).get_by_role("button", name=words["drop"]).click()
    expect(card(page, 3)).to_have_attribute("data-state", "rejected")

    card(page, 4).get_by_role("button", name=words["accept"]).click()
    expect(page.locator("#progress")).to_have_text(words["all"])
    card(page, 4).get_by_role("button", name=words["undo"]).click()
    expect(card(page, 4)).to_have_attribute("data-state", "open")

    approved = house.store.review.approved()
    assert [(each.payload.drug, each.payload.strength) for each in approved] == [
        ("Amoxicilline", "1 g"),
        ("Amlodipine", "5 mg"),
    ]
    assert approved[1].payload.posologies[0].duration.value == 3
    assert page.complaints == []


def test_a_page_is_decided_from_the_keyboard_alone(arrive, site):
    from playwright.sync_api import expect

    address, house, pages = site
    page = arrive("trevarin")
    page.goto(f"{address}/pages/{pages['match']}")
    for number in (1, 2, 3, 4):
        page.keyboard.press("a")
        expect(card(page, number)).to_have_attribute("data-state", "accepted")
    page.keyboard.press("u")
    expect(card(page, 4)).to_have_attribute("data-state", "open")
    page.keyboard.press("r")
    expect(card(page, 4).locator("details.reject")).to_have_attribute("open", "")
    page.keyboard.press("Escape")
    page.keyboard.press("k")
    expect(card(page, 3)).to_be_focused()
    page.keyboard.press("j")
    page.keyboard.press("e")
    expect(card(page, 4).locator("[name=drug]")).to_be_focused()
    page.keyboard.type("a")
    expect(card(page, 4)).to_have_attribute("data-state", "open")
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    expect(page.locator("#help")).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("n")
    page.wait_for_url(lambda url: pages["match"] not in url)
    assert len(house.store.review.approved()) == 3
    assert page.complaints == []


def test_names_are_completed_and_alternatives_picked(arrive, site):
    from playwright.sync_api import expect

    address, _house, pages = site
    page = arrive("trevarin")
    page.goto(f"{address}/pages/{pages['match']}")
    card(page, 4).get_by_role("button", name="Lamisil", exact=True).click()
    expect(card(page, 4).locator("[name=drug]")).to_have_value("Lamisil")
    card(page, 1).locator("details.amend > summary").click()
    card(page, 1).locator("[name=drug]").fill("")
    card(page, 1).locator("[name=drug]").press_sequentially("dolip")
    expect(page.locator("#drugs-1 option[value=Doliprane]")).to_have_count(1)
    card(page, 1).locator("[name=drug]").fill("Zorblaximol")
    card(page, 1).get_by_role("button", name="Enregistrer la correction").click()
    expect(card(page, 1).get_by_role("alert")).to_contain_text("pas dans le livret")
    expect(card(page, 1).locator("[name=drug]")).to_have_value("Zorblaximol")


def test_the_second_of_two_doctors_is_told(arrive, site):
    from playwright.sync_api import expect

    address, house, pages = site
    first, second = arrive("trevarin"), arrive("okaforeau")
    for page in (first, second):
        page.goto(f"{address}/pages/{pages['match']}")
    card(first, 1).get_by_role("button", name="Accepter").click()
    expect(card(first, 1)).to_have_attribute("data-state", "accepted")
    card(second, 1).get_by_role("button", name="Accepter").click()
    expect(card(second, 1).get_by_role("alert")).to_contain_text("acceptée par Dr Solène TREVARIN")
    assert len(house.store.review.decisions(f"{pages['match']}-P1-0")) == 1


@pytest.mark.parametrize("javascript", [True, False], ids=["javascript", "no javascript"])
def test_a_secretary_settles_whose_page_it_is(arrive, site, javascript):
    from playwright.sync_api import expect

    _address, _house, _pages = site
    page = arrive("secretaire", javascript=javascript)
    page.get_by_role("link", name="Patient à identifier").first.click()
    expect(page.locator(".people")).to_contain_text("Rendez-vous ce jour-là")
    page.locator("input[type=search]").fill("quermadec")
    page.get_by_role("button", name="Chercher").click()
    page.get_by_role("button", name="Choisir QUERMADEC Yannig").click()
    expect(page.locator("#whose .person")).to_have_text("QUERMADEC Yannig")
    page.get_by_role("button", name="Revenir en arrière").click()
    expect(page.locator("#whose .person")).to_have_text("Patient à identifier")
    assert page.get_by_role("button", name="Accepter").count() == 0
    assert "uermadec" not in page.url


@pytest.mark.parametrize("width", [390, 1440])
def test_axe_finds_nothing_and_nothing_scrolls_sideways(arrive, chromium, site, width):
    from axe_playwright_python.sync_playwright import Axe

    address, _, pages = site
    context = chromium.new_context(viewport={"width": width, "height": 900})
    stranger = context.new_page()
    doctor = arrive("trevarin", width=width)
    places = [
        "queue",
        "queue?view=failures",
        "upload",
        "export",
        "about",
        "password",
        "nowhere",
        "reconciliation",
    ]
    places += [f"pages/{pages[name]}" for name in ("match", "ask", "note", "failed")]
    for page, where in [(stranger, "login"), *((doctor, where) for where in places)]:
        page.goto(f"{address}/{where}")
        for folded in page.locator("main details").all():
            folded.evaluate("node => { node.removeAttribute('name'); node.open = true; }")
        found = Axe().run(page)
        assert found.violations_count == 0, (where, found.generate_report())
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0, f"{where} scrolls sideways"
    context.close()


def test_nothing_comes_from_elsewhere(arrive, site):
    address, _, pages = site
    page = arrive("trevarin")
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    for path in ("queue", f"pages/{pages['match']}", "about"):
        page.goto(f"{address}/{path}")
    assert asked and all(url.startswith(address) for url in asked)
    assert page.complaints == []
