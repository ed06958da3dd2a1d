"""The measurements on a card, and the predictions made without one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

import torch

from ci.visit import parity
from ci.visit.bench import Bench
from ci.visit.speed import any_algorithm, augmented, captured, copy_rate, eager, fused, look, product, torchs_normalization
from rethinking_audit.fixtures.networks import NETWORKS

MEASURED = ("inception", "alexnet", "mlp-1x512", "mlp-3x512", "inception-without-batch-norm")
# The least gigabytes that an epoch of 50,000 images must move. For convolutions: what layers read and write, half as much
# in bfloat16. For perceptrons: seven passes over the weights, which are always float32.
FLOOR = {
    ("inception", False): 2100.0,
    ("inception", True): 1050.0,
    ("alexnet", False): 380.0,
    ("alexnet", True): 190.0,
    ("mlp-1x512", False): 13.2,
    ("mlp-1x512", True): 13.2,
    ("mlp-3x512", False): 19.0,
    ("mlp-3x512", True): 19.0,
}
# Predicted seconds on an H200, by network: an epoch of the reference loop, captured in full and in reduced precision; an
# exact evaluation, and one in TF32.
EPOCHS = {
    "inception": (2.4, 2.2, 0.5, 0.8, 0.08),
    "alexnet": (0.6, 0.25, 0.1, 0.1, 0.02),
    "mlp-1x512": (0.2, 0.03, 0.03, None, None),
    "mlp-3x512": (None, None, None, None, None),
    "inception-without-batch-norm": (None, None, None, None, None),
}
SPREAD = 0.4  # a prediction's margin, as a share of the time to either side
COPY = "copy"


@dataclass(frozen=True)
class Measurement:
    """One figure: how to measure it, its predicted interval, and about how many seconds that takes.

    `floor` is how many gigabytes the memory must move in that time. A prediction that `must` hold, holds on any device.
    """

    what: str
    unit: str
    measure: Callable[[Bench], float]
    predicted: tuple[float, float] | None = None
    about: float = 3.0
    floor: float | None = None
    must: bool = False


def near(seconds: float | None) -> tuple[float, float] | None:
    """Return the interval around a predicted time."""
    return None if seconds is None else ((1 - SPREAD) * seconds, (1 + SPREAD) * seconds)


def named(name: str, less: bool) -> str:
    """Return the precision in words."""
    return ("TF32" if NETWORKS[name].perceptron else "bfloat16") if less else "float32"


def of_the_machine() -> Iterator[Measurement]:
    """Yield the limits of the card."""
    yield Measurement(COPY, "TB/s", copy_rate, (3.5, 4.6))
    yield Measurement("product, bfloat16", "TFLOP/s", partial(product, dtype=torch.bfloat16), (500, 900))
    yield Measurement("product, TF32", "TFLOP/s", partial(product, less=True), (250, 450))
    yield Measurement("product, float32", "TFLOP/s", product, (35, 65))


def of_epochs(name: str) -> Iterator[Measurement]:
    """Yield the seconds of a network's epoch, captured and by the reference loop, and of an evaluation."""
    stepwise, full, less, exact, rough = EPOCHS[name]
    for reduced, predicted in ((True, less), (False, full)):
        what, floor = f"{name}, captured, {named(name, reduced)}", FLOOR.get((name, reduced))
        yield Measurement(what, "s/epoch", lambda b, r=reduced: captured(b, name, r), near(predicted), floor=floor)
    yield Measurement(f"{name}, reference, float32", "s/epoch", lambda b: eager(b, name), near(stepwise))
    for reduced, predicted in ((False, exact), (True, rough)):
        what = f"{name}, look, {'TF32' if reduced else 'float32'}"
        yield Measurement(what, "s/look", lambda b, r=reduced: look(b, name, r), near(predicted))


def of_lanes(name: str) -> Iterator[Measurement]:
    """Yield the seconds of one run's epoch with two or three runs side by side."""
    for reduced in (True, False):
        for lanes in (2, 3):
            what = f"{name}, captured, {named(name, reduced)}, {lanes} lanes"
            yield Measurement(what, "s/epoch", lambda b, r=reduced, n=lanes: captured(b, name, r, n) / n, about=2.0 * lanes)


def of_choices() -> Iterator[Measurement]:
    """Yield figures that test choices made without a card."""
    yield Measurement("inception, reference, float32, augmented", "s/epoch", augmented, near(3.0))
    yield Measurement("inception, captured, bfloat16, augmented", "s/epoch", lambda b: augmented(b, True), near(0.5))
    for name in ("mlp-1x512", "mlp-3x512"):
        yield Measurement(f"{name}, 33 fused, with looks", "ms/epoch", lambda b, n=name: fused(b, n), about=5.0)
    yield Measurement("inception, captured, bfloat16, any algorithm", "s/epoch", any_algorithm)
    yield Measurement("alexnet, captured, float32, torch's normalization", "s/epoch", torchs_normalization)


def speed() -> Iterator[Measurement]:
    """Yield the measurements of time, the most important first."""
    yield from of_the_machine()
    for name in MEASURED[:3]:
        yield from of_epochs(name)
    yield from of_lanes("inception")
    yield from of_choices()
    yield from of_lanes("alexnet")
    for name in MEASURED[3:]:
        yield from of_epochs(name)


def against_double() -> Iterator[Measurement]:
    """Yield the distances of the device's steps from the CPU's steps in float64."""
    ways = (
        ("captured, float64", parity.in_double, 1e-9, "of the change"),
        ("captured, float32", parity.captured, 1e-2, "of the change"),
        ("reference, float32", parity.eager, 1e-2, "of the change"),
        ("captured, reduced", parity.reduced, 1e-2, "of the first loss"),
    )
    for name in MEASURED:
        for what, measure, most, unit in ways:
            yield Measurement(f"{name}, {what}", unit, lambda b, m=measure, n=name: m(b, n), (0.0, most), 1.0, must=True)


GROUPS = {"parity": against_double, "speed": speed}
