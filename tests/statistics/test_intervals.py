"""Intervals: they miss as often as they say, and no sample of one run has any."""

import math

import numpy as np
import pytest
from scipy import stats

from rethinking_audit.fixtures.statistics.binomial import exact_interval
from rethinking_audit.fixtures.statistics.intervals import (
    bounded_mean_interval,
    mean_interval,
    prediction_interval,
    second_share_interval,
)
from rethinking_audit.fixtures.statistics.judgement import Interval, decide
from tests.builders.judgements import HELD, INCONCLUSIVE, REFUTED

ALPHA = 0.01


@pytest.mark.parametrize(
    ("interval", "verdict"),
    [
        ((0.2, 0.3), HELD),
        ((0.0, 1.0), HELD),  # exactly on both limits
        ((1.0, 1.0), HELD),
        ((1.1, 1.2), REFUTED),
        ((-0.2, -0.1), REFUTED),
        ((0.9, 1.1), INCONCLUSIVE),
        ((-1.0, 2.0), INCONCLUSIVE),
        ((math.nan, math.nan), INCONCLUSIVE),
        ((0.5, math.inf), INCONCLUSIVE),
    ],
)
def test_an_interval_decides_by_where_it_lies(interval, verdict):
    assert decide(Interval(*interval), Interval(0.0, 1.0)) is verdict


def test_students_interval_misses_as_often_as_it_says():
    """5,000 means of five normal values: each end is passed with probability alpha, within four standard errors."""
    draw = np.random.default_rng(0)
    misses = np.mean([mean_interval(draw.standard_normal(5), 0.05).low > 0 for _ in range(5_000)])
    assert abs(misses - 0.05) < 4 * math.sqrt(0.05 * 0.95 / 5_000)


def test_one_run_gives_no_interval():
    assert mean_interval([0.3], ALPHA) == Interval(-math.inf, math.inf)


def test_the_exact_interval_of_a_share():
    """The ends are quantiles of the beta distribution (Clopper and Pearson 1934); none of ten leaves 1 - 0.025 ** 0.1."""
    assert exact_interval(0, 10) == Interval(0.0, pytest.approx(1 - 0.025**0.1))
    usual, narrow = exact_interval(3, 10), exact_interval(3, 10, 0.05)
    assert (usual.low, usual.high) == pytest.approx((stats.beta.ppf(0.025, 3, 8), stats.beta.ppf(0.975, 4, 7)))
    assert (narrow.low, narrow.high) == pytest.approx((stats.beta.ppf(0.05, 3, 8), stats.beta.ppf(0.95, 4, 7)))
    assert {type(usual.low), type(usual.high)} == {float}


def test_the_binomial_is_a_floor():
    assert mean_interval([0.5, 0.5], ALPHA, min_stderr=0.1).high == pytest.approx(0.5 + stats.norm.isf(ALPHA) * 0.1)


def test_bounds_widen_the_interval_on_their_side():
    interval = bounded_mean_interval([(1.0, 1.0), (2.0, math.inf), (1.0, 1.0)], ALPHA)
    assert interval.high == math.inf
    assert math.isfinite(interval.low)


def test_a_prediction_interval_misses_one_more_value_as_often_as_it_says():
    draw = np.random.default_rng(0)
    samples = draw.standard_normal((4_000, 6))
    misses = np.mean([prediction_interval(sample[:5], 0.05)[0] > sample[5] for sample in samples])
    assert abs(misses - 0.05) < 4 * math.sqrt(0.05 * 0.95 / 4_000)
    with pytest.raises(ValueError, match="1 values"):
        prediction_interval([0.5], 0.05)


def test_a_share_measured_once_more_scatters_by_two_binomials_and_stays_a_share():
    low, high = second_share_interval([0.2], 10_000, 0.01)
    assert (low + high) / 2 == pytest.approx(0.2)
    assert (high - low) / 2 == pytest.approx(2.3263479 * math.sqrt(2 * 0.16 / 10_000))
    assert second_share_interval([0.001], 100, 0.01)[0] == 0
    assert second_share_interval([0.999], 100, 0.01)[1] == 1
    assert second_share_interval([0.1, 0.3], 100, 0.01) == second_share_interval([0.2], 100, 0.01)
