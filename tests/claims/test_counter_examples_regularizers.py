"""Worlds in which a claim about regularizers is false, or in which nothing was treated: no claim is HELD in them.

Beside them stand worlds in which the claims are true, so that no rule passes by never holding.
"""

from functools import partial

import pytest

from rethinking_audit.fixtures.tasks.treatment import NoTreatment
from tests.builders.claims import import_file
from tests.builders.judgements import HELD, INCONCLUSIVE, REFUTED
from tests.builders.places import CLAIMS
from tests.builders.projects import Project
from tests.builders.worlds import judged, training

CLAIM = import_file(CLAIMS / "test_regularizers.py")
SINCE = import_file(CLAIMS / "test_since.py")
READING = import_file(CLAIMS / "test_readings.py")
ACCURACY = {"inception": 0.90, "inception-without-batch-norm": 0.86, "alexnet": 0.66, "mlp-3x512": 0.32, "mlp-1x512": 0.31}
CROPS, DOSE, CHANCE = 0.05, 0.005, 0.1  # what crops and weight decay add; what random labels leave
STOPS = 0.02  # the dose of weight decay that stops memorization


def world(task, treated=True, accuracy=ACCURACY, crops=CROPS, dose=DOSE, random_labels=CHANCE):
    """The paper's world, unless told otherwise: crops help more than weight decay, and the network matters most."""
    recipe = task.recipe
    if task.corruption == 1:
        return training(task, random_labels, 0.27 if recipe.weight_decay >= STOPS else 0.0, treated=treated)
    gained = (dose * bool(recipe.weight_decay) + crops * recipe.crop) if treated else 0
    return training(task, accuracy[task.network] + gained, treated=treated)


TREATED = [
    (CLAIM.test_networks_generalize_without_regularizers, "inception", HELD),
    (CLAIM.test_random_labels_are_fitted_with_regularizers, "inception", HELD),
    (SINCE.test_some_dose_stops_memorization_and_costs_little, "mlp-1x512", HELD),
    (CLAIM.test_crops_help_more_than_weight_decay, "inception", HELD),
    (CLAIM.test_the_network_matters_more_than_a_regularizer, "inception", HELD),
    (READING.test_regularizers_improve_networks_trained_on_random_labels, "inception", REFUTED),
]


# Treatments that do nothing (row 1)


@pytest.mark.parametrize(("test", "network", "verdict"), TREATED, ids=lambda value: getattr(value, "__name__", str(value)))
def test_a_weight_decay_that_does_nothing_leaves_nothing_to_judge(test, network, verdict):
    assert judged(test, world, network).verdict is verdict
    with pytest.raises(NoTreatment, match="did nothing"):
        judged(test, partial(world, treated=False), network)


PLACEBO = """
[fast]
data = "digits"
train_size = 50
seeds = 2
recipe = { batch = 50, momentum = 0.9, lr_decay = 0.95, max_epochs = 3, patience = 3, eval_every = 1 }
conditions = { compared = {} }
[fast.networks.mlp-1x512]
learning_rate = 0.1
width = 0.02
doses = [1e-12]
"""


def test_an_audit_does_not_run_a_claim_whose_treatment_did_nothing(tmp_path):
    project = Project(tmp_path / "project")
    (project.folder / "claims" / "tiers.toml").write_text(PLACEBO)
    code, _ = project.run("-m", "fast", "-k", "test_regularizers_improve")
    (reading,) = project.audit()["readings"]
    assert (code, reading["verdict"]) == (5, "NOT RUN")
    assert "a treatment changes weights and predictions: regularized 1e-12 did nothing" in reading["cases"][0]["reason"]


def test_regularizers_without_which_a_network_fails_are_necessary():
    test = CLAIM.test_networks_generalize_without_regularizers
    assert judged(test, partial(world, accuracy={**ACCURACY, "alexnet": 0.2}, crops=0.5), "alexnet").verdict is REFUTED


def test_a_regularizer_that_helps_and_stops_memorization_suffices():
    def stopped(task):
        return training(task, CHANCE, 0.3) if task.corruption and task.recipe.weight_decay else world(task)

    assert judged(CLAIM.test_random_labels_are_fitted_with_regularizers, stopped, "alexnet").verdict is REFUTED


@pytest.mark.parametrize(("lost", "unfitted"), [(0.1, 0.27), (0.0, 0.0), (0.1, 0.0)])
def test_doses_that_stop_memorization_only_at_a_price_or_never_refute_the_dose(lost, unfitted):
    def priced(task):
        strong = task.recipe.weight_decay >= STOPS
        if task.corruption:
            return training(task, CHANCE, unfitted * strong)
        return training(task, ACCURACY[task.network] - lost * strong)

    assert judged(SINCE.test_some_dose_stops_memorization_and_costs_little, priced, "mlp-1x512").verdict is REFUTED


