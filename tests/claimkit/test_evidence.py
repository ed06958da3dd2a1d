"""What a claim's test is given: finished runs by name, and it judges them once."""

import pytest

from rethinking_audit.fixtures.claimkit import Arm, Control, Solve, claim, same_claim
from rethinking_audit.fixtures.claimkit.case import Case
from rethinking_audit.fixtures.claimkit.evidence import Evidence
from rethinking_audit.fixtures.claimkit.judging import judgement
from rethinking_audit.fixtures.claimkit.paper import Paper


def test_arms_are_attributes_and_can_be_gone_through():
    runs = Evidence({"one": 1, "weight decay": 2})
    assert runs.one == 1
    assert list(runs.items()) == [("one", 1), ("weight decay", 2)]
    with pytest.raises(AttributeError, match="no runs 'two' here; it has one, weight decay"):
        _ = runs.two


def test_arms_by_name_are_those_that_the_tier_has_and_a_sweep_gives_one_for_each_level():
    runs = Evidence({"crops": 1, "weight_decay": {0.01: 2, 0.1: 3}, "plain": 4})
    assert runs.under("weight_decay", "crops", "both") == {"weight_decay 0.01": 2, "weight_decay 0.1": 3, "crops": 1}
    assert runs.under("both") == {}


@claim(
    "toy/fits",
    source="here",
    refuted_by="",
    runs={"random": Arm(corruption=1.0)},
    control=Control("true labels", {"random": Arm()}),
)
def fits(runs, paper, judge):
    """Every label is fitted.

    In time.
    """
    judge.mean("training error", runs.random.train_error, at_most=paper.limit)


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
