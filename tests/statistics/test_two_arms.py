"""How far two arms are apart: paired where they have as many seeds, else by Welch's interval, held to scipy's."""

import math

import numpy as np
import pytest
from scipy import stats

from rethinking_audit.fixtures.record.verdict import Verdict
from rethinking_audit.fixtures.statistics.difference import difference
from rethinking_audit.fixtures.statistics.further import further_of_two
from rethinking_audit.fixtures.statistics.intervals import variance, welch
from rethinking_audit.fixtures.statistics.judgement import Interval, decide

ALPHA, POSITIVE = 0.01, Interval(0, math.inf)


def exact(*values):
    return [(value, value) for value in values]


@pytest.mark.parametrize("floor", [0.0, 0.001, 0.1])
def test_arms_with_different_numbers_of_seeds_have_welchs_interval(floor):
    one, other = [0.90, 0.93, 0.88, 0.95, 0.91], [0.80, 0.82, 0.79]
    found = difference(exact(*one), exact(*other), POSITIVE, ALPHA, floor)
    low, high = stats.ttest_ind(one, other, equal_var=False).confidence_interval(1 - 2 * ALPHA)
    half = max((high - low) / 2, stats.norm.ppf(1 - ALPHA) * floor)
    assert (found.mean, found.interval.low) == pytest.approx((np.mean(one) - np.mean(other), found.mean - half))
    assert found.interval.high == pytest.approx(found.mean + half)
    assert (found.by_seed, found.seeds) == ([], 3)


def test_welchs_interval_misses_as_often_as_it_says():
    """5,000 differences of 4 and 8 values, the many with three times the scatter: within four standard errors of alpha."""
    rng, missed = np.random.default_rng(0), 0
    for _ in range(5000):
        one, other = rng.normal(0, 1, 4), rng.normal(0, 3, 8)
        missed += difference(exact(*one), exact(*other), Interval(0, 1), 0.05).interval.low > 0
    assert missed / 5000 == pytest.approx(0.05, abs=4 * math.sqrt(0.05 * 0.95 / 5000))


def test_of_two_arms_a_bound_is_the_least_and_the_most_that_the_difference_can_be():
    bounded = difference([(1, 2), (2, 3), (3, 4)], [(0, 1), (0, 1)], Interval(0, 9), ALPHA)
    least = difference(exact(1, 2, 3), exact(1, 1), Interval(0, 9), ALPHA)
    most = difference(exact(2, 3, 4), exact(0, 0), Interval(0, 9), ALPHA)
    assert bounded.interval == Interval(least.interval.low, most.interval.high)
    assert (bounded.seeds, bounded.further) == (0, None)


def test_arms_without_scatter_differ_by_what_they_differ():
    assert difference(exact(3, 3, 3), exact(1, 1), Interval(0, 9), ALPHA).interval == Interval(2, 2)


def test_more_seeds_of_both_arms_would_decide():
    few, other = [0.5, 0.6, 0.7, 0.55], [0.45, 0.5, 0.55]
    found = difference(exact(*few), exact(*other), POSITIVE, ALPHA)
    variances, counts = [np.var(arm, ddof=1) for arm in (few, other)], [len(few), len(other)]

    def lower(seeds):
        error, freedom = welch(variances, [count * seeds / 3 for count in counts])
        return found.mean - stats.t.ppf(1 - ALPHA, freedom) * error

    assert lower(3) == pytest.approx(found.interval.low)
    assert lower(3 + found.further) >= 0 > lower(2 + found.further)
    assert difference(exact(*few), exact(*other), POSITIVE, ALPHA, min_stderr=1.0).further > found.further


def test_what_is_decided_needs_no_seeds():
    decided = difference(exact(0.9, 0.91, 0.92, 0.9), exact(0.8, 0.8, 0.82), POSITIVE, ALPHA)
    assert (decide(decided.interval, POSITIVE), decided.further) == (Verdict.HELD, None)


def test_a_floor_asks_for_more_seeds_of_pairs_too():
    one, other = exact(0.5, 0.6, 0.7), exact(0.5, 0.55, 0.56)
    needed = [difference(one, other, POSITIVE, ALPHA, floor).further for floor in (0.0, 0.5)]
    assert needed[1] > needed[0]


def test_how_many_more_goes_by_the_nearer_limit_wherever_it_is():
    needed = {
        further_of_two(mean + by, [0.02, 0.01], [4, 3], Interval(0 + by, 1 + by), ALPHA, 0.1)
        for mean in (0.1, 0.9)
        for by in (-3, 0, 2)
    }
    assert len(needed) == 1
    assert needed != {further_of_two(0.4, [0.02, 0.01], [4, 3], Interval(0, 1), ALPHA, 0.1)}
    assert further_of_two(0.0, [0.02, 0.01], [4, 3], Interval(0, 1), ALPHA, 0.1) is None


def test_a_difference_of_two_infinities_may_be_anything():
    nothing_known = [(-math.inf, math.inf)] * 2
    assert difference(nothing_known, nothing_known[:1] * 3, POSITIVE, ALPHA).interval == Interval(-math.inf, math.inf)
    endless = exact(math.inf, math.inf)
    assert difference(endless, endless[:1] * 3, POSITIVE, ALPHA).interval == Interval(-math.inf, math.inf)


def test_equal_values_have_no_variance_whatever_rounding_makes_of_them():
    assert np.var([0.1] * 3, ddof=1) > 0
    assert variance([0.1] * 3) == 0
    assert variance([1, 2, 3]) == 1
