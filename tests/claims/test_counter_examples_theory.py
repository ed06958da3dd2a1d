"""Worlds in which a claim of the theory is false: the claim's own test must not find it HELD in any of them."""

import numpy as np
import pytest

from rethinking_audit.fixtures.claimkit.evidence import Evidence
from rethinking_audit.fixtures.claimkit.judging import judgement
from rethinking_audit.fixtures.claimkit.paper import Paper
from rethinking_audit.fixtures.tasks.solutions import Solutions
from rethinking_audit.fixtures.theory import expressivity
from rethinking_audit.fixtures.theory.solvers import SOLVERS
from tests.builders.places import CLAIMS
from tests.builders.solved import CASES, digits, errors, judged

HELD, INCONCLUSIVE, REFUTED = "HELD", "INCONCLUSIVE", "REFUTED"


# linear/*


@pytest.mark.parametrize(
    ("world", "verdict"),
    [({}, HELD), ({"loss": "squared"}, REFUTED), ({"units": 12}, REFUTED)],
    ids=["log cosh", "a loss of one Hessian everywhere", "a model whose optima differ"],
)
def test_curvature_is_the_same_only_where_it_could_have_differed(world, verdict):
    values = SOLVERS["curvature"](digits(), {"points": 8, "optima": 5, **world})
    assert judged("linear/curvature", "curvature", optima=[values]).verdict == verdict


def test_sgd_that_decays_its_weights_does_not_find_what_the_kernel_trick_gives():
    """A ridge shortens the solution by the factors s^2 / (s^2 + l2) in each direction of the span."""
    values = SOLVERS["sgd"](digits(), {"points": 20, "epochs": 1000})
    for distance, verdict in ((values["dual_distance"], HELD), (1e-5, REFUTED)):
        runs = [{**values, "dual_distance": distance * (1 + seed / 100)} for seed in range(5)]
        assert judged("linear/kernel-trick", "sgd-images", descent=runs).verdict == verdict


@pytest.mark.parametrize("seeds", [3, 5])
def test_a_world_in_which_interpolants_generalize_or_cannot_take_the_labels_is_red(seeds):
    forced, smallest = (
        [SOLVERS["interpolants"](digits(300, seed), {"scale": 2.0, "force": force}) for seed in range(1000, 1000 + seeds)]
        for force in (True, False)
    )
    halfway = [
        {**one, "confusion": ((np.array(one["confusion"]) + np.array(other["confusion"])) / 2).tolist()}
        for one, other in zip(forced, smallest, strict=True)
    ]
    stuck = [{**one, "train_error": 0.5} for one in forced]
    same_norm = [{**one, "norm": one["smallest_norm"]} for one in forced]
    for world in (smallest, halfway, stuck, same_norm):
        assert judged("linear/interpolants-that-fail", "forced", forced=world).verdict == REFUTED


# expressivity/*


def test_theorem_1_on_points_far_from_zero_does_not_suffice_in_float64():
    """The old bound, 2.3e-9, left out the rounding of the projection. The error is four orders larger."""
    random = np.random.default_rng(1000)
    points, labels = random.random((300, 64)) + 1e8, random.standard_normal(300)
    network = expressivity.build(points, labels)
    error, rounding = (of(network, points, labels) for of in (expressivity.relative_error, expressivity.rounding_error))
    assert 1e-6 < error <= rounding
    values = {"error": error, "rounding": rounding, "weights": 664, "claimed": 664}
    assert judged("expressivity/two-layer", "reals", network=[values]).verdict == REFUTED


@pytest.mark.parametrize(
    ("eigenvalue", "verdict"), [(None, HELD), (1e-18, REFUTED), (0.0, REFUTED)], ids=["as found", "rounding", "singular"]
)
def test_an_eigenvalue_that_rounding_could_have_made_is_not_positive(eigenvalue, verdict):
    values = SOLVERS["lemma"](digits(), {})
    changed = values if eigenvalue is None else {**values, "smallest_eigenvalue": eigenvalue}
    assert judged("expressivity/full-rank", "interleaved", matrix=[changed]).verdict == verdict


# kernel/*

SOLVED = {"tested": 900, "train_error": 0.0, "residual": 1e-9}
SIMPLE = {"tested": 900, "ridge_wrong": errors(60), "neighbour_wrong": errors(14)}


