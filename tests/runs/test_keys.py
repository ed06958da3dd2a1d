"""A training's key holds everything that its record depends on, and nothing else."""

from dataclasses import fields, replace

import pytest

from rethinking_audit.fixtures.runs import identity
from rethinking_audit.fixtures.runs.identity import key
from rethinking_audit.fixtures.tasks.sources import canonical
from rethinking_audit.fixtures.tasks.target import Target
from rethinking_audit.fixtures.tasks.training import Training
from rethinking_audit.fixtures.training.executor import CAPTURED, CHOICES, REDUCED, SOURCES
from rethinking_audit.fixtures.training.spec import Recipe
from tests.builders.places import ROOT
from tests.builders.specs import RECIPE, SPEC


def test_canonical_json_has_one_form():
    assert canonical({"b": [1, 0.5], "a": None}) == '{"a":null,"b":[1,0.5]}'
    with pytest.raises(ValueError, match="not JSON compliant"):
        canonical(float("nan"))


@pytest.mark.parametrize("field", [field.name for field in fields(Training) if field.name not in ("recipe", "data")])
def test_every_field_of_a_spec_is_in_its_key(field):
    other = {"network": "linear", "seed": 1, "corruption": 0.5, "inputs": "random", "subset": 51, "width": 0.2}[field]
    assert key(replace(SPEC, **{field: other}), Target()) != key(SPEC, Target())


@pytest.mark.parametrize("field", [field.name for field in fields(Recipe)])
def test_every_field_of_a_recipe_is_in_the_key(field):
    value = getattr(RECIPE, field)
    other = (not value) if isinstance(value, bool) else value + 1
    assert key(replace(SPEC, recipe=replace(RECIPE, **{field: other})), Target()) != key(SPEC, Target())


@pytest.mark.parametrize("part", ["engine_digest", "torch_minor"])
def test_code_and_torch_are_in_the_key(monkeypatch, part):
    before = key(SPEC, Target())
    monkeypatch.setattr(identity, part, lambda: "another")
    assert key(SPEC, Target()) != before


@pytest.mark.parametrize("patterns", [identity.ENGINE, identity.THEORY])
def test_every_byte_and_every_name_of_the_source_is_in_its_digest(monkeypatch, tmp_path, patterns):
    rooms = tmp_path / "fixtures"
    for pattern in patterns:
        path = rooms / pattern.replace("*", "other")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"# {pattern} is read as UTF-8: ä\n", encoding="utf-8")
    monkeypatch.setattr(identity, "__file__", str(rooms / "runs" / "identity.py"))
    found = [identity._digest(patterns)]
    for pattern in patterns:
        path = rooms / pattern.replace("*", "other")
        path.write_text(path.read_text(encoding="utf-8") + "\n", encoding="utf-8")
        found.append(identity._digest(patterns))
    path.rename(path.with_name("renamed.py"))
    found.append(identity._digest(patterns))
    assert len(set(found)) == len(found)
    (rooms / "README.md").write_text("no source")
    assert identity._digest(patterns) == found[-1]


def test_the_digest_of_the_source_is_of_the_files_as_they_are():
    files = ["training/loop.py", "training/spec.py"]
    texts = {file: (ROOT / "fixtures" / file).read_text(encoding="utf-8") for file in files}
    assert identity._digest(("training/spec.py", "training/loop.py")) == identity.sha256(texts)
    assert identity.engine_digest.__wrapped__() == identity._digest(identity.ENGINE)
    assert identity.theory_digest.__wrapped__() == identity._digest(identity.THEORY)


def test_numerics_are_in_the_key_and_the_card_is_not():
    assert key(SPEC, Target()) != key(SPEC, Target("cuda:0")) == key(SPEC, Target("cuda:3"))


def test_a_spec_survives_json():
    assert Training.from_dict(SPEC.to_dict()) == SPEC


def test_the_executor_is_in_the_key():
    assert key(SPEC, Target()) == key(SPEC, Target(engine="fused")) != key(SPEC, Target(engine="reference"))
    conv = replace(SPEC, network="alexnet")
    assert (
        key(conv, Target())
        == key(conv, Target(engine="direct"))
        != key(conv, Target(engine="reference"))
        == key(conv, Target(engine="fused"))
    )
    assert (
        len({key(conv, Target("cuda:0", asked)) for asked in CHOICES}) == 4
    )  # of so few steps auto is the reference loop's


def test_a_run_of_reduced_precision_says_so():
    full, reduced = (context(SPEC, Target("cuda:0", asked)) for asked in (CAPTURED, REDUCED))
    assert full["executor"]["source"] == reduced["executor"]["source"]
    assert (full["numerics"]["matmul"], reduced["numerics"]["matmul"]) == ("highest", "high")
    assert "bfloat16" in reduced["numerics"]["passes"]


def test_every_source_of_a_training_is_in_somebodys_key():
    root = ROOT / "fixtures"
    listed = {path for patterns in (identity.ENGINE, *SOURCES.values()) for name in patterns for path in root.glob(name)}
    choosing = {root / "training" / name for name in ("__init__.py", "executor.py")}
    assert set((root / "training").glob("*.py")) - choosing <= listed
    assert set((root / "networks").glob("*.py")) <= listed
