"""How many further seeds an undecided judgement asks for, and that so many do decide it."""

import math

import numpy as np
import pytest

from rethinking_audit.fixtures.record.verdict import Verdict
from rethinking_audit.fixtures.statistics.chance import at_chance
from rethinking_audit.fixtures.statistics.further import further_rows, further_seeds, of_several
from rethinking_audit.fixtures.statistics.intervals import mean_interval
from rethinking_audit.fixtures.statistics.judgement import Interval
from rethinking_audit.fixtures.statistics.rules import larger_by, mean_within, ratio_within, share_kept
from rethinking_audit.fixtures.statistics.several import all_hold
from rethinking_audit.fixtures.statistics.trends import falls_with_level
from tests.builders.shares import at_most

ALPHA = 0.01
INF = math.inf


def exact(*values):
    return [(value, value) for value in values]


def spread_over(count, mean, deviation):
    """So many values with exactly that mean and standard deviation."""
    values = np.linspace(-1, 1, count)
    return mean + deviation * values / values.std(ddof=1)


@pytest.mark.parametrize("count", [2, 3, 5])
@pytest.mark.parametrize("mean", [0.3, 0.42, 0.8])
def test_so_many_seeds_decide_and_one_fewer_does_not(count, mean):
    """A mean of 0.3 and 0.42 is inside what is accepted, one of 0.8 outside."""
    accepted = Interval(-INF, 0.5)
    more = further_seeds(spread_over(count, mean, 0.2), accepted, ALPHA)
    ends = [mean_interval(spread_over(count + seeds, mean, 0.2), ALPHA) for seeds in (more, more - 1)]
    assert ends[0].within(accepted) or ends[0].apart(accepted)
    assert not ends[1].within(accepted)
    assert not ends[1].apart(accepted)


def test_no_number_is_named_where_none_helps():
    accepted = Interval(-INF, 0.5)
    assert further_seeds([0.1, 0.1, 0.1], accepted, ALPHA) is None  # decided
    assert further_seeds([0.4], accepted, ALPHA) is None  # one value says nothing of the scatter
    assert further_seeds([0.4, 0.6], accepted, ALPHA) is None  # on the limit
    assert further_seeds([0.3, INF], accepted, ALPHA) is None
    assert further_seeds(spread_over(3, 0.4999, 0.2), accepted, ALPHA) is None  # more than ten thousand


def test_the_binomial_shrinks_with_the_seeds_too():
    more = further_seeds([0.4], Interval(-INF, 0.5), ALPHA, min_stderr=0.1)
    assert more == math.ceil((2.3263479 * 0.1 / 0.1) ** 2) - 1


def test_a_judgement_says_it_and_only_where_it_is_undecided():
    judged = mean_within(exact(0.45, 0.30, 0.60), Interval(-INF, 0.5), ALPHA, "error")
    assert judged.verdict is Verdict.INCONCLUSIVE
    assert str(judged).endswith(f"; {judged.further} further seeds would decide it if the mean stays there")
    assert judged.seeds == 3
    assert judged.lacks_seeds
    assert judged.to_dict()["further"] == judged.further
    held = mean_within(exact(0.1, 0.1, 0.1), Interval(-INF, 0.5), ALPHA, "error")
    assert (held.further, held.lacks_seeds) == (None, False)
    assert "further" not in str(held)


def test_one_further_seed_is_one():
    judged = mean_within(exact(0.1, 0.11), Interval(-INF, 0.25), ALPHA, "error")
    assert judged.further == 1
    assert "1 further seed would" in str(judged)


def test_where_a_budget_ended_no_number_of_seeds_helps():
    judged = at_most([(0.0, 0.5), (0.0, 0.6)], 0.0066, ALPHA, "training error")
    assert judged.verdict is Verdict.INCONCLUSIVE
    assert (judged.further, judged.seeds, judged.lacks_seeds) == (None, 0, False)


