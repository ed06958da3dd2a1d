"""What each rule returns, whole: its figures by hand from the tables of Student's t and the normal, and every word."""

import math
from dataclasses import replace

import numpy as np
import pytest

from rethinking_audit.fixtures.record.plain import plain
from rethinking_audit.fixtures.record.verdict import Verdict
from rethinking_audit.fixtures.statistics.chance import at_chance
from rethinking_audit.fixtures.statistics.exact import exactly, over_choices
from rethinking_audit.fixtures.statistics.intervals import bounded_mean_interval, mean_interval, prediction_interval
from rethinking_audit.fixtures.statistics.judgement import Interval
from rethinking_audit.fixtures.statistics.rules import (
    ALONE,
    NOTHING_TO_KEEP,
    larger_by,
    matters_more,
    mean_within,
    ratio_within,
    share_kept,
)
from tests.builders.judgements import ALPHA, DIAGONAL, HELD, INCONCLUSIVE, INF, REFUTED, Z, around, exact, number, same
from tests.builders.shares import at_most

T2 = 2.9199856  # Student's t with two degrees of freedom, passed with probability 0.05
T1 = 6.3137515  # and with one
STUDENT = T2 * 0.1 / math.sqrt(3)  # of three values a tenth apart


def test_a_mean_has_students_interval():
    judged = mean_within(exact(0.1, 0.2, 0.3), Interval(0, 1), ALPHA, "a share")
    words = ("mean over seeds, Student's interval", "a share", "%")
    same(judged, *words, 0.2, around(0.2, STUDENT), (0, 1), verdict=HELD, values={"by seed": [0.1, 0.2, 0.3]})


def test_a_mean_is_no_surer_than_the_binomial():
    judged = mean_within(exact(0.1, 0.2, 0.3), Interval(0, 0.5), ALPHA, "a size", "", min_stderr=0.2)
    words = ("mean over seeds, Student's interval, no narrower than the binomial", "a size", "")
    values = {"by seed": [0.1, 0.2, 0.3]}
    same(judged, *words, 0.2, around(0.2, 0.2 * Z), (0, 0.5), verdict=INCONCLUSIVE, values=values)
    alone = mean_within(exact(0.2), Interval(0, 1), ALPHA, "a size", "", min_stderr=0.1)
    same(alone, *words, 0.2, around(0.2, 0.1 * Z), (0, 1), verdict=HELD, values={"by seed": [0.2]}, notes=[ALONE])


def test_of_a_run_whose_budget_ended_the_worst_is_shown():
    judged = mean_within([(0.1, 0.3), *exact(0.2)], Interval(0, 1), ALPHA, "a share")
    low, high = 0.15 - T1 * 0.05, 0.25 + T1 * 0.05  # half the difference of two values is their standard error
    words = ("mean over seeds, Student's interval", "a share", "%")
    same(judged, *words, 0.25, (low, high), (0, 1), verdict=INCONCLUSIVE, values={"by seed": [0.3, 0.2]})


@pytest.mark.parametrize(("values", "low"), [((0.0, 0.1, 0.2), 0.0), ((0.5, 0.6, 0.7), 0.6 - STUDENT)])
def test_a_share_is_not_below_zero(values, low):
    judged = at_most(exact(*values), 0.9, ALPHA, "training error")
    words = ("mean over seeds, Student's interval", "training error", "%")
    ends = (low, values[1] + STUDENT)
    same(judged, *words, values[1], ends, (0, 0.9), verdict=HELD, values={"by seed": list(values)})


@pytest.mark.parametrize("values", [exact(0.0, 0.9, 0.9, 0.9, 0.9), exact(0.5), [(0.0, 0.5)], exact(0.0, 1.0)])
def test_no_interval_of_a_share_is_beyond_0_and_1(values):
    """Student's interval of the first ends at 135 %, and that of one seed is endless."""
    for judged in (
        at_most(values, 0.0066, ALPHA, "training error"),
        mean_within(values, Interval(0.5, INF), ALPHA, "late share", possible=Interval(0, 1)),
    ):
        assert 0 <= judged.interval.low <= judged.interval.high <= 1
        assert 0 <= judged.accepted.low <= judged.accepted.high <= 1


