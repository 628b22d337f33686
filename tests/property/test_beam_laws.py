"""Laws of reading with a language model: digits are the ink's, and it bounds what may be written."""

import itertools
import re
import sys
from dataclasses import replace
from math import log
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline import ink
from pipeline.reading import guarded
from pipeline.reading.beam import decode
from pipeline.reading.greedy import best_text
from pipeline.reading.language import DIGITS, START

sys.path.append(str(Path(__file__).parents[1] / "unit" / "reading"))
from tiny_language import language

VOCABULARY = " 0123456789,./acdeghijlmnopqrstux%½"


@pytest.fixture(scope="module")
def usual(tmp_path_factory):
    """Very sure of itself: it would write what it knows wherever it may."""
    return language(tmp_path_factory.mktemp("tiny"), weight=3.0, bonus=2.0, bound=20.0, sure=1.0)


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    dials = {"weight": 0.7, "bonus": 0.3, "bound": 60.0, "width": 10_000, "sure": 1.0, "sure_space": 2.0}
    return language(
        tmp_path_factory.mktemp("small"), sentences=("ab ba", "aab", "b ab"), alphabet=START + " ab", **dials
    )


COUNTED = [("10", "lo"), ("lo", "10"), ("0,5", "o,s"), ("1", "l"), ("x", "u"), ("½", "a"), ("2cp", "scp")]
PLAIN = [
    ("un", "ur"), ("cp", "ep"), ("ep", "cp"), ("malin", "matin"), ("mg", "le"), ("sachels", "sachets"),
    ("sachets", "sachels"), ("pas", "par"), ("par", "pas"), ("deux", "doux"), ("soin", "soir"), ("le", "mg"),
    ("mois", "soir"), ("soir", "mois"),
]  # fmt: skip


@st.composite
def lines(draw, pairs=(*COUNTED, *PLAIN)):
    """Posteriors of a line of words, each of which may also be another word."""
    words = draw(st.lists(st.sampled_from(pairs), min_size=1, max_size=6))
    rows = []
    for place, characters in enumerate(zip(*(" ".join(w) for w in zip(*words, strict=True)), strict=True)):
        for blank in (False, True):
            row = np.full(len(VOCABULARY) + 1, 1e-4)
            row[0] += draw(st.sampled_from([0.0, 0.3])) + 3.0 * blank
            for character, most in zip(characters, (2.0, 2.5), strict=True):
                row[VOCABULARY.index(character) + 1] += draw(st.floats(0.05, most)) * (0.1 if blank else 1.0)
            row[draw(st.integers(0, len(VOCABULARY)))] += 0.02 * (place % 3)
            rows.append(row / row.sum())
    return np.array(rows, np.float32)


def digits(text):
    return [c for c in text if c in DIGITS]


def counted(text):
    """Numbers with what stands beside them: every word with a digit, and the unit after it."""
    words, found = text.split(), []
    for place, word in enumerate(words):
        after_number = place > 0 and any(c in DIGITS for c in words[place - 1])
        if any(c in DIGITS for c in word) or (after_number and guarded.is_unit(word)):
            found.append(word)
    return found


@settings(max_examples=150, deadline=None)
@given(lines())
def test_digits_their_signs_and_their_units_are_the_inks(usual, probabilities):
    greedy, _, _ = best_text(probabilities, VOCABULARY)
    text, _, _ = decode(probabilities, VOCABULARY, usual)
    assert digits(text) == digits(greedy)
    assert counted(text) == counted(greedy)
    signs = r"[\d½][^\w]*[,./%][^\w]*(?=[\d½])"
    assert re.findall(signs, text) == re.findall(signs, greedy)


@settings(max_examples=80, deadline=None)
@given(lines())
def test_numbers_in_letters_and_negations_are_the_inks(usual, probabilities):
    greedy, _, _ = best_text(probabilities, VOCABULARY)
    text, _, _ = decode(probabilities, VOCABULARY, usual)
    assert guarded.kept_words(text) == guarded.kept_words(greedy)


