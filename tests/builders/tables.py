"""Confusion matrices of ten classes, rising errors, and the p-value of a trend."""

import math

import numpy as np
from scipy import stats


def significance(correlation, rows, columns):
    """Return the p-value of Page's test. Without a trend its statistic is normal with variance 1 / (rows (columns - 1))."""
    return stats.norm.sf(correlation * math.sqrt(rows * (columns - 1)))


def rising(levels, seeds):
    """Return errors by level that rise from 0 to 0.9 in equal steps."""
    return {level / (levels - 1): [0.9 * level / (levels - 1)] * seeds for level in range(levels)}


def tables(seeds, share=0.0, kept=1):
    """Return a confusion matrix of ten classes for each seed.

    A share of the images is predicted by a renaming of all classes but the first `kept`, the rest evenly. The accuracy is
    0.1 + share (kept - 1) / 10, and renaming the classes scatters it by a tenth of the share.
    """
    renamed = np.eye(10)
    renamed[kept:] = np.roll(renamed[kept:], 1, axis=0)
    return [900 * ((1 - share) / 100 + share * renamed / 10)] * seeds


def table(accuracy, seed=0, classes=10, each=90):
    """Return a confusion matrix of predictions that are right with `accuracy` and otherwise uniform.

    The same arguments give the same matrix."""
    draw = np.random.default_rng([seed, round(1000 * accuracy)])
    rows = np.full((classes, classes), (1 - accuracy) / (classes - 1))
    np.fill_diagonal(rows, accuracy)
    return [draw.multinomial(each, row) for row in rows]
