"""Growth to chance, in full: what a fall, an end and a trend decide, and how many seeds would."""

import math

import numpy as np
import pytest
from scipy import stats

from rethinking_audit.fixtures.statistics.further import further_rows, further_seeds
from rethinking_audit.fixtures.statistics.judgement import Interval
from rethinking_audit.fixtures.statistics.trends import falls_with_level, grows_to_chance, in_order
from tests.builders.judgements import HELD, INCONCLUSIVE, INF, REFUTED, exact
from tests.builders.tables import rising, significance, tables

ALPHA = 0.01


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
