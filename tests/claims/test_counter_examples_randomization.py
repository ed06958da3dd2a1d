"""Worlds in which a claim about random labels and inputs is false: the claim's own test must not find it HELD.

Each line of the first three tables is a counter-example that an earlier rule found HELD, or could not refute. Beside them
stand worlds in which the claim is true, so that no rule passes by never holding.
"""

import numpy as np
import pytest

from rethinking_audit.fixtures.claimkit.case import Case
from rethinking_audit.fixtures.claimkit.evidence import Evidence
from rethinking_audit.fixtures.claimkit.judging import judgement
from rethinking_audit.fixtures.claimkit.paper import Paper
from rethinking_audit.fixtures.tasks.measurements import Runs
from rethinking_audit.fixtures.training.result import Result
from tests.builders.claims import import_file
from tests.builders.judgements import HELD, INCONCLUSIVE, REFUTED
from tests.builders.places import ROOT
from tests.builders.samples import training
from tests.builders.tables import table

SEEDS = 7
LEVELS = [level / 10 for level in range(11)]
CORRUPTION, INPUTS, LABELS = (
    import_file(ROOT / "claims" / f"test_{name}.py") for name in ("label_corruption", "random_inputs", "random_labels")
)
STUCK = 0.9  # the training error of a seed that has learned nothing


def judged(test, arms, network="inception"):
    case = Case(test.claim, None, network)
    return judgement(case, Evidence(arms), Paper.read(ROOT / "claims" / "paper.toml", test.claim.id, "fast", network))


def runs(made):
    return Runs([Result.from_dict(result) for result in made])


def errors(*train_errors):
    return runs(training(train_error=error) for error in train_errors)


def times(*epochs):
    return runs(training(fit=fit) for fit in epochs)


def scattered(mean, seeds=SEEDS, scatter=0.03, place=0):
    draw = np.random.default_rng([place, round(100 * mean)])
    return (mean * np.exp(scatter * draw.standard_normal(seeds))).tolist()


# A seed has fitted or has not (row 3)


@pytest.mark.parametrize(
    ("train_errors", "verdict"),
    [
        ([0.0] * 7, HELD),
        ([0.0] * 5, INCONCLUSIVE),  # once HELD with the interval [0, 0], though half of all seeds may fail
        ([0.0] * 4 + [STUCK], INCONCLUSIVE),
        ([0.0] * 2 + [STUCK] * 3, INCONCLUSIVE),
        ([0.0] + [STUCK] * 10, REFUTED),  # once undecided: the errors' interval ended at 135 %
        ([STUCK] * 7, REFUTED),
    ],
)
def test_seeds_that_are_stuck_are_no_fit(train_errors, verdict):
    found = judged(LABELS.test_training_error_reaches_zero, {"random": errors(*train_errors)})
    assert found.verdict is verdict
    assert 0 <= found.interval.low <= found.interval.high <= 1


def test_one_level_that_no_seed_fits_refutes_all_levels_and_one_seed_that_fails_does_not():
    fitted = {level: errors(*[0.0] * SEEDS) for level in LEVELS}
    every = CORRUPTION.test_training_error_is_zero_at_every_level
    assert judged(every, {"levels": fitted}).verdict is HELD
    assert judged(every, {"levels": {**fitted, 0.9: errors(*[STUCK] * SEEDS)}}).verdict is REFUTED
    assert judged(every, {"levels": {**fitted, 0.9: errors(*[0.0] * 6, STUCK)}}).verdict is INCONCLUSIVE


def test_one_kind_of_noise_that_no_seed_fits_refutes_all_kinds():
    fitted = {kind: errors(*[0.0] * SEEDS) for kind in ("shuffled", "random", "gaussian")}
    noise = INPUTS.test_training_error_reaches_zero_on_noise
    assert judged(noise, fitted).verdict is HELD
    assert judged(noise, {**fitted, "gaussian": errors(*[STUCK] * SEEDS)}).verdict is REFUTED


# The order of the times to fit (row 4)

ORDER = {"true": 16.4, "shuffled": 19.5, "gaussian": 21.2, "random": 21.6, "labels": 24.6}  # epochs


def order(**other):
    found = {name: times(*scattered(mean, place=place)) for place, (name, mean) in enumerate(ORDER.items())}
    return judged(INPUTS.test_noise_is_fitted_before_random_labels, {**found, **other})


def test_the_order_of_the_paper_holds():
    assert order().verdict is HELD


def test_true_and_shuffled_swapped_are_refuted_though_the_whole_has_a_trend():
    swapped = order(true=times(*scattered(19.5)), shuffled=times(*scattered(16.4, place=1)))
    assert swapped.verdict is REFUTED
    assert swapped.quantity == "steps to fit (shuffled over true)"
    assert float(swapped.notes[-1].split()[3]) < 0.01  # Page's test, which once decided, finds the order


