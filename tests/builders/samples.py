"""Made-up samples of seeds, for which the rate of wrong decisions is known."""

import math
from itertools import count

import numpy as np

from rethinking_audit.fixtures.calibration.design import designed, subjects
from rethinking_audit.fixtures.calibration.sample import Sample
from rethinking_audit.fixtures.calibration.seeds import Calibrated
from rethinking_audit.fixtures.claimkit.arms import Arm
from rethinking_audit.fixtures.claimkit.case import Case
from rethinking_audit.fixtures.claimkit.claim import Control, claim
from rethinking_audit.fixtures.claimkit.paper import Paper
from rethinking_audit.fixtures.claimkit.tiers import NetworkPlan, ProblemPlan, Tier
from rethinking_audit.fixtures.data.datasets import find
from rethinking_audit.fixtures.training.result import FIT, LOSS_CRITERION, STALLED, Curves, Result
from tests.builders.specs import RECIPE

NETWORKS = {
    "mlp-1x512": NetworkPlan(RECIPE, seeds=5, levels=(0.0, 1.0), conditions={"few": {"seeds": 3}}),
    "mlp-3x512": NetworkPlan(RECIPE, seeds=5),
}
PROBLEMS = {"sgd": ProblemPlan(solver="sgd", seeds=5), "lemma": ProblemPlan(solver="lemma")}
TIER = Tier("fast", find("digits"), NETWORKS, tuple(NETWORKS), problems=PROBLEMS)

NOISE = np.random.default_rng(0)
SHARES = (1 - 1e-9 * number for number in count(1))  # no two trainings are equal


def training(test_error=0.1, train_error=0.0, fit=10, confusion=((9, 1), (1, 9)), eval_every=None):
    """Return a finished training's result; `fit` None is one that stalled, else its loss is below 0.05 from there on.

    `fit` may be between two epochs: the loss stays at 2.3, and falls to where its logarithm gets there in time.
    """
    losses, epoch = [2.3, next(SHARES)], None
    if fit is not None:
        epoch = math.ceil(fit)
        losses = [2.3] * epoch + [next(SHARES) * 2.3 * (LOSS_CRITERION / 2.3) ** (1 / (fit - epoch + 1))]
    errors = [0.9, train_error], [0.0], [1], [0.1], [0.5, test_error], eval_every or [[0.1, 0.1]]
    status = STALLED if fit is None else FIT
    tables = [list(row) for row in confusion]
    return Result(status, 20, 1, epoch, epoch, Curves(losses, *errors), tables, 1, "", 1.0, "", "", []).to_dict()


def sample(declared, find, seeds=30, network="mlp-1x512", control=False, **limits):
    """Return the sample of a made-up claim's case; `find` gives its runs."""
    case = Calibrated.of(Case(declared.claim, TIER, network, declared.claim.controls[0] if control else None), seeds)
    return Sample.of(case, find, Paper({"alpha": 0.01, **limits}))


@claim("toy/error", source="", refuted_by="", runs={"one": Arm()}, control=Control("", {"one": Arm(corruption=1.0)}))
def error_is_at_most(runs, paper, judge):
    """A test error is at most the limit."""
    judge.mean("", runs.one.test_error, at_most=paper.limit)


def of_errors(claimed, control=(0.9,), **limits):
    """Return samples of the toy claim on these test errors, and of its control."""
    errors = {0.0: claimed, 1.0: control}

    def find(spec):
        return training(errors[spec.corruption][spec.seed % len(errors[spec.corruption])])

    return [sample(error_is_at_most, find, len(claimed), control=control, **limits) for control in (False, True)]


def rates(samples, audits=10_000, expected=None):
    designs, red, undecided = designed(subjects(samples, lambda one: expected), lambda name: None, audits)
    return *designs, red, undecided
