"""The witness beside the loop: it is quiet at sound trainings, exact to rounding, and gone when they end."""

from dataclasses import replace

import pytest
import torch
from torch.nn.functional import cross_entropy
from torch.optim import optimizer as optimizers

from rethinking_audit.fixtures.data.contracts import ContractBroken
from rethinking_audit.fixtures.data.datasets import find
from rethinking_audit.fixtures.data.experiment import prepare
from rethinking_audit.fixtures.networks.build import build
from rethinking_audit.fixtures.tasks.training import Training
from rethinking_audit.fixtures.tasks.witness import CONTRACTS, FRESH, FROZEN, REPORTED, ROUNDING, STEPS, Witness
from rethinking_audit.fixtures.training import sgd
from rethinking_audit.fixtures.training.contracts import SEEN
from rethinking_audit.fixtures.training.loop import torch_sgd, train
from rethinking_audit.fixtures.training.numerics import reproducible
from rethinking_audit.fixtures.training.result import DIVERGED
from rethinking_audit.fixtures.training.spec import Recipe
from rethinking_audit.fixtures.training.tensors import Tensors, batches, derived_seed

RECIPE = Recipe(batch=64, learning_rate=0.05, momentum=0.9, lr_decay=0.999, max_epochs=3, patience=3, eval_every=0)


def spec(network="mlp-1x512", **recipe):
    return Training(
        data=find("digits"),
        network=network,
        recipe=replace(RECIPE, **recipe),
        seed=3,
        corruption=1.0,
        train_size=150,
        width=0.25,
    )


def experiment_of(one):
    return prepare(one.data, one.train_size, one.inputs, one.corruption, one.seed)


def watched(one, change=lambda result: None, loss_times=1.0, lost=0):
    """Train, with or without a lie about the loss or the result, or an epoch that nobody hears of."""
    experiment = experiment_of(one)
    with reproducible("cpu"):
        torch.manual_seed(derived_seed(one.seed, 0, "weights"))
        network = build(one.network, (7, 7), 1, 10, one.width)
        with Witness(network, experiment, one) as witness:

            def heartbeat(epoch, loss):
                witness.saw(loss * loss_times)

            result = train(network, experiment, one.recipe, one.seed, "cpu", heartbeat)
            result.epochs += lost
            change(result)
            return witness.check(result)


@pytest.mark.parametrize("network", ["mlp-1x512", "alexnet", "inception", "inception-without-batch-norm", "linear"])
@pytest.mark.parametrize(
    "more", [{}, {"weight_decay": 1e-4}, {"momentum": 0.0}], ids=["plain", "weight decay", "no momentum"]
)
def test_a_sound_training_keeps_every_contract(network, more):
    assert watched(spec(network, **more)) == CONTRACTS


def test_augmented_images_are_no_reason_for_alarm():
    one = replace(spec(crop=True), corruption=0.0)
    assert watched(one) == CONTRACTS


def test_a_network_that_diverged_is_counted_and_not_accused():
    results = []
    watched(spec(learning_rate=1e6), results.append)
    assert results[0].status == DIVERGED


@pytest.mark.parametrize("factor", [1 + 2 * ROUNDING, 1 - 2 * ROUNDING, float("nan"), float("inf")])
def test_a_loss_that_is_off_by_more_than_rounding(factor):
    with pytest.raises(ContractBroken, match="the training loss after epoch 1 is reported as") as broken:
        watched(spec(), loss_times=factor)
    assert broken.value.contract == FROZEN


@pytest.mark.parametrize("factor", [1 + ROUNDING / 2, 1 - ROUNDING / 2])
def test_a_loss_that_is_off_by_rounding(factor):
    assert watched(spec(), loss_times=factor) == CONTRACTS


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda result: result.curves.train_error.append(0.5), "the training error is reported as 50.00%"),
        (lambda result: result.curves.test_error.append(0.123), "the test error is reported as 12.30%"),
        (lambda result: result.confusion.reverse(), "the error by the table of classes is reported as"),
        (lambda result: result.confusion.clear(), "the error by the table of classes is reported as 100.00%"),
    ],
)
def test_a_result_that_is_not_what_the_network_does(change, told):
    with pytest.raises(ContractBroken, match=told) as broken:
        watched(spec(), change)
    assert broken.value.contract == REPORTED


