"""Theorem 1's network takes any values on its sample, with 2n + d weights; Lemma 1 is why."""

from fractions import Fraction

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from rethinking_audit.fixtures.data import datasets
from rethinking_audit.fixtures.theory import expressivity, interleaved, rational

VALUES = st.integers(-(2**20), 2**20)
SAMPLES = st.integers(1, 5).flatmap(
    lambda d: st.lists(st.tuples(*[st.integers(-50, 50)] * d), min_size=1, max_size=40, unique=True)
)


def sample(n, d, seed=0):
    random = np.random.default_rng(seed)
    return random.integers(0, 256, (n, d), dtype=np.uint8), random.standard_normal(n)


def digits():
    data = datasets.find("digits").load()
    return data.train_images.reshape(len(data.train_labels), -1), data.train_labels


@given(SAMPLES, st.data())
@settings(deadline=None, max_examples=50)
def test_any_integers_are_taken_exactly_and_closely(points, data):
    """Equality in rational arithmetic; in float64 within the error that its rounding explains."""
    labels = data.draw(st.lists(VALUES, min_size=len(points), max_size=len(points)))
    exact = rational.build(points, labels)
    assert [exact(point) for point in points] == labels
    network = expressivity.build(np.array(points), np.array(labels))
    rounding = expressivity.rounding_error(network, np.array(points), np.array(labels))
    assert expressivity.relative_error(network, np.array(points), np.array(labels)) <= max(rounding, 1e-15)


@given(arrays.arrays(np.float64, (20, 3), elements=st.floats(-1e3, 1e3), unique=True), st.integers(0, 2**31))
@settings(deadline=None, max_examples=30)
def test_real_points_and_labels(points, seed):
    labels = np.random.default_rng(seed).standard_cauchy(20)
    try:
        network = expressivity.build(points, labels)
    except ValueError as error:  # points that are distinct by less than rounding are refused, not fitted badly
        assert "apart" in str(error)  # noqa: PT017
        return
    rounding = expressivity.rounding_error(network, points, labels)
    assert expressivity.relative_error(network, points, labels) <= rounding


@pytest.mark.parametrize(("offset", "suffices"), [(0.0, True), (1e4, True), (1e8, False)])
def test_points_far_from_zero_lose_no_more_than_the_rounding_says(offset, suffices):
    """The projection of a large offset is rounded, and the steep polygon multiplies that."""
    random = np.random.default_rng(1000)
    points, labels = random.random((300, 64)) + offset, random.standard_normal(300)
    network = expressivity.build(points, labels)
    error, rounding = (of(network, points, labels) for of in (expressivity.relative_error, expressivity.rounding_error))
    assert error <= rounding
    assert (rounding < 1e-3) is suffices


def test_projections_of_pixels_are_exact_and_those_of_large_or_broken_numbers_are_not():
    points, _ = sample(50, 784)
    direction, _ = expressivity.separate(points, 0, 1)
    exact = [sum(Fraction(a) * int(z) for a, z in zip(direction.tolist(), row, strict=True)) for row in points]
    assert [Fraction(float(one)) for one in expressivity.project(points, direction[:, None])[:, 0]] == exact
    assert expressivity.projection_error(points, direction) == 0
    assert expressivity.projection_error(points, direction, epsilon=2.0**-23) > 0
    for moved in (points + 1e8, points + 0.1):
        bound = expressivity.projection_error(moved, direction)
        found = expressivity.project(moved, direction[:, None])[:, 0]
        whole = [
            sum(Fraction(a) * Fraction(z) for a, z in zip(direction.tolist(), row, strict=True)) for row in moved.tolist()
        ]
        assert 0 < max(abs(Fraction(float(one)) - other) for one, other in zip(found, whole, strict=True)) <= bound


@pytest.mark.parametrize(("n", "d"), [(1, 1), (2, 7), (300, 3), (1000, 784)])
def test_weights_are_counted(n, d):
    points, labels = sample(n, d)
    kept = len(expressivity.distinct(points, np.zeros(n)))
    network = expressivity.build(points, labels if kept == n else np.zeros(n))
    assert expressivity.parameter_count(network) == 2 * kept + d
    assert all(parameter.dtype == torch.float64 for parameter in network.parameters())


def test_classes_of_real_digits_are_reproduced():
    points, labels = digits()
    network = expressivity.build(points, np.random.default_rng(0).permutation(labels))
    targets = np.random.default_rng(0).permutation(labels)
    assert np.array_equal(np.rint(expressivity.evaluate(network, points)), targets)
    assert expressivity.relative_error(network, points, targets) <= expressivity.rounding_error(network, points, targets)


@pytest.mark.parametrize("n", range(1, 13))
def test_every_sign_pattern(n):
    """All 2^n dichotomies of n points, each a network with the same projection and biases."""
    points, _ = sample(n, 5, seed=n)
    network = expressivity.build(points, np.zeros(n))
    x = np.sort(expressivity.project(points, network.direction.detach().numpy()[:, None])[:, 0])
    signs = 1.0 - 2.0 * (np.arange(2**n) >> np.arange(n)[:, None] & 1)
    weights = interleaved.weights(x.tolist(), network.biases.tolist(), list(signs))
    values = interleaved.relu_matrix(x, network.biases.tolist()) @ np.array(weights)
    assert np.array_equal(np.sign(values), signs)
    assert np.abs(values - signs).max() < 1e-9
    assert len(np.unique(np.sign(values), axis=1).T) == 2**n


