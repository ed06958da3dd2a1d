"""A problem's spec, and its key: the solver's own room is in it, and no network."""

import json
from dataclasses import fields, replace

import pytest

from rethinking_audit.fixtures.data.datasets import find
from rethinking_audit.fixtures.runs.identity import key
from rethinking_audit.fixtures.tasks import sources
from rethinking_audit.fixtures.tasks.solve import ProblemSolve
from rethinking_audit.fixtures.tasks.sources import SOLVING, solver_files
from rethinking_audit.fixtures.tasks.target import Target
from rethinking_audit.fixtures.tasks.training import Training
from rethinking_audit.fixtures.theory.solvers import SOLVERS
from rethinking_audit.fixtures.training.spec import Recipe
from tests.builders.places import ROOT
from tests.builders.problems import SPEC
from tests.builders.sources import edited

TRAINING = Training(
    data=find("digits"),
    network="linear",
    seed=0,
    recipe=Recipe(batch=32, learning_rate=0.1, momentum=0.9, lr_decay=0.99, max_epochs=2, patience=10),
)


def test_a_solve_is_plain_json():
    table = {"scales": [1.0, 2.0], "l2s": [], "kind": "raw"}
    spec = ProblemSolve.of("kernel-grid", find("digits"), table, train_size=50)
    assert json.loads(json.dumps(spec.to_dict())) == spec.to_dict()
    assert spec.to_dict()["parameters"] == table
    assert hash(spec) == hash(ProblemSolve.of("kernel-grid", find("digits"), table, train_size=50))


def test_a_problem_that_is_none_is_named():
    with pytest.raises(ValueError, match="no problem is called 'sgdd'; expected one of two-layer"):
        ProblemSolve.of("sgdd", find("digits"), {})


@pytest.mark.parametrize("field", [field.name for field in fields(ProblemSolve) if field.name != "data"])
def test_every_field_of_a_spec_is_in_its_key(field):
    other = {"problem": "depth", "seed": 1, "train_size": 51, "corruption": 0.5, "parameters": (("points", 11),)}[field]
    assert key(replace(SPEC, **{field: other}), Target()) != key(SPEC, Target())


@pytest.mark.parametrize(
    ("file", "solves", "trains"),
    [
        ("theory/problem.py", True, False),
        ("theory/linear.py", True, False),
        ("theory/kernels.py", False, False),  # of another solver
        ("training/loop.py", False, True),
        ("networks/mlp.py", False, True),
        ("networks/alexnet.py", False, False),  # another network
        ("training/numerics.py", True, True),
    ],
)
def test_an_edit_makes_those_runs_again_that_use_the_file(monkeypatch, tmp_path, file, solves, trains):
    edited(monkeypatch, tmp_path / "rooms")
    solved, trained = key(SPEC, Target()), key(TRAINING, Target())
    edited(monkeypatch, tmp_path / "rooms", file)
    assert (key(SPEC, Target()) != solved, key(TRAINING, Target()) != trained) == (solves, trains)
    sources.forget()


def test_every_file_of_the_theory_is_some_solvers_or_chooses_it():
    root = ROOT / "fixtures"
    listed = {root / file for files in (SOLVING, *map(solver_files, SOLVERS)) for file in files}
    choosing = {root / "theory" / name for name in ("__init__.py", "solvers.py", "solver_flops.py")}
    assert set((root / "theory").glob("*.py")) - choosing <= listed
    assert all(path.exists() for path in listed)


def test_the_precision_is_in_the_key():
    assert SPEC.context(Target())["numerics"]["dtype"] == "float64"
    signs = ProblemSolve.of("random-signs", find("digits"), {})
    assert signs.context(Target())["numerics"]["dtype"] == "float32"
