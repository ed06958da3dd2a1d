"""Captured steps against the reference loop, in lanes and in reduced precision: on a GPU as graphs, on the CPU without."""

from contextlib import nullcontext
from dataclasses import replace

import pytest
import torch

from rethinking_audit.fixtures.data.datasets import find
from rethinking_audit.fixtures.data.experiment import prepare
from rethinking_audit.fixtures.networks.build import build
from rethinking_audit.fixtures.runs.cards import listed
from rethinking_audit.fixtures.training import run as runs
from rethinking_audit.fixtures.training.captured import CapturedSteps
from rethinking_audit.fixtures.training.evaluation import classify, evaluate, share
from rethinking_audit.fixtures.training.lanes import Lanes, take_in_turn
from rethinking_audit.fixtures.training.loop import train as reference
from rethinking_audit.fixtures.training.loop import train_epoch
from rethinking_audit.fixtures.training.numerics import reproducible
from rethinking_audit.fixtures.training.result import BUDGET_EXHAUSTED, FIT, STALLED
from rethinking_audit.fixtures.training.run import NEAR_ERROR, NEAR_LOSS, Run
from rethinking_audit.fixtures.training.spec import Recipe
from tests.builders.card import emulated
from tests.builders.experiments import relabelled

# Rates that float32 holds exactly, as a graph must be given them.
RECIPE = Recipe(batch=32, learning_rate=0.0625, momentum=0.9, lr_decay=0.5, max_epochs=3, patience=40, weight_decay=0.01)
GPU = pytest.mark.skipif(not (listed() and torch.cuda.is_available()), reason="needs a GPU")
DEVICES = ["cpu", "card:0", pytest.param("cuda:0", marks=GPU)]


def machine_with(device):
    """A machine that has the device."""
    return emulated() if device == "card:0" else nullcontext()


def network(name, width=0.1):
    torch.manual_seed(0)
    return build(name, (7, 7), 1, 10, width)


@pytest.mark.parametrize("device", DEVICES)
@pytest.mark.parametrize("recipe", [RECIPE, replace(RECIPE, momentum=0.0), replace(RECIPE, batch=100)])
@pytest.mark.parametrize("name", ["mlp-1x512", "inception", "alexnet"])
def test_in_float64_every_step_is_the_reference_loops(name, recipe, device):
    """Weights, momenta and BatchNorm's statistics; 75 images are two batches of 32 and one of 11, or less than one."""
    with machine_with(device):
        assert_steps_agree(network(name), network(name), prepare(find("digits"), 75, "original", 1.0, 0), recipe, device)


@pytest.mark.parametrize("device", DEVICES)
@pytest.mark.parametrize("look", [{"crop": True}, {"flip": True, "rotation": 25.0}, {"crop": True, "flip": True}])
def test_an_augmented_step_is_the_reference_loops(look, device):
    """What augmentation draws is an input of the graph: every epoch has its own, in the order of the reference loop."""
    with machine_with(device):
        data = prepare(find("digits"), 75, "original", 0.0, 0)
        assert_steps_agree(network("inception"), network("inception"), data, replace(RECIPE, **look), device)


@pytest.mark.parametrize(("images", "batch"), [(75, 32), (75, 100), (50, 50), (256, 128)])
def test_warming_up_leaves_every_call_where_the_first_was(images, batch):
    """With fewer than three full batches a counter that went on would leave its range, and take the card with it."""
    with emulated() as card:
        recipe = replace(RECIPE, batch=batch)
        data = prepare(find("digits"), images, "original", 1.0, 0)
        assert_steps_agree(network("mlp-1x512"), network("mlp-1x512"), data, recipe, "card:0")
        assert not card.lost


def assert_steps_agree(network, other, data, recipe, device):
    """Three epochs of captured steps are those of the reference loop, in float64."""
    run = Run(network.double(), in_float64(data), recipe, 0, device)
    other = other.double().to(device)
    settings = {"lr": 1.0, "momentum": recipe.momentum, "weight_decay": recipe.weight_decay}
    optimizer = torch.optim.SGD(other.parameters(), **settings)
    steps = CapturedSteps(run)
    for epoch in range(1, 4):
        assert run.next_epoch()
        assert len(list(steps.epoch())) == len(steps.seen()[0])
        losses, wrong = steps.seen()
        optimizer.param_groups[0]["lr"] = run.learning_rate
        expected, wrong_expected = train_epoch(other, run.data, optimizer, recipe, 0, epoch)
        torch.testing.assert_close(losses, expected, rtol=1e-10, atol=1e-12)
        assert wrong == wrong_expected
    for one, two in zip(run.network.state_dict().values(), other.state_dict().values(), strict=True):
        torch.testing.assert_close(one.cpu(), two.cpu(), rtol=1e-10, atol=1e-12)


