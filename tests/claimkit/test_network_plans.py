"""A network's plan: changed by conditions, scheduled by its steps, and cut to the scale that a user asks for."""

from dataclasses import replace

import pytest

from rethinking_audit.fixtures.claimkit.tiers import NetworkPlan, Scale, Tier
from rethinking_audit.fixtures.data.datasets import find
from tests.builders.specs import PLANNED, RECIPE

DIGITS = find("digits")
CONDITIONS = {
    "decayed": {"weight_decay": 0.1},
    "none": {"weight_decay": 0.0},
    "few": {"train_size": 20, "seeds": 1, "decay": 0.5},
    "narrow": {"width": 0.5},
}
PLAN = NetworkPlan(PLANNED, 2, sizes=(25, 50, 100), conditions=CONDITIONS, train_size=100)


def test_conditions_go_over_changes_and_a_later_condition_over_an_earlier_one():
    assert PLAN.under((), weight_decay=0.3).recipe["weight_decay"] == 0.3
    assert PLAN.under(["decayed"], weight_decay=0.3).recipe["weight_decay"] == 0.1
    assert PLAN.under(["decayed", "none"]).recipe["weight_decay"] == 0.0
    assert PLAN.under(["none", "decayed"]).recipe["weight_decay"] == 0.1


def test_a_condition_may_change_seeds_images_and_width_and_leaves_the_plan_itself():
    few = PLAN.under(["few", "narrow"])
    assert (few.train_size, few.seeds, few.width, few.recipe["decay"]) == (20, 1, 0.5, 0.5)
    assert "train_size" not in few.recipe
    assert (PLAN.train_size, PLAN.seeds, PLAN.width, PLAN.recipe) == (100, 2, 1.0, PLANNED)


@pytest.mark.parametrize(
    ("images", "batch", "steps"), [(100, 32, 4), (96, 32, 3), (97, 32, 4), (None, 901, 1), (20, 32, 1)]
)
def test_an_epoch_decays_the_learning_rate_by_its_share_of_the_papers_391_steps(images, batch, steps):
    plan = replace(PLAN, recipe={**PLANNED, "decay": 0.95, "batch": batch}, train_size=images)
    assert plan.scheduled(DIGITS).lr_decay == pytest.approx(0.95 ** (steps / 391))


def test_an_epoch_of_the_papers_own_size_decays_as_the_paper_says():
    plan = replace(PLAN, recipe={**PLANNED, "decay": 0.95, "batch": 128}, train_size=None)
    assert plan.scheduled(find("cifar10")).lr_decay == 0.95


def test_a_scheduled_recipe_is_otherwise_the_plans():
    decay = 0.99 ** (4 / 391)
    assert PLAN.scheduled(DIGITS) == replace(RECIPE, lr_decay=pytest.approx(decay))


@pytest.mark.parametrize("recipe", [{**PLANNED, "speed": 3}, {name: PLANNED[name] for name in ("batch", "decay")}])
def test_a_recipe_with_an_unknown_field_or_without_one_is_refused(recipe):
    with pytest.raises(TypeError):
        replace(PLAN, recipe=recipe).scheduled(DIGITS)


def cut(**asked):
    return Tier("fast", DIGITS, {"a": PLAN}, ("a",)).cut(Scale(**asked)).networks["a"]


def test_what_a_user_asks_for_goes_before_what_conditions_say():
    plan = cut(train_size=50, seeds=4).under(["few", "narrow"])
    assert (plan.train_size, plan.seeds, plan.width, plan.recipe["decay"]) == (50, 4, 0.5, 0.5)
    assert cut(width=0.25).under(["narrow"]).width == 0.25


def test_fewer_images_cut_the_sweep_over_sizes_and_keep_the_schedule_by_steps():
    plan = cut(train_size=50)
    assert plan.sizes == (25, 50)
    assert plan.scheduled(DIGITS).lr_decay == pytest.approx(0.99 ** (2 / 391))
    assert cut(seeds=1).sizes == PLAN.sizes


def test_the_first_seed_is_the_users_and_0_without():
    assert (cut(first_seed=1000).first_seed, cut().first_seed) == (1000, 0)
