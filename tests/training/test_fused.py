"""Fused sweeps against the reference loop: the same steps, the same epochs, the same record."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional

from rethinking_audit.fixtures.data.datasets import find
from rethinking_audit.fixtures.data.experiment import prepare
from rethinking_audit.fixtures.networks.build import build
from rethinking_audit.fixtures.training.fused import FusedSweep, side_by_side
from rethinking_audit.fixtures.training.loop import torch_sgd, train, train_epoch
from rethinking_audit.fixtures.training.numerics import reproducible
from rethinking_audit.fixtures.training.result import BUDGET_EXHAUSTED, DIVERGED, FIT, STALLED
from rethinking_audit.fixtures.training.run import Run
from rethinking_audit.fixtures.training.spec import Recipe
from rethinking_audit.fixtures.training.stack import Stack, judged
from rethinking_audit.fixtures.training.tensors import batches
from tests.builders.experiments import relabelled

RECIPE = Recipe(batch=32, learning_rate=0.1, momentum=0.9, lr_decay=0.99, max_epochs=300, patience=40, eval_every=0)
IMAGES = 75  # two batches of 32, and one of 11


def network(name="mlp-1x512", seed=0, width=0.1):
    torch.manual_seed(seed)
    return build(name, (7, 7), 1, 10, width)


def member(recipe=RECIPE, seed=0, corruption=1.0, name="mlp-1x512", width=0.1, images=IMAGES):
    data = relabelled(images, corruption, seed)
    return Run(network(name, seed, width), data, recipe, seed, "cpu")


def alone(recipe=RECIPE, seed=0, corruption=1.0, name="mlp-1x512", width=0.1, images=IMAGES):
    """The result of the reference loop."""
    with reproducible("cpu"):
        data = relabelled(images, corruption, seed)
        return train(network(name, seed, width), data, recipe, seed, "cpu")


def together(settings, slots):
    """The results of a sweep of runs with these settings, in their order."""
    with reproducible("cpu"):
        sweep, waiting, results = FusedSweep(slots), dict(enumerate(settings)), {}
        places = {}
        while waiting or sweep.runs:
            while waiting and len(sweep.runs) < slots:
                place = next(iter(waiting))
                run = member(**waiting.pop(place))
                sweep.add(run)
                places[run] = place
            results |= {places[run]: run.result() for run in sweep.epoch()}
    return [results[place] for place in range(len(settings))]


@pytest.mark.parametrize("name", ["mlp-1x512", "mlp-3x512", "linear"])
def test_in_float64_every_step_is_the_reference_loops(name):
    """Weights and momenta after each epoch, with an odd last batch, and weight decay and rates of each run's own."""
    recipes = [
        RECIPE,
        replace(RECIPE, weight_decay=0.01, learning_rate=0.05),
        replace(RECIPE, momentum=0.5, lr_decay=0.5),
        replace(RECIPE, momentum=0.0, weight_decay=0.001),
    ]
    runs = [member(recipe, seed, 0.5, name) for seed, recipe in enumerate(recipes)]
    references = [network(name, seed).double() for seed in range(len(runs))]
    optimizers = [
        torch.optim.SGD(one.parameters(), lr=1.0, momentum=recipe.momentum, weight_decay=recipe.weight_decay)
        for one, recipe in zip(references, recipes, strict=True)
    ]
    sweep = FusedSweep(len(runs))
    for run in runs:
        run.network.double()
        run.data.inputs = run.data.inputs.double()
        run.data.test_inputs = run.data.test_inputs.double()
        sweep.add(run)
    for epoch in range(1, 6):
        sweep.epoch()
        for row, (run, reference, optimizer) in enumerate(zip(runs, references, optimizers, strict=True)):
            optimizer.param_groups[0]["lr"] = run.recipe.learning_rate * run.recipe.lr_decay ** (epoch - 1)
            losses, wrong = train_epoch(reference, run.data, optimizer, run.recipe, run.seed, epoch)
            assert len(losses) == 3
            assert run.curves.online_error[-1] == wrong / IMAGES
            for place, (one, other) in enumerate(zip(run.network.parameters(), reference.parameters(), strict=True)):
                torch.testing.assert_close(one, other, rtol=1e-12, atol=1e-14)
                if run.recipe.momentum:
                    speed = optimizer.state[other]["momentum_buffer"]
                    torch.testing.assert_close(sweep._stack.momenta[place][row], speed, rtol=1e-11, atol=1e-14)


