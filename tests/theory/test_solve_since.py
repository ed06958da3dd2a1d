"""What the solvers of the claims found since 2017 find, and how their controls spoil it."""

import pytest

from rethinking_audit.fixtures.tasks.solutions import Solutions
from rethinking_audit.fixtures.tasks.sources import canonical
from rethinking_audit.fixtures.theory.solvers import SOLVERS
from tests.builders.solved import digits


def found(problem, count=200, **parameters):
    values = SOLVERS[problem](digits(count), parameters)
    canonical(values)  # plain JSON, no NaN
    return values


def test_the_error_of_least_squares_peaks_at_interpolation_and_that_of_ridge_does_not():
    multiples = (0.2, 1.0, 10.0)
    plain, ridge = (found("double-descent", multiples=multiples, l2=l2) for l2 in (0.0, 0.1))
    few, as_many, many = plain["test_errors"]
    assert plain["features"] == [40, 200, 2000]
    assert plain["train_errors"][1:] == [0, 0]
    assert many < few < as_many - 0.2
    assert ridge["test_errors"] == sorted(ridge["test_errors"], reverse=True)


def test_the_images_that_are_wrong_at_each_multiple_are_as_many_as_its_errors():
    values = found("double-descent", multiples=(0.2, 1.0))
    wrong = Solutions([values, values]).wrong_by("multiples")
    assert list(wrong) == [0.2, 1.0]
    for (first, second), error in zip(wrong.values(), values["test_errors"], strict=True):
        assert first == second
        assert sum(first) == pytest.approx(error * len(first))


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
