"""Every address, every role; forms from elsewhere; sessions, passwords and languages."""

import re
from datetime import timedelta

import pytest
from invented_practice import NOW, PASSWORD

from pipeline.domain.people import User
from pipeline.domain.review import Role
from pipeline.review.morning import VIEWS
from pipeline.review.security import password_hash
from pipeline.storage.store import Store

ANYONE = {"secretaire", "trevarin", "admin"}
SETTLERS = {"secretaire", "trevarin"}
DOCTORS = {"trevarin"}
RETRIERS = {"secretaire", "admin"}

PAGES = ("match", "ask", "note", "blank", "duplicate", "illegible", "failed")

READ = [
    ("/queue", ANYONE),
    ("/queue/live", ANYONE),
    *((f"/queue?view={view}&doctor=all", ANYONE) for view in VIEWS),
    *((f"/pages/{{{name}}}", ANYONE) for name in PAGES),
    ("/pages/{match}/image.jpg", ANYONE),
    ("/pages/{ask}/image.jpg?zoom=1", ANYONE),
    ("/pages/{match}/lines/2.jpg", ANYONE),
    ("/pages/{match}/traits/0.jpg", ANYONE),
    ("/files/{sha}", ANYONE),
    ("/export", ANYONE),
    ("/reconciliation?show=all", ANYONE),
    ("/password", ANYONE),
    ("/about", ANYONE),
    ("/upload", SETTLERS),
]
WRITE = [
    ("/pages/{match}/items/{item}/accept", {"seen": "0"}, DOCTORS),
    ("/pages/{match}/items/{item}/amend", {"seen": "0", "drug": "Doliprane", "action": "start"}, DOCTORS),
    ("/pages/{match}/items/{item}/reject", {"seen": "0", "reason": "misread"}, DOCTORS),
    ("/pages/{match}/items/{item}/undo", {"seen": "0"}, DOCTORS),
    ("/typing/posology", {"posology": "1 comprimé le matin"}, DOCTORS),
    ("/typing/drug", {"drug": "lam"}, DOCTORS),
    ("/typing/strengths", {"drug": "Doliprane"}, DOCTORS),
    ("/pages/{ask}/identity", {"seen": "0", "patient": "P2"}, SETTLERS),
    ("/pages/{ask}/identity/undo", {"seen": "0"}, SETTLERS),
    ("/pages/{ask}/identity/search", {"text": "Vauq"}, SETTLERS),
    ("/pages/{duplicate}/sheet/apart", {"seen": "0"}, SETTLERS),
    ("/pages/{duplicate}/sheet/undo", {"seen": "1"}, SETTLERS),
    ("/reconciliation/appointment", {"appointment": "gone", "seen": "0", "reason": "seen"}, SETTLERS),
    (
        "/reconciliation/paper",
        {"page": "gone", "seen": "0", "reason": "walk_in"},
        SETTLERS,
    ),
    ("/reconciliation/undo", {"page": "gone", "seen": "0"}, SETTLERS),
    ("/upload", {}, SETTLERS),
    ("/pages/{failed}/retry", {}, RETRIERS),
    ("/files/{sha}/retry", {}, RETRIERS),
    ("/retry", {}, RETRIERS),
]


def address(path, practice):
    house, pages = practice
    item = f"{pages['match']}-P1-0"
    sha = house.store.papers.page(pages["match"]).scan_sha256
    return path.format(**pages, item=item, sha=sha)


def test_every_route_is_in_the_matrix(practice, visitor):
    app = visitor().client.app
    known = {re.sub(r"\{\w+\}", "*", path.split("?")[0]) for path, *_ in [*READ, *WRITE]}
    known = {re.sub(r"/\d+\.jpg", "/*.jpg", path) for path in known}
    open_to_all = {"/", "/login", "/logout", "/language", "/static"}
    routes = {re.sub(r"\{\w+\}", "*", route.path) for route in app.routes if hasattr(route, "path")}
    for router in (route.original_router for route in app.routes if hasattr(route, "original_router")):
        routes |= {re.sub(r"\{\w+\}", "*", route.path) for route in router.routes}
    assert routes - open_to_all <= known
    assert len(routes) > 15


@pytest.mark.parametrize("name", ["secretaire", "trevarin", "admin"])
def test_who_may_see_what(practice, visitor, name):
    someone = visitor(name)
    for path, who in READ:
        answer = someone.get(address(path, practice))
        assert answer.status_code == (200 if name in who else 403), path
        assert "default-src 'self'" in answer.headers["content-security-policy"] or "/files/" in path


@pytest.mark.parametrize("name", ["secretaire", "trevarin", "admin"])
def test_who_may_do_what(practice, visitor, name):
    someone = visitor(name)
    for path, data, who in WRITE:
        answer = someone.post(address(path, practice), data)
        assert (answer.status_code == 403) == (name not in who), path


