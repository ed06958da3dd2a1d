"""What each solver finds, and how its controls spoil it."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from rethinking_audit.fixtures.data import datasets
from rethinking_audit.fixtures.tasks.solutions import Machine, Solutions
from rethinking_audit.fixtures.tasks.sources import canonical
from rethinking_audit.fixtures.theory import features, shallow, solve_kernels
from rethinking_audit.fixtures.theory.masks import unpacked
from rethinking_audit.fixtures.theory.problem import Instance, Sample
from rethinking_audit.fixtures.theory.solvers import SOLVERS


def task(count=60, labels=None, seed=0):
    data = datasets.find("digits").draw(count, 0)
    given = data.train_labels if labels is None else labels
    sample = Sample(data.train_images, given, data.test_images[:100], data.test_labels[:100], data.max_value, data.classes)
    return Instance(sample, seed, "cpu", lambda done, of: None)


def found(problem, at=None, **parameters):
    values = SOLVERS[problem](at or task(), parameters)
    canonical(values)  # plain JSON, no NaN
    return values


def test_rationals_are_exact_on_signals_too():
    data = datasets.find("mnist1d").draw(20, 1000)
    sample = Sample(data.train_images, data.train_labels, data.test_images, data.test_labels, data.max_value, data.classes)
    values = found("rationals", Instance(sample, 0, "cpu", lambda done, of: None), points=20)
    assert values["error"] == 0


@pytest.mark.parametrize("labels", ["classes", "reals"])
def test_theorem_1_on_a_sample(labels):
    values = found("two-layer", labels=labels)
    assert values["weights"] == values["claimed"] == 2 * 60 + 64
    assert values["error"] <= values["rounding"] < 1e-9
    assert values["float32_error"] > 1e3 * values["error"]
    drawn = values["drawn"]
    at_points = np.interp(drawn["x"], drawn["corner_x"], drawn["corner_y"])  # a polygon: linear between its corners
    np.testing.assert_allclose(at_points, drawn["y"], atol=1e-9)


def test_theorem_1_spoiled():
    fewer, equal = found("two-layer", labels="reals", missing=True), found("two-layer", labels="classes", equal=True)
    assert fewer["weights"] == fewer["claimed"] - 1
    assert min(fewer["error"], equal["error"]) > 0.01
    assert "are equal and have the labels" in equal["refused"]


@pytest.mark.parametrize(("problem", "points"), [("all-signs", 6), ("rationals", 20)])
def test_small_samples_are_exact_and_one_weight_fewer_is_not_enough(problem, points):
    whole, fewer = (found(problem, points=points, missing=missing) for missing in (False, True))
    assert whole["error"] <= whole["rounding"]
    assert whole["weights"] == whole["claimed"]
    assert fewer["error"] > 0.01


def test_lemma_1_by_rows_is_lemma_1_by_the_matrix():
    values, spoiled = found("lemma"), found("lemma", interleave=False)
    assert values["rows"] == values["points"] == 60
    assert values["exactly_regular"]
    assert values["smallest_eigenvalue"] >= 0.74 * values["smallest_gap"]
    assert values["smallest_eigenvalue"] > 1e6 * values["rounding"] > 0
    assert spoiled["smallest_eigenvalue"] == 0
    assert spoiled["rows"] < 60
    assert not spoiled["exactly_regular"]


def test_corollary_1_and_one_unit_fewer():
    values, narrow = (found("depth", depths=(2, 3, 7), narrow=narrow) for narrow in (False, True))
    assert values["layers"] == [2, 3, 7]
    assert max(values["errors"]) <= values["rounding"]
    assert all(width <= bound for width, bound in zip(values["width"], values["widths_bound"], strict=True))
    assert all(width < bound for width, bound in zip(narrow["width"], narrow["widths_bound"], strict=True))
    assert min(narrow["errors"]) > 0.01


@pytest.mark.parametrize("dimensions", [None, 50])
def test_sgd_from_zero_and_from_elsewhere(dimensions):
    values, elsewhere = (found("sgd", points=10, epochs=500, dimensions=dimensions, off_span=off) for off in (False, True))
    assert max(values["distance"], values["dual_distance"]) < 1e-8
    assert values["norm"] == pytest.approx(values["smallest_norm"])
    assert min(elsewhere["distance"], elsewhere["dual_distance"]) > 0.5
    assert elsewhere["residual"] < 1e-8


def test_sgd_needs_more_dimensions_than_points():
    with pytest.raises(ValueError, match="60 points in 50 dimensions"):
        found("sgd", points=60, epochs=1, dimensions=50)


def test_the_curvature_of_a_linear_model_and_of_a_network():
    linear, network = found("curvature", points=6, optima=3), found("curvature", points=6, optima=3, units=8)
    assert linear["difference"] < 1e-12
    assert linear["rank"] <= 6
    assert network["difference"] > 0.1
    assert max(linear["losses"] + network["losses"]) < 1e-12
    assert min(linear["losses_elsewhere"]) > 0.1
    assert min(linear["apart"], network["apart"]) > 0.1


def test_only_a_loss_whose_hessian_varies_has_another_curvature_away_from_the_optima():
    varying, constant = (found("curvature", points=6, optima=3, loss=loss) for loss in ("log cosh", "squared"))
    assert varying["difference_elsewhere"] > 0.1
    assert constant["difference_elsewhere"] < 1e-12
    assert max(varying["difference"], constant["difference"]) < 1e-12


def test_a_kernel_machine_on_true_and_on_random_labels():
    random = np.random.default_rng(0).integers(0, 10, 300)
    true, random = (found("kernel", at, kind="raw", gamma=0.2) for at in (task(300), task(300, random)))
    assert true["train_error"] == random["train_error"] == 0
    assert true["residual"] < 1e-9
    assert true["test_error"] < 0.1
    assert random["test_error"] > 0.7
    assert random["norm"] > true["norm"]
    solved = Solutions([true])
    assert [np.mean(wrong) for wrong in (*solved.wrong, *solved.ridge_wrong, *solved.neighbour_wrong)] == [
        true[f"{of}test_error"] for of in ("", "ridge_", "neighbour_")
    ]
    assert true["test_error"] < true["ridge_test_error"] < 0.2 < random["ridge_test_error"]


def test_the_images_that_each_machine_of_a_grid_gets_wrong_are_as_many_as_its_errors():
    values = found("kernel-grid", task(300), kind="raw", scales=(1.0, 4.0), l2s=(0.01, 10.0))
    solved = Solutions([values])
    assert [np.mean(unpacked(one, 100)) for one in values["wrongs"]] == values["test_errors"]
    assert np.mean(solved.l2_wrong) == values["l2_test_error"]


def test_an_interpolant_of_random_test_labels_fits_the_training_set_and_is_at_chance():
    forced, smallest = (found("interpolants", task(300), scale=2.0, force=force) for force in (True, False))
    assert forced["train_error"] == smallest["train_error"] == 0
    assert max(forced["residual"], smallest["residual"]) < 1e-6
    assert 0.8 < forced["test_error"] <= 1
    assert smallest["test_error"] < 0.1
    assert forced["norm"] > 1.5 * forced["smallest_norm"]
    assert smallest["norm"] == smallest["smallest_norm"] == forced["smallest_norm"]
    for values in (forced, smallest):
        table = np.array(values["confusion"])
        assert table.sum(axis=1).tolist() == np.bincount(task(300).sample.test_labels, minlength=10).tolist()
        assert 1 - np.trace(table) / 100 == pytest.approx(values["test_error"])
    assert found("interpolants", task(300, seed=1), scale=2.0)["confusion"] != forced["confusion"]


def test_a_grid_leaves_out_what_float64_cannot_solve():
    values = found("kernel-grid", task(300), kind="raw", scales=(1e-17, 1.0, 4.0), l2s=(0.01, 1.0))
    assert values["norms"][0] is None
    assert values["held_out_errors"][0] is None
    assert values["chosen"] in (1, 2)
    assert values["held_out"] == 60
    assert values["l2"] in (0.01, 1.0)
    assert [machine.scale for machine in Solutions([values]).machines[0]] == [1.0, 4.0]
    with pytest.raises(ValueError, match="expected a narrower kernel"):
        found("kernel-grid", kind="raw", scales=(1e-17,), l2s=(1.0,))
    with pytest.raises(ValueError, match="kind of features is 'pixels', expected raw or gabor"):
        found("kernel", kind="pixels")


def test_the_products_of_random_filters_are_made_once_for_all_labels(monkeypatch):
    made, gram = [], features.gram
    monkeypatch.setattr(features, "gram", lambda *given, **more: made.append(1) or gram(*given, **more))
    solve_kernels.forget()
    at = task(200)
    relabelled = replace(at, sample=replace(at.sample, labels=at.sample.labels[::-1].copy()))
    first, other = (found("random-filters", one, filters=60, l2s=(0.1,)) for one in (at, relabelled))
    assert len(made) == 2  # of the images with themselves, and with the test images
    assert first["test_error"] != other["test_error"]
    solve_kernels.forget()
    assert found("random-filters", relabelled, filters=60, l2s=(0.1,)) == other
    for differs in (replace(at, seed=1), task(150)):
        found("random-filters", differs, filters=60, l2s=(0.1,))
    found("random-filters", at, filters=50, l2s=(0.1,))
    assert len(made) == 10


def test_random_filters_with_and_without_l2():
    values = found("random-filters", task(200), filters=60, l2s=(0.001, 0.1), tests=50)
    assert values["tested"] == 50
    assert values["train_error"] == 0
    assert values["residual"] < 1e-6
    assert values["test_error"] < 0.3
    assert values["l2_norm"] < values["norm"]
    masks = [values[name] for name in ("wrong", "l2_wrong", "ridge_wrong", "neighbour_wrong")]
    assert {len(mask) for mask in masks} == {14}  # seven bytes for 50 images


def test_random_signs_are_fitted_and_a_small_class_is_as_small_as_known():
    recipe = {"draws": 3, "width": 256, "rate": 0.1, "batch": 32, "max_epochs": 200}
    networks, ball = found("random-signs", **recipe), found("random-signs", **recipe, linear=True)
    assert networks["correlations"] == [1.0, 1.0, 1.0]
    assert networks["epochs"] < 200
    assert max(ball["correlations"]) < 0.5
    assert 0 < ball["known_low"] < ball["known_high"] < 0.5


def test_a_replaced_example_changes_a_network_and_hardly_ridge_regression():
    recipe = {"replaced": 2, "width": 256, "rate": 0.1, "batch": 32, "max_epochs": 200}
    networks, ridge = found("replace-one", **recipe), found("replace-one", **recipe, l2=100.0)
    assert networks["train_errors"] == [0.0] * 4
    assert min(networks["changes"]) > 0.5
    assert max(ridge["changes"]) < 0.1
    assert max(ridge["changes"]) <= ridge["known_high"]


def test_fused_slopes_are_those_of_each_network():
    recipe = shallow.Recipe(width=7, rate=0.1, batch=5, max_epochs=1)
    networks = shallow.fresh(4, recipe, [0, 1, 0], "cpu")
    points, signs = torch.randn(5, 4), torch.tensor([[1.0, -1, 1, 1, -1]] * 2 + [[-1.0, -1, 1, 1, 1]])
    assert torch.equal(networks.weights[0][0], networks.weights[0][2])
    weights = [part.clone().requires_grad_() for part in networks.weights]
    losses = torch.nn.functional.softplus(-signs * shallow.Networks(weights)(points)).mean(1)
    for own, expected in zip(
        shallow.slopes(networks, points, signs), torch.autograd.grad(losses.sum(), weights), strict=True
    ):
        torch.testing.assert_close(own, expected)


# What a claim's test is given


FIRST, SECOND = [True, *[False] * 7], [False, True, *[False] * 6]


def grid(**changes):
    columns = {
        "scales": [1.0, 2.0, 4.0],
        "norms": [30.0, None, 10.0],
        "test_errors": [0.05, None, 0.04],
        "held_out_errors": [0.04, None, 0.05],
        "held_out": 100,
        "tested": 8,
        "wrongs": ["80", None, "40"],
    }
    return Solutions([{**columns, **changes}])


def test_a_grids_best_are_those_that_held_out_images_cannot_tell_apart():
    assert grid().best[0] == [Machine(1.0, 30.0, 0.05, 0.04, "80"), Machine(4.0, 10.0, 0.04, 0.05, "40")]
    assert grid(held_out=100_000).best[0] == [Machine(1.0, 30.0, 0.05, 0.04, "80")]
    assert grid().best_wrong == [FIRST]


def test_the_norms_of_two_grids_are_compared_for_every_choice_and_first_for_the_best_two():
    surely = grid(held_out=100_000)
    assert grid().norm_ratios(surely) == [1.0, pytest.approx(1 / 3)]
    assert surely.norm_ratios(grid()) == [1.0, 3.0]


def test_the_images_that_are_wrong_at_a_larger_norm_are_those_of_the_best_machine_that_has_one():
    own, other = grid(), grid(wrongs=["20", None, "10"])
    assert own.wrong_at_smallest_norm == [SECOND]
    assert other.wrong_at_larger_norm(2.0, than=own) == [[False, False, True, *[False] * 5]]
    assert grid(held_out_errors=[0.06, None, 0.05]).wrong_at_larger_norm(1.0, than=own) == [SECOND]


def test_fewer_test_images_are_of_all_classes():
    """Images of a folder lie in the order of their classes: the first of them are of one."""
    at = task(200)
    order = np.argsort(at.sample.test_labels, kind="stable")
    ordered = replace(at.sample, test_images=at.sample.test_images[order], test_labels=at.sample.test_labels[order])
    values = found("random-filters", replace(at, sample=ordered), filters=60, l2s=(0.1,), tests=40)
    unordered = found("random-filters", at, filters=60, l2s=(0.1,))
    assert abs(values["test_error"] - unordered["test_error"]) < 0.15
    assert values["tested"] == 40