def in_float64(data):
    wide = {name: getattr(data, name).astype("float64") for name in ("inputs", "test_inputs", "pixels")}
    return replace(data, **wide)


def of(result):
    return result.status, result.epochs, result.fit_exact, result.confusion


def in_lanes(settings, slots, device, reduced=False, name="mlp-1x512"):
    """The results of runs of 75 digits with these seeds and recipes, in their order."""
    lanes, waiting, places, results = Lanes(slots, reduced), list(enumerate(settings)), {}, {}
    with machine_with(device), reproducible(device):
        while waiting or lanes.runs:
            while waiting and len(lanes.runs) < slots:
                place, (seed, recipe) = waiting.pop(0)
                run = Run(network(name), relabelled(75, 0.5, seed), recipe, seed, device)
                lanes.add(run)
                places[run] = place
            results |= {places[run]: run.result() for run in lanes.epoch()}
    return [results[place] for place in range(len(settings))]


LONG = replace(RECIPE, max_epochs=60, lr_decay=0.99, weight_decay=0.0, eval_every=0)


@pytest.mark.parametrize("slots", [1, 3])
@pytest.mark.parametrize("device", DEVICES)
def test_a_run_in_a_lane_is_the_reference_loops_whoever_is_beside_it(device, slots):
    """They finish in different epochs, and the next take their lanes."""
    changes = (
        {},
        {"weight_decay": 0.01, "max_epochs": 20},
        {"learning_rate": 0.03125},
        {"max_epochs": 5},
        {"momentum": 0.5},
    )
    settings = [(seed, replace(LONG, **change)) for seed, change in enumerate(changes)]
    found = in_lanes(settings, slots, device)
    assert len({result.epochs for result in found}) > 2
    for one, (seed, recipe) in zip(found, settings, strict=True):
        with machine_with(device), reproducible(device):
            two = reference(network("mlp-1x512"), relabelled(75, 0.5, seed), recipe, seed, device)
        assert of(one) == of(two)
        assert one.curves.train_loss == pytest.approx(two.curves.train_loss, rel=1e-3)


def test_lanes_are_of_the_same_images_and_no_more_than_there_are():
    lanes, data = Lanes(2), prepare(find("digits"), 75, "original", 0.5, 0)
    first, other = (Run(network("mlp-1x512"), data, LONG, seed, "cpu") for seed in range(2))
    lanes.add(first)
    with pytest.raises(ValueError, match="images or batch size differ"):
        lanes.add(Run(network("mlp-1x512"), prepare(find("digits"), 75, "gaussian", 0.0, 0), LONG, 0, "cpu"))
    lanes.add(other)
    assert other.data.inputs is first.data.inputs
    with pytest.raises(ValueError, match="2 runs are under way"):
        lanes.add(other)


@pytest.mark.parametrize("device", DEVICES)
def test_reduced_precision_is_of_the_passes_alone(device):
    """Convolutions are given and give bfloat16; weights, momenta, gradients, statistics and the loss stay float32."""
    with machine_with(device):
        run, seen = Run(network("inception"), prepare(find("digits"), 75, "original", 0.5, 0), RECIPE, 0, device), set()
        steps = CapturedSteps(run, reduced=True)
        for layer in run.network.modules():
            if isinstance(layer, torch.nn.Conv2d):
                layer.register_forward_hook(lambda layer, inputs, output: seen.add((layer.weight.dtype, output.dtype)))
        with steps._aside():  # what it writes to is read on the same stream
            steps._take(torch.arange(32).to(device))
        assert seen == {(torch.float32, torch.bfloat16)}
        kept = [*run.network.parameters(), *run.network.buffers(), *steps.momenta, steps._losses]
        assert {tensor.dtype for tensor in kept} == {torch.float32}
        seen.clear()
        run.next_epoch()
        run.see(*steps.seen())
        assert seen == {(torch.float32, torch.float32)}, "what is measured is measured in float32"