def test_a_stranger_is_sent_to_the_log_in(practice, visitor):
    stranger = visitor()
    for path, _ in READ:
        answer = stranger.get(address(path, practice))
        if path != "/about":
            assert (answer.status_code, answer.headers["location"]) == (303, "/login"), path
    stranger.get("/login")
    for path, data, _ in WRITE:
        assert stranger.post(address(path, practice), data).headers["location"] == "/login", path
    assert practice[0].store.review.approved() == []


def test_a_secretary_who_decides_a_line_is_told_why_not(practice, visitor):
    someone = visitor("secretaire")
    answer = someone.post(address(WRITE[0][0], practice), {"seen": "0"})
    assert answer.status_code == 403
    assert "Seul un médecin décide" in answer.text


def test_every_form_needs_its_token(practice, visitor):
    someone = visitor("trevarin")
    other = visitor("okaforeau")
    others = [("/logout", {}, ANYONE), ("/language", {"language": "en"}, ANYONE), ("/password", {}, ANYONE)]
    for path, data, _ in [*WRITE, *others]:
        for token in ("", "0" * 64, other.csrf):
            answer = someone.client.post(address(path, practice), data={**data, "csrf": token})
            assert answer.status_code == 403, path
    assert practice[0].store.review.approved() == []
    assert someone.get("/queue").status_code == 200


def test_a_wrong_password_says_nothing_about_the_name(visitor):
    someone = visitor()
    wrong = someone.log_in("trevarin", "non")
    unknown = someone.log_in("personne", "non")
    assert wrong.status_code == unknown.status_code == 403
    assert (
        "Identifiant ou mot de passe inconnu" in wrong.text
        and "Identifiant ou mot de passe inconnu" in unknown.text
    )


def test_too_many_wrong_passwords_close_the_door_for_a_while(practice, visitor):
    someone = visitor()
    for _ in range(5):
        assert someone.log_in("trevarin", "non").status_code == 403
    assert someone.log_in("trevarin").status_code == 429
    assert visitor("okaforeau").get("/queue").status_code == 200
    practice[0].clock = NOW + timedelta(minutes=11)
    assert someone.log_in("trevarin").status_code == 303


def test_the_log_in_gives_a_new_token_and_keeps_only_its_hash(practice, visitor):
    someone = visitor()
    someone.get("/login")
    before = someone.client.cookies["reprise_session"]
    answer = someone.log_in("trevarin")
    token = someone.client.cookies["reprise_session"]
    assert token != before
    cookie = answer.headers["set-cookie"]
    assert "HttpOnly" in cookie and "SameSite=lax" in cookie and "Secure" not in cookie
    assert practice[0].store.people.session_user(token, NOW) is None


def test_cookies_are_secure_behind_https(practice, visitor):
    practice[0].settings = practice[0].settings.model_copy(update={"review_https": True})
    someone = visitor()
    assert "Secure" in someone.get("/login").headers["set-cookie"]


def test_a_session_ends_at_its_hour_and_at_log_out(practice, visitor):
    someone = visitor("trevarin")
    practice[0].clock = NOW + timedelta(hours=11)
    assert someone.get("/queue").headers["location"] == "/login"
    practice[0].clock = NOW
    assert someone.get("/queue").status_code == 200
    token = someone.client.cookies["reprise_session"]
    assert someone.post("/logout").headers["location"] == "/login"
    someone.client.cookies.set("reprise_session", token)
    assert someone.get("/queue").headers["location"] == "/login"


def test_a_given_password_has_to_be_replaced_first(practice, visitor):
    house, _ = practice
    house.store.people.add_user(
        User("neuf", "Neuf", Role.DOCTOR, password_hash("donne-par-autrui"), None, True)
    )
    someone = visitor()
    assert someone.log_in("neuf", "donne-par-autrui").headers["location"] == "/password"
    assert someone.get("/queue").headers["location"] == "/password"
    page = someone.get("/password")
    assert "Choisissez le vôtre" in page.text
    new = "une phrase à moi"

    def change(**fields):
        return someone.post("/password", {"old": "donne-par-autrui", "new": new, "again": new, **fields})

    assert "trop court" in change(new="court", again="court").text
    assert "diffèrent" in change(again="autre chose encore").text
    assert "différent de l’ancien" in change(new="donne-par-autrui", again="donne-par-autrui").text
    assert "pas le bon" in change(old="faux").text
    old_token = someone.client.cookies["reprise_session"]
    assert change().headers["location"] == "/queue"
    assert someone.client.cookies["reprise_session"] != old_token
    assert someone.get("/queue").status_code == 200
    assert visitor().log_in("neuf", "donne-par-autrui").status_code == 403