@pytest.mark.parametrize(
    ("wrong", "verdict"),
    [
        (errors(10), HELD),
        (errors(363), REFUTED),  # ten images to a training set: 40.3 %, which a share of the way from chance let pass
        (errors(90), REFUTED),  # the means of the classes
        (errors(60), REFUTED),  # ridge regression itself
        (errors(810), REFUTED),  # chance
        (errors(40, 40), INCONCLUSIVE),
    ],
)
def test_a_machine_that_simple_learners_match_or_beat_is_not_held_to_generalize(wrong, verdict):
    machine = [{**SOLVED, "wrong": wrong}]
    claim = "kernel/interpolates-and-generalizes"
    assert judged(claim, "raw", swept=True, machine=machine, simple=[SIMPLE]).verdict == verdict


def test_a_machine_that_only_equals_ridge_regression_is_not_held_though_near_its_nearest_neighbour():
    machine, simple = (
        [{**SOLVED, "wrong": errors(28)}],
        [{**SIMPLE, "ridge_wrong": errors(28), "neighbour_wrong": errors(28)}],
    )
    claim = "kernel/interpolates-and-generalizes"
    assert judged(claim, "raw", swept=True, machine=machine, simple=simple).verdict == INCONCLUSIVE


def test_a_machine_much_worse_than_its_nearest_neighbour_is_red_though_it_beats_ridge_regression():
    machine, simple = [{**SOLVED, "wrong": errors(90)}], [{**SIMPLE, "ridge_wrong": errors(300)}]
    claim = "kernel/interpolates-and-generalizes"
    assert judged(claim, "raw", swept=True, machine=machine, simple=simple).verdict == REFUTED


def grid(plain, penalized, held_out=0.05):
    """A grid of two widths: the first of smallest norm, the second 2.5 times as large and chosen."""
    return {
        "tested": 900,
        "held_out": 40,
        "scales": [1.0, 2.0],
        "norms": [10.0, 25.0],
        "test_errors": [0.0, 0.0],
        "held_out_errors": [held_out + 0.01, held_out],
        "wrongs": [errors(12), plain],
        "l2_wrong": penalized,
    }


@pytest.mark.parametrize(
    ("plain", "penalized", "verdict"),
    [
        (errors(300), errors(300), HELD),
        (errors(10), errors(0), INCONCLUSIVE),  # l2 removes all of an error of 1.1 %: a limit of two points let it pass
        (errors(17), errors(0), REFUTED),  # and of one of 1.9 %
        (errors(40), errors(10), REFUTED),
        (errors(9), errors(9), INCONCLUSIVE),  # too few errors to tell
        (errors(9), errors(8), INCONCLUSIVE),
    ],
)
def test_an_l2_that_removes_much_of_the_error_is_red_and_few_errors_decide_nothing(plain, penalized, verdict):
    assert judged("kernel/l2-does-not-help", "raw-grid", grid=[grid(plain, penalized)]).verdict == verdict


@pytest.mark.parametrize(
    ("larger", "verdict"),
    [(errors(12), HELD), (errors(40), REFUTED), (errors(21, 5), INCONCLUSIVE)],
    ids=["no more errors", "three times the errors at 2.5 times the norm", "in proportion"],
)
def test_an_error_that_grows_with_the_norm_is_not_held_to_be_unpredicted(larger, verdict):
    """The errors are 1.3, 4.4 and 2.3 %. A limit of two points let the last pass."""
    values = [grid(larger, larger)]
    claim = "kernel/minimum-norm-not-predictive"
    assert judged(claim, "raw-grid", smaller=values, larger=values).verdict == verdict


@pytest.mark.parametrize(("norms", "verdict"), [([10.0, 60.0], HELD), ([5.0, 6.0], REFUTED)])
def test_a_norm_that_orders_the_papers_two_models_by_their_error_is_red(norms, verdict):
    raw, gabor = ({**grid(errors(count), errors(0)), "held_out": 10**6} for count in (40, 10))
    runs = Evidence({"larger": Solutions([{**gabor, "norms": norms}]), "plain": Solutions([raw])})
    paper = Paper.read(CLAIMS / "paper.toml", "kernel/minimum-norm-not-predictive", "paper", "gabor-over-raw")
    case = CASES["kernel/minimum-norm-not-predictive", "paper-gabor-over-raw"]
    assert judgement(case, runs, paper).verdict == verdict