def multiplies_a_batch_as_one_matrix(one, batch):
    """Whether this BLAS gives a pass through the network the same bits, of one matrix and of a batch of them."""
    draw = torch.Generator().manual_seed(0)
    for place, layer in enumerate(layer for layer in one if isinstance(layer, nn.Linear)):
        images, slope = (torch.randn(batch, size, generator=draw) for size in (layer.in_features, layer.out_features))
        weight, bias = layer.weight.detach(), layer.bias.detach()
        turned = weight.t() if place else weight.t().contiguous()
        forward = torch.baddbmm(bias.view(1, 1, -1), images[None], turned[None])[0]
        pairs = [
            (functional.linear(images, weight, bias), forward),
            (slope @ weight, torch.bmm(slope[None], weight[None])[0]),
            (slope.t() @ images, torch.bmm(slope.t()[None], images[None])[0]),
            (slope.t() @ images, torch.bmm(images.t()[None], slope[None])[0].t()),
        ]
        if not all(map(torch.equal, *zip(*pairs, strict=True))):
            return False
    return True


@pytest.mark.parametrize("name", ["mlp-1x512", "mlp-3x512"])
def test_where_vectors_and_blas_let_it_every_bit_is_the_reference_loops(name):
    if torch.backends.cpu.get_cpu_capability() != "AVX512":
        pytest.skip("softmax along the classes is summed otherwise without AVX-512")
    recipes = [RECIPE, replace(RECIPE, weight_decay=0.01), replace(RECIPE, momentum=0.0, learning_rate=0.02)]
    with reproducible("cpu"):
        if not all(multiplies_a_batch_as_one_matrix(network(name, width=1.0), batch) for batch in (32, 11)):
            pytest.skip("a batched product is rounded otherwise by this BLAS")
        runs = [member(recipe, seed, 0.5, name, width=1.0) for seed, recipe in enumerate(recipes)]
        references = [network(name, seed, width=1.0) for seed in range(len(runs))]
        descents = [torch_sgd(one.parameters(), recipe) for one, recipe in zip(references, recipes, strict=True)]
        sweep = FusedSweep(len(runs))
        for run in runs:
            sweep.add(run)
        for epoch in range(1, 6):
            sweep.epoch()
            for run, reference, descent in zip(runs, references, descents, strict=True):
                descent.param_groups[0]["lr"] = run.learning_rate
                train_epoch(reference, run.data, descent, run.recipe, run.seed, epoch)
                assert all(map(torch.equal, run.network.parameters(), reference.parameters()))


def test_gradients_of_a_step_are_autograds():
    torch.manual_seed(0)
    networks = [network("mlp-3x512", seed).double() for seed in range(3)]
    images, labels = torch.randn(3, 5, 49, dtype=torch.float64), torch.randint(0, 10, (3, 5))
    stack = Stack(networks[0], 4)
    for row, one in enumerate(networks):
        stack.put(one, row)
    losses, wrong = judged(stack.differentiate(images, labels), labels)
    for row, one in enumerate(networks):
        outputs = one(images[row])
        loss = nn.functional.cross_entropy(outputs, labels[row])
        torch.testing.assert_close(losses[row], loss)
        assert int(wrong[row]) == int((outputs.argmax(1) != labels[row]).sum())
        for part, gradient in zip(stack.gradients, torch.autograd.grad(loss, list(one.parameters())), strict=True):
            torch.testing.assert_close(part[row], gradient, rtol=1e-12, atol=1e-15)


def test_an_epoch_is_each_runs_own_order():
    runs = [member(seed=seed) for seed in range(3)]
    for run in runs:
        run.epoch = run.seed + 1
    for row, run in enumerate(runs):
        expected = list(batches(run.data, run.recipe, run.seed, run.epoch))
        for (images, labels), (own_images, own_labels) in zip(side_by_side(runs), expected, strict=True):
            assert torch.equal(images[row], own_images)
            assert torch.equal(labels[row], own_labels)


ENDINGS = [
    ({"corruption": 0.0}, FIT),
    ({"recipe": replace(RECIPE, max_epochs=7)}, BUDGET_EXHAUSTED),
    ({"recipe": replace(RECIPE, learning_rate=1e6)}, DIVERGED),
    ({"recipe": replace(RECIPE, learning_rate=0.0, patience=5)}, STALLED),
    ({"recipe": replace(RECIPE, max_epochs=9, to_the_end=True, eval_every=2), "corruption": 0.0}, FIT),
    ({"recipe": replace(RECIPE, weight_decay=1e-4, eval_every=1), "seed": 3}, FIT),
    ({"recipe": replace(RECIPE, momentum=0.5, learning_rate=0.5), "seed": 4, "corruption": 0.5}, FIT),
]


@pytest.mark.parametrize("slots", [1, 3, 7])
def test_runs_that_end_at_different_epochs_have_the_reference_loops_record(slots):
    """Whatever is beside them, and whenever they join: statuses, curves, confusion, divergence."""
    results = together([settings for settings, _ in ENDINGS], slots)
    for (settings, status), result in zip(ENDINGS, results, strict=True):
        expected = alone(**settings)
        assert result.status == expected.status == status
        assert_same(result, expected)
    assert len({result.epochs for result in results}) > 3


