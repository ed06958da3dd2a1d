"""The looks that a claim may be given, and how often they decide wrongly."""

import numpy as np
import pytest
from scipy import stats

from rethinking_audit.fixtures.record.verdict import Verdict
from rethinking_audit.fixtures.statistics.judgement import Interval
from rethinking_audit.fixtures.statistics.looks import Look, schedule
from rethinking_audit.fixtures.statistics.rules import mean_within

ALPHA = 0.02


@pytest.mark.parametrize(
    ("seeds", "most", "factors"),
    [
        (2, None, [1, 2, 4]),
        (5, 10, [1, 2]),
        (5, 11, [1, 2, 4]),  # the last look has 11, not 20
        (5, 5, [1]),
        (0, None, [1]),  # nothing is drawn
    ],
)
def test_the_seeds_double_up_to_the_most_and_alpha_is_spent(seeds, most, factors):
    looks = schedule(seeds, most, ALPHA)
    assert [look.factor for look in looks] == factors
    assert sum(look.alpha for look in looks) == pytest.approx(ALPHA)
    assert all(look.alpha == ALPHA / 2**place for place, look in enumerate(looks[:-1], 1))


def test_one_look_has_all_of_alpha():
    assert schedule(5, 5, ALPHA) == [Look(1, ALPHA)]


def wrongly_held(alphas, draws):
    """Of normal means on their limit, the share that some look at 3, 6 or 12 values finds below it."""
    found = np.zeros(len(draws), dtype=bool)
    for seeds, alpha in zip((3, 6, 12), alphas, strict=True):
        values = draws[:, :seeds]
        half = stats.t.isf(alpha, seeds - 1) * values.std(axis=1, ddof=1) / np.sqrt(seeds)
        found |= values.mean(axis=1) + half <= 0
    return found.mean()


def test_looks_decide_wrongly_no_more_often_than_alpha_and_would_without_spending_it():
    """100,000 sequences on the limit, within three standard errors. The other direction is the same by symmetry."""
    draws = np.random.default_rng(0).standard_normal((100_000, 12))
    error = 3 * (ALPHA * (1 - ALPHA) / len(draws)) ** 0.5
    spent = wrongly_held([look.alpha for look in schedule(3, None, ALPHA)], draws)
    assert 0.5 * ALPHA < spent <= ALPHA + error
    assert wrongly_held([ALPHA] * 3, draws) > 1.5 * ALPHA


def test_the_rule_of_the_simulation_is_that_of_the_audit():
    draws = np.random.default_rng(1).standard_normal((200, 3)) - 1
    bounds = [[(value, value) for value in row] for row in draws]
    held = [mean_within(row, Interval(-np.inf, 0.0), ALPHA / 2, "error").verdict is Verdict.HELD for row in bounds]
    assert wrongly_held([ALPHA / 2, 0, 0], np.tile(draws, 4)) == pytest.approx(np.mean(held))
