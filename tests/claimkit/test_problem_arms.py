"""Problems among the runs of a claim: planned by the tiers, filed by size, cut to another scale."""

import ast
import inspect
from dataclasses import replace
from importlib import import_module
from types import SimpleNamespace

import pytest

from rethinking_audit.fixtures.claimkit.arms import Solve
from rethinking_audit.fixtures.claimkit.case import Case, cases
from rethinking_audit.fixtures.claimkit.claim import Claim, Control
from rethinking_audit.fixtures.claimkit.tier_file import read
from rethinking_audit.fixtures.claimkit.tiers import ProblemPlan, Scale, Tier
from rethinking_audit.fixtures.data.datasets import find
from rethinking_audit.fixtures.plugin import stage
from rethinking_audit.fixtures.tasks.solve import ProblemSolve
from rethinking_audit.fixtures.tasks.target import Target
from rethinking_audit.fixtures.theory.problem import spread
from rethinking_audit.fixtures.theory.solvers import SOLVERS
from tests.builders.places import ROOT

TIERS = read(ROOT / "claims" / "tiers.toml")


def test_places_are_spread_from_the_first_to_the_last():
    assert spread(10, 4).tolist() == [0, 3, 6, 9]
    assert spread(3, 10).tolist() == [0, 1, 2]


def planned():
    for tier in TIERS.values():
        for name, plan in tier.problems.items():
            for variant in (None, *plan.variants):
                parameters = {**plan.parameters, **(plan.variants[variant] if variant else {})}
                yield pytest.param(tier, plan, parameters, id=f"{tier.name}-{name}-{variant or 'own'}")


@pytest.mark.parametrize(("tier", "plan", "parameters"), list(planned()))
def test_every_problem_of_the_tiers_fits_its_solver_and_has_a_price(tier, plan, parameters):
    module, _, function = SOLVERS[plan.solver].place.partition(":")
    inspect.signature(getattr(import_module(f"rethinking_audit.fixtures.theory.{module}"), function)).bind(
        None, **parameters
    )
    spec = ProblemSolve.of(plan.solver, plan.data or tier.data, parameters, train_size=plan.train_size)
    assert spec.flops() > 0


def declared():
    for path in sorted((ROOT / "claims").glob("test_*.py")):
        for node in ast.parse(path.read_text()).body:
            if isinstance(node, ast.FunctionDef) and "problems" in {word.arg for word in node.decorator_list[0].keywords}:
                yield path, node.name


@pytest.mark.parametrize(("path", "name"), list(declared()), ids=lambda value: getattr(value, "stem", value))
def test_every_claim_about_problems_has_a_control_that_differs(path, name):
    module = import_module(f"claims.{path.stem}")
    claim = getattr(module, name).claim
    known = {problem for tier in TIERS.values() for problem in tier.problems}
    assert set(claim.subjects) <= known
    about = cases(claim, TIERS)
    assert about
    for case in about:
        for one in claim.controls:
            control = Case(claim, case.tier, case.subject, one)
            assert control.tasks() != case.tasks() or case.is_control
            assert set(control.tasks()) == set(Case(claim, case.tier, case.subject).tasks())


def claim_of(*problems, **runs):
    def test(runs, paper, judge):
        pass

    return Claim("a/b", "s", "t", "r", runs or {"solved": Solve()}, (Control("c", {}),), test, subjects=problems)


PLAN = ProblemPlan(solver="kernel", train_size=100, sizes=(50, 100), seeds=1, parameters={"kind": "raw"})


def test_a_sweep_is_filed_by_size_and_a_missing_variant_left_out():
    tier = Tier("fast", find("digits"), {}, (), problems={"raw": PLAN})
    runs = {"sweep": Solve(sweep=True), "one": Solve(corruption=1.0), "none": Solve(variant="none")}
    specs = Case(claim_of("raw", **runs), tier, "raw").tasks()
    assert {size: spec.train_size for size, (spec,) in specs["sweep"].items()} == {50.0: 50, 100.0: 100}
    assert [spec.train_size for spec in specs["one"][1.0]] == [100]
    assert "none" not in specs


def test_a_problem_has_its_own_data_and_need_of_a_gpu():
    problems = {"one": PLAN, "other": replace(PLAN, data=find("mnist"), needs_gpu=True)}
    tier = Tier("paper", find("cifar10"), {}, (), problems=problems)
    one, other = (Case(claim_of("one", "other"), tier, name) for name in problems)
    assert [case.data for case in (one, other)] == [find("cifar10"), find("mnist")]
    assert [case.needs_gpu for case in (one, other)] == [False, True]
    state = SimpleNamespace(target=Target(), device_was_chosen=False)
    assert stage.obstacle(other, state) == "the paper tier needs a GPU"


def test_who_asks_for_networks_asks_about_no_problem():
    tier = TIERS["fast"]
    assert tier.cut(Scale()).problems == tier.problems
    assert tier.cut(Scale(networks=("alexnet",))).problems == {}


def test_a_problem_at_another_scale():
    cut = TIERS["fast"].cut(Scale(train_size=500, seeds=2, data=find("mnist")))
    assert cut.problems["raw"].sizes == (112, 300, 500)
    assert cut.problems["raw"].train_size == 500
    assert cut.problems["raw"].seeds == 1  # it draws nothing
    assert cut.problems["sgd-images"].seeds == 2
    paper = TIERS["paper"].cut(Scale(data=find("digits")))
    assert Case(claim_of("raw"), paper, "raw").data == find("mnist")  # a problem that names its data keeps them
    assert Case(claim_of("raw-colour"), paper, "raw-colour").data == find("digits")


def test_a_tier_with_an_unknown_solver_is_refused_by_name(tmp_path):
    path = tmp_path / "tiers.toml"
    path.write_text('[fast]\ndata = "digits"\nneeds_gpu = false\nnetworks = {}\n[fast.problems.a]\nsolver = "b"\n')
    with pytest.raises(ValueError, match=r"tiers.toml, \[fast.problems.a\] has solver = 'b', expected one of two-layer, "):
        read(path)
