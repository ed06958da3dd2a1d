"""What is measured: steps, epochs and sweeps of this audit, on CIFAR-shaped noise or on digits."""

from functools import cache

import numpy as np
import torch
from torch.nn import functional
from torch.utils.flop_counter import FlopCounterMode

from rethinking_audit.fixtures.data.experiment import Experiment
from rethinking_audit.fixtures.data.preprocessing import centre_crop, standardize
from rethinking_audit.fixtures.networks.build import build
from rethinking_audit.fixtures.training.fused import FusedSweep
from rethinking_audit.fixtures.training.loop import torch_sgd, train, train_epoch
from rethinking_audit.fixtures.training.run import Run
from rethinking_audit.fixtures.training.spec import Recipe
from tests.builders.experiments import relabelled

BATCH = 128
RECIPE = Recipe(batch=BATCH, learning_rate=0.01, momentum=0.9, lr_decay=0.95, max_epochs=10_000, patience=10_000)
# The fast tier's MLP 1x512: 300 digits, all its levels, three seeds.
DIGITS = Recipe(batch=64, learning_rate=0.1, momentum=0.9, lr_decay=0.999344, max_epochs=300, patience=50, eval_every=0)
SWEEP = [(level / 10, seed) for level in range(11) for seed in range(3)]


def step_flops(name, width=1.0):
    """The operations of a step: forward and backward, a batch of BATCH."""
    network = build(name, (28, 28), 3, 10, width)
    with FlopCounterMode(display=False) as counter:
        outputs = network(torch.zeros(2, 3, 28, 28))
        functional.cross_entropy(outputs, torch.zeros(2, dtype=torch.int64)).backward()
    return counter.get_total_flops() * BATCH / 2


def noise(count, tests):
    """An experiment of CIFAR-shaped noise, prepared as the paper's images are. No contract was checked: it is timed."""
    train, test = prepared(*pixels(count)), prepared(*pixels(tests))
    return Experiment(10, "original", 1.0, *train, *test, *train, *test)


def pixels(count, side=32, seed=0):
    """CIFAR-shaped images and labels: (count, side, side, 3) uint8 and (count,) int64."""
    rng = np.random.default_rng(seed)
    return rng.integers(0, 256, (count, side, side, 3), dtype=np.uint8), rng.integers(0, 10, count)


def prepared(images, labels):
    """The images as networks see them, (count, 3, 28, 28), and the labels."""
    shares = torch.from_numpy(images).permute(0, 3, 1, 2) / 255
    return standardize(centre_crop(shares, (28, 28))).numpy(), labels


def reference(name, experiment, width=1.0):
    """A run of the reference loop, and a function that takes it through the steps of an epoch."""
    run = Run(build(name, (28, 28), 3, 10, width), experiment, RECIPE, 0, "cpu")
    optimizer = torch_sgd(run.network.parameters(), RECIPE)
    return run, lambda: train_epoch(run.network, run.data, optimizer, RECIPE, 0, run.epoch)


def fused(name, experiment, rows):
    """A sweep of so many runs, none of which ends."""
    sweep = FusedSweep(rows)
    for seed in range(rows):
        sweep.add(Run(build(name, (28, 28), 3, 10), experiment, RECIPE, seed, "cpu"))
    return sweep


images = cache(relabelled)  # once: what is measured is the training


def digits(level, seed):
    """A network and an experiment of the fast tier; all have the images of seed 0."""
    torch.manual_seed(seed)
    return build("mlp-1x512", (7, 7), 1, 10), images(300, level, seed)


def in_sequence(members):
    """The epochs to fit of digits MLPs, one after the other in the reference loop."""
    return [train(*digits(level, seed), DIGITS, seed, "cpu").fit_exact for level, seed in members]


def side_by_side(members, slots):
    """The epochs to fit of the same, in a fused sweep."""
    sweep, waiting, runs = FusedSweep(slots), list(members), []
    while waiting or sweep.runs:
        while waiting and len(sweep.runs) < slots:
            level, seed = waiting.pop(0)
            runs.append(Run(*digits(level, seed), DIGITS, seed, "cpu"))
            sweep.add(runs[-1])
        sweep.epoch()
    return [run.result().fit_exact for run in runs]
