"""The declared seeds suffice: what a margin promises can be decided with them."""

import math

import numpy as np
import pytest
from scipy import stats
from sklearn.neighbors import KNeighborsClassifier

from rethinking_audit.fixtures.claimkit.paper import Paper
from rethinking_audit.fixtures.claimkit.tier_file import read
from rethinking_audit.fixtures.data.experiment import prepare
from rethinking_audit.fixtures.statistics.intervals import renaming_deviation
from tests.builders.places import CLAIMS

FAST = read(CLAIMS / "tiers.toml")["fast"]


def confusion_of_a_memorizer(plan, seed):
    """One nearest neighbour: it memorizes random labels without any training."""
    data = prepare(plan.data or FAST.data, plan.train_size, "original", 1.0, seed)
    train, test = (images.reshape(len(images), -1) for images in (data.inputs, data.test_inputs))
    memorizer = KNeighborsClassifier(1).fit(train, data.labels)
    assert memorizer.score(train, data.labels) == 1
    table = np.zeros((10, 10))
    np.add.at(table, (data.test_labels, memorizer.predict(test)), 1)
    return table


def test_the_margin_around_chance_is_what_the_seeds_can_decide():
    """(z_alpha + z_beta) standard errors, beta = alpha: a network at chance is found to be, 99 times of 100.

    The tier has one margin, so the network with the fewest seeds and test images decides it.
    """
    entry = Paper.read(CLAIMS / "paper.toml", "random-labels/chance-test-accuracy", "fast", "mlp-1x512")
    needed = max(
        2
        * stats.norm.isf(entry.alpha)
        * np.mean([renaming_deviation(confusion_of_a_memorizer(plan, seed)) for seed in range(1000, 1012)])
        / math.sqrt(plan.seeds)
        for plan in FAST.networks.values()
    )
    assert needed <= entry.margin <= 1.5 * needed


@pytest.mark.parametrize("network", ["inception", "alexnet", "mlp-1x512"])
def test_a_perfect_trend_is_significant_with_the_levels_and_seeds(network):
    """A rank correlation of 1 in every seed passes Page's test."""
    plan = FAST.networks[network]
    entry = Paper.read(CLAIMS / "paper.toml", "label-corruption/monotone-generalization-error", "fast", network)
    rising = np.tile(np.arange(len(plan.levels), dtype=float), (plan.seeds, 1))
    assert stats.page_trend_test(rising, method="asymptotic").pvalue <= entry.alpha
    assert (plan.levels[0], plan.levels[-1]) == (0.0, 1.0)
    assert plan.seeds >= (5 if network.startswith("mlp") else 4)


def test_a_perfect_order_of_the_times_to_fit_is_significant_with_the_seeds():
    order = np.tile(np.arange(4.0), (FAST.networks["inception"].seeds, 1))
    assert stats.page_trend_test(order, method="asymptotic").pvalue <= 0.01


def test_a_deviating_implementation_passes_with_at_most_the_declared_probability(calibration):
    """beta: of an implementation that deviates by delta an audit says HELD at most as often as alpha allows."""
    for one in calibration.designs:
        if one.seeds and not one.claim.startswith("readings/"):
            alpha = Paper.read(CLAIMS / "paper.toml", one.claim, "fast", one.case.partition("-")[2]).alpha
            assert one.beta is not None, one
            assert one.beta.high <= alpha, one
            assert one.delta > 0, one


def test_a_faithful_implementation_fails_with_at_most_the_declared_probability(calibration):
    """alpha: of an implementation as it was calibrated an audit says REFUTED at most as often as alpha allows."""
    for one in calibration.designs:
        if one.expected is None or one.claim.startswith("readings/"):
            alpha = Paper.read(CLAIMS / "paper.toml", one.claim, "fast", one.case.partition("-")[2]).alpha
            assert one.alpha.high <= alpha, one


def test_less_than_one_in_a_thousand_audits_raises_a_false_alarm(calibration):
    """The estimate; docs/verdicts.md gives both bounds, which so many audits leave on either side of one."""
    assert (calibration.made["seeds"] >= 60, calibration.made["audits"] >= 10_000) == (True, True)
    assert calibration.red.value < 1, "per 1,000"


def test_at_most_thirty_of_a_thousand_audits_leave_something_undecided(calibration):
    assert calibration.undecided.value <= 30, "per 1,000"


def test_a_deviating_implementation_is_refuted_in_95_of_100_audits(calibration):
    for one in calibration.designs:
        if one.seeds and not one.claim.startswith("readings/"):
            assert one.power.value >= 0.95, one
