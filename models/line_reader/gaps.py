"""Where the gaps between the words of a labelled line are, by forced alignment with a reader at hand.

python -m models.line_reader.gaps --model line_reader --labels LABELS.tsv --out gaps.json
"""

from __future__ import annotations

import argparse
import csv
import json
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pipeline import ink
from pipeline.reading.artefacts import load_artefact, models_dir
from pipeline.reading.handwriting import OnnxReader
from pipeline.reading.rank import load_line


def aligned(logs: NDArray[np.float32], labels: list[int]) -> tuple[float, NDArray[np.int64]]:
    """Align a text to the steps of a line: the best CTC path that spells it.

    Args:
        logs: natural log-probabilities (T, C); class 0 is the blank.
        labels: classes of the text.

    Returns:
        Log-probability of the path, and for every label the first step that it holds (n,).
    """
    steps, n = len(logs), len(labels)
    states = np.zeros(2 * n + 1, np.intp)
    states[1::2] = labels
    may_skip = np.zeros(2 * n + 1, bool)
    may_skip[3::2] = states[3::2] != states[1:-2:2]
    score = np.full(2 * n + 1, -1e9)
    score[:2] = logs[0, states[:2]]
    back = np.zeros((steps, 2 * n + 1), np.int8)
    for t in range(1, steps):
        one = np.concatenate(([-1e9], score[:-1]))
        two = np.where(may_skip, np.concatenate(([-1e9, -1e9], score[:-2])), -1e9)
        ways = np.stack([score, one, two])
        back[t] = ways.argmax(axis=0)
        score = ways.max(axis=0) + logs[t, states]
    state = int(2 * n if score[2 * n] > score[2 * n - 1] else 2 * n - 1)
    best, first = float(score[state]), np.zeros(n, np.int64)
    for t in range(steps - 1, -1, -1):
        if state % 2:
            first[state // 2] = t
        state -= int(back[t, state])
    return best, first


def main() -> None:
    """Align every line of a labels file and write its gaps as fractions of its width."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--model", required=True)
    parser.add_argument("--labels", required=True, type=Path)
    parser.add_argument("--out", required=True, type=Path)
    options = parser.parse_args()
    folder = Path(options.model)
    reader = OnnxReader(load_artefact(folder if folder.is_dir() else models_dir() / options.model))
    with options.labels.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    found: dict[str, dict[str, object]] = {}
    for row in rows:
        text = " ".join(row["text"].replace("\u00a0", " ").split())
        posteriors = reader.read([load_line(options.labels.parent / row["path"])])[0].posteriors
        if (
            posteriors is None
            or set(text) - set(posteriors.vocabulary)
            or posteriors.steps < 2 * len(text) // 2 + 2
        ):
            continue
        labels = [posteriors.vocabulary.index(c) + 1 for c in text]
        best, first = aligned(ink.unpack(posteriors), labels)
        gaps = [float(first[k] + 0.5) / posteriors.steps for k, c in enumerate(text) if c == " "]
        found[row["path"]] = {"score": best / len(text), "gaps": [round(gap, 4) for gap in gaps]}
    options.out.write_text(json.dumps(found), encoding="utf-8")


if __name__ == "__main__":
    main()
