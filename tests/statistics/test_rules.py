"""The decision rules, on measurements written by hand: good ones, bad ones, and ones that cannot tell."""

import math

import numpy as np
import pytest

from rethinking_audit.fixtures.record.plain import plain
from rethinking_audit.fixtures.statistics.chance import at_chance
from rethinking_audit.fixtures.statistics.judgement import Interval
from rethinking_audit.fixtures.statistics.rules import (
    ALONE,
    larger_by,
    matters_more,
    mean_within,
    ratio_within,
    share_kept,
)
from rethinking_audit.fixtures.statistics.several import all_hold
from tests.builders.judgements import HELD, INCONCLUSIVE, REFUTED, exact
from tests.builders.shares import at_most
from tests.builders.tables import table

ALPHA = 0.01


@pytest.mark.parametrize(
    ("values", "verdict"),
    [
        (exact(0, 0, 0, 0, 0), HELD),
        (exact(0.0066, 0.0066, 0.0066), HELD),  # the paper's own worst case, exactly on the limit
        (exact(0.0067, 0.0067, 0.0067), REFUTED),
        (exact(0.9, 0.88, 0.91), REFUTED),
        (exact(0, 0, 0, 0, 0.03), INCONCLUSIVE),
        ([(0.0, 0.5), (0.0, 0.6), (0.0, 0.4)], INCONCLUSIVE),  # the budget ended while the loss still fell
        (exact(0.0), INCONCLUSIVE),  # one run says nothing of its scatter
        (exact(math.nan, 0, 0), INCONCLUSIVE),
    ],
)
def test_training_error_at_most(values, verdict):
    assert at_most(values, 0.0066, ALPHA, "training error").verdict is verdict


CHANCE = [table(0.1, seed) for seed in range(4)]


@pytest.mark.parametrize(
    ("slow", "fast", "verdict"),
    [
        (exact(36, 34, 38), exact(10, 10, 10), HELD),
        (exact(100, 100), exact(10, 10), HELD),  # exactly on the limit
        (exact(300, 310, 290), exact(10, 10, 10), REFUTED),
        ([(300.0, math.inf)] * 3, exact(10, 10, 11), REFUTED),  # not fitted within thirty times as long
        ([(30.0, math.inf)] * 3, exact(10, 10, 11), INCONCLUSIVE),  # watched for too short
        (exact(36, 34, 38), [(10.0, math.inf), *exact(10, 10)], HELD),  # slower true labels only shrink the factor
        (exact(20, 200, 60), exact(10, 10, 10), INCONCLUSIVE),
        (exact(36), exact(10), INCONCLUSIVE),
        ([(math.inf, math.inf)] * 3, exact(10, 10, 11), REFUTED),  # stalled: it would never fit
        (exact(30, 31, 29, 32), exact(10, 11, 10), HELD),  # another number of seeds: their means are compared
        (exact(30, 31, 29, 300), exact(10, 11, 10), INCONCLUSIVE),
        (exact(300, 310, 290, 300), exact(10, 11), REFUTED),
        ([(30.0, math.inf)] * 3, exact(10, 11), INCONCLUSIVE),
        ([(math.inf, math.inf)] * 3, exact(10, 11), REFUTED),
        ([(math.inf, math.inf)] * 3, [(math.inf, math.inf)] * 2, INCONCLUSIVE),
        (exact(30, 300), exact(10), INCONCLUSIVE),  # one alone says nothing of its scatter, nor does its pair
    ],
)
def test_ratio_within(slow, fast, verdict):
    assert ratio_within(slow, fast, Interval(0, 10.0), ALPHA, "epochs").verdict is verdict


@pytest.mark.parametrize(
    ("without", "full", "verdict"),
    [
        ([0.90, 0.91, 0.92], [0.91, 0.92, 0.93], HELD),
        ([0.1, 0.11, 0.09], [0.91, 0.92, 0.93], REFUTED),
        ([0.7, 0.8, 0.75], [0.91, 0.92, 0.93], INCONCLUSIVE),
        ([math.nan, 0.9, 0.9], [0.9, 0.9, 0.9], INCONCLUSIVE),
    ],
)
def test_share_kept(without, full, verdict):
    assert share_kept(without, full, 10, 900, 0.768, ALPHA).verdict is verdict


def test_a_share_of_equal_seeds_still_has_the_scatter_of_its_test_set():
    small, large = (share_kept([0.9] * 3, [0.9] * 3, 10, tested, 0.768, ALPHA) for tested in (100, 10_000))
    assert small.interval.high - 1 == pytest.approx(10 * (large.interval.high - 1))
    assert large.interval.high > 1


@pytest.mark.parametrize(
    ("more", "less", "verdict"),
    [
        ([0.90, 0.91, 0.92], [0.80, 0.80, 0.82], HELD),
        ([0.80, 0.80, 0.82], [0.90, 0.91, 0.92], REFUTED),
        ([0.80, 0.90, 0.85], [0.85, 0.82, 0.83], INCONCLUSIVE),
        ([0.90, 0.91, 0.92, 0.9], [0.80, 0.80, 0.82], HELD),  # another number of seeds: their means are compared
        ([0.90, 0.91, 0.92, 0.1], [0.80, 0.80, 0.82], INCONCLUSIVE),
        ([0.80, 0.80, 0.82], [0.90, 0.91, 0.92, 0.9], REFUTED),
        ([0.90, 0.91], [0.80, 0.80, math.nan], INCONCLUSIVE),
    ],
)
def test_larger_by(more, less, verdict):
    assert larger_by(more, less, Interval(0, math.inf), 10_000, ALPHA, "difference").verdict is verdict


