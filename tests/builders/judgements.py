"""Measurements written by hand, and checks of their judgements."""

import math
from dataclasses import replace

import pytest

from rethinking_audit.fixtures.record.verdict import Verdict
from rethinking_audit.fixtures.statistics.exact import exactly
from rethinking_audit.fixtures.statistics.judgement import Interval

ALPHA = 0.05
Z = 1.6448536  # the normal distribution's quantile at 1 - ALPHA
HELD, REFUTED, INCONCLUSIVE = Verdict.HELD, Verdict.REFUTED, Verdict.INCONCLUSIVE
INF = math.inf
DIAGONAL = [[6, 4], [4, 6]]  # a confusion matrix of two classes


def exact(*values):
    return [(value, value) for value in values]


def same(judged, rule, quantity, unit, measured, interval, accepted, *, verdict, values, notes=(), alpha=ALPHA):
    """Assert that a judgement has exactly these values."""
    assert (judged.verdict, judged.rule, judged.quantity, judged.unit, judged.alpha) == (
        *(verdict, rule, quantity, unit),
        pytest.approx(alpha),
    )
    assert judged.measured == pytest.approx(measured)
    for found, ends in ((judged.interval, interval), (judged.accepted, accepted)):
        assert (found.low, found.high) == (pytest.approx(ends[0]), pytest.approx(ends[1]))
    assert judged.values == {name: pytest.approx(numbers) for name, numbers in values.items()}
    assert judged.notes == list(notes)


def around(mean, half):
    return mean - half, mean + half


def number(value, low=0.0, high=1.0, alpha=0.01):
    return replace(exactly(value, Interval(low, high), "a number"), alpha=alpha)


def arms(*groups):
    return {name: [exact(*arm) for arm in arms] for name, arms in zip("abcd", groups, strict=False)}
