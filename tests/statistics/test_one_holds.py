"""Several statements, one of which must be true."""

import pytest

from rethinking_audit.fixtures.statistics.exact import exactly
from rethinking_audit.fixtures.statistics.judgement import Interval
from rethinking_audit.fixtures.statistics.rules import mean_within
from rethinking_audit.fixtures.statistics.several import all_hold, one_holds
from tests.builders.judgements import ALPHA, HELD, INCONCLUSIVE, INF, REFUTED, exact

TRUE, FALSE, OPEN = [1.0, 1.1, 1.2], [-1.0, -1.1, -1.2], [-1.0, 0.1, 1.2]
NEARLY = [0.28, 0.55, 0.82]  # above zero at 0.05 and no longer at 0.025


def above(values):
    return lambda alpha: mean_within(exact(*values), Interval(0, INF), alpha, "a number", "")


def judged(*parts):
    return one_holds({str(place): above(values) for place, values in enumerate(parts)}, ALPHA)


@pytest.mark.parametrize(
    ("parts", "verdict"),
    [
        ((TRUE, FALSE), HELD),
        ((TRUE, OPEN), HELD),
        ((FALSE, OPEN), INCONCLUSIVE),
        ((FALSE, FALSE), REFUTED),
        ((TRUE,), HELD),
        ((FALSE,), REFUTED),
    ],
)
def test_one_true_part_holds_and_only_all_false_parts_refute(parts, verdict):
    assert judged(*parts).verdict is verdict
    assert judged(*reversed(parts)).verdict is verdict


def test_a_part_is_held_at_its_share_of_alpha():
    assert judged(NEARLY).verdict is HELD
    assert judged(NEARLY, FALSE).verdict is INCONCLUSIVE


def test_each_part_is_refuted_at_the_whole_of_alpha():
    down = [-value for value in NEARLY]
    assert judged(down, down).verdict is REFUTED
    assert judged(down, down).alpha == ALPHA


def test_the_part_that_decides_is_shown_and_all_are_kept():
    found = judged(FALSE, TRUE)
    assert (found.quantity, found.rule.split(";")[0]) == ("a number (1)", "the best of 2")
    assert {name: part.verdict for name, part in found.parts.items()} == {"0": REFUTED, "1": HELD}
    assert [note.split(",")[0] for note in found.notes] == ["0: REFUTED", "1: HELD"]
    assert found.values == {"0: by seed": FALSE, "1: by seed": TRUE}
    assert (found.alpha, found.further) == (ALPHA, None)


def test_so_many_more_seeds_decide_as_the_part_that_is_shown_needs():
    found = judged(FALSE, OPEN)
    assert found.verdict is INCONCLUSIVE
    assert found.further == above(OPEN)(ALPHA / 2).further > 0
    assert judged(FALSE, FALSE).further is None


def test_of_statements_about_exact_numbers_nothing_is_random():
    values = {"a": 0.5, "b": 2.0}
    sure = {name: lambda alpha, value=value: exactly(value, Interval(0, 1), "n") for name, value in values.items()}
    assert (one_holds(sure, ALPHA).verdict, one_holds(sure, ALPHA).alpha) == (HELD, 0.0)
    assert (all_hold(sure, ALPHA).verdict, all_hold(sure, ALPHA).alpha) == (REFUTED, 0.0)
    mixed = {**sure, "c": above(TRUE)}
    assert (one_holds(mixed, ALPHA).alpha, all_hold(mixed, ALPHA).alpha) == (ALPHA, ALPHA)
