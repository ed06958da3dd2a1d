"""What a run is expected to cost, in operations, seconds and memory, before it is made."""

from dataclasses import replace

import pytest
import torch
from torch.utils.flop_counter import FlopCounterMode

from rethinking_audit.fixtures.data.datasets import find
from rethinking_audit.fixtures.networks import NETWORKS
from rethinking_audit.fixtures.networks.build import build
from rethinking_audit.fixtures.runs import cards
from rethinking_audit.fixtures.runs.cost import human_time
from rethinking_audit.fixtures.tasks.anatomy import Anatomy, anatomy
from rethinking_audit.fixtures.tasks.memory import LANES, SLOTS, peak, slots, step_of
from rethinking_audit.fixtures.tasks.solve import ProblemSolve
from rethinking_audit.fixtures.tasks.training import Training
from rethinking_audit.fixtures.tasks.training_cost import CALL
from rethinking_audit.fixtures.theory import solver_flops
from rethinking_audit.fixtures.theory.solver_flops import Size
from rethinking_audit.fixtures.training.engine import CAPTURED, FUSED, REFERENCE
from rethinking_audit.fixtures.training.spec import Recipe

RECIPE = Recipe(batch=32, learning_rate=0.1, momentum=0.9, lr_decay=0.99, max_epochs=2, patience=10, eval_every=0)
SPEC = Training(data=find("digits"), network="mlp-1x512", recipe=RECIPE, seed=0, train_size=50, width=0.1)


def test_true_labels_are_expected_to_cost_less_unless_the_run_goes_on():
    true, random = replace(SPEC, corruption=0.0), replace(SPEC, corruption=1.0)
    assert true.expected() < random.expected() / 2
    to_the_end = replace(SPEC.recipe, to_the_end=True)
    assert replace(true, recipe=to_the_end).expected() == replace(random, recipe=to_the_end).expected() == true.flops()


def test_batch_norm_fits_sooner_and_cropped_images_later():
    """Of ten runs on digits each: Inception fits random labels after 30 of 300 epochs, without BatchNorm after 70."""
    one = replace(SPEC, network="inception", corruption=1.0)
    max_epochs = replace(one, recipe=replace(RECIPE, to_the_end=True)).expected()
    cropped = replace(one, recipe=replace(RECIPE, crop=True)).expected()
    without = replace(one, network="inception-without-batch-norm")
    assert [one.expected() / max_epochs, cropped / max_epochs, without.expected() / max_epochs] == pytest.approx(
        [0.1, 0.3, 0.2]
    )


def test_a_solve_that_trains_is_expected_to_fit_within_a_fifth_of_its_budget():
    trains = (("batch", 64), ("max_epochs", 400), ("draws", 5), ("rate", 0.1), ("width", 512))
    signs = ProblemSolve(problem="random-signs", data=find("digits"), train_size=600, parameters=trains)
    kernel = ProblemSolve(
        problem="kernel", data=find("digits"), train_size=901, parameters=(("kind", "raw"), ("scale", 2.0))
    )
    assert signs.expected() == pytest.approx(0.2 * signs.flops())
    assert kernel.expected() == kernel.flops()


def test_a_convolution_of_small_images_takes_longer_than_its_operations():
    conv = replace(SPEC, network="alexnet", recipe=replace(RECIPE, to_the_end=True))
    assert conv.expected() == conv.flops() + 2 * CALL * 2 * RECIPE.max_epochs  # layers, and steps of 32 of 50 images
    cifar = replace(conv, data=find("cifar10"), width=1.0, train_size=None, recipe=replace(conv.recipe, batch=128))
    assert cifar.expected() < 1.01 * cifar.flops()


@pytest.mark.parametrize("name", NETWORKS)
def test_operations_are_those_that_torch_counts(name):
    found = anatomy(replace(SPEC, data=find("cifar10"), network=name, width=0.5))
    with FlopCounterMode(display=False) as counter, torch.no_grad():
        build(name, (28, 28), 3, 10, 0.5)(torch.zeros(1, 3, 28, 28))
    assert found.operations == counter.get_total_flops()


@pytest.mark.parametrize("name", NETWORKS)
def test_operations_on_signals_are_those_that_torch_counts(name):
    found = anatomy(replace(SPEC, data=find("mnist1d"), network=name, width=0.5))
    with FlopCounterMode(display=False) as counter, torch.no_grad():
        build(name, (1, 36), 1, 10, 0.5)(torch.zeros(1, 1, 1, 36))
    assert found.operations == counter.get_total_flops()


