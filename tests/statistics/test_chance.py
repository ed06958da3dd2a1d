"""An accuracy at chance: how far renaming the classes would scatter it."""

import itertools
import math

import numpy as np
import pytest

from rethinking_audit.fixtures.statistics.chance import at_chance, keeps_signal
from rethinking_audit.fixtures.statistics.intervals import renaming_deviation
from tests.builders.judgements import HELD, INCONCLUSIVE, REFUTED, Z, around, same
from tests.builders.tables import table

ALPHA = 0.01


@pytest.mark.parametrize(
    ("accuracies", "verdict"),
    [([0.1] * 5, HELD), ([0.9] * 5, REFUTED), ([0.35] * 5, REFUTED), ([0.0] * 5, REFUTED), ([0.16] * 5, INCONCLUSIVE)],
)
def test_accuracy_at_chance(accuracies, verdict):
    tables = [table(accuracy, seed) for seed, accuracy in enumerate(accuracies)]
    assert at_chance(tables, 0.06, ALPHA).verdict is verdict


def test_a_lucky_pair_of_seeds_does_not_make_chance():
    """0 and 20 % are 10 % on average: the seeds' own scatter widens the interval."""
    assert at_chance([table(0.0), table(0.2)], 0.06, ALPHA).verdict is INCONCLUSIVE


def test_the_signal_that_is_kept_is_told_in_full():
    """Half the labels leave a quarter of 0.4 above chance, and half of that quarter is accepted: 0.05."""
    judged = keeps_signal([0.6] * 2, [0.9] * 2, 0.5, 0.5, 2, 100, 0.05)
    error = math.sqrt((0.6 * 0.4 + 0.125**2 * 0.9 * 0.1) / 100 / 2)
    words = ("mean over seeds, Student's interval, no narrower than the binomial",)
    words += ("accuracy above chance less what the remaining labels are worth", "points")
    values = {"by seed": [0.05] * 2, "accuracy": [0.6] * 2, "clean accuracy": [0.9] * 2}
    same(judged, *words, 0.05, around(0.05, Z * error), (0, 1), verdict=INCONCLUSIVE, values=values)
    wide = keeps_signal([0.0, 1.0], [1.0, 1.0], 0.5, 0.5, 2, 100, 0.001)
    assert (wide.interval.low, wide.interval.high) == (-1.0, 1.0)


def test_renaming_deviation_is_the_scatter_over_all_renamings():
    counts = np.array(table(0.3))
    draw = np.random.default_rng(0)
    accuracies = [np.trace(counts[:, draw.permutation(10)]) / counts.sum() for _ in range(20_000)]
    assert renaming_deviation(counts) == pytest.approx(np.std(accuracies), rel=0.02)


def test_renaming_deviation_of_classes_of_different_size_is_the_scatter_over_all_renamings_too():
    table = np.array([[5, 1, 0], [2, 3, 7], [0, 4, 20]])
    right = [table[range(3), list(names)].sum() / table.sum() for names in itertools.permutations(range(3))]
    assert renaming_deviation(table) == pytest.approx(np.std(right))


def test_renaming_deviation_of_independent_predictions_is_the_binomial():
    deviations = [renaming_deviation(table(0.1, seed)) for seed in range(200)]
    assert np.mean(deviations) == pytest.approx(math.sqrt(0.1 * 0.9 / 900), rel=0.03)
