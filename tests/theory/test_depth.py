"""Corollary 1's network has the depth, the width and the weights that are claimed, and takes any values."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from rethinking_audit.fixtures.data import datasets
from rethinking_audit.fixtures.theory import depth, expressivity, rational
from tests.builders.dense import dense

DEPTHS = range(2, 17)


def sample(n, d, seed=0):
    random = np.random.default_rng(seed)
    return random.integers(0, 256, (n, d), dtype=np.uint8), random.standard_normal(n)


@pytest.mark.parametrize("k", DEPTHS)
def test_depth_width_and_weights_are_within_the_bounds(k):
    points, labels = sample(500, 20)
    network = depth.build(points, labels, k)
    assert network.depth == k
    assert network.width <= depth.width_bound(500, k)
    assert network.weight_count() <= depth.weights_bound(500, 20, k)


@pytest.mark.parametrize("k", DEPTHS)
def test_digits_with_random_classes_at_every_depth(k):
    data = datasets.find("digits").load()
    points = data.train_images.reshape(len(data.train_labels), -1)
    labels = np.random.default_rng(k).permutation(data.train_labels)
    network = depth.build(points, labels, k)
    values = expressivity.evaluate(network, points)
    rounding = expressivity.rounding_error(expressivity.build(points, labels), points, labels)
    assert np.array_equal(np.rint(values), labels)
    assert np.abs(values - labels).max() / labels.max() <= rounding


@given(
    st.lists(st.tuples(st.integers(-50, 50), st.integers(-50, 50)), min_size=15, max_size=30, unique=True),
    st.sampled_from(DEPTHS),
    st.data(),
)
@settings(deadline=None, max_examples=40)
def test_exact_in_rational_arithmetic(points, k, data):
    labels = data.draw(st.lists(st.integers(-1000, 1000), min_size=len(points), max_size=len(points)))
    network = rational.build(points, labels, k)
    assert [network(point) for point in points] == labels


@pytest.mark.parametrize("k", [2, 3, 4, 9, 16])
def test_the_stages_are_linear_layers_and_relu_alone(k):
    """The dense network of the same function has the depth, the width and, shared projection aside, the weights."""
    points, labels = sample(60, 5)
    network = depth.build(points, labels, k)
    plain = dense(network)
    linear = [layer for layer in plain if isinstance(layer, nn.Linear)]
    assert len(linear) == k
    assert len(plain) == 2 * k - 1
    assert max(layer.out_features for layer in linear) == network.width
    projected = sum(torch.count_nonzero(parameter).item() for parameter in plain.parameters())
    shared = 5 * (linear[0].out_features - 1)
    starts = k - 2  # each later interval starts at the carry's zero: a bias that is 0
    assert projected - shared == network.weight_count() - starts
    everywhere = torch.from_numpy(np.random.default_rng(1).uniform(-300, 300, (200, 5)))
    torch.testing.assert_close(plain(everywhere)[:, 0], network(everywhere), rtol=1e-9, atol=1e-9 * np.abs(labels).max())
    assert np.abs(expressivity.evaluate(plain, points.astype(float))[:, 0] - labels).max() < 1e-9


def test_depth_two_is_theorem_1():
    points, labels = sample(50, 4)
    deep, flat = depth.build(points, labels, 2), expressivity.build(points, labels)
    assert expressivity.parameter_count(deep) == expressivity.parameter_count(flat) == 2 * 50 + 4
    assert np.array_equal(expressivity.evaluate(deep, points), expressivity.evaluate(flat, points))


def test_a_network_too_narrow_for_the_sample_fails_on_the_rest():
    """Below the width n/(k - 1) there is room for fewer points, and the others keep no label."""
    points, labels = sample(200, 6)
    network = depth.build(points[:150], labels[:150], 5)
    errors = np.abs(expressivity.evaluate(network, points) - labels)
    assert errors[:150].max() < 1e-9
    assert errors[150:].max() > 0.1


@pytest.mark.parametrize("k", [1, 12])
def test_depths_that_do_not_fit_are_named(k):
    with pytest.raises(ValueError, match=f"depth {k} on 10 points, expected a depth of 2 to 11"):
        depth.build(*sample(10, 3), k)
