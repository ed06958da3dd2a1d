"""A seed has fitted or has not: more fit than do not, by an exact binomial."""

import math

import pytest
from scipy import stats

from rethinking_audit.fixtures.statistics.fitted import every_seed_fits
from rethinking_audit.fixtures.statistics.judgement import Interval
from tests.builders.judgements import HELD, INCONCLUSIVE, REFUTED, exact

ALPHA, LIMIT = 0.01, 0.0066
STUCK = 0.9
EXHAUSTED = (0.0, 0.3)  # its budget ended while its loss still fell


def judged(*errors):
    return every_seed_fits({"": list(errors)}, LIMIT, ALPHA)


@pytest.mark.parametrize(
    ("errors", "verdict"),
    [
        ([0.0] * 7, HELD),  # 7 of 7 exclude one half at 1 %
        ([0.0] * 6, INCONCLUSIVE),
        ([0.0] * 5, INCONCLUSIVE),  # five zeros, whose Student interval is a point, leave up to 60 % that do not fit
        ([0.0] * 4 + [STUCK], INCONCLUSIVE),
        ([0.0] * 2 + [STUCK] * 3, INCONCLUSIVE),
        ([0.0] * 5 + [STUCK] * 2, INCONCLUSIVE),
        ([STUCK] * 7, REFUTED),
        ([STUCK] * 6, INCONCLUSIVE),
        ([0.0] + [STUCK] * 10, REFUTED),
        ([LIMIT] * 7, HELD),
        ([LIMIT + 1e-9] * 7, REFUTED),
        ([EXHAUSTED] * 20, INCONCLUSIVE),
        ([0.0] * 16 + [EXHAUSTED], HELD),  # one that did not fit would not change it
        ([STUCK] * 16 + [EXHAUSTED], REFUTED),
        ([0.0] * 7 + [math.nan], INCONCLUSIVE),  # not a number is neither
    ],
)
def test_seeds_fit_or_do_not(errors, verdict):
    assert judged(*errors).verdict is verdict


def test_the_interval_is_exact_and_each_end_takes_unknown_seeds_its_own_way():
    found = judged(*[0.0] * 5, STUCK, EXHAUSTED)
    low, high = stats.beta.ppf(ALPHA, 5, 3), stats.beta.ppf(1 - ALPHA, 7, 1)
    assert (found.interval.low, found.interval.high) == pytest.approx((low, high))
    assert (found.measured, found.accepted, found.unit, found.alpha) == (5 / 7, Interval(0.5, 1.0), "%", ALPHA)
    assert found.quantity == "share of seeds that fit"
    assert (found.seeds, found.further) == (0, None)
    assert judged(*[0.0] * 7).interval == Interval(pytest.approx(0.01 ** (1 / 7)), 1.0)
    assert judged(*[STUCK] * 7).interval == Interval(0.0, pytest.approx(1 - 0.01 ** (1 / 7)))


def test_the_errors_stand_beside_it():
    found = judged(0.0, 0.004, (0.0, 0.5))
    assert found.values == {"training error": [0.0, 0.004, 0.5]}
    assert found.notes == ["2 of 3 seeds fit; training error 16.8 % by the mean, 50 % of the worst seed"]
    assert found.rule == "share of seeds with a training error of at most 0.66 %, exact binomial"


def test_a_seed_fits_several_arms_if_it_fits_each():
    """Eleven levels that seven seeds fit are HELD by seven seeds, and one level that none fits is REFUTED by them."""
    levels = {f"p = {level / 10}": exact(*[0.0] * 7) for level in range(11)}
    held = every_seed_fits(levels, LIMIT, ALPHA)
    assert (held.verdict, held.measured, held.seeds, len(held.notes)) == (HELD, 1.0, 7, 11)
    assert held.rule == "share of seeds with a training error of at most 0.66 % in every arm, exact binomial"
    assert next(iter(held.values)) == "training error, p = 0.0"
    assert every_seed_fits({**levels, "p = 0.5": [STUCK] * 7}, LIMIT, ALPHA).verdict is REFUTED
    apart = {"a": [STUCK, *[0.0] * 6], "b": [*[0.0] * 6, STUCK]}
    found = every_seed_fits(apart, LIMIT, ALPHA)
    assert (found.measured, found.rule) == (5 / 7, held.rule)
    told = "6 of 7 seeds fit; training error 12.86 % by the mean, 90 % of the worst seed"
    assert found.notes == [f"a: {told}", f"b: {told}"]


def test_an_error_on_the_limit_is_a_fit():
    found = judged(*[LIMIT] * 7)
    assert (found.measured, found.interval.high, found.seeds) == (1.0, 1.0, 7)
    assert found.notes[0].startswith("7 of 7 seeds fit")


def test_an_interval_that_ends_at_one_half_holds_and_does_not_refute():
    """One seed alone, at an alpha of one half: its interval is one half to one, or zero to one half."""
    held, open_ = every_seed_fits({"": [0.0]}, LIMIT, 0.5), every_seed_fits({"": [STUCK]}, LIMIT, 0.5)
    assert (held.interval.low, held.verdict, held.further) == (0.5, HELD, None)
    assert (open_.interval.high, open_.verdict, open_.further) == (0.5, INCONCLUSIVE, 1)


def test_only_seeds_that_every_arm_has_are_counted():
    found = every_seed_fits({"a": [0.0] * 9, "b": [0.0] * 7}, LIMIT, ALPHA)
    assert (found.seeds, found.measured) == (7, 1.0)


@pytest.mark.parametrize(
    ("errors", "further"),
    [([0.0] * 5, 2), ([STUCK] * 5, 2), ([0.0], 6), ([0.0] * 7, None), ([0.0, STUCK], None)],
)
def test_so_many_more_seeds_of_the_same_share_decide(errors, further):
    assert judged(*errors).further == further


def test_so_many_more_of_a_mixed_share_decide_too():
    found = judged(*[0.0] * 4, STUCK)
    times = math.ceil((5 + found.further) / 5)
    assert judged(*[0.0] * 4 * times, *[STUCK] * times).verdict is HELD
    assert judged(*[0.0] * 4 * (times - 1), *[STUCK] * (times - 1)).verdict is INCONCLUSIVE
