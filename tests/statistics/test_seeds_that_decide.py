"""How many seeds would decide, by each rule: the fewest of what would refute, and none where nothing is undecided."""

import math

import numpy as np
import pytest
from scipy import stats

from rethinking_audit.fixtures.statistics.chance import at_chance
from rethinking_audit.fixtures.statistics.further import MOST, further_seeds, of_several
from rethinking_audit.fixtures.statistics.judgement import Interval
from rethinking_audit.fixtures.statistics.rules import mean_within, ratio_within, share_kept
from tests.builders.judgements import INCONCLUSIVE, INF, exact
from tests.builders.tables import tables

ALPHA = 0.01


def test_a_lone_value_has_no_scatter_of_its_own_and_two_have():
    limit = Interval(-INF, 0.5)
    assert further_seeds([0.4], limit, ALPHA) is None
    assert further_seeds([0.4], limit, ALPHA, min_stderr=0.05) == 1  # 2.33 * 0.05 = 0.116, with two seeds 0.082
    assert further_seeds([0.4], limit, ALPHA, min_stderr=1.0) == math.ceil((2.3263479 * 1.0 / 0.1) ** 2) - 1
    # Two values: Student's t with one more degree of freedom for each seed until half its width is less than 0.1.
    spread = 0.02 * math.sqrt(2)
    needed = next(n for n in range(2, 100) if stats.t.isf(ALPHA, n - 1) * spread / math.sqrt(n) <= 0.1)
    assert further_seeds([0.38, 0.42], limit, ALPHA) == needed - 2 > 0
    assert further_seeds(np.array([38, 42]) * 1, Interval(-INF, 50), ALPHA) == needed - 2


def test_ten_thousand_seeds_are_the_most():
    """One value at a distance of z / 100 from its limit needs exactly the most, a little less than that none."""
    z = stats.norm.isf(ALPHA)
    assert further_seeds([0.0], Interval(-INF, z / 100 * (1 + 1e-9)), ALPHA, min_stderr=1.0) == MOST - 1
    assert further_seeds([0.0], Interval(-INF, z / 100 * (1 - 1e-5)), ALPHA, min_stderr=1.0) is None


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
    judged = mean_within(values, Interval(-INF, 0.5), ALPHA, "error", min_stderr=0.03)
    assert (judged.verdict, judged.seeds) == (INCONCLUSIVE, 3)
    assert judged.further == further_seeds([0.45, 0.46, 0.47], Interval(-INF, 0.5), ALPHA, 0.03) > 0
    assert mean_within(values, Interval(-INF, 0.5), 0.1, "error", min_stderr=0.03).further is None
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


@pytest.mark.parametrize(("further", "words"), [(1, "1 further seed would"), (2, "2 further seeds would")])
def test_seeds_have_their_plural(further, words):
    judged = at_chance(tables(1), 0.06, ALPHA)
    text = str(type(judged)(**{**judged.__dict__, "further": further}))
    assert text.endswith(f"; {words} decide it if the mean stays there")
