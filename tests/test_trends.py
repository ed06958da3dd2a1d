"""Rules about orders, in full: the verdict, the interval, what is accepted, and how many seeds would decide."""

import math

import numpy as np
import pytest
from scipy import stats

from rethinking_audit.fixtures.record.verdict import Verdict
from rethinking_audit.fixtures.statistics.chance import at_chance
from rethinking_audit.fixtures.statistics.further import MOST, further_rows, further_seeds, of_several
from rethinking_audit.fixtures.statistics.judgement import Interval
from rethinking_audit.fixtures.statistics.rules import mean_within, ratio_within, share_kept
from rethinking_audit.fixtures.statistics.several import all_hold, provided
from rethinking_audit.fixtures.statistics.trends import falls_with_level, grows_to_chance, in_order

HELD, REFUTED, INCONCLUSIVE = Verdict.HELD, Verdict.REFUTED, Verdict.INCONCLUSIVE
ALPHA = 0.01
INF = math.inf
FALLING = {1.0: [0.1, 0.2, 0.6], 0.0: [0.9, 0.8, 0.5], 0.5: [0.5, 0.9, 0.7]}  # by seed a correlation of -1, -1/2 and 1/2


def exact(*values):
    return [(value, value) for value in values]


def significance(correlation, rows, columns):
    """Page's test, whose statistic is normal with the variance 1 / (rows (columns - 1)) where nothing is ordered."""
    return stats.norm.sf(correlation * math.sqrt(rows * (columns - 1)))


def rising(levels, seeds):
    """An error that grows by the same step from level to level, up to 0.9."""
    return {level / (levels - 1): [0.9 * level / (levels - 1)] * seeds for level in range(levels)}


def tables(seeds, share=0.0, kept=1):
    """Test tables of ten classes: a share of the images is predicted as a renaming of most, the rest evenly.

    The accuracy is 0.1 + share (kept - 1) / 10, and renaming the classes scatters it by a tenth of the share.
    """
    renamed = np.eye(10)
    renamed[kept:] = np.roll(renamed[kept:], 1, axis=0)
    return [900 * ((1 - share) / 100 + share * renamed / 10)] * seeds


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


# Grows to chance


def test_growth_that_three_levels_cannot_tell_is_told_in_full():
    judged = grows_to_chance(rising(3, 2), tables(2), 0.06, ALPHA)
    assert judged.verdict is INCONCLUSIVE
    assert judged.seeds == 2
    assert judged.further == 1  # three rows: sqrt(6) = 2.45
    held = grows_to_chance(rising(3, 3), tables(3), 0.06, ALPHA)
    assert (held.verdict, held.further, held.seeds) == (HELD, None, 3)
    assert held.accepted.low == pytest.approx(2.3263479 / math.sqrt(6))


def test_a_fall_of_exactly_the_drop_is_accepted_and_one_more_is_not():
    """Six levels, of which the last two fall by an eighth; everything is a power of two and so exact."""
    errors = {level: [value] * 3 for level, value in enumerate((0.0, 0.25, 0.5, 0.75, 1.0, 0.875))}
    assert grows_to_chance(errors, tables(3), 0.125, ALPHA).verdict is HELD
    assert grows_to_chance(errors, tables(3), 0.1249, ALPHA).verdict is REFUTED


def test_a_fall_that_two_seeds_show_refutes():
    errors = {0: [0.0, 0.1], 1: [0.2, 0.3], 2: [0.9, 1.0], 3: [0.5, 0.6001]}
    judged = grows_to_chance(errors, tables(2), 0.06, ALPHA)
    assert judged.verdict is REFUTED
    assert judged.further is None


def test_the_largest_fall_is_by_seed_and_not_across_levels():
    errors = {0: [0.0, 0.4], 1: [0.2, 0.8], 2: [0.4, 0.9], 3: [0.8, 0.85], 4: [0.9, 1.0]}
    notes = grows_to_chance(errors, tables(2), 0.06, ALPHA).notes
    assert notes[1] == "largest fall between neighbouring levels: 0.00 points of at most 6"
    falls = grows_to_chance({**errors, 4: [0.7, 0.75]}, tables(2), 0.06, ALPHA).notes
    assert falls[1] == "largest fall between neighbouring levels: 10.00 points of at most 6"


