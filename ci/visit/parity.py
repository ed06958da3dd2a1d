"""Compare steps on the device with the same steps on the CPU in float64."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import torch
from torch import Tensor

from ci.visit.bench import RECIPE, SHAPE, Bench, noise
from rethinking_audit.fixtures.networks.build import build
from rethinking_audit.fixtures.training.captured import CapturedSteps
from rethinking_audit.fixtures.training.lanes import take_in_turn
from rethinking_audit.fixtures.training.loop import torch_sgd, train_epoch
from rethinking_audit.fixtures.training.run import Run

WIDTH, IMAGES, BATCH = 0.25, 96, 32  # three steps
SHORT = replace(RECIPE, batch=BATCH)


def fresh(name: str, dtype: torch.dtype, device: str) -> Run:
    """Return a run in its first epoch, the same for every type and device."""
    torch.manual_seed(0)
    data = noise(IMAGES)
    if dtype == torch.float64:
        data = replace(data, inputs=data.inputs.astype("float64"), test_inputs=data.test_inputs.astype("float64"))
    run = Run(build(name, SHAPE, 3, 10, WIDTH).to(dtype), data, SHORT, 0, device)
    run.next_epoch()
    return run


@cache
def truth(name: str) -> tuple[Tensor, Tensor, Tensor]:
    """Return the losses of the reference loop's steps in float64 on the CPU, and the weights before and after them."""
    run = fresh(name, torch.float64, "cpu")
    before = weights(run)
    losses, _ = train_epoch(run.network, run.data, torch_sgd(run.network.parameters(), SHORT), SHORT, 0, 1)
    return losses, before, weights(run)


def weights(run: Run) -> Tensor:
    """Return the weights and BatchNorm's statistics as one vector on the CPU, in float64."""
    state = run.network.state_dict().values()
    return torch.cat([tensor.detach().cpu().double().flatten() for tensor in state])


def in_double(bench: Bench, name: str) -> float:
    """Return the largest error of a weight after three captured steps in float64, over the largest change of a weight."""
    return _difference(fresh(name, torch.float64, bench.device), name, reduced=False)[0]


def eager(bench: Bench, name: str) -> float:
    """Return the same for the reference loop in float32."""
    run = fresh(name, torch.float32, bench.device)
    train_epoch(run.network, run.data, torch_sgd(run.network.parameters(), SHORT), SHORT, 0, 1)
    return _apart(run, name)


def captured(bench: Bench, name: str) -> float:
    """Return the same for captured steps in float32."""
    return _difference(fresh(name, torch.float32, bench.device), name, reduced=False)[0]


def reduced(bench: Bench, name: str) -> float:
    """Return the relative error of the first step's loss in reduced precision."""
    return _difference(fresh(name, torch.float32, bench.device), name, reduced=True)[1]


def _difference(run: Run, name: str, reduced: bool) -> tuple[float, float]:
    steps = CapturedSteps(run, reduced)
    take_in_turn([steps])
    losses, _ = steps.seen()
    first = float(truth(name)[0][0])
    return _apart(run, name), abs(float(losses[0]) - first) / first


def _apart(run: Run, name: str) -> float:
    _, before, after = truth(name)
    return float((weights(run) - after).abs().max() / (after - before).abs().max())