@settings(max_examples=100, deadline=None)
@given(lines(PLAIN), st.floats(0.1, 6.0))
def test_no_text_is_written_that_the_ink_finds_less_likely_than_the_bound(usual, probabilities, bound):
    before = usual.dials
    usual.dials = replace(before, bound=bound, name_bound=bound, sure_space=2.0)
    text, _, _ = decode(probabilities, VOCABULARY, usual)
    usual.dials = before
    best = float(np.log(probabilities.max(axis=1)).sum())
    (found,) = ink.log_prob(ink.pack(probabilities, VOCABULARY, k=100), [text])
    assert found >= best - bound - 0.05


@settings(max_examples=80, deadline=None)
@given(lines())
def test_places_point_at_ink_that_may_be_that_character(usual, probabilities):
    text, confidence, places = decode(probabilities, VOCABULARY, usual)
    assert len(places) == len(text)
    borders = [value for place in places for value in place]
    assert borders == sorted(borders)
    assert all(0 <= value <= 1 for value in borders)
    assert 0 <= confidence <= 1
    steps = len(probabilities)
    for character, (start, end) in zip(text, places, strict=True):
        under = probabilities[max(0, int(start * steps) - 1) : int(end * steps) + 2]
        assert under[:, VOCABULARY.index(character) + 1].max() >= 1e-5


@settings(max_examples=50, deadline=None)
@given(lines())
def test_without_a_say_the_language_changes_nothing(usual, probabilities):
    usual.dials, before = replace(usual.dials, weight=0.0), usual.dials
    same = decode(probabilities, VOCABULARY, usual) == best_text(probabilities, VOCABULARY)
    usual.dials = before
    assert same


@st.composite
def short_lines(draw):
    row = st.lists(st.floats(0.02, 1.0), min_size=4, max_size=4)
    rows = np.array(draw(st.lists(row, min_size=1, max_size=5)))
    return (rows / rows.sum(axis=1, keepdims=True)).astype(np.float32)


@settings(max_examples=100, deadline=None)
@given(short_lines())
def test_a_wide_beam_finds_the_best_of_all_texts(small, probabilities):
    vocabulary = " ab"
    greedy, _, _ = best_text(probabilities, vocabulary)
    text, _, _ = decode(probabilities, vocabulary, small)
    if not greedy or len(probabilities) != _ink_steps(probabilities, vocabulary):
        return
    every = [
        "".join(letters)
        for count in range(1, len(probabilities) + 1)
        for letters in itertools.product(vocabulary, repeat=count)
    ]
    texts = [t for t in every if t == t.strip() and "  " not in t]
    totals = _totals(probabilities, vocabulary)
    scores = {t: log(totals[t]) + _usual(small, t) for t in texts if totals.get(t, 0.0) > 0}
    assert scores[text] == pytest.approx(max(scores.values()), abs=1e-4)


def _ink_steps(probabilities, vocabulary):
    """Steps that the first and last word cover: outer spaces of the best path are not decided again."""
    best = probabilities.argmax(axis=1)
    inner = [n for n, label in enumerate(best) if label and vocabulary[label - 1] != " "]
    outer = [n for n, label in enumerate(best) if label and vocabulary[label - 1] == " "]
    return len(best) if not any(n < inner[0] or n > inner[-1] for n in outer) else 0


def _totals(probabilities, vocabulary):
    totals = {}
    for path in itertools.product(range(len(vocabulary) + 1), repeat=len(probabilities)):
        weight = float(np.prod([probabilities[n, label] for n, label in enumerate(path)]))
        text = "".join(vocabulary[label - 1] for label, _ in itertools.groupby(path) if label)
        totals[text] = totals.get(text, 0.0) + weight
    return totals


def _usual(small, text):
    context, total = small.after(""), 0.0
    for character in text:
        score, context = small.step(context, character)
        total += small.dials.weight * score + small.dials.bonus
    return total
