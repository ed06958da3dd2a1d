"""`rethinking-audit train`: the runs of the imagenet tier, each shared by all processes that torchrun started.

The audit then finds them in the store: `pytest claims -m imagenet` judges.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from importlib import import_module
from pathlib import Path

import torch

from rethinking_audit.explain import CLAIMS, declarations
from rethinking_audit.fixtures.claimkit import seeds, tier_file
from rethinking_audit.fixtures.claimkit.case import cases
from rethinking_audit.fixtures.claimkit.tiers import Scale, Tier
from rethinking_audit.fixtures.data import datasets
from rethinking_audit.fixtures.data.dataset import DataUnavailable
from rethinking_audit.fixtures.data.paths import store_folder
from rethinking_audit.fixtures.record.exit_codes import BAD_INPUT
from rethinking_audit.fixtures.record.words import amount, plural
from rethinking_audit.fixtures.runs import cards
from rethinking_audit.fixtures.runs.carry_out import record
from rethinking_audit.fixtures.runs.identity import key
from rethinking_audit.fixtures.runs.store import Store, StoreUnusable
from rethinking_audit.fixtures.streaming.group import Group, joined
from rethinking_audit.fixtures.streaming.order import own_parts
from rethinking_audit.fixtures.streaming.spec import EVERY
from rethinking_audit.fixtures.tasks.clock import Clock
from rethinking_audit.fixtures.tasks.streamed import Streamed
from rethinking_audit.fixtures.tasks.target import Target
from rethinking_audit.fixtures.tasks.task import Made

NAME = "rethinking-audit train"
TIER = "imagenet"
USAGE = f"torchrun --nproc-per-node K -m rethinking_audit train --dataset folder:PATH [OPTION...], or {NAME} ..."


def main(arguments: list[str]) -> int:
    """Make the runs that the store lacks, and return the exit code."""
    try:
        asked = parser().parse_args(arguments)
    except SystemExit as error:
        return BAD_INPUT if error.code else 0  # argparse has said what was expected
    device = "cuda" if asked.device == "auto" and torch.cuda.is_available() else asked.device.replace("auto", "cpu")
    try:
        with joined(device) as (group, own):
            make(asked, group, own)
    except (ValueError, DataUnavailable, StoreUnusable) as error:
        print(f"{NAME}: {error}", file=sys.stderr)
        return BAD_INPUT
    return 0


def parser() -> argparse.ArgumentParser:
    """Return the parser of the command line."""
    found = argparse.ArgumentParser(NAME, usage=USAGE, description=__doc__, allow_abbrev=False)
    found.add_argument("--dataset", required=True, metavar="folder:PATH", help="train/CLASS/*.jpg and val/CLASS/*.jpg")
    found.add_argument("--networks", default="", metavar="A,B", help="only these networks of the tier")
    found.add_argument("--seeds", type=int, metavar="K", help="number of seeds for each run")
    found.add_argument("--first-seed", type=int, metavar="N", help="the first seed of each run")
    found.add_argument("--train-size", type=int, metavar="N", help="number of training images")
    found.add_argument("--width", type=float, metavar="F", help="factor on layer widths, a multiple of 1/16")
    found.add_argument("--store", type=Path, metavar="DIR", help="folder of finished runs (default: the user's cache)")
    found.add_argument("--device", default="auto", choices=("auto", "cpu", "cuda"))
    found.add_argument("--every", type=int, default=EVERY, metavar="STEPS", help="steps from one checkpoint to the next")
    return found


def make(asked: argparse.Namespace, group: Group, device: str) -> None:
    """Make the runs that the store lacks, the cheapest first, each in all processes of the group.

    Raises:
        ValueError: the tier, the images and the processes do not fit together, or a checkpoint is of no use.
    """
    store = Store(store_folder() if asked.store is None else asked.store.resolve())
    target = Target(device.partition(":")[0], card=None if device == "cpu" else cards.capability(device))
    runs = tasks(asked)
    for task in runs:
        own_parts(task, group)  # refused before anything is trained
    missing = {name: task for task in sorted(runs, key=Streamed.expected) if not store.has(name := key(task, target))}
    group.wait()  # so no process sees what another has just finished
    say = print if group.rank == 0 else _nothing
    processes = amount(group.size, "process", "processes")
    say(f"{plural(len(runs), 'run')}, {len(missing)} to make in {processes} on {device.partition(':')[0]}")
    for name, task in missing.items():
        with _alone(store, name, group, device) as alone:
            if not alone:
                say(f"{task}: another command makes it, or has made it by now", flush=True)
                continue
            say(f"{task}", flush=True)
            clock = Clock()
            result = task.share(target, group, device, _told(task, say), asked.every)
            if group.rank == 0:
                store.write(name, record(task, target, Made(result, *clock.lap())))
            left_out = plural(len(result["left_out"]), "image")
            say(f"  weights {result['weights'][:16]}, {left_out} left out", flush=True)


@contextmanager
def _alone(store: Store, name: str, group: Group, device: str) -> Iterator[bool]:
    """Let the first process hold the lock of a run for all of them; yield whether it does and the run is still to make."""
    with store.hold(name) if group.rank == 0 else nullcontext(False) as held:
        yield bool(group.total(torch.tensor(float(held and not store.has(name)), device=device)).item())


def tasks(asked: argparse.Namespace) -> list[Streamed]:
    """Return the distinct runs of the tier's claims, at the scale of the command line."""
    folder = Path(next(iter(import_module(CLAIMS).__path__)))
    tier = _tier(asked, folder)
    declared = [claim for found in declarations([str(folder)]).values() for claim in found]
    needed = [task for claim in declared for case in cases(claim, {TIER: tier}) for task in case.needs()]
    return [task for task in dict.fromkeys(needed) if isinstance(task, Streamed)]


def _tier(asked: argparse.Namespace, folder: Path) -> Tier:
    names = tuple(name for name in asked.networks.split(",") if name)
    first = seeds.first(folder / "seeds.toml") if asked.first_seed is None else asked.first_seed
    scale = Scale(datasets.find(asked.dataset), names, asked.seeds, asked.train_size, asked.width, first)
    tier = tier_file.read(folder / "tiers.toml")[TIER].cut(scale)
    return tier.within(tier.data.about.train, tier.data.about.classes)


def _told(task: Streamed, say: Callable[..., None]) -> Callable[..., None]:
    def told(done: int, loss: float | None = None, of: int | None = None) -> None:
        say(f"  epoch {done} of {task.units}, loss {loss:.4f}", flush=True)

    return told


def _nothing(*words: object, flush: bool = False) -> None:
    """Say nothing: the first process speaks for all."""
