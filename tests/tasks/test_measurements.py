"""What is measured of finished trainings: the steps to fit, between the epochs at whose ends the loss is known."""

import math
from dataclasses import replace

import pytest

from rethinking_audit.fixtures.tasks.measurements import Runs
from rethinking_audit.fixtures.training.result import BUDGET_EXHAUSTED, DIVERGED, FIT, STALLED, Curves, Result

PER_EPOCH = 8  # steps in an epoch


def run(*losses, fit=None, status=FIT, error=0.0):
    curves = Curves(train_loss=list(losses), train_error=[0.9, error], test_error=[0.5])
    return Result(status, len(losses) - 1, PER_EPOCH, fit, fit, curves, [[1, 0], [0, 1]], 1, "", 1.0, "", "", [])


def steps(*results):
    return Runs(list(results)).time_to_fit


def test_the_logarithm_of_the_loss_is_a_straight_line_between_two_epochs():
    """From 0.2 to 0.0125 the loss halves four times in an epoch, and is 0.05 after two."""
    assert steps(run(2.3, 0.2, 0.0125, fit=2)) == [(pytest.approx(1.5 * PER_EPOCH), pytest.approx(1.5 * PER_EPOCH))]
    assert steps(run(2.3, 0.05, 0.01, fit=2)) == [(PER_EPOCH, PER_EPOCH)]  # there at the end of the first, to all digits
    assert steps(run(0.8, 0.003125, fit=1)) == [(pytest.approx(PER_EPOCH / 2), pytest.approx(PER_EPOCH / 2))]


def test_a_loss_that_rounds_to_zero_is_the_least_that_float32_resolves():
    [(low, high)] = steps(run(2.3, 0.1, 0.0, fit=2))
    assert low == high == pytest.approx(PER_EPOCH * (1 + math.log(2) / math.log(0.1 * 2**24)))


def test_a_recipe_that_augments_fits_in_whole_epochs():
    """Its batches decide, whose loss is no curve: that of the images may be below 0.05 earlier, or not yet."""
    assert steps(run(2.3, 0.04, 0.03, fit=2), run(2.3, 0.2, 0.06, fit=2)) == [(2 * PER_EPOCH, 2 * PER_EPOCH)] * 2


def test_a_run_that_did_not_fit_needs_longer_or_forever():
    stopped = run(2.3, 1.0, 0.5, status=BUDGET_EXHAUSTED)
    given_up = [run(2.3, 1.0, 1.0, status=status) for status in (STALLED, DIVERGED)]
    assert steps(stopped, *given_up) == [(2 * PER_EPOCH, math.inf), (math.inf, math.inf), (math.inf, math.inf)]


def test_a_training_error_is_bounded_if_the_budget_ended_and_1_if_it_diverged():
    runs = Runs([run(2.3, 1.0, status=status, error=0.3) for status in (FIT, STALLED, BUDGET_EXHAUSTED, DIVERGED)])
    assert runs.train_error == [(0.3, 0.3), (0.3, 0.3), (0.0, 0.3), (1.0, 1.0)]


def curved(*errors, halves=()):
    one = replace(run(2.3, 0.01, fit=1), confusion=[[50, 0], [0, 50]])
    return replace(one, curves=replace(one.curves, test_error=list(errors), half_errors=[list(pair) for pair in halves]))


def test_falls_are_means_over_the_evaluations_so_that_a_longer_curve_is_no_less_steady():
    once, twice = curved(0.5, 0.7, 0.4), curved(0.5, 0.7, 0.4, 0.6, 0.3)
    runs = Runs([once, twice])
    assert runs.falls == [pytest.approx(0.2 / 2), pytest.approx(0.4 / 4)]


def test_a_curve_without_a_fall_counts_one_image():
    assert Runs([curved(0.7, 0.5, 0.3)]).falls == [pytest.approx(1 / 100 / 2)]  # a hundred test images, two steps


def test_the_gain_by_early_stopping_is_a_share_of_the_last_error():
    """Both halves choose the middle epoch: a fifth of the last error is saved, whether it is large or small."""
    large = curved(0.5, halves=[(0.9, 0.9), (0.4, 0.4), (0.5, 0.5)])
    small = curved(0.5, halves=[(0.9, 0.9), (0.04, 0.04), (0.05, 0.05)])
    assert Runs([large, small]).early_stopping_gain == [pytest.approx(0.2), pytest.approx(0.2)]


def test_a_best_epoch_by_luck_gains_nothing_and_an_error_of_zero_leaves_nothing_to_gain():
    luck = curved(0.5, halves=[(0.1, 0.5), (0.5, 0.1), (0.3, 0.3)])
    done = curved(0.0, halves=[(0.2, 0.2), (0.0, 0.0)])
    assert Runs([luck, done]).early_stopping_gain == [pytest.approx((0.3 - 0.5) / 0.3), 0.0]


def test_halves_are_the_accuracies_at_the_end():
    assert Runs([curved(0.5, halves=[(0.9, 0.9), (0.2, 0.4)])]).halves == [(pytest.approx(0.8), pytest.approx(0.6))]
