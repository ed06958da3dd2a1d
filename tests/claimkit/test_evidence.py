"""What a claim's test is given: finished runs by name, of a slower schedule where the declared one says nothing."""

from dataclasses import dataclass

import pytest

from rethinking_audit.fixtures.claimkit import Arm, Control, Fallback, Solve, claim, same_claim
from rethinking_audit.fixtures.claimkit.case import Case
from rethinking_audit.fixtures.claimkit.evidence import Evidence
from rethinking_audit.fixtures.claimkit.judging import judgement
from rethinking_audit.fixtures.claimkit.paper import Paper


@dataclass
class Made:
    """Stands for the runs of an arm."""

    train_error: list[float]
    exhausted: bool = False


SLOWER = Fallback({"random": "slower"}, "slower decay")
BOTH = Fallback({"random": "random_slower", "true": "true_slower"}, "slower decay")


def test_arms_are_attributes_and_can_be_gone_through():
    runs = Evidence({"one": 1, "weight decay": 2})
    assert runs.one == 1
    assert list(runs.items()) == [("one", 1), ("weight decay", 2)]
    with pytest.raises(AttributeError, match="no runs 'two' here; it has one, weight decay"):
        _ = runs.two


def test_the_declared_schedule_is_judged_where_its_budget_sufficed():
    runs = Evidence({"random": Made([0.0]), "slower": Made([0.1])})
    assert SLOWER.of(runs) is runs


def test_the_slower_schedule_takes_its_place_where_the_budget_ended():
    runs = Evidence({"random": Made([0.3], exhausted=True), "slower": Made([0.1])})
    assert SLOWER.of(runs).random is runs.slower
    assert SLOWER.of(runs).schedule == "slower decay"


def test_the_declared_schedule_is_judged_where_the_tier_has_no_slower_one():
    runs = Evidence({"random": Made([0.3], exhausted=True)})
    assert SLOWER.of(runs) is runs


def test_the_first_arms_budget_decides_for_all_and_all_are_replaced_together():
    random, true, random_slower, true_slower = (Made([0.0]) for _ in range(4))
    runs = Evidence({"random": random, "true": true, "random_slower": random_slower, "true_slower": true_slower})
    true.exhausted = True
    assert BOTH.of(runs) is runs
    random.exhausted = True
    assert (BOTH.of(runs).random, BOTH.of(runs).true) == (random_slower, true_slower)
    alone = Evidence({"random": random, "true": true, "random_slower": random_slower})
    assert BOTH.of(alone) is alone


@claim(
    "toy/fits",
    source="here",
    refuted_by="",
    runs={"random": Arm(corruption=1.0), "slower": Arm(corruption=1.0, variant="slower", optional=True)},
    control=Control("true labels", {"random": Arm()}),
    fallback=SLOWER,
)
def fits(runs, paper, judge):
    """Every label is fitted.

    In time.
    """
    judge.at_most("training error", runs.random.train_error, paper.limit)


def test_a_case_is_judged_on_the_schedule_that_says_something_and_names_it():
    case = Case(fits.claim, None, "mlp-1x512")
    runs = Evidence({"random": Made([(0.0, 0.3)] * 2, exhausted=True), "slower": Made([0.0, 0.0])})
    judged = judgement(case, runs, Paper({"alpha": 0.05, "limit": 0.1}))
    assert (judged.verdict, judged.quantity) == ("HELD", "training error, slower decay")


def test_a_test_that_judges_nothing_or_twice_is_an_error():
    @claim("toy/mute", source="", refuted_by="", runs={}, control=Control("", {}))
    def mute(runs, paper, judge):
        """Nothing."""

    @claim("toy/twice", source="", refuted_by="", runs={}, control=Control("", {}))
    def twice(runs, paper, judge):
        """Twice."""
        judge.exactly("size", 1, at_most=1)
        judge.exactly("size", 1, at_most=1)

    for test, message in ((mute, "the test of toy/mute made no judgement"), (twice, "judged twice")):
        with pytest.raises(ValueError, match=message):
            judgement(Case(test.claim, None, ""), Evidence({}), Paper({"alpha": 0.05}))


def test_one_claim_may_have_two_tests_each_with_its_problems_runs_and_controls():
    @same_claim(fits, runs={"one": Solve()}, control=Control("other", {"one": Solve(corruption=1.0)}), problems=("sgd",))
    def solved(runs, paper, judge):
        """It is solved."""

    first, second = fits.claim, solved.claim
    assert (second.id, second.statement, second.explanation, second.source) == (
        "toy/fits",
        "Every label is fitted.",
        "In time.",
        "here",
    )
    assert (second.subjects, list(second.runs), second.test) == (("sgd",), ["one"], solved)
    assert [one.description for one in second.controls] == ["other"]
    assert first.test is fits


def test_a_second_test_of_a_claim_needs_a_control_of_its_own_runs():
    with pytest.raises(TypeError, match=r"the control of 'toy/fits' replaces \['random'\], expected some of \['one'\]"):
        same_claim(fits, runs={"one": Solve()}, control=Control("", {"random": Arm()}), problems=("sgd",))
