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
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import replace
from pathlib import Path
from typing import Any

from fixtures.training.numerics import use_one_thread

use_one_thread()

import numpy as np  # noqa: E402
import torch  # noqa: E402
from torch import Tensor, nn  # noqa: E402
from torch.func import functional_call, grad, replace_all_batch_norm_modules_, stack_module_state, vmap  # noqa: E402
from torch.nn import functional  # noqa: E402

from fixtures.data.experiment import Experiment, prepare  # noqa: E402
from fixtures.networks import build  # noqa: E402
from fixtures.networks.response_norm import ResponseNorm  # noqa: E402
from fixtures.training.captured import CapturedSteps  # noqa: E402
from fixtures.training.fused import FusedSweep, side_by_side  # noqa: E402
from fixtures.training.graph import Graph  # noqa: E402
from fixtures.training.lanes import Lanes, take_in_turn  # noqa: E402
from fixtures.training.loop import torchs, train, train_epoch  # noqa: E402
from fixtures.training.numerics import reproducible, tensor_float  # noqa: E402
from fixtures.training.run import Run  # noqa: E402
from fixtures.training.spec import Recipe  # noqa: E402
from fixtures.training.stack import Stack, judged  # noqa: E402

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
        optimizer = torchs(run.network.parameters(), RECIPE)
        return lambda: train_epoch(run.network, run.data, optimizer, RECIPE, 0, 1)

    def captured(self, runs: Sequence[Run], reduced: bool = False) -> Callable[[], object]:
        """An epoch of runs, each in a lane of its own."""
        lanes = [CapturedSteps(run, reduced) for run in runs]

        def epoch() -> None:
            take_in_turn(lanes)
            for lane in lanes:
                lane.seen()

        return epoch

    def note(self, what: str, value: float, unit: str, predicted: str, holds: Callable[[float], bool] | None) -> None:
        """Keep and print a figure; on a CPU it confirms nothing."""
        verdict = "-" if holds is None or self.device == "cpu" else "confirmed" if holds(value) else "falsified"
        self.found.append({"what": what, "value": value, "unit": unit, "predicted": predicted, "verdict": verdict})
        print(f"{what}: {value:.4g} {unit} (predicted {predicted}: {verdict})", flush=True)


def convolutional(bench: Bench) -> None:
    """Inception and AlexNet, captured and eager, in full and in reduced precision; fraction of the memory's floor."""
    bandwidth = copy_rate(bench)
    bench.note("copy", bandwidth / 1e12, "TB/s", "4.3 on an H200", None)
    limits = {"inception": ("0.40-0.60", 0.8), "alexnet": ("0.07-0.12", 0.16)}
    for name, (predicted, falsified) in limits.items():
        eager = bench.epoch_seconds(bench.eager(bench.run(name)))
        wanted = ("1.0-1.4", lambda value: value >= 0.7) if name == "inception" else ("none", None)
        bench.note(f"{name}, eager, float32", eager, "s/epoch", *wanted)
        for reduced, precision in ((False, "float32"), (True, "bfloat16")):
            seconds = bench.epoch_seconds(bench.captured([bench.run(name)], reduced))
            good = (lambda value, most=falsified: value <= most) if reduced else None
            bench.note(f"{name}, captured, {precision}", seconds, "s/epoch", predicted if good else "none", good)
            floor_of(bench, name, f"{name}, captured, {precision}", seconds, bandwidth)
        with any_algorithm():
            seconds = bench.epoch_seconds(bench.captured([bench.run(name)], reduced=True))
        bench.note(f"{name}, captured, bfloat16, whatever algorithm is fastest", seconds, "s/epoch", "none", None)


@contextmanager
def any_algorithm() -> Iterator[None]:
    """Let cuDNN try its algorithms, which an audit does not: they may differ from one run to the next."""
    cudnn = torch.backends.cudnn
    before = cudnn.benchmark, cudnn.deterministic
    cudnn.benchmark, cudnn.deterministic = True, False
    try:
        yield
    finally:
        cudnn.benchmark, cudnn.deterministic = before


def floor_of(bench: Bench, name: str, what: str, seconds: float, bandwidth: float) -> None:
    """The share that the memory's floor is of an epoch's seconds."""
    bench.note(f"{what}: of the memory's floor", FLOOR[name] * bench.width / bandwidth / seconds, "share", "none", None)


def copy_rate(bench: Bench) -> float:
    """Bytes a second that a large copy reads and writes."""
    source, target = (torch.zeros(2**22 if bench.small else 2**28, device=bench.device) for _ in range(2))
    return 2 * source.nbytes / bench.seconds(lambda: target.copy_(source))


def normalization(bench: Bench) -> None:
    """Local response normalization as a band against torch's own, in a captured AlexNet."""
    own = bench.epoch_seconds(bench.captured([bench.run("alexnet")]))
    network = build("alexnet", SIDE, 3, 10, bench.width)
    for place, layer in enumerate(network):
        if isinstance(layer, ResponseNorm):
            network[place] = nn.LocalResponseNorm(9, alpha=0.001, beta=0.75, k=1.0)
    torchs = bench.epoch_seconds(bench.captured([bench.run("alexnet", network=network)]))
    bench.note("alexnet, band over torch's normalization", torchs / own, "times", ">= 1.3", lambda value: value >= 1.3)


