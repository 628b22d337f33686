"""CTC scores of candidate texts on posteriors that a reader can check by hand."""

import numpy as np
import pytest

from pipeline import ink
from pipeline.ink import FLOOR, IMPOSSIBLE

VOCABULARY = " abcdefghijklmnopqrstuvwxyzABC0123456789"


def spelled(text, *, sure=0.9, blanks=1, vocabulary=VOCABULARY):
    """Posteriors of a reader that sees `text`, one step a character, `blanks` steps between."""
    rows = []
    for character in text:
        for _ in range(blanks):
            rows.append(_row(0, sure, vocabulary))
        rows.append(_row(vocabulary.index(character) + 1, sure, vocabulary))
    rows.append(_row(0, sure, vocabulary))
    return ink.pack(np.array(rows, np.float32), vocabulary)


def _row(best, sure, vocabulary):
    row = np.full(len(vocabulary) + 1, (1 - sure) / len(vocabulary))
    row[best] = sure
    return row


def test_the_text_that_is_there_wins():
    names = ["doliprane", "dolipran", "doliprone", "efferalgan", "", "doliprane doliprane"]
    scores = ink.log_prob(spelled("doliprane"), names)
    assert names[int(scores.argmax())] == "doliprane"
    assert np.isfinite(scores).all()


def test_a_doubled_letter_needs_a_blank_between():
    posteriors = spelled("aa", blanks=0)
    assert ink.log_prob(posteriors, ["a"])[0] > ink.log_prob(posteriors, ["aa"])[0]
    posteriors = spelled("aa", blanks=1)
    assert ink.log_prob(posteriors, ["aa"])[0] > ink.log_prob(posteriors, ["a"])[0]


def test_the_empty_candidate_is_the_path_of_blanks():
    posteriors = spelled("ab")
    expected = ink.unpack(posteriors)[:, 0].sum()
    assert ink.log_prob(posteriors, [""])[0] == pytest.approx(expected, rel=1e-5)


def test_a_character_outside_the_vocabulary_costs_about_the_floor():
    posteriors = spelled("abc")
    known, unknown = ink.log_prob(posteriors, ["abc", "ab漢"])
    assert known + FLOOR - 1 < unknown < known


def test_case_counts_and_the_best_variant_is_told():
    posteriors = spelled("Ab")
    upper, lower = ink.log_prob(posteriors, ["Ab", "ab"])
    assert upper > lower
    scores, chosen = ink.best_variant(posteriors, [["ab", "Ab", "AB"], ["c"]])
    assert chosen == ("Ab", "c")
    assert scores[0] == upper


def test_a_candidate_without_variants_is_refused():
    with pytest.raises(ValueError, match="variant"):
        ink.best_variant(spelled("a"), [["a"], []])


def test_a_text_too_long_for_the_line_is_impossible_but_finite():
    posteriors = spelled("ab")
    assert ink.log_prob(posteriors, ["ab" * 40])[0] == IMPOSSIBLE
    assert ink.log_prob_in_line(posteriors, ["ab" * 40])[0][0] == IMPOSSIBLE


def test_a_line_without_steps_scores_only_the_empty_text():
    posteriors = ink.pack(np.empty((0, 3), np.float32), "ab")
    assert ink.log_prob(posteriors, ["", "a"]).tolist() == [0.0, IMPOSSIBLE]
    scores, spans = ink.log_prob_in_line(posteriors, ["", "a"])
    assert scores.tolist() == [0.0, IMPOSSIBLE]
    assert ((spans >= 0) & (spans <= 1)).all()


def test_very_unlikely_long_texts_keep_their_order():
    posteriors = spelled("abcdefgh" * 12, sure=0.999999)
    near, far = "bcdefgha" * 12, "9" * 96
    scores = ink.log_prob(posteriors, ["abcdefgh" * 12, near, far])
    assert scores[0] > scores[1] > scores[2] > IMPOSSIBLE


