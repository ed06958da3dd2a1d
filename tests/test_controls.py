"""Controls: what learners of which the answer is known predict, what a control takes from a verdict, and `--controls`."""

from dataclasses import replace

import numpy as np
import pytest

from rethinking_audit.fixtures.claimkit.arms import Arm
from rethinking_audit.fixtures.claimkit.claim import Control, claim
from rethinking_audit.fixtures.data.experiment import prepare
from rethinking_audit.fixtures.learners import LEARNERS, UNTRAINED, learn
from rethinking_audit.fixtures.plugin.outcomes import SILENT, united
from rethinking_audit.fixtures.record.exit_codes import controls_exit_code, exit_code
from rethinking_audit.fixtures.record.outcome import believed, worst_of
from rethinking_audit.fixtures.record.verdict import Verdict
from rethinking_audit.fixtures.runs import identity
from rethinking_audit.fixtures.runs.carry_out import carry_out
from rethinking_audit.fixtures.runs.cost import flops
from rethinking_audit.fixtures.runs.identity import key
from rethinking_audit.fixtures.tasks.measurements import Runs
from rethinking_audit.fixtures.training.result import Result
from rethinking_audit.fixtures.training.spec import RunSpec
from rethinking_audit.reports.view import Controls, cards
from tests.projects import Project
from tests.records import outcome, synthetic

NEIGHBOUR = RunSpec(data="digits", network="nearest-neighbour", recipe=UNTRAINED, seed=0, subset=300, corruption=1.0)
RIDGE = replace(NEIGHBOUR, network="ridge")


def test_one_nearest_neighbour_memorizes_random_labels_and_is_at_chance():
    record = carry_out(NEIGHBOUR, "cpu")
    runs = Runs([Result.from_dict(record["result"])])
    assert runs.train_error == [(0.0, 0.0)]
    assert 0.03 < runs.test_accuracy[0] < 0.2
    assert sum(map(sum, runs.confusions[0])) == runs.tested == 896
    assert "labels_follow_the_corruption" in record["result"]["contracts"]
    assert record["context"]["engine"] == identity.learners_digest()


def test_one_nearest_neighbour_generalizes_from_true_labels():
    runs = Runs([Result.from_dict(carry_out(replace(NEIGHBOUR, corruption=0.0), "cpu")["result"])])
    assert runs.test_accuracy[0] > 0.9


def test_ridge_regression_memorizes_nothing():
    runs = Runs([Result.from_dict(carry_out(RIDGE, "cpu")["result"])])
    assert runs.train_error[0][0] > 0.3


def test_of_two_equal_images_the_first_one_gives_the_label():
    data = prepare("digits", 300, "true", 1.0, 0)
    inputs = np.concatenate([data.inputs[:1], data.inputs[:1], data.inputs[1:]])
    other = (data.labels[0] + 1) % 10
    labels = np.concatenate([data.labels[:1], [other], data.labels[1:]])
    assert learn("nearest-neighbour", replace(data, inputs=inputs, labels=labels)).train[1] == data.labels[0]


@pytest.mark.parametrize("name", LEARNERS)
def test_a_learner_costs_next_to_nothing(name):
    assert flops(replace(NEIGHBOUR, network=name)) < 1e8


def test_a_learners_key_has_its_own_source_and_not_that_of_the_training(monkeypatch):
    before = key(NEIGHBOUR, "cpu")
    assert before == key(NEIGHBOUR, "cuda:0")  # it learns on the CPU whatever the networks are trained on
    monkeypatch.setattr(identity, "engine_digest", lambda: "another")
    assert key(NEIGHBOUR, "cpu") == before
    monkeypatch.setattr(identity, "learners_digest", lambda: "another")
    assert key(NEIGHBOUR, "cpu") != before
    assert any(pattern.startswith("learners/") for pattern in identity.LEARNING)


def test_a_claim_without_a_control_is_refused():
    def test():
        """It holds."""

    with pytest.raises(TypeError, match="'a/b' has no control"):
        claim("a/b", source="s", refuted_by="r", runs={"random": Arm()}, control=())(test)


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
        ("HELD", "NOT RUN", "REFUTED", "HELD"),
        ("NOT RUN", "HELD", "REFUTED", "NOT RUN"),
    ],
)
def test_a_control_leaves_the_verdict_that_it_allows(verdict, found, expected, left):
    case = believed({"verdict": verdict, "reason": None}, [{"verdict": found, "expected": expected}])
    assert case["verdict"] == left
    if left != verdict:
        assert case["reason"].startswith(f"its control was {found}, expected {expected}")


def audit_of(*cases, readings=()):
    def told(found):
        return [{"cases": [{"deviation": None, "control": None, **one}]} for one in found]

    return {"claims": told(cases), "readings": told(readings)}


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
    group = {"t[1]": {**entry, "control": 0, "description": "one"}, "t[2]": {**entry, "control": 1, "description": "two"}}
    case = united(group, lambda _: {**SILENT, "verdict": "REFUTED"})
    assert (case["nodeid"], case["verdict"], case["reason"]) == ("t[1]", "NOT RUN", "its controls alone were run")
    assert case["control"]["description"] == "one"
    assert [control["description"] for control in case["other_controls"]] == ["two"]


def test_a_card_tells_each_control_by_what_it_must_find():
    audit = synthetic(claims=1)
    for case in audit["claims"][0]["cases"]:
        case["other_controls"] = [{**outcome([0.1], "HELD"), "expected": "HELD", "description": "a neighbour"}]
    (card,) = cards(audit["claims"], audit["runs"])
    networks = ["alexnet", "mlp-1x512"]
    assert card.controls == [Controls("another", "REFUTED", networks, []), Controls("a neighbour", "HELD", networks, [])]


def test_controls_alone(tmp_path):
    """Two seeds of learners that train in no time; then one whose control is the claim itself."""
    project = Project(tmp_path / "project")
    arguments = ("-m", "fast", "-k", "error_reaches_zero and not noise", "--seeds", "3", "--controls")
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
