"""Character and word error rates of a line reader on labelled lines, by source and by tier.

    python models/evaluate.py --model line_reader --labels labels.tsv --split dev

The labels are tab separated with a header: path (relative to the file), text, source, and, where they
exist, split and tier.
"""

from __future__ import annotations

import argparse
import csv
import json
import time
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from rapidfuzz.distance import Levenshtein

from pipeline.reading.artefacts import load_artefact, models_dir
from pipeline.reading.handwriting import OnnxReader
from pipeline.reading.rank import load_line


@dataclass(frozen=True, slots=True)
class Score:
    """Error rates of one group of lines.

    Attributes:
        lines: how many.
        cer: character edits over characters of the truth, 0 = perfect, may pass 1.
        wer: the same over words.
    """

    lines: int
    cer: float
    wer: float


def score(pairs: Sequence[tuple[str, str]]) -> Score:
    """Return the error rates of (truth, read) pairs; runs of spaces count as one."""
    characters = words = wrong_characters = wrong_words = 0
    for truth, read in ((" ".join(a.split()), " ".join(b.split())) for a, b in pairs):
        characters += len(truth)
        words += len(truth.split())
        wrong_characters += Levenshtein.distance(truth, read)
        wrong_words += Levenshtein.distance(truth.split(), read.split())
    return Score(len(pairs), wrong_characters / max(1, characters), wrong_words / max(1, words))


def labelled(labels: Path, *, split: str | None, limit: int | None) -> list[dict[str, str]]:
    """Return the rows of a labels file, those of one split, the first `limit`."""
    with labels.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    chosen = [row for row in rows if split is None or row.get("split") == split]
    return chosen[:limit]


def by_group(rows: Iterable[dict[str, str]], texts: Iterable[str]) -> dict[str, Score]:
    """Return the scores of all lines, of each source and of each tier."""
    groups: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for row, text in zip(rows, texts, strict=True):
        for group in ("all", row.get("source"), row.get("tier")):
            if group:
                groups[group].append((row["text"], text))
    return {group: score(pairs) for group, pairs in groups.items()}


def main() -> None:
    """Read the labelled lines with one model and print its scores as a table and as JSON."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--model", required=True, help="folder under models/, or a path")
    parser.add_argument("--labels", required=True, type=Path)
    parser.add_argument("--split", help="train or dev; default: all rows")
    parser.add_argument("--limit", type=int, help="the first N rows only")
    options = parser.parse_args()
    folder = Path(options.model)
    reader = OnnxReader(load_artefact(folder if folder.is_dir() else models_dir() / options.model))
    rows = labelled(options.labels, split=options.split, limit=options.limit)
    crops = [load_line(options.labels.parent / row["path"]) for row in rows]
    began = time.process_time()
    texts = [reading.text for reading in reader.read(crops)]
    seconds = (time.process_time() - began) / max(1, len(rows))
    scores = by_group(rows, texts)
    for group, found in scores.items():
        print(f"{group:<14} {found.lines:>6} lines  CER {found.cer:6.1%}  WER {found.wer:6.1%}")
    rates = {group: {"lines": s.lines, "cer": s.cer, "wer": s.wer} for group, s in scores.items()}
    print(json.dumps({"reader": reader.name, "cpu_seconds_a_line": seconds, "groups": rates}))


if __name__ == "__main__":
    main()