def test_the_order_of_candidates_does_not_matter():
    posteriors = spelled("abc")
    names = ["abc", "a", "", "abcabc", "bc", "zzzz"]
    forward = ink.log_prob(posteriors, names)
    assert ink.log_prob(posteriors, names[::-1]).tolist() == forward[::-1].tolist()
    assert ink.log_prob(posteriors, []).shape == (0,)


def test_a_word_is_found_inside_its_line():
    posteriors = spelled("prendre doliprane matin")
    scores, spans = ink.log_prob_in_line(posteriors, ["doliprane", "dafalgan"])
    assert scores[0] > scores[1]
    assert scores[0] == pytest.approx(0.0, abs=1e-6)
    start, end = spans[0]
    assert 8 / 23 - 0.05 < start < 9 / 23 + 0.05
    assert 16 / 23 < end < 18 / 23


def test_a_piece_of_a_word_does_not_win_over_the_word():
    posteriors = spelled("prendre doliprane matin")
    whole, piece = ink.log_prob_in_line(posteriors, ["doliprane", "doli"])[0]
    assert whole > piece + 2


def test_the_window_hides_what_lies_outside():
    posteriors = spelled("ab cd ab")
    (free,), ((start, _),) = ink.log_prob_in_line(posteriors, ["ab"], start=0.5)
    assert free == pytest.approx(0.0, abs=1e-6)
    assert start >= 0.5
    (hidden,), _ = ink.log_prob_in_line(posteriors, ["cd"], start=0.7)
    assert hidden < -3
    scores, spans = ink.log_prob_in_line(posteriors, ["ab"], start=0.9, end=0.2)
    assert np.isfinite(scores).all()
    assert ((spans >= 0) & (spans <= 1)).all()


def test_probabilities_among_candidates():
    probabilities = ink.normalised(np.array([-1.0, -2.0]), ["a", "b"])
    assert probabilities.sum() == pytest.approx(1.0)
    flat = ink.normalised(np.array([-1.0, -2.0]), ["a", "b"], temperature=100.0)
    assert flat[0] < probabilities[0]
    twice = ink.normalised(np.array([-1.0, -1.0, -2.0]), ["a", "a", "b"])
    assert twice[0] == twice[1] == probabilities[0]
    assert ink.normalised(np.empty(0), []).shape == (0,)
    with pytest.raises(ValueError, match="temperature"):
        ink.normalised(np.array([0.0]), ["a"], temperature=0.0)


def test_packing_refuses_a_vocabulary_of_another_size():
    with pytest.raises(ValueError, match="classes"):
        ink.pack(np.ones((2, 3), np.float32) / 3, "abc")


def test_a_lexicon_shares_its_beginnings():
    tree = ink.PrefixTree("abc", ["abc", "abb", "ab", "", "abc", "c"])
    assert tree.nodes == 6
    scores = tree.log_prob(np.log(np.full((4, 4), 0.25)))
    assert scores[0] == scores[4]
    assert ink.PrefixTree("abc", []).log_prob(np.zeros((2, 4))).shape == (0,)


def test_what_is_written_with_a_name_does_not_count_when_folded():
    assert ink.folded_text("Œdème-Stop, L.P.") == "oedemestoplp"
    assert ink.folded_text("Vitamine B12 à 0,5 %") == "vitamineb12a05%"


def test_a_folded_name_is_found_in_any_case_and_with_a_comma():
    posteriors = spelled("aBc a,", vocabulary=" abcABC,é")
    logs, characters = ink.folded(ink.unpack(posteriors), posteriors.vocabulary)
    scores = ink.PrefixTree(characters, ["abca", "abc", "abcb"]).log_prob(logs)
    assert scores.argmax() == 0
    assert scores[0] > -1.5


def test_an_alignment_shows_where_each_letter_stands():
    posteriors = spelled("ab cd")
    places = ink.align(posteriors, "ab cd")
    assert [round(start * posteriors.steps) for start, _ in places] == [1, 3, 5, 7, 9]
    assert ink.align(posteriors, "ab" * 20) is None
