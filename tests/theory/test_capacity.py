"""The estimators of Rademacher complexity and of uniform stability find what is known in closed form."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rethinking_audit.fixtures.data import datasets
from rethinking_audit.fixtures.theory import capacity
from rethinking_audit.fixtures.theory.capacity import Examples


def digits():
    data = datasets.find("digits").load()
    return data.train_images.reshape(len(data.train_labels), -1) / data.max_value, data.train_labels


def examples(n, d, seed):
    """Points in the unit ball, targets in [-1, 1]."""
    random = np.random.default_rng(seed)
    points = random.standard_normal((n, d))
    return Examples(points / np.linalg.norm(points, axis=1, keepdims=True), random.uniform(-1, 1, n))


@given(st.integers(1, 12), st.floats(0.1, 10))
@settings(deadline=None, max_examples=15)
def test_orthogonal_points_have_the_closed_form(n, radius):
    """Every sign vector gives the same: radius / sqrt(n) for n orthonormal points."""
    fit = capacity.linear_ball(np.eye(n, 15), radius)
    found = capacity.correlations(fit, capacity.random_signs(n, 5, seed=n))
    np.testing.assert_allclose(found, radius / np.sqrt(n), rtol=1e-12)
    assert capacity.exact(fit, n) == pytest.approx(radius / np.sqrt(n))
    assert capacity.linear_ball_bounds(np.eye(n, 15), radius)[1] == pytest.approx(radius / np.sqrt(n))


def test_draws_find_what_all_signs_give():
    """The mean over draws is within five of its standard errors of the mean over all 2^12 sign vectors."""
    points = np.random.default_rng(0).standard_normal((12, 3))
    for fit in (capacity.linear_ball(points, 1.0), capacity.finite_class(capacity.stumps(points))):
        found = capacity.correlations(fit, capacity.random_signs(12, 400, seed=1))
        assert abs(found.mean() - capacity.exact(fit, 12)) < 5 * found.std(ddof=1) / 20


@given(st.integers(2, 10), st.integers(1, 5), st.integers(0, 2**31))
@settings(deadline=None, max_examples=20)
def test_known_bounds_hold_exactly(n, d, seed):
    points = np.random.default_rng(seed).standard_normal((n, d))
    low, high = capacity.linear_ball_bounds(points, 2.0)
    assert low * (1 - 1e-12) <= capacity.exact(capacity.linear_ball(points, 2.0), n) <= high * (1 + 1e-12)
    stumps = capacity.stumps(points)
    assert capacity.exact(capacity.finite_class(stumps), n) <= capacity.massart_bound(stumps)


def test_stumps_on_digits_are_far_from_one():
    points, _ = digits()
    stumps = capacity.stumps(points)
    found = capacity.correlations(capacity.finite_class(stumps), capacity.random_signs(len(points), 20, seed=0))
    assert 0 < found.mean() < capacity.massart_bound(stumps) < 0.2
    assert set(np.unique(stumps)) == {-1.0, 1.0}


def test_a_class_that_fits_everything_has_complexity_one():
    assert capacity.correlations(lambda signs: signs, capacity.random_signs(100, 3, seed=0)) == pytest.approx([1, 1, 1])


def test_a_fit_of_nothing_has_none():
    assert capacity.exact(capacity.linear_ball(np.zeros((3, 2)), 1.0), 3) == 0


def test_signs_are_fair_and_decided_by_the_seed():
    signs = capacity.random_signs(1000, 20, seed=0)
    assert np.array_equal(signs, capacity.random_signs(1000, 20, seed=0))
    assert not np.array_equal(signs, capacity.random_signs(1000, 20, seed=1))
    assert abs(signs.mean()) < 5 / np.sqrt(signs.size)


@given(st.sampled_from([0.01, 0.1, 1.0]), st.integers(0, 2**31))
@settings(deadline=None, max_examples=20)
def test_ridge_regression_is_as_stable_as_its_bound(l2, seed):
    sample, fresh, places = (examples(30, 5, [seed, part]) for part in range(3))
    found = capacity.loss_changes(capacity.ridge(l2), sample, fresh, places, range(30))
    assert 0 < found.max() <= capacity.ridge_bound(l2, 30, 1.0, 1.0)


def test_the_change_falls_as_the_sample_grows():
    changes = []
    for n in (20, 80, 320):
        sample, fresh, places = (examples(n, 5, [n, part]) for part in range(3))
        changes.append(capacity.loss_changes(capacity.ridge(0.5), sample, fresh, places, range(20)).max())
    assert changes[0] > 2 * changes[1] > 4 * changes[2]


def test_an_interpolant_is_not_stable():
    """With more dimensions than points the minimum-norm solution follows each label: its own loss changes by the square."""
    sample, fresh, places = (examples(30, 200, [part]) for part in range(3))
    flipped = Examples(sample.points, -np.sign(sample.targets))
    signs = Examples(sample.points, np.sign(sample.targets))
    found = capacity.loss_changes(capacity.ridge(0.0), signs, flipped, places, range(10))
    assert found.min() > 3.9  # (1 - -1)^2 at the example itself
    strong = capacity.loss_changes(capacity.ridge(10.0), signs, flipped, places, range(10))
    assert strong.max() <= capacity.ridge_bound(10.0, 30, 1.0, 1.0) < 0.1
    assert len(fresh.points) == 30


def test_bad_arguments_are_named():
    with pytest.raises(ValueError, match="of 17 points are too many"):
        capacity.exact(lambda signs: signs, 17)
    with pytest.raises(ValueError, match="3 fresh examples for a sample of 5"):
        capacity.loss_changes(capacity.ridge(1.0), examples(5, 2, 0), examples(3, 2, 1), examples(1, 2, 2), [0])
