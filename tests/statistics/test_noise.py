"""Accuracy on random labels: chance comes from the margins, the scatter from dealing the labels, and power is there."""

import numpy as np
import pytest

from rethinking_audit.fixtures.statistics.noise import Draw, permuted, scattered

ALPHA = 1e-3


def draw(predicted, labels, units=None, classes=2):
    return Draw.of(predicted, labels, np.arange(len(labels)) if units is None else units, classes)


def test_a_constant_prediction_is_right_as_often_as_its_class_occurs():
    labels = np.array([0] * 90 + [1] * 10)
    one = draw(np.zeros(100, int), labels)
    assert one.expected == one.right == 90
    assert one.variance == pytest.approx(0)
    assert not permuted([one], ALPHA).above


def test_the_variance_is_that_of_dealing_the_labels():
    generator = np.random.default_rng(0)
    labels, predicted = generator.integers(0, 3, 60), generator.integers(0, 3, 60)
    dealt = [draw(predicted, generator.permutation(labels), classes=3).right for _ in range(20_000)]
    one = draw(predicted, labels, classes=3)
    assert one.expected == pytest.approx(np.mean(dealt), abs=0.1)
    assert one.variance == pytest.approx(np.var(dealt), rel=0.05)


def test_rows_of_a_group_count_as_one_unit():
    groups = np.repeat(np.arange(10), 20)
    labels = np.tile([0, 1], 5)[groups]
    grouped, alone = draw(labels, labels, groups), draw(labels, labels)
    assert grouped.right == alone.right == 200
    assert grouped.variance > 10 * alone.variance
    assert not permuted([grouped], ALPHA).above  # ten groups alone can agree by luck: one deal in 252
    assert permuted([alone], ALPHA).above


def test_a_leak_of_a_tenth_is_seen_and_noise_is_not():
    generator = np.random.default_rng(1)
    honest, leaking = [], []
    for _ in range(30):
        labels, predicted = generator.permutation(np.arange(200) % 2), generator.integers(0, 2, 200)
        honest.append(draw(predicted, labels))
        leaking.append(draw(np.where(np.arange(200) < 20, labels, predicted), labels))
    assert permuted(leaking, ALPHA).above
    assert not permuted(honest, ALPHA).above
    assert scattered(leaking, ALPHA).above
    assert not scattered(honest, ALPHA).above
    assert permuted(leaking, ALPHA).excess == pytest.approx(0.05, abs=0.02)


def test_below_chance_is_not_above():
    labels = np.tile([0, 1], 100)
    assert not permuted([draw(1 - labels, labels)], ALPHA).above


def test_false_alarms_are_no_more_than_alpha():
    generator = np.random.default_rng(2)
    alpha, alarms = 0.05, 0
    for _ in range(2000):
        labels, predicted = generator.permutation(np.arange(40) % 2), (generator.random(40) < 0.3).astype(int)
        alarms += permuted([draw(predicted, labels)], alpha).above
    assert alarms / 2000 < alpha + 3 * np.sqrt(alpha / 2000)


def test_scatter_between_draws_counts_where_true_labels_go_with_the_rows():
    # Each draw agrees with the true labels on 70 % or on 30 %: at chance on the mean, far from it in each.
    labels = np.tile([0, 1], 100)
    draws = [draw(np.where(np.arange(200) < 140, labels, 1 - labels) ^ (one % 2), labels) for one in range(8)]
    found = scattered(draws, ALPHA)
    assert found.excess == pytest.approx(0)
    assert found.interval.high > 0.2


def test_one_draw_says_nothing_about_scatter():
    labels = np.tile([0, 1], 100)
    assert not scattered([draw(labels, labels)], ALPHA).above