def test_a_ratio_is_counted_in_its_logarithm():
    slow, fast = exact(20, 90, 60), exact(10, 10, 10)
    judged = ratio_within(slow, fast, Interval(0, 10), ALPHA, "epochs")
    logs = np.log([2, 9, 6])
    assert judged.further == further_seeds(logs, Interval(-INF, math.log(10)), ALPHA)
    assert ratio_within([(20, INF), (90, 90)], fast, Interval(0, 10), ALPHA, "epochs").seeds == 0


def test_other_rules_say_it_too():
    gain = larger_by([0.9, 0.8], [0.85, 0.83], Interval(0, INF), 900, ALPHA, "gain")
    kept = share_kept([0.5, 0.7], [0.6, 0.6], 10, 900, 0.9, ALPHA)
    chance = at_chance([np.full((10, 10), 9) + 6 * np.eye(10, dtype=int)], 0.06, ALPHA)
    for judged in (gain, kept, chance):
        assert judged.verdict is Verdict.INCONCLUSIVE
        assert judged.further > 0
        assert judged.seeds > 0


def test_pages_test_needs_rows_by_its_correlation():
    """Two rows of three columns at a correlation of 1 reach 1 * sqrt(2 * 2) = 2 standard deviations of 2.33."""
    assert further_rows(1.0, 2, 3, ALPHA) == 1
    assert further_rows(-1.0, 2, 3, ALPHA) == 1
    assert further_rows(1.0, 3, 3, ALPHA) is None
    assert further_rows(0.0, 2, 3, ALPHA) is None


@pytest.mark.parametrize(
    ("errors", "verdict"),
    [
        ({0.0: [0.9] * 5, 0.5: [0.5] * 5, 1.0: [0.1] * 5}, Verdict.HELD),
        ({0.0: [0.1] * 5, 0.5: [0.5] * 5, 1.0: [0.9] * 5}, Verdict.REFUTED),
        ({0.0: [0.1, 0.5, 0.9], 0.5: [0.5] * 3, 1.0: [0.9, 0.5, 0.1]}, Verdict.INCONCLUSIVE),
    ],
)
def test_an_error_that_falls_with_the_level(errors, verdict):
    assert falls_with_level(errors, ALPHA, "error").verdict is verdict


def test_an_error_that_is_no_number_has_no_trend():
    with pytest.raises(ValueError, match="not a number"):
        falls_with_level({0.0: [math.nan], 1.0: [0.5]}, ALPHA, "error")


def test_one_statement_that_falls_decides_several_and_all_must_hold():
    assert of_several([], [3, 7]) == 7
    assert of_several([], [3, None]) is None
    assert of_several([5, None], [9]) == 5
    assert of_several([None], [9]) is None


def test_the_worst_of_several_asks_for_what_decides_all():
    parts = {
        "a": lambda alpha: mean_within(exact(0.45, 0.30, 0.60), Interval(-INF, 0.5), alpha, "error"),
        "b": lambda alpha: mean_within(exact(0.20, 0.10, 0.70), Interval(-INF, 0.5), alpha, "error"),
        "c": lambda alpha: mean_within(exact(0.1, 0.1, 0.1), Interval(-INF, 0.5), alpha, "error"),
    }
    alone = [parts[name](alpha=ALPHA).further for name in "ab"]
    assert all_hold(parts, ALPHA).further == max(alone)
    bounded = {**parts, "d": lambda alpha: mean_within([(0.0, 0.9)] * 3, Interval(-INF, 0.5), alpha, "error")}
    judged = all_hold(bounded, ALPHA)
    assert (judged.further, judged.lacks_seeds) == (None, False)


def test_a_part_that_is_being_refuted_needs_what_its_share_of_alpha_needs():
    def above(alpha):
        return mean_within(exact(0.62, 0.70, 0.80), Interval(-INF, 0.5), alpha, "error")

    def held(alpha):
        return mean_within(exact(0.1, 0.1, 0.1), Interval(-INF, 0.5), alpha, "error")

    assert all_hold({"a": above, "b": held}, ALPHA).further == above(ALPHA / 2).further
