"""Interleaved rounds: what is measured, and all that it is held against, in turn."""

import statistics

import pytest

from rethinking_audit.fixtures.training.numerics import reproducible
from tests.benchmarks import limits


@pytest.fixture(autouse=True)
def as_in_an_audit():
    """One thread, no denormals, the deterministic algorithms."""
    with reproducible("cpu"):
        yield


@pytest.fixture
def against(benchmark):
    """Measure `work` and each of the `rivals` in turn; return the medians of their processor seconds, by name.

    Its limit is measured in each round too, a large matrix product: "peak", in operations a second.
    """

    def measure(work, rounds=7, **rivals):
        product, operations = limits.product()
        everything = {"peak": product, **rivals}
        times = {name: [] for name in ("own", *everything)}

        def others():
            for name, rival in everything.items():
                times[name].append(limits.seconds(rival))

        benchmark.pedantic(lambda: times["own"].append(limits.seconds(work)), setup=others, rounds=rounds, warmup_rounds=1)
        medians = {name: statistics.median(values[1:] or values) for name, values in times.items()}  # the first warms up
        return {**medians, "peak": operations / medians["peak"]}

    return measure


@pytest.fixture
def say(benchmark, capsys, request):
    """Keep figures beside the times, and print them."""

    def told(**figures):
        benchmark.extra_info |= figures
        with capsys.disabled():
            words = ", ".join(f"{name.replace('_', ' ')} {value:.4g}" for name, value in figures.items())
            print(f"\n{request.node.name}: {words}", end="")

    return told
