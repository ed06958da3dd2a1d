"""The best of several arms, without luck."""

from types import SimpleNamespace

import numpy as np
import pytest

from rethinking_audit.fixtures.claimkit import best


def arm(*halves):
    return SimpleNamespace(halves=list(halves))


def test_the_arm_that_is_better_on_both_halves_has_its_own_accuracy():
    assert best.accuracies({"a": arm((0.9, 0.8), (0.7, 0.8)), "b": arm((0.5, 0.6), (0.6, 0.5))}) == [
        pytest.approx(0.85),
        pytest.approx(0.75),
    ]


def test_an_arm_that_one_half_prefers_is_measured_on_the_other():
    """The first half prefers a, the second b: each is measured where it is the worse one."""
    assert best.accuracies({"a": arm((0.9, 0.3)), "b": arm((0.4, 0.8))}) == [pytest.approx((0.3 + 0.4) / 2)]


def test_luck_alone_gains_nothing():
    """Fifty arms that are all right in half of their tests: the best on the same images would be right more often."""
    draw = np.random.default_rng(0)
    arms = {place: arm(*draw.binomial(100, 0.5, (5, 2)) / 100) for place in range(50)}
    assert max(np.mean(one.halves) for one in arms.values()) > 0.53
    assert np.mean(best.accuracies(arms)) == pytest.approx(0.5, abs=0.03)


def test_only_the_seeds_that_all_arms_have_count():
    assert len(best.accuracies({"a": arm((0.9, 0.8), (0.7, 0.8)), "b": arm((0.5, 0.6))})) == 1


def swept(**accuracies):
    return {float(name.replace("_", "0.")): SimpleNamespace(test_accuracy=values) for name, values in accuracies.items()}


@pytest.mark.parametrize(
    ("arms", "level"),
    [
        (swept(_1=[0.5, 0.52], _2=[0.8, 0.82]), 0.2),
        (swept(_1=[0.8, 0.82], _2=[0.5, 0.52]), 0.1),
        (swept(_1=[0.8, 0.82], _2=[0.8, 0.83]), 0.1),  # within a standard error: the least of equals
        (swept(_2=[0.8, 0.83], _1=[0.8, 0.82]), 0.1),
        (swept(_1=[0.8], _2=[0.81]), 0.2),  # one seed has no standard error
    ],
)
def test_the_best_level_is_the_least_that_is_as_good_as_the_best(arms, level):
    assert best.level(arms) == level
