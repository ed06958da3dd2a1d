"""A training step against the peak of a matrix product, and what it costs as the network grows."""

import time

import pytest

from tests.benchmarks import limits
from tests.benchmarks.work import BATCH, fused, noise, reference, step_flops

STEPS = 4
pytestmark = pytest.mark.benchmark(timer=time.process_time)


def test_limits(against, say):
    """One thread: a large matrix product, and a large copy."""
    copy, size = limits.copy()
    found = against(copy, rounds=5)
    say(gemm_gflops=found["peak"] / 1e9, copy_gbytes=size / found["own"] / 1e9)


@pytest.mark.parametrize("name", ["mlp-1x512", "mlp-3x512", "alexnet", "inception"])
def test_reference_step(against, say, name):
    """The reference loop at 28x28x3 in batches of 128."""
    steps = 1 if name == "inception" else STEPS
    _, epoch = reference(name, noise(steps * BATCH, 10))
    found = against(epoch, rounds=5)
    rate = steps * step_flops(name) / found["own"]
    say(share_of_peak=rate / found["peak"], milliseconds=1e3 * found["own"] / steps)


@pytest.mark.parametrize("rows", [1, 8])
@pytest.mark.parametrize("name", ["mlp-1x512", "mlp-3x512"])
def test_fused_step(against, say, name, rows):
    """The same MLPs in a fused sweep: a step of one run, beside the reference loop's."""
    experiment = noise(STEPS * BATCH, 10)
    sweep = fused(name, experiment, rows)
    found = against(sweep._steps, reference=reference(name, experiment)[1])
    rate = rows * STEPS * step_flops(name) / found["own"]
    say(
        share_of_peak=rate / found["peak"],
        milliseconds=1e3 * found["own"] / STEPS / rows,
        times_the_reference=found["reference"] * rows / found["own"],
    )


@pytest.mark.parametrize("width", [0.25, 1.0, 4.0])
def test_cost_as_the_width_grows(against, say, width):
    """The reference loop's step of MLP 1x512."""
    _, epoch = reference("mlp-1x512", noise(STEPS * BATCH, 10), width=width)
    found = against(epoch, rounds=5)
    rate = STEPS * step_flops("mlp-1x512", width) / found["own"]
    say(share_of_peak=rate / found["peak"], milliseconds=1e3 * found["own"] / STEPS)
