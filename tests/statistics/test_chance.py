"""An accuracy at chance: how far renaming the classes would scatter it."""

import itertools
import math

import numpy as np
import pytest

from rethinking_audit.fixtures.statistics.chance import at_chance
from rethinking_audit.fixtures.statistics.intervals import renaming_deviation
from tests.builders.judgements import HELD, INCONCLUSIVE, REFUTED
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