def test_one_seed_cannot_refute_by_its_fall_and_no_number_is_named():
    errors = {0: [0.0], 1: [0.3], 2: [0.8], 3: [0.5]}
    judged = grows_to_chance(errors, tables(1), 0.06, ALPHA)
    assert (judged.verdict, judged.further) == (INCONCLUSIVE, None)
    assert judged.interval == Interval(judged.measured, judged.measured)


def test_what_would_refute_first_is_counted():
    """Neither a trend nor a fall within the drop: whichever needs the fewest seeds decides."""
    falls = [0.3, 0.05]
    errors = {0: [0.1, 0.4], 1: [0.6, 0.6], 2: [0.6 - falls[0], 0.6 - falls[1]]}
    judged = grows_to_chance(errors, tables(2), 0.06, ALPHA)
    assert judged.verdict is INCONCLUSIVE
    assert judged.measured > 0  # the trend is upward, so only the fall can refute
    assert judged.further == further_seeds(falls, Interval(-INF, 0.06), ALPHA) > 1
    downward = {0: [0.5, 0.5], 1: [0.4, 0.3], 2: [0.45, 0.41]}
    judged = grows_to_chance(downward, tables(2), 0.06, ALPHA)
    assert judged.verdict is INCONCLUSIVE
    assert judged.measured == pytest.approx(-0.5)
    by_falls = further_seeds([0.1, 0.2], Interval(-INF, 0.06), ALPHA)
    by_rows = further_rows(-0.5, 2, 3, ALPHA)
    assert (judged.further, by_rows) == (min(by_falls, by_rows), 9)  # sqrt(11 * 2) / 2 is 2.35
    flat = grows_to_chance({0: [0.5, 0.3], 1: [0.5, 0.5], 2: [0.5, 0.3]}, tables(2), 0.3, ALPHA)
    assert (flat.verdict, flat.measured, flat.further) == (INCONCLUSIVE, 0.0, None)


def test_an_end_that_cannot_be_told_is_counted_too():
    """A trend is there; n seeds leave 2.33 * 0.03 / sqrt(n) on either side, 0.02 and 0.01 away from the limit."""
    inside = grows_to_chance(rising(4, 3), tables(3, 0.3, 2), 0.05, ALPHA)
    outside = grows_to_chance(rising(4, 3), tables(3, 0.3, 3), 0.05, ALPHA)
    assert (inside.verdict, inside.further) == (INCONCLUSIVE, 13 - 3)
    assert (outside.verdict, outside.further) == (INCONCLUSIVE, 49 - 3)
    both = grows_to_chance(rising(3, 2), tables(2, 0.3, 2), 0.05, ALPHA)
    assert (both.verdict, both.further) == (INCONCLUSIVE, 13 - 2)  # the trend needs but one
    fallen = {0: [0.1, 0.4], 1: [0.6, 0.6], 2: [0.35, 0.5]}
    judged = grows_to_chance(fallen, tables(2, 0.3, 3), 0.05, ALPHA)
    by_fall = further_seeds([0.25, 0.1], Interval(-INF, 0.05), ALPHA)
    assert (judged.verdict, judged.further) == (INCONCLUSIVE, min(by_fall, 49 - 2))