def test_a_difference_is_paired_and_no_surer_than_two_binomials():
    more, less = [0.9, 0.8, 0.7], [0.5, 0.6, 0.4]
    judged = larger_by(more, less, Interval(0, INF), 10, ALPHA, "gain")
    floor = math.sqrt(((0.09 + 0.16 + 0.21) / 3 + (0.25 + 0.24 + 0.24) / 3) / 10 / 3)
    words = ("paired difference over seeds, Student's interval, no narrower than the binomial", "gain", "points")
    values = {"by seed": [0.4, 0.2, 0.3], "one": [0.9, 0.8, 0.7], "the other": [0.5, 0.6, 0.4]}
    same(judged, *words, 0.3, around(0.3, Z * floor), (0, INF), verdict=HELD, values=values)
    many = larger_by(more, less, Interval(0, INF), 1000, ALPHA, "gain")
    same(many, *words, 0.3, around(0.3, STUDENT), (0, INF), verdict=HELD, values=values)


def test_a_difference_of_arms_with_other_numbers_of_seeds_is_of_their_means():
    more, less = [0.9, 0.8, 0.7, 0.8], [0.5, 0.6, 0.4]
    judged = larger_by(more, less, Interval(0, INF), 10, ALPHA, "gain")
    floor = math.sqrt((0.09 + 0.16 + 0.21 + 0.16) / 4 / 10 / 4 + (0.25 + 0.24 + 0.24) / 3 / 10 / 3)
    words = ("difference of means, Welch's interval, no narrower than the binomial", "gain", "points")
    values = {"one": more, "the other": less}
    same(judged, *words, 0.3, around(0.3, Z * floor), (0, INF), verdict=HELD, values=values)


def test_a_ratio_of_arms_with_other_numbers_of_seeds_is_of_their_geometric_means():
    judged = ratio_within(exact(20, 40, 80), exact(10, 10), Interval(1, 50), ALPHA, "epochs")
    factor = math.exp(T2 * math.log(2) / math.sqrt(3))  # the one that scatters has all degrees of freedom
    words = ("ratio of geometric means, Welch's interval of its logarithm", "epochs", "x")
    values = {"one": [20, 40, 80], "the other": [10, 10]}
    same(judged, *words, 4, (4 / factor, 4 * factor), (1, 50), verdict=HELD, values=values)


def test_a_better_network_is_compared_with_the_change_by_a_treatment_either_way():
    judged = matters_more([0.8, 0.7, 0.6, 0.1], [0.5, 0.6, 0.4], [0.9, 0.6, 0.7], 10, ALPHA, "change")
    before, one, other = (0.16 + 0.21 + 0.24) / 3, (0.25 + 0.24 + 0.24) / 3, (0.09 + 0.24 + 0.21) / 3
    floor = math.sqrt((4 * before + one + other) / 10 / 3)
    words = ("mean over seeds, Student's interval, no narrower than the binomial", "change", "points")
    arms = {"network": [0.8, 0.7, 0.6], "other network": [0.5, 0.6, 0.4], "treated": [0.9, 0.6, 0.7]}
    values = {"by seed": [0.2, 0.0, 0.1], **arms}
    same(judged, *words, 0.1, around(0.1, Z * floor), (0, INF), verdict=INCONCLUSIVE, values=values)


def test_a_ratio_is_a_mean_of_logarithms():
    judged = ratio_within(exact(20, 40, 80), exact(10, 10, 10), Interval(1, 50), ALPHA, "epochs")
    factor = math.exp(T2 * math.log(2) / math.sqrt(3))
    words = ("paired ratio, Student's interval of its logarithm", "epochs", "x")
    same(judged, *words, 4, (4 / factor, 4 * factor), (1, 50), verdict=HELD, values={"by seed": [2, 4, 8]})


def test_a_ratio_of_bounds_runs_from_the_least_to_the_most_it_can_be():
    judged = ratio_within([(20, 40)] * 3, [(5, 10)] * 3, Interval(1, 5), ALPHA, "epochs")
    words = ("paired ratio, Student's interval of its logarithm", "epochs", "x")
    same(judged, *words, 4, (2, 8), (1, 5), verdict=INCONCLUSIVE, values={"by seed": [4, 4, 4]})


