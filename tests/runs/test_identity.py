"""A run's key: the hash of exactly this."""

from dataclasses import replace

import pytest
import torch
from sklearn import __version__ as sklearn

from rethinking_audit.fixtures.data import datasets
from rethinking_audit.fixtures.data.datasets import find
from rethinking_audit.fixtures.runs import identity
from rethinking_audit.fixtures.runs.identity import key
from rethinking_audit.fixtures.tasks.solve import ProblemSolve
from rethinking_audit.fixtures.tasks.sources import sha256
from rethinking_audit.fixtures.tasks.target import Target
from rethinking_audit.fixtures.tasks.training import Training
from rethinking_audit.fixtures.training.spec import Recipe

RECIPE = Recipe(batch=32, learning_rate=0.1, momentum=0.9, decay=0.99, budget=2, patience=10, test_every=0)
NETWORK = Training(data=find("digits"), network="mlp-1x512", recipe=RECIPE, seed=0, subset=50, width=0.1)
PROBLEM = ProblemSolve.of("random-signs", find("digits"), {"draws": 3})


def minor(version):
    return ".".join(version.split(".")[:2])


@pytest.fixture
def digests(monkeypatch):
    """Short names for what the sources of each kind of run come to."""
    for name in ("engine", "theory", "learners"):
        monkeypatch.setattr(identity, f"{name}_digest", lambda name=name: name)
    monkeypatch.setattr(identity, "executor_digest", lambda name: f"the {name} sweep's" if name == "fused" else None)


@pytest.mark.parametrize(
    ("spec", "device", "engine", "numerics", "more"),
    [
        (
            NETWORK,
            "cuda:1",
            "engine",
            {"device": "cuda", "dtype": "float32"},
            {"executor": {"name": "fused", "source": "the fused sweep's"}},
        ),
        (
            NETWORK,
            "cpu",
            "engine",
            {"device": "cpu", "dtype": "float32"},
            {"executor": {"name": "fused", "source": "the fused sweep's"}},
        ),
        (PROBLEM, "cuda:1", "theory", {"device": "cuda", "dtype": "float32"}, {}),
        (replace(PROBLEM, problem="kernel"), "cuda:1", "theory", {"device": "cuda", "dtype": "float64"}, {}),
        (replace(PROBLEM, problem="sgd"), "cuda:1", "theory", {"device": "cpu", "dtype": "float64"}, {}),
        (
            replace(NETWORK, network="ridge"),
            "cuda:1",
            "learners",
            {"device": "cpu", "dtype": "float64", "scikit-learn": minor(sklearn)},
            {},
        ),
    ],
    ids=["network", "network in a sweep", "problem", "exact problem", "problem for the CPU", "learner"],
)
def test_a_run_depends_on_its_data_its_code_and_how_its_numbers_are_computed(digests, spec, device, engine, numerics, more):
    assert context(spec, Target(device)) == {
        "data": datasets.find("digits").digest(),
        "torch": minor(torch.__version__),
        "engine": engine,
        "numerics": {"matmul": "highest", "threads": 1, **numerics},
        **more,
    }


@pytest.mark.parametrize("spec", [NETWORK, PROBLEM])
@pytest.mark.parametrize(("data", "name"), [("digits", "digits"), ("npz:some/a:b.npz", "npz")])
def test_a_key_is_of_the_spec_and_the_context_whatever_the_place_of_the_data(monkeypatch, spec, data, name):
    monkeypatch.setattr(datasets, "digest", lambda _: "f" * 64)
    spec = replace(spec, data=data)
    assert key(spec, Target()) == sha256({"spec": {**spec.to_dict(), "data": name}, "context": context(spec, Target())})