def test_perceptrons_multiply_in_tensor_float_and_nobody_after_them():
    run, seen = Run(network("mlp-1x512"), prepare(find("digits"), 75, "original", 0.5, 0), RECIPE, 0, "cpu"), []
    run.network.register_forward_hook(lambda *_: seen.append(torch.get_float32_matmul_precision()))
    for reduced in (False, True):
        CapturedSteps(run, reduced)._take(torch.arange(32))
    assert seen == ["highest", "high"]
    assert torch.get_float32_matmul_precision() == "highest"


@pytest.mark.parametrize("device", [device for device in DEVICES if device != "card:0"])  # whose bfloat16 is slow
@pytest.mark.parametrize("name", ["inception", "mlp-1x512"])
def test_in_reduced_precision_labels_are_fitted_within_the_spread_of_seeds(name, device):
    settings = [(seed, replace(LONG, max_epochs=120)) for seed in range(4)]
    full, less = ([one.fit_exact for one in in_lanes(settings, 2, device, reduced, name)] for reduced in (False, True))
    assert None not in full
    assert None not in less
    assert abs(sum(less) - sum(full)) / 4 <= max(full) - min(full)


def test_what_draws_in_a_step_is_not_captured():
    run = Run(network("mlp-1x512"), prepare(find("digits"), 75, "original", 0.0, 0), RECIPE, 0, "cpu")
    run.recipe = replace(RECIPE, dropout=0.5)
    for refused in (CapturedSteps, Lanes(1).add):
        with pytest.raises(ValueError, match="expected no dropout"):
            refused(run)


def rough_run():
    recipe = replace(LONG, max_epochs=200, patience=40)
    return Run(network("mlp-1x512"), prepare(find("digits"), 75, "original", 1.0, 0), recipe, 0, "cpu", rough=True)


def test_looks_are_rough_far_from_the_end_of_a_fit_and_exact_near_it(monkeypatch):
    """A look in TF32 is played by one whose outputs are off by a hundredth."""
    seen = []

    def outputs(network, images):
        seen.append(torch.get_float32_matmul_precision())
        return classify(network, images) * (1.01 if seen[-1] == "high" else 1.0)

    monkeypatch.setattr(runs, "classify", outputs)
    run, exact = rough_run(), []
    steps = CapturedSteps(run, reduced=True)
    while run.next_epoch():
        take_in_turn([steps])
        run.see(*steps.seen())
        exact.append(run.exact)
    first = exact.index(True)
    assert exact == [False] * first + [True] * (len(exact) - first)
    assert run.stopping.status == FIT
    assert 0 < first < run.stopping.fit_loss - 1
    losses, errors = run.curves.train_loss, run.curves.train_error
    assert losses[first + 1] <= NEAR_LOSS or errors[first + 1] <= NEAR_ERROR
    assert all(loss > NEAR_LOSS for loss in losses[1 : first + 1])
    assert (losses[-1], errors[-1]) == exactly(run)


@pytest.mark.parametrize(
    "change", [{"max_epochs": 3}, {"patience": 2, "learning_rate": 0.0}], ids=["max_epochs", "stalled"]
)
def test_a_run_that_ends_far_from_its_fit_ends_with_an_exact_look(monkeypatch, change):
    monkeypatch.setattr(
        runs,
        "classify",
        lambda *given: classify(*given) * (1.01 if torch.get_float32_matmul_precision() == "high" else 1.0),
    )
    run = rough_run()
    run.recipe = run.stopping.recipe = replace(run.recipe, **change)
    steps = CapturedSteps(run, reduced=True)
    while run.next_epoch():
        take_in_turn([steps])
        run.see(*steps.seen())
    assert run.stopping.status in (BUDGET_EXHAUSTED, STALLED)
    assert run.exact
    assert len(run.curves.train_loss) == run.epoch + 1
    assert (run.curves.train_loss[-1], run.curves.train_error[-1]) == exactly(run)


def exactly(run):
    loss, wrong = evaluate(classify(run.network, run.data.inputs), run.data.labels)
    return loss, share(wrong)
