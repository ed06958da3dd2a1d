"""Digits MLPs until every label is right: a fused sweep against the reference loop, as sweep and workers grow."""

import statistics
import subprocess
import sys
import time
from pathlib import Path

import pytest

from rethinking_audit.fixtures.tasks.memory import SLOTS
from tests.benchmarks.work import SWEEP, in_sequence, side_by_side

ROOT = Path(__file__).parent.parent.parent
PROCESSOR = pytest.mark.benchmark(timer=time.process_time)

# One process at a plan of digits MLPs in a store; it says when it is ready, and waits to be told to begin.
WORKER = """
import sys
from rethinking_audit.fixtures.training.numerics import use_one_thread
use_one_thread()
from dataclasses import replace
from pathlib import Path
from rethinking_audit.fixtures.data.datasets import find
from rethinking_audit.fixtures.runs.identity import key
from rethinking_audit.fixtures.runs.prepare import drain
from rethinking_audit.fixtures.runs.session import Session
from rethinking_audit.fixtures.runs.store import Store
from rethinking_audit.fixtures.tasks.target import Target
from rethinking_audit.fixtures.tasks.training import Training
from tests.benchmarks.work import DIGITS, SWEEP
one = Training(data=find("digits"), network="mlp-1x512", recipe=DIGITS, seed=0, train_size=300)
specs = [replace(one, seed=seed, corruption=level) for level, seed in SWEEP]
folder, name = Path(sys.argv[1]), sys.argv[2]
def make(specs, folder):
    drain({key(spec, Target()): spec for spec in specs}, Store(folder), Session(folder / "session"), Target(), name)
make([replace(specs[0], seed=99)], folder / name)  # what is imported and read once is not what is measured
print("ready", flush=True)
sys.stdin.readline()
make(specs, folder)
print("done", flush=True)
"""


@PROCESSOR
def test_33_networks_to_the_last_label(against, say):
    """11 levels of corruption and 3 seeds, 300 images, MLP 1x512: each fits in the same epoch either way."""
    fits = {}

    def fused():
        fits["fused"] = side_by_side(SWEEP, SLOTS)

    def reference():
        fits["reference"] = in_sequence(SWEEP)

    found = against(fused, rounds=3, reference=reference)
    assert fits["fused"] == fits["reference"]
    assert None not in fits["fused"]
    say(times_the_reference=found["reference"] / found["own"], seconds=found["own"])


@PROCESSOR
@pytest.mark.parametrize("count", [1, 2, 4, 8, 16])
def test_cost_as_the_sweep_grows(against, say, count):
    """So many of them at once, random labels, against as many in sequence."""
    members = [(1.0, seed) for seed in range(count)]
    found = against(lambda: side_by_side(members, count), rounds=3, reference=lambda: in_sequence(members))
    say(times_the_reference=found["reference"] / found["own"], seconds_each=found["own"] / count)


@pytest.mark.parametrize("workers", [1, 2])
def test_cost_as_the_workers_grow(benchmark, say, tmp_path_factory, workers):
    """The same 33 from specs to records in a store, by processes that share a plan, in wall seconds."""
    seconds = []

    def start():
        folder = tmp_path_factory.mktemp("store")
        command = [sys.executable, "-c", WORKER, str(folder)]
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
        found = [subprocess.Popen([*command, f"gw{place}"], cwd=ROOT, **pipes) for place in range(workers)]
        assert [one.stdout.readline() for one in found] == ["ready\n"] * workers
        return (found, folder), {}

    def drained(found, folder):
        started = time.perf_counter()
        for one in found:
            print("go", file=one.stdin, flush=True)
        assert [one.stdout.readline() for one in found] == ["done\n"] * workers
        seconds.append(time.perf_counter() - started)
        for one in found:
            one.communicate()
        assert len(list((folder / "runs").glob("*.json"))) == len(SWEEP)

    benchmark.pedantic(drained, setup=start, rounds=3)
    say(wall_seconds=statistics.median(seconds))
