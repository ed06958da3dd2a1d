"""The judge of a claim, and the parts that it judges."""

import math

import numpy as np
import pytest

from rethinking_audit.fixtures.claimkit import part
from rethinking_audit.fixtures.claimkit.judge import Judge
from rethinking_audit.fixtures.record.verdict import Verdict
from rethinking_audit.fixtures.statistics import chance, exact, fitted, levels, order, paired, rules, several, sizes, trends
from rethinking_audit.fixtures.statistics.judgement import Interval

ALPHA = 0.05
INF = math.inf
ONE, OTHER, BEFORE = [0.1, 0.2, 0.3], [0.4, 0.6, 0.5], [0.2, 0.2, 0.3]
TIMES = [(3.0, 3.0), (4.0, INF), (5.0, 5.0)]
WRONG, FEWER = [[True, True, False, False]] * 2, [[True, False, False, False]] * 2
TABLES = [[[5, 5], [4, 6]]] * 3
BY_LEVEL = {0.0: ONE, 0.5: BEFORE, 1.0: OTHER}
GROUPS = {name: [TIMES] for name in ("a", "b", "c")}
TWICE = {
    "a": lambda alpha: rules.mean_within(ONE, Interval(0, 0.5), alpha, "error"),
    "b": lambda alpha: rules.mean_within(OTHER, Interval(0, 0.5), alpha, "error"),
}
EXACT = [exact.exactly(size, Interval(0, 3), "size") for size in (2, 4)]


@pytest.mark.parametrize(
    ("kind", "said", "expected"),
    [
        ("mean", part.mean("gain", ONE, at_most=0.5), rules.mean_within(ONE, Interval(-INF, 0.5), ALPHA, "gain")),
        (
            "mean",
            part.mean("gain", ONE, at_least=0.5, unit=""),
            rules.mean_within(ONE, Interval(0.5, INF), ALPHA, "gain", ""),
        ),
        (
            "mean",
            part.mean("share", ONE, at_least=0.5, lowest=0, highest=1),
            rules.mean_within(ONE, Interval(0.5, INF), ALPHA, "share", possible=Interval(0, 1)),
        ),
        (
            "ratio",
            part.ratio("times", TIMES, ONE, at_most=9),
            rules.ratio_within(TIMES, ONE, Interval(0, 9), ALPHA, "times"),
        ),
        (
            "ratio",
            part.ratio("times", ONE, OTHER, at_least=1),
            rules.ratio_within(ONE, OTHER, Interval(1, INF), ALPHA, "times"),
        ),
        (
            "difference",
            part.difference("accuracy", ONE, OTHER, 10, at_least=0),
            rules.larger_by(ONE, OTHER, Interval(0, INF), 10, ALPHA, "accuracy"),
        ),
        (
            "matters_more",
            part.matters_more("change", BEFORE, ONE, {"a": OTHER}, 10),
            rules.matters_more(BEFORE, ONE, OTHER, 10, ALPHA, "change"),
        ),
        (
            "share_kept",
            part.share_kept(OTHER, OTHER, 10, 9, at_least=0.7),
            rules.share_kept(OTHER, OTHER, 10, 9, 0.7, ALPHA),
        ),
        ("at_chance", part.at_chance(TABLES, 0.1), chance.at_chance(TABLES, 0.1, ALPHA)),
        ("in_order", part.in_order("times", GROUPS), order.in_order(GROUPS, ALPHA, "times")),
        ("every_seed_fits", part.every_seed_fits(ONE, 0.2), fitted.every_seed_fits({"": ONE}, 0.2, ALPHA)),
        (
            "each_every_seed_fits",
            part.each_every_seed_fits({"a": ONE, "b": OTHER}, 0.2),
            fitted.every_seed_fits({"a": ONE, "b": OTHER}, 0.2, ALPHA),
        ),
        (
            "error_ratio",
            part.error_ratio("errors", WRONG, FEWER, at_least=0.5),
            paired.error_ratio(WRONG, FEWER, Interval(0.5, INF), ALPHA, "errors"),
        ),
        (
            "grows_by",
            part.grows_by("factor", {1: ONE, 9: OTHER}, {1: OTHER, 9: ONE}, at_most=0.3),
            sizes.grows_by({1: ONE, 9: OTHER}, {1: OTHER, 9: ONE}, 0.3, ALPHA, "factor"),
        ),
        ("grows_steadily", part.grows_steadily("error", BY_LEVEL), levels.grows_steadily(BY_LEVEL, ALPHA, "error")),
        ("no_fall", part.no_fall("fall", BY_LEVEL, at_most=0.1), levels.no_fall(BY_LEVEL, 0.1, ALPHA, "fall")),
        (
            "signal_captured",
            part.signal_captured(BY_LEVEL, 10, 9, share=0.4, last=0.5),
            levels.signal_captured(BY_LEVEL, 0.4, 0.5, 10, 9, ALPHA),
        ),
        ("falls_with_level", part.falls_with_level("error", BY_LEVEL), trends.falls_with_level(BY_LEVEL, ALPHA, "error")),
        ("exactly", part.exactly("size", 2, at_most=3), exact.exactly(2, Interval(0, 3), "size")),
        (
            "exactly",
            part.exactly("share", 1, at_least=1, at_most=1, unit="%"),
            exact.exactly(1, Interval(1, 1), "share", "%"),
        ),
        ("all_hold", part.all_hold(TWICE), several.all_hold(TWICE, ALPHA)),
        (
            "provided",
            part.provided({"small": part.exactly("size", 4, at_most=3)}, part.exactly("size", 2, at_most=3)),
            several.provided({"small": EXACT[1]}, EXACT[0]),
        ),
    ],
)
def test_a_part_is_its_rule_without_alpha_and_the_judge_has_it(kind, said, expected):
    assert said(alpha=ALPHA) == expected
    assert getattr(Judge, kind).__wrapped__ is getattr(part, kind)


