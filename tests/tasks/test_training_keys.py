"""A training's key holds everything that its record depends on, and nothing else."""

from dataclasses import fields, replace

import pytest

from rethinking_audit.fixtures.networks import NETWORKS, STREAMED
from rethinking_audit.fixtures.runs.identity import key
from rethinking_audit.fixtures.tasks.sources import LOOP, canonical, followed, network_files, streamed_files
from rethinking_audit.fixtures.tasks.target import Target
from rethinking_audit.fixtures.tasks.training import Training
from rethinking_audit.fixtures.training.engine import CAPTURED, CHOICES, REDUCED, SOURCES
from rethinking_audit.fixtures.training.spec import Recipe
from tests.builders.places import ROOT
from tests.builders.specs import RECIPE, SPEC


def test_canonical_json_has_one_form():
    assert canonical({"b": [1, 0.5], "a": None}) == '{"a":null,"b":[1,0.5]}'
    with pytest.raises(ValueError, match="not JSON compliant"):
        canonical(float("nan"))


@pytest.mark.parametrize("field", [field.name for field in fields(Training) if field.name not in ("recipe", "data")])
def test_every_field_of_a_spec_is_in_its_key(field):
    other = {"network": "linear", "seed": 1, "corruption": 0.5, "inputs": "random", "train_size": 51, "width": 0.2}[field]
    assert key(replace(SPEC, **{field: other}), Target()) != key(SPEC, Target())


@pytest.mark.parametrize("field", [field.name for field in fields(Recipe)])
def test_every_field_of_a_recipe_is_in_the_key(field):
    value = getattr(RECIPE, field)
    other = (not value) if isinstance(value, bool) else value + 1
    assert key(replace(SPEC, recipe=replace(RECIPE, **{field: other})), Target()) != key(SPEC, Target())


def test_torch_is_in_the_key(monkeypatch):
    before = key(SPEC, Target())
    monkeypatch.setattr("rethinking_audit.fixtures.tasks.task.torch_minor", lambda: "another")
    assert key(SPEC, Target()) != before


def test_numerics_are_in_the_key_and_the_place_of_the_card_is_not():
    assert key(SPEC, Target()) != key(SPEC, Target("cuda:0")) == key(SPEC, Target("cuda:3"))


def test_another_machine_computes_the_key_from_the_target():
    """A card's key needs no card, and is not of the processor beside it; nor is a processor's of a card."""
    card = Target("cuda:0", processor="GenuineIntel AVX512", card="9.0")
    assert key(SPEC, card) == key(SPEC, replace(card, processor="AuthenticAMD AVX2"))
    assert key(SPEC, card) != key(SPEC, replace(card, card="8.0"))
    assert key(SPEC, Target(processor="GenuineIntel AVX512")) != key(SPEC, Target(processor="AuthenticAMD AVX512"))
    assert key(SPEC, Target(processor="GenuineIntel AVX512")) != key(SPEC, Target(processor="GenuineIntel AVX2"))


def test_the_engine_is_in_the_key():
    assert key(SPEC, Target()) == key(SPEC, Target(engine="fused")) != key(SPEC, Target(engine="reference"))
    conv = replace(SPEC, network="alexnet")
    assert (
        key(conv, Target())
        == key(conv, Target(engine="direct"))
        != key(conv, Target(engine="reference"))
        == key(conv, Target(engine="fused"))
    )
    # of so few steps auto is the reference loop's
    assert len({key(conv, Target("cuda:0", asked)) for asked in CHOICES}) == 4


def test_a_run_of_reduced_precision_says_so():
    full, reduced = (SPEC.context(Target("cuda:0", asked)) for asked in (CAPTURED, REDUCED))
    assert full["engine"]["source"] == reduced["engine"]["source"]
    assert (full["numerics"]["matmul"], reduced["numerics"]["matmul"]) == ("highest", "high")
    assert "bfloat16" in reduced["numerics"]["passes"]


def test_every_source_of_a_training_is_in_somebodys_key():
    root = ROOT / "fixtures"
    ours = (LOOP, *SOURCES.values(), *map(network_files, NETWORKS), *map(streamed_files, STREAMED))
    listed = {root / file for files in (*ours, followed("networks", "guest")) for file in files}
    choosing = {root / "training" / name for name in ("__init__.py", "engine.py")}
    assert set((root / "training").glob("*.py")) - choosing <= listed
    assert set((root / "networks").glob("*.py")) - {root / "networks" / "__init__.py"} <= listed
