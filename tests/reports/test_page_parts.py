"""Parts of the page on their limits: what is drawn, what is told once, and records of before."""

import pytest

from rethinking_audit.reports.background import background
from rethinking_audit.reports.figures import figures
from rethinking_audit.reports.overview import tolerance, undecided
from rethinking_audit.reports.render import render
from rethinking_audit.reports.tables import tables
from tests.builders.full import full
from tests.builders.pages import Page
from tests.builders.records import give, synthetic


def test_cases_of_one_reason_are_told_once():
    audit = synthetic(claims=6)
    for place in range(6):
        audit = give(audit, place, "alexnet", verdict="NOT RUN", reason="needs a GPU")
    (idle,) = undecided(audit)
    assert (idle.verdict, idle.reason, idle.since) == ("NOT RUN", "needs a GPU", None)
    assert idle.cases[-1] == "and 4 other cases"


@pytest.mark.parametrize(
    ("data", "train_size", "over"), [("cifar10", None, True), ("cifar10", 300, False), ("digits", None, False)]
)
def test_ours_are_drawn_over_the_papers_points_where_the_scales_compare(data, train_size, over):
    found = {one.name: one for one in figures(full(data, train_size))}
    titles = {name: [chart.title for chart in one.charts] for name, one in found.items()}
    assert titles["1c"][0] == "Figure 1c: lines ours, marks the paper's"
    assert titles["1a"][0] == ("Figure 1a: lines ours, marks the paper's" if over else "Figure 1a, the paper's")
    assert titles["2a"] == ["Figure 2a, the paper's"]
    assert ("not the paper's experiment" in found["1a"].note) is not over
    assert all(one.differences for name, one in found.items() if name != "2a")


def test_a_band_shows_the_seeds():
    chart = next(one for one in figures(full()) if one.name == "1b").charts[0]
    ours, paper = (next(line for line in chart.lines if line.name == f"inception, {who}") for who in ("ours", "the paper"))
    assert ours.band
    assert ours.path
    assert not paper.path
    assert len(paper.marks) == 11


def test_a_table_has_the_papers_number_ours_and_the_replications_word():
    one, two, three, four = tables(full())
    rows = {tuple(names): pairs for names, pairs in one.rows}
    train, test = rows["inception", "random", "no", "no"]
    assert (test.paper, test.ours, test.less, test.agrees) == ("9.78 %", "10.00 %", "+0.22", True)
    assert train.agrees is None
    assert rows["alexnet", "random", "no", "no"][1].ours == ""
    assert not two.ours
    assert not three.ours
    assert four.rows[0][1][0].ours == "100.00 %"
    assert four.rows[1][1][0].paper == "failed to converge"


@pytest.mark.parametrize("name", ["figures", "tables", "open", "consistency", "replication"])
def test_a_record_of_before_renders(name):
    audit = {key: value for key, value in full().items() if key != name}
    assert Page(render(audit)).open == []


def judged(low, high, unit="%", interval=(0.1, 0.3)):
    ends = {"low": interval[0], "high": interval[1]}
    return {"accepted": {"low": low, "high": high}, "unit": unit, "interval": ends, "measured": 0.2}


@pytest.mark.parametrize(
    ("judgement", "value", "place"),
    [
        (judged(None, 0.4), 0.4, 1),
        (judged(-1, 0.4), 0.2, 0.5),
        (judged(0, 10, "x"), 10, 1),
        (judged(0, 0.4, ""), 0, 0),
        (judged(0.04, 0.16), 0.16, 1),
        (judged(0.04, 0.16), 0.04, -1),
        (judged(0.768, None), 0.768, -1),
        (judged(0.768, None), 1, 0),
        (judged(0.33, 1.0, ""), 0.33, -1),
        (judged(0, None), 0, -1),
        (judged(0, None), 0.1, 0),
        (judged(1, None, "x"), 1, -1),
    ],
)
def test_a_limit_lies_at_one_tolerance(judgement, value, place):
    assert tolerance(judgement)(value) == pytest.approx(place)


@pytest.mark.parametrize("accepted", [(None, None), (0.5, None)])
def test_what_has_no_tolerance_is_not_drawn(accepted):
    assert tolerance(judged(*accepted, unit="x", interval=(None, None))) is None


def test_a_check_that_did_not_turn_red_is_told_among_a_thousand():
    audit = synthetic(claims=100)
    assert background(audit).controls == []
    audit["claims"][70]["cases"][0]["control"]["verdict"] = "HELD"
    assert background(audit).controls == [("family/claim-70", ["! HELD", "✓"])]
    assert background(audit).caught == 99
