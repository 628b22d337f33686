"""Milliseconds (CPU, one core) that scoring candidates against ink takes.

    python scripts/bench_ink.py [NAMES]

NAMES: a text file with one candidate a line; without it 5,000 made-up names. Noise for ink is the worst case.
"""

from __future__ import annotations

import random
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from pipeline import ink

VOCABULARY = " abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZéèàçù0123456789,.'-"


def made_up(count: int) -> list[str]:
    """Return names of two to six syllables, capitalised."""
    draw = random.Random(0)
    syllables = [c + v + e for c in "bcdfglmnprstvxz" for v in "aeiou" for e in ("", "", "l", "n", "r")]
    names: dict[str, None] = {}
    while len(names) < count:
        names["".join(draw.choices(syllables, k=draw.randint(2, 6))).capitalize()] = None
    return list(names)


def milliseconds(work: Callable[[], object], *, times: int = 15) -> float:
    """Return the median CPU milliseconds of one call."""
    taken = []
    for _ in range(times):
        began = time.process_time()
        work()
        taken.append(1000 * (time.process_time() - began))
    return float(np.median(taken))


def main() -> None:
    """Print a small table."""
    given = Path(sys.argv[1]).read_text("utf-8").split("\n") if len(sys.argv) > 1 else made_up(5000)
    names = [name.strip() for name in given if name.strip()]
    noise = np.random.default_rng(0)
    folded_names = [ink.folded_text(name) for name in names]
    for steps, what in ((30, "word"), (120, "line")):
        shares = noise.dirichlet(np.full(len(VOCABULARY) + 1, 0.05), size=steps)
        posteriors = ink.pack(shares.astype(np.float32), VOCABULARY)
        logs, characters = ink.folded(ink.unpack(posteriors), VOCABULARY)
        tree = ink.PrefixTree(characters, folded_names)
        print(f"{what}, {steps} steps, {len(names)} names, tree of {tree.nodes} nodes:")
        rows: dict[str, Callable[[], object]] = {
            "whole line, ready tree, all cases at once": lambda tree=tree, logs=logs: tree.log_prob(logs),
            "whole line, tree built for it": lambda p=posteriors: ink.log_prob(p, names),
            "somewhere in the line": lambda p=posteriors: ink.log_prob_in_line(p, names),
            "somewhere in the line, 300 names": lambda p=posteriors: ink.log_prob_in_line(p, names[:300]),
        }
        for row, work in rows.items():
            print(f"  {row:<44} {milliseconds(work):7.1f} ms")


if __name__ == "__main__":
    main()
