"""The first screen on its limits: where an interval is drawn, which case is the nearest, and what is said of the others."""

import random

import pytest

from rethinking_audit.reports.interval_charts import IntervalChart
from rethinking_audit.reports.overview import MOST_DRAWN, lines, tolerance, undecided
from rethinking_audit.reports.render import chance
from rethinking_audit.reports.view import ABOUT_LOSS, Controls, cards
from tests.builders.records import give, outcome, run, synthetic


def limited(low, high, unit="%", interval=(0.0, 1.0)):
    return {
        "accepted": {"low": low, "high": high},
        "unit": unit,
        "interval": dict(zip(("low", "high"), interval, strict=True)),
    }


@pytest.mark.parametrize(
    ("judgement", "places"),
    [
        (limited(0.5, 0.5), {0.5: 1, 0.0: 0}),  # exactly a half
        (limited(None, 0.0, interval=(-0.25, 0.25)), {0.0: 1, 0.25: 2, -0.25: 0}),
        (limited(None, -0.5, interval=(-0.75, -0.25)), {-0.5: 1, -0.25: 2, -0.75: 0}),
        (limited(1.0, None, interval=(0.5, 1.5)), {1.0: -1, 1.5: 0}),
        (limited(1.5, None, interval=(1.0, 2.0)), {1.5: -1, 2.0: 0}),
        (limited(2.0, None, "x", interval=(2.5, 2.5)), {2.0: -1, 3.0: 0}),  # without a width the unit is one
        (limited(None, -2.0, "x", interval=(2.5, 2.5)), {-2.0: 1, -1.0: 2}),
    ],
)
def test_where_a_value_lies_in_units_of_the_tolerance(judgement, places):
    position = tolerance(judgement)
    assert {value: position(value) for value in places} == places


@pytest.mark.parametrize(
    "judgement",
    [
        limited(0.0, 0.0),
        limited(-1.0, -1.0, ""),
        limited(None, None),
        limited(2.0, None, "x", interval=(None, 3.0)),
        limited(2.0, None, "x", interval=(1.0, None)),
    ],
)
def test_what_has_neither_a_tolerance_nor_an_end_has_no_place(judgement):
    assert tolerance(judgement) is None


def judged(audit, network, low, high, interval):
    for case in audit["claims"][0]["cases"]:
        if case["network"] == network:
            case["judgement"].update(limited(low, high, interval=interval))


def test_the_nearest_is_that_whose_interval_comes_nearest_to_a_limit():
    audit = synthetic(1, networks=("far", "near", "middle"), runs=False)
    for network, interval in (("far", (0.97, 0.99)), ("near", (0.91, 0.99)), ("middle", (0.94, 0.95))):
        judged(audit, network, 0.9, None, interval)
    (line,) = lines(audit)
    assert line.about == "near, the closest of 3"
    assert line.strip.height == 7 + 3 * 7
    for network, interval in (("far", (0.1, 0.11)), ("near", (0.0, 0.19)), ("middle", (-0.15, 0.1))):
        judged(audit, network, -0.2, 0.2, interval)
    assert lines(audit)[0].about == "near, the closest of 3"
    judged(audit, "middle", -0.2, 0.2, (-0.199, 0.1))
    assert lines(audit)[0].about == "middle, the closest of 3"
    judged(audit, "far", None, 0.2, (0.1, 0.11))
    assert lines(audit)[0].strip.height == 7 + 3 * 7


def test_a_claim_of_which_nothing_was_judged_has_no_picture():
    audit = give(synthetic(1, networks=("a",), runs=False), 0, "a", verdict="NOT RUN", reason="no GPU")
    (line,) = lines(audit)
    assert (line.strip, line.nearest, line.about) == (None, "no GPU", "")


def reason(text, verdict="INCONCLUSIVE", **fields):
    """What is said of one case."""
    (one,) = undecided(give(synthetic(1, networks=("a",), runs=False), 0, "a", verdict=verdict, reason=text, **fields))
    return one.reason


def test_why_a_case_did_not_hold_is_one_line():
    assert reason(None, "NOT RUN") == "no reason was recorded"
    assert reason("  ", "NOT RUN") == ""
    assert reason("first\nlast") == "first"
    assert reason("first\nlast\n", "ERROR") == "last"
    values = give(synthetic(1, networks=("a",), runs=False), 0, "a", [0.3, 0.3], "REFUTED", reason=None)
    assert [one.reason for one in undecided(values)] == ["measured 29.00 to 31.00 %, accepted at most 50 %"]
    assert reason("x" * 300) == "x" * 300
    assert reason("x" * 301) == "x" * 300 + "…"


def test_what_was_expected_is_told_after_what_was_not():
    audit = synthetic(2, networks=("a",), runs=False)
    deviation = {"verdict": "REFUTED", "reason": "known", "since": "2026-11-20"}
    audit = give(audit, 0, "a", verdict="REFUTED", deviation=deviation)
    audit = give(audit, 1, "a", verdict="REFUTED", reason="news")
    assert [(one.reason, one.since) for one in undecided(audit)] == [("news", None), ("known", "2026-11-20")]


