"""Each fault of the table is what it says, breaks what it should, and never gets near honest runs."""

import ast
import json
import os
import subprocess
import sys
from dataclasses import replace
from importlib import import_module
from pathlib import Path

import jsonschema
import pytest

from rethinking_audit.fixtures.claimkit import judging, tiers
from rethinking_audit.fixtures.claimkit.paper import order
from rethinking_audit.fixtures.data.contracts import REPLACED, ContractBroken
from rethinking_audit.fixtures.runs import identity, witness
from rethinking_audit.fixtures.runs.carry_out import carry_out
from rethinking_audit.fixtures.runs.together import carry_out_together
from rethinking_audit.fixtures.sabotage import __main__ as runner
from rethinking_audit.fixtures.sabotage import plugin
from rethinking_audit.fixtures.sabotage.injection import injected, patch_of
from rethinking_audit.fixtures.sabotage.table import FILE, audits, faults, find
from rethinking_audit.fixtures.theory.problem import ProblemSpec
from rethinking_audit.fixtures.training.contracts import SEEN
from rethinking_audit.fixtures.training.executor import FUSED
from rethinking_audit.fixtures.training.result import DIVERGED, FIT
from rethinking_audit.fixtures.training.spec import RunSpec

ROOT = Path(__file__).parent.parent
FAST = tiers.read(ROOT / "claims" / "tiers.toml")["fast"]
CLAIMS = order(ROOT / "claims" / "paper.toml")
ROOMS = ("in_data", "in_training", "in_sweeps", "in_evaluation")
BY_CONTRACT = [fault for fault in faults().values() if not any("/" in name for name in fault.caught_by)]
BY_FIT = [fault for fault in faults().values() if fault.caught_by == ("random-labels/zero-training-error",)]
SEEDS = "independent seeds"


def contract_names():
    """Every name under which the code breaks a contract."""
    found = {*witness.CONTRACTS, judging.NotIndependent.contract, REPLACED, SEEN}
    for place in ("data", "training"):
        for node in ast.walk(ast.parse((ROOT / "fixtures" / place / "contracts.py").read_text())):
            is_breach = isinstance(node, ast.Call) and getattr(node.func, "id", None) == "ContractBroken"
            if is_breach and isinstance(node.args[0], ast.Constant):
                found.add(node.args[0].value)
    return found


def spec(network="mlp-1x512", seed=0, budget=300, **fields):
    plan = FAST.networks[network]
    recipe = replace(plan.recipe, budget=budget)
    return RunSpec(data="digits", network=network, recipe=recipe, seed=seed, subset=plan.subset, width=plan.width, **fields)


SPECS = {
    "labels": [spec(corruption=1.0), spec(corruption=1.0, seed=1)],
    "levels": [spec(corruption=0.5)],
    "noise": [spec(inputs=kind) for kind in ("shuffled", "random", "gaussian")],
    "sweep": [spec(corruption=level, seed=seed) for level in (0.0, 1.0) for seed in (0, 1)],
    "batch-norm": [spec("inception", budget=3, corruption=1.0)],
}


def results(fault):
    """What the runs of its audit come to, and the contracts that they break."""
    with injected(fault):
        every = [one["result"] if isinstance(one, dict) else one for one in carried_out(fault.audit)]
    broken = [one for one in every if isinstance(one, Exception)]
    assert all(isinstance(one, ContractBroken) for one in broken)
    return [one for one in every if isinstance(one, dict)], {error.contract for error in broken}


def carried_out(audit):
    """The record of each run of an audit, or why there is none, by the executor that the audit has."""
    if audit == "sweep":
        return [made for _, made in carry_out_together(iter(SPECS[audit]), "cpu", FUSED)]
    return [one_by_one(one) for one in SPECS[audit]]


def one_by_one(one):
    try:
        return carry_out(one, "cpu")
    except ContractBroken as error:
        return error


def test_the_table_has_twenty_faults_and_more_and_each_is_complete():
    assert len(faults()) >= 20
    for fault in faults().values():
        assert fault.what
        assert fault.source
        assert fault.audit in audits()
        assert set(fault.caught_by) <= {*CLAIMS, *contract_names()}, fault.id
    assert len({fault.what for fault in faults().values()}) == len(faults())
    assert {fault.audit for fault in faults().values()} == set(audits())


def test_every_patch_that_is_written_is_in_the_table_once():
    written = set()
    for name in ROOMS:
        for node in ast.parse((FILE.parent / f"{name}.py").read_text()).body:
            if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
                written.add(f"{name}:{node.name}")
    named = [fault.patch for fault in faults().values()]
    assert sorted(named) == sorted(written)


def test_a_fault_that_there_is_not_is_quoted():
    with pytest.raises(ValueError, match="no fault is called 'gremlins'; expected one of labels-not-corrupted"):
        find("gremlins")


