"""Every published void experiment that a contract of the training can catch is caught, and by name.

Each test makes the mistake that some reproduction published, and shows which contract says so.
"""

from dataclasses import replace

import numpy as np
import pytest
import torch

from rethinking_audit.fixtures.data.datasets import find
from rethinking_audit.fixtures.data.experiment import cropped, standardized
from rethinking_audit.fixtures.networks import NETWORKS
from rethinking_audit.fixtures.networks.build import build
from rethinking_audit.fixtures.tasks.training import Training
from rethinking_audit.fixtures.training import contracts as training
from rethinking_audit.fixtures.training.loop import train
from rethinking_audit.fixtures.training.spec import Recipe
from rethinking_audit.fixtures.training.tensors import Tensors, batches
from tests.builders.contracts import RNG, broken, experiment

RECIPE = Recipe(batch=64, learning_rate=0.1, momentum=0.9, lr_decay=1.0, max_epochs=30, patience=30, eval_every=0)


def epoch(data, recipe=RECIPE):
    return list(batches(Tensors.of(data, "cpu", recipe), recipe, 0, 1))


def test_labels_permuted_inside_each_batch_are_not_the_experiments():
    data = experiment()
    seen = [(images, labels[torch.randperm(len(labels))]) for images, labels in epoch(data)]
    broken(
        training.optimizer_sees_the_experiment,
        seen,
        data,
        False,
        contract="what the optimizer sees",
        reason="the labels of its images are not the ones that belong to them",
    )


def test_training_on_other_labels_than_the_corrupted_ones():
    data = experiment()
    seen = epoch(replace(data, labels=data.clean_labels))
    broken(
        training.optimizer_sees_the_experiment,
        seen,
        data,
        False,
        contract="what the optimizer sees",
        reason="labels in the batches are not the experiment's",
    )


def test_corrupted_pixels_that_are_stored_but_not_trained_on():
    """Random pixels that end at the accuracy of clean images."""
    data = experiment("random")
    clean = standardized(cropped(data.pixels, (7, 7)))
    broken(
        training.optimizer_sees_the_experiment,
        epoch(replace(data, inputs=clean)),
        data,
        False,
        contract="what the optimizer sees",
        reason="images are not the inputs",
    )


def test_augmentation_left_on():
    """A flag "False" that is a true string."""
    data = experiment()
    seen = epoch(data, replace(RECIPE, crop=True))
    broken(
        training.optimizer_sees_the_experiment,
        seen,
        data,
        False,
        contract="what the optimizer sees",
        reason="images are not the inputs",
    )


@pytest.mark.parametrize(
    ("built", "named", "difference"),
    [
        ("inception", "inception-without-batch-norm", "ShiftBatchNorm"),  # a flag that was reset
        ("mlp-1x512", "mlp-3x512", "Linear"),  # a number of layers that was reset
    ],
)
def test_a_network_that_is_not_the_one_it_is_called(built, named, difference):
    network = build(built, (7, 7), 1, 10, 0.25)
    broken(
        training.network_is_the_named_one,
        network,
        named,
        (7, 7),
        1,
        10,
        0.25,
        contract="the named network",
        reason=difference,
    )


def test_dropout_that_is_swallowed():
    with pytest.raises(ValueError, match=r"dropout is 0\.2, but the network has no dropout layer"):
        train(build("mlp-1x512", (7, 7), 1, 10), experiment(), replace(RECIPE, dropout=0.2), 0, "cpu")


@pytest.mark.lengthy
def test_a_network_that_was_trained_at_another_level_before():
    torch.manual_seed(0)
    network = build("mlp-1x512", (7, 7), 1, 10)
    train(network, experiment(corruption=0.0), RECIPE, 0, "cpu")
    broken(
        training.weights_are_fresh, network, experiment(corruption=0.1), contract="fresh weights", reason="it was trained"
    )


@pytest.mark.parametrize(
    "name", ["mlp-1x512", "mlp-3x512", "alexnet", "inception", "inception-without-batch-norm", "linear"]
)
@pytest.mark.lengthy
def test_a_fresh_network_is_not_accused(name):
    data = experiment(corruption=0.0)
    for seed in range(20):
        torch.manual_seed(seed)
        training.weights_are_fresh(build(name, (7, 7), 1, 10, 0.25), data)


