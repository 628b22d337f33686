"""What the language model learns from: weighted texts, every one with where it comes from."""

from __future__ import annotations

import csv
import tomllib
from collections import defaultdict
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

from models.language.sentences import Writer
from pipeline.reading.language import START
from pipeline.reading.language import normal as as_seen

Weighted = tuple[str, float]
SOURCES = {"copiste": 1.0, "peraire": 0.5, "mss19": 0.3, "mss20": 0.5, "testaments": 0.2}
"""What a transcription weighs: old and hurried spelling less than what people write now."""

_SHARED_WORDS = 4  # a line that has so many words in a row with a dev line is not learnt from


def normal(text: str, alphabet: str) -> str:
    """Return a text as the model sees it: single spaces, digits and dashes alike, known characters."""
    return "".join(c for c in as_seen(" ".join(text.split())) if c in alphabet)


def handwriting(labels: Path, alphabet: str) -> Iterator[Weighted]:
    """Yield the transcriptions of the train split, without lines that the dev split has in part."""
    with labels.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    held: set[tuple[str, ...]] = set()
    for row in rows:
        if row["split"] != "train":
            held |= _runs(row["text"])
    pages: dict[str, list[str]] = defaultdict(list)
    weights: dict[str, float] = {}
    for row in rows:
        if row["split"] == "train" and not _runs(row["text"]) & held:
            pages[row["page"]].append(row["text"])
            weights[row["page"]] = SOURCES.get(row["source"], 0.5)
    for page, lines in pages.items():
        for line in lines:
            yield START + normal(line, alphabet) + START, weights[page]
        for before, after in pairwise(lines):  # a line's first word also follows the line before
            if not before.endswith("-"):
                yield normal(before[-7:] + " " + after.split(" ")[0], alphabet), weights[page]


def dev_lines(labels: Path, alphabet: str) -> list[str]:
    """Return the transcriptions of the dev split, as the model sees them."""
    with labels.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    return [normal(row["text"], alphabet) for row in rows if row["split"] == "dev"]


def invented(
    number: int, weight: float, alphabet: str, *, first: list[str], last: list[str]
) -> Iterator[Weighted]:
    """Yield invented prescription, note and identity lines."""
    for line in Writer(7, first=first, last=last).lines(number):
        yield START + normal(line, alphabet) + START, weight


def words(
    frequencies: dict[str, float], mass: float, alphabet: str, *, least: float = 1e-7
) -> Iterator[Weighted]:
    """Yield single words between spaces, `mass` words in all, as their frequencies say.

    A word also comes with a capital, in capitals and after an apostrophe, which it has more rarely.
    """
    total = sum(frequencies.values())
    for word, frequency in frequencies.items():
        if frequency < least or any(c.isdigit() for c in word) or normal(word, alphabet) != word:
            continue
        weight = mass * frequency / total
        elides = word[0] in "aeiouyhéèêàâîôûœ"
        for form, share in ((word, 0.8), (word[0].upper() + word[1:], 0.12), (word.upper(), 0.01)):
            if normal(form, alphabet) == form:
                yield from ((f" {form}{end}", weight * share * part) for end, part in ENDS)
        if elides:
            yield from ((f"'{word}{end}", weight * 0.3 * part) for end, part in ENDS)


ENDS = ((" ", 0.84), (",", 0.08), (".", 0.06), (START, 0.02))
"""What follows a word, about as often as in running text."""


def rule_words(rules: Path, weight: float, alphabet: str) -> Iterator[Weighted]:
    """Yield the words and short forms that the rules of understanding know ("ds", "pdt", "gttes").

    Args:
        rules: folder of TOML tables whose strings, at any depth, are such words.
        weight: of each.
        alphabet: characters known.
    """
    for table in sorted(rules.glob("*.toml")):
        for text in _strings(tomllib.loads(table.read_text("utf-8"))):
            yield from ((f" {normal(text, alphabet)}{end}", weight * part) for end, part in ENDS)


def _strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        yield from (text for inner in value.values() for text in _strings(inner))
    elif isinstance(value, list):
        yield from (text for inner in value for text in _strings(inner))


def names(first: list[str], last: list[str], weight: float, alphabet: str) -> Iterator[Weighted]:
    """Yield names, of people or of drugs, as single words, as given and in capitals."""
    for name in (*first, *last):
        yield from (
            (f" {form}{end}", weight * part)
            for form in (name, name.upper())
            for end, part in ENDS
            if normal(form, alphabet) == form
        )


def _runs(text: str) -> set[tuple[str, ...]]:
    found = text.split()
    return {tuple(found[n : n + _SHARED_WORDS]) for n in range(len(found) - _SHARED_WORDS + 1)}
