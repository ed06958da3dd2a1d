"""An implementation that deviates is at the wrong value and scatters as before, or it is told that none can."""

from dataclasses import replace

import numpy as np
import pytest

from rethinking_audit.fixtures.calibration.deviate import deviating
from rethinking_audit.fixtures.calibration.resample import drawn, verdicts
from rethinking_audit.fixtures.claimkit import part
from rethinking_audit.fixtures.claimkit.arms import Arm, Solve, Sweep
from rethinking_audit.fixtures.claimkit.claim import Control, claim
from rethinking_audit.fixtures.claimkit.paper import Paper
from tests.builders.samples import NOISE, error_is_at_most, of_errors, rates, sample, training


def test_a_claim_with_scatter_needs_a_wrong_value():
    with pytest.raises(ValueError, match="no wrong value for toy/error"):
        rates(of_errors(NOISE.uniform(0, 1, 30), limit=2), audits=10)


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


def test_what_is_beyond_the_wrong_value_deviates_already():
    own, control = of_errors(np.full(30, 0.35), limit=0.2, wrong=0.3)
    moved, fraction = deviating(own, control, 0.3)
    assert (moved, fraction) == (own, 0.0)
    design, *_ = rates([own, control], audits=10, expected="REFUTED")
    assert design.delta == pytest.approx(0.15)


def test_what_is_beyond_its_limit_deviates_further_to_the_wrong_value():
    moved, fraction = deviating(*of_errors(np.full(30, 0.25), limit=0.2, wrong=0.3), 0.3)
    assert fraction > 0
    assert moved.judge_all().measured == pytest.approx(0.3)


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
    "toy/levels", source="", refuted_by="", runs={"levels": Sweep()}, control=Control("", {"levels": Sweep(only=(1.0,))})
)
def every_level(runs, paper, judge):
    """A training error is at most a tenth at every level."""
    judge.all_hold({str(level): part.mean("", arm.train_error, at_most=0.1) for level, arm in runs.levels.items()})


@claim("toy/fits", source="", refuted_by="", runs={"one": Arm()}, control=Control("", {"one": Arm(corruption=1.0)}))
def most_seeds_fit(runs, paper, judge):
    """More seeds fit than do not."""
    judge.every_seed_fits(runs.one.train_error, 0.1)


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
    """One test error is below the other."""
    pairs = zip(runs.one.test_error, runs.other.test_error, strict=True)
    judge.mean("", [one - other for one, other in pairs], at_most=0)


@claim(
    "toy/flags",
    source="",
    refuted_by="",
    runs={"one": Solve()},
    control=Control("", {"one": Solve(corruption=1.0)}),
    problems=("sgd",),
)
def images_that_are_wrong(runs, paper, judge):
    """At most a hundredth of the test images are wrong."""
    judge.mean("", [sum(wrong) / len(wrong) for wrong in runs.one.wrong], at_most=0.01)


@claim(
    "toy/tables",
    source="",
    refuted_by="",
    runs={"one": Solve()},
    control=Control("", {"one": Solve(corruption=1.0)}),
    problems=("sgd",),
)
def solves_at_chance(runs, paper, judge):
    """The accuracy of a solve is at chance."""
    judge.at_chance(runs.one.confusion, 0.1)


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


def flagged(spec, control):
    return {"values": {"wrong": ("ff" if control else "00") * 250, "tested": 2000}}


def tabled(spec, control):
    return {"values": {"confusion": [[10.0, 0.0], [0.0, 10.0]] if control else [[5.0, 5.0], [5.0, 5.0]]}}


@pytest.mark.parametrize(
    ("declared", "find", "wrong", "network"),
    [
        (ratio, slow_or_never, 4.0, "mlp-1x512"),
        (chance, leaking, 0.7, "mlp-1x512"),
        (every_level, not_fitted, 0.2, "mlp-1x512"),
        (draws_of_solves, drawn_signs, 0.25, "sgd"),
        (solves_at_chance, tabled, 0.7, "sgd"),
    ],
)
def test_every_kind_of_measurement_can_be_moved(declared, find, wrong, network):
    own, control = with_control(declared, find, network)
    moved, _ = deviating(own, control, wrong)
    assert moved.judge_all().measured == pytest.approx(wrong, abs=1e-6)
    assert str(moved.judge(range(5)).verdict) != "HELD"


def test_in_a_deviating_share_of_seeds_every_seed_stops_only_just_short_of_the_limit():
    """No five seeds of a share of one half can refute at 1 %, so alpha is a tenth."""
    own, control = (replace(one, paper=Paper({"alpha": 0.1})) for one in with_control(most_seeds_fit, not_fitted))
    moved, _ = deviating(own, control, 0.0)
    errors = [error for _, error in moved.arms["one"][None].seeds.of("train_error")]
    assert min(errors) > 0.1
    assert errors == pytest.approx([0.1] * 30)
    assert {*verdicts(moved, drawn(200, 30, 5, seed=0))} == {"REFUTED"}


def test_flags_can_be_moved_by_whole_images():
    moved, fraction = deviating(*with_control(images_that_are_wrong, flagged, "sgd"), 0.2)
    assert fraction == pytest.approx(0.2, abs=1e-3)
    assert moved.judge_all().measured == pytest.approx(0.2, abs=1e-3)


def test_two_arms_that_are_each_others_control_scatter_as_before():
    errors = 0.5 + np.array([[0.02], [0.1]]) * np.random.default_rng(0).standard_normal((2, 30))
    errors[1] += 0.2

    def find(spec, control):
        return training(test_error=float(errors[int(spec.corruption), spec.seed % 30]))

    own, control = with_control(less_than_the_other, find)
    for wrong, most in ((-own.judge_all().measured, 1.0), (0.0, 0.5)):
        moved, fraction = deviating(own, control, wrong)
        apart = [np.std([one.judge([seed]).measured for seed in range(30)]) for one in (own, moved)]
        assert fraction == pytest.approx(most)
        assert apart[1] == pytest.approx(apart[0], rel=0.2)


def test_the_levels_that_a_control_lacks_stay():
    own, control = with_control(every_level, not_fitted)
    moved, _ = deviating(own, control, 0.2)
    errors = {level: arm.take(range(30), 30).train_error for level, arm in moved.arms["levels"].items()}
    assert errors[0.0] == [(0.0, 0.0)] * 30
    assert errors[1.0] == [pytest.approx((0.2, 0.2))] * 30


def test_a_part_of_several_statements_can_be_what_deviates():
    own, control = with_control(every_level, not_fitted)
    moved, _ = deviating(own, control, 0.3, part="1.0")
    assert moved.judge_all().parts["1.0"].measured == pytest.approx(0.3)
