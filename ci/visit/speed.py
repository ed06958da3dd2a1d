"""Measure the figures of speed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext

import torch

from ci.visit.bench import AUGMENTED, SHAPE, Bench
from rethinking_audit.fixtures.networks.build import build
from rethinking_audit.fixtures.networks.response_norm import ResponseNorm
from rethinking_audit.fixtures.training.numerics import tensor_float


def captured(bench: Bench, name: str, reduced: bool, lanes: int = 1) -> float:
    """Return the seconds of an epoch of all lanes."""
    return bench.epoch_seconds(bench.captured([bench.run(name, seed) for seed in range(lanes)], reduced))


def eager(bench: Bench, name: str) -> float:
    """Return the seconds of an epoch of the reference loop."""
    return bench.epoch_seconds(bench.eager(bench.run(name)))


def augmented(bench: Bench, captured: bool = False) -> float:
    """Return the seconds of an epoch with crops and flips, by the reference loop or captured in reduced precision."""
    run = bench.run("inception", recipe=AUGMENTED)
    return bench.epoch_seconds(bench.captured([run], reduced=True) if captured else bench.eager(run))


def look(bench: Bench, name: str, less: bool = False) -> float:
    """Return the seconds of an evaluation of 50,000 images, exact or in TF32."""
    with tensor_float() if less else nullcontext():
        return bench.epoch_seconds(bench.look(bench.run(name)))


def fused(bench: Bench, name: str) -> float:
    """Return the milliseconds of a run's epoch in a sweep."""
    rows = 3 if bench.small else 33
    return 1e3 * bench.epoch_seconds(bench.fused(name, rows)) / rows


def copy_rate(bench: Bench) -> float:
    """Return how many terabytes per second a large copy reads and writes."""
    source = bench.random(2**20 if bench.small else 2**28)
    target = torch.empty_like(source)
    return 2e-12 * source.nbytes / bench.seconds(lambda: target.copy_(source))


def product(bench: Bench, dtype: torch.dtype = torch.float32, less: bool = False) -> float:
    """Return the operations per second of a large product, in units of 10^12."""
    side = 256 if bench.small else 8192
    one, two = bench.random(side, side, dtype=dtype), bench.random(side, side, dtype=dtype)
    with tensor_float() if less else nullcontext():
        return 2e-12 * side**3 / bench.seconds(lambda: one @ two)


def any_algorithm(bench: Bench) -> float:
    """Return the seconds of an epoch with the algorithm that cuDNN finds fastest."""
    with cudnn_may_choose():
        return captured(bench, "inception", reduced=True)


def torchs_normalization(bench: Bench) -> float:
    """Return the seconds of an epoch of AlexNet with torch's own local response normalization."""
    network = build("alexnet", SHAPE, 3, 10, bench.width)
    for place, layer in enumerate(network):
        if isinstance(layer, ResponseNorm):
            network[place] = torch.nn.LocalResponseNorm(9, alpha=0.001, beta=0.75, k=1.0)
    return bench.epoch_seconds(bench.captured([bench.run("alexnet", network=network)], reduced=False))


@contextmanager
def cudnn_may_choose() -> Iterator[None]:
    """Let cuDNN try its algorithms. An audit does not, because the choice may differ between runs."""
    cudnn = torch.backends.cudnn
    before = cudnn.benchmark, cudnn.deterministic
    cudnn.benchmark, cudnn.deterministic = True, False
    try:
        yield
    finally:
        cudnn.benchmark, cudnn.deterministic = before
