"""Accuracy on random labels: chance comes from the margins, the scatter from dealing the labels, and power is there."""

import math

import numpy as np
import pytest
from scipy import stats

from rethinking_audit.fixtures.statistics import noise
from rethinking_audit.fixtures.statistics.judgement import Interval
from rethinking_audit.fixtures.statistics.noise import Draw, permuted, scattered
from tests.builders.judgements import around

ALPHA = 1e-3


def draw(predicted, labels, units=None, classes=2):
    return Draw.of(predicted, labels, np.arange(len(labels)) if units is None else units, classes)


def of_two(rows, ones, predicted_ones, both):
    """A draw of two classes: how many rows are labelled 1, how many predicted to be, and how many are both."""
    place = np.arange(rows)
    labels = (place < both) | ((place >= predicted_ones) & (place < predicted_ones + ones - both))
    return draw(place < predicted_ones, labels)


def dealt(rows, ones, predicted_ones):
    """The distribution of the rows that are both under labels dealt anew; twice as many more or fewer are right."""
    return stats.hypergeom(rows, ones, predicted_ones)


TEN = of_two(10, 5, 5, 5)  # all are right, as in one deal of 252
SURE = draw([0, 0, 0, 0], [0, 0, 1, 1])  # two are right in every deal


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


def test_accuracy_and_chance_are_told_with_the_scatter_of_dealing():
    draws, alpha = [of_two(400, 200, 100, 60), of_two(300, 100, 150, 50)], 0.01
    found = permuted(draws, alpha)
    right, expected = 400 - 100 - 200 + 120 + 300 - 150 - 100 + 100, 200 + 150
    deviation = 2 * math.sqrt(dealt(400, 200, 100).var() + dealt(300, 100, 150).var())
    assert (found.accuracy, found.chance) == pytest.approx((right / 700, expected / 700))
    assert found.excess == pytest.approx((right - expected) / 700)
    ends = around((right - expected) / 700, stats.norm.isf(alpha) * deviation / 700)
    assert (found.interval.low, found.interval.high) == pytest.approx(ends)


def test_a_prediction_that_no_deal_changes_is_at_chance():
    for found in (permuted([SURE], ALPHA), scattered([SURE, SURE], ALPHA)):
        assert (found.excess, found.accuracy, found.chance) == (0.0, 0.5, 0.5)
        assert (found.interval, found.above) == (Interval(0.0, 0.0), False)


@pytest.mark.parametrize(
    ("one", "chance", "alpha", "rare"),
    [
        (TEN, dealt(10, 5, 5).sf(4), 2.9e-3, False),  # 3 deviations, which the normal distribution calls rarer
        (TEN, dealt(10, 5, 5).sf(4), 0.02, True),
        (of_two(200, 160, 40, 39), dealt(200, 160, 40).sf(38), 9e-4, True),  # 3.09 deviations, rarer than it says
    ],
)
def test_few_units_are_dealt_where_the_normal_distribution_would_mistake_them(one, chance, alpha, rare):
    assert (chance < alpha) == rare
    assert permuted([one], alpha).above is rare


def test_with_many_units_the_normal_distribution_decides():
    many = of_two(201, 161, 40, 39)
    assert not permuted([many], 9e-4).above
    assert dealt(201, 161, 40).sf(38) < 9e-4


def test_dealing_again_says_the_same():
    """At an alpha of one deal in 252, other deals would say otherwise every second time."""
    assert len({permuted([TEN], 1 / 252).above for _ in range(30)}) == 1


def shares(draws, right, alpha=0.2):
    return [noise._share_of_deals(draws, right, alpha, seed) for seed in range(150)]


def test_the_observed_labels_count_as_one_of_the_deals():
    """25 deals: up to four that reach as many are a share, more are called certain."""
    found = shares([TEN], 8)  # so many are right in a tenth of the deals
    assert set(found) == {1.0, *(reached / 26 for reached in range(1, 6))}
    assert found.count(1 / 26) / 150 == pytest.approx((1 - dealt(10, 5, 5).sf(3)) ** 25, abs=0.07)
    assert set(shares([TEN], 0, alpha=1)) == {1.0}


def test_the_deals_of_several_draws_add_up():
    assert shares([TEN, SURE], 10) == shares([TEN], 8)


def test_deals_are_the_same_in_parts_of_any_size(monkeypatch):
    whole = shares([TEN], 8)
    monkeypatch.setattr(noise, "CHUNK", 40)
    assert shares([TEN], 8) == whole


def test_classes_may_be_given_as_true_and_false():
    found = draw(np.array([True, True, False]), np.array([True, False, False]))
    assert (found.hits.tolist(), found.labels.tolist(), found.right) == ([[0, 1], [0, 1], [1, 0]], [1, 0, 0], 2)


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
    half = stats.t.isf(ALPHA, 7) * stats.tstd([0.2, -0.2] * 4) / math.sqrt(8)
    assert found.excess == pytest.approx(0)
    assert (found.interval.low, found.interval.high) == pytest.approx((-half, half))
    assert (found.accuracy, found.chance) == pytest.approx((0.5, 0.5))


def test_draws_that_agree_by_luck_have_the_scatter_of_dealing():
    found = scattered([of_two(400, 200, 100, 60), of_two(100, 50, 50, 30)], ALPHA)  # 0.05 and 0.1 above chance
    error = math.sqrt((4 * dealt(400, 200, 100).var() / 400**2 + 4 * dealt(100, 50, 50).var() / 100**2) / 2 / 2)
    agreed = scattered([of_two(400, 200, 100, 60)] * 2, ALPHA)
    alone = math.sqrt(4 * dealt(400, 200, 100).var() / 400**2 / 2)
    assert found.excess == pytest.approx(0.075)
    assert (found.accuracy, found.chance) == pytest.approx((0.575, 0.5))
    assert found.interval.high - found.excess >= stats.norm.isf(ALPHA) * error
    assert (agreed.interval.low, agreed.interval.high) == pytest.approx(around(0.05, stats.norm.isf(ALPHA) * alone))


def test_one_draw_says_nothing_about_scatter():
    labels = np.tile([0, 1], 100)
    found = scattered([draw(labels, labels)], ALPHA)
    assert (found.interval, found.above) == (Interval(-1.0, 1.0), False)
    assert scattered([draw(labels, labels)] * 2, ALPHA).above