@pytest.mark.parametrize(("step", "drop", "verdict"), [(0.25, 0.06, HELD), (-0.0625, 0.0625, REFUTED)])
def test_a_trend_as_likely_as_alpha_is_decided(step, drop, verdict):
    table = np.array([[0.5 + step * level for level in range(3)]] * 3)
    errors = {level: table[:, level].tolist() for level in range(3)}
    likely = float(stats.page_trend_test(table[:, :: 1 if step > 0 else -1], method="asymptotic").pvalue)
    assert likely == pytest.approx(significance(1, 3, 3))
    assert grows_to_chance(errors, tables(3), drop, likely).verdict is verdict
    assert grows_to_chance(errors, tables(3), drop, likely * (1 - 1e-9)).verdict is INCONCLUSIVE
    opposite = {HELD: REFUTED, REFUTED: HELD}[verdict]
    assert falls_with_level(errors, likely, "error").verdict is opposite
    assert falls_with_level(errors, likely * (1 - 1e-9), "error").verdict is INCONCLUSIVE
    times = {name: [exact(*column)] for name, column in zip("abc", table.T, strict=True)}
    assert in_order(times, likely, "time").verdict is verdict
    assert in_order(times, likely * (1 - 1e-9), "time").verdict is INCONCLUSIVE


def test_a_fall_of_exactly_the_drop_refutes_nothing():
    errors = {0: [0.25, 0.25], 1: [0.5, 0.5], 2: [0.375, 0.375]}
    judged = grows_to_chance(errors, tables(2), 0.125, ALPHA)
    assert (judged.verdict, judged.further) == (INCONCLUSIVE, 9)  # a correlation of a half: 11 rows


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


def test_the_fewest_of_what_would_refute_are_asked_for():
    """Eleven rows of a correlation of a half are a trend; two seeds have nine too few."""
    downward = {0: [0.55, 0.55], 1: [0.51, 0.51], 2: [0.53, 0.53]}  # by less than the drop
    ends = tables(2, 0.3, 2)
    assert at_chance(ends, 0.05, ALPHA).further == 11
    assert grows_to_chance(downward, ends, 0.05, ALPHA).further == 9
    scattered = {0: [0.5, 0.7], 1: [0.4, 0.1], 2: [0.45, 0.2]}
    falls = further_seeds([0.1, 0.6], Interval(-INF, 0.34), ALPHA)
    assert grows_to_chance(scattered, tables(2), 0.34, ALPHA).further == 9 < falls
    upward = {0: [0.25, 0.25], 1: [0.5, 0.5], 2: [0.48, 0.48]}  # a correlation of a half too
    assert grows_to_chance(upward, tables(2, 0.3, 3), 0.03, ALPHA).further == 6 - 2  # the end is 0.03 beyond its limit


def test_what_is_refuted_asks_for_nothing_though_a_part_is_undecided():
    errors = {0: [0.1, 0.4], 1: [0.6, 0.6], 2: [0.35, 0.5]}
    judged = grows_to_chance(errors, tables(2, 1.0, 10), 0.05, ALPHA)
    assert further_seeds([0.25, 0.1], Interval(-INF, 0.05), ALPHA) > 0
    assert (judged.verdict, judged.further) == (REFUTED, None)


# How many seeds


def test_a_lone_value_has_no_scatter_of_its_own_and_two_have():
    limit = Interval(-INF, 0.5)
    assert further_seeds([0.4], limit, ALPHA) is None
    assert further_seeds([0.4], limit, ALPHA, floor=0.05) == 1  # 2.33 * 0.05 = 0.116, with two seeds 0.082
    assert further_seeds([0.4], limit, ALPHA, floor=1.0) == math.ceil((2.3263479 * 1.0 / 0.1) ** 2) - 1
    # Two values: Student's t with one more degree of freedom for each seed until half its width is less than 0.1.
    spread = 0.02 * math.sqrt(2)
    needed = next(n for n in range(2, 100) if stats.t.isf(ALPHA, n - 1) * spread / math.sqrt(n) <= 0.1)
    assert further_seeds([0.38, 0.42], limit, ALPHA) == needed - 2 > 0
    assert further_seeds(np.array([38, 42]) * 1, Interval(-INF, 50), ALPHA) == needed - 2


def test_ten_thousand_seeds_are_the_most():
    """One value at a distance of z / 100 from its limit needs exactly the most, a little less than that none."""
    z = stats.norm.isf(ALPHA)
    assert further_seeds([0.0], Interval(-INF, z / 100 * (1 + 1e-9)), ALPHA, floor=1.0) == MOST - 1
    assert further_seeds([0.0], Interval(-INF, z / 100 * (1 - 1e-5)), ALPHA, floor=1.0) is None


