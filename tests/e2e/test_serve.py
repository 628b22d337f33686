"""`reprise serve`: all starts together, a dropped scan is read within a minute, all stops together."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from urllib.request import Request, urlopen

import psutil
import pytest

from pipeline.settings import Settings
from pipeline.wiring import House

SAMPLES = Path(__file__).parents[2] / "sample_scans"


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_for(condition, *, within_s, every_s=0.5):
    deadline = time.monotonic() + within_s
    while time.monotonic() < deadline:
        try:
            if found := condition():
                return found
        except OSError:
            pass
        time.sleep(every_s)
    raise AssertionError(f"not within {within_s} s")


@pytest.fixture
def serving(tmp_path):
    review, prefect = free_port(), free_port()
    environment = {
        **os.environ,
        "REPRISE_DATA_DIR": str(tmp_path / "data"),
        "REPRISE_REVIEW_PORT": str(review),
        "REPRISE_PREFECT_PORT": str(prefect),
        "REPRISE_WORKERS": "1",
    }
    log = (tmp_path / "serve.log").open("wb")
    running = subprocess.Popen(
        [sys.executable, "-m", "pipeline.cli", "serve"], env=environment, stdout=log, stderr=log
    )
    try:
        wait_for(lambda: b"Ctrl-C" in (tmp_path / "serve.log").read_bytes(), within_s=180)
        yield running, tmp_path / "data", review, prefect
    finally:
        if running.poll() is None:
            running.send_signal(signal.SIGTERM)
            running.wait(120)
        log.close()


def test_serve_watches_schedules_and_stops(serving):
    running, data, review, prefect = serving
    with urlopen(f"http://127.0.0.1:{review}/", timeout=10) as answer:
        assert answer.status == 200

    question = Request(
        f"http://127.0.0.1:{prefect}/api/deployments/filter",
        data=b"{}",
        headers={"content-type": "application/json"},
    )

    def deployments():
        with urlopen(question, timeout=10) as answer:
            return json.load(answer)

    night = wait_for(deployments, within_s=90)[0]["schedules"][0]["schedule"]
    assert (night["cron"], night["timezone"]) == ("0 3 * * *", "Europe/Paris")

    house = House(Settings(data_dir=data, database_url=""))
    smallest = min((SAMPLES / "scans").glob("*.pdf"), key=lambda path: path.stat().st_size)
    shutil.copy(smallest, data / "inbox" / "dropped.pdf")
    os.utime(data / "inbox" / "dropped.pdf")
    clock = time.monotonic()
    wait_for(lambda: house.store.papers.counts()["read"] >= 1, within_s=120)
    assert time.monotonic() - clock < 60, "a dropped scan is processed within a minute"
    assert not (data / "inbox" / "dropped.pdf").exists()
    house.close()

    family = psutil.Process(running.pid).children(recursive=True)
    assert len(family) >= 4
    running.send_signal(signal.SIGINT)
    assert running.wait(120) == 0
    _, alive = psutil.wait_procs(family, timeout=20)
    assert not alive, [process.cmdline() for process in alive]