def assert_same(result, expected):
    """The same record: numbers up to the rounding of one product, counts and epochs to the last."""
    one, other = result.to_dict(), expected.to_dict()
    curves, of_other = one.pop("curves"), other.pop("curves")
    if one["divergence"]:
        divergence, of_divergence = one.pop("divergence"), other.pop("divergence")
        assert divergence == pytest.approx(of_divergence, rel=1e-3)
    assert one.pop("weight_norm") == pytest.approx(other.pop("weight_norm"), rel=1e-7, nan_ok=True)
    assert one == other
    for name, values in curves.items():
        np.testing.assert_allclose(values, of_other[name], rtol=1e-4, atol=1e-4, err_msg=name)


def test_epochs_to_fit_are_the_reference_loops_for_digits_at_every_corruption():
    """33 MLPs: 11 levels and 3 seeds, at a quarter of the width."""
    settings = [
        {
            "corruption": level / 10,
            "seed": seed,
            "width": 0.25,
            "images": 300,
            "recipe": replace(RECIPE, batch=64, max_epochs=300),
        }
        for level in range(11)
        for seed in range(3)
    ]
    results = together(settings, 8)
    expected = [alone(**one) for one in settings]
    assert [(one.fit_loss, one.fit_exact, one.epochs) for one in results] == [
        (one.fit_loss, one.fit_exact, one.epochs) for one in expected
    ]
    assert {one.status for one in results} == {FIT}


def test_who_is_beside_a_run_changes_no_bit_of_it():
    settings = [{"seed": seed, "corruption": seed / 4} for seed in range(5)]
    assert together(settings, 5) == together(settings, 2) == together(settings, 1)


def test_a_run_that_augments_is_not_fused():
    run = Run(network(), prepare(find("digits"), IMAGES, "original", 0.0, 0), replace(RECIPE, crop=True), 0, "cpu")
    with pytest.raises(ValueError, match="augments"):
        FusedSweep(1).add(run)


@pytest.mark.parametrize("decays", [(0.0, 0.0, 0.0), (0.0, 0.01, 0.1)])
def test_all_rows_at_once_take_the_steps_that_each_takes_alone(decays):
    """In float64, with momentum, rate and weight decay of each row's own, and a row that takes none."""
    recipes = [replace(RECIPE, momentum=m, weight_decay=d) for m, d in zip((0.9, 0.5, 0.0), decays, strict=True)]
    stacks = []
    for _ in range(2):
        stack = Stack(network("mlp-3x512").double(), 4)
        for row in range(4):
            stack.put(network("mlp-3x512", row).double(), row)
        stacks.append(stack)
    one, other = stacks
    draw = torch.Generator().manual_seed(0)
    for rates in ((0.1, 0.2, 0.3), (0.1, 0.2, 0.3), (0.05, 0.1, 0.3)):
        for mine, theirs in zip(one.gradients, other.gradients, strict=True):
            mine.copy_(torch.randn(mine.shape, generator=draw, dtype=torch.float64))
            theirs.copy_(mine)
        one.update_at_once(recipes, rates)
        other.update(recipes, rates)
    for mine, theirs in zip(one.weights, other.weights, strict=True):
        torch.testing.assert_close(mine, theirs, rtol=1e-12, atol=1e-14)
    for mine, theirs in zip(one.momenta, other.momenta, strict=True):  # where there is none, nobody reads what is kept
        torch.testing.assert_close(mine[:2], theirs[:2], rtol=1e-12, atol=1e-14)


def test_a_run_that_is_over_keeps_its_weights():
    with reproducible("cpu"):
        sweep = FusedSweep(2)
        short, long = member(replace(RECIPE, max_epochs=1)), member(seed=1)
        sweep.add(short)
        sweep.add(long)
        assert sweep.epoch() == [short]
        before = short.result()
        sweep.add(member(seed=2))
        sweep.epoch()
        assert short.result().confusion == before.confusion
        assert sweep.runs[0] is long


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"images": 50}, "images or batch size differ"),
        ({"recipe": replace(RECIPE, batch=16)}, "images or batch size differ"),
        ({"seed": 1}, "expected fewer"),
    ],
)
def test_what_does_not_belong_to_a_sweep_is_refused(change, why):
    sweep = FusedSweep(1 if "seed" in change else 2)
    sweep.add(member())
    with pytest.raises(ValueError, match=why):
        sweep.add(member(**change))


def test_a_network_with_other_layers_is_not_stacked():
    with pytest.raises(ValueError, match="cannot be stacked"):
        Stack(network("alexnet"), 2)
