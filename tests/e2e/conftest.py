"""The invented practice behind a real server, and a real Chromium to visit it with."""

import shutil
import socket
import sys
import threading
import time
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "integration" / "review"))

CHROMIUM = Path("/usr/bin/chromium")
FLAGS = [
    "--no-sandbox",
    "--headless=new",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]


@pytest.fixture(scope="module")
def chromium():
    if not CHROMIUM.exists():
        pytest.skip("Debian's chromium is not installed")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    from invented_practice import open_practice

    folder = tmp_path_factory.mktemp("practice")
    house, pages = open_practice(folder)
    house.close()
    return folder, pages


@pytest.fixture
def site(built, tmp_path):
    import uvicorn
    from invented_practice import house_in

    from pipeline.review.app import create_app

    folder, pages = built
    shutil.copytree(folder, tmp_path, dirs_exist_ok=True)
    house = house_in(tmp_path)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = uvicorn.Server(uvicorn.Config(create_app(house), port=port, log_level="warning"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    for _ in range(200):
        if server.started:
            break
        time.sleep(0.05)
    yield f"http://127.0.0.1:{port}", house, pages
    server.should_exit = True
    thread.join(10)
    house.close()


@pytest.fixture
def arrive(chromium, site):
    contexts = []

    def open_page(name, *, language="fr", javascript=True, width=1280, height=900):
        from invented_practice import PASSWORD

        context = chromium.new_context(
            java_script_enabled=javascript, viewport={"width": width, "height": height}
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(15_000)
        page.complaints = []
        page.on("console", lambda said: page.complaints.append(said.text) if said.type == "error" else None)
        page.on("pageerror", lambda error: page.complaints.append(str(error)))
        page.goto(f"{site[0]}/login")
        if language == "en":
            page.get_by_role("button", name="English").click()
        page.fill("[name=name]", name)
        page.fill("[name=password]", PASSWORD)
        page.click("main button")
        page.wait_for_url("**/queue")
        if language == "en" and page.get_by_role("button", name="English").count():
            page.get_by_role("button", name="English").click()
        return page

    yield open_page
    for context in contexts:
        context.close()
