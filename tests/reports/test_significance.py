"""Statistics of a comparison: a change over strata, Holm's correction, and a CUSUM."""

import math

import pytest

from rethinking_audit.reports.cusum import Cusum
from rethinking_audit.reports.significance import Change, holm, student, two_sided


def test_a_change_over_strata_is_students():
    assert student([([1.0], [2.0])]) is None
    change = student([([1.0, 2.0, 3.0], [3.0, 5.0])])
    # the pooled variance is (2 + 2) / 3, the weight 6 / 5
    assert change == Change(2.0, pytest.approx(2 / math.sqrt(4 / 3 / 1.2)), 3, pytest.approx(two_sided(change.t, 3)))
    both = student([([0.0, 0.0], [1.0, 1.0]), ([5.0] * 4, [9.0] * 4)])
    assert both == Change(pytest.approx((1 * 1 + 2 * 4) / 3), math.inf, 8, 0.0)
    assert student([([1.0, 1.0], [0.0, 0.0])]).t == -math.inf
    assert student([([0.1] * 3, [0.1 + 1e-13] * 3)], 0.1) == Change(0.0, 0.0, 4, 1.0)
    stepped = student([([0.0, 0.0], [1.0, 1.0])], step=1.0)
    assert stepped.t == pytest.approx(1 / math.sqrt(0.25 / 1.0))


def test_equal_means_of_large_numbers_differ_by_rounding_only():
    assert student([([1e9, 1e9 + 2], [1e9 + 1 + 1e-4, 1e9 + 1])]).p == 1.0
    assert student([([1e-9, 3e-9], [5e-9, 5e-9])]).difference == pytest.approx(3e-9)


def test_holm_is_never_above_one_nor_out_of_order():
    assert holm([]) == []
    assert holm([0.04, 0.01, 0.03]) == pytest.approx([0.06, 0.03, 0.06])
    assert holm([0.9, 0.6]) == [1.0, 1.0]


def test_a_cusum_adds_normal_deviates_less_the_slack():
    cusum = Cusum()
    cusum.add([1.0, 2.0, 3.0])
    assert (cusum.height, cusum.values) == (0.0, [1.0, 2.0, 3.0])
    cusum.add([2.0, 3.0, 4.0])
    # t = 1 / sqrt(1 * 2 / 3) at four degrees of freedom: a tail of 0.1439, a normal deviate of 1.0628
    assert (cusum.high, cusum.low) == (pytest.approx(0.5628, abs=1e-4), 0.0)
    cusum.add([])
    cusum.add([-9.0, -9.5, -10.0])
    assert (cusum.high, cusum.height) == (0.0, cusum.low)
    assert 0 < cusum.low < 7.5
    sure = Cusum()
    sure.add([1.0, 1.0])
    sure.add([2.0, 2.0])
    assert (sure.high, sure.low) == (7.5, 0.0)
