"""Laws of CTC scoring, against enumeration of every path and every string."""

import itertools

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline import ink
from pipeline.ink.paths import log_prob_of_paths

VOCABULARY = "ab "


@st.composite
def posteriors(draw, *, fewest=1, most=5, k=9):
    count = draw(st.integers(fewest, most))
    rows = []
    for _ in range(count):
        row = np.array(draw(st.lists(st.floats(0.01, 1.0), min_size=4, max_size=4)))
        rows.append(row / row.sum())
    return ink.pack(np.array(rows, np.float32), VOCABULARY, k=k)


def collapsed(path):
    merged = [key for key, _ in itertools.groupby(path)]
    return "".join(VOCABULARY[label - 1] for label in merged if label)


def by_enumeration(logs):
    """P of every string, by walking all paths."""
    total = {}
    for path in itertools.product(range(4), repeat=len(logs)):
        weight = np.exp(sum(logs[step, label] for step, label in enumerate(path)))
        text = collapsed(path)
        total[text] = total.get(text, 0.0) + weight
    return total


def best_by_enumeration(logs, text):
    """Best log-ratio of a path that spells exactly `text` to the best path of all."""
    relative = logs - logs.max(axis=1, keepdims=True)
    return max(
        (
            sum(relative[step, label] for step, label in enumerate(path))
            for path in itertools.product(range(4), repeat=len(logs))
            if collapsed(path) == text
        ),
        default=ink.IMPOSSIBLE,
    )


@settings(max_examples=60, deadline=None)
@given(posteriors())
def test_scores_equal_the_sum_over_all_paths(given_posteriors):
    expected = by_enumeration(ink.unpack(given_posteriors).astype(float))
    texts = sorted(expected)
    np.testing.assert_allclose(
        np.exp(ink.log_prob(given_posteriors, texts)), [expected[text] for text in texts], rtol=1e-6
    )


@settings(max_examples=60, deadline=None)
@given(posteriors())
def test_probabilities_of_all_strings_sum_to_one(given_posteriors):
    steps = given_posteriors.steps
    texts = ["".join(t) for n in range(steps + 1) for t in itertools.product(VOCABULARY, repeat=n)]
    total = np.exp(ink.log_prob(given_posteriors, texts)).sum()
    assert abs(total - 1) < 0.002 * steps  # float16 logarithms


@settings(max_examples=60, deadline=None)
@given(posteriors())
def test_packing_every_class_keeps_everything(given_posteriors):
    dense = np.exp(ink.unpack(given_posteriors))
    again = ink.pack(dense, VOCABULARY, k=4)
    np.testing.assert_allclose(np.exp(ink.unpack(again)), dense, atol=0.001)
    assert ink.unpack(again).shape == (given_posteriors.steps, 4)


@settings(max_examples=60, deadline=None)
@given(posteriors(k=2))
def test_a_class_not_kept_is_never_likelier_than_one_kept(given_posteriors):
    dense = ink.unpack(given_posteriors)
    assert (dense <= 0).all()
    assert (dense >= ink.FLOOR - 0.01).all()
    kept = np.frombuffer(given_posteriors.log_probs, "<f2").reshape(-1, 2).min(axis=1)
    others = np.sort(dense, axis=1)[:, :2]
    assert (others <= kept[:, None] + 1e-6).all()
    assert (np.exp(dense).sum(axis=1) < 1.01).all()


@settings(max_examples=60, deadline=None)
@given(posteriors(), st.integers(0, 4), st.integers(1, 3), st.floats(0.1, 3.0))
def test_more_ink_for_its_letters_never_lowers_a_score(given_posteriors, step, label, more):
    logs = ink.unpack(given_posteriors).astype(float)
    step = min(step, len(logs) - 1)
    raised = logs.copy()
    raised[step, label] += more
    tree = ink.PrefixTree(VOCABULARY, [VOCABULARY[label - 1]])
    assert tree.log_prob(raised)[0] >= tree.log_prob(logs)[0]


