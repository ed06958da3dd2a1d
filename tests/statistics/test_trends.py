"""Rules about orders, in full: the verdict, the interval, and what is accepted."""

import math

import numpy as np
import pytest
from scipy import stats

from rethinking_audit.fixtures.statistics.judgement import Interval
from rethinking_audit.fixtures.statistics.trends import falls_with_level, in_order
from tests.builders.judgements import HELD, INCONCLUSIVE, INF, REFUTED, exact
from tests.builders.tables import significance

ALPHA = 0.01
FALLING = {1.0: [0.1, 0.2, 0.6], 0.0: [0.9, 0.8, 0.5], 0.5: [0.5, 0.9, 0.7]}  # by seed a correlation of -1, -1/2 and 1/2


# Falls with the level


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


def test_half_of_those_without_an_order_are_on_either_side():
    """No correlation has a p-value of a half to both sides, which alpha may be exactly."""
    flat = {0.0: [0.1, 0.3], 0.5: [0.2, 0.2], 1.0: [0.3, 0.1]}
    assert falls_with_level(flat, 0.5, "e").verdict is HELD
    assert in_order({"a": [exact(1, 3)], "b": [exact(2, 2)], "c": [exact(3, 1)]}, 0.5, "time").verdict is REFUTED


@pytest.mark.parametrize(("sign", "verdict"), [(-1, HELD), (1, REFUTED)])
def test_one_seed_of_many_levels_decides_and_has_no_interval(sign, verdict):
    """A perfect order of eight levels is sqrt(7) = 2.65 standard deviations, of 2.33."""
    judged = falls_with_level({level: [0.5 + sign * level / 100] for level in range(8)}, ALPHA, "e")
    assert judged.verdict is verdict
    assert (judged.measured, judged.interval, judged.seeds) == (pytest.approx(sign), Interval(-1.0, 1.0), 1)


# In order


def test_an_order_that_two_seeds_cannot_tell_is_told_in_full():
    times = {"a": [exact(2, 4)], "b": [exact(4, 4)], "c": [exact(8, 16)]}
    judged = in_order(times, ALPHA, "time to fit")
    assert judged.verdict is INCONCLUSIVE
    assert judged.rule == "Page's test for ordered alternatives, no neighbours reversed"
    assert judged.quantity == "rank correlation of time to fit with the order claimed"
    assert judged.measured == pytest.approx((1 + math.sqrt(3) / 2) / 2)
    assert judged.interval == Interval(-1.0, 1.0)
    assert judged.accepted == Interval(pytest.approx(2.3263479 / 2), 1.0)
    assert judged.notes == [
        "Page's test: p-value 4.0e-02 for the order",
        "b over a: 1.41x by the mean logarithm",
        "c over b: 2.83x by the mean logarithm",
    ]
    assert (judged.seeds, judged.further) == (2, 2)  # 0.933 * sqrt(8) = 2.64, six give 2.29
    assert (judged.values, judged.unit, judged.alpha) == ({}, "", ALPHA)


def test_a_correlation_within_its_range_keeps_its_interval():
    times = {"a": [exact(2, 4, 4, 2)], "b": [exact(4, 4, 2, 3)], "c": [exact(8, 16, 3, 2.5)]}
    judged = in_order(times, 0.2, "time")
    correlations = [stats.spearmanr([0, 1, 2], row).statistic for row in ((2, 4, 8), (4, 4, 16), (4, 2, 3), (2, 3, 2.5))]
    half = stats.t.isf(0.2, 3) * np.std(correlations, ddof=1) / 2
    assert judged.interval.low == pytest.approx(np.mean(correlations) - half)
    assert judged.interval.high == pytest.approx(np.mean(correlations) + half)


def test_a_bounded_time_has_no_seeds_that_would_decide():
    judged = in_order({"a": [exact(1, 1)], "b": [exact(2, 2)], "c": [[(3, 3), (3, INF)]]}, ALPHA, "time")
    assert (judged.verdict, judged.seeds, judged.further) == (INCONCLUSIVE, 0, None)
    held = in_order({"a": [exact(1, 1, 1)], "b": [exact(2, 2, 2)], "c": [exact(3, 3, 3)]}, ALPHA, "time")
    assert (held.verdict, held.seeds, held.further) == (HELD, 3, None)


def test_neighbours_are_reversed_only_if_they_are_even_an_epoch_earlier():
    """The trend is upward; only the second pair falls: by an epoch, which is none, and by two, which is one."""
    first, last = exact(*[10] * 5), exact(*[1000] * 5)
    for drop, verdict in ((1, HELD), (2, REFUTED)):
        times = {
            "a": [first],
            "b": [exact(*[21] * 5)],
            "c": [exact(*[21 - drop] * 5)],
            "d": [last],
            "e": [exact(*[2000] * 5)],
        }
        assert in_order(times, ALPHA, "time").verdict is verdict


def test_what_was_there_in_its_first_epoch_may_have_been_there_at_once():
    """A time of one epoch may be none: its logarithm is endless, and says nothing of what follows."""
    times = {name: [exact(*[time] * 5)] for name, time in (("a", 1), ("b", 1), ("c", 5), ("d", 9))}
    assert in_order(times, ALPHA, "time").verdict is HELD
    faster = {name: [[(time, time)] * 5] for name, time in (("a", 1), ("b", 0.5), ("c", 5), ("d", 9))}
    assert in_order(faster, ALPHA, "time").verdict is HELD
