"""How a plan grows from look to look."""

import pytest

from rethinking_audit.fixtures.claimkit.tiers import NetworkPlan, ProblemPlan, grown
from tests.builders.specs import RECIPE


@pytest.mark.parametrize(("factor", "most", "seeds"), [(2, None, 10), (4, 12, 12), (2, 3, 5)])
def test_seeds_grow_up_to_the_most_and_are_never_fewer(factor, most, seeds):
    assert grown(5, factor, most) == seeds


def test_a_plan_grows_in_its_conditions_and_a_problem_only_where_it_draws():
    plan = NetworkPlan(RECIPE, 5, conditions={"few": {"seeds": 2, "lr_decay": 0.5}, "same": {}}).grown(2, None)
    assert (plan.seeds, plan.under(["few"]).seeds, plan.under(["same"]).seeds) == (10, 4, 10)
    assert ProblemPlan(solver="sgd", seeds=5).grown(2, None).seeds == 10
    assert ProblemPlan(solver="kernel").grown(2, None).seeds == 1
