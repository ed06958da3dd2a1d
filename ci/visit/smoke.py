"""Smoke test of a card, a quarter of a minute: every engine trains every network for three epochs, as an audit would.

python -m ci.visit.smoke --device cuda:0

All runs go through `carry_out` and `carry_out_together`, with contracts and witness. A failure prints one line with its
trace below, and the other checks go on.
"""

from __future__ import annotations

import argparse
import time
import traceback
from collections.abc import Callable, Iterator
from dataclasses import replace

from rethinking_audit.fixtures.data.datasets import find
from rethinking_audit.fixtures.training.numerics import use_one_thread

use_one_thread()

import torch  # noqa: E402

from rethinking_audit.fixtures.networks import NETWORKS  # noqa: E402
from rethinking_audit.fixtures.networks.build import build  # noqa: E402
from rethinking_audit.fixtures.runs import cards  # noqa: E402
from rethinking_audit.fixtures.runs.carry_out import carry_out, carry_out_together  # noqa: E402
from rethinking_audit.fixtures.tasks.solve import ProblemSolve  # noqa: E402
from rethinking_audit.fixtures.tasks.target import Target  # noqa: E402
from rethinking_audit.fixtures.tasks.training import Training  # noqa: E402
from rethinking_audit.fixtures.training.engine import ALONE, CHOICES, engine_of  # noqa: E402
from rethinking_audit.fixtures.training.numerics import reproducible  # noqa: E402
from rethinking_audit.fixtures.training.spec import Recipe  # noqa: E402

RECIPE = Recipe(batch=32, learning_rate=0.0625, momentum=0.9, lr_decay=0.5, max_epochs=3, patience=3, eval_every=2)
# Images and batch size: full batches and a rest; less than one batch; exactly one; two, fewer than the warm-up of a graph.
SIZES = ((75, 32), (75, 100), (50, 50), (256, 128))
AUGMENTED = replace(RECIPE, crop=True, flip=True)

Check = tuple[str, Callable[[], None]]


def checks(device: str, networks: list[str]) -> Iterator[Check]:
    """Yield the checks by name, the most telling first."""
    yield "a product on the device", lambda: product(device)
    for name in networks:
        yield f"{name}: one step back", lambda name=name: backward(name, device)
    for name in networks:
        spec = Training(data=find("digits"), network=name, recipe=RECIPE, seed=0, corruption=1.0, train_size=75, width=0.25)
        for engine in engines(spec, device):
            yield f"{name}: {engine}", lambda spec=spec, engine=engine: trained(spec, device, engine)
    for name in networks:
        if not NETWORKS[name].perceptron:
            spec = Training(data=find("digits"), network=name, recipe=AUGMENTED, seed=0, train_size=75, width=0.25)
            for engine in engines(spec, device):
                yield f"{name}, augmented: {engine}", lambda spec=spec, engine=engine: trained(spec, device, engine)
    for name in {"mlp-1x512"} & {*networks}:
        yield from sizes(device, name)
    kernel = ProblemSolve.of("kernel", find("digits"), {"kind": "gabor", "scale": 2.0}, train_size=300)
    yield "a kernel machine", lambda: sound(carry_out(kernel, Target(device))["result"])


def sizes(device: str, name: str) -> Iterator[Check]:
    """Yield a check of each size with every engine that can train it."""
    for images, batch in SIZES:
        recipe = replace(RECIPE, batch=batch)
        spec = Training(
            data=find("digits"), network=name, recipe=recipe, seed=1, corruption=1.0, train_size=images, width=0.25
        )
        for engine in engines(spec, device):
            if engine not in ALONE:
                about = f"{name}, {images} images in batches of {batch}: {engine}"
                yield about, lambda spec=spec, engine=engine: trained(spec, device, engine)


def engines(spec: Training, device: str) -> list[str]:
    """Return the engines that can train such a run on the device."""
    return [engine for engine in CHOICES if engine_of(spec, device, engine) == engine]


def product(device: str) -> None:
    """Check that a matrix product is right."""
    found = (torch.ones(64, 64, device=device) @ torch.ones(64, 64, device=device)).cpu()
    assert torch.equal(found, torch.full((64, 64), 64.0)), "ones times ones is not 64 everywhere"


def backward(name: str, device: str) -> None:
    """Check that every parameter gets a finite gradient of its shape: BatchNorm has its own backward pass on a card."""
    with reproducible(device):
        torch.manual_seed(0)
        network = build(name, (7, 7), 1, 10, 0.25).to(device).train()
        network(torch.randn(32, 1, 7, 7).to(device)).square().mean().backward()
        for place, parameter in network.named_parameters():
            assert parameter.grad is not None, f"{place} has no gradient"
            assert parameter.grad.shape == parameter.shape, f"{place} has a gradient of shape {tuple(parameter.grad.shape)}"
            assert bool(parameter.grad.isfinite().all()), f"{place} has a gradient that is not finite"


def trained(spec: Training, device: str, engine: str) -> None:
    """Train three epochs, alone or with other labels beside, as the engine does, and check the record."""
    target = Target(device, engine)
    if spec.company(target) is None:
        sound(carry_out(spec, target)["result"])
        return
    for _, made in carry_out_together(iter([spec, replace(spec, corruption=spec.corruption / 2)]), target):
        if isinstance(made, Exception):
            raise made
        sound(made["result"])


def sound(result: dict[str, object]) -> None:
    """Check that a training did not diverge, or that a solve has a result."""
    assert result.get("status") != "diverged", "the training diverged"
    assert result, "there is no result"


def main() -> int:
    """Run all checks; return 1 if one failed."""
    parser = argparse.ArgumentParser(description="Try every engine and network on a device.")
    parser.add_argument("--device", default="cuda:0", help="cuda:0, or cpu to try the script")
    parser.add_argument("--networks", default=",".join(NETWORKS), help="comma-separated networks (default: all)")
    options = parser.parse_args()
    device, failed = cards.first(options.device), []
    for name, check in checks(device, options.networks.split(",")):
        started, trace = time.perf_counter(), ""
        try:
            check()
            if device != "cpu":
                torch.cuda.synchronize()
        except Exception as error:  # the other checks say what else is wrong
            failed.append(name)
            trace = f"  FAILED: {type(error).__name__}: {error}\n{''.join(traceback.format_exception(error)[-4:])}"
        print(f"{time.perf_counter() - started:6.2f} s  {name}{trace}", flush=True)
    print(f"failed: {'; '.join(failed)}" if failed else "all is well")
    return int(bool(failed))


if __name__ == "__main__":
    raise SystemExit(main())
