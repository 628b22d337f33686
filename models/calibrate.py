"""Fit how often a line reader is right when it is so sure.

    python -m models.calibrate --model line_reader --pages DATASET --lines labels.tsv [--bdpm FOLDER]

Reads the development lines (split dev) and all lines of a dataset with truth, cuts single words from both,
and fits the curves of `pipeline.reading.calibration`, temperature and letter bonus of the ranking, and the
thresholds of the grades. Writes calibration.toml and reliability.svg beside the weights, prints the tables
for the card. Figures "before" are the reader's raw confidence; figures "after" come from curves fitted
without the writer or page in question (five folds). Run it again whenever the weights or the reading change.
"""

from __future__ import annotations

import argparse
import hashlib
from collections.abc import Sequence
from dataclasses import asdict, replace
from itertools import islice
from pathlib import Path

import numpy as np

from models.fitting import (
    Bin,
    Bools,
    Floats,
    bins,
    expected_calibration_error,
    held_out,
    highest_below,
    logistic,
    lowest_threshold,
    softmax_fit,
)
from models.lexicon import lexicon, words_in
from models.outcomes import Outcomes, Ranked, of_lines, of_words, report_rank
from models.reliability import svg, table
from models.words import PUNCTUATION, Sample, drug_word, line_samples, page_lines, words_of
from pipeline.domain.writing import Reading
from pipeline.ink import folded_text
from pipeline.reading.artefacts import load_artefact, model_folder
from pipeline.reading.calibration import FILE, Calibration, Curve
from pipeline.reading.handwriting import OnnxReader
from pipeline.reading.rank import Lexicon

Read = Sequence[tuple[Sample, Reading]]

CERTAIN_PRECISION = 0.99
"""Of the lines called certain, so many are right to the last character: one slip in a hundred lines is about
what a careful second reader makes, and a person still looks at each before it counts."""
CERTAIN_LEAST = 100
ILLEGIBLE_WORDS = 0.2
"""Of the words of lines called illegible, at most so many are right: such a text helps nobody to decide."""
ILLEGIBLE_LEAST = 10
NEVER = 1.01

HEADER = """\
# Fitted by `python -m models.calibrate` on the development lines (split dev) and the development pages;
# pipeline/reading/calibration.py says what the numbers do. Other weights need another fit.
"""


