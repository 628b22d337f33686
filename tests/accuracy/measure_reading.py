"""Measure how well the handwritten lines found on a dataset's pages read.

python tests/accuracy/measure_reading.py DATASET [--plain] [--worst N]

Character and word error rates of the lines that were found (IoU over 0.5), and of all written lines (one that
was not found counts as read empty), by tier and medium; then the lines with a struck-out first try, and
others that were marked.
"""

from __future__ import annotations

import argparse
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

import cv2
from measure_layout import seen_page
from pages_with_truth import groups_of, matches, pages_with_truth
from rapidfuzz.distance import Levenshtein

from pipeline.image.crops import cut, cut_lines
from pipeline.process import read_by_hand
from pipeline.wiring.readers import make_readers

Pairs = list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Read:
    """What was read of a dataset.

    Attributes:
        found: (truth, read) of the lines found, by group.
        every: (truth, read) of all written lines, by group; "" for those not found.
        struck: of every line with a struck-out first try, and of every other line that is marked:
            truth, what was struck ("" = nothing), whether the mark is sure (None = no mark), what was read.
    """

    found: dict[str, Pairs]
    every: dict[str, Pairs]
    struck: list[tuple[str, str, bool | None, str]]


def read_pairs(dataset: Path, *, plain: bool = False) -> Read:
    """Return what the default reader makes of a dataset's lines.

    Args:
        dataset: a dataset folder.
        plain: crops as the quad cuts them, with the neighbours' ink.
    """
    reader = make_readers().handwriting
    found: dict[str, Pairs] = defaultdict(list)
    every: dict[str, Pairs] = defaultdict(list)
    struck = []
    for truth, page, pixels in pages_with_truth(dataset):
        seen, flat = seen_page(truth, page, pixels)
        lines = seen.layout.lines
        matched = matches(lines, truth["lines"])
        first_tries = {place for place, line in enumerate(truth["lines"]) if "struck_out" in line}
        loose = matches(lines, truth["lines"], least=0.25)  # a box with the first try is half as long again
        places = {**{place: at for place, at in loose.items() if place in first_tries}, **matched}
        quads = [line.quad for line in lines]
        wanted = list(places.values())
        crops = [cut(flat, quads[at]) for at in wanted] if plain else cut_lines(flat, quads, wanted=wanted)
        texts = {}
        for place, (reading, marks) in zip(places, read_by_hand(crops, reader=reader), strict=True):
            texts[place] = reading.text
            line = truth["lines"][place]
            if marks or place in first_tries:
                sure = any(mark.sure for mark in marks) if marks else None
                struck.append((line["text"], line.get("struck_out", ""), sure, reading.text))
        for group in groups_of(truth):
            for place, line in enumerate(truth["lines"]):
                every[group].append((line["text"], texts.get(place, "")))
                if place in matched:
                    found[group].append((line["text"], texts[place]))
    return Read(dict(found), dict(every), struck)


def error_rates(pairs: Pairs) -> tuple[float, float]:
    """Return the character and word error rates of (truth, read) pairs; runs of spaces count as one."""
    clean = [(" ".join(truth.split()), " ".join(read.split())) for truth, read in pairs]
    characters = sum(Levenshtein.distance(truth, read) for truth, read in clean)
    words = sum(Levenshtein.distance(truth.split(), read.split()) for truth, read in clean)
    return (
        characters / max(1, sum(len(truth) for truth, _ in clean)),
        words / max(1, sum(len(truth.split()) for truth, _ in clean)),
    )


def main() -> None:
    """Print the rates of a dataset."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("dataset", type=Path)
    parser.add_argument("--plain", action="store_true", help="crops with the neighbours' ink, to compare")
    parser.add_argument("--worst", type=int, default=0, help="print the N lines that read worst")
    options = parser.parse_args()
    cv2.setNumThreads(1)
    read = read_pairs(options.dataset, plain=options.plain)
    found, every = read.found, read.every
    for group in every:
        (cer, wer), (all_cer, all_wer) = error_rates(found.get(group, [])), error_rates(every[group])
        print(
            f"{group:10} found {len(found.get(group, [])):4} CER {cer:.4f} WER {wer:.4f}"
            f"   all {len(every[group]):4} CER {all_cer:.4f} WER {all_wer:.4f}"
        )
    tries = [sure for _, struck, sure, _ in read.struck if struck]
    others = [sure for _, struck, sure, _ in read.struck if not struck]
    for kind in (True, False):
        print(f"struck out, marked {'surely' if kind else 'in doubt'}: {tries.count(kind)} of {len(tries)} "
              f"first tries, {others.count(kind)} other lines")  # fmt: skip
    for text, struck, sure, got in read.struck:
        print(f"  {'-' if sure is None else 'sure' if sure else 'doubt'} [{struck}] {text} -> {got}")
    for text, got in sorted(every["all"], key=lambda pair: -Levenshtein.distance(*pair))[: options.worst]:
        print(f"{text}\n  {got}")


if __name__ == "__main__":
    main()
