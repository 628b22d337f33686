"""CPU seconds a page by stage, peak memory, and Prefect's share; a benchmark, not a test.

Usage: python scripts/bench.py [DATASET] [--workers 2]

Runs the dataset twice in throw-away data folders, straight and as a Prefect flow, and compares the CPU time
of the whole process trees (children included): two figures from one run on one machine.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import threading
import time
from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory

import psutil

STAGES = ("image", "reading", "understanding", "matching", "proposing")
ROOT = Path(__file__).parents[1]


def tree_memory(process: psutil.Process) -> int:
    """Return the proportional memory of a process and all below it, bytes."""
    total = 0
    for member in [process, *process.children(recursive=True)]:
        try:
            total += member.memory_full_info().pss
        except psutil.Error:
            continue
    return total


def measured(dataset: Path, workers: int, *, flow: bool) -> dict[str, float]:
    """Import and run a dataset; return wall and CPU seconds, peak memory and seconds by stage."""
    with TemporaryDirectory(prefix="reprise-bench-") as folder:
        environment = {**os.environ, "REPRISE_DATA_DIR": folder, "REPRISE_WORKERS": str(workers)}
        environment["REPRISE_DATABASE_URL"] = ""
        reprise = [sys.executable, "-m", "pipeline.cli"]
        names = ("patients.csv", "appointments.csv", "doctors.csv", "records.json")
        files = [str(dataset / name) for name in names if (dataset / name).is_file()]
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        subprocess.run([*reprise, "import", *files], env=environment, check=True, cwd=ROOT, **quiet)  # type: ignore[call-overload]
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        clock = time.perf_counter()
        command = [*reprise, "run", str(dataset / "scans"), *(["--flow"] if flow else [])]
        running = subprocess.Popen(command, env=environment, cwd=ROOT, **quiet)  # type: ignore[call-overload]
        peak = [0]

        def watch() -> None:
            process = psutil.Process(running.pid)
            while running.poll() is None:
                peak[0] = max(peak[0], tree_memory(process))
                time.sleep(1.0)

        watcher = threading.Thread(target=watch, daemon=True)
        watcher.start()
        if running.wait():
            raise SystemExit("the run failed")
        watcher.join()
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        return {
            "wall": time.perf_counter() - clock,
            "cpu": after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime,
            "peak_mb": peak[0] / 1e6,
            **stage_seconds(Path(folder)),
        }


def stage_seconds(folder: Path) -> dict[str, float]:
    """Return pages and CPU seconds by stage, as the outcomes hold them."""
    from pipeline.settings import Settings
    from pipeline.wiring import House

    house = House(Settings(data_dir=folder, database_url=""))
    seconds: Counter[str] = Counter()
    pages = 0
    for batch in house.store.papers.batches():
        for page in house.store.papers.pages_of_batch(batch.id):
            outcome = house.store.papers.outcome(page.id)
            if outcome is not None:
                pages += 1
                seconds.update(outcome.seconds)
    house.close()
    return {"pages": pages, **{stage: seconds[stage] for stage in STAGES}}


def main() -> None:
    """Measure and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("dataset", type=Path, nargs="?", default=ROOT / "sample_scans")
    parser.add_argument("--workers", type=int, default=2)
    chosen = parser.parse_args()
    straight = measured(chosen.dataset.resolve(), chosen.workers, flow=False)
    flow = measured(chosen.dataset.resolve(), chosen.workers, flow=True)
    pages = straight["pages"]
    rows = {f"{stage}, CPU s a page": straight[stage] / pages for stage in STAGES}
    rows["all stages, CPU s a page"] = sum(straight[stage] for stage in STAGES) / pages
    rows["whole run, CPU s a page (start-up and loading included)"] = straight["cpu"] / pages
    rows["whole run, wall s a page"] = straight["wall"] / pages
    rows["peak memory of the process tree, MB"] = straight["peak_mb"]
    rows["as a flow: whole run, CPU s a page"] = flow["cpu"] / pages
    rows["as a flow: extra CPU s in all (its server's start included)"] = flow["cpu"] - straight["cpu"]
    rows["as a flow: extra wall s in all"] = flow["wall"] - straight["wall"]
    rows["as a flow: peak memory, MB"] = flow["peak_mb"]
    print(json.dumps({"dataset": chosen.dataset.name, "pages": pages, "workers": chosen.workers}))
    for name, value in rows.items():
        print(f"{value:10.3f}  {name}")


if __name__ == "__main__":
    main()