@settings(max_examples=60, deadline=None)
@given(posteriors(), st.text(alphabet="ab é漢", max_size=9))
def test_any_text_gets_a_finite_score(given_posteriors, text):
    scores = ink.log_prob(given_posteriors, [text])
    in_line, spans = ink.log_prob_in_line(given_posteriors, [text])
    assert np.isfinite(scores).all()
    assert np.isfinite(in_line).all()
    assert in_line[0] <= 0
    assert 0 <= spans[0, 0] <= spans[0, 1] <= 1


@settings(max_examples=60, deadline=None)
@given(posteriors(fewest=5, most=25), st.lists(st.text(alphabet="ab c", max_size=7), max_size=6))
def test_the_tree_equals_the_plain_recursion(given_posteriors, texts):
    logs = ink.unpack(given_posteriors).astype(float)
    np.testing.assert_allclose(
        ink.PrefixTree(VOCABULARY, texts).log_prob(logs),
        log_prob_of_paths(logs, VOCABULARY, texts),
        rtol=1e-9,
    )


@settings(max_examples=60, deadline=None)
@given(posteriors(fewest=1, most=12), st.lists(st.text(alphabet="ab c", max_size=5), min_size=1, max_size=8))
def test_a_text_scores_alone_what_it_scores_among_others(given_posteriors, texts):
    scores, spans = ink.log_prob_in_line(given_posteriors, texts)
    whole = ink.log_prob(given_posteriors, texts)
    for row, text in enumerate(texts):
        (alone,), (span,) = ink.log_prob_in_line(given_posteriors, [text])
        assert (alone, *span) == (scores[row], *spans[row])
        np.testing.assert_allclose(ink.log_prob(given_posteriors, [text])[0], whole[row], rtol=1e-9)


@settings(max_examples=60, deadline=None)
@given(posteriors(most=4))
def test_probabilities_of_all_folded_strings_sum_to_one(given_posteriors):
    logs, characters = ink.folded(ink.unpack(given_posteriors), "aAb")
    assert characters == "ab"
    steps = len(logs)
    texts = ["".join(t) for n in range(steps + 1) for t in itertools.product(characters, repeat=n)]
    total = np.exp(ink.PrefixTree(characters, texts).log_prob(logs)).sum()
    assert abs(total - 1) < 0.002 * steps


@settings(max_examples=60, deadline=None)
@given(posteriors(), st.sampled_from(["a", "ab", "aab", "bb"]))
def test_folding_never_lowers_a_score(given_posteriors, text):
    dense = ink.unpack(given_posteriors)
    folded, characters = ink.folded(dense, "aAb")
    whole = ink.PrefixTree("aAb", [text, text.upper()]).log_prob(dense)
    assert ink.PrefixTree(characters, [text]).log_prob(folded)[0] >= whole.max() - 1e-6


@settings(max_examples=40, deadline=None)
@given(posteriors(), st.sampled_from(["", "a", "b", "ab", "ba", "aa", "a b"]))
def test_an_alignment_spells_its_text_on_the_best_path(given_posteriors, text):
    logs = ink.unpack(given_posteriors).astype(float)
    found = ink.align(given_posteriors, text)
    if best_by_enumeration(logs, text) == ink.IMPOSSIBLE:
        assert found is None
        return
    steps = len(logs)
    peaks = [(round(start * steps), round(end * steps)) for start, end in found]
    assert all(a < b for a, b in peaks)
    assert all(a[1] <= b[0] for a, b in itertools.pairwise(peaks))
    path = [0] * steps
    for (start, end), character in zip(peaks, text, strict=True):
        path[start:end] = [VOCABULARY.index(character) + 1] * (end - start)
    assert collapsed(path) == text
    relative = logs - logs.max(axis=1, keepdims=True)
    reached = sum(relative[step, label] for step, label in enumerate(path))
    assert reached >= best_by_enumeration(logs, text) - 1e-6


@settings(max_examples=40, deadline=None)
@given(posteriors(), st.sampled_from(["a", "b", "ab", "ba", "aa", "a b"]))
def test_a_free_span_scores_at_least_the_best_whole_path(given_posteriors, text):
    whole = best_by_enumeration(ink.unpack(given_posteriors).astype(float), text)
    assert ink.log_prob_in_line(given_posteriors, [text])[0][0] >= whole - 1e-6
