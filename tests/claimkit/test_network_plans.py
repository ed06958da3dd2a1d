"""A network's plan: changed by conditions and cut to the scale that a user asks for."""

from rethinking_audit.fixtures.claimkit.tiers import NetworkPlan, Scale, Tier
from rethinking_audit.fixtures.data.datasets import find
from tests.builders.specs import RECIPE

DIGITS = find("digits")
CONDITIONS = {
    "decayed": {"weight_decay": 0.1},
    "none": {"weight_decay": 0.0},
    "few": {"train_size": 20, "seeds": 1, "lr_decay": 0.5},
    "narrow": {"width": 0.5},
}
PLAN = NetworkPlan(RECIPE, 2, sizes=(25, 50, 100), conditions=CONDITIONS, train_size=100)


def test_conditions_go_over_changes_and_a_later_condition_over_an_earlier_one():
    assert PLAN.under((), weight_decay=0.3).recipe.weight_decay == 0.3
    assert PLAN.under(["decayed"], weight_decay=0.3).recipe.weight_decay == 0.1
    assert PLAN.under(["decayed", "none"]).recipe.weight_decay == 0.0
    assert PLAN.under(["none", "decayed"]).recipe.weight_decay == 0.1


def test_a_condition_may_change_seeds_images_and_width_and_leaves_the_plan_itself():
    few = PLAN.under(["few", "narrow"])
    assert (few.train_size, few.seeds, few.width, few.recipe.lr_decay) == (20, 1, 0.5, 0.5)
    assert (PLAN.train_size, PLAN.seeds, PLAN.width, PLAN.recipe) == (100, 2, 1.0, RECIPE)


def cut(**asked):
    return Tier("fast", DIGITS, {"a": PLAN}, ("a",)).cut(Scale(**asked)).networks["a"]


def test_what_a_user_asks_for_goes_before_what_conditions_say():
    plan = cut(train_size=50, seeds=4).under(["few", "narrow"])
    assert (plan.train_size, plan.seeds, plan.width, plan.recipe.lr_decay) == (50, 4, 0.5, 0.5)
    assert cut(width=0.25).under(["narrow"]).width == 0.25


def test_fewer_images_cut_the_sweep_over_sizes():
    assert cut(train_size=50).sizes == (25, 50)
    assert cut(seeds=1).sizes == PLAN.sizes


def test_the_first_seed_is_the_users_and_0_without():
    assert (cut(first_seed=1000).first_seed, cut().first_seed) == (1000, 0)
