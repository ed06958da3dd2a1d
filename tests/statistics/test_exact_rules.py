"""The rules for what nothing random is in: exact numbers, premises, and choices."""

import pytest

from rethinking_audit.fixtures.record.verdict import Verdict
from rethinking_audit.fixtures.statistics.exact import exactly, over_choices
from rethinking_audit.fixtures.statistics.judgement import Interval
from rethinking_audit.fixtures.statistics.several import provided


def exact(value, low, high):
    return exactly(value, Interval(low, high), "a number")


def test_what_is_exact_is_its_own_interval():
    assert exact(0.5, 0, 1).verdict is Verdict.HELD
    assert exact(1.0, 1, 1).verdict is Verdict.HELD
    assert exact(1.5, 0, 1).verdict is Verdict.REFUTED
    assert exact(float("nan"), 0, 1).verdict is not Verdict.HELD
    assert exact(0.5, 0, 1).alpha == 0


def test_a_conclusion_is_judged_where_its_premises_hold():
    holds, fails = exact(0, 0, 1), exact(2, 0, 1)
    assert provided({"a": holds}, exact(3, 0, 4)).measured == 3
    assert provided({"a": holds}, fails).verdict is Verdict.REFUTED
    broken = provided({"a": holds, "b": fails}, exact(3, 0, 4))
    assert (broken.verdict, broken.measured) == (Verdict.REFUTED, 2)
    assert any(note.startswith("not judged by") for note in broken.notes)


@pytest.mark.parametrize(
    ("values", "verdict"),
    [([1.5, 2.0], Verdict.HELD), ([0.5, 0.9], Verdict.REFUTED), ([0.5, 2.0], Verdict.INCONCLUSIVE)],
)
def test_a_number_that_depends_on_a_choice_must_hold_for_each(values, verdict):
    judged = over_choices(values[0], values, Interval(1, float("inf")), "a ratio")
    assert judged.verdict is verdict
    assert judged.interval == Interval(min(values), max(values))