def test_a_new_password_closes_the_other_sessions(practice, visitor):
    here, elsewhere, other = visitor("trevarin"), visitor("trevarin"), visitor("okaforeau")
    new = "une phrase à moi"
    here.get("/password")
    answer = here.post("/password", {"old": PASSWORD, "new": new, "again": new})
    assert answer.headers["location"] == "/queue"
    assert "Vos autres connexions sont fermées" in here.get("/queue").text
    assert elsewhere.get("/queue").headers["location"] == "/login"
    assert other.get("/queue").status_code == 200


def test_an_upload_over_the_limit_is_refused_in_words_and_nothing_is_kept(practice, visitor):
    house, _ = practice
    house.settings = house.settings.model_copy(update={"max_upload_mb": 1})
    secretary = visitor("secretaire")
    assert "1 Mo au plus" in secretary.get("/upload").text
    before = house.store.papers.counts()
    large = [("files", (f"{number}.png", b"\x00" * 400_000, "image/png")) for number in range(3)]
    answer = secretary.post("/upload", files=large)
    assert answer.status_code == 413
    assert "Cet envoi dépasse 1 Mo" in answer.text and "rien n’en a été gardé" in answer.text
    assert house.store.papers.counts() == before
    unsized = secretary.client.post("/upload", content=iter([b"x" * 10]))
    assert unsized.status_code == 413
    assert secretary.post("/upload", files=large[:1]).status_code == 200


def test_no_other_form_may_be_large(practice, visitor):
    doctor = visitor("trevarin")
    assert doctor.post("/typing/drug", {"drug": "x" * 1_100_000}).status_code == 413


def test_the_language_is_kept_with_the_user_and_stays_on_the_page(practice, visitor):
    someone = visitor("trevarin")
    path = f"/pages/{practice[1]['match']}"
    assert someone.post("/language", {"language": "en", "back": path}).headers["location"] == path
    page = someone.get(path)
    assert '<html lang="en">' in page.text and "Accept" in page.text and "Allergy to penicillin" in page.text
    assert "Accepter" not in page.text
    assert visitor("trevarin").get("/queue").text.count("Today")


@pytest.mark.parametrize("back", ["//evil.example", "https://evil.example", "/\\evil.example", ""])
def test_the_language_switch_leads_nowhere_else(visitor, back):
    someone = visitor("trevarin")
    assert someone.post("/language", {"language": "en", "back": back}).headers["location"] == "/queue"


def test_what_does_not_exist_is_said_in_words(practice, visitor):
    someone = visitor("trevarin")
    for path in (
        "/nothing",
        "/pages/0000-1",
        "/pages/0000-1/image.jpg",
        "/files/" + "0" * 64,
        "/queue?start=x",
    ):
        answer = someone.get(path)
        assert answer.status_code == 404 and "Introuvable" in answer.text, path
    assert someone.get(f"/pages/{practice[1]['match']}/lines/99.jpg").status_code == 404


def test_what_nobody_expected_is_a_page_and_a_log_line_without_what_it_held(
    practice, visitor, caplog, monkeypatch
):
    someone = visitor("trevarin")
    monkeypatch.setattr(type(practice[0].store.papers), "failures", lambda self: 1 / len("Vauquelor" * 0))
    answer = someone.get("/queue")
    assert answer.status_code == 500
    assert "Une erreur est survenue" in answer.text
    assert "ZeroDivisionError at GET /queue" in caplog.text
    assert "Vauquelor" not in caplog.text


def test_names_of_patients_are_in_no_address(practice, visitor):
    someone = visitor("trevarin")
    for path, _ in READ:
        answer = someone.get(address(path, practice))
        if "html" in answer.headers["content-type"]:
            for link in re.findall(r'(?:href|src|action|hx-post|hx-get)="([^"]*)"', answer.text):
                assert not re.search(r"vauquelor|quermadec|odile|1948", link, re.I), link


def test_pages_with_patients_are_not_kept_by_the_browser(practice, visitor):
    someone = visitor("trevarin")
    for path in (
        "/queue",
        "/pages/{match}",
        "/pages/{match}/image.jpg",
        "/pages/{match}/lines/2.jpg",
        "/pages/{match}/traits/0.jpg",
        "/files/{sha}",
    ):
        assert someone.get(address(path, practice)).headers["cache-control"] == "no-store"


def test_an_empty_house_says_what_to_do(tmp_path, practice, visitor):
    practice[0].store.close()
    practice[0].__dict__["store"] = Store.open(f"sqlite:///{tmp_path / 'empty.db'}")
    store = practice[0].store
    store.people.add_user(User("trevarin", "Dr", Role.DOCTOR, password_hash(PASSWORD), None))
    assert "Rien n’est encore arrivé" in visitor("trevarin").get("/queue").text
