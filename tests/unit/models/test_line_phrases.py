"""What lines to train on may say."""

import json
import random
from pathlib import Path

import pytest

from models.line_reader.phrases import Phrases

VOCABULARY = "".join(
    json.loads((Path(__file__).parents[3] / "models/line_reader/vocab.json").read_text(encoding="utf-8"))
)


@pytest.fixture(scope="module")
def phrases() -> Phrases:
    return Phrases(["regroupant les clubs de football du pays"])


def test_lines_are_short_and_never_empty(phrases):
    chance = random.Random(1)
    lines = [phrases.line(chance) for _ in range(2000)]
    assert all(1 <= len(line) <= 70 for line in lines)
    assert all(line == " ".join(line.split()) for line in lines)


def test_the_same_chance_composes_the_same_lines(phrases):
    first, second = (
        [phrases.line(chance) for _ in range(200)] for chance in (random.Random(7), random.Random(7))
    )
    assert first == second
    assert len(set(first)) > 150


def test_most_of_what_is_composed_can_be_learnt(phrases):
    chance = random.Random(2)
    text = "".join(phrases.line(chance) for _ in range(2000))
    unknown = [c for c in text if c not in VOCABULARY]
    assert len(unknown) < 0.001 * len(text), sorted(set(unknown))


def test_all_digits_are_about_as_frequent_as_each_other(phrases):
    chance = random.Random(3)
    text = "".join(phrases.line(chance) for _ in range(6000))
    counts = [text.count(digit) for digit in "0123456789"]
    assert min(counts) > 0.12 * max(counts), counts


def test_drugs_are_known_ones_and_ones_that_only_sound_so(phrases):
    chance = random.Random(4)
    known = {name.casefold() for name in [*phrases.often, *phrases.rare]}
    names = [phrases.drug(chance).casefold() for _ in range(1000)]
    assert 0.6 < sum(name in known for name in names) / len(names) < 0.95
