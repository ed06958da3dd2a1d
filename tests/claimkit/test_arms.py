"""A claim names its runs as data: its arms, its control, and what a tier makes of them."""

from dataclasses import replace

import pytest

from rethinking_audit.fixtures.claimkit.arms import Arm, Sweep
from rethinking_audit.fixtures.claimkit.case import Case, cases
from rethinking_audit.fixtures.claimkit.claim import Claim, Control, claim
from rethinking_audit.fixtures.claimkit.tiers import NetworkPlan, Scale, Tier, read
from rethinking_audit.fixtures.data.datasets import find
from rethinking_audit.fixtures.runs.plan import Plan, keys_of
from rethinking_audit.fixtures.runs.store import Store
from rethinking_audit.fixtures.tasks.target import Target
from tests.builders.specs import RECIPE

VARIANTS = {"decayed": {"weight_decay": 0.1}, "few": {"train_size": 20, "seeds": 1, "lr_decay": 0.5}}
PLANS = {"mlp-1x512": NetworkPlan(RECIPE, 2, (0.0, 0.5, 1.0), VARIANTS, 0.1, 50)}
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


def test_a_variant_changes_the_recipe_and_the_plan():
    (decayed,) = Arm(variant="decayed").tasks(TIER, "mlp-1x512").values()
    assert {spec.recipe.weight_decay for spec in decayed} == {0.1}
    assert len(decayed) == 2
    (few,) = Arm(variant="few").tasks(TIER, "mlp-1x512").values()
    assert [(spec.train_size, spec.seed, spec.recipe.lr_decay) for spec in few] == [(20, 0, 0.5)]


def test_an_arm_without_its_variant_has_no_runs_and_the_claim_is_judged_only_if_it_is_optional():
    arm = Arm(variant="unheard-of")
    assert arm.tasks(TIER, "mlp-1x512") == {}
    assert cases(declared(runs={"true": Arm(), "other": arm}), {"fast": TIER}) == []
    optional = Arm(variant="unheard-of", optional=True)
    case, _ = cases(declared(runs={"true": Arm(), "other": optional}), {"fast": TIER})
    assert list(case.tasks()) == ["true"]


def test_an_arm_of_another_network_has_that_networks_recipe():
    other = replace(PLANS["mlp-1x512"], seeds=3)
    tier = replace(TIER, networks={**PLANS, "mlp-3x512": other})
    (specs,) = Arm(network="mlp-3x512").tasks(tier, "mlp-1x512").values()
    assert [(spec.network, spec.seed) for spec in specs] == [("mlp-3x512", 0), ("mlp-3x512", 1), ("mlp-3x512", 2)]


def test_a_tier_may_decide_a_claim_of_some_networks_only():
    tier = replace(TIER, networks={**PLANS, "linear": PLANS["mlp-1x512"]}, judged=("mlp-1x512", "linear"))
    assert {case.subject for case in cases(declared(), {"fast": tier})} == {"mlp-1x512", "linear"}
    assert {case.subject for case in cases(declared(subjects=("linear",)), {"fast": tier})} == {"linear"}
    only = replace(tier, only={"a/b": ("linear",)})
    assert {case.subject for case in cases(declared(), {"fast": only})} == {"linear"}


def test_a_cut_tier_keeps_the_schedule_by_steps():
    """100 images in steps of 32 are 4 steps an epoch, 50 are 2: half an epoch decays by the root."""
    tier = replace(TIER, networks={"mlp-1x512": replace(PLANS["mlp-1x512"], train_size=None)})
    cut = tier.cut(Scale(train_size=50), 100).networks["mlp-1x512"]
    assert cut.recipe.lr_decay == pytest.approx(0.99**0.5)
    assert cut.varied("few").recipe.lr_decay == pytest.approx(0.5**0.5)
    assert cut.varied("few").train_size == 50  # what is asked for goes before what a variant says
    same = tier.cut(Scale(seeds=1), 100).networks["mlp-1x512"]
    assert (same.recipe.lr_decay, same.varied("few").seeds) == (0.99, 1)


def test_a_permuted_sweep_files_each_level_under_another():
    plain, permuted = (Sweep(permuted=flag).tasks(TIER, "mlp-1x512") for flag in (False, True))
    assert [specs[0].corruption for specs in plain.values()] == [0.0, 0.5, 1.0]
    assert [specs[0].corruption for specs in permuted.values()] == [1.0, 0.5, 0.0]
    assert list(permuted) == list(plain)


def test_a_control_may_be_for_some_networks():
    tier = replace(TIER, networks={**PLANS, "linear": PLANS["mlp-1x512"]}, judged=("mlp-1x512", "linear"))
    found = cases(declared(controls=(Control("c", {}, networks=("linear",)),)), {"fast": tier})
    assert [str(case) for case in found] == ["fast-mlp-1x512", "fast-linear", "fast-linear-control"]


@pytest.mark.parametrize(("statement", "arms"), [(None, {}), ("It holds.", {"unknown": Arm()})])
def test_a_claim_without_statement_or_with_a_foreign_control_is_refused(statement, arms):
    def test():
        pass

    test.__doc__ = statement
    with pytest.raises(TypeError, match="'a/b'"):
        claim("a/b", source="s", refuted_by="r", runs={"random": Arm()}, control=Control("c", arms))(test)


def test_a_tier_with_an_unknown_field_is_refused_by_name(tmp_path):
    path = tmp_path / "tiers.toml"
    path.write_text(
        '[fast]\ndata = "digits"\nneeds_gpu = false\n'
        "[fast.networks.linear]\nseeds = 1\nlevels = []\nrecipe = { speed = 3 }\n"
    )
    with pytest.raises(ValueError, match=r"tiers.toml, \[fast.networks.linear\].*speed"):
        read(path)


def test_runs_that_claims_share_are_planned_once(tmp_path):
    both = [Case(declared(id=name), TIER, "mlp-1x512") for name in ("a/b", "c/d")]
    plan = Plan.of((task for case in both for task in case.needs()), Target())
    assert len(plan.runs) == 4
    assert sorted(plan.runs) == sorted(
        k for arm in keys_of(both[0].tasks(), Target()).values() for keys in arm.values() for k in keys
    )
    missing = list(plan.missing(Store(tmp_path)).values())
    assert [spec.corruption for spec in missing] == [1.0, 1.0, 0.0, 0.0]  # the longest first