def test_nothing_undecided_needs_no_number():
    assert of_several([], []) is None
    assert of_several([], [None, 3]) is None
    assert of_several([None, 5], [None]) == 5


def test_chance_counts_its_seeds_from_the_scatter_of_renaming():
    judged = at_chance(tables(3, 0.3, 2), 0.05, ALPHA)
    assert judged.measured == pytest.approx(0.13)
    assert judged.interval.high == pytest.approx(0.13 + 2.3263479 * 0.03 / math.sqrt(3))
    assert (judged.verdict, judged.seeds, judged.further) == (INCONCLUSIVE, 3, 10)


def test_a_ratio_counts_its_seeds_and_one_bound_is_enough_to_count_none():
    slow, fast = exact(20, 90, 60), exact(10, 10, 10)
    judged = ratio_within(slow, fast, Interval(1, 10), ALPHA, "epochs")
    assert (judged.verdict, judged.seeds) == (INCONCLUSIVE, 3)
    assert judged.further == further_seeds(np.log([2, 9, 6]), Interval(0.0, math.log(10)), ALPHA) > 0
    bounded = ratio_within([*slow[:2], (60, INF)], fast, Interval(1, 10), ALPHA, "epochs")
    assert (bounded.verdict, bounded.seeds, bounded.further) == (INCONCLUSIVE, 0, None)


def test_a_mean_counts_its_seeds_with_its_floor_or_not_at_all():
    values = exact(0.45, 0.46, 0.47)
    judged = mean_within(values, Interval(-INF, 0.5), ALPHA, "error", floor=0.03)
    assert (judged.verdict, judged.seeds) == (INCONCLUSIVE, 3)
    assert judged.further == further_seeds([0.45, 0.46, 0.47], Interval(-INF, 0.5), ALPHA, 0.03) > 0
    assert mean_within(values, Interval(-INF, 0.5), 0.1, "error", floor=0.03).further is None
    bounded = mean_within([*values[:2], (0.1, 0.9)], Interval(-INF, 0.5), ALPHA, "error")
    assert (bounded.verdict, bounded.seeds, bounded.further) == (INCONCLUSIVE, 0, None)


def test_a_share_kept_counts_its_seeds_by_its_own_error():
    judged = share_kept([0.55, 0.6], [0.6, 0.6], 10, 900, 0.9, ALPHA)
    shares = [0.45 / 0.5, 1.0]
    variances = [(0.55 * 0.45 + 0.6 * 0.4) / 2 / 900, 0.6 * 0.4 / 900]
    error = math.sqrt((variances[0] + 0.95**2 * variances[1]) / 2) / 0.5
    assert (judged.verdict, judged.seeds) == (INCONCLUSIVE, 2)
    assert judged.further == further_seeds(shares, Interval(0.9, INF), ALPHA, error) > 0
    equal = share_kept([0.56, 0.56], [0.6, 0.6], 10, 900, 0.9, ALPHA)
    error = math.sqrt((0.56 * 0.44 + 0.92**2 * 0.6 * 0.4) / 900) / 0.5  # of one seed: nothing else scatters
    assert equal.further == math.ceil((2.3263479 * error / 0.02) ** 2) - 2
    narrow = share_kept([0.55, 0.56], [0.6, 0.6], 10, 900, 0.85, ALPHA)
    error = math.sqrt(((0.55 * 0.45 + 0.56 * 0.44) / 2 / 900 + 0.91**2 * variances[1]) / 2) / 0.5
    assert narrow.further == further_seeds([0.9, 0.92], Interval(0.85, INF), ALPHA, error)


# Several at once


def above(*values):
    return lambda alpha: mean_within(exact(*values), Interval(-INF, 0.5), alpha, "error")


