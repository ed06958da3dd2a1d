"""Several parts and premises, in full: which is shown, and what is left to count."""

from rethinking_audit.fixtures.statistics.judgement import Interval
from rethinking_audit.fixtures.statistics.rules import mean_within
from rethinking_audit.fixtures.statistics.several import all_hold, provided
from tests.builders.judgements import HELD, INCONCLUSIVE, INF, REFUTED, exact

ALPHA = 0.01


def above(*values):
    return lambda alpha: mean_within(exact(*values), Interval(-INF, 0.5), alpha, "error")


def test_of_several_all_is_told_and_kept():
    parts = {"a": above(0.1, 0.11, 0.12), "b": above(0.2, 0.21, 0.22)}
    judged = all_hold(parts, ALPHA)
    assert (judged.verdict, judged.seeds, judged.further) == (HELD, 3, None)
    assert list(judged.parts) == ["a", "b"]
    assert judged.parts["b"] == parts["b"](alpha=ALPHA)
    assert "parts" not in judged.to_dict()
    assert all_hold({"a": parts["a"]}, ALPHA) == parts["a"](alpha=ALPHA)


def test_seeds_of_several_that_are_undecided_on_both_sides():
    """One is being refuted and one being held: the one that is being refuted decides, whatever the other needs."""
    refuting, holding = (0.62, 0.70, 0.80), (0.45, 0.30, 0.60)
    judged = all_hold({"a": above(*holding), "b": above(*refuting)}, ALPHA)
    assert judged.verdict is INCONCLUSIVE
    assert judged.further == above(*refuting)(ALPHA / 2).further
    assert judged.further != above(*holding)(ALPHA).further
    assert judged.seeds == 3


def test_a_part_that_is_refuted_leaves_nothing_to_count_but_what_is_undecided_beside_it():
    fallen = all_hold({"a": above(0.8, 0.8, 0.81), "b": above(0.45, 0.30, 0.60)}, ALPHA)
    assert (fallen.verdict, fallen.seeds, fallen.further) == (REFUTED, 0, None)
    alone = all_hold({"a": above(0.8, 0.8, 0.81), "b": above(0.1, 0.11, 0.1)}, ALPHA)
    assert (alone.verdict, alone.seeds, alone.further) == (REFUTED, 3, None)


def test_a_part_whose_budget_ended_leaves_no_number():
    def bounded(alpha):
        return mean_within([(0.0, 0.9)] * 3, Interval(-INF, 0.5), alpha, "error")

    judged = all_hold({"a": above(0.45, 0.30, 0.60), "b": bounded}, ALPHA)
    assert (judged.verdict, judged.seeds, judged.further) == (INCONCLUSIVE, 0, None)


def test_the_part_with_the_least_to_spare_of_its_own_width_is_shown():
    """`wide` is farther from its limit, `narrow` farther in units of its interval's width."""
    narrow, wide = above(0.4799, 0.48, 0.4801), above(0.2, 0.3, 0.25)
    judged = all_hold({"narrow": narrow, "wide": wide}, ALPHA)
    assert judged.verdict is HELD
    assert judged.quantity == "error (wide)"
    assert all_hold({"wide": wide, "narrow": narrow}, ALPHA).quantity == "error (wide)"

    def two_sided(low, high):
        return lambda alpha: mean_within(exact(0.10, 0.11, 0.12), Interval(low, high), alpha, "gain")

    assert all_hold({"low": two_sided(0.05, 0.9), "high": two_sided(-0.9, 0.3)}, ALPHA).quantity == "gain (low)"
    assert all_hold({"high": two_sided(-0.9, 0.3), "both": two_sided(-0.3, 0.9)}, ALPHA).quantity == "gain (high)"


def test_a_premise_that_does_not_hold_decides_in_place_of_the_conclusion():
    premise, conclusion = above(0.8, 0.8, 0.81)(ALPHA), above(0.1, 0.11, 0.12)(ALPHA)
    judged = provided({"fits": premise}, conclusion)
    assert (judged.verdict, judged.alpha) == (REFUTED, 2 * ALPHA)
    assert judged.notes == [f"fits: REFUTED, {premise}", f"not judged by: HELD, {conclusion}"]
    assert provided({"fits": conclusion}, premise).notes == [f"fits: HELD, {conclusion}"]
