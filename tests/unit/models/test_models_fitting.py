"""Curves, thresholds and errors on outcomes whose truth is known."""

import numpy as np
import pytest

from models.fitting import (
    NameScores,
    bins,
    expected_calibration_error,
    held_out,
    highest_below,
    logistic,
    lowest_threshold,
    softmax_fit,
)


def drawn(count=4000, *, height=1.0, slope=-2.0):
    draw = np.random.default_rng(0)
    feature = draw.normal(size=count)
    chance = 1 / (1 + np.exp(-(height + slope * feature)))
    return feature, draw.random(count) < chance, chance


def test_the_curve_that_drew_the_outcomes_is_found():
    feature, right, _ = drawn()
    idle = np.random.default_rng(1).normal(size=len(feature))
    both = np.column_stack([feature, idle])
    assert logistic(both, right) == pytest.approx((1.0, -2.0, 0.0), abs=0.2)
    assert np.isfinite(logistic(both, np.ones(len(feature), bool))).all()


def test_true_probabilities_have_little_error_and_others_more():
    _, right, chance = drawn()
    assert expected_calibration_error(chance, right) < 0.03
    assert expected_calibration_error(np.full(len(right), 0.99), right) > 0.2
    assert sum(one.count for one in bins(chance, right)) == len(right)


def test_held_out_probabilities_know_nothing_of_their_own_group():
    feature, right, _ = drawn(200)
    groups = [str(number % 20) for number in range(200)]

    features = feature[:, None]
    before = held_out(features, right, groups)
    changed = right.copy()
    fold = np.array([sorted(set(groups)).index(group) % 5 for group in groups]) == 2
    changed[fold] = ~changed[fold]
    after = held_out(features, changed, groups)
    assert np.array_equal(before[fold], after[fold])
    assert not np.array_equal(before[~fold], after[~fold])


def test_a_threshold_keeps_its_promise_and_ties_stand_together():
    chance = np.array([0.9, 0.8, 0.8, 0.7, 0.6])
    right = np.array([True, True, False, True, True])
    assert lowest_threshold(chance, right, precision=1.0, least=1) == 0.9
    assert lowest_threshold(chance, right, precision=0.8, least=1) == 0.6
    assert lowest_threshold(chance, right, precision=1.0, least=2) is None
    value, share = np.array([0.1, 0.2, 0.5, 0.9]), np.array([0.0, 0.2, 0.9, 1.0])
    assert highest_below(value, share, most=0.2, least=2) == 0.5
    assert highest_below(value, share, most=0.2, least=3) is None


def test_the_bonus_a_letter_is_found_where_short_names_win_wrongly():
    letters = np.array([2.0, 6.0])
    scores = [np.array([0.0, -3.0]), np.array([0.0, -5.0]), np.array([-3.0, 0.0])] * 5
    temperature, letter = softmax_fit([NameScores(score, letters, 1) for score in scores])
    assert letter > 1
    assert temperature >= 1
