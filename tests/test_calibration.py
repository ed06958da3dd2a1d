"""What an audit decides wrongly, and how often: on seeds that are made up, so that the answer is known."""

import math
import subprocess
import sys
from itertools import count
from pathlib import Path

import numpy as np
import pytest

from rethinking_audit.fixtures.calibration.__main__ import main
from rethinking_audit.fixtures.calibration.design import designed, subjects
from rethinking_audit.fixtures.calibration.deviate import deviating
from rethinking_audit.fixtures.calibration.record import Calibration, Design, Rate, read
from rethinking_audit.fixtures.calibration.resample import drawn, verdicts
from rethinking_audit.fixtures.calibration.sample import Sample
from rethinking_audit.fixtures.calibration.seeds import Calibrated, draws
from rethinking_audit.fixtures.claimkit.arms import Arm, Solve, Sweep
from rethinking_audit.fixtures.claimkit.case import Case
from rethinking_audit.fixtures.claimkit.claim import Control, claim
from rethinking_audit.fixtures.claimkit.paper import Paper
from rethinking_audit.fixtures.claimkit.tiers import NetworkPlan, ProblemPlan, Tier
from rethinking_audit.fixtures.theory.problem import ProblemSpec
from rethinking_audit.fixtures.training.result import FIT, STALLED, Curves, Result
from rethinking_audit.fixtures.training.spec import Recipe
from tests.projects import Project

ROOT = Path(__file__).parent.parent
RECIPE = Recipe(batch=1, learning_rate=0.1, momentum=0.9, decay=1.0, budget=9, patience=9)
NETWORKS = {
    "mlp-1x512": NetworkPlan(RECIPE, seeds=5, levels=(0.0, 1.0), variants={"few": {"seeds": 3}}),
    "mlp-3x512": NetworkPlan(RECIPE, seeds=5),
}
PROBLEMS = {"sgd": ProblemPlan(solver="sgd", seeds=5), "lemma": ProblemPlan(solver="lemma")}
TIER = Tier("fast", "digits", False, NETWORKS, tuple(NETWORKS), problems=PROBLEMS)
FEW = 200  # audits, where how many there are is not the point
NOISE = np.random.default_rng(0)
LOSSES = (0.01 + 1e-9 * number for number in count())  # no two trainings are one


def training(test_error=0.1, train_error=0.0, fit=10, confusion=((9, 1), (1, 9)), test_every=None):
    """A finished training; `fit` None is one that never would."""
    curves = Curves(
        [2.3, next(LOSSES)], [0.9, train_error], [0.0], [1], [0.1], [0.5, test_error], test_every or [[0.1, 0.1]]
    )
    status = STALLED if fit is None else FIT
    return Result(status, 20, 1, fit, fit, curves, [list(row) for row in confusion], 1, "", "", []).to_dict()


def sample(declared, find, seeds=30, network="mlp-1x512", control=False, **limits):
    """A case of a made-up claim, its runs by `find`."""
    case = Calibrated.of(Case(declared.claim, TIER, network, declared.claim.controls[0] if control else None), seeds)
    return Sample.of(case, find, Paper({"alpha": 0.01, **limits}))


@claim("toy/error", source="", refuted_by="", runs={"one": Arm()}, control=Control("", {"one": Arm(corruption=1.0)}))
def error_is_at_most(runs, paper, judge):
    """A test error is at most the limit."""
    judge.mean("", runs.one.test_error, at_most=paper.limit)


def of_errors(claimed, control=(0.9,), **limits):
    """The toy claim on these test errors, and its control."""
    errors = {0.0: claimed, 1.0: control}

    def find(spec):
        return training(errors[spec.corruption][spec.seed % len(errors[spec.corruption])])

    return [sample(error_is_at_most, find, len(claimed), control=control, **limits) for control in (False, True)]


def rates(samples, audits=10_000, expected=None):
    designs, red, undecided = designed(subjects(samples, lambda one: expected), lambda name: None, audits)
    return *designs, red, undecided


# Resampling


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
    @claim("toy/pairs", source="", refuted_by="", runs={"one": Arm(), "few": Arm(variant="few")}, control=Control("", {}))
    def better(runs, paper, judge):
        """One is better, by as much in every seed."""
        judge.difference("", runs.few.test_accuracy, runs.one.test_accuracy, 10**9, at_least=0)

    errors = NOISE.uniform(0.1, 0.9, 30)
    made = sample(better, lambda spec: training(errors[spec.seed] - 0.05), limit=0)
    made = made.but({"one": sample(better, lambda spec: training(errors[spec.seed]), limit=0).arms["one"]})
    judged = made.judge([7, 7, 3, 20, 1])
    assert judged.values["one"] == pytest.approx(1.05 - errors[[7, 7, 3]]), "as many as the variant declares"
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
    assert draws(ProblemSpec.of(problem, "digits", {}, corruption=corruption)) == random


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


