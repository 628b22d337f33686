"""CPU seconds a page by stage, peak memory, and Prefect's share; a benchmark, not a test.

Usage: python scripts/bench.py [DATASET] [--workers 2] [--batch 400]

Works through the dataset twice in throw-away data folders, straight and as a Prefect flow. In each folder
three runs follow each other: one blank page (the first night, Prefect's database is made), the dataset, and
the dataset again, of which nothing is left to do. Differences tell what is paid once and what a page adds.
"""

from __future__ import annotations

import argparse
import ctypes
import json
import os
import subprocess
import sys
import threading
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import psutil
from PIL import Image

STAGES = ("image", "reading", "understanding", "matching", "proposing")
REGISTRY = ("patients.csv", "appointments.csv", "doctors.csv", "records.json")
ROOT = Path(__file__).parents[1]
REPRISE = [sys.executable, "-m", "pipeline.cli"]
BECOME_SUBREAPER = 36  # prctl(2): orphans below us become our children, so that their CPU time is counted


@dataclass(frozen=True)
class Run:
    """What one run cost.

    Attributes:
        wall: s.
        cpu: CPU s of every process of the tree.
        lead: CPU s of the process that leads alone: pages are read by others, Prefect runs in it.
        peak_mb: proportional memory of the tree at its highest, looked at twice a second.
    """

    wall: float
    cpu: float
    lead: float
    peak_mb: float


def tree_memory(process: psutil.Process) -> int:
    """Return the proportional memory of a process and all below it, bytes."""
    total = 0
    for member in [process, *process.children(recursive=True)]:
        try:
            total += member.memory_full_info().pss
        except psutil.Error:
            continue
    return total


def cpu_of_the_rest() -> float:
    """Wait for what a run left behind (its processes end just after it) and return their CPU s."""
    total = 0.0
    while True:
        try:
            _, _, used = os.wait4(-1, 0)
        except ChildProcessError:
            return total
        total += used.ru_utime + used.ru_stime


def measured(command: list[str], environment: dict[str, str]) -> Run:
    """Run a command and return its cost."""
    clock = time.perf_counter()
    running = subprocess.Popen(
        command, env=environment, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    peak, over = [0], threading.Event()

    def watch() -> None:
        process = psutil.Process(running.pid)
        while not over.wait(0.5):
            try:
                peak[0] = max(peak[0], tree_memory(process))
            except psutil.Error:
                return

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    _, status, used = os.wait4(running.pid, 0)
    over.set()
    watcher.join()
    running.returncode = os.waitstatus_to_exitcode(status)
    if running.returncode:
        raise SystemExit(f"{command} failed")
    lead = used.ru_utime + used.ru_stime
    return Run(time.perf_counter() - clock, lead + cpu_of_the_rest(), lead, peak[0] / 1e6)


def three_runs(dataset: Path, workers: int, *, flow: bool) -> tuple[Run, Run, Run, dict[str, float]]:
    """Import a dataset's registry, then run a blank page, the dataset, and the dataset again.

    Returns:
        Their costs, and pages and CPU seconds by stage of the dataset.
    """
    with TemporaryDirectory(prefix="reprise-bench-") as folder:
        data, blank = Path(folder) / "data", Path(folder) / "blank.png"
        Image.new("L", (600, 800), 255).save(blank)
        environment = {**os.environ, "REPRISE_DATA_DIR": str(data), "REPRISE_WORKERS": str(workers)}
        environment["REPRISE_DATABASE_URL"] = ""
        files = [str(dataset / name) for name in REGISTRY if (dataset / name).is_file()]
        measured([*REPRISE, "import", *files], environment)
        how = ["--flow"] if flow else []
        places = (blank, dataset / "scans", dataset / "scans")
        first, batch, again = (measured([*REPRISE, "run", str(place), *how], environment) for place in places)
        return first, batch, again, stage_seconds(data)


def stage_seconds(folder: Path) -> dict[str, float]:
    """Return pages and CPU seconds by stage, as the outcomes hold them; the blank page is left out."""
    from pipeline.settings import Settings
    from pipeline.wiring import House

    house = House(Settings(data_dir=folder, database_url=""))
    seconds: Counter[str] = Counter()
    pages = 0
    for batch in house.store.papers.batches():
        outcomes = [
            house.store.papers.outcome(page.id) for page in house.store.papers.pages_of_batch(batch.id)
        ]
        if len(outcomes) > 1:
            pages += len(outcomes)
            for outcome in outcomes:
                seconds.update(outcome.seconds if outcome else {})
    house.close()
    return {"pages": pages, **{stage: seconds[stage] for stage in STAGES}}


def main() -> None:
    """Measure and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("dataset", type=Path, nargs="?", default=ROOT / "sample_scans")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--batch", type=int, default=400, help="pages of the batch that shares are given for")
    chosen = parser.parse_args()
    ctypes.CDLL(None).prctl(BECOME_SUBREAPER, 1, 0, 0, 0)
    blank, straight, idle, stages = three_runs(chosen.dataset.resolve(), chosen.workers, flow=False)
    blank_flow, flow, idle_flow, _ = three_runs(chosen.dataset.resolve(), chosen.workers, flow=True)
    pages, batch = stages["pages"], chosen.batch
    first, later = blank_flow.lead - blank.lead, idle_flow.lead - idle.lead
    marginal = (flow.lead - straight.lead - later) / pages
    work = idle.cpu + batch * (straight.cpu - idle.cpu) / pages
    rows = {f"{stage}, CPU s a page": stages[stage] / pages for stage in STAGES}
    rows["all stages, CPU s a page"] = sum(stages[stage] for stage in STAGES) / pages
    rows["whole run, CPU s a page (start-up and loading included)"] = straight.cpu / pages
    rows["whole run, wall s a page"] = straight.wall / pages
    rows["run with nothing to do, CPU s"] = idle.cpu
    rows["peak memory of the process tree, MB"] = straight.peak_mb
    rows["as a flow: whole run, CPU s a page"] = flow.cpu / pages
    rows["as a flow: peak memory, MB"] = flow.peak_mb
    rows["Prefect, once on the first night (its database is made), CPU s"] = first
    rows["Prefect, once on every later night, CPU s"] = later
    rows["Prefect, for every further page, CPU s"] = marginal
    rows["Prefect, for every further page, % of a page"] = 100 * marginal * batch / work
    rows[f"Prefect, % of a batch of {batch} pages, a later night"] = 100 * (later + batch * marginal) / work
    rows[f"Prefect, % of a batch of {batch} pages, the first night"] = 100 * (first + batch * marginal) / work
    print(json.dumps({"dataset": chosen.dataset.name, "pages": pages, "workers": chosen.workers}))
    for name, value in rows.items():
        print(f"{value:10.3f}  {name}")


if __name__ == "__main__":
    main()
