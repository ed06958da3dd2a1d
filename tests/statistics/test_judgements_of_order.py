"""What the rules about growth and order return, whole: the correlation, its interval, and every word."""

import math

import numpy as np
import pytest

from rethinking_audit.fixtures.statistics.judgement import Interval
from rethinking_audit.fixtures.statistics.trends import grows_to_chance, in_order
from tests.builders.judgements import ALPHA, DIAGONAL, HELD, INCONCLUSIVE, REFUTED, Z, arms, same

TREND = "Page's trend test, largest fall between neighbours, equivalence to chance at the end"


def test_growth_is_told_by_its_rank_correlation():
    """Of four seeds in one order at three levels Page's statistic is sqrt(4 * 2) = 2.83: a p-value of 0.0023."""
    errors = {0.5: [0.3] * 4, 0.0: [0.2] * 4, 1.0: [0.5, 0.5, 0.5, 0.5]}
    notes = [
        "Page's test: p-value 2.3e-03 for growth",
        "largest fall between neighbouring levels: 0.00 points of at most 30",
        f"at p = 1: test accuracy 60.00 % [{60 - 10 * Z:.2f}, {60 + 10 * Z:.2f}]",
    ]
    judged = grows_to_chance(errors, [DIAGONAL], 0.3, ALPHA)
    values = {"p = 0": [0.2] * 4, "p = 0.5": [0.3] * 4, "p = 1": [0.5] * 4}
    words = (TREND, "rank correlation of generalization error with corruption", "")
    critical = Z / math.sqrt(8)
    same(judged, *words, 1, (1, 1), (critical, 1), verdict=HELD, values=values, notes=notes)


def test_a_fall_is_told_by_the_mean_of_the_seeds():
    errors = {0: [0.1, 0.2, 0.3], 1: [0.5, 0.5, 0.5], 2: [0.45, 0.35, 0.4], 3: [0.6, 0.6, 0.6]}
    judged = grows_to_chance(errors, [DIAGONAL], 0.3, ALPHA)
    assert judged.notes[1] == "largest fall between neighbouring levels: 10.00 points of at most 30"
    assert judged.measured == pytest.approx(0.8)
    assert judged.verdict is HELD


@pytest.mark.parametrize(("drop", "verdict"), [(0.101, HELD), (0.09, INCONCLUSIVE), (0.01, REFUTED)])
def test_a_fall_refutes_where_the_seeds_agree_on_it(drop, verdict):
    """Ten points, with a standard error of two: more than one point beyond doubt, not more than nine."""
    fall = np.array([0.1 - 0.02 * math.sqrt(3), 0.1, 0.1 + 0.02 * math.sqrt(3)])
    errors = {0: [0.1] * 3, 1: [0.2] * 3, 2: [0.5] * 3, 3: (0.5 - fall).tolist(), 4: [0.6] * 3, 5: [0.7] * 3}
    flat = [[50_000, 50_000], [50_000, 50_000]]
    assert grows_to_chance(errors, [flat], drop, ALPHA).verdict is verdict


def test_one_seed_of_growth_has_no_interval():
    judged = grows_to_chance({0: [0.1], 1: [0.3], 2: [0.2]}, [DIAGONAL], 0.3, ALPHA)
    assert judged.interval == Interval(0.5, 0.5)
    assert judged.verdict is INCONCLUSIVE
    assert judged.notes[0] == "Page's test: p-value 2.4e-01 for growth"  # 0.5 * sqrt(2) of the normal


def test_a_downward_trend_of_one_seed_is_told():
    errors = {level: [0.9 - 0.001 * level] for level in range(11)}
    assert grows_to_chance(errors, [DIAGONAL], 0.3, ALPHA).verdict is REFUTED


def test_an_error_that_is_no_number_is_quoted():
    with pytest.raises(ValueError, match=r"^an error is not a number: \{0: \[nan\], 1: \[0\.5\]\}$"):
        grows_to_chance({0: [math.nan], 1: [0.5]}, [DIAGONAL], 0.1, ALPHA)


def test_a_correlation_is_no_more_than_one():
    errors = {0: [0.1, 0.3], 1: [0.2, 0.2], 2: [0.3, 0.25]}
    judged = grows_to_chance(errors, [DIAGONAL], 0.3, ALPHA)
    assert judged.interval == Interval(-1.0, 1.0)


def test_an_order_is_told_by_its_rank_correlation():
    groups = arms([(1, 1, 1)], [(2, 2, 2), (8, 8, 8, 1)], [(8, 8, 8)])
    judged = in_order(groups, ALPHA, "epochs to fit")
    rule = "Page's test for ordered alternatives, no neighbours reversed"
    words = (rule, "rank correlation of epochs to fit with the order claimed", "")
    notes = [
        "Page's test: p-value 7.2e-03 for the order",  # sqrt(3 * 2) = 2.45 of the normal
        "b over a: 4.00x by the mean logarithm",
        "c over b: 2.00x by the mean logarithm",
    ]
    same(judged, *words, 1, (1, 1), (Z / math.sqrt(6), 1), verdict=HELD, values={}, notes=notes)


def test_one_seed_of_an_order_has_no_interval():
    judged = in_order(arms([(1,)], [(4,)], [(2,)]), ALPHA, "time")
    assert (judged.verdict, judged.measured) == (INCONCLUSIVE, pytest.approx(0.5))
    assert judged.interval == Interval(-1.0, 1.0)


def test_neighbours_are_reversed_at_their_share_of_alpha():
    """Of four seeds b is quicker than a by 2.6 standard errors: beyond 2.35, not beyond the 3.18 of each of two pairs."""
    step = np.array([-1.0, -1.0, 1.0, 1.0]) * math.sqrt(3) / 2  # a standard error of a half
    a, c = [math.exp(2) + 1] * 4, [math.exp(9)] * 4  # a may have been there an epoch earlier
    assert in_order(arms([a], [np.exp(2 - 1.3 + step).tolist()], [c]), ALPHA, "time").verdict is not REFUTED
    assert in_order(arms([a], [np.exp(2 - 1.7 + step).tolist()], [c]), ALPHA, "time").verdict is REFUTED


def test_no_order_at_all_is_no_correlation():
    judged = in_order(arms([(5, 5)], [(5, 5)], [(5, 5)]), ALPHA, "time")
    assert (judged.measured, judged.verdict) == (0.0, INCONCLUSIVE)
