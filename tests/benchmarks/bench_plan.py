"""What it takes to plan 100,000 runs and to look them all up in a store: processor seconds, and the peak memory."""

import resource
import time

import pytest

from rethinking_audit.fixtures.data.datasets import find
from rethinking_audit.fixtures.runs.plan import Plan
from rethinking_audit.fixtures.runs.store import Store
from rethinking_audit.fixtures.tasks.target import Target
from rethinking_audit.fixtures.tasks.training import Training
from tests.benchmarks.work import RECIPE

RUNS = 100_000
MNIST1D = find("mnist1d")
LEVELS = [level / 10 for level in range(10)]
NETWORKS = ("mlp-1x512", "alexnet")


def tasks():
    seeds = range(RUNS // len(LEVELS) // len(NETWORKS))
    return [
        Training(data=MNIST1D, network=network, recipe=RECIPE, seed=seed, corruption=level)
        for network in NETWORKS
        for level in LEVELS
        for seed in seeds
    ]


def peak():
    """The most memory that this process has had, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3


@pytest.mark.benchmark(timer=time.process_time)
def test_plan(benchmark, say):
    found = tasks()
    plan = benchmark.pedantic(lambda: Plan.of(found, Target()), rounds=2)
    assert len(plan.runs) == RUNS
    say(peak_mb=peak())


@pytest.mark.benchmark(timer=time.process_time)
@pytest.mark.parametrize("there", [False, True], ids=["none", "all"])
def test_look_up(benchmark, say, there, tmp_path):
    """The missing runs of a store that has none, or all, of them."""
    plan, store = Plan.of(tasks(), Target()), Store(tmp_path)
    for key in plan.runs if there else ():
        store.path(key).touch()
    missing = benchmark.pedantic(lambda: plan.missing(store), rounds=2)
    assert len(missing) == (0 if there else RUNS)
    say(peak_mb=peak())