def test_float32_cannot_hold_the_construction():
    """Weights of n^2 cancel, and of the label nothing is left: as much as float32's rounding explains, and no more."""
    points, labels = sample(3000, 64)
    network = expressivity.build(points, labels)
    assert (
        expressivity.relative_error(network, points, labels) <= expressivity.rounding_error(network, points, labels) < 1e-4
    )
    single = network.float()
    error = expressivity.relative_error(single, points, labels)
    assert 1 < error <= expressivity.rounding_error(single, points, labels)


def test_float32_cannot_tell_biases_from_projections():
    points, labels = sample(20_000, 16)
    network = expressivity.build(points, labels)
    x = np.sort(expressivity.project(points, network.direction.detach().numpy()[:, None])[:, 0])
    b = network.biases.detach().numpy()
    assert interleaved.is_interleaved(x, b)
    assert not interleaved.is_interleaved(x.astype(np.float32), b.astype(np.float32))


def test_one_unit_fewer_cannot_take_arbitrary_labels():
    points, labels = sample(40, 3)
    network = expressivity.build(points, labels)
    order = expressivity.project(points, network.direction.detach().numpy()[:, None])[:, 0].argsort()
    x = expressivity.project(points, network.direction.detach().numpy()[:, None])[order, 0]
    matrix = np.delete(interleaved.relu_matrix(x, network.biases.tolist()), 20, axis=1)
    solution = np.linalg.lstsq(matrix, labels[order], rcond=None)[0]
    assert np.abs(matrix @ solution - labels[order]).max() > 0.01


def test_equal_points_with_equal_labels_count_once():
    points, labels = sample(30, 4)
    doubled, twice = np.concatenate([points, points]), np.concatenate([labels, labels])
    network = expressivity.build(doubled, twice)
    assert expressivity.parameter_count(network) == 2 * 30 + 4
    assert expressivity.relative_error(network, doubled, twice) < 1e-9


def test_negative_zero_is_zero():
    points = np.array([[0.0, 1.0], [-0.0, 1.0]])
    assert len(expressivity.distinct(points, np.zeros(2))) == 1


@pytest.mark.parametrize(
    ("points", "labels", "message"),
    [
        ([[1, 2], [3, 4], [1, 2]], [0, 1, 2], r"points 0 and 2 are equal and have the labels 0 and 2"),
        ([[1.0, np.nan]], [0], "not finite"),
        ([[1.0]], [np.inf], "not finite"),
        ([[1.0, 2.0]], [0, 1], r"\(1, 2\).*\(2,\)"),
        ([[1.0], [1.0 + 2**-52]], [0, 1], "do not tell 2 points apart"),
    ],
)
def test_impossible_samples_are_named(points, labels, message):
    with pytest.raises(ValueError, match=message):
        expressivity.build(np.array(points), np.array(labels))


def test_rational_duplicates_are_named():
    with pytest.raises(ValueError, match=r"\(1, 2\).* 0 and 1"):
        rational.build([(1, 2), (1, 2)], [0, 1])


@given(st.lists(st.fractions(-100, 100), min_size=1, max_size=30, unique=True).map(sorted))
@settings(deadline=None, max_examples=50)
def test_lemma_1(points):
    """The interleaved matrix is lower triangular with a positive diagonal, exactly; its eigenvalues are that diagonal."""
    between = interleaved.biases(points)
    assert interleaved.is_interleaved(points, between)
    rows = [[rational.relu(x - b) for b in between] for x in points]
    assert all(rows[i][j] == 0 for i in range(len(rows)) for j in range(i + 1, len(rows)))
    assert all(rows[i][i] == points[i] - between[i] > 0 for i in range(len(rows)))
    assert rational.determinant(points, between) > 0
    matrix = interleaved.relu_matrix([float(x) for x in points], [float(b) for b in between])
    assert np.array_equal(interleaved.eigenvalues(matrix), matrix.diagonal())


@given(st.lists(st.fractions(-100, 100), min_size=1, max_size=30, unique=True).map(sorted), st.data())
@settings(deadline=None, max_examples=30)
def test_biases_keep_the_polygon_within_twice_the_largest_label(points, data):
    labels = data.draw(st.lists(st.sampled_from([Fraction(-1), Fraction(1)]), min_size=len(points), max_size=len(points)))
    between = interleaved.biases(points)
    value, values = Fraction(0), []
    for slope, bias, following in zip(interleaved.slopes(points, between, labels), between, between[1:], strict=False):
        value += slope * (following - bias)
        values.append(abs(value))
    assert max(values, default=0) <= interleaved.LARGEST_VALUE


def test_smallest_eigenvalue_does_not_bound_the_inverse():
    """The matrix is not normal: its smallest singular value lies far below its smallest eigenvalue."""
    points = np.arange(1.0, 101.0)
    matrix = interleaved.relu_matrix(points, interleaved.biases(points.tolist()))
    assert np.linalg.svd(matrix, compute_uv=False).min() < 0.5 * interleaved.eigenvalues(matrix).min()


def test_biases_out_of_order_lose_the_structure():
    points, between = [1.0, 2.0, 3.0], [0.5, 0.6, 2.5]
    assert not interleaved.is_interleaved(points, between)
    with pytest.raises(ValueError, match="not lower triangular"):
        interleaved.eigenvalues(interleaved.relu_matrix(points, between))
    with pytest.raises(ValueError, match="not interleaved"):
        rational.determinant([Fraction(x) for x in points], [Fraction(b) for b in between])
