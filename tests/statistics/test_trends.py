"""Rules about orders, in full: the verdict, the interval, and what is accepted."""

import math

import numpy as np
import pytest
from scipy import stats

from rethinking_audit.fixtures.statistics.judgement import Interval
from rethinking_audit.fixtures.statistics.trends import falls_with_level, grows_with_level, trend
from tests.builders.judgements import HELD, INCONCLUSIVE, REFUTED
from tests.builders.tables import significance

ALPHA = 0.01
FALLING = {1.0: [0.1, 0.2, 0.6], 0.0: [0.9, 0.8, 0.5], 0.5: [0.5, 0.9, 0.7]}  # by seed a correlation of -1, -1/2 and 1/2


def test_a_fall_that_three_seeds_cannot_tell_is_told_in_full():
    judged = falls_with_level(FALLING, ALPHA, "test error")
    assert judged.verdict is INCONCLUSIVE
    assert (judged.rule, judged.quantity, judged.unit) == ("Page's trend test", "test error", "")
    assert judged.measured == pytest.approx(-1 / 3)
    assert judged.interval == Interval(-1.0, 1.0)
    assert judged.accepted.low == -1.0
    assert judged.accepted.high == pytest.approx(-2.3263479 / math.sqrt(6))
    assert judged.alpha == ALPHA
    assert judged.values == {"p = 0": [0.9, 0.8, 0.5], "p = 0.5": [0.5, 0.9, 0.7], "p = 1": [0.1, 0.2, 0.6]}
    assert judged.notes == ["Page's test: p-value 2.1e-01 for a fall, 7.9e-01 for growth"]
    assert judged.seeds == 3
    assert judged.further == 22  # 25 rows: sqrt(2 * 25) / 3 is 2.36 standard deviations, 24 give 2.31 of 2.33


def test_growth_is_the_mirror_of_a_fall():
    growing = {1 - level: values for level, values in FALLING.items()}
    fall, growth = falls_with_level(FALLING, ALPHA, "e"), grows_with_level(growing, ALPHA, "e")
    assert growth.measured == pytest.approx(-fall.measured)
    assert (growth.rule, growth.quantity) == (fall.rule, "e")
    assert growth.accepted == Interval(-fall.accepted.high, 1.0)
    assert (growth.verdict, growth.seeds, growth.further) == (fall.verdict, fall.seeds, fall.further)
    assert growth.notes == ["Page's test: p-value 7.9e-01 for a fall, 2.1e-01 for growth"]
    steep = {level: [level / 10] * 5 for level in range(11)}
    assert (grows_with_level(steep, ALPHA, "e").verdict, falls_with_level(steep, ALPHA, "e").verdict) == (HELD, REFUTED)


def test_the_correlation_has_students_interval():
    judged = falls_with_level(FALLING, 0.2, "test error")
    half = 1.0606602 * np.std([-1, -0.5, 0.5], ddof=1) / math.sqrt(3)
    assert (judged.interval.low, judged.interval.high) == pytest.approx((-1 / 3 - half, -1 / 3 + half))


def test_a_fall_or_growth_as_likely_as_alpha_is_decided():
    downward = significance(1 / 3, 3, 3)
    for alpha, verdict in ((downward, HELD), (downward * (1 - 1e-6), INCONCLUSIVE)):
        assert falls_with_level(FALLING, alpha * (1 + 1e-12), "e").verdict is verdict
    growing = {-level: values for level, values in FALLING.items()}
    for alpha, verdict in ((downward, REFUTED), (downward * (1 - 1e-6), INCONCLUSIVE)):
        assert falls_with_level(growing, alpha * (1 + 1e-12), "e").verdict is verdict
    assert falls_with_level(FALLING, downward * 1.01, "e").further is None


def test_a_p_value_of_exactly_alpha_decides():
    downward = trend(-np.array([FALLING[level] for level in sorted(FALLING)]).T)
    assert falls_with_level(FALLING, downward, "e").verdict is HELD
    assert grows_with_level(FALLING, downward, "e").verdict is REFUTED


def test_two_levels_have_a_whole_correlation():
    assert falls_with_level({0: [0.5, 0.6], 1: [0.4, 0.3]}, ALPHA, "e").measured == pytest.approx(-1)


def test_half_of_those_without_an_order_are_on_either_side():
    """No correlation has a p-value of a half to both sides, which alpha may be exactly."""
    flat = {0.0: [0.1, 0.3], 0.5: [0.2, 0.2], 1.0: [0.3, 0.1]}
    assert falls_with_level(flat, 0.5, "e").verdict is HELD
    assert grows_with_level(flat, 0.5, "e").verdict is HELD


@pytest.mark.parametrize(("rows", "columns"), [(2, 3), (7, 11), (30, 4)])
@pytest.mark.parametrize("digits", [1, 9])
def test_pages_test_and_the_correlations_are_scipys_with_ties_too(rows, columns, digits):
    table = np.random.default_rng(0).random((rows, columns)).round(digits) + np.arange(columns) / 10
    assert trend(table) == pytest.approx(float(stats.page_trend_test(table, method="asymptotic").pvalue))
    errors = dict(enumerate(table.T.tolist()))
    correlations = [stats.spearmanr(np.arange(columns), row).statistic for row in table]
    assert falls_with_level(errors, ALPHA, "e").measured == pytest.approx(np.mean(correlations))


def test_a_time_without_end_ranks_last_and_equal_values_have_no_order():
    assert trend(np.array([[1.0, 2.0, math.inf]] * 3)) == trend(np.array([[1.0, 2.0, 3.0]] * 3))
    assert trend(np.array([[1.0, 1.0, 1.0]] * 3)) == 0.5
    assert falls_with_level({0: [0.5, 0.5], 1: [0.5, 0.5]}, ALPHA, "e").measured == 0.0


@pytest.mark.parametrize(("sign", "verdict"), [(-1, HELD), (1, REFUTED)])
def test_one_seed_of_many_levels_decides_and_has_no_interval(sign, verdict):
    """A perfect order of eight levels is sqrt(7) = 2.65 standard deviations, of 2.33."""
    judged = falls_with_level({level: [0.5 + sign * level / 100] for level in range(8)}, ALPHA, "e")
    assert judged.verdict is verdict
    assert (judged.measured, judged.interval, judged.seeds) == (pytest.approx(sign), Interval(-1.0, 1.0), 1)
