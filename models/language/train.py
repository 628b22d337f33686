"""Trains the character model of French and prescription text, and writes it with its manifest.

    pip install wordfreq faker      # in an environment of your own; the product needs neither
    python -m models.language.train --labels ../shared/data/handwriting/labels.tsv

Takes a minute and 2 GB on one core. The same inputs give the same bytes. The dials in the manifest
stay as they are; fit them with models/language/tune.py.
"""

from __future__ import annotations

import argparse
import hashlib
import importlib
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from models.language import corpus, ngrams
from pipeline.matching.drug_table import gp_rows
from pipeline.reading.language import START

FOLDER = Path(__file__).parent
ORDER = 6
LEAST = {5: 0.15, 6: 0.15}
"""N-grams of these lengths that weigh less are left out: they come from rare words or single old letters."""

INVENTED, INVENTED_WEIGHT = 20_000, 0.3  # lines of prescriptions and notes
WORDS = 100_000  # words of the frequency list, in words of running text
NAMES_WEIGHT = 1.0
RULES, RULES_WEIGHT = FOLDER.parents[1] / "pipeline" / "extraction" / "rules", 4.0

ALPHABET = (
    START
    + " !\"#%&'()*+,-./0:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[]_abcdefghijklmnopqrstuvwxyz{}|~°µ×"
    + "àâäæçèéêëîïôöùûüœñóíáúãõşğÀÂÄÇÈÉÊËÎÏÔÖÙÛÜŒßÁÍÓÚÑ€→«»≤≥±•…"
)
"""Characters the model knows; it sees every digit and fraction as 0, ’ as ' and long dashes as -."""


def texts(labels: Path) -> Iterator[corpus.Weighted]:
    """Yield everything that the model learns from.

    Raises:
        ModuleNotFoundError: wordfreq or faker is not installed.
    """
    frequencies = importlib.import_module("wordfreq").get_frequency_dict("fr", wordlist="large")
    people = importlib.import_module("faker.providers.person.fr_FR").Provider
    first, last = sorted(set(people.first_names)), sorted(set(people.last_names))
    yield from corpus.handwriting(labels, ALPHABET)
    yield from corpus.invented(INVENTED, INVENTED_WEIGHT, ALPHABET, first=first, last=last)
    yield from corpus.rule_words(RULES, RULES_WEIGHT, ALPHABET)
    yield from corpus.words(frequencies, WORDS, ALPHABET)
    yield from corpus.names(first, last, NAMES_WEIGHT, ALPHABET)
    drugs = sorted({drug.name for row in gp_rows() for drug in row.drugs})
    yield from corpus.names(drugs, [], NAMES_WEIGHT, ALPHABET)


def trained(labels: Path) -> bytes:
    """Return the packed model."""
    counts = ngrams.count(texts(labels), ORDER)
    probability, backoff = ngrams.smoothed(ngrams.pruned(counts, LEAST), counts, ALPHABET)
    dev = [START + text + START for text in corpus.dev_lines(labels, ALPHABET)]
    found = ngrams.perplexity(probability, backoff, ALPHABET, dev)
    print(f"{len(probability)} n-grams; perplexity a character on dev: {found:.2f}", file=sys.stderr)
    return ngrams.written(probability, backoff, ALPHABET)


def main() -> None:
    """Train, write the model, and put its sha256 into the manifest."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument(
        "--labels", required=True, type=Path, help="labels.tsv with text, source, page, split"
    )
    options = parser.parse_args()
    data = trained(options.labels)
    (FOLDER / "french.ngrams").write_bytes(data)
    manifest = FOLDER / "manifest.toml"
    told = re.sub(
        r'sha256 = "\w*"', f'sha256 = "{hashlib.sha256(data).hexdigest()}"', manifest.read_text("utf-8")
    )
    manifest.write_text(told, "utf-8")
    print(f"{len(data)} bytes", file=sys.stderr)


if __name__ == "__main__":
    main()
