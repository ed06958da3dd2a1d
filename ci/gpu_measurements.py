"""Measure what was predicted of this audit on a GPU, in one call that is meant to end within nine minutes.

python -m ci.gpu_measurements [--device cuda:0] [--small] [--output FILE]

Each figure stands beside its prediction, confirmed or falsified. What fails is noted, and the rest goes on. On a CPU
`--small` tries that the script works; its figures mean nothing there.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path
from typing import Any

from fixtures.training.numerics import use_one_thread

use_one_thread()

import numpy as np  # noqa: E402
import torch  # noqa: E402
from torch import nn  # noqa: E402

from fixtures.data.experiment import Experiment, prepare  # noqa: E402
from fixtures.networks import build  # noqa: E402
from fixtures.networks.response_norm import ResponseNorm  # noqa: E402
from fixtures.training.captured import CapturedSteps  # noqa: E402
from fixtures.training.fused import side_by_side  # noqa: E402
from fixtures.training.graph import Graph  # noqa: E402
from fixtures.training.loop import train, train_epoch  # noqa: E402
from fixtures.training.run import Run  # noqa: E402
from fixtures.training.spec import Recipe  # noqa: E402
from fixtures.training.stack import Stack  # noqa: E402

BATCH, EPOCH, SIDE = 128, 50_000, 28
RECIPE = Recipe(batch=BATCH, learning_rate=0.01, momentum=0.9, decay=0.95, budget=10_000, patience=10_000, test_every=0)
# Bytes that an epoch of 50,000 must move at least: activations in bfloat16, or seven passes over an MLP's weights.
FLOOR = {"inception": 1.05e12, "alexnet": 1.9e11, "mlp-3x512": 1.9e10, "mlp-1x512": 1.32e10}


class Bench:
    """Where and at which size to measure, and what was found."""

    def __init__(self, device: str, small: bool) -> None:
        self.device, self.small = device, small
        self.images = 2 * BATCH if small else 50 * BATCH
        self.width = 0.1 if small else 1.0
        self.found: list[dict[str, Any]] = []

    def experiment(self, seed: int = 0) -> Experiment:
        """CIFAR-shaped noise that nobody checked: it is only timed."""
        rng = np.random.default_rng(seed)
        inputs = rng.standard_normal((self.images, 3, SIDE, SIDE), dtype=np.float32)
        labels = rng.integers(0, 10, self.images)
        return Experiment(
            10, "true", 1.0, inputs, labels, inputs[:10], labels[:10], inputs, labels, inputs[:10], labels[:10]
        )

    def run(self, name: str, seed: int = 0, network: nn.Module | None = None) -> Run:
        """A run that does not end."""
        live = network or build(name, SIDE, 3, 10, self.width)
        run = Run(live, self.experiment(), RECIPE, seed, self.device)
        run.next_epoch()
        return run

    def wait(self) -> None:
        """Until the device has done what was asked of it."""
        if self.device != "cpu":
            torch.cuda.synchronize()

    def seconds(self, work: Callable[[], object], rounds: int = 3) -> float:
        """The least wall seconds of a call."""
        work()
        times = []
        for _ in range(1 if self.small else rounds):
            self.wait()
            started = time.perf_counter()
            work()
            self.wait()
            times.append(time.perf_counter() - started)
        return min(times)

    def epoch_seconds(self, work: Callable[[], object]) -> float:
        """The seconds of an epoch of 50,000 images, from one of fewer."""
        return self.seconds(work) * EPOCH / self.images

    def eager(self, run: Run) -> Callable[[], object]:
        """An epoch of the reference loop."""
        settings = {"lr": 0.01, "momentum": 0.9, "fused": True}
        optimizer = torch.optim.SGD(run.network.parameters(), **settings)
        return lambda: train_epoch(run.network, run.data, optimizer, RECIPE, 0, 1)

    def autocast(self) -> Any:
        """The network's pass in bfloat16, weights and momenta in float32; a graph would keep the cache of casts."""
        return torch.autocast(self.device.partition(":")[0], torch.bfloat16, cache_enabled=False)

    def note(self, what: str, value: float, unit: str, predicted: str, holds: Callable[[float], bool] | None) -> None:
        """Keep and print a figure; on a CPU it confirms nothing."""
        verdict = "-" if holds is None or self.device == "cpu" else "confirmed" if holds(value) else "falsified"
        self.found.append({"what": what, "value": value, "unit": unit, "predicted": predicted, "verdict": verdict})
        print(f"{what}: {value:.4g} {unit} (predicted {predicted}: {verdict})", flush=True)


