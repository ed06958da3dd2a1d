"""A claim names its runs as data: its arms, its control, and what a tier makes of them."""

from dataclasses import replace

import pytest

from rethinking_audit.fixtures.claimkit.arms import Arm, Sweep
from rethinking_audit.fixtures.claimkit.case import Case, cases
from rethinking_audit.fixtures.claimkit.claim import Claim, Control, claim
from rethinking_audit.fixtures.claimkit.tiers import NetworkPlan, Scale, Tier
from rethinking_audit.fixtures.data.datasets import find
from rethinking_audit.fixtures.runs.plan import Plan, keys_of
from rethinking_audit.fixtures.runs.store import Store
from rethinking_audit.fixtures.tasks.target import Target
from tests.builders.specs import RECIPE

CONDITIONS = {
    "decayed": {"weight_decay": 0.1},
    "few": {"train_size": 20, "seeds": 1, "lr_decay": 0.5},
    "none": {"weight_decay": 0.0},
}
PLAN = NetworkPlan(
    *(RECIPE, 2),
    **{"levels": (0.0, 0.5, 1.0), "doses": (0.01, 0.02), "sizes": (25, 50), "conditions": CONDITIONS},
    **{"width": 0.1, "train_size": 50},
)
PLANS = {"mlp-1x512": PLAN}
TIER = Tier("fast", find("digits"), PLANS, tuple(PLANS))


def declared(**changes):
    arms = {"random": Arm(corruption=1.0), "true": Arm()}
    base = {"id": "a/b", "statement": "s", "source": "t", "refuted_by": "r", "runs": arms}
    base["controls"] = (Control("c", {}),)
    return Claim(test=lambda runs, paper, judge: None, **{**base, **changes})


def test_a_claim_names_its_runs_as_data():
    case = Case(declared(), TIER, "mlp-1x512")
    assert [(spec.corruption, spec.seed) for spec in case.needs()] == [(1.0, 0), (1.0, 1), (0.0, 0), (0.0, 1)]


def test_a_control_is_the_claim_on_other_runs():
    control = Control("c", {"random": Arm(corruption=1.0, network="linear")})
    needs = Case(declared(controls=(control,)), TIER, "mlp-1x512", control).needs()
    assert {spec.network for spec in needs} == {"linear", "mlp-1x512"}


def test_a_condition_changes_the_recipe_and_the_plan():
    (decayed,) = Arm(under=("decayed",)).tasks(TIER, "mlp-1x512").values()
    assert {spec.recipe.weight_decay for spec in decayed} == {0.1}
    assert len(decayed) == 2
    (few,) = Arm(under=("decayed", "few")).tasks(TIER, "mlp-1x512").values()
    assert [(spec.train_size, spec.seed, spec.recipe.weight_decay) for spec in few] == [(20, 0, 0.1)]


def test_an_arm_without_its_condition_has_no_runs_and_the_claim_is_judged_only_if_it_is_optional():
    arm = Arm(under=("decayed", "unheard-of"))
    assert arm.tasks(TIER, "mlp-1x512") == {}
    assert cases(declared(runs={"true": Arm(), "other": arm}), {"fast": TIER}) == []
    optional = replace(arm, optional=True)
    case, _ = cases(declared(runs={"true": Arm(), "other": optional}), {"fast": TIER})
    assert list(case.tasks()) == ["true"]


def test_an_arm_of_another_network_has_that_networks_recipe():
    other = replace(PLAN, seeds=3)
    tier = replace(TIER, networks={**PLANS, "mlp-3x512": other})
    (specs,) = Arm(network="mlp-3x512").tasks(tier, "mlp-1x512").values()
    assert [(spec.network, spec.seed) for spec in specs] == [("mlp-3x512", 0), ("mlp-3x512", 1), ("mlp-3x512", 2)]


def test_a_tier_may_decide_a_claim_of_some_networks_only():
    tier = replace(TIER, networks={**PLANS, "linear": PLAN}, judged=("mlp-1x512", "linear"))
    assert {case.subject for case in cases(declared(), {"fast": tier})} == {"mlp-1x512", "linear"}
    assert {case.subject for case in cases(declared(subjects=("linear",)), {"fast": tier})} == {"linear"}
    judged = replace(tier, judged=("linear",))
    assert {case.subject for case in cases(declared(), {"fast": judged})} == {"linear"}


