"""Accuracies that a code states itself: chance is the commonest label, the scatter is the binomial's or the draws'."""

import math

import pytest
from scipy import stats

from rethinking_audit.fixtures.statistics.binomial import exact_interval
from rethinking_audit.fixtures.statistics.judgement import Interval
from rethinking_audit.fixtures.statistics.stated import Stated, dealt, trained
from tests.builders.judgements import ALPHA, Z, around


def test_dealt_labels_are_compared_with_the_commonest_label_of_all_rows():
    """75 of 150 rows are right, and the commonest label alone would give 20 + 60."""
    found = dealt([Stated(15, 50, 0.4), Stated(60, 100, 0.6)], ALPHA)
    ends = stats.binomtest(75, 150).proportion_ci(1 - 2 * ALPHA, "exact")
    assert (found.accuracy, found.chance) == pytest.approx((0.5, 80 / 150))
    assert found.excess == pytest.approx(-5 / 150)
    assert (found.interval.low, found.interval.high) == pytest.approx((ends.low - 80 / 150, ends.high - 80 / 150))
    assert not found.above


def test_a_leak_is_above_the_commonest_label_and_luck_is_not():
    assert dealt([Stated(60, 100, 0.5), Stated(60, 100, 0.5)], ALPHA).above
    assert not dealt([Stated(52, 100, 0.5), Stated(52, 100, 0.5)], ALPHA).above


def test_an_interval_that_begins_at_chance_is_not_above_it():
    low = exact_interval(80, 128, ALPHA).low
    assert not dealt([Stated(80, 128, low)], ALPHA).above
    assert dealt([Stated(80, 128, low - 1e-9)], ALPHA).above


def test_true_labels_have_the_scatter_between_the_draws():
    found = trained([Stated(30, 100, 0.4), Stated(130, 200, 0.45), Stated(90, 100, 0.5)], ALPHA)
    excesses = [-0.1, 0.2, 0.4]
    half = stats.t.isf(ALPHA, 2) * stats.tstd(excesses) / math.sqrt(3)
    assert (found.excess, found.chance) == pytest.approx((0.5 / 3, 0.45))
    assert found.accuracy == pytest.approx(0.45 + 0.5 / 3)
    assert (found.interval.low, found.interval.high) == pytest.approx(around(0.5 / 3, half))
    assert not found.above


def test_draws_that_agree_by_luck_have_the_scatter_of_the_binomial():
    found = trained([Stated(60, 100, 0.5), Stated(50, 200, 0.15)], ALPHA)
    error = math.sqrt((0.5 * 0.5 / 100 + 0.15 * 0.85 / 200) / 2 / 2)
    assert (found.interval.low, found.interval.high) == pytest.approx(around(0.1, Z * error))
    assert found.above


def test_one_draw_says_nothing_about_scatter():
    found = trained([Stated(100, 100, 0.5)], ALPHA)
    assert (found.interval, found.above) == (Interval(-1.0, 1.0), False)


def test_labels_that_are_all_the_same_leave_nothing_above_chance():
    found = trained([Stated(100, 100, 1.0)] * 2, ALPHA)
    assert (found.excess, found.interval, found.above) == (0.0, Interval(0.0, 0.0), False)