def perceptrons(bench: Bench) -> None:
    """MLPs: one captured, 33 stacked in one graph, and 33 fused as an audit does; in float32 and in TF32."""
    rows, bandwidth = 3 if bench.small else 33, copy_rate(bench)
    for name in ("mlp-1x512", "mlp-3x512"):
        for reduced, precision in ((False, "float32"), (True, "TF32")):
            first = reduced and name == "mlp-1x512"
            one = bench.epoch_seconds(bench.captured([bench.run(name)], reduced))
            wanted = ("18-25", lambda value: value <= 30) if first else ("none", None)
            bench.note(f"{name}, captured, {precision}", 1e3 * one, "ms/epoch", *wanted)
            floor_of(bench, name, f"{name}, captured, {precision}", one, bandwidth)
            with tensor_float() if reduced else nullcontext():
                many = bench.epoch_seconds(stacked(bench, name, rows)) / rows
            wanted = ("<= 6", lambda value: value <= 6) if first else ("none", None)
            bench.note(f"{name}, {rows} stacked, {precision}", 1e3 * many, "ms/model-epoch", *wanted)
    sweep = FusedSweep(rows)
    for seed in range(rows):
        sweep.add(bench.run("mlp-1x512", seed))
    many = bench.epoch_seconds(sweep.epoch) / rows
    bench.note(f"mlp-1x512, {rows} fused, float32, with exact evaluation", 1e3 * many, "ms/model-epoch", "none", None)


def stacked(bench: Bench, name: str, rows: int) -> Callable[[], None]:
    """An epoch of so many MLPs as one batched program, its step in a graph."""
    runs = [bench.run(name, seed) for seed in range(rows)]
    stack = Stack(runs[0].network, rows)
    for row, run in enumerate(runs):
        stack.put(run.network, row)
    images, labels = (part.clone() for part in next(side_by_side(runs)))

    def step() -> None:
        judged(stack.differentiate(images, labels), labels)
        stack.update([run.recipe for run in runs], [0.01] * rows)

    replayed = (
        step if bench.device == "cpu" else Graph(step, [*stack.weights, *stack.momenta], torch.cuda.Stream(bench.device))
    )

    def epoch() -> None:
        for _ in range(bench.images // BATCH):
            replayed()

    return epoch


def streams(bench: Bench) -> None:
    """Three Inceptions at once, a graph and a stream each, against three in turn."""
    for reduced, precision in ((False, "float32"), (True, "bfloat16")):
        alone = bench.seconds(bench.captured([bench.run("inception")], reduced))
        gain = 3 * alone / bench.seconds(bench.captured([bench.run("inception", seed) for seed in range(3)], reduced))
        wanted = (">= 1.2", lambda value: value >= 1.2) if reduced else ("none", None)
        bench.note(f"3 inceptions on 3 streams, {precision}, over one after the other", gain, "times", *wanted)


def vectorized(bench: Bench) -> None:
    """The gradients of four Inceptions under vmap, which makes grouped convolutions, against four in turn."""
    networks = [bench.run("inception", seed).network for seed in range(4)]
    data = bench.run("inception").data
    images, labels = data.inputs[:BATCH], data.labels[:BATCH]
    for network in networks:
        replace_all_batch_norm_modules_(network.train())  # no running statistics, which vmap cannot write
    weights, _ = stack_module_state(networks)

    def loss(of_one: dict[str, Tensor]) -> Tensor:
        return functional.cross_entropy(functional_call(networks[0], of_one, (images,)), labels)

    def in_turn() -> None:
        for network in networks:
            torch.autograd.grad(functional.cross_entropy(network(images), labels), list(network.parameters()))

    gain = bench.seconds(in_turn) / bench.seconds(lambda: vmap(grad(loss))(weights))
    bench.note("4 inceptions under vmap over 4 in turn, eager", gain, "times", "<= 1.0", lambda value: value <= 1.0)


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
    optimizer = torchs(other.parameters(), recipe)
    for epoch in range(1, 11):
        run.next_epoch()
        take_in_turn([steps])
        train_epoch(other, run.data, optimizer, recipe, 0, epoch)
    pairs = zip(run.network.state_dict().values(), other.state_dict().values(), strict=True)
    worst = max(float((one - two).abs().max()) for one, two in pairs)
    bench.note(
        "captured against eager in float64, 50 steps", worst, "largest difference", "1e-12", lambda value: value < 1e-12
    )


def reduced(bench: Bench) -> None:
    """Epochs to fit random labels of digits, in reduced precision against float32, over seeds."""
    recipe = Recipe(batch=64, learning_rate=0.05, momentum=0.9, decay=0.999344, budget=120, patience=120, test_every=0)
    fits: dict[bool, list[int]] = {False: [], True: []}
    for seed in range(1 if bench.small else 3):
        for less in fits:
            torch.manual_seed(seed)
            run = Run(
                build("inception", 7, 1, 10, 0.25), prepare("digits", 300, "true", 1.0, seed), recipe, seed, bench.device
            )
            lanes = Lanes(1, less)
            lanes.add(run)
            while lanes.runs and not (bench.small and run.epoch > 2):
                lanes.epoch()
            fits[less].append(run.watch.fit_loss or recipe.budget)
    shift = abs(float(np.mean(fits[True])) - float(np.mean(fits[False])))
    spread = max(fits[False]) - min(fits[False])
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


PARTS = (reference, parity, convolutional, normalization, perceptrons, streams, vectorized, reduced)


def main() -> int:
    """Measure all parts and write what was found; return 1 if a part failed."""
    parser = argparse.ArgumentParser(description="Measure what was predicted of this audit on a GPU.")
    parser.add_argument("--device", default="cuda:0", help="cuda:0, or cpu to try the script")
    parser.add_argument("--small", action="store_true", help="at a size at which the figures mean nothing")
    parser.add_argument("--output", type=Path, default=Path("gpu-measurements.json"), help="where the figures go, as JSON")
    options = parser.parse_args()
    bench, failed = Bench(options.device, options.small), {}
    for part in PARTS:
        started = time.perf_counter()
        try:
            with reproducible(options.device):  # as an audit trains
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
