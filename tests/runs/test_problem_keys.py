"""A problem's spec, and its key: the solver's own room is in it, and no network."""

import json
from dataclasses import fields, replace

import pytest

from rethinking_audit.fixtures.data.datasets import find
from rethinking_audit.fixtures.runs import identity
from rethinking_audit.fixtures.runs.identity import key
from rethinking_audit.fixtures.tasks.solve import ProblemSolve
from rethinking_audit.fixtures.tasks.target import Target
from rethinking_audit.fixtures.tasks.training import Training
from rethinking_audit.fixtures.training.spec import Recipe
from tests.builders.places import ROOT
from tests.builders.problems import SPEC

TRAINING = Training(
    data=find("digits"),
    network="linear",
    seed=0,
    recipe=Recipe(batch=32, learning_rate=0.1, momentum=0.9, decay=0.99, budget=2, patience=10),
)


def test_a_spec_survives_json():
    spec = ProblemSolve.of("kernel-grid", find("digits"), {"scales": [1.0, 2.0], "l2s": [], "kind": "raw"}, subset=50)
    assert ProblemSolve.from_dict(json.loads(json.dumps(spec.to_dict()))) == spec
    assert hash(spec) == hash(ProblemSolve.from_dict(spec.to_dict()))


def test_a_problem_that_is_none_is_named():
    with pytest.raises(ValueError, match="no problem is called 'sgdd'; expected one of two-layer"):
        ProblemSolve.of("sgdd", find("digits"), {})


@pytest.mark.parametrize("field", [field.name for field in fields(ProblemSolve) if field.name != "data"])
def test_every_field_of_a_spec_is_in_its_key(field):
    other = {"problem": "depth", "seed": 1, "subset": 51, "corruption": 0.5, "parameters": (("points", 11),)}[field]
    assert key(replace(SPEC, **{field: other}), Target()) != key(SPEC, Target())


def test_an_edit_of_the_theory_trains_no_network_again_nor_the_other_way_round(monkeypatch):
    solved, trained = key(SPEC, Target()), key(TRAINING, Target())
    monkeypatch.setattr(identity, "theory_digest", lambda: "edited")
    assert key(SPEC, Target()) != solved
    assert key(TRAINING, Target()) == trained
    monkeypatch.undo()
    monkeypatch.setattr(identity, "engine_digest", lambda: "edited")
    assert key(SPEC, Target()) == solved
    assert key(TRAINING, Target()) != trained


def test_the_sources_of_a_solve_are_all_that_its_room_holds():
    root = ROOT / "fixtures"
    listed = {path for pattern in identity.THEORY for path in root.glob(pattern)}
    assert set((root / "theory").glob("*.py")) <= listed
    assert all(any(root.glob(pattern)) for pattern in identity.THEORY)


def test_the_precision_is_in_the_key():
    assert identity.context(SPEC, "cpu")["numerics"]["dtype"] == "float64"
    signs = ProblemSolve.of("random-signs", find("digits"), {})
    assert identity.context(signs, "cpu")["numerics"]["dtype"] == "float32"
