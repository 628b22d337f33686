"""Error rates of a line reader on labelled lines: by source, tier and kind of character; and of single words.

    python -m models.evaluate --model line_reader --labels labels.tsv --split dev --words

The labels are tab separated with a header: path (relative to the file), text, source, and, where they
exist, split and tier.
"""

from __future__ import annotations

import argparse
import json
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from rapidfuzz.distance import Levenshtein

from models.labels import labelled
from models.words import Sample, words_of
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


def kind_of(character: str) -> str:
    """Return "digit", "accented letter", "letter" or "sign"."""
    if character.isdigit():
        return "digit"
    if not character.isalpha():
        return "sign"
    return "letter" if character.isascii() else "accented letter"


def by_kind(pairs: Iterable[tuple[str, str]]) -> dict[str, tuple[int, float]]:
    """Return characters of the truth and error rate of each kind of character.

    Edits are those of the Levenshtein alignment: a replaced or deleted character counts for its own kind,
    an inserted one for the kind that was put in.
    """
    count: Counter[str] = Counter()
    wrong: Counter[str] = Counter()
    for truth, read in ((" ".join(a.split()), " ".join(b.split())) for a, b in pairs):
        count.update(map(kind_of, truth))
        for step in Levenshtein.editops(truth, read):
            is_extra = step.tag == "insert"
            wrong[kind_of(read[step.dest_pos] if is_extra else truth[step.src_pos])] += 1
    return {kind: (total, wrong[kind] / total) for kind, total in sorted(count.items())}


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
    parser.add_argument("--stretch", type=float, help="instead of the manifest's, for words as well")
    parser.add_argument("--words", action="store_true", help="cut the lines into words and read these, too")
    options = parser.parse_args()
    folder = Path(options.model)
    artefact = load_artefact(folder if folder.is_dir() else models_dir() / options.model)
    if options.stretch:
        artefact = replace(artefact, stretch=options.stretch, word_stretch=options.stretch)
    reader = OnnxReader(artefact)
    rows = labelled(options.labels, split=options.split, limit=options.limit)
    crops = [load_line(options.labels.parent / row["path"]) for row in rows]
    began = time.process_time()
    readings = reader.read(crops)
    seconds = (time.process_time() - began) / max(1, len(rows))
    texts = [reading.text for reading in readings]
    scores = by_group(rows, texts)
    if options.words:
        lines = [Sample(crop, row["text"], "", "", "") for row, crop in zip(rows, crops, strict=True)]
        words = [word for line, read in zip(lines, readings, strict=True) for word in words_of(line, read)]
        alone = reader.read([word.image for word in words])
        scores["words alone"] = score([(w.text, read.text) for w, read in zip(words, alone, strict=True)])
    for group, found in scores.items():
        print(f"{group:<14} {found.lines:>6} lines  CER {found.cer:6.1%}  WER {found.wer:6.1%}")
    kinds = by_kind((row["text"], text) for row, text in zip(rows, texts, strict=True))
    for kind, (count, rate) in kinds.items():
        print(f"{kind:<16} {count:>6} characters  CER {rate:6.1%}")
    print(f"{seconds:.3f} CPU seconds a line")
    rates = {group: {"lines": s.lines, "cer": s.cer, "wer": s.wer} for group, s in scores.items()}
    of_kind = {kind: {"characters": count, "cer": rate} for kind, (count, rate) in kinds.items()}
    print(
        json.dumps({"reader": reader.name, "cpu_seconds_a_line": seconds, "groups": rates, "kinds": of_kind})
    )


if __name__ == "__main__":
    main()
