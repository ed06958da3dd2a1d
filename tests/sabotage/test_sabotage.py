"""Each fault of the table is what it says, breaks what it should, and never gets near honest runs."""

import ast
from dataclasses import replace
from importlib import import_module

import pytest

from rethinking_audit.fixtures.claimkit import tier_file
from rethinking_audit.fixtures.claimkit.paper import order
from rethinking_audit.fixtures.data.contracts import REPLACED, ContractBroken
from rethinking_audit.fixtures.data.datasets import find
from rethinking_audit.fixtures.runs.carry_out import carry_out, carry_out_together
from rethinking_audit.fixtures.runs.identity import key
from rethinking_audit.fixtures.sabotage.injection import injected, patch_of
from rethinking_audit.fixtures.sabotage.table import FILE, audits, faults
from rethinking_audit.fixtures.sabotage.table import find as fault_named
from rethinking_audit.fixtures.tasks import witness
from rethinking_audit.fixtures.tasks.independence import NotIndependent
from rethinking_audit.fixtures.tasks.solve import ProblemSolve
from rethinking_audit.fixtures.tasks.target import Target
from rethinking_audit.fixtures.tasks.training import Training
from rethinking_audit.fixtures.training.contracts import SEEN
from rethinking_audit.fixtures.training.engine import FUSED
from rethinking_audit.fixtures.training.result import DIVERGED, FIT
from tests.builders.places import ROOT
from tests.builders.specs import baseline_of

FAST = tier_file.read(ROOT / "claims" / "tiers.toml")["fast"]
CLAIMS = order(ROOT / "claims" / "paper.toml")
ROOMS = ("in_data", "in_training", "in_sweeps", "in_evaluation")
BY_CONTRACT = [fault for fault in faults().values() if not any("/" in name for name in fault.caught_by)]
BY_FIT = [fault for fault in faults().values() if fault.caught_by == ("random-labels/zero-training-error",)]
SEEDS = "independent seeds"


def contract_names():
    """Every name under which the code breaks a contract."""
    found = {*witness.CONTRACTS, NotIndependent.contract, REPLACED, SEEN}
    for place in ("data", "training"):
        for node in ast.walk(ast.parse((ROOT / "fixtures" / place / "contracts.py").read_text())):
            is_breach = isinstance(node, ast.Call) and getattr(node.func, "id", None) == "ContractBroken"
            if is_breach and isinstance(node.args[0], ast.Constant):
                found.add(node.args[0].value)
    return found


def spec(network="mlp-1x512", seed=0, max_epochs=300, **fields):
    plan = FAST.networks[network]
    recipe = replace(plan.recipe, max_epochs=max_epochs)
    return Training(
        data=find("digits"),
        network=network,
        recipe=recipe,
        seed=seed,
        train_size=plan.train_size,
        width=plan.width,
        **fields,
    )


SPECS = {
    "labels": [spec(corruption=1.0), spec(corruption=1.0, seed=1)],
    "levels": [spec(corruption=0.5)],
    "noise": [spec(inputs=kind) for kind in ("shuffled", "random", "gaussian")],
    "sweep": [replace(spec(corruption=p, seed=seed), train_size=None) for p in (0.0, 1.0) for seed in (0, 1)],
    "batch-norm": [spec("inception", max_epochs=3, corruption=1.0)],
}
# All of them are of digits.
SPECS |= {
    "images": SPECS["labels"],
    "pixels": SPECS["noise"],
    "sweep-of-levels": SPECS["sweep"],
}
SWEEPS = ("sweep", "sweep-of-levels")


def results(fault):
    """What the runs of its audit come to, and the contracts that they break."""
    with injected(fault):
        every = [one["result"] if isinstance(one, dict) else one for one in carried_out(fault.audit)]
    broken = [one for one in every if isinstance(one, Exception)]
    assert all(isinstance(one, ContractBroken) for one in broken)
    return [one for one in every if isinstance(one, dict)], {error.contract for error in broken}


def carried_out(audit):
    """The record of each run of an audit, or why there is none, by the engine that the audit has."""
    if audit in SWEEPS:
        return [made for _, made in carry_out_together(iter(SPECS[audit]), Target(engine=FUSED))]
    return [one_by_one(one) for one in SPECS[audit]]


def one_by_one(one):
    try:
        return carry_out(one, Target(engine="reference"))
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
        fault_named("gremlins")


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
    made, broken = results(fault_named("seeds-equal"))
    assert broken == set()
    tasks = SPECS["labels"]
    with pytest.raises(NotIndependent, match="seed 1: its training loss is that of seed 0, at every epoch"):
        Training.measured(tasks, made)
    honest = [carry_out(one, Target(engine="reference"))["result"] for one in tasks]
    assert [one.status for one in Training.measured(tasks, honest).results] == [FIT, FIT]


def test_misaligned_labels_leave_the_control_of_chance_at_chance():
    with injected(fault_named("labels-misaligned")):
        result = carry_out(spec(), Target(engine="reference"))["result"]
    assert result["status"] == FIT
    assert result["curves"]["test_error"][-1] > 0.8


def test_theorem_1_fails_in_single_precision():
    solve = ProblemSolve.of("two-layer", find("digits"), {"labels": "reals"})
    with injected(fault_named("single-precision")):
        values = carry_out(solve, Target(engine="reference"))["result"]["values"]
    assert values["error"] > values["rounding"]


def test_a_ridge_does_not_interpolate():
    solve = ProblemSolve.of("kernel", find("digits"), {"kind": "raw", "scale": 2.0}, train_size=300)
    with injected(fault_named("ridge-left-on")):
        assert carry_out(solve, Target(engine="reference"))["result"]["values"]["residual"] > 0.001


def test_a_sabotaged_run_has_a_key_that_no_honest_audit_looks_up():
    one = spec()
    every = [one, baseline_of(one), ProblemSolve.of("two-layer", find("digits"), {"labels": "reals"})]

    def keys():
        return [key(run, Target()) for run in every]

    honest = keys()
    found = [*honest]
    for name in ("no-step", "rows-only"):
        with injected(fault_named(name)):
            found += keys()
    assert len(set(found)) == 9
    assert keys() == honest


def test_every_room_of_faults_says_what_it_is_about():
    assert all(import_module(f"rethinking_audit.fixtures.sabotage.{name}").__doc__ for name in ROOMS)