def test_what_there_is_in_a_network_is_counted_without_drawing_a_number():
    torch.manual_seed(0)
    before = torch.random.get_rng_state()
    cifar = replace(SPEC, data=find("cifar10"), width=1.0)
    with_the_relu = Anatomy(1_209_866, 0, 0, 512 + 512 + 10, 512, 2 * (2352 * 512 + 512 * 10))
    assert anatomy(cifar) == with_the_relu
    inception, plain = (anatomy(replace(cifar, network=name)) for name in ("inception", "inception-without-batch-norm"))
    assert (inception.convolutions, inception.batch_norms, plain.convolutions, plain.batch_norms) == (19, 11, 19, 0)
    assert torch.equal(torch.random.get_rng_state(), before)


def test_the_cost_of_a_solve_counts_height_and_width():
    """Of a patch's 36 values at each of 3 x 5 places, for 100 filters and 20 images."""
    parameters = {"filters": 100, "l2s": []}
    sizes = [Size(10, 10, 80, shape, 1, 10) for shape in ((8, 10), (5, 10))]
    one, none = (solver_flops.random_filters(size, parameters) for size in sizes)
    assert one - none == 2 * 36 * 15 * 100 * 20


def test_flops_are_those_of_the_whole_budget():
    assert replace(SPEC, network="linear").flops() == 2 * 49 * 10 * 50 * 4 * 2


def test_memory_is_that_of_the_weights_the_data_and_the_layers():
    assert peak(SPEC, FUSED) > peak(SPEC, REFERENCE)
    cifar = replace(SPEC, data=find("cifar10"), train_size=None, width=1.0, recipe=replace(RECIPE, batch=128))
    images = 4 * 60_000 * (3 * 28**2 + 3 * 32**2)
    assert images < peak(cifar, REFERENCE) < 5 * images
    assert peak(replace(cifar, network="inception", train_size=1000), REFERENCE) > peak(
        replace(cifar, train_size=1000), REFERENCE
    )
    # On a GPU 1,024 images are evaluated together; on a CPU 128, which take less than a step of as many.
    alexnet = replace(cifar, network="alexnet", train_size=100)
    cpu, gpu = (peak(alexnet, REFERENCE, device) for device in ("cpu", "cuda:0"))
    assert gpu - cpu == 4 * 1024 * 3 * anatomy(alexnet).largest - step_of(alexnet)


def test_a_sweep_has_as_many_runs_as_have_their_weights_in_the_cache():
    cifar = replace(SPEC, data=find("cifar10"), width=1.0, train_size=None)
    assert slots(SPEC, FUSED) == SLOTS == 8
    assert [slots(one, FUSED) for one in (replace(cifar, width=0.25), cifar, replace(cifar, network="mlp-3x512"))] == [
        4,
        1,
        1,
    ]


def test_on_a_gpu_as_many_runs_are_side_by_side_as_there_is_memory_for(monkeypatch):
    free = {"cuda:0": 80e9, "cuda:1": 5 * step_of(SPEC), "cuda:2": 0.0}
    monkeypatch.setattr(cards, "memory", lambda device: (free[device], 80e9))
    assert [slots(SPEC, CAPTURED, device, cards.room(device, 1.0)) for device in free] == [LANES, 2, 1]
    assert [slots(SPEC, FUSED, device, cards.room(device, 1.0)) for device in free] == [33, 2, 1]
    assert slots(SPEC, REFERENCE, "cuda:0") == 1


def test_who_shares_a_gpu_plans_with_a_share_of_all_its_memory_whoever_comes_first(monkeypatch):
    """Of what is free only so much, if others have more than their share already."""
    total = 100 * step_of(SPEC)
    for free, share, most in [(1.0, 1.0, 33), (1.0, 0.5, 22), (0.6, 0.5, 22), (0.1, 0.5, 5), (1.0, 0.125, 5)]:
        monkeypatch.setattr(cards, "memory", lambda device, free=free: (free * total, total))
        assert slots(SPEC, FUSED, "cuda:0", cards.room("cuda:0", share)) == most, (free, share)


@pytest.mark.parametrize(
    ("minutes", "text"), [(0.001, "1 s"), (0.5, "30 s"), (90, "90 min"), (300, "5 h"), (1e4, "7 days")]
)
def test_durations_are_told_as_a_person_would(minutes, text):
    assert human_time(minutes) == text


def test_epochs_after_the_fit_cost_as_much_as_others():
    one, longer, whole = (
        replace(SPEC, recipe=replace(RECIPE, max_epochs=200, **last))
        for last in ({}, {"after_fit": 10}, {"to_the_end": True})
    )
    assert longer.expected() - one.expected() == pytest.approx(whole.expected() / 20)
