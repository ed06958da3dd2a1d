"""The files of settings: each value has a type and a range, and what is wrong is told with file, table, key and value."""

import copy
import inspect
import re
import shutil
import tomllib
from datetime import date
from importlib import import_module
from pathlib import Path

import pytest

from rethinking_audit.fixtures.calibration import record as calibration
from rethinking_audit.fixtures.claimkit import deviations, paper, recipe_file, seeds, tier_file
from rethinking_audit.fixtures.claimkit.tier_shape import PARAMETERS, SOLVER_PARAMETERS
from rethinking_audit.fixtures.theory.solvers import SOLVERS
from tests.builders.places import CLAIMS

READERS = {
    "tiers.toml": tier_file.read.__wrapped__,
    "paper.toml": paper._tables.__wrapped__,
    "seeds.toml": seeds.first,
    "deviations.toml": deviations.read.__wrapped__,
    "calibration.toml": calibration.read,
    "recipe.toml": recipe_file.read,
}
RECIPE = """
batch = 1
learning_rate = 0.1
momentum = 0.9
lr_decay = 0.9
max_epochs = 1
patience = 1
weight_decay = 0.1
dropout = 0.1
crop = true
rotation = 1.0
after_fit = 1
eval_every = 1
"""
# The fields that may be zero, and those that may be negative or nan.
ZERO = {
    *("momentum", "weight_decay", "dropout", "rotation", "after_fit", "eval_every", "first", "last", "levels", "doses"),
    *("train", "test", "test_error", "value", "wrong", "l2", "units", "first_seed", "cases", "low", "high", "tiers"),
    *("train_top1", "train_top5", "test_top1", "test_top5", "best_top1", "best_top5", "decay_per_epoch"),
}
NEGATIVE = {"value", "wrong"}
ANYTHING = {"mean", "deviation", "limit", "wrong", "delta"}  # of the calibration: what no seed reached is infinite


def leaves(value, path=()):
    """Each value that is no table, with its path; of a list the first item."""
    for key, item in value.items() if isinstance(value, dict) else enumerate(value[:1]):
        if isinstance(item, dict | list):
            yield from leaves(item, (*path, key))
        else:
            yield (*path, key), item


def changed(tables, path, change):
    made = copy.deepcopy(tables)
    inner = made
    for step in path[:-1]:
        inner = inner[step]
    change(inner, path[-1])
    return made


def put(value):
    return lambda holder, key: holder.__setitem__(key, value)


def mutations(file, path, value):
    """Each change of a leaf, by name, and whether it may be so; None if it may or may not."""
    names = [step for step in path if isinstance(step, str)]
    # A limit by tier or network is as free as the limit.
    mine = {name for name in names[-2:] if name in ZERO | NEGATIVE | ANYTHING}
    free = file == "calibration.toml" and mine & ANYTHING
    yield "another type", put({"a": {"b": [1]}}), False
    yield "a number for a text", put(3) if isinstance(value, str | bool | date) else put("x"), False
    yield "nan", put(float("nan")), bool(free)
    if not isinstance(value, str | bool | date):
        yield (
            "negative",
            put(-1.0 if isinstance(value, float) else -1),
            bool((mine & NEGATIVE and file == "paper.toml") or free),
        )
        zero = bool(mine & ZERO or free) or (file == "calibration.toml" and names[-1] == "seeds" and len(names) == 3)
        yield "zero", put(0.0 if isinstance(value, float) else 0), zero
        yield "a huge number", put(10**400), False
    yield "removed", lambda holder, key: holder.pop(key), None
    if isinstance(path[-1], str):
        yield "an extra key", lambda holder, key: holder.update({f"{key}x": value}), None


def tables_of(file):
    tables = tomllib.loads(RECIPE if file == "recipe.toml" else (CLAIMS / file).read_text(encoding="utf-8"))
    if file == "calibration.toml":  # its cases are alike
        return {name: tables[name] for name in [*list(tables)[:3], list(tables)[-1]]}
    return tables


@pytest.mark.parametrize("file", READERS)
def test_every_value_is_right_or_told_with_its_file_and_key(file, monkeypatch, tmp_path):
    (tmp_path / file).write_text("")
    tables = tables_of(file)
    assert len(list(leaves(tables))) > 2
    for path, value in leaves(tables):
        for name, change, may in mutations(file, path, value):
            made = changed(tables, path, change)
            monkeypatch.setattr(tomllib, "loads", lambda _, made=made: made)
            try:
                READERS[file](tmp_path / file)
                said = ""
            except ValueError as error:
                said = str(error)
            where = f"{file} {path} {name}: {said}"
            assert may is None or bool(said) is not may, where
            if said:
                assert re.match(rf"{file}[, ]", said), where
                assert "\n" not in said, where
                assert "expected" in said, where
                key = [step for step in path if isinstance(step, str)][-1]
                assert key in said or name == "removed", where


# What the files may be as files


def test_a_byte_order_mark_is_ignored(tmp_path):
    (tmp_path / "mine.toml").write_text("batch = 3\n", encoding="utf-8-sig")
    assert recipe_file.read(tmp_path / "mine.toml") == {"batch": 3}