def test_a_choice_is_measured_by_the_first():
    assert part.over_choices("ratio", [2.0, 1.5], at_least=1)(ALPHA).measured == 2.0


def test_exact_sizes_are_judged_each_by_the_limit_or_by_a_bound_of_its_own():
    assert part.each_exactly("size", {"a": 1, "b": 3}, at_most=2)(ALPHA).verdict == "REFUTED"
    within = part.within_bounds("width", [1, 6], [4, 8])(ALPHA)
    assert (within.measured, within.unit, within.accepted) == (0.75, "x", Interval(0, 1))


def test_where_nothing_is_random_alpha_is_0_and_else_the_judges():
    sizes = {"a": part.exactly("size", 1, at_most=2), "b": part.exactly("size", 2, at_most=2)}
    assert part.all_hold(sizes)(ALPHA).alpha == 0
    assert part.all_hold({**sizes, "c": part.mean("error", ONE, at_most=0.5)})(ALPHA).alpha == ALPHA


def test_the_judge_judges_at_its_alpha_and_hands_the_judgement_on():
    made = []
    Judge(ALPHA, made.append).mean("error", ONE, at_most=0.5)
    assert made == [rules.mean_within(ONE, Interval(-INF, 0.5), ALPHA, "error")]


def test_a_claim_is_judged_once():
    judge = Judge(ALPHA, lambda judged: None)
    judge.mean("error", ONE, at_most=0.5)
    with pytest.raises(ValueError, match="judged twice"):
        judge.mean("error", ONE)


def test_a_machine_interpolates_that_gets_no_image_wrong_and_every_output_near_its_target():
    assert part.interpolates([0.0, 0.0], [1e-9, 1e-4], 0.001)(ALPHA).verdict == "HELD"
    assert part.interpolates([0.0, 0.1], [1e-9, 1e-4], 0.001)(ALPHA).verdict == "REFUTED"
    assert part.interpolates([0.0, 0.0], [1e-9, 1e-2], 0.001)(ALPHA).verdict == "REFUTED"


def test_each_error_is_compared_with_its_own_limit():
    others = {"a": (WRONG, 0.0), "b": (FEWER, 0.5)}
    judged = part.each_error_at_most("errors", WRONG, others)(ALPHA)
    assert {name: one.accepted for name, one in judged.parts.items()} == {"a": Interval(-INF, 0), "b": Interval(-INF, 0.5)}
    assert judged.parts["b"].measured == 0.25


@pytest.mark.parametrize(("classes", "limit"), [(2, 0.03), (10, 0.03), (20, 0.015), (200, 0.0015)])
def test_a_difference_that_matters_is_the_same_share_of_chance_where_there_are_more_classes(classes, limit):
    assert part.for_classes(0.03, classes) == pytest.approx(limit)


def test_a_network_that_beats_chance_at_200_classes_is_not_at_chance():
    tables = [np.full((200, 200), 10) + 60 * np.eye(200, dtype=int) * (seed + 2) // 2 for seed in range(5)]
    assert part.at_chance(tables, 0.03)(alpha=0.001).verdict is Verdict.REFUTED
    assert part.at_chance([np.full((200, 200), 10)] * 5, 0.03)(alpha=0.001).verdict is Verdict.HELD
