"""An order is judged by its neighbours: turned round it is never HELD, and a tie decides nothing."""

import math

import numpy as np
import pytest

from rethinking_audit.fixtures.statistics.judgement import Interval
from rethinking_audit.fixtures.statistics.order import in_order
from rethinking_audit.fixtures.statistics.rules import ratio_within
from tests.builders.judgements import HELD, INCONCLUSIVE, INF, REFUTED, arms, exact

ALPHA = 0.01
UP = Interval(1.0, INF)
TRUE, SHUFFLED, NOISE, LABELS = (10, 11, 9, 10), (15, 16, 15, 14), [(21, 22, 20, 21), (23, 23, 22, 24)], (36, 35, 36, 38)


@pytest.mark.parametrize(
    ("groups", "verdict"),
    [
        (arms([TRUE], [SHUFFLED], NOISE, [LABELS]), HELD),
        (arms([LABELS], NOISE, [SHUFFLED], [TRUE]), REFUTED),
        (arms([SHUFFLED], [TRUE], NOISE, [LABELS]), REFUTED),  # Page's test finds a trend here
        (arms([(7, 6, 7, 7, 7)], [(7, 6, 7, 7, 6)], [(9, 9, 10, 9, 9)], [(29, 28, 30, 31, 29)]), INCONCLUSIVE),
        (arms([(7, 6, 7, 7, 6)], [(7, 6, 7, 7, 7)], [(9, 9, 10, 9, 9)], [(29, 28, 30, 31, 29)]), INCONCLUSIVE),
        (arms([(7, 7, 7, 7)], [(7, 7, 7, 7)], [(9, 9, 10, 9)], [(29, 28, 30, 31)]), INCONCLUSIVE),  # a tie in every seed
        (arms([(10,)], [(15,)], [(21,)], [(36,)]), INCONCLUSIVE),  # one seed
    ],
)
def test_neighbours_in_order(groups, verdict):
    assert in_order(groups, ALPHA, "steps").verdict is verdict


def test_the_worst_pair_is_shown_with_pages_p_value_beside():
    judged = in_order(arms([(1, 1, 1.1)], [(2, 2.5, 2)], [(8, 8, 8.5)]), ALPHA, "steps")
    assert (judged.quantity, judged.unit, judged.accepted) == ("steps (b over a)", "x", UP)
    assert judged.notes[-1] == "Page's test: p-value 7.2e-03 for the order"  # sqrt(3 * 2) = 2.45 of the normal
    assert set(judged.parts) == {"b over a", "c over b"}
    assert judged.parts["b over a"] == ratio_within(exact(2, 2.5, 2), exact(1, 1, 1.1), UP, ALPHA, "steps")
    assert in_order(arms([(1, 1, 1.1)], [(2, 2.5, 2)]), ALPHA, "steps").notes == []


def test_a_group_of_several_arms_has_their_geometric_mean_by_seed():
    judged = in_order(arms([(1, 1.5, 1)], [(2, 2, 3), (8, 8, 12, 99)], [(9, 9, 9)]), ALPHA, "steps")
    assert judged.parts["b over a"].values["by seed"] == pytest.approx([4, 4 / 1.5, 6])


def test_a_run_that_never_fitted_comes_last_and_one_that_was_stopped_is_bounded():
    times = arms([TRUE], [SHUFFLED], [NOISE[0]])
    assert in_order({**times, "never": [[(INF, INF)] * 4]}, ALPHA, "steps").verdict is HELD
    assert in_order({"never": [[(INF, INF)] * 4], **times}, ALPHA, "steps").verdict is REFUTED
    assert in_order({**times, "stopped": [[(30.0, INF)] * 4]}, ALPHA, "steps").verdict is HELD
    early = in_order({**times, "stopped": [[(12.0, INF)] * 4]}, ALPHA, "steps")
    assert (early.verdict, early.seeds, early.further) == (INCONCLUSIVE, 0, None)


def test_neighbours_are_reversed_at_their_share_of_alpha_and_in_order_at_alpha():
    """Of four seeds b is quicker than a by a factor of e^x, with a standard error of a half."""
    step = np.array([-1.0, -1.0, 1.0, 1.0]) * math.sqrt(3) / 2
    a, c = [math.exp(2)] * 4, [math.exp(9)] * 4
    for quicker, verdict in ((1.4, INCONCLUSIVE), (1.7, REFUTED), (-1.3, HELD)):  # beyond 2.35, or 3.18 of two pairs
        assert in_order(arms([a], [np.exp(2 - quicker + step).tolist()], [c]), 0.05, "steps").verdict is verdict


def test_pages_test_takes_the_seeds_that_every_group_has():
    groups = arms([(1, 1.1, 1.2)], [(2, 2.1, 2.2, 0.1)], [(3, 3.1, 3.2)])
    assert in_order(groups, ALPHA, "steps").notes[-1] == "Page's test: p-value 7.2e-03 for the order"


def test_a_group_that_takes_no_time_comes_first_without_a_warning():
    assert in_order(arms([(0, 0, 0)], [SHUFFLED[:3]]), ALPHA, "steps").verdict is HELD


def test_more_seeds_are_asked_for():
    judged = in_order(arms([(7, 6.5, 7)], [(7.5, 7.2, 7.1)], [(9, 9, 9.5)]), ALPHA, "steps")
    assert judged.verdict is INCONCLUSIVE
    assert judged.further == judged.parts["b over a"].further > 0