def test_of_several_all_is_told_and_kept():
    parts = {"a": above(0.1, 0.11, 0.12), "b": above(0.2, 0.21, 0.22)}
    judged = all_hold(parts, ALPHA)
    assert (judged.verdict, judged.seeds, judged.further) == (HELD, 3, None)
    assert list(judged.parts) == ["a", "b"]
    assert judged.parts["b"] == parts["b"](alpha=ALPHA)
    assert "parts" not in judged.to_dict()
    assert all_hold({"a": parts["a"]}, ALPHA) == parts["a"](alpha=ALPHA)


def test_seeds_of_several_that_are_undecided_on_both_sides():
    """One is being refuted and one being held: the one that is being refuted decides, whatever the other needs."""
    refuting, holding = (0.62, 0.70, 0.80), (0.45, 0.30, 0.60)
    judged = all_hold({"a": above(*holding), "b": above(*refuting)}, ALPHA)
    assert judged.verdict is INCONCLUSIVE
    assert judged.further == above(*refuting)(ALPHA / 2).further
    assert judged.further != above(*holding)(ALPHA).further
    assert judged.seeds == 3


def test_a_part_that_is_refuted_leaves_nothing_to_count_but_what_is_undecided_beside_it():
    fallen = all_hold({"a": above(0.8, 0.8, 0.81), "b": above(0.45, 0.30, 0.60)}, ALPHA)
    assert (fallen.verdict, fallen.seeds, fallen.further) == (REFUTED, 0, None)
    alone = all_hold({"a": above(0.8, 0.8, 0.81), "b": above(0.1, 0.11, 0.1)}, ALPHA)
    assert (alone.verdict, alone.seeds, alone.further) == (REFUTED, 3, None)


def test_a_part_whose_budget_ended_leaves_no_number():
    def bounded(alpha):
        return mean_within([(0.0, 0.9)] * 3, Interval(-INF, 0.5), alpha, "error")

    judged = all_hold({"a": above(0.45, 0.30, 0.60), "b": bounded}, ALPHA)
    assert (judged.verdict, judged.seeds, judged.further) == (INCONCLUSIVE, 0, None)


def test_the_part_with_the_least_to_spare_of_its_own_width_is_shown():
    """`wide` is farther from its limit, `narrow` farther in units of its interval's width."""
    narrow, wide = above(0.4799, 0.48, 0.4801), above(0.2, 0.3, 0.25)
    judged = all_hold({"narrow": narrow, "wide": wide}, ALPHA)
    assert judged.verdict is HELD
    assert judged.quantity == "error (wide)"
    assert all_hold({"wide": wide, "narrow": narrow}, ALPHA).quantity == "error (wide)"

    def two_sided(low, high):
        return lambda alpha: mean_within(exact(0.10, 0.11, 0.12), Interval(low, high), alpha, "gain")

    assert all_hold({"low": two_sided(0.05, 0.9), "high": two_sided(-0.9, 0.3)}, ALPHA).quantity == "gain (low)"
    assert all_hold({"high": two_sided(-0.9, 0.3), "both": two_sided(-0.3, 0.9)}, ALPHA).quantity == "gain (high)"


def test_a_premise_that_does_not_hold_decides_in_place_of_the_conclusion():
    premise, conclusion = above(0.8, 0.8, 0.81)(ALPHA), above(0.1, 0.11, 0.12)(ALPHA)
    judged = provided({"fits": premise}, conclusion)
    assert (judged.verdict, judged.alpha) == (REFUTED, 2 * ALPHA)
    assert judged.notes == [f"fits: REFUTED, {premise}", f"not judged by: HELD, {conclusion}"]
    assert provided({"fits": conclusion}, premise).notes == [f"fits: HELD, {conclusion}"]


@pytest.mark.parametrize(("further", "words"), [(1, "1 further seed would"), (2, "2 further seeds would")])
def test_seeds_have_their_plural(further, words):
    judged = at_chance(tables(1), 0.06, ALPHA)
    text = str(type(judged)(**{**judged.__dict__, "further": further}))
    assert text.endswith(f"; {words} decide it if the mean stays there")
