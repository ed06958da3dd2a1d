"""Test tables of ten classes, errors that grow, and how likely a trend is where nothing is ordered."""

import math

import numpy as np
from scipy import stats


def significance(correlation, rows, columns):
    """Page's test, whose statistic is normal with the variance 1 / (rows (columns - 1)) where nothing is ordered."""
    return stats.norm.sf(correlation * math.sqrt(rows * (columns - 1)))


def rising(levels, seeds):
    """An error that grows by the same step from level to level, up to 0.9."""
    return {level / (levels - 1): [0.9 * level / (levels - 1)] * seeds for level in range(levels)}


def tables(seeds, share=0.0, kept=1):
    """Test tables of ten classes: a share of the images is predicted as a renaming of most, the rest evenly.

    The accuracy is 0.1 + share (kept - 1) / 10, and renaming the classes scatters it by a tenth of the share.
    """
    renamed = np.eye(10)
    renamed[kept:] = np.roll(renamed[kept:], 1, axis=0)
    return [900 * ((1 - share) / 100 + share * renamed / 10)] * seeds


def table(accuracy, seed=0, classes=10, each=90):
    """Predictions that are right with some accuracy and otherwise uniform; a function of the arguments alone."""
    draw = np.random.default_rng([seed, round(1000 * accuracy)])
    rows = np.full((classes, classes), (1 - accuracy) / (classes - 1))
    np.fill_diagonal(rows, accuracy)
    return [draw.multinomial(each, row) for row in rows]
