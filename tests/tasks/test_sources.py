"""The source in a key: of what a run uses, every byte of it, and of nothing else."""

import hashlib
import json

import pytest

from rethinking_audit.fixtures.baselines import BASELINES, Learner
from rethinking_audit.fixtures.data.datasets import find
from rethinking_audit.fixtures.networks import NETWORKS, Network
from rethinking_audit.fixtures.runs.identity import key
from rethinking_audit.fixtures.tasks import sources
from rethinking_audit.fixtures.tasks.baseline import Baseline
from rethinking_audit.fixtures.tasks.sources import (
    FIXTURES,
    LEARNING,
    LOOP,
    SOLVING,
    digest,
    network_files,
    sha256,
    solver_files,
)
from rethinking_audit.fixtures.tasks.target import Target
from rethinking_audit.fixtures.tasks.training import Training
from rethinking_audit.fixtures.theory.solver_flops import small
from rethinking_audit.fixtures.theory.solvers import SOLVERS, Solver
from rethinking_audit.fixtures.training.engine import SOURCES
from tests.builders.problems import SPEC as SOLVE
from tests.builders.sources import edited
from tests.builders.specs import RECIPE, SPEC

FILES = sorted({*LOOP, *SOLVING, *LEARNING, *(file for files in SOURCES.values() for file in files)})
CONVOLVED = Training(data=find("digits"), network="alexnet", recipe=RECIPE, seed=0, train_size=50, width=0.1)
BASELINE = Baseline(data=find("digits"), network="ridge", seed=0, train_size=50)
TASKS = (SPEC, CONVOLVED, SOLVE, BASELINE)


@pytest.fixture
def rooms(monkeypatch, tmp_path):
    """A copy of the rooms; called with files, one in which they are edited or new."""

    def change(*files):
        edited(monkeypatch, tmp_path / "rooms", *files)

    change()
    yield change
    sources.forget()


def keys():
    return [key(task, Target()) for task in TASKS]


@pytest.mark.parametrize("file", FILES)
def test_every_file_that_is_named_is_there(file):
    assert (FIXTURES / file).is_file()


def test_a_digest_is_of_the_names_and_texts_as_they_are():
    files = ["training/loop.py", "training/spec.py"]
    texts = {file: (FIXTURES / file).read_text(encoding="utf-8") for file in files}
    assert digest(reversed(files)) == sha256(texts)
    text = json.dumps(texts, sort_keys=True, separators=(",", ":"))
    assert sha256(texts) == hashlib.sha256(text.encode()).hexdigest()
    assert digest(files) != digest(files[:1])


def test_a_network_is_followed_through_what_it_imports_of_its_room():
    assert network_files("mlp-1x512") == {"networks/mlp.py", "networks/layers.py"}
    assert network_files("alexnet") == {"networks/alexnet.py", "networks/layers.py", "networks/response_norm.py"}
    assert {"theory/solve_linear.py", "theory/linear.py"} <= solver_files("sgd")
    assert "theory/gabor.py" not in solver_files("sgd")


def test_the_source_of_a_users_network_has_the_digest_of_the_users_code(monkeypatch):
    monkeypatch.setitem(NETWORKS, "mine", Network("mlp:linear", guest="of its code"))
    files = digest(network_files("linear"))
    assert sources.network_source("linear") == files
    assert sources.network_source("mine") == {"files": files, "guest": "of its code"}


def test_every_way_of_importing_is_followed(monkeypatch, tmp_path):
    room, package = tmp_path / "theory", f"{sources.PACKAGE}.theory"
    room.mkdir()
    ways = (
        f"import {package}.a, numpy",
        f"import {package}.b",
        f"from {package}.c import x",
        f"from {package} import d",
        f"from {package} import e as other",
        f"import {package}.f as another",
    )
    (room / "first.py").write_text("\n".join(ways))
    for name in ("a", "b", "c", "d", "e", "f", "stranger"):
        (room / f"{name}.py").write_text("")
    monkeypatch.setattr(sources, "FIXTURES", tmp_path)
    sources.forget()
    assert sources.followed("theory", "first") == {f"theory/{name}.py" for name in ("first", *"abcdef")}
    sources.forget()


@pytest.mark.parametrize(
    ("file", "engine", "theory"),
    [
        ("training/loop.py", True, False),
        ("networks/response_norm.py", True, False),
        ("theory/problem.py", False, True),
        ("theory/gabor.py", False, True),
        ("training/numerics.py", True, True),
        ("runs/store.py", False, False),
    ],
)
def test_the_digests_of_all_networks_and_of_all_solvers_tell_an_edit(rooms, file, engine, theory):
    before = sources.training_digest(), sources.theory_digest()
    rooms(file)
    assert (sources.training_digest() != before[0], sources.theory_digest() != before[1]) == (engine, theory)


def test_a_new_network_makes_no_stored_run_stale(rooms, monkeypatch):
    before = keys()
    rooms("networks/another.py", "networks/__init__.py")
    monkeypatch.setitem(NETWORKS, "another", Network("another:another"))
    assert keys() == before


def test_a_new_data_source_makes_no_stored_run_stale(rooms):
    before = keys()
    rooms("data/another.py", "data/datasets.py", "data/source.py")
    assert keys() == before


def test_a_new_solver_makes_no_stored_run_stale(rooms, monkeypatch):
    before = keys()
    rooms("theory/solve_another.py", "theory/solvers.py", "theory/solver_flops.py")
    monkeypatch.setitem(SOLVERS, "another", Solver("solve_another:another", small))
    assert keys() == before


def test_a_new_baseline_makes_no_stored_run_stale(rooms, monkeypatch):
    before = keys()
    rooms("baselines/another.py", "baselines/__init__.py")
    monkeypatch.setitem(BASELINES, "another", Learner("another:predictions"))
    assert keys() == before


def test_a_new_kind_of_task_or_engine_makes_no_stored_run_stale(rooms, monkeypatch):
    before = keys()
    rooms("tasks/another.py", "tasks/kinds.py", "training/another.py", "training/engine.py")
    monkeypatch.setitem(SOURCES, "another", ("training/another.py",))
    assert keys() == before


@pytest.mark.parametrize(
    ("file", "stale"),
    [
        ("networks/layers.py", [True, True, False, False]),
        ("networks/response_norm.py", [False, True, False, False]),
        ("training/stack.py", [True, False, False, False]),  # a fused sweep trains the first
        ("data/corruption.py", [True, True, True, True]),
        ("baselines/ridge.py", [False, False, False, True]),
        ("baselines/nearest_neighbour.py", [False, False, False, False]),
    ],
)
def test_an_edit_makes_stale_what_uses_the_file(rooms, file, stale):
    before = keys()
    rooms(file)
    assert [one != other for one, other in zip(keys(), before, strict=True)] == stale