def convolutional(bench: Bench) -> None:
    """Inception and AlexNet, captured and eager, in float32 and with bfloat16 passes; fraction of the memory's floor."""
    bandwidth = copy_rate(bench)
    bench.note("copy", bandwidth / 1e12, "TB/s", "4.3 on an H200", None)
    limits = {"inception": ("0.40-0.60", 0.8), "alexnet": ("0.07-0.12", 0.16)}
    for name, (predicted, falsified) in limits.items():
        for precision, context in (("float32", nullcontext), ("bfloat16", bench.autocast)):
            seconds = bench.epoch_seconds(CapturedSteps(bench.run(name), context).epoch)
            good = (lambda value, most=falsified: value <= most) if precision == "bfloat16" else None
            bench.note(f"{name}, captured, {precision}", seconds, "s/epoch", predicted if good else "none", good)
            floor = FLOOR[name] * bench.width / bandwidth
            bench.note(f"{name}, captured, {precision}: of the memory's floor", floor / seconds, "share", "none", None)
        eager = bench.epoch_seconds(bench.eager(bench.run(name)))
        wanted = ("1.0-1.4", lambda value: value >= 0.7) if name == "inception" else ("none", None)
        bench.note(f"{name}, eager, float32", eager, "s/epoch", *wanted)


def copy_rate(bench: Bench) -> float:
    """Bytes a second that a large copy reads and writes."""
    source, target = (torch.zeros(2**22 if bench.small else 2**28, device=bench.device) for _ in range(2))
    return 2 * source.nbytes / bench.seconds(lambda: target.copy_(source))


def normalization(bench: Bench) -> None:
    """Local response normalization as a band against torch's own, in a captured AlexNet."""
    own = bench.epoch_seconds(CapturedSteps(bench.run("alexnet")).epoch)
    network = build("alexnet", SIDE, 3, 10, bench.width)
    for place, layer in enumerate(network):
        if isinstance(layer, ResponseNorm):
            network[place] = nn.LocalResponseNorm(9, alpha=0.001, beta=0.75, k=1.0)
    torchs = bench.epoch_seconds(CapturedSteps(bench.run("alexnet", network=network)).epoch)
    bench.note("alexnet, band over torch's normalization", torchs / own, "times", ">= 1.3", lambda value: value >= 1.3)


def perceptrons(bench: Bench) -> None:
    """MLP 1x512: one captured, and 33 stacked in one graph, with TF32 and without."""
    for precision in ("highest", "high"):
        torch.set_float32_matmul_precision(precision)
        one = bench.epoch_seconds(CapturedSteps(bench.run("mlp-1x512")).epoch)
        wanted = ("18-25", lambda value: value <= 30) if precision == "high" else ("none", None)
        bench.note(f"mlp-1x512, captured, matmul {precision}", 1e3 * one, "ms/epoch", *wanted)
        many = bench.epoch_seconds(stacked(bench, 3 if bench.small else 33)) / (3 if bench.small else 33)
        wanted = ("<= 6", lambda value: value <= 6) if precision == "high" else ("none", None)
        bench.note(f"mlp-1x512, 33 stacked, matmul {precision}", 1e3 * many, "ms/model-epoch", *wanted)
    torch.set_float32_matmul_precision("highest")


