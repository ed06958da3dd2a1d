"""In which order runs are made where there is not the time for all of them."""

import pytest

from rethinking_audit.fixtures.data.datasets import find
from rethinking_audit.fixtures.runs.order import ANY, cost, soonest_decided
from rethinking_audit.fixtures.tasks.training import Training
from rethinking_audit.fixtures.training.spec import Recipe
from tests.builders.specs import baseline_of

RECIPE = Recipe(batch=32, learning_rate=0.1, momentum=0.9, lr_decay=0.99, max_epochs=2, patience=10, eval_every=0)
SPEC = Training(data=find("digits"), network="mlp-1x512", recipe=RECIPE, seed=0, train_size=50, width=0.1)


@pytest.mark.parametrize(
    ("groups", "order"),
    [
        ([{"d"}, {"a"}, {"c"}], "acd"),
        ([{"a", "b", "c"}, {"d"}], "dcba"),  # 4 is less than 6
        ([{"d"}, {"a", "b", "c"}, {"c", "b"}], "dcba"),
        ([{"c", "d"}, {"c"}, {"a", "b", "d"}], "cdba"),  # after c, d alone is cheaper than what is left of the other
        ([{"a", "gone"}, {"gone"}], "a"),  # what is in the store costs nothing
        ([], ""),
    ],
)
def test_the_cheapest_claim_comes_first_and_shared_runs_are_free_to_the_next(groups, order):
    costs = {"a": 1.0, "b": 2.0, "c": 3.0, "d": 4.0}
    assert "".join(soonest_decided(groups, costs)) == order


def test_the_longest_run_of_a_claim_comes_first_and_a_tie_is_broken_by_name():
    assert soonest_decided([["b", "a", "c"]], {"a": 1.0, "b": 1.0, "c": 2.0}) == ["c", "a", "b"]


def test_claims_that_cost_the_same_keep_their_order():
    assert soonest_decided([{"b"}, {"a"}], {"a": 1.0, "b": 1.0}) == ["b", "a"]


def test_every_run_is_named_once():
    groups = [{f"{one}", f"{two}"} for one in range(6) for two in range(6)]
    order = soonest_decided(groups, {f"{one}": float(one) for one in range(6)})
    assert sorted(order) == sorted({f"{one}" for one in range(6)})


def test_no_run_is_free_however_few_its_operations():
    nearest = baseline_of(SPEC, "nearest-neighbour")
    assert cost(nearest) == ANY + nearest.expected() < 2 * ANY
