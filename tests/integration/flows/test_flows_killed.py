"""Kill the program in the middle of a batch: no page is read twice, none is lost, none is proposed twice."""

import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest

from pipeline.settings import Settings
from pipeline.wiring import House

SCANS = Path(__file__).parents[3] / "sample_scans" / "scans"


def start(folder, data):
    environment = {
        **os.environ,
        "REPRISE_DATA_DIR": str(data),
        "REPRISE_CHUNK_PAGES": "2",
        "REPRISE_WORKERS": "1",
    }
    command = [sys.executable, "-m", "pipeline.cli", "run", str(folder)]
    return subprocess.Popen(
        command, env=environment, stderr=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True
    )


def outcomes(house):
    """When each page was finished: {page id: row}, from the database itself."""
    pages = [
        page for batch in house.store.papers.batches() for page in house.store.papers.pages_of_batch(batch.id)
    ]
    done = {page.id: house.store.papers.outcome(page.id) for page in pages}
    return pages, {page_id: outcome for page_id, outcome in done.items() if outcome is not None}


@pytest.fixture
def folder(tmp_path):
    chosen = sorted(SCANS.glob("*.pdf"))[:2]
    target = tmp_path / "delivery"
    target.mkdir()
    for path in chosen:
        (target / path.name).write_bytes(path.read_bytes())
    return target


def test_sigkill_in_the_middle_of_a_batch(folder, tmp_path):
    data = tmp_path / "data"
    house = House(Settings(data_dir=data, database_url=""))
    first = start(folder, data)
    deadline = time.monotonic() + 120
    finished = {}
    while time.monotonic() < deadline and first.poll() is None:
        pages, finished = outcomes(house)
        if pages and len(finished) >= 2:
            break
        time.sleep(0.05)
    os.killpg(first.pid, signal.SIGKILL)
    first.communicate()
    pages, finished = outcomes(house)
    assert 2 <= len(finished) < len(pages), "the kill has to fall inside the batch"
    before = {page_id: outcome.seconds for page_id, outcome in finished.items()}

    second = start(folder, data)
    _, errors = second.communicate(timeout=300)
    assert second.returncode == 0, errors.decode()[-2000:]
    pages, finished = outcomes(house)
    assert set(finished) == {page.id for page in pages}, "no page is lost"
    for page_id, seconds in before.items():
        assert finished[page_id].seconds == seconds, "a finished page is not read again"
    proposed = Counter(proposal.id for outcome in finished.values() for proposal in outcome.proposals)
    assert proposed and set(proposed.values()) == {1}, "nothing is proposed twice"

    counts = house.store.papers.counts()
    third = start(folder, data)
    third.communicate(timeout=300)
    assert house.store.papers.counts() == counts, "the same batch again changes nothing"
    assert json.dumps(counts)
    house.close()