@pytest.mark.parametrize("fault", faults().values(), ids=lambda fault: fault.id)
def test_a_fault_is_in_and_then_out_again(fault):
    changes = patch_of(fault)
    assert changes
    before = [vars(change.owner)[change.name] for change in changes]
    with injected(fault):
        assert all(vars(change.owner)[change.name] is not old for change, old in zip(changes, before, strict=True))
    assert all(vars(change.owner)[change.name] is old for change, old in zip(changes, before, strict=True))


@pytest.mark.parametrize("audit", sorted(SPECS))
def test_without_a_fault_every_contract_is_kept(audit):
    for made in carried_out(audit):
        assert set(witness.CONTRACTS) < set(made["result"]["contracts"])


@pytest.mark.parametrize(
    "fault", [fault for fault in BY_CONTRACT if fault.caught_by != (SEEDS,)], ids=lambda fault: fault.id
)
def test_the_contract_that_should_be_broken_is(fault):
    _, broken = results(fault)
    assert broken == set(fault.caught_by)


@pytest.mark.parametrize("fault", BY_FIT, ids=lambda fault: fault.id)
def test_random_labels_are_not_fitted(fault):
    made, broken = results(fault)
    assert broken == set()
    assert all(one["status"] == DIVERGED or one["curves"]["train_error"][-1] > 0.0066 for one in made)


def test_equal_seeds_are_one_run():
    made, broken = results(find("seeds-equal"))
    assert broken == set()
    pairs = list(zip(SPECS["labels"], made, strict=True))
    with pytest.raises(judging.NotIndependent, match="seed 1: its training loss is that of seed 0, at every epoch"):
        judging._measured(pairs)
    honest = [(one, carry_out(one, "cpu")["result"]) for one in SPECS["labels"]]
    assert [one.status for one in judging._measured(honest).results] == [FIT, FIT]


def test_misaligned_labels_leave_the_control_of_chance_at_chance():
    with injected(find("labels-misaligned")):
        result = carry_out(spec(), "cpu")["result"]
    assert result["status"] == FIT
    assert result["curves"]["test_error"][-1] > 0.8


def test_theorem_1_fails_in_single_precision():
    solve = ProblemSpec.of("two-layer", "digits", {"labels": "reals"})
    with injected(find("single-precision")):
        values = carry_out(solve, "cpu")["result"]["values"]
    assert values["error"] > values["rounding"]


def test_a_ridge_does_not_interpolate():
    solve = ProblemSpec.of("kernel", "digits", {"kind": "raw", "scale": 2.0}, subset=300)
    with injected(find("ridge-left-on")):
        assert carry_out(solve, "cpu")["result"]["values"]["residual"] > 0.001


def test_a_sabotaged_run_has_a_key_that_no_honest_audit_looks_up():
    one = spec()
    every = [one, replace(one, network="ridge"), ProblemSpec.of("two-layer", "digits", {"labels": "reals"})]

    def keys():
        return [identity.key(run, "cpu") for run in every]

    honest = keys()
    found = [*honest]
    for name in ("no-step", "rows-only"):
        with injected(find(name)):
            found += keys()
    assert len(set(found)) == 9
    assert keys() == honest


@pytest.fixture
def cache(tmp_path, monkeypatch):
    """The folder in which honest audits keep their runs."""
    monkeypatch.setattr(plugin, "user_cache_path", lambda name: tmp_path / "cache" / name)
    return tmp_path / "cache" / "rethinking-audit"


def test_a_sabotaged_audit_needs_a_store_of_its_own(cache, tmp_path):
    with pytest.raises(ValueError, match="--store is not given"):
        plugin._check_store(None)
    for place in (cache, cache / "inside"):
        with pytest.raises(ValueError, match="where honest audits keep their runs"):
            plugin._check_store(str(place))
    honest = tmp_path / "honest"
    (honest / "runs").mkdir(parents=True)
    (honest / "runs" / "a.json").touch()
    with pytest.raises(ValueError, match="which holds runs of honest audits, expected a new folder"):
        plugin._check_store(str(honest))
    void = tmp_path / "void"
    plugin._check_store(str(void))
    (void / "runs").mkdir()
    (void / "runs" / "a.json").touch()
    plugin._check_store(str(void))  # to go on where it was


def pytest_of(tmp_path, *words):
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *audits()["labels"], "-m", "fast", *words]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    done = subprocess.run(
        [*command, "--report", str(tmp_path)], cwd=ROOT, env=environment, capture_output=True, text=True, timeout=120
    )
    return done.returncode, done.stdout + done.stderr