def test_a_claim_with_scatter_needs_a_wrong_value():
    with pytest.raises(ValueError, match="no wrong value for toy/error"):
        rates(of_errors(NOISE.uniform(0, 1, 30), limit=2), audits=10)


# Deviating


def test_a_deviating_implementation_is_at_the_wrong_value_and_keeps_the_scatter():
    errors = 0.1 + 0.01 * NOISE.standard_normal(30)
    own, control = of_errors(errors, control=(0.85, 0.95), limit=0.2, wrong=0.3)
    moved, fraction = deviating(own, control, 0.3)
    assert moved.judge_all().measured == pytest.approx(0.3)
    assert fraction == pytest.approx((0.3 - errors.mean()) / (0.9 - errors.mean()))
    by_seed = np.array([moved.judge([seed]).measured for seed in range(30)])
    taken_on = fraction * (np.tile([0.95, 0.85], 15) - 0.9)  # the control's of the seed halfway round
    kept = np.sqrt(1 - fraction**2) * (errors - errors.mean())
    assert by_seed - by_seed.mean() == pytest.approx(kept + taken_on)


def test_what_is_beyond_its_limit_deviates_already():
    own, control = of_errors(np.full(30, 0.25), limit=0.2, wrong=0.3)
    moved, fraction = deviating(own, control, 0.3)
    assert (moved, fraction) == (own, 0.0)
    design, *_ = rates([own, control], audits=10, expected="REFUTED")
    assert design.delta == pytest.approx(0.05)


def test_a_control_that_leads_elsewhere_is_told():
    own, control = of_errors(np.full(30, 0.15), control=(0.1,), limit=0.2, wrong=0.3)
    with pytest.raises(
        ValueError, match=r"toy/error: the control fast-mlp-1x512-control does not lead .* from 0.15 to 0.3"
    ):
        deviating(own, control, 0.3)


def test_a_network_without_a_control_deviates_towards_anothers_and_none_without_any():
    own, control = of_errors(np.full(30, 0.1), limit=0.2, wrong=0.3)
    other = sample(error_is_at_most, lambda spec: training(0.1), network="mlp-3x512", limit=0.2, wrong=0.3)
    _, design, *_ = rates([own, other, control], audits=10)
    assert (design.case, design.control, design.power.value) == ("fast-mlp-3x512", None, 1)
    design, *_ = rates([other], audits=10)
    assert (design.beta, design.power) == (None, None)


@claim(
    "toy/times",
    source="",
    refuted_by="",
    runs={"slow": Arm(), "fast": Arm()},
    control=Control("", {"slow": Arm(corruption=1.0)}),
)
def ratio(runs, paper, judge):
    """A time is at most twice another."""
    judge.ratio("", runs.slow.time_to_fit, runs.fast.time_to_fit, at_most=2)


@claim(
    "toy/chance",
    source="",
    refuted_by="",
    runs={"one": Arm(corruption=1.0)},
    control=Control("", {"one": Arm(corruption=0.0)}),
)
def chance(runs, paper, judge):
    """An accuracy is that of chance."""
    judge.at_chance(runs.one.confusions, 0.1)


@claim(
    "toy/levels", source="", refuted_by="", runs={"levels": Sweep()}, control=Control("", {"levels": Sweep(levels=(1.0,))})
)
def every_level(runs, paper, judge):
    """A training error is at most a tenth at every level."""
    judge.each_at_most("", {str(level): arm.train_error for level, arm in runs.levels.items()}, 0.1)


@claim(
    "toy/solves",
    source="",
    refuted_by="",
    runs={"one": Solve()},
    control=Control("", {"one": Solve(corruption=1.0)}),
    problems=("sgd",),
)
def draws_of_solves(runs, paper, judge):
    """The mean of all draws is at least a half."""
    judge.mean("", runs.one.pooled("correlations"), at_least=0.5)


@claim(
    "toy/swapped",
    source="",
    refuted_by="",
    runs={"one": Arm(), "other": Arm(corruption=1.0)},
    control=Control("", {"one": Arm(corruption=1.0), "other": Arm()}),
)
def less_than_the_other(runs, paper, judge):
    """One training error is below the other."""
    pairs = zip(runs.one.train_error, runs.other.train_error, strict=True)
    judge.mean("", [one - other for (one, _), (other, _) in pairs], at_most=0)


def with_control(declared, find, network="mlp-1x512"):
    return [
        sample(declared, lambda spec, of=control: find(spec, of), network=network, control=control)
        for control in (False, True)
    ]


def slow_or_never(spec, control):
    return training(fit=None if spec.corruption else 10 + spec.seed)