def stacked(bench: Bench, rows: int) -> Callable[[], None]:
    """An epoch of so many MLPs as one batched program, its step in a graph."""
    runs = [bench.run("mlp-1x512", seed) for seed in range(rows)]
    stack = Stack(runs[0].network, rows)
    for row, run in enumerate(runs):
        stack.put(run.network, row)
    images, labels = (part.clone() for part in next(side_by_side(runs)))

    def step() -> None:
        stack.differentiate(images, labels)
        stack.update([run.recipe for run in runs], [0.01] * rows)

    replayed = step if bench.device == "cpu" else Graph(step, [*stack.weights, *stack.momenta])

    def epoch() -> None:
        for _ in range(bench.images // BATCH):
            replayed()

    return epoch


def streams(bench: Bench) -> None:
    """Three Inceptions at once, a graph and a stream each, against three in turn; and four under vmap."""
    if bench.device == "cpu":
        return
    lanes = [torch.cuda.Stream() for _ in range(3)]
    steps = []
    for lane in lanes:
        with torch.cuda.stream(lane):
            steps.append(CapturedSteps(bench.run("inception"), bench.autocast))

    def at_once() -> None:
        for _ in range(steps[0]._full):
            for lane, one in zip(lanes, steps, strict=True):
                with torch.cuda.stream(lane):
                    one._step()
        for one in steps:
            one._place.zero_()

    in_turn = 3 * bench.seconds(steps[0].epoch)
    for one in steps:
        one._place.zero_()
    gain = in_turn / bench.seconds(at_once)
    bench.note("3 inceptions on 3 streams", gain, "times", ">= 1.2", lambda value: value >= 1.2)


def parity(bench: Bench) -> None:
    """A tiny Inception in float64: 50 captured steps against eager ones, with momentum and BatchNorm's statistics."""
    data = prepare("digits", 100, "true", 1.0, 0)
    data = replace(data, inputs=data.inputs.astype("float64"), test_inputs=data.test_inputs.astype("float64"))
    recipe = replace(RECIPE, batch=20, learning_rate=0.0625, decay=1.0)
    networks = []
    for _ in range(2):
        torch.manual_seed(0)
        networks.append(build("inception", 7, 1, 10, 0.1).double())
    run, other = Run(networks[0], data, recipe, 0, bench.device), networks[1].to(bench.device)
    steps = CapturedSteps(run)
    optimizer = torch.optim.SGD(other.parameters(), lr=0.0625, momentum=0.9)
    for epoch in range(1, 11):
        run.next_epoch()
        steps.epoch()
        train_epoch(other, run.data, optimizer, recipe, 0, epoch)
    pairs = zip(run.network.state_dict().values(), other.state_dict().values(), strict=True)
    worst = max(float((one - two).abs().max()) for one, two in pairs)
    bench.note(
        "captured against eager in float64, 50 steps", worst, "largest difference", "1e-12", lambda value: value < 1e-12
    )


def reduced(bench: Bench) -> None:
    """Epochs to fit random labels of digits, with bfloat16 passes against float32, over seeds."""
    recipe = Recipe(batch=64, learning_rate=0.05, momentum=0.9, decay=0.999344, budget=120, patience=120, test_every=0)
    fits: dict[str, list[int]] = {"float32": [], "bfloat16": []}
    for seed in range(1 if bench.small else 3):
        for precision, context in (("float32", nullcontext), ("bfloat16", bench.autocast)):
            torch.manual_seed(seed)
            run = Run(
                build("inception", 7, 1, 10, 0.25), prepare("digits", 300, "true", 1.0, seed), recipe, seed, bench.device
            )
            steps = CapturedSteps(run, context)
            while run.next_epoch() and not (bench.small and run.epoch > 2):
                run.see(*steps.epoch())
            fits[precision].append(run.watch.fit_loss or recipe.budget)
    shift = abs(float(np.mean(fits["bfloat16"])) - float(np.mean(fits["float32"])))
    spread = max(fits["float32"]) - min(fits["float32"])
    bench.note(
        "bfloat16 over float32, shift of the epochs to fit", shift, "epochs", f"within {spread}", lambda v: v <= spread
    )


def reference(bench: Bench) -> None:
    """A whole run of the reference loop, so that a broken device is seen as such."""
    torch.manual_seed(0)
    recipe = Recipe(batch=64, learning_rate=0.1, momentum=0.9, decay=1.0, budget=100, patience=100, test_every=0)
    result = train(build("mlp-1x512", 7, 1, 10), prepare("digits", 300, "true", 1.0, 0), recipe, 0, bench.device)
    fit = float(result.fit_exact or -1)
    bench.note("mlp-1x512 on random digits, reference loop", fit, "epochs to fit", "> 0", lambda v: v > 0)


PARTS = (reference, parity, convolutional, normalization, perceptrons, streams, reduced)


def main() -> int:
    """Measure all parts and write what was found; return 1 if a part failed."""
    parser = argparse.ArgumentParser(description="Measure what was predicted of this audit on a GPU.")
    parser.add_argument("--device", default="cuda:0", help="cuda:0, or cpu to try the script")
    parser.add_argument("--small", action="store_true", help="at a size at which the figures mean nothing")
    parser.add_argument("--output", type=Path, default=Path("gpu-measurements.json"), help="where the figures go, as JSON")
    options = parser.parse_args()
    bench, failed = Bench(options.device, options.small), {}
    torch.backends.cudnn.benchmark = True
    for part in PARTS:
        started = time.perf_counter()
        try:
            part(bench)
        except Exception as error:  # the other parts are worth having all the same
            failed[part.__name__] = f"{type(error).__name__}: {error}"
            print(f"{part.__name__} failed: {failed[part.__name__]}", file=sys.stderr, flush=True)
        print(f"[{part.__name__}: {time.perf_counter() - started:.1f} s]", flush=True)
    name = torch.cuda.get_device_name(options.device) if options.device != "cpu" else "cpu"
    report = {"device": name, "torch": torch.__version__, "small": options.small, "found": bench.found, "failed": failed}
    options.output.write_text(json.dumps(report, indent=1))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
