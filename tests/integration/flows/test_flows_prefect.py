"""The flows on a real Prefect: a batch, the night's report, and no patient in Prefect's own database."""

import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from pipeline.settings import Settings
from pipeline.wiring import House

SAMPLES = Path(__file__).parents[3] / "sample_scans"

NIGHT = """
from pipeline.settings import Settings
from flows.launcher import prefect_server
if __name__ == "__main__":
    with prefect_server(Settings()):
        from flows.nightly import nightly
        print(nightly())
"""


@pytest.fixture
def house(tmp_path):
    from pipeline.cli.registry import import_file

    opened = House(Settings(data_dir=tmp_path / "data", database_url=""))
    for name in ("patients.csv", "doctors.csv", "appointments.csv", "records.json"):
        import_file(opened, SAMPLES / name)
    yield opened
    opened.close()


def test_the_night_run_takes_what_is_pending_and_reports(house, tmp_path):
    smallest = min((SAMPLES / "scans").glob("*.pdf"), key=lambda path: path.stat().st_size)
    receipt = house.receive_paths([smallest], sender="test")
    script = tmp_path / "night.py"
    script.write_text(NIGHT, encoding="utf-8")
    environment = {**os.environ, "REPRISE_DATA_DIR": str(house.settings.data_dir), "REPRISE_WORKERS": "1"}
    done = subprocess.run(
        [sys.executable, str(script)], env=environment, capture_output=True, text=True, timeout=400
    )
    assert done.returncode == 0, done.stderr[-3000:]
    assert house.store.papers.pending(receipt.batch.id) == 0
    _, counts = house.store.outbox.latest_report("night")
    assert counts["night_read"] == receipt.pages

    names = {patient.family_name for patient in house.store.registry.patients()}
    said = (done.stdout + done.stderr).upper()
    assert not [name for name in names if f" {name.upper()} " in said]
    for database in (house.settings.data_dir / "prefect").glob("*.db"):
        dump = "\n".join(sqlite3.connect(database).iterdump()).upper()
        assert receipt.batch.id.upper() not in names
        assert not [name for name in names if f" {name.upper()} " in dump]
        assert smallest.name.upper() not in dump