def test_a_sweep_over_doses_gives_each_its_weight_decay_and_a_condition_goes_before_it():
    doses = Sweep(over="doses", corruption=1.0).tasks(TIER, "mlp-1x512")
    found = {dose: {(spec.recipe.weight_decay, spec.corruption) for spec in specs} for dose, specs in doses.items()}
    assert found == {0.01: {(0.01, 1.0)}, 0.02: {(0.02, 1.0)}}
    none = Sweep(over="doses", under=("none",)).tasks(TIER, "mlp-1x512")
    assert {dose: {spec.recipe.weight_decay for spec in specs} for dose, specs in none.items()} == {0.01: {0}, 0.02: {0}}


def test_a_sweep_over_sizes_gives_each_its_images_and_the_same_recipe():
    sizes = Sweep(over="sizes").tasks(TIER, "mlp-1x512")
    assert {size: [spec.train_size for spec in specs] for size, specs in sizes.items()} == {25: [25, 25], 50: [50, 50]}
    assert {spec.recipe for specs in sizes.values() for spec in specs} == {PLAN.recipe}


def test_a_sweep_may_be_over_some_levels_only_and_is_empty_where_the_tier_has_none():
    only = Sweep(only=(0.5,)).tasks(TIER, "mlp-1x512")
    assert {level: specs[0].corruption for level, specs in only.items()} == {0.5: 0.5}
    bare = replace(TIER, networks={"mlp-1x512": replace(PLAN, doses=())})
    assert Sweep(over="doses").tasks(bare, "mlp-1x512") == {}
    assert Sweep(over="doses", under=("unheard-of",)).tasks(TIER, "mlp-1x512") == {}
    assert cases(declared(runs={"doses": Sweep(over="doses")}), {"fast": bare}) == []


def test_the_seeds_of_arms_count_from_the_first_seed():
    later = TIER.cut(Scale(first_seed=1000))
    for arm in (Arm(), Sweep(), Arm(under=("decayed",)), Arm(network="linear")):
        assert {task.seed for tasks in arm.tasks(later, "mlp-1x512").values() for task in tasks} == {1000, 1001}


def test_a_permuted_sweep_files_each_level_under_another():
    plain, permuted = (Sweep(permuted=flag).tasks(TIER, "mlp-1x512") for flag in (False, True))
    assert [specs[0].corruption for specs in plain.values()] == [0.0, 0.5, 1.0]
    assert [specs[0].corruption for specs in permuted.values()] == [1.0, 0.5, 0.0]
    assert list(permuted) == list(plain)


def test_a_control_may_be_for_some_networks():
    tier = replace(TIER, networks={**PLANS, "linear": PLAN}, judged=("mlp-1x512", "linear"))
    found = cases(declared(controls=(Control("c", {}, networks=("linear",)),)), {"fast": tier})
    assert [str(case) for case in found] == ["fast-mlp-1x512", "fast-linear", "fast-linear-control"]


@pytest.mark.parametrize(("statement", "arms"), [(None, {}), ("It holds.", {"unknown": Arm()})])
def test_a_claim_without_statement_or_with_a_foreign_control_is_refused(statement, arms):
    def test():
        pass

    test.__doc__ = statement
    with pytest.raises(TypeError, match="'a/b'"):
        claim("a/b", source="s", refuted_by="r", runs={"random": Arm()}, control=Control("c", arms))(test)


def test_runs_that_claims_share_are_planned_once(tmp_path):
    both = [Case(declared(id=name), TIER, "mlp-1x512") for name in ("a/b", "c/d")]
    plan = Plan.of((task for case in both for task in case.needs()), Target())
    assert len(plan.runs) == 4
    assert sorted(plan.runs) == sorted(
        k for arm in keys_of(both[0].tasks(), Target()).values() for keys in arm.values() for k in keys
    )
    missing = list(plan.missing(Store(tmp_path)).values())
    assert [spec.corruption for spec in missing] == [1.0, 1.0, 0.0, 0.0]  # the longest first
