"""An invented practice, and browsers without a screen for each of its people."""

import re
import shutil

import pytest
from invented_practice import PASSWORD, house_in, open_practice

ROLES = ("secretaire", "trevarin", "okaforeau", "admin")


class Visitor:
    """A browser that keeps cookies, fills in form tokens and does not follow redirects by itself."""

    def __init__(self, client):
        self.client = client
        self.csrf = ""

    def get(self, path, **more):
        answer = self.client.get(path, **more)
        found = (
            re.search(r'name="csrf" value="(\w+)"', answer.text)
            if "html" in answer.headers.get("content-type", "")
            else None
        )
        self.csrf = found[1] if found else self.csrf
        return answer

    def post(self, path, data=None, **more):
        return self.client.post(path, data={"csrf": self.csrf, **(data or {})}, **more)

    def log_in(self, name, password=PASSWORD):
        self.get("/login")
        answer = self.post("/login", {"name": name, "password": password})
        if answer.status_code == 303:
            self.get(answer.headers["location"])
        return answer


@pytest.fixture(scope="session")
def built(tmp_path_factory):
    folder = tmp_path_factory.mktemp("practice")
    house, pages = open_practice(folder)
    house.close()
    return folder, pages


@pytest.fixture
def practice(built, tmp_path):
    folder, pages = built
    shutil.copytree(folder, tmp_path, dirs_exist_ok=True)
    house = house_in(tmp_path)
    yield house, pages
    house.close()


@pytest.fixture
def visitor(practice):
    from fastapi.testclient import TestClient

    from pipeline.review.app import create_app

    app = create_app(practice[0])

    def arrive(name=None):
        someone = Visitor(TestClient(app, follow_redirects=False))
        if name:
            assert someone.log_in(name).status_code == 303
        return someone

    return arrive