def main() -> None:
    """Read, fit, write and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--model", default="line_reader", help="folder under models/, or an absolute path")
    parser.add_argument("--pages", type=Path, required=True, help="dataset folder with truth.json and scans/")
    parser.add_argument("--lines", type=Path, required=True, help="labels.tsv; its dev split is used")
    parser.add_argument("--bdpm", type=Path, help="folder with CIS_bdpm.txt: more names in the lexicon")
    parser.add_argument("--limit", type=int, help="lines of each kind, to try it out; nothing is written")
    parser.add_argument(
        "--certain", type=float, default=CERTAIN_PRECISION, help="share right, of certain lines"
    )
    options = parser.parse_args()
    folder = model_folder(options.model)
    artefact = load_artefact(folder)
    reader = OnnxReader(artefact)
    from_pages = islice(page_lines(reader, options.pages, all_lines=True), options.limit)
    pages = [(line, reader.read([line.image])[0]) for line in from_pages]
    lines = [
        (line, reader.read([line.image])[0]) for line in islice(line_samples(options.lines), options.limit)
    ]
    kinds = words_to_rank(reader, pages, lines, labels=options.lines, bdpm=options.bdpm)
    found, diagrams, text = fitted([*pages, *lines], kinds, certain=options.certain)
    sha256 = hashlib.sha256(artefact.weights.read_bytes()).hexdigest()
    settings = (
        HEADER
        + f'weights_sha256 = "{sha256}"\n\n'
        + as_toml(found, lines=len(pages) + len(lines), certain=options.certain)
    )
    if options.limit is None:
        (folder / FILE).write_text(settings, "utf-8")
        (folder / "reliability.svg").write_text(svg(diagrams), "utf-8")
    print(settings, table(diagrams), text, sep="\n")


def words_to_rank(
    reader: OnnxReader, pages: Read, lines: Read, *, labels: Path, bdpm: Path | None
) -> list[Ranked]:
    """Cut the drug names of pages and every third longer word of lines, and read them alone."""
    drugs = [drug_word(line, reading) for line, reading in pages if line.drug]
    cut = [word for line, reading in lines for word in words_of(line, reading)]
    cut = [replace(word, text=word.text.strip(PUNCTUATION)) for word in cut]
    longer = [word for word in cut if len(folded_text(word.text)) >= 4 and folded_text(word.text).isalpha()]
    names = Lexicon(lexicon([sample.text for sample in drugs], bdpm=bdpm, size=5000))
    vocabulary = Lexicon(words_in(labels, [sample.text for sample in longer[::3]], size=5000))
    return [
        Ranked("drug names", drugs, [reader.read([one.image])[0] for one in drugs], names),
        Ranked("French words", longer[::3], [reader.read([one.image])[0] for one in longer[::3]], vocabulary),
    ]


def fitted(
    read: Read, kinds: Sequence[Ranked], *, certain: float
) -> tuple[Calibration, dict[str, list[Bin]], str]:
    """Return the calibration, the diagrams of how good it is, and the tables in words."""
    of_line, (of_word, line_of_word) = of_lines(read), of_words(read)
    line_after = held_out(of_line.features, of_line.right, of_line.groups)
    word_after = held_out(of_word.features, of_word.right, of_word.groups)
    sure = lowest_threshold(line_after, of_line.right, precision=certain, least=CERTAIN_LEAST)
    mean, share = _by_line(line_of_word, word_after), _by_line(line_of_word, of_word.right)
    illegible = highest_below(mean, share, most=ILLEGIBLE_WORDS, least=ILLEGIBLE_LEAST)
    temperature, letter = softmax_fit([name for kind in kinds for name in kind.scores()])
    found = Calibration(
        Curve(*map(float, logistic(of_line.features, of_line.right))),
        Curve(*map(float, logistic(of_word.features, of_word.right))),
        certain_from=NEVER if sure is None else sure,
        illegible_below=illegible or 0.0,
        temperature=temperature,
        letter=letter,
    )
    before, raw = report_rank(kinds, temperature=1.0, letter=0.0)
    after, ranked = report_rank(kinds, temperature=temperature, letter=letter)
    pairs: dict[str, tuple[Floats, Bools, Floats, Bools]] = {
        "lines": (of_line.raw, of_line.right, line_after, of_line.right),
        "words of lines": (of_word.raw, of_word.right, word_after, of_word.right),
    }
    pairs |= {n: (raw[n].raw, raw[n].right, ranked[n].raw, ranked[n].right) for n in ranked}
    diagrams: dict[str, list[Bin]] = {}
    errors = []
    for name, (said, was, said_after, was_after) in pairs.items():
        diagrams |= {f"{name}, raw": bins(said, was), f"{name}, calibrated": bins(said_after, was_after)}
        first, last = (expected_calibration_error(*one) for one in ((said, was), (said_after, was_after)))
        errors.append(f"{name} {first:.3f} -> {last:.3f}")
    grades = _grades(line_after, of_line, found.certain_from, mean, found.illegible_below)
    error = "Calibration error (ECE, ten bins), before -> after: " + "; ".join(errors)
    return found, diagrams, "\n\n".join(["", error, grades, "Ranked, raw:", before, "Ranked:", after])


def _by_line(line_of_word: Sequence[int], value: Floats | Bools) -> Floats:
    """Return the mean over the words of every line that has any."""
    count = np.bincount(line_of_word)
    return np.asarray(np.bincount(line_of_word, value)[count > 0] / count[count > 0], np.float64)


def as_toml(found: Calibration, *, lines: int, certain: float) -> str:
    """Return a calibration as it stands in the file."""
    return f"""\
[line]               # P(a whole line is right) over the logs of its doubt; {lines} lines
{_curve(found.line)}

[word]               # P(a word of a line is right)
{_curve(found.word)}

[grade]
# {certain:.0%} of lines from here on are right to the last character (held out); above 1 = never
certain_from = {found.certain_from:.4f}
# of the words of lines below this at most {ILLEGIBLE_WORDS:.0%} are right
illegible_below = {found.illegible_below:.4f}

[rank]
temperature = {found.temperature:.4f}
letter = {found.letter:.4f}
"""


def _curve(curve: Curve) -> str:
    return "\n".join(f"{name} = {value:.4f}" for name, value in asdict(curve).items())


def _grades(chance: Floats, of_line: Outcomes, certain_from: float, mean: Floats, below: float) -> str:
    sure = chance >= certain_from
    right = f"{of_line.right[sure].mean():.2%}" if sure.any() else "none"
    return (
        f"Certain: {sure.mean():.1%} of {len(chance)} lines, right of these: {right}; "
        f"illegible: {(mean < below).mean():.1%}; right of all: {of_line.right.mean():.1%}."
    )


if __name__ == "__main__":
    main()