# The network and the regularizers (row 10)


@pytest.mark.parametrize(
    ("accuracy", "crops", "verdict"),
    [
        ({}, CROPS, HELD),
        ({"mlp-1x512": 0.74, "inception": 0.58}, CROPS, REFUTED),  # once HELD: 16 points, whichever way round
        ({"mlp-1x512": 0.87}, CROPS, REFUTED),
        ({"mlp-1x512": 0.31, "inception": 0.35}, 0.5, REFUTED),
        ({"mlp-1x512": 0.85}, CROPS, INCONCLUSIVE),
    ],
)
def test_a_network_that_is_worse_or_gains_less_than_a_regularizer_is_refuted(accuracy, crops, verdict):
    test = CLAIM.test_the_network_matters_more_than_a_regularizer
    assert judged(test, partial(world, accuracy=ACCURACY | accuracy, crops=crops), "inception").verdict is verdict


@pytest.mark.parametrize(("crops", "dose", "verdict"), [(0.0, 0.05, REFUTED), (0.03, 0.03, INCONCLUSIVE)])
def test_weight_decay_that_helps_as_much_as_crops_is_not_held_to_help_less(crops, dose, verdict):
    test = CLAIM.test_crops_help_more_than_weight_decay
    assert judged(test, partial(world, crops=crops, dose=dose), "inception").verdict is verdict


# Early stopping (row 8)


@pytest.mark.parametrize(
    ("best", "last", "verdict"),
    [
        (0.10, 0.10, HELD),
        (0.099, 0.10, HELD),
        (0.001, 0.0346, REFUTED),  # once HELD: 3.36 points were allowed, and 3.46 was all that could be gained
        (0.0173, 0.0346, REFUTED),
        (0.30, 0.40, REFUTED),
    ],
)
def test_a_gain_by_early_stopping_is_a_share_of_the_error_that_is_left(best, last, verdict):
    def stopping(task):
        return training(task, 0, errors=[best, last + task.seed / 1e5])

    assert judged(CLAIM.test_early_stopping_brings_no_gain, stopping, "inception").verdict is verdict


# BatchNorm (row 9)


def normalized(task, points, falls=0.02):
    """BatchNorm adds these points, and without it the test accuracy falls by this much on the way, with it by 0.005."""
    plain = task.network == "inception-without-batch-norm"
    last = 1 - (0.86 + (0 if plain else points)) + task.seed / 1e4
    return training(task, 0, errors=[last, last + (falls if plain else 0.005), last])


@pytest.mark.parametrize(
    ("points", "falls", "verdict"),
    [
        (0.04, 0.02, HELD),
        (0.0, 0.02, INCONCLUSIVE),  # once HELD, by a learning rate ten times as high and other epochs
        (-0.04, 0.02, REFUTED),
        (0.04, 0.0025, REFUTED),
    ],
)
def test_a_batch_norm_that_adds_nothing_or_unsettles_training_is_not_held_to_help(points, falls, verdict):
    test = CLAIM.test_batch_norm_steadies_and_is_not_the_cause
    assert judged(test, partial(normalized, points=points, falls=falls), "inception", "paper").verdict is verdict


# Readings: each is HELD in its own world


def test_regularizers_that_do_improve_networks_on_random_labels_are_found():
    test = READING.test_regularizers_improve_networks_trained_on_random_labels

    def improved(task):
        return training(task, CHANCE + 0.06 * bool(task.recipe.weight_decay))

    assert judged(test, improved, "inception").verdict is HELD


@pytest.mark.parametrize(("accuracy", "verdict"), [(0.1, HELD), (0.31, REFUTED), (0.9, REFUTED)])
def test_a_network_that_is_at_chance_without_regularizers_needs_them(accuracy, verdict):
    test = READING.test_regularization_is_necessary_with_more_parameters_than_examples
    assert judged(test, partial(world, accuracy={"mlp-1x512": accuracy}), "mlp-1x512").verdict is verdict


KINDS = ("original", "shuffled", "random", "gaussian")


@pytest.mark.parametrize(
    ("accuracies", "verdict"),
    [
        ((0.90, 0.31, 0.20, 0.10), REFUTED),
        ((0.10, 0.20, 0.31, 0.90), HELD),
        ((0.20, 0.31, 0.90, 0.10), REFUTED),
        ((0.30, 0.30, 0.30, 0.30), INCONCLUSIVE),
    ],
)
def test_image_noise_lowers_the_error_only_if_each_kind_does(accuracies, verdict):
    by_kind = dict(zip(KINDS, accuracies, strict=True))
    test = READING.test_generalization_error_falls_as_images_get_noisier
    assert judged(test, lambda task: training(task, by_kind[task.inputs]), "inception").verdict is verdict