def test_a_ratio_has_a_least_too():
    assert ratio_within(exact(30, 30), exact(10, 10), Interval(4, 5), ALPHA, "epochs").verdict is REFUTED


SHARES = (0.4 / 0.8, 0.6 / 0.8, 0.7 / 0.8)  # of accuracies from which the tenth that chance gives is taken


def test_a_share_kept_is_of_what_lies_above_chance():
    judged = share_kept([0.5, 0.7, 0.8], [0.9, 0.9, 0.9], 10, 10, 0.5, ALPHA)
    mean = sum(SHARES) / 3
    error = math.sqrt(((0.25 + 0.21 + 0.16) / 3 / 10 + mean**2 * 0.09 / 10) / 3) / 0.8
    words = (
        "paired share over seeds, Student's interval, no narrower than the binomial",
        "above-chance accuracy kept",
        "%",
    )
    arms = {"accuracy without": [0.5, 0.7, 0.8], "accuracy with": [0.9, 0.9, 0.9]}
    values = {"by seed": list(SHARES), **arms}
    spread = T2 * np.std(SHARES, ddof=1) / math.sqrt(3)
    assert Z * error < spread
    same(judged, *words, mean, around(mean, spread), (0.5, INF), verdict=INCONCLUSIVE, values=values)
    few = share_kept([0.5, 0.7, 0.8], [0.9, 0.9, 0.9], 10, 1, 0.5, ALPHA)
    same(few, *words, mean, around(mean, Z * error * math.sqrt(10)), (0.5, INF), verdict=INCONCLUSIVE, values=values)


def test_a_share_of_the_seeds_that_both_arms_have():
    assert share_kept([0.5, 0.5], [0.9, 0.9, 0.1], 10, 100, 0.4, ALPHA).measured == pytest.approx(0.5)
    assert share_kept([0.5, 0.5, 0.9], [0.9, 0.9], 10, 100, 0.4, ALPHA).measured == pytest.approx(0.5)


def test_of_what_is_at_chance_no_share_can_be_told():
    judged = share_kept([0.5, 0.5], [0.9, 0.1], 10, 100, 0.4, ALPHA)
    arms = {"accuracy without": [0.5, 0.5], "accuracy with": [0.9, 0.1]}
    how, what, anything = "paired share over seeds", "above-chance accuracy kept", Interval(-INF, INF)
    whole = (INCONCLUSIVE, how, what, "%", anything, Interval(0.4, INF), ALPHA, arms, [NOTHING_TO_KEEP], 2, None)
    found = (judged.verdict, judged.rule, judged.quantity, judged.unit, judged.interval, judged.accepted, judged.alpha)
    assert (*found, judged.values, judged.notes, judged.seeds, judged.further) == whole
    assert math.isnan(judged.measured)
    assert judged.to_dict()["measured"] is None


SHARP = [[10, 0], [0, 10]]


def test_chance_has_the_scatter_of_renaming():
    """Of two classes renaming gives an accuracy of 0.6 or of 0.4: a deviation of 0.1, as two seeds 0.1 / sqrt(2)."""
    half = Z * 0.1 / math.sqrt(2)
    words = ("two one-sided tests of equivalence, scatter from renaming the classes", "test accuracy", "%")
    judged = at_chance([DIAGONAL, DIAGONAL], 0.3, ALPHA)
    same(judged, *words, 0.6, around(0.6, half), (0.2, 0.8), verdict=HELD, values={"by seed": [0.6, 0.6]})


def test_chance_has_the_scatter_of_the_seeds_where_that_is_larger():
    flat = [[5, 5], [5, 5]]
    judged = at_chance([[[7, 3], [3, 7]], flat, flat, flat], 0.3, ALPHA)
    assert judged.interval.high - judged.interval.low == pytest.approx(2 * Z * 0.1 / 2)


def test_an_accuracy_lies_between_nothing_and_all():
    assert at_chance([SHARP], 0.4, ALPHA).interval == Interval(pytest.approx(1 - Z / 2), 1.0)
    assert at_chance([SHARP[::-1]], 0.4, ALPHA).interval == Interval(0.0, pytest.approx(Z / 2))
    sure = at_chance([[[5, 5], [5, 5]]], 0.4, ALPHA)
    assert (sure.interval, sure.accepted) == (Interval(0.5, 0.5), Interval(pytest.approx(0.1), pytest.approx(0.9)))