def test_a_table_of_fewer_images_with_the_same_error():
    def halve(result):
        wrong = round(result.test_error * 896)
        result.confusion[:] = [[0] * 10 for _ in range(10)]
        result.confusion[0][0], result.confusion[0][1] = 2 * (896 - wrong), 2 * wrong

    with pytest.raises(ContractBroken, match="the table of classes is of 1792 images, expected 896"):
        watched(spec(), halve)


def test_epochs_that_nobody_saw():
    with pytest.raises(ContractBroken, match="4 epochs are reported, 3 were seen"):
        watched(spec(), lost=1)


def test_the_hooks_are_gone_afterwards_also_where_a_contract_broke():
    before = len(optimizers._global_optimizer_post_hooks)
    watched(spec())
    with pytest.raises(ContractBroken):
        watched(spec(), loss_times=2.0)
    assert sgd._listeners == []
    assert len(optimizers._global_optimizer_post_hooks) == before


def told(one, change=lambda *step: step, step=True, epochs=2):
    """Tell a witness of the steps of a training that takes them by no optimizer, with or without a change."""
    experiment = experiment_of(one)
    with reproducible("cpu"):
        torch.manual_seed(derived_seed(one.seed, 0, "weights"))
        network = build(one.network, (7, 7), 1, 10, one.width)
        witness, data = Witness(network, experiment, one), Tensors.of(experiment, "cpu", one.recipe)
        for epoch in range(1, epochs + 1):
            rate = RECIPE.learning_rate * RECIPE.lr_decay ** (epoch - 1)
            for images, labels in batches(data, one.recipe, one.seed, epoch):
                if step:
                    for parameter in network.parameters():
                        parameter.data.mul_(0.99).sub_(1e-4)
                witness.stepped_on(*change(images, labels, one.recipe, rate))
            witness.saw(float(cross_entropy(network(data.inputs), data.labels).detach()))
    return witness


def test_steps_that_the_witness_is_told_of():
    assert told(spec()).epoch == 2


@pytest.mark.parametrize(
    ("change", "contract"),
    [
        (lambda images, labels, *settings: (images, labels.roll(1), *settings), SEEN),
        (lambda images, *rest: (-images, *rest), SEEN),
        (lambda images, labels, *settings: (images[:-1], labels[:-1], *settings), SEEN),
        (lambda *step: (*step[:3], 0.1), STEPS),
        (lambda *step: (*step[:2], replace(step[2], momentum=0.0), step[3]), STEPS),
    ],
    ids=["labels", "images", "too few", "learning rate", "momentum"],
)
def test_told_steps_that_are_not_the_recipes(change, contract):
    with pytest.raises(ContractBroken) as broken:
        told(spec(), change)
    assert broken.value.contract == contract


def test_told_steps_that_move_nothing():
    with pytest.raises(ContractBroken, match="the weights after epoch 1 are those before it"):
        told(spec(), step=False)


def test_what_was_not_looked_at_is_not_claimed():
    one = spec()
    experiment = experiment_of(one)
    with reproducible("cpu"):
        torch.manual_seed(derived_seed(one.seed, 0, "weights"))
        network = build(one.network, (7, 7), 1, 10, one.width)
        witness = Witness(network, experiment, one, sees_steps=False)
        result = train(network, experiment, one.recipe, one.seed, "cpu", lambda epoch, loss: witness.saw(loss))
        assert witness.check(result) == (FRESH, FROZEN, REPORTED)


@pytest.mark.parametrize("descent", [torch_sgd, sgd.SGD])
def test_another_optimizers_steps_are_not_counted(descent):
    one = spec()
    experiment = experiment_of(one)
    torch.manual_seed(derived_seed(one.seed, 0, "weights"))
    network, other = build(one.network, (7, 7), 1, 10, one.width), torch.nn.Linear(2, 2)
    with Witness(network, experiment, one) as witness:
        other(torch.ones(1, 2)).sum().backward()
        descent(other.parameters(), replace(one.recipe, learning_rate=7)).step()
        with pytest.raises(ContractBroken, match="epoch 1 took 0 steps, expected 3") as broken:
            witness.saw(1.0)
    assert broken.value.contract == STEPS


def test_weights_of_another_seed_are_not_fresh():
    one = spec()
    torch.manual_seed(derived_seed(one.seed + 1, 0, "weights"))
    network = build(one.network, (7, 7), 1, 10, one.width)
    with (
        pytest.raises(ContractBroken, match="the weights before the first step are not those that seed 3 gives") as broken,
        Witness(network, experiment_of(one), one),
    ):
        pass
    assert broken.value.contract == FRESH