def test_a_sabotaged_audit_says_so_and_turns_red(tmp_path):
    words = (
        "-p",
        "rethinking_audit.fixtures.sabotage.plugin",
        "--sabotage",
        "labels-not-corrupted",
        "--store",
        str(tmp_path / "store"),
    )
    code, output = pytest_of(tmp_path, *words)
    assert code == 5, output
    assert output.count("SABOTAGED, every verdict is void: labels-not-corrupted: the labels called random are") == 2
    audit = json.loads((tmp_path / "audit.json").read_text())
    jsonschema.validate(audit, json.loads((ROOT / "fixtures" / "record" / "audit.schema.json").read_text()))
    assert audit["sabotage"] == find("labels-not-corrupted").to_dict()
    assert {case["contract"] for claim in audit["claims"] for case in claim["cases"]} == {"label corruption"}
    assert "Sabotaged, every verdict is void" in (tmp_path / "audit.html").read_text()


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--sabotage", "no-step"), "unrecognized arguments: --sabotage"),
        (("-p", "rethinking_audit.fixtures.sabotage.plugin"), "--sabotage: no fault is called ''"),
        (("-p", "rethinking_audit.fixtures.sabotage.plugin", "--sabotage", "no-step"), "--sabotage: --store is not given"),
    ],
)
def test_nobody_sabotages_by_accident(tmp_path, words, told):
    code, output = pytest_of(tmp_path, *words)
    assert code == 4
    assert told in output


@pytest.fixture
def commands(monkeypatch):
    """The commands that would be run: an audit leaves a record, and what reads them says 0."""
    ran = []

    def run(command, **_):
        ran.append(command)
        if "pytest" in command:
            folder = Path(command[command.index("--report") + 1])
            fault = find(command[command.index("--sabotage") + 1]) if "--sabotage" in command else None
            engine = identity.engine_digest()
            record = {"provenance": {"engine": engine}, "exit_code": 0}
            if fault:
                record["provenance"]["engine"] = identity.sha256(["sabotaged", fault.id, engine])
                record["sabotage"] = fault.to_dict()
            if "breaks" not in str(folder):
                (folder / "audit.json").write_text(json.dumps(record))
        return subprocess.CompletedProcess(command, 0, "what it said", "")

    monkeypatch.setattr(runner.subprocess, "run", run)
    return ran


def test_the_matrix_is_made_once_and_says_beforehand_how_long_it_takes(tmp_path, commands, capsys):
    arguments = ["no-step", "rows-only", "--into", str(tmp_path)]
    assert runner.main(arguments) == 0
    said = capsys.readouterr().out
    assert said.startswith("4 audits, 0 of them kept: about 36 s\n1/4 without-fault-labels: 0 s, about 0 s left\n")
    assert [command[2] for command in commands] == ["pytest"] * 4 + ["reports"]
    assert all(
        ("--sabotage" in command) == ("rethinking_audit.fixtures.sabotage.plugin" in command) for command in commands
    )
    stores = [command[command.index("--store") + 1] for command in commands[:4]]
    assert stores[0] == stores[1]
    assert len(set(stores)) == 3

    assert runner.main([*arguments[:1], "no-step", *arguments[2:]]) == 0
    assert capsys.readouterr().out == "2 audits, 2 of them kept: about 0 s\n"
    assert [command[2] for command in commands[5:]] == ["reports"]


@pytest.mark.parametrize(
    "spoil",
    [
        lambda record: {**record, "exit_code": 2},
        lambda record: {**record, "provenance": {"engine": "0" * 64}},
        lambda record: {**record, "sabotage": {**record["sabotage"], "caught_by": ["something else"]}},
        lambda record: [],
    ],
    ids=["interrupted", "of other code", "of another table", "no record"],
)
def test_a_record_that_does_not_answer_the_question_is_made_again(tmp_path, commands, spoil):
    runner.main(["no-step", "--into", str(tmp_path)])
    path = tmp_path / "no-step" / "audit.json"
    path.write_text(json.dumps(spoil(json.loads(path.read_text()))))
    runner.main(["no-step", "--into", str(tmp_path)])
    assert [command[2] for command in commands] == ["pytest", "pytest", "reports", "pytest", "reports"]


def test_an_audit_that_leaves_no_record_is_a_bug_of_the_suite(tmp_path, commands, capsys):
    assert runner.main(["no-step", "--into", str(tmp_path / "breaks")]) == 3
    assert "no-step left no record: what it said" in capsys.readouterr().err


def test_an_unknown_fault_is_bad_input(tmp_path, capsys):
    with pytest.raises(SystemExit) as ended:
        runner.main(["gremlins", "--into", str(tmp_path)])
    assert ended.value.code == 4
    assert "no fault is called 'gremlins'" in capsys.readouterr().err


def test_every_room_of_faults_says_what_it_is_about():
    assert all(import_module(f"rethinking_audit.fixtures.sabotage.{name}").__doc__ for name in ROOMS)
