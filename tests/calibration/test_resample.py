"""What an audit decides wrongly, and how often: on seeds that are made up, so that the answer is known."""

import pytest

from rethinking_audit.fixtures.calibration.record import Rate
from rethinking_audit.fixtures.calibration.resample import drawn, verdicts
from rethinking_audit.fixtures.claimkit.arms import Arm, Solve
from rethinking_audit.fixtures.claimkit.claim import Control, claim
from rethinking_audit.fixtures.data.datasets import find
from rethinking_audit.fixtures.tasks.solve import ProblemSolve
from tests.builders.samples import NOISE, of_errors, rates, sample, training


def test_a_claim_exactly_on_its_limit_alarms_alpha_of_the_time():
    errors = 0.5 + 0.01 * NOISE.standard_normal(2000)
    made = of_errors(errors, limit=float(errors.mean()), wrong=0.6)
    design, red, undecided = rates(made)
    assert design.alpha.low <= 0.01 <= design.alpha.high
    assert red.value == pytest.approx(1000 * design.alpha.value)
    assert undecided.value == pytest.approx(980, abs=10)
    assert (design.seeds, design.mean) == (5, pytest.approx(design.limit))
    assert design.deviation == pytest.approx(0.01, rel=0.1)


def test_a_claim_far_inside_its_limit_never_alarms_and_is_known_to_do_so_seldom():
    design, red, undecided = rates(of_errors(0.5 + 0.01 * NOISE.standard_normal(30), limit=0.6, wrong=0.7))
    assert (design.alpha.value, design.beta.value, red.value, undecided.value) == (0, 0, 0, 0)
    assert design.delta == pytest.approx(0.1)
    assert design.power.value == 1
    assert 0.3 < red.high < 0.4, "per 1,000, of 10,000 audits"


def test_the_same_seeds_are_drawn_for_all_arms_and_the_arms_stay_paired():
    @claim("toy/pairs", source="", refuted_by="", runs={"one": Arm(), "few": Arm(under=("few",))}, control=Control("", {}))
    def better(runs, paper, judge):
        """One is better, by as much in every seed."""
        judge.difference("", runs.few.test_accuracy, runs.one.test_accuracy, 10**9, at_least=0)

    errors = NOISE.uniform(0.1, 0.9, 30)
    made = sample(better, lambda spec: training(errors[spec.seed] - 0.05), limit=0)
    made = made.but({"one": sample(better, lambda spec: training(errors[spec.seed]), limit=0).arms["one"]})
    judged = made.judge([7, 7, 3, 20, 1])
    assert judged.values["one"] == pytest.approx(1.05 - errors[[7, 7, 3]]), "as many as the condition declares"
    assert judged.values["the other"] == pytest.approx(1 - errors[[7, 7, 3, 20, 1]])


def test_audits_are_drawn_with_a_seed_and_with_replacement():
    first = drawn(1000, 30, 5, seed=0)
    assert (first == drawn(1000, 30, 5, seed=0)).all()
    assert (first != drawn(1000, 30, 5, seed=1)).any()
    assert set(first.ravel()) == set(range(30))
    assert any(len(set(row)) < 5 for row in first.tolist())


def test_what_is_not_random_is_judged_once():
    judged = []

    @claim("toy/exact", source="", refuted_by="", runs={"one": Solve()}, control=Control("", {}), problems=("lemma",))
    def regular(runs, paper, judge):
        """A number is zero."""
        judged.append(runs)
        judge.exactly("value", runs.one.value[0], at_most=0)

    made = sample(regular, lambda spec: {"values": {"value": 0.0}}, network="lemma")
    assert made.declared == 0
    assert {str(verdict) for verdict in verdicts(made, drawn(100, 30, 5, 0))} == {"HELD"}
    assert len(judged) == 1
    design, red, _ = rates([made], audits=100)
    assert (design.alpha, design.beta, red.value) == (Rate(0, 0, 0), None, 0)


@pytest.mark.parametrize(
    ("problem", "corruption", "random"),
    [("lemma", 0.0, False), ("kernel", 0.0, False), ("kernel", 0.5, True), ("sgd", 0.0, True)],
)
def test_a_solve_is_random_where_its_solver_draws_or_its_labels_are(problem, corruption, random):
    assert ProblemSolve.of(problem, find("digits"), {}, corruption=corruption).draws == random


def test_a_control_that_holds_is_red_and_an_expected_deviation_is_no_news():
    errors = 0.5 + 0.001 * NOISE.standard_normal(30)
    *_, red, _ = rates(of_errors(errors, control=(0.55,), limit=0.6, wrong=0.65), audits=100)
    assert red.value == 1000, "its control holds"
    _, red, _ = rates(of_errors(errors + 0.2, limit=0.6, wrong=0.9), audits=100)
    assert red.value == 1000, "it is refuted"
    design, red, _ = rates(of_errors(errors + 0.2, limit=0.6, wrong=0.9), audits=100, expected="REFUTED")
    assert (red.value, design.alpha.value, design.expected) == (0, 1, "REFUTED")


def test_a_case_that_its_seeds_cannot_decide_is_told():
    errors = 0.5 + 0.1 * NOISE.standard_normal(30)
    design, _, undecided = rates(of_errors(errors, limit=0.6, wrong=0.9), audits=1000)
    assert undecided.value == pytest.approx(1000 * design.undecided.value) != 0
