"""A run's key: the hash of exactly this."""

from dataclasses import replace

import pytest
import torch
from sklearn import __version__ as sklearn

from rethinking_audit.fixtures.data import source
from rethinking_audit.fixtures.data.datasets import find
from rethinking_audit.fixtures.runs.identity import key
from rethinking_audit.fixtures.tasks import sources
from rethinking_audit.fixtures.tasks.baseline import Baseline
from rethinking_audit.fixtures.tasks.solve import ProblemSolve
from rethinking_audit.fixtures.tasks.sources import sha256
from rethinking_audit.fixtures.tasks.target import Target
from tests.builders.specs import SPEC as NETWORK

PROBLEM = ProblemSolve.of("random-signs", find("digits"), {"draws": 3})
BASELINE = Baseline(data=find("digits"), network="ridge", seed=0, train_size=50)
CPU, CARD = Target(processor="a processor"), Target("cuda:1", processor="a processor", card="a card")
ON_CPU, ON_CARD = {"device": "cpu", "capability": "a processor"}, {"device": "cuda", "capability": "a card"}
FUSED = {"network": "networks", "engine": {"name": "fused", "source": "training"}}


def minor(version):
    return ".".join(version.split(".")[:2])


@pytest.fixture
def digests(monkeypatch):
    """Short names for what sources come to: their rooms."""
    rooms = lambda files: "+".join(sorted({file.partition("/")[0] for file in files}))  # noqa: E731 -- a stand-in
    for module in ("sources", "training", "solve", "baseline"):
        monkeypatch.setattr(f"rethinking_audit.fixtures.tasks.{module}.digest", rooms)
    assert sources.engine_digest("fused") == "training"


@pytest.mark.parametrize(
    ("task", "target", "numerics", "source"),
    [
        (NETWORK, CARD, {**ON_CARD, "dtype": "float32"}, {"engine": "data+networks+training", **FUSED}),
        (NETWORK, CPU, {**ON_CPU, "dtype": "float32"}, {"engine": "data+networks+training", **FUSED}),
        (PROBLEM, CARD, {**ON_CARD, "dtype": "float32"}, {"engine": "data+tasks+theory+training", "solver": "theory"}),
        (
            replace(PROBLEM, problem="kernel"),
            CARD,
            {**ON_CARD, "dtype": "float64"},
            {"engine": "data+tasks+theory+training", "solver": "theory"},
        ),
        (
            replace(PROBLEM, problem="sgd"),
            CARD,
            {**ON_CPU, "dtype": "float64"},
            {"engine": "data+tasks+theory+training", "solver": "theory"},
        ),
        (
            BASELINE,
            CARD,
            {**ON_CPU, "dtype": "float64", "scikit-learn": minor(sklearn)},
            {"engine": "baselines+data+training", "baseline": "baselines"},
        ),
    ],
    ids=["network", "network on a processor", "problem", "exact problem", "problem for the CPU", "baseline"],
)
def test_a_run_depends_on_its_data_its_code_and_how_its_numbers_are_computed(digests, task, target, numerics, source):
    assert task.context(target) == {
        "data": find("digits").digest(),
        "torch": minor(torch.__version__),
        "numerics": {"matmul": "highest", "threads": 1, **numerics},
        **source,
    }


@pytest.mark.parametrize("task", [NETWORK, PROBLEM, BASELINE])
@pytest.mark.parametrize(("data", "name"), [("digits", "digits"), ("npz:some/a:b.npz", "npz")])
def test_a_key_is_of_the_spec_and_the_context_whatever_the_place_of_the_data(monkeypatch, task, data, name):
    monkeypatch.setattr(source, "digest", lambda _: "f" * 64)
    task = replace(task, data=find(data))
    whole = {"task": task.KIND, "spec": {**task.to_dict(), "data": name}, "context": task.context(CPU)}
    assert key(task, CPU) == sha256(whole)
