"""Captured steps against the reference loop: the step on the CPU, uncaptured, and where there is a GPU its graph."""

from dataclasses import replace

import pytest
import torch

from fixtures.data.experiment import prepare
from fixtures.networks import build
from fixtures.training.captured import CapturedSteps, train
from fixtures.training.loop import train as reference
from fixtures.training.loop import train_epoch
from fixtures.training.numerics import reproducible, usable_gpus
from fixtures.training.run import Run
from fixtures.training.spec import Recipe

# Rates that float32 holds exactly, as a graph must be given them.
RECIPE = Recipe(batch=32, learning_rate=0.0625, momentum=0.9, decay=0.5, budget=3, patience=40, weight_decay=0.01)
GPU = pytest.mark.skipif(not usable_gpus(), reason="needs a GPU")
DEVICES = ["cpu", pytest.param("cuda:0", marks=GPU)]


def network(name, width=0.1):
    torch.manual_seed(0)
    return build(name, 7, 1, 10, width)


@pytest.mark.parametrize("device", DEVICES)
@pytest.mark.parametrize("recipe", [RECIPE, replace(RECIPE, momentum=0.0), replace(RECIPE, batch=100)])
@pytest.mark.parametrize("name", ["mlp-1x512", "inception", "alexnet"])
def test_in_float64_every_step_is_the_reference_loops(name, recipe, device):
    """Weights, momenta and BatchNorm's statistics; 75 images are two batches of 32 and one of 11, or less than one."""
    data = prepare("digits", 75, "true", 1.0, 0)
    run = Run(network(name).double(), replace_inputs(data), recipe, 0, device)
    other = network(name).double().to(device)
    settings = {"lr": 1.0, "momentum": recipe.momentum, "weight_decay": recipe.weight_decay}
    optimizer = torch.optim.SGD(other.parameters(), **settings)
    steps = CapturedSteps(run)
    for epoch in range(1, 4):
        assert run.next_epoch()
        losses, wrong = steps.epoch()
        optimizer.param_groups[0]["lr"] = run.learning_rate
        expected, wrong_expected = train_epoch(other, run.data, optimizer, recipe, 0, epoch)
        torch.testing.assert_close(losses, expected, rtol=1e-10, atol=1e-12)
        assert wrong == wrong_expected
    for one, two in zip(run.network.state_dict().values(), other.state_dict().values(), strict=True):
        torch.testing.assert_close(one, two, rtol=1e-10, atol=1e-12)


def replace_inputs(data):
    return replace(data, inputs=data.inputs.astype("float64"), test_inputs=data.test_inputs.astype("float64"))


@pytest.mark.parametrize("device", DEVICES)
def test_a_captured_run_is_the_reference_loops(device):
    data, recipe = (
        prepare("digits", 75, "true", 0.5, 0),
        replace(RECIPE, budget=40, decay=0.99, weight_decay=0.0, test_every=0),
    )
    with reproducible(device):
        one, two = (how(network("mlp-1x512"), data, recipe, 0, device) for how in (train, reference))
    assert (one.status, one.epochs, one.fit_exact, one.confusion) == (two.status, two.epochs, two.fit_exact, two.confusion)
    assert one.curves.train_loss == pytest.approx(two.curves.train_loss, rel=1e-3)


@pytest.mark.parametrize("change", [{"crop": True}, {"dropout": 0.5}])
def test_what_draws_in_a_step_is_not_captured(change):
    run = Run(network("mlp-1x512"), prepare("digits", 75, "true", 0.0, 0), RECIPE, 0, "cpu")
    run.recipe = replace(RECIPE, **change)
    with pytest.raises(ValueError, match="expected neither"):
        CapturedSteps(run)