def leaking(spec, control):
    return training(
        confusion=((9, 1), (1, 9)) if spec.corruption == 0 else ((5, 5), (5 + spec.seed % 2, 5 - spec.seed % 2))
    )


def not_fitted(spec, control):
    return training(train_error=0.5 if control else 0.0)


def drawn_signs(spec, control):
    return {"values": {"correlations": [0.0 + spec.corruption, 0.1] if control else [1.0, 0.9], "classes": 10, "kind": "a"}}


@pytest.mark.parametrize(
    ("declared", "find", "wrong", "network"),
    [
        (ratio, slow_or_never, 4.0, "mlp-1x512"),
        (chance, leaking, 0.7, "mlp-1x512"),
        (every_level, not_fitted, 0.2, "mlp-1x512"),
        (draws_of_solves, drawn_signs, 0.25, "sgd"),
    ],
)
def test_every_kind_of_measurement_can_be_moved(declared, find, wrong, network):
    own, control = with_control(declared, find, network)
    moved, _ = deviating(own, control, wrong)
    assert moved.judge_all().measured == pytest.approx(wrong, abs=1e-6)
    assert str(moved.judge(range(5)).verdict) != "HELD"


def test_two_arms_that_are_each_others_control_scatter_as_before():
    errors = 0.5 + np.array([[0.02], [0.1]]) * np.random.default_rng(0).standard_normal((2, 30))
    errors[1] += 0.2

    def find(spec, control):
        return training(train_error=float(errors[int(spec.corruption), spec.seed % 30]))

    own, control = with_control(less_than_the_other, find)
    for wrong, most in ((-own.judge_all().measured, 1.0), (0.0, 0.5)):
        moved, fraction = deviating(own, control, wrong)
        apart = [np.std([one.judge([seed]).measured for seed in range(30)]) for one in (own, moved)]
        assert fraction == pytest.approx(most)
        assert apart[1] == pytest.approx(apart[0], rel=0.2)


def test_the_levels_that_a_control_lacks_stay():
    own, control = with_control(every_level, not_fitted)
    moved, _ = deviating(own, control, 0.2)
    errors = {level: arm.take(range(5), 5).train_error for level, arm in moved.arms["levels"].items()}
    assert errors[0.0] == [(0.0, 0.0)] * 5
    assert errors[1.0][0] == pytest.approx((0.2, 0.2))


def test_a_part_of_several_statements_can_be_what_deviates():
    own, control = with_control(every_level, not_fitted)
    moved, _ = deviating(own, control, 0.3, part="1.0")
    assert moved.judge_all().parts["1.0"].measured == pytest.approx(0.3)


# The file

WHOLE = Calibration(
    {"date": "2026-11-21", "seeds": 30, "audits": 10_000, "torch": "2.15", "device": "cpu", "data": {"digits": "0" * 64}},
    Rate(0.0, 0.0, 0.3688),
    Rate(8.4, 6.706, 10.39),
    [
        Design(
            **{"claim": "family/one", "case": "fast-mlp-1x512", "seeds": 5, "quantity": "error", "unit": "%"},
            **{
                "mean": 0.01,
                "deviation": 0.001,
                "alpha": Rate(0.0, 0.0, 0.0004),
                "undecided": Rate(0.1, 0.09, 0.11),
                "limit": 0.02,
                "wrong": 0.05,
            },
            **{"delta": 0.03, "beta": Rate(0.0, 0.0, 0.0004), "power": Rate(0.9, 0.89, 0.91), "expected": "REFUTED"},
        ),
        Design("family/two", "fast-lemma", 0, "distance", "", math.inf, 0.0, Rate(0.0, 0.0, 0.0), Rate(0.0, 0.0, 0.0)),
    ],
)


def test_the_file_is_read_as_it_was_written(tmp_path):
    (tmp_path / "calibration.toml").write_text(WHOLE.text())
    assert read(tmp_path / "calibration.toml") == WHOLE