@pytest.mark.parametrize(
    ("count", "told"),
    [(3, ["Statement 0", "Statement 1", "Statement 2"]), (4, ["Statement 0", "Statement 1", "and 2 other cases"])],
)
def test_three_cases_of_one_reason_are_named_and_of_four_the_others_counted(count, told):
    audit = synthetic(count, networks=("a",), runs=False)
    for place in range(count):
        audit = give(audit, place, "a", verdict="NOT RUN", reason="no GPU")
    (one,) = undecided(audit)
    assert [name.removesuffix(" [fast, a]") for name in one.cases] == told


# Claim by claim


def test_of_very_many_claims_the_curves_are_left_out():
    for count, brief in ((MOST_DRAWN, False), (MOST_DRAWN + 1, True)):
        audit = about_loss(synthetic(count, networks=("a",), seeds=1))
        made = cards(audit["claims"], audit["runs"])
        assert {(card.brief, bool(card.charts)) for card in made} == {(brief, not brief)}


def test_a_card_without_a_judgement_has_no_rule_and_one_without_the_paper_no_origin():
    idle = one_card(give(synthetic(1, networks=("a",), runs=False), 0, "a", verdict="NOT RUN"))
    assert (idle.quantity, idle.rule, idle.origin, idle.alpha, idle.notes) == ("", "", "", None, [])
    for paper in (None, {"value": 0.3, "where": "x", "origin": None}):
        card = one_card(give(synthetic(1, networks=("a",), runs=False), 0, "a", paper=paper))
        assert (card.origin, card.quantity, card.alpha) == ("", "test error", 0.01)


def one_card(audit):
    (card,) = cards(audit["claims"], audit["runs"])
    return card


def about_loss(audit):
    """The same claims under the name of one about the loss."""
    for claim in audit["claims"]:
        claim["id"] = ABOUT_LOSS[0]
    return audit


def test_a_claim_that_is_not_about_the_loss_draws_none():
    assert one_card(synthetic(1, networks=("a",), seeds=1)).charts == []


def ran(*arms, levels=("1.0",), network="alexnet", **spec):
    """An audit of one case that rests on these arms of two runs each."""
    audit = synthetic(1, networks=(network,), seeds=1, runs=False)
    runs = audit["claims"][0]["cases"][0]["runs"]
    for arm in arms:
        for level in levels:
            keys = [f"{arm} {level} {seed}" for seed in range(2)]
            audit["runs"] |= {key: run(network, seed, random.Random(0))[1] for seed, key in enumerate(keys)}
            runs.setdefault(arm, {})[level] = keys
    for made in audit["runs"].values():
        made["spec"] = {"network": network, "recipe": {}, **spec}
    return audit


def test_a_claim_whose_controls_were_not_run_says_what_they_are():
    audit = synthetic(1, networks=("a", "b"), runs=False)
    for case in audit["claims"][0]["cases"]:
        case["control"] = None
    assert one_card(audit).controls == [Controls("another", "REFUTED", [], [], [])]
    audit["claims"][0]["cases"][0]["control"] = outcome([0.9], "NOT RUN")
    assert one_card(audit).controls == [Controls("another", "REFUTED", [], [], [])]
    audit["claims"][0]["cases"][1]["control"] = outcome([0.9], "REFUTED")
    assert one_card(audit).controls == [Controls("another", "REFUTED", ["b"], [], [])]


@pytest.mark.parametrize(
    ("spec", "about"),
    [
        ({}, "all images"),
        ({"train_size": None, "width": 1.0}, "all images"),
        ({"train_size": 300, "width": 2.0}, "300 images, width 2"),
        ({"width": 0.25}, "all images, width 0.25"),
    ],
)
def test_a_row_says_on_what_it_rests(spec, about):
    audit = ran("one", **spec)
    assert one_card(audit).rows[0].about == f"2 seeds, {about}"
    audit["claims"][0]["cases"][0]["runs"]["one"]["1.0"].pop()
    assert one_card(audit).rows[0].about == f"1 seed, {about}"
    broken = give(audit, 0, "alexnet", verdict="ERROR", reason="it broke")
    (row,) = one_card(broken).rows
    told = (row.about, row.measured, row.interval, row.limit, row.paper, row.picture, row.values, row.looks, row.further)
    assert told == (f"1 seed, {about}", "", "", "", "", None, [], [], None)
    assert not row.expected


def test_what_has_no_number_has_no_picture():
    audit = synthetic(1, networks=("a",), runs=False)
    judged(audit, "a", None, None, (None, None))
    case = audit["claims"][0]["cases"][0]
    case["judgement"].update(measured=None, values={})
    case["paper"] = None
    assert one_card(audit).rows[0].picture is None