@pytest.mark.parametrize("file", READERS)
def test_a_syntax_error_names_the_file_and_the_line(file, tmp_path):
    (tmp_path / file).write_text("\n[a]\nb = = 3\n")
    with pytest.raises(ValueError, match=rf"^{file} is not a TOML file: .*\(at line 3, column 5\)$"):
        READERS[file](tmp_path / file)


def test_brackets_in_brackets_are_refused(tmp_path):
    (tmp_path / "mine.toml").write_text("batch = " + "[" * 5000 + "]" * 5000)
    with pytest.raises(ValueError, match=r"^mine.toml (is not a TOML file: it is nested too deeply|has batch = )"):
        recipe_file.read(tmp_path / "mine.toml")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("batsh = 3", "; did you mean batch?"),
        ("leraning_rate = 0.1", "; did you mean learning_rate?"),
        ("zzzz = 1", "eval_every"),
    ],
)
def test_an_unknown_key_is_told_with_the_nearest_known_one(text, said, tmp_path):
    (tmp_path / "mine.toml").write_text(text)
    with pytest.raises(ValueError, match=rf"{re.escape(said)}$"):
        recipe_file.read(tmp_path / "mine.toml")


# What only several tables together say


def solver_signature(name):
    module, _, function = SOLVERS[name].place.partition(":")
    signature = inspect.signature(getattr(import_module(f"rethinking_audit.fixtures.theory.{module}"), function))
    return list(signature.parameters.values())[1:]


@pytest.mark.parametrize("name", SOLVERS)
def test_the_parameters_of_a_solver_are_those_of_its_function(name):
    needed, others = SOLVER_PARAMETERS[name]
    given = solver_signature(name)
    assert {one.name for one in given} == {*others, *(one for names in needed for one in names)} <= PARAMETERS.fields.keys()
    assert {one.name for one in given if one.default is one.empty} == {names[0] for names in needed if len(names) == 1}


def test_there_are_no_parameters_of_a_solver_that_is_none():
    assert SOLVER_PARAMETERS.keys() == SOLVERS.keys()


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (
            'parameters = { kind = "gabor", scale = 2.0 } }\n',
            'parameters = { kind = "gabor" } }\n',
            "has no gamma or scale among",
        ),
        (
            "sgd-images = { parameters = { points = 20, ",
            "sgd-images = { parameters = { ",
            "its solver sgd has no points among",
        ),
        ("momentum = 0.9\n", "", "it has no momentum, expected a number from 0 and below 1"),
        ('solver = "depth"\n', "", "it has no solver, expected one of two-layer"),
        ('data = "mnist1d"\n', 'data = "mnist2d"\n', r"tiers.toml, \[fast\]: .*'mnist2d'"),
        ("solved = []", 'solved = ["foo"]', r"tiers.toml, \[small\] has solved 'foo', expected some of"),
    ],
)
def test_what_is_wrong_between_tables_is_told(old, new, said, tmp_path):
    text = (CLAIMS / "tiers.toml").read_text(encoding="utf-8")
    assert old in text
    path = Path(tmp_path / "tiers.toml")
    path.write_text(text.replace(old, new), encoding="utf-8")
    with pytest.raises(ValueError, match=rf"^tiers.toml, \[.*{said}|{said}"):
        tier_file.read(path)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("fitted = 0.0079", "", "['regularizers/not-sufficient'] has no fitted, expected a number between 0 and 1"),
        (
            '["since/dose"]',
            '["since/dosis"]',
            "has no table 'since/dose', expected one for",
        ),
        ("alpha = 0.01", "", "[decision] has no alpha, expected a number between 0 and 1"),
    ],
)
def test_a_claim_without_its_entry_or_a_limit_that_it_names_is_told(old, new, said, tmp_path):
    for file in CLAIMS.glob("test_*.py"):
        shutil.copy(file, tmp_path)
    text = (CLAIMS / "paper.toml").read_text(encoding="utf-8")
    assert old in text
    (tmp_path / "paper.toml").write_text(text.replace(old, new), encoding="utf-8")
    with pytest.raises(ValueError, match=rf"^paper.toml,? {re.escape(said)}"):
        paper.check(tmp_path / "paper.toml")


def test_every_claim_of_the_suite_has_its_entry():
    paper.check(CLAIMS / "paper.toml")
    declared = [name for file in CLAIMS.glob("test_*.py") for name in paper.declared(file)]
    assert sorted(declared) == sorted(paper.order(CLAIMS / "paper.toml"))


def test_claims_and_what_they_read_from_the_paper_are_found_without_an_import(tmp_path):
    file = tmp_path / "test_mine.py"
    file.write_text(
        """import no_such_module
@claim("a/b", source="Table 1", limit=paper.not_in_a_test)
def test_one(paper, judge):
    judge.at_most(paper.limit, [paper.margin for _ in "x"])
@claim ( 'c/d' )
@other
def test_two(runs): runs.paper.value
@other("e/f")
def test_three(paper): paper.value
def helper(paper): return paper.value
"""
    )
    found = {claim: sorted(names) for claim, names in paper.declared(file).items()}
    assert found == {"a/b": ["limit", "margin", "not_in_a_test"], "c/d": []}
    file.write_text("def (")
    assert paper.declared(file) == {}
