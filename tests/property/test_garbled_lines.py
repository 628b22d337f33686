"""Ten thousand garbled prescriptions: no crash, no line that takes long, no number that nobody wrote.

A hundred thousand: `python tests/property/test_garbled_lines.py 100000` (75 seconds of one core).
"""

from __future__ import annotations

import random
import sys
from pathlib import Path
from time import process_time

sys.path.insert(0, str(Path(__file__).parent))
sys.path.insert(0, str(Path(__file__).parents[1] / "accuracy"))

from garbling import garbled, invented
from gold_set import read_items

from pipeline.extraction import qualifiers
from pipeline.extraction.parse import parse_text
from pipeline.matching.formulary import Formulary

SLOWEST = 0.5
"""Seconds of one core that a line may take."""


def test_ten_thousand_garbled_lines() -> None:
    run(10_000)


def run(lines: int) -> None:
    """Throw so many garbled lines at the parser."""
    index = Formulary.builtin()
    chance = random.Random(20251110)
    texts = [text.text for text in read_items() if not text.held]
    qualifiers.load()  # takes seconds, once a process
    for _ in range(lines):
        text = garbled(chance.choice(texts), chance.choice(texts), chance)
        started = process_time()
        items, _ = parse_text(text, index=index)
        assert process_time() - started < SLOWEST, text
        assert not invented(text, items), (text, invented(text, items))


if __name__ == "__main__":
    run(int(sys.argv[1]))
    print(f"{sys.argv[1]} lines: no crash, no hang, no invented number")