@pytest.mark.parametrize("turned", [False, True])
def test_epochs_that_tie_in_most_seeds_decide_nothing_either_way(turned):
    pair = times(7, 6, 7, 7, 7), times(7, 6, 7, 7, 6)
    one, other = reversed(pair) if turned else pair
    five = {name: times(*scattered(mean, 5)) for name, mean in (("gaussian", 9), ("random", 9.5), ("labels", 29))}
    assert order(true=one, shuffled=other, **five).verdict is INCONCLUSIVE


def test_random_labels_that_are_fitted_before_noise_are_refuted():
    assert order(labels=times(*scattered(20.5, place=9))).verdict in (REFUTED, INCONCLUSIVE)
    assert order(labels=times(*scattered(18.0, place=9))).verdict is REFUTED


# The slowdown (row 5)


def slowdown(factors):
    levels = {level: times(*scattered(10 * factor, place=place)) for place, (level, factor) in enumerate(factors.items())}
    return judged(CORRUPTION.test_time_to_fit_grows_by_a_small_factor, {"levels": levels, "true": levels[0.0]}, "mlp-1x512")


def test_the_slowdown_of_the_papers_figure_holds_and_that_of_digits_is_refuted():
    assert slowdown({level: 1 + 0.96 * level for level in LEVELS}).verdict is HELD
    assert slowdown({level: 1 + 6.9 * level for level in LEVELS}).verdict is REFUTED  # once HELD, below ten


def test_a_level_in_the_middle_that_takes_long_is_refuted():
    found = slowdown({level: 6.0 if level == 0.4 else 1 + 0.96 * level for level in LEVELS})
    assert (found.verdict, found.quantity) == (REFUTED, "steps to fit, over those of true labels (p = 0.4)")


SIZES = (63, 125, 250, 500)


def constant(power):
    found = {"true": {}, "random": {}}
    for place, size in enumerate(SIZES):
        for name, factor in (("true", 1.0), ("random", 1.5 * (size / 63) ** power)):
            found[name][float(size)] = times(*scattered(20 * factor, place=place))
    return judged(CORRUPTION.test_the_factor_does_not_grow_with_the_number_of_images, found, "mlp-1x512")


def test_a_factor_that_grows_with_the_number_of_images_is_not_constant():
    assert constant(0.0).verdict is HELD
    assert constant(0.61).verdict is REFUTED  # 5.1x at 100 digits, 19.6x at 900
    assert constant(1.0).verdict is REFUTED


# Generalization error over the levels (row 6)


def learner(test_accuracy, train_error=lambda level: 0.0):
    """Return the verdict on a learner by its accuracies of the levels."""

    def seed(level, place):
        confusion = np.array(table(test_accuracy(level), place))
        wrong = 1 - np.trace(confusion) / confusion.sum()
        return training(test_error=float(wrong), train_error=train_error(level), confusion=confusion.tolist())

    levels = {level: runs(seed(level, place) for place in range(SEEDS)) for level in LEVELS}
    return judged(CORRUPTION.test_generalization_error_grows_to_chance, {"levels": levels})


def test_a_learner_that_is_as_corrupted_as_its_labels_holds():
    assert learner(lambda level: 0.1 + 0.8 * (1 - level)).verdict is HELD


def test_a_learner_as_the_papers_small_inception_holds():
    assert learner(lambda level: 0.1 + 0.77 * (1 - level) ** 2).verdict is HELD


def test_a_learner_at_chance_from_the_second_level_on_is_refuted():
    """Once HELD: its single step up is a trend."""
    assert learner(lambda level: 0.9 if level == 0 else 0.1).verdict is REFUTED


def test_a_learner_that_captures_less_than_the_labels_are_worth_is_refuted():
    assert learner(lambda level: 0.9 if level == 0 else 0.1 + 0.2 * (1 - level) ** 2).verdict is REFUTED


def robust(level):
    return 0.85 if level < 0.9 else 0.7 if level < 1 else 0.1


def test_a_learner_that_stops_early_and_is_robust_to_noise_does_not_hold():
    """It does not fit the noise, so that its generalization error falls."""
    assert learner(robust, train_error=lambda level: 0.9 * level).verdict is REFUTED


def test_a_learner_that_fits_the_noise_and_is_robust_to_it_does_not_hold():
    assert learner(robust).verdict is INCONCLUSIVE


def test_levels_turned_round_are_refuted():
    assert learner(lambda level: 0.1 + 0.8 * level).verdict is REFUTED


def test_an_end_away_from_chance_is_refuted():
    assert learner(lambda level: 0.3 + 0.6 * (1 - level)).verdict is REFUTED


def test_a_fall_on_the_way_is_refuted():
    assert learner(lambda level: 0.3 if level == 0.4 else 0.1 + 0.8 * (1 - level)).verdict is REFUTED