def test_the_table_and_the_false_alarms_are_printed_from_the_file(tmp_path, capsys, monkeypatch):
    monkeypatch.delenv("COLUMNS", raising=False)
    (tmp_path / "calibration.toml").write_text(WHOLE.text())
    assert main([str(tmp_path / "calibration.toml")]) == 0
    printed = capsys.readouterr().out
    row = next(line for line in printed.splitlines() if line.startswith("family/one"))
    assert "fast-mlp-1x512 (REFUTED expected)" in row
    assert " ".join(row.split("expected)")[1].split()) == (
        "5 1 % 0.1 % 2 % 5 % 3 % 10.00 % 0.00 % (≤ 0.04) 0.00 % (≤ 0.04) 90.00 % (≥ 89.00)"
    )
    assert "false alarms: 0 [0, 0.3688] per 1,000 audits; undecided: 8.4 [6.706, 10.39]" in printed
    assert "10,000 audits of 2 cases, resampled from 30 seeds of each arm, 2026-11-21, torch 2.15, cpu" in printed


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (WHOLE.text().replace("seeds = 5\n", "seed = 5\n"), r"\[\"family/one\".fast-mlp-1x512\]: .*'seed'.*; expected"),
        (WHOLE.text().replace("[suite]", "[sweet]"), "'suite'; expected"),
        ("made = ", "the file: Invalid value"),
    ],
)
def test_a_damaged_file_is_told_in_one_sentence(tmp_path, capsys, text, message):
    (tmp_path / "calibration.toml").write_text(text)
    with pytest.raises(ValueError, match=f"^calibration.toml is no calibration: {message}|{message}"):
        read(tmp_path / "calibration.toml")
    assert main([str(tmp_path / "calibration.toml")]) == 4
    assert capsys.readouterr().err.startswith("calibration.toml is no calibration: ")


def test_no_file_is_told_with_the_command_that_writes_it(tmp_path, capsys):
    assert main([str(tmp_path / "none.toml")]) == 4
    assert "expected what `pytest claims -m fast --calibrate` writes" in capsys.readouterr().err
    assert main(["a", "b"]) == 4


def test_the_table_needs_neither_scipy_nor_torch():
    code = "import sys; import rethinking_audit.fixtures.calibration.__main__; print({'scipy', 'torch'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=True)
    assert done.stdout.strip() == "set()"


# The option


@pytest.fixture
def project(tmp_path):
    made = Project(tmp_path / "project")
    made.edit("tiers.toml", ("subset = 300", "subset = 50"), ("budget = 250", "budget = 30"))
    (made.folder / "claims" / "calibration.toml").unlink(missing_ok=True)
    with (made.folder / "conftest.py").open("a") as conftest:
        conftest.write(f"from rethinking_audit.fixtures.calibration import design\ndesign.AUDITS = {FEW}\n")
    return made


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--seeds", "29"), "--calibrate has --seeds 29, expected at least 30"),
        (("--width", "0.5"), "--calibrate has --width 0.5, expected the tiers as they are declared, and no --width"),
        (
            ("--dataset", "mnist"),
            "--calibrate has --dataset mnist, expected the tiers as they are declared, and no --dataset",
        ),
    ],
)
def test_what_cannot_be_calibrated_is_bad_input(project, arguments, message):
    code, output = project.run("-m", "fast", "--calibrate", *arguments)
    assert code == 4
    assert message in output
    assert not list(project.store.glob("runs/*"))


def test_calibrating_writes_the_file_asks_for_review_and_the_next_audit_tells_of_it(project):
    code, output = project.run("-m", "fast", "--calibrate", "-k", "accuracy_is_chance", "-n", "2")
    assert code == 1, output
    assert "calibration: 30 seeds of each arm, 90 runs to make, about " in output
    assert "claims/calibration.toml was written: review it before you commit it" in output
    assert not (project.folder / "out").exists(), "nothing was judged"
    written = read(project.folder / "claims" / "calibration.toml")
    assert [(one.claim, one.case, one.seeds) for one in written.designs] == [
        ("random-labels/chance-test-accuracy", "fast-mlp-1x512", 5)
    ]
    assert written.made["seeds"] == 30
    assert written.designs[0].power.value > 0.5

    project.run("-m", "fast", "-k", "accuracy_is_chance")
    told = project.audit()["calibration"]
    assert (told["tiers"], told["seeds"], told["audits"], told["current"]) == (["fast"], 30, FEW, True)
    assert told["false_alarms"] == {"value": written.red.value, "low": written.red.low, "high": written.red.high}
    assert "of 1,000 audits of the tier fast" in (project.folder / "out" / "audit.html").read_text().lower()

    (project.folder / "claims" / "calibration.toml").write_text("[made]\n")
    code, output = project.run("-m", "fast", "-k", "accuracy_is_chance")
    assert code == 4
    assert "calibration.toml is no calibration: the file: 'suite'" in output


def test_with_workers_the_main_process_writes_the_file_and_a_failed_run_leaves_it_alone(project):
    command = ("-m", "fast", "--calibrate", "-k", "accuracy_is_chance", "--executor", "reference")
    code, output = project.run(*command, "-n", "1")
    assert code == 1, output
    assert "calibration: 30 seeds of each arm" in output
    written = (project.folder / "claims" / "calibration.toml").read_text()

    damaged = next((project.store / "runs").iterdir())
    damaged.write_text("{}")
    code, output = project.run(*command)
    assert code == 1
    assert "claims/calibration.toml was not written:" in output
    assert damaged.name in output.replace("\n", "")
    assert (project.folder / "claims" / "calibration.toml").read_text() == written