def test_what_is_exact_says_so():
    same(exactly(2.0, Interval(1, 3), "a rank"), "exact", "a rank", "", 2, (2, 2), (1, 3), verdict=HELD, values={}, alpha=0)
    judged = exactly(2.0, Interval(3, 4), "a rank", "%")
    same(judged, "exact", "a rank", "%", 2, (2, 2), (3, 4), verdict=REFUTED, values={}, alpha=0)


def test_a_range_over_choices_says_so():
    rule = "the range over all choices within one standard error of the best on held-out images"
    judged = over_choices(1.5, [3.0, 1.5, 2.0], Interval(1, INF), "ratio of norms")
    values = {"by choice": [3, 1.5, 2]}
    same(judged, rule, "ratio of norms", "x", 1.5, (1.5, 3), (1, INF), verdict=HELD, values=values, alpha=0)
    assert over_choices(1.5, [1.5], Interval(1, INF), "error", "%").unit == "%"


# Intervals


def test_an_interval_of_different_values_is_students():
    assert mean_interval([1.0, 2.0, 3.0], ALPHA) == Interval(
        pytest.approx(2 - T2 / math.sqrt(3)), pytest.approx(2 + T2 / math.sqrt(3))
    )
    assert mean_interval([0.1] * 3, ALPHA) == Interval(0.1, 0.1)  # whose mean is not 0.1 to the last bit
    assert mean_interval([0.3], ALPHA, min_stderr=0.1) == Interval(pytest.approx(0.3 - Z / 10), pytest.approx(0.3 + Z / 10))


def test_a_prediction_interval_is_wider_by_one_value_more():
    half = T2 * math.sqrt(4 / 3)
    assert prediction_interval([1, 2, 3], ALPHA) == (pytest.approx(2 - half), pytest.approx(2 + half))
    assert prediction_interval([1, 1], ALPHA) == (1, 1)
    with pytest.raises(ValueError, match=r"^1 values give no prediction interval, expected at least 2$"):
        prediction_interval([1], ALPHA)


def test_bounds_give_each_end_from_its_side():
    assert bounded_mean_interval([(1, 2), (1, 2)], ALPHA) == Interval(1, 2)
    wide = bounded_mean_interval([(1, 2), (1, 2)], ALPHA, min_stderr=1)
    assert wide == Interval(pytest.approx(1 - Z), pytest.approx(2 + Z))
    assert bounded_mean_interval([(-INF, 2), (1, 2)], ALPHA) == Interval(-INF, 2)


# What is told of a judgement


def test_a_judgement_is_told_in_one_line():
    assert str(number(0.123456)) == "a number is 0.12, accepted at most 1"
    assert str(replace(number(0.5), unit="x")) == "a number is 0.50 ×, accepted at most 1 ×"
    percent = replace(number(0.5), unit="%", interval=Interval(0.25, 0.75))
    assert str(percent) == "a number is 50.00 % (25.00 to 75.00 %), accepted at most 100 %"
    endless = replace(percent, interval=Interval(-INF, INF), seeds=1)
    assert str(endless) == "a number is 50.00 % (one seed gives no interval), accepted at most 100 %"
    assert str(replace(endless, seeds=2)) == "a number is 50.00 % (no interval), accepted at most 100 %"
    assert str(replace(percent, further=3)).endswith("; 3 further seeds would decide it if the mean stays there")


def test_plain_values_are_of_pythons_own_types():
    told = plain((np.float64(0.5), np.int64(3), Verdict.HELD, "x", False, 7, None, {1: [INF, -INF]}))
    assert told == [0.5, 3, "HELD", "x", False, 7, None, {"1": [None, None]}]
    assert [type(value) for value in told] == [float, float, str, str, bool, int, type(None), dict]


def test_intervals_that_touch_are_not_apart():
    assert not Interval(1, 2).apart(Interval(2, 3))
    assert not Interval(2, 3).apart(Interval(1, 2))
    assert Interval(1, 2).within(Interval(1, 2))
