"""Gradient descent from zero ends at the minimum-norm solution, and the curvature does not tell optima apart."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rethinking_audit.fixtures.data import datasets
from rethinking_audit.fixtures.theory import linear

EPSILON = np.finfo(np.float64).eps


def sample(n=20, d=100, outputs=3, seed=0):
    random = np.random.default_rng(seed)
    return random.standard_normal((n, d)) / np.sqrt(d), random.standard_normal((n, outputs))


def digits(n=20):
    data = datasets.find("digits").draw(n, 0)
    pixels = data.train_images.reshape(n, -1) / data.max_value
    return pixels - pixels.mean(), np.eye(10)[data.train_labels]


@given(st.integers(0, 2**31))
@settings(deadline=None, max_examples=10)
def test_sgd_from_zero_ends_at_the_pseudo_inverse_solution(seed):
    points, targets = sample(seed=seed)
    start = np.zeros((100, 3))
    found = linear.stochastic_gradient_descent(points, targets, start, epochs=200, seed=seed)
    minimum = np.linalg.pinv(points) @ targets
    assert linear.relative_distance(found, minimum) < 1e-6
    assert linear.share_off_span(points, found) < 1e-12
    assert linear.relative_distance(linear.end_point(points, targets, start), minimum) < 1e-12


def test_gradient_descent_ends_there_too():
    points, targets = sample()
    found = linear.gradient_descent(points, targets, np.zeros((100, 3)), steps=500)
    assert linear.relative_distance(found, np.linalg.pinv(points) @ targets) < 1e-6


def test_sgd_on_real_digits():
    """Real images are badly conditioned: SGD nears the solution slowly, and stays in the span all the way."""
    points, targets = digits()
    start = np.zeros((64, 10))
    minimum = linear.end_point(points, targets, start)
    distances = []
    for epochs in (20, 200, 1000):
        found = linear.stochastic_gradient_descent(points, targets, start, epochs, seed=0)
        distances.append(linear.relative_distance(found, minimum))
        assert linear.share_off_span(points, found) < 1e-12
    assert distances == sorted(distances, reverse=True)
    assert distances[-1] < 0.01


def test_a_start_off_the_span_ends_elsewhere():
    points, targets = sample()
    start = np.random.default_rng(1).standard_normal((100, 3))
    found = linear.stochastic_gradient_descent(points, targets, start, epochs=200, seed=0)
    assert linear.relative_distance(found, linear.end_point(points, targets, start)) < 1e-6
    assert linear.relative_distance(found, linear.end_point(points, targets, 0 * start)) > 0.5
    assert linear.share_off_span(points, found) > 0.5
    assert np.linalg.norm(found) > np.linalg.norm(linear.end_point(points, targets, 0 * start))


def test_the_hessian_is_the_same_and_degenerate_at_every_optimum():
    points, targets = sample(8, 30, 1)
    optima = linear.global_optima(points, targets[:, 0], 4, seed=0)
    hessians, squared = (
        [linear.hessian(linear.linear_loss(points, targets[:, 0], of), optimum) for optimum in optima]
        for of in (linear.log_cosh, linear.half_square)
    )
    assert all(linear.relative_distance(other, optima[0]) > 0.1 for other in optima[1:])
    assert all(np.abs(points @ optimum - targets[:, 0]).max() < 1e-10 for optimum in optima)
    assert max(linear.differences([*hessians, *squared], points.T @ points / 8)) < 30 * EPSILON
    assert {int(np.linalg.matrix_rank(matrix)) for matrix in hessians} == {8}


def test_away_from_the_optima_the_hessian_of_log_cosh_alone_differs():
    """It is X^T diag(1 / cosh(r)^2) X / n, which the squared loss has only at r = 0."""
    points, targets = sample(8, 30, 1)
    place = linear.global_optima(points, targets[:, 0], 2, seed=0)[1] / 2
    weights = 1 / np.cosh(points @ place - targets[:, 0]) ** 2
    varying, constant = (
        linear.hessian(linear.linear_loss(points, targets[:, 0], of), place) for of in (linear.log_cosh, linear.half_square)
    )
    assert linear.relative_distance(varying, points.T @ (weights[:, None] * points) / 8) < 30 * EPSILON
    assert linear.relative_distance(constant, points.T @ points / 8) < 30 * EPSILON
    assert linear.relative_distance(varying, constant) > 0.01


@pytest.mark.parametrize("factor", [1.0, 2.0, 8.0])
def test_the_logistic_loss_of_separable_data_has_no_optimum(factor):
    """Its slope along the weights that separate is negative however long they are, so no weights are optimal."""
    points, targets = sample(8, 30, 1)
    signs = np.sign(targets[:, 0])
    separating = linear.end_point(points, signs, np.zeros(30))
    weights = linear.torch.from_numpy(factor * separating).requires_grad_()
    margins = linear.torch.from_numpy(signs[:, None] * points) @ weights
    slope = linear.torch.autograd.grad(linear.torch.nn.functional.softplus(-margins).mean(), weights)[0]
    assert float(slope @ linear.torch.from_numpy(separating)) < 0


def test_the_kernel_trick_gives_the_minimum_norm_solution():
    points, targets = sample()
    found = linear.dual_solution(points, targets)
    assert linear.relative_distance(found, np.linalg.pinv(points) @ targets) < 1e-12
    assert np.abs(points @ found - targets).max() < 1e-12


def test_the_hessian_of_a_non_linear_model_differs():
    """A ReLU network with its layers rescaled is the same function, of zero loss, with another curvature."""
    points, _ = sample(8, 5)
    teacher = np.random.default_rng(0).standard_normal((4, 6))
    targets = np.maximum(points @ teacher[:, 1:].T, 0) @ teacher[:, 0]
    loss = linear.two_layer_loss(points, targets, linear.log_cosh)
    optima = [teacher, linear.rescaled(teacher, 2.0)]
    assert all(float(loss(linear.torch.from_numpy(optimum))) < 1e-25 for optimum in optima)
    one, other = (linear.hessian(loss, optimum) for optimum in optima)
    assert linear.differences([one, other], one)[0] == 0
    assert linear.differences([one, other], one)[1] > 0.1


def test_samples_that_cannot_be_interpolated_are_named():
    with pytest.raises(ValueError, match="5 points in 3 dimensions"):
        linear.global_optima(*sample(5, 3), 2, seed=0)
    points, targets = sample(5, 30)
    points[1] = points[0]
    with pytest.raises(ValueError, match="expected n < d and independent points"):
        linear.global_optima(points, targets, 2, seed=0)
    with pytest.raises(ValueError, match="every point is zero"):
        linear.stochastic_gradient_descent(0 * points, targets, np.zeros((30, 3)), 1, seed=0)