def test_one_seed_has_the_interval_of_its_test_set_and_says_so():
    judged = larger_by([0.9], [0.5], Interval(0, math.inf), 10_000, ALPHA, "difference")
    assert judged.verdict is HELD
    assert judged.notes == [ALONE]
    assert larger_by([0.9], [0.5, 0.6], Interval(0, math.inf), 10_000, ALPHA, "difference") == judged
    assert larger_by([0.9, 0.1], [0.5], Interval(0, math.inf), 10_000, ALPHA, "difference") == judged
    assert share_kept([0.9], [0.9], 10, 900, 0.768, ALPHA).notes == [ALONE]
    assert larger_by([0.9], [0.5], Interval(0, math.inf), 10, ALPHA, "difference").verdict is INCONCLUSIVE


@pytest.mark.parametrize(
    ("other", "treated", "verdict"),
    [
        ([0.5, 0.51, 0.52], [0.84, 0.85, 0.86], HELD),  # thirty points against five
        ([0.84, 0.85, 0.86], [0.5, 0.51, 0.52], REFUTED),
        ([0.97, 0.97, 0.97], [0.84, 0.85, 0.86], REFUTED),  # the other network is the better one: once HELD
        ([0.5, 0.51, 0.52], [0.2, 0.21, 0.22], REFUTED),  # a treatment that does harm changes the accuracy too
        ([0.75, 0.77, 0.73], [0.84, 0.85, 0.86], INCONCLUSIVE),
    ],
)
def test_a_network_matters_more_only_if_it_is_better_by_more_than_a_treatment_changes_it(other, treated, verdict):
    assert matters_more([0.8, 0.8, 0.8], other, treated, 10_000, ALPHA, "change").verdict is verdict


@pytest.mark.parametrize(
    ("values", "verdict"),
    [
        (exact(0.7, 0.72, 0.69), HELD),
        (exact(0.1, 0.12, 0.09), REFUTED),
        (exact(0.4, 0.7, 0.5), INCONCLUSIVE),
        ([(0.0, 1.0), *exact(0.7, 0.7)], INCONCLUSIVE),  # one run did not fit: its share is unknown
        (exact(0.7), INCONCLUSIVE),
    ],
)
def test_mean_within(values, verdict):
    assert mean_within(values, Interval(0.5, math.inf), ALPHA, "share").verdict is verdict


def part(*values):
    return lambda alpha: at_most(exact(*values), 0.01, alpha, "error")


def test_several_parts_hold_if_each_does_and_fall_with_one():
    good, bad, unclear = part(0, 0, 0), part(0.5, 0.5, 0.5), part(0, 0, 0.05)
    assert all_hold({"a": good, "b": good}, ALPHA).verdict is HELD
    fallen = all_hold({"a": good, "b": bad, "c": unclear}, ALPHA)
    assert fallen.verdict is REFUTED
    assert fallen.quantity == "error (b)"
    assert set(fallen.values) == {"a: by seed", "b: by seed", "c: by seed"}
    assert len(fallen.notes) == 3
    assert all_hold({"a": good, "c": unclear}, ALPHA).verdict is INCONCLUSIVE


def test_of_parts_that_cannot_tell_the_worst_measured_is_shown():
    parts = {name: part(value) for name, value in (("a", 0.001), ("b", 0.5), ("c", 0.1))}
    assert all_hold(parts, ALPHA).quantity == "error (b)"


def test_a_part_is_refuted_at_its_share_of_alpha_and_held_at_alpha():
    """Alone these values are refuted; as one of twenty they have one chance in twenty as much."""
    values = (0.02, 0.03, 0.04)
    assert all_hold({"a": part(*values)}, 0.05).verdict is REFUTED
    assert all_hold({str(i): part(*values) for i in range(20)}, 0.05).verdict is INCONCLUSIVE
    assert all_hold({str(i): part(0.004, 0.006, 0.005) for i in range(20)}, 0.05).verdict is HELD


@pytest.mark.lengthy
def test_several_parts_are_refuted_wrongly_as_seldom_as_one():
    """Four true statements on their limits: one of them is refuted in at most alpha of all audits."""
    draw = np.random.default_rng(0)

    def at_limit():
        values = 0.5 + 0.01 * draw.standard_normal(5)
        return lambda alpha: at_most(exact(*values), 0.5, alpha, "error")

    wrong = np.mean([all_hold({str(i): at_limit() for i in range(4)}, 0.05).verdict is REFUTED for _ in range(2_000)])
    assert wrong <= 0.05 + 3 * math.sqrt(0.05 * 0.95 / 2_000)


def test_a_judgement_is_plain_values():
    """Nothing that JSON or xdist cannot carry, whatever numpy made of it."""
    fields = at_chance(CHANCE, 0.06, ALPHA).to_dict()
    assert {type(value) for value in fields["values"]["by seed"]} == {float}
    assert type(fields["measured"]) is float
    assert type(fields["verdict"]) is str
    assert plain({"a": [np.float32(1), np.int64(2), math.inf, math.nan, None, True]}) == {
        "a": [1.0, 2.0, None, None, None, True]
    }
