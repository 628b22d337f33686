"""What a patient index costs by the size of its registry: seconds to build, memory, milliseconds a question.

Usage: python scripts/bench_matching.py [SIZES ...] [--questions 300] [--agenda] [--million]

Registries of invented French people (tests/accuracy/french_people); sizes are 1,000, 10,000 and 100,000
unless given, `--million` adds 1,000,000. The questions are identity lines, two in five without an error, the
others with those of errors.toml; with `--agenda` appointments and prescriber are known. Each is timed by
itself on one core, CPU and wall. Every size runs in a process of its own; memory is what the index adds to
the resident memory, the patients (which the caller holds anyway) not counted, and the peak of the process,
generator included, beside it.
"""

from __future__ import annotations

import argparse
import gc
import json
import os
import resource
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from french_people.queries import Query

    from pipeline.domain.identity import Traits

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT / "tests/accuracy"), str(ROOT)]
SIZES = (1_000, 10_000, 100_000)
MILLION = 1_000_000
ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
COLUMNS = {
    "people": "people", "build_s": "build s", "index_mb": "index MB", "peak_mb": "peak MB",
    "median_ms": "median ms", "p95_ms": "95 % ms", "max_ms": "max ms", "wall_p95_ms": "wall 95 %",
    "clean_ms": "no error", "wrong_ms": "errors",
}  # fmt: skip


def resident_mb() -> float:
    """Return the resident memory of this process, MB (2^20 bytes)."""
    pages = int(Path("/proc/self/statm").read_text(encoding="utf-8").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def measured(people: int, questions: int, *, agenda: bool) -> dict[str, float]:
    """Return one row of the table, measured in this process.

    The first ten questions are asked before the clock starts: they fill what is filled once.
    """
    from french_people.queries import SETS, query_set

    from pipeline.extraction.identity import traits_of_text
    from pipeline.matching.patients import PatientIndex

    SETS["bench"] = replace(SETS["small"], people=people, queries=questions)
    papers = query_set("bench")
    asked = [(traits_of_text(query.paper.text), query) for query in papers.queries]

    def ask(traits: Traits, query: Query) -> None:
        index.match(traits, written_on=query.written_on, prescriber=query.prescriber if agenda else None)

    gc.collect()
    before = resident_mb()
    began = time.process_time()
    index = PatientIndex(papers.people.patients, papers.appointments if agenda else ())
    build = time.process_time() - began
    gc.collect()
    after = resident_mb()
    cpu, wall = [], []
    for traits, query in asked[:10]:
        ask(traits, query)
    for traits, query in asked:
        began, began_wall = time.process_time(), time.perf_counter()
        ask(traits, query)
        cpu.append(1000 * (time.process_time() - began))
        wall.append(1000 * (time.perf_counter() - began_wall))
    spoilt = np.array([bool(query.errors) for _, query in asked])
    spent = np.array(cpu)
    return {
        "people": people,
        "build_s": build,
        "index_mb": max(after, resident_mb()) - before,
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "median_ms": float(np.median(spent)),
        "p95_ms": float(np.percentile(spent, 95)),
        "max_ms": float(spent.max()),
        "wall_p95_ms": float(np.percentile(wall, 95)),
        "clean_ms": float(np.median(spent[~spoilt])),
        "wrong_ms": float(np.median(spent[spoilt])),
    }


def main() -> None:
    """Print the table, one row a size."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("sizes", type=int, nargs="*", default=list(SIZES))
    parser.add_argument("--questions", type=int, default=300)
    parser.add_argument(
        "--million", action="store_true", help="1,000,000 people as well: minutes and gigabytes"
    )
    parser.add_argument("--agenda", action="store_true", help="with appointments and prescriber")
    parser.add_argument("--row", type=int, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.row:
        print(json.dumps(measured(options.row, options.questions, agenda=options.agenda)))
        return
    print("".join(f"{heading:>11}" for heading in COLUMNS.values()), flush=True)
    for people in [*options.sizes, *([MILLION] if options.million else [])]:
        command = [sys.executable, __file__, "--row", str(people), "--questions", str(options.questions)]
        command += ["--agenda"] if options.agenda else []
        done = subprocess.run(command, env=os.environ | ONE_THREAD, stdout=subprocess.PIPE, check=True)
        row = json.loads(done.stdout)
        cells = [f"{row[name]:11,.0f}" if name == "people" else f"{row[name]:11.2f}" for name in COLUMNS]
        print("".join(cells), flush=True)


if __name__ == "__main__":
    main()
