"""What is returned of several parts, of the worse of two, and of a conclusion with its premises."""

from dataclasses import replace

import pytest

from rethinking_audit.fixtures.statistics.judgement import Interval
from rethinking_audit.fixtures.statistics.rules import mean_within
from rethinking_audit.fixtures.statistics.several import all_hold, provided
from tests.builders.judgements import ALPHA, HELD, INCONCLUSIVE, INF, REFUTED, exact, number, same


def part(*values):
    return lambda alpha: mean_within(exact(*values), Interval(0, 0.4), alpha, "error")


def test_several_parts_are_told_by_the_one_that_decides():
    judged = all_hold({"a": part(0.2, 0.2), "b": part(0.3, 0.3)}, ALPHA)
    rule = "the worst of 2; mean over seeds, Student's interval"
    values = {"a: by seed": [0.2, 0.2], "b: by seed": [0.3, 0.3]}
    notes = [
        "a: HELD, error is 20.00 %, accepted at most 40 %",
        "b: HELD, error is 30.00 %, accepted at most 40 %",
    ]
    same(judged, rule, "error (b)", "%", 0.3, (0.3, 0.3), (0, 0.4), verdict=HELD, values=values, notes=notes)


def test_one_part_alone_is_told_as_it_is():
    assert all_hold({"a": part(0.1, 0.2)}, ALPHA) == part(0.1, 0.2)(ALPHA)


def test_a_part_that_is_refuted_keeps_its_share_of_alpha():
    """And one that is refuted only at the whole alpha is undecided, by that same alpha's interval."""
    close, far = part(0.45, 0.47), part(0.5, 0.51)
    alone, both = close(ALPHA), all_hold({"a": close, "b": part(0.1, 0.1)}, ALPHA)
    assert alone.verdict is INCONCLUSIVE
    assert (both.verdict, both.interval) == (INCONCLUSIVE, alone.interval)
    close = part(0.42, 0.424)
    alone, both = close(ALPHA), all_hold({"a": close, "b": part(0.1, 0.1)}, ALPHA)
    assert alone.verdict is REFUTED
    assert (both.verdict, both.interval) == (INCONCLUSIVE, alone.interval)
    fallen = all_hold({"a": far, "b": part(0.1, 0.1)}, ALPHA)
    assert (fallen.verdict, fallen.interval, fallen.alpha) == (REFUTED, far(ALPHA / 2).interval, ALPHA)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (number(0.5), number(2.0)),  # held before refuted
        (number(0.5), replace(number(0.5), verdict=INCONCLUSIVE)),  # held before undecided
        (replace(number(0.5), verdict=INCONCLUSIVE), number(2.0)),  # undecided before refuted
        (number(0.5), number(0.9)),  # by what is to spare above
        (number(0.5), number(0.1)),  # and below
        (replace(number(0.5), interval=Interval(0.2, 0.8)), replace(number(0.5), interval=Interval(0.45, 0.99))),
        # by what is to spare in widths of the interval: a tenth of 0.1 is less than an eighth of 0.4
        (replace(number(0.5), interval=Interval(0.55, 0.95)), replace(number(0.5), interval=Interval(0.89, 0.99))),
        # of endless intervals, the one that measured further out
        (replace(number(1.2), interval=Interval(-INF, INF)), replace(number(1.3), interval=Interval(-INF, INF))),
        (replace(number(-0.2), interval=Interval(-INF, INF)), replace(number(-0.3), interval=Interval(-INF, INF))),
    ],
)
def test_the_worse_of_two_decides(one, other):
    one, other = (replace(judged, quantity=name) for judged, name in ((one, "one"), (other, "other")))
    for parts in ({"a": one, "b": other}, {"b": other, "a": one}):
        rules = {name: lambda alpha, judged=judged: judged for name, judged in parts.items()}
        assert all_hold(rules, ALPHA).quantity == "other (b)"


def test_a_conclusion_is_told_with_its_premises():
    conclusion = replace(number(0.5), values={"c": [1.0]}, notes=["said"])
    premises = {"a": replace(number(0.1), values={"p": [2.0]}), "b": number(0.2, alpha=0.02)}
    notes = ["a: HELD, a number is 0.10, accepted at most 1", "b: HELD, a number is 0.20, accepted at most 1"]
    values = {"a: p": [2], "c": [1]}
    words = ("exact", "a number", "")
    same(
        provided(premises, conclusion),
        *words,
        *(0.5, (0.5, 0.5), (0, 1)),
        verdict=HELD,
        values=values,
        notes=[*notes, "said"],
        alpha=0.04,
    )
    premises["b"] = number(2.0)
    premises["z"] = replace(number(0.3), verdict=INCONCLUSIVE)
    notes[1] = "b: REFUTED, a number is 2.00, accepted at most 1"
    notes.append("z: INCONCLUSIVE, a number is 0.30, accepted at most 1")
    same(
        provided(premises, conclusion),
        *words,
        *(2, (2, 2), (0, 1)),
        verdict=REFUTED,
        values=values,
        notes=[*notes, "not judged by: HELD, a number is 0.50, accepted at most 1", "said"],
        alpha=0.04,
    )
    assert provided({"a": number(0.1, alpha=0.7)}, number(0.1, alpha=0.7)).alpha == 1.0
