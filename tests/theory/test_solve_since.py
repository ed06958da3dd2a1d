"""What the solvers of the claims found since 2017 find, and how their controls spoil it."""

import numpy as np
import pytest
import torch

from rethinking_audit.fixtures.tasks.sources import canonical
from rethinking_audit.fixtures.theory import shallow
from rethinking_audit.fixtures.theory.solve_sharpness import largest_curvature
from rethinking_audit.fixtures.theory.solvers import SOLVERS
from tests.builders.solved import digits


def found(problem, count=200, **parameters):
    values = SOLVERS[problem](digits(count), parameters)
    canonical(values)  # plain JSON, no NaN
    return values


def test_the_error_of_least_squares_peaks_at_interpolation_and_that_of_ridge_does_not():
    multiples = (0.2, 1.0, 10.0)
    plain, ridge = (found("double-descent", multiples=multiples, l2=l2) for l2 in (0.0, 0.1))
    few, as_many, many = plain["test_accuracies"]
    assert plain["features"] == [40, 200, 2000]
    assert plain["train_errors"][1:] == [0, 0]
    assert many > few > as_many + 0.2
    assert ridge["test_accuracies"] == sorted(ridge["test_accuracies"])


def test_a_network_corrects_wrong_labels_before_it_learns_them():
    recipe = {"share": 0.2, "width": 128, "rate": 0.1, "batch": 32, "max_epochs": 200}
    values = found("easy-first", **recipe)
    assert 1 <= values["early"] < values["epochs"] < 200
    assert values["corrected"] > 0.5
    assert values["left"] == 0


def test_a_network_that_learns_nothing_corrects_nothing_more_in_its_last_epoch():
    values = found("easy-first", share=0.2, width=8, rate=1e-9, batch=32, max_epochs=2)
    assert values["early"] == values["epochs"] == 2
    assert values["left"] == values["corrected"] > 0


def test_one_example_moves_the_loss_far_somewhere_and_hardly_at_new_images():
    values = found("average-stability", replaced=2, width=128, rate=0.1, batch=32, max_epochs=200)
    assert values["train_errors"] == [0.0] * 3
    assert min(values["changes"]) > 0.5
    assert 0 < values["mean_change"] < 0.1


def test_a_rescaled_network_is_the_same_function_and_sharper():
    recipe = {"scale": 100.0, "width": 3, "rate": 0.1, "batch": 32, "max_epochs": 50}
    values, spoiled = (found("sharpness", 60, **recipe, missing=missing) for missing in (False, True))
    assert values["change"] < 1e-14
    assert values["powers"] > 1.5
    assert spoiled["curvature"] == values["curvature"] > 0
    assert spoiled["change"] > 1


def test_a_network_so_far_multiplied_that_its_loss_is_flat_has_a_finite_curvature():
    recipe = {"scale": 1e6, "width": 16, "rate": 0.1, "batch": 32, "max_epochs": 200}
    assert found("sharpness", 60, **recipe, missing=True)["powers"] < -15


def test_the_largest_curvature_is_that_of_finite_differences():
    drawn = np.random.default_rng(1000)
    weights = [torch.from_numpy(drawn.standard_normal(shape)) for shape in ((1, 4, 3), (1, 1, 3), (1, 3, 1), (1, 1, 1))]
    points, signs = torch.from_numpy(drawn.standard_normal((20, 4))), torch.from_numpy(drawn.choice([-1.0, 1.0], 20))
    start, step = torch.cat([part.flatten() for part in weights]), 1e-5

    def slope(flat):
        parts = [part.reshape(one.shape) for part, one in zip(flat.split([12, 3, 3, 1]), weights, strict=True)]
        return torch.cat([part.flatten() for part in shallow.slopes(shallow.Networks(parts), points, signs[None])])

    moves = torch.eye(len(start), dtype=torch.float64) * step
    hessian = torch.stack([(slope(start + move) - slope(start - move)) / (2 * step) for move in moves])
    largest = float(torch.linalg.eigvalsh((hessian + hessian.T) / 2)[-1])
    assert largest_curvature(weights, points, signs) == pytest.approx(largest, rel=1e-6)