def exact(limits):
    """The rows of a claim whose exact results are half of their limits."""
    audit = synthetic(1, networks=tuple(limits), runs=False)
    for case in audit["claims"][0]["cases"]:
        limit = limits[case["network"]]
        judged(audit, case["network"], 0.0, limit, (limit / 2, limit / 2))
        case["judgement"].update(measured=limit / 2, values={})
        case["paper"] = None
    return one_card(audit).rows


@pytest.mark.parametrize(
    ("limits", "together"),
    [
        ((1e-8, 2e-8, 1e-13), [{0, 1}, {2}]),
        ((0.09, 0.11), [{0, 1}]),
        ((0.01, 0.99), [{0, 1}]),
        ((0.01, 1.0), [{0}, {1}]),
        ((0.01, 0.5, 20.0), [{0, 1, 2}]),  # each is near the next
        ((0.0, 0.0, 1e-8), [{0, 1}, {2}]),
    ],
)
def test_pictures_are_on_one_scale_unless_their_limits_are_far_apart(limits, together):
    found = [row.picture.accepted for row in exact({f"n{place}": limit for place, limit in enumerate(limits)})]
    for group in together:
        ends = [found[place][1] for place in group]
        largest = max(group, key=lambda place: limits[place])
        assert found[largest][1] == max(ends)
        assert max(ends) > 45  # of 100: the largest limit of a scale is at its right


def test_an_exact_limit_is_wider_than_the_mark_on_it():
    (row,) = exact({"a": 0.0})
    assert row.picture.shade == "M192 3H208V23H192z"
    assert row.interval == ""  # it is its estimate


def test_a_narrow_limit_is_no_wider_than_it_is():
    picture = IntervalChart((50.0, 51.0), (51.5, 52.0), False, False, 51.7, None)
    assert picture.shade == "M200 3H204V23H200z"
    assert picture.whisker.startswith("M206 ")


def test_networks_of_one_arm_are_drawn_in_one_chart():
    audit = about_loss(synthetic(1, networks=("mlp-1x512", "inception"), seeds=1))
    (chart,) = one_card(audit).charts
    assert (chart.title, chart.x_label, chart.y_label) == (
        "Training loss, first seed of each network",
        "steps",
        "training loss",
    )
    assert [(line.name, line.style) for line in chart.lines] == [("mlp-1x512", "mlp-1x512"), ("inception", "inception")]
    others = about_loss(synthetic(1, networks=("one", "another"), seeds=1))  # they have no style of their own
    (chart,) = one_card(others).charts
    assert [(line.name, line.style) for line in chart.lines] == [("one", "inception"), ("another", "alexnet")]


def test_arms_are_drawn_in_a_chart_of_their_network_and_no_run_twice():
    audit = ran("true_labels", "random", "again", "none", "gone")
    runs = audit["claims"][0]["cases"][0]["runs"]
    runs["again"] = runs["random"]
    runs["none"] = {"1.0": [], "2.0": ["not finished"]}
    runs["gone"] = {}
    (chart,) = one_card(about_loss(audit)).charts
    assert chart.title == "Training loss of alexnet, first seed of each"
    assert (chart.x_label, chart.y_label) == ("steps", "training loss")
    assert [(line.name, line.style) for line in chart.lines] == [("true labels", "inception"), ("random", "alexnet")]


@pytest.mark.parametrize(
    ("levels", "drawn"),
    [
        (("0.2", "0.4"), ["p = 0.2", "p = 0.4"]),
        (("0.2", "0.4", "0.6", "0.8"), ["p = 0.2", "p = 0.6", "p = 0.8"]),
    ],
)
def test_of_a_sweep_the_ends_and_the_middle_are_drawn(levels, drawn):
    (chart,) = one_card(about_loss(ran("sweep", levels=levels))).charts
    assert [line.name for line in chart.lines] == drawn


def test_a_control_that_is_undecided_is_told_from_one_that_is_wrong():
    audit = synthetic(1, networks=("a", "b"), runs=False)
    for case, verdict in zip(audit["claims"][0]["cases"], ("INCONCLUSIVE", "HELD"), strict=True):
        case["control"] = outcome([0.9], verdict)
    assert one_card(audit).controls == [Controls("another", "REFUTED", [], ["b"], ["a"])]


def test_what_held_is_closed_and_what_did_not_is_open():
    for verdict, shown in (("HELD", False), ("REFUTED", True), ("INCONCLUSIVE", True), ("NOT RUN", True)):
        audit = synthetic(1, networks=("a",), runs=False)
        audit["claims"][0]["verdict"] = verdict
        assert one_card(audit).open is shown
    audit["claims"][0].update(verdict="REFUTED", expected="REFUTED")
    assert not one_card(audit).open, "a misreading that was rejected"


def test_a_chance_is_told_in_words_where_it_is_one_in_a_whole_number():
    told = {chance(alpha) for alpha in (0.01, 1e-3, 0.03, 5e-324)}
    assert told == {
        "at most 1 time in 100",
        "at most 1 time in 1,000",
        "with probability 0.03 at most",
        "with probability 4.94066e-324 at most",
    }