class Knowing(torch.nn.Module):
    """Knows the labels of so large a share of the images, which hold their own number as their first value."""

    def __init__(self, labels, share):
        super().__init__()
        known = RNG.random(len(labels)) < share
        self.answers = torch.as_tensor(np.where(known, labels, RNG.integers(0, 10, len(labels))))

    def forward(self, images):
        return torch.nn.functional.one_hot(self.answers[images[:, 0, 0, 0].long()], 10).float()


@pytest.mark.parametrize("order", ["mixed", "by class"])
@pytest.mark.parametrize(("right", "found"), [(0.1, False), (0.3, True)])
def test_of_many_images_a_sample_tells_whether_a_network_was_trained(order, right, found):
    count = 20_000
    labels = RNG.integers(0, 10, count) if order == "mixed" else np.sort(RNG.integers(0, 10, count))
    images = np.arange(count, dtype=np.float32).reshape(-1, 1, 1, 1)
    data = replace(experiment(), inputs=images, labels=labels)
    seen, network = [], Knowing(labels, (right - 0.1) / 0.9)
    network.register_forward_pre_hook(lambda network, inputs: seen.extend(inputs[0].flatten().tolist()))
    if found:
        broken(training.weights_are_fresh, network, data, contract="fresh weights", reason="it was trained")
    else:
        training.weights_are_fresh(network, data)
    assert len(set(seen)) == training.SAMPLE
    assert (min(seen), max(seen)) == (0, count - 1)


def test_of_few_images_all_are_looked_at():
    data = experiment(train_size=training.SAMPLE)
    assert training._sample(data) is data


def test_a_wrong_parameter_count(monkeypatch):
    monkeypatch.setitem(NETWORKS, "mlp-1x512", replace(NETWORKS["mlp-1x512"], parameters=1_577_984))
    broken(training.paper_parameters, "mlp-1x512", contract="parameter count", reason="1,209,866 parameters")


def test_an_epoch_that_leaves_examples_out():
    data = experiment()
    broken(
        training.optimizer_sees_the_experiment,
        epoch(data)[:-1],
        data,
        False,
        contract="what the optimizer sees",
        reason="expected 901",
    )


def test_a_network_of_another_width_differs_in_its_sizes():
    broken(
        training.network_is_the_named_one,
        *(build("mlp-1x512", (7, 7), 1, 10, 0.25), "mlp-1x512", (7, 7), 1, 10, 0.5),
        contract="the named network",
        reason=r"^the named network: mlp-1x512 has 7,690 parameters, expected 15,370 \(differs in: sizes\)$",
    )


def test_all_layers_that_differ_are_named():
    broken(
        training.network_is_the_named_one,
        *(build("mlp-1x512", (7, 7), 1, 10), "mlp-3x512", (7, 7), 1, 10, 1.0),
        contract="the named network",
        reason=r"\(differs in: 1 x ReLU, 2 x Linear, 3 x ReLU, 4 x Linear\)$",
    )


def spec(**changes):
    return Training(
        data=find("digits"), network="mlp-1x512", recipe=replace(RECIPE, **changes), seed=0, corruption=1.0, width=0.25
    )


def test_a_run_keeps_four_contracts_before_its_first_step():
    torch.manual_seed(0)
    network, data = build("mlp-1x512", (7, 7), 1, 10, 0.25), experiment()
    names = ["network_is_the_named_one", "paper_parameters", "weights_are_fresh", "optimizer_sees_the_experiment"]
    assert training.check_training(network, data, spec()) == names
    assert training.check_training(network, data, spec(flip=True)) == names


def test_a_run_of_a_network_with_another_parameter_count(monkeypatch):
    monkeypatch.setitem(NETWORKS, "mlp-1x512", replace(NETWORKS["mlp-1x512"], parameters=1))
    network = build("mlp-1x512", (7, 7), 1, 10, 0.25)
    broken(training.check_training, network, experiment(), spec(), contract="parameter count", reason="expected 1$")


def test_batches_of_images_whose_labels_are_another_number():
    images, labels = epoch(experiment())[0]
    with pytest.raises(ValueError, match="zip"):
        training.examples(images, labels[:-1])
