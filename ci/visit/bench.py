"""Tools of the measurements: endless runs, ways to take their epochs, and a clock that waits for the device.

Measurements use the engines only through this file.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from functools import cache

from rethinking_audit.fixtures.training.numerics import use_one_thread

use_one_thread()

import numpy as np  # noqa: E402
import torch  # noqa: E402
from torch import Tensor, nn  # noqa: E402

from rethinking_audit.fixtures.data.experiment import Experiment  # noqa: E402
from rethinking_audit.fixtures.networks.build import build  # noqa: E402
from rethinking_audit.fixtures.training.captured import CapturedSteps  # noqa: E402
from rethinking_audit.fixtures.training.evaluation import classify  # noqa: E402
from rethinking_audit.fixtures.training.fused import FusedSweep  # noqa: E402
from rethinking_audit.fixtures.training.lanes import take_in_turn  # noqa: E402
from rethinking_audit.fixtures.training.loop import torch_sgd, train_epoch  # noqa: E402
from rethinking_audit.fixtures.training.run import Run  # noqa: E402
from rethinking_audit.fixtures.training.spec import Recipe  # noqa: E402

BATCH, EPOCH, SHAPE = 128, 50_000, (28, 28)
RECIPE = Recipe(
    batch=BATCH, learning_rate=0.0078125, momentum=0.9, lr_decay=1.0, max_epochs=10_000, patience=10_000, eval_every=0
)
AUGMENTED = replace(RECIPE, crop=True, flip=True)
Work = Callable[[], object]


class Bench:
    """The device to measure on, and the size to measure at."""

    def __init__(self, device: str, small: bool) -> None:
        self.device, self.small = device, small
        self.images, self.width = (2 * BATCH, 0.1) if small else (50 * BATCH, 1.0)

    def run(self, name: str, seed: int = 0, network: nn.Module | None = None, recipe: Recipe = RECIPE) -> Run:
        """Return a run in its first epoch."""
        live = network or build(name, SHAPE, 3, 10, self.width)
        run = Run(live, noise(self.images), recipe, seed, self.device)
        run.next_epoch()
        return run

    def eager(self, run: Run) -> Work:
        """Return an epoch of the reference loop."""
        optimizer = torch_sgd(run.network.parameters(), run.recipe)
        return lambda: train_epoch(run.network, run.data, optimizer, run.recipe, 0, 1)

    def captured(self, runs: list[Run], reduced: bool) -> Work:
        """Return an epoch of captured steps, with the runs side by side in lanes."""
        lanes = [CapturedSteps(run, reduced) for run in runs]

        def epoch() -> None:
            take_in_turn(lanes)
            for lane in lanes:
                lane.seen()

        return epoch

    def fused(self, name: str, rows: int) -> Work:
        """Return an epoch of a fused sweep with its exact evaluation."""
        sweep = FusedSweep(rows)
        for seed in range(rows):
            sweep.add(self.run(name, seed))
        return sweep.epoch

    def look(self, run: Run) -> Work:
        """Return an exact evaluation of the training set."""
        return lambda: classify(run.network, run.data.inputs)

    def wait(self) -> None:
        """Wait until the device has finished its work."""
        if self.device != "cpu":
            torch.cuda.synchronize()

    def seconds(self, work: Work, rounds: int = 3) -> float:
        """Return the wall seconds of the fastest call."""
        work()
        times = []
        for _ in range(1 if self.small else rounds):
            self.wait()
            started = time.perf_counter()
            work()
            self.wait()
            times.append(time.perf_counter() - started)
        return min(times)

    def epoch_seconds(self, work: Work) -> float:
        """Return the seconds of an epoch of 50,000 images, scaled up from an epoch of fewer."""
        return self.seconds(work) * EPOCH / self.images

    def random(self, *shape: int, dtype: torch.dtype = torch.float32) -> Tensor:
        """Return random numbers; a card moves and multiplies zeros faster than data."""
        return torch.randn(shape, device=self.device).to(dtype)


@cache
def noise(images: int) -> Experiment:
    """Return noise of the shape of CIFAR-10, unchecked: it only serves for timing."""
    rng = np.random.default_rng(0)
    pixels = rng.standard_normal((images, 3, 32, 32), dtype=np.float32)
    inputs, labels = np.ascontiguousarray(pixels[:, :, 2:30, 2:30]), rng.integers(0, 10, images)
    return Experiment(
        10, "original", 1.0, inputs, labels, inputs[:10], labels[:10], pixels, labels, pixels[:10], labels[:10]
    )
