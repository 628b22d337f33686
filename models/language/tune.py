"""Fits the dials of the language model to a reader's weights: run it again whenever those change.

    python -m models.language.tune --labels ../shared/data/handwriting/labels.tsv \
        --dataset ../shared/data/pages [--write]

Every dial is moved in turn while that lowers the error rate of half 0 (every other writer and hand);
half 1 is reported. `--write` puts the dials into models/language/manifest.toml.
"""

from __future__ import annotations

import argparse
import re
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from models.language import measure
from pipeline.matching.drug_table import edsnlp_drugs, gp_rows
from pipeline.reading.artefacts import DEFAULT_HANDWRITING, load_artefact, models_dir
from pipeline.reading.handwriting import OnnxReader
from pipeline.reading.language import Dials, Language

TRIED: dict[str, tuple[Any, ...]] = {
    "weight": (0.3, 0.4, 0.45, 0.5, 0.6),
    "bonus": (0.4, 0.6, 0.8, 1.0, 1.2),
    "bound": (6.0, 8.0, 10.0),
    "name_bound": (3.0, 4.0, 6.0, 8.0),
    "sure_space": (0.9, 0.95, 0.98, 0.995),
    "sure": (0.98, 0.99, 0.995),
    "width": (6, 10, 16),
}
"""Values of each dial, in the order in which they are tried. `digit` is a matter of safety, not of errors."""


def loss(lines: list[measure.Inked], vocabulary: str, language: Language, dials: Dials) -> float:
    """Return the mean character error rate of the sources, each counting alike; 0 = perfect."""
    language.dials = dials
    texts, _ = measure.read(lines, vocabulary, language)
    found = measure.scores(lines, texts)
    wholes = {line.groups[0] for line in lines}
    return sum(found[group].cer for group in wholes) / len(wholes)


def tuned(lines: list[measure.Inked], vocabulary: str, language: Language) -> Dials:
    """Move one dial after another, twice, while the loss falls by a tenth of a thousandth at least."""
    best, least = language.dials, loss(lines, vocabulary, language, language.dials)
    for name, values in (*TRIED.items(), *TRIED.items()):
        for value in values:
            dials = replace(best, **{name: value})
            found = loss(lines, vocabulary, language, dials) if dials != best else least
            if found < least - 1e-4:
                best, least = dials, found
                print(f"{name:<12}{value:<8} CER {found:.3%}", flush=True)
    return best


def report(lines: list[measure.Inked], vocabulary: str, language: Language | None, title: str) -> None:
    """Print the error rates of every group with 20 lines or more, digits and drug names apart."""
    texts, milliseconds = measure.read(lines, vocabulary, language)
    names = frozenset(
        word for drug in _drugs() for word in measure.words(drug) if len(word) > 3 and word[0].isupper()
    )
    right, there = measure.whole_words(lines, texts, names)
    print(
        f"\n{title}: {milliseconds:.1f} ms a line; digits' CER {measure.digit_errors(lines, texts):.3%};",
        end="",
    )
    print(f" drug names read exactly {right} of {there}")
    for group, found in sorted(measure.scores(lines, texts).items()):
        if found.lines >= 20:
            print(f"{group:<24}{found.lines:>6} lines  CER {found.cer:6.2%}  WER {found.wer:6.2%}")


def _drugs() -> list[str]:
    ours = [drug.name for row in gp_rows() for drug in row.drugs]
    return ours + [drug.name for drug in edsnlp_drugs(set())]


def main() -> None:
    """Read the lines, report the ink alone, fit the dials, report the ink with the language."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--model", default=DEFAULT_HANDWRITING, help="folder under models/, or a path")
    parser.add_argument("--labels", type=Path, help="labels.tsv; its dev split is read")
    parser.add_argument(
        "--dataset", type=Path, action="append", default=[], help="dataset folder with truth.json"
    )
    parser.add_argument("--keep", action="store_true", help="fit nothing, report the dials as they are")
    parser.add_argument("--write", action="store_true", help="put the dials into the manifest")
    options = parser.parse_args()
    folder = Path(options.model)
    reader = OnnxReader(load_artefact(folder if folder.is_dir() else models_dir() / options.model))
    cuts = [*(measure.labelled(options.labels) if options.labels else ())]
    for dataset in options.dataset:
        cuts += measure.on_pages(dataset)
    lines = measure.inked(reader, cuts)
    language = Language(models_dir() / "language")
    report(lines, reader.vocabulary, None, "the ink alone")
    if not options.keep:
        half = [line for line in lines if not line.half]
        language.dials = tuned(half, reader.vocabulary, language)
    report(lines, reader.vocabulary, language, f"with {language.name}, {language.dials}")
    if options.write:
        _write(models_dir() / "language" / "manifest.toml", language.dials)


def _write(manifest: Path, dials: Dials) -> None:
    told = manifest.read_text("utf-8")
    for name, value in asdict(dials).items():
        told = re.sub(rf"^{name} = .*$", f"{name} = {value}", told, flags=re.MULTILINE)
    manifest.write_text(told, "utf-8")


if __name__ == "__main__":
    main()
