"""Controls: what one takes from a verdict, what is expected of it, and `--controls`."""

import pytest

from rethinking_audit.fixtures.claimkit.arms import Arm
from rethinking_audit.fixtures.claimkit.claim import Control, claim
from rethinking_audit.fixtures.plugin.outcomes import SILENT, united
from rethinking_audit.fixtures.record.exit_codes import controls_exit_code, exit_code
from rethinking_audit.fixtures.record.outcome import believed, worst_of
from rethinking_audit.fixtures.record.verdict import Verdict
from rethinking_audit.reports.view import Controls, cards
from tests.builders.projects import Project
from tests.builders.records import outcome, synthetic


@pytest.mark.parametrize(
    ("expected", "control"),
    [
        ("HELD", ()),
        ("HELD", Control("a baseline", {"random": Arm()}, expected=Verdict.HELD)),
        ("REFUTED", Control("an untrained network", {"random": Arm()})),
    ],
)
def test_a_claim_without_a_control_of_the_other_verdict_is_refused(expected, control):
    other = {"HELD": "REFUTED", "REFUTED": "HELD"}[expected]
    with pytest.raises(TypeError, match=f"'a/b' has no control that must be {other}"):
        claim("a/b", source="s", refuted_by="r", runs={"random": Arm()}, control=control, expected=expected)


@pytest.mark.parametrize(
    ("verdict", "found", "expected", "left"),
    [
        ("HELD", "REFUTED", "REFUTED", "HELD"),
        ("HELD", "HELD", "REFUTED", "ERROR"),
        ("REFUTED", "ERROR", "REFUTED", "ERROR"),
        ("HELD", "INCONCLUSIVE", "REFUTED", "INCONCLUSIVE"),
        ("REFUTED", "INCONCLUSIVE", "REFUTED", "REFUTED"),
        ("REFUTED", "HELD", "HELD", "REFUTED"),
        ("HELD", "REFUTED", "HELD", "ERROR"),
        ("REFUTED", "INCONCLUSIVE", "HELD", "INCONCLUSIVE"),
        ("HELD", "INCONCLUSIVE", "HELD", "HELD"),
        ("REFUTED", "NOT RUN", "REFUTED", "REFUTED"),
        ("NOT RUN", "HELD", "REFUTED", "NOT RUN"),
    ],
)
def test_a_control_leaves_the_verdict_that_it_allows(verdict, found, expected, left):
    vouches = {"verdict": "REFUTED", "expected": "REFUTED"}
    case = believed({"verdict": verdict, "reason": None}, [{"verdict": found, "expected": expected}, vouches])
    assert case["verdict"] == left
    if left != verdict:
        assert case["reason"].startswith(f"its control was {found}, expected {expected}")


def audit_of(*cases, readings=()):
    place = {"tier": "fast", "network": "x", "deviation": None, "control": None}
    told = [[{"id": str(number), "cases": [place | one]} for number, one in enumerate(some)] for some in (cases, readings)]
    return dict(zip(("claims", "readings"), told, strict=True))


@pytest.mark.parametrize(
    ("claims", "readings", "code"),
    [
        (["HELD"], ["REFUTED"], 0),
        (["HELD"], ["HELD"], 1),
        (["HELD"], ["INCONCLUSIVE"], 10),
        ([], ["REFUTED"], 0),
        ([], ["NOT RUN"], 5),
        (["REFUTED"], ["REFUTED"], 1),
    ],
)
def test_a_reading_that_held_is_news_and_one_that_was_refuted_is_not(claims, readings, code):
    told = [{"verdict": verdict, "expected": "REFUTED"} for verdict in readings]
    assert exit_code(audit_of(*({"verdict": verdict} for verdict in claims), readings=told)) == code


@pytest.mark.parametrize(
    ("found", "code"),
    [
        (["REFUTED", "HELD"], 0),
        (["HELD", "HELD"], 1),
        (["REFUTED", "REFUTED"], 1),
        (["INCONCLUSIVE", "HELD"], 10),
        (["NOT RUN", "ERROR"], 5),
    ],
)
def test_the_controls_decide_the_exit_code_where_they_are_alone(found, code):
    """The first must be refuted, the second must hold."""
    first, second = (
        {"verdict": verdict, "expected": must} for verdict, must in zip(found, ("REFUTED", "HELD"), strict=True)
    )
    assert controls_exit_code(audit_of({"verdict": "NOT RUN", "control": first, "other_controls": [second]})) == code


def test_the_worst_of_a_reading_is_that_it_held():
    every = ["HELD", "NOT RUN", "INCONCLUSIVE", "ERROR", "REFUTED"]
    assert worst_of(every, "REFUTED") == "HELD"
    assert worst_of(every, None) == "REFUTED"
    assert worst_of(["REFUTED", "NOT RUN"], "REFUTED") == worst_of(["HELD", "NOT RUN"], None) == "NOT RUN"


def test_a_case_whose_claim_was_not_collected_stands_under_its_first_control():
    entry = {"claim": {"id": "a/b"}, "tier": "fast", "data": "digits", "network": "x", "expected": "REFUTED", "runs": {}}
    found = {"t[1]": {**entry, "control": 0, "description": "one"}, "t[2]": {**entry, "control": 1, "description": "two"}}
    case = united("t[1]", ["t[1]", "t[2]"], found, lambda _: {**SILENT, "verdict": "REFUTED"})
    assert (case["nodeid"], case["verdict"], case["reason"]) == ("t[1]", "NOT RUN", "its controls alone were run")
    assert case["control"]["description"] == "one"
    assert [control["description"] for control in case["other_controls"]] == ["two"]


def test_a_card_tells_each_control_by_what_it_must_find():
    audit = synthetic(claims=1)
    for case in audit["claims"][0]["cases"]:
        case["other_controls"] = [{**outcome([0.1], "HELD"), "expected": "HELD", "description": "a neighbour"}]
    (card,) = cards(audit["claims"], audit["runs"])
    networks = ["alexnet", "mlp-1x512"]
    assert card.controls == [
        Controls("another", "REFUTED", networks, [], []),
        Controls("a neighbour", "HELD", networks, [], []),
    ]


def test_controls_alone(tmp_path):
    """Seven seeds of learners that train in no time; then one whose control is the claim itself."""
    project = Project(tmp_path / "project")
    arguments = ("-m", "fast", "-k", "error_reaches_zero and not noise", "--seeds", "7", "--controls")
    code, output = project.run(*arguments)
    (case,) = project.audit()["claims"][0]["cases"]
    assert code == 0, output
    assert "3 of 3 controls came out as they must  (exit code 0)" in output
    assert "one nearest neighbour, which memorizes any labels" in output
    assert [control["verdict"] for control in [case["control"], *case["other_controls"]]] == ["REFUTED", "REFUTED", "HELD"]
    assert case["verdict"] == "NOT RUN"
    project.edit("test_random_labels.py", ('network="ridge"', 'network="nearest-neighbour"'))
    code, output = project.run(*arguments)
    assert code == 1
    assert "2 of 3 controls came out as they must" in output


def test_a_control_says_what_is_expected_of_it():
    assert Control("c", {}).expected is Verdict.REFUTED
