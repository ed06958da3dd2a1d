"""The report: a pure function of the record, safe whatever the record says, and readable without a script."""

import copy
import json
import re
import subprocess
import sys
from pathlib import Path

import jsonschema
import pytest

from rethinking_audit.fixtures.record.reading import UnreadableAudit, read_audit
from rethinking_audit.fixtures.record.words import LONGEST, clean, limit, number
from rethinking_audit.reports.__main__ import main
from rethinking_audit.reports.charts import MAX_POINTS, Series, decimate, line_chart
from rethinking_audit.reports.interval_charts import interval_chart, interval_scale
from rethinking_audit.reports.render import render
from rethinking_audit.reports.view import Controls, cards
from tests.builders.pages import Page
from tests.builders.places import ROOT
from tests.builders.records import frame

KEY = "0" * 64


def judgement(verdict="HELD", low=0.0, high=0.004, most=0.0066):
    return {
        "verdict": verdict,
        "rule": "mean over seeds, Student's interval",
        "quantity": "training error",
        "unit": "%",
        "measured": 0.001,
        "interval": {"low": low, "high": high},
        "accepted": {"low": None, "high": most},
        "alpha": 0.01,
        "values": {"by seed": [0.0, 0.002, None]},
        "notes": ["a note"],
    }


def case(verdict="HELD", reason=None, network="alexnet", control="REFUTED"):
    outcome = {"seconds": 0.1, "paper": {"value": 0.0018, "where": "Table 1", "origin": "Table 1, its worst"}}
    judged = verdict in ("HELD", "REFUTED", "INCONCLUSIVE")
    return {
        "nodeid": f"claims/test_x.py::test_y[fast-{network}]",
        "tier": "fast",
        "data": "digits",
        "network": network,
        "verdict": verdict,
        "reason": reason,
        "judgement": judgement(verdict) if judged else None,
        **outcome,
        "runs": {"levels": {"0": [KEY], "1": [KEY]}},
        "control": {"verdict": control, "reason": None, "judgement": judgement("REFUTED"), **outcome},
    }


def claim(name="random-labels/zero-training-error", figure=None, **fields):
    return {
        "id": name,
        "statement": "Every random label is memorized.",
        "explanation": "",
        "source": "section 2.1",
        "refuted_by": "a network that stops short",
        "control": "softmax regression",
        "figure": figure,
        "paper_figure": {"name": figure, "series": {"alexnet": [[0.0, 1.0], [1.0, 1.55]]}} if figure else None,
        "verdict": "HELD",
        "cases": [case(**fields)],
    }


RUN = {
    "spec": {"network": "alexnet"},
    "status": "fit",
    "epochs": 3,
    "steps_per_epoch": 5,
    "fit_loss": 2,
    "fit_exact": 3,
    "curves": {"train_loss": [2.3, 1.0, 0.04, 0.01], "train_error": [0.9, 0.3, 0.1, 0.0], "test_error": [0.4]},
    "confusion": [[1, 0], [0, 1]],
    "parameters": 10,
    "labels_digest": KEY,
    "inputs_digest": KEY,
    "divergence": None,
    "seconds": 1.5,
}


def audit(*claims):
    idle = [{"reason": "the paper tier needs a GPU", "cost": "its 9 runs cost a lot"}]
    return frame(list(claims) or [claim()], {KEY: RUN}, {"HELD": 1}, not_run=idle)


def test_the_record_here_has_the_schema():
    schema = json.loads((ROOT / "fixtures" / "record" / "audit.schema.json").read_text())
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.validate(audit(claim(figure="1b")), schema)


@pytest.mark.parametrize("figure", [None, "1a", "1b", "1c"])
@pytest.mark.parametrize("verdict", ["HELD", "REFUTED", "INCONCLUSIVE", "ERROR", "NOT RUN"])
def test_every_verdict_and_figure_renders_as_a_well_formed_page(verdict, figure):
    page = Page(render(audit(claim(figure=figure, verdict=verdict, reason="because"))))
    assert page.open == []
    assert verdict in "".join(page.text)
    assert len([1 for attributes in page.named("article") if attributes.get("class") == "card"]) == 1
    assert bool(page.named("figure")) == (figure is not None)


def test_rendering_is_a_pure_function():
    record = audit(claim(figure="1c"))
    before = copy.deepcopy(record)
    assert render(record) == render(record)
    assert record == before


HOSTILE = [
    "<img src=x onerror=alert(1)>",
    "</script><script>alert(1)</script>",
    "\" onload='x'",
    "\u202egnp.exe",
    "]]>--><b>",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_a_hostile_record_stays_text(text):
    clean_page = Page(render(audit(claim(figure="1b"))))
    record = audit(claim(figure="1b", network=text, reason=text))
    record["claims"][0].update(statement=text, refuted_by=text, control=text, source=text, explanation=text)
    record["claims"][0]["paper_figure"]["series"] = {text: [[0.0, 1.0], [1.0, 2.0]]}
    record["provenance"]["machine"]["processor"] = record["command"] = record["paper"]["title"] = text
    page = Page(render(record))
    names = [tag for tag, _ in page.elements if tag not in ("p", "pre", "tr", "td")]
    assert names == [tag for tag, _ in clean_page.elements if tag not in ("p", "pre", "tr", "td")]
    assert not [1 for _, attributes in page.elements for name in attributes if name.startswith("on")]
    assert "\u202e" not in render(record)


def test_a_message_of_a_megabyte_is_cut():
    html = render(audit(claim(verdict="ERROR", reason="x" * 1_000_000)))
    assert len(html) < 100_000
    assert "… (cut)" in html


def test_clean_keeps_ordinary_text():
    assert clean("100 % – naïve, 7/8, \n") == "100 % – naïve, 7/8, \n"
    assert clean("a\x00b\x1b[0m\u2066c") == "a\ufffdb\ufffd[0m\ufffdc"
    assert len(clean("x" * 2 * LONGEST)) < LONGEST + 20


def test_numbers_that_are_missing_or_infinite():
    record = audit(claim(figure="1b"))
    judged = record["claims"][0]["cases"][0]["judgement"]
    judged.update(measured=None, interval={"low": None, "high": None})
    record["runs"][KEY] = {**RUN, "fit_loss": None, "curves": {**RUN["curves"], "train_loss": [2.3, None]}}
    assert "−∞ to ∞" in render(record)


@pytest.mark.parametrize(
    ("value", "unit", "text"), [(0.0066, "%", "0.66 %"), (3.6, "x", "3.60 ×"), (0.9, "", "0.90"), (None, "", "?")]
)
def test_numbers_carry_their_unit(value, unit, text):
    assert number(value, unit) == text


@pytest.mark.parametrize(
    ("unit", "low", "high", "text"),
    [
        ("%", None, 0.0066, "at most 0.66 %"),
        ("x", 0.0, 10.0, "at most 10 ×"),
        ("%", 0.768, None, "at least 76.8 %"),
        ("", 0.33, 1.0, "at least 0.33"),
        ("%", 0.04, 0.16, "4 to 16 %"),
    ],
)
def test_a_limit_is_told_in_words(unit, low, high, text):
    assert limit({"unit": unit, "accepted": {"low": low, "high": high}}) == text


def test_a_control_that_was_not_refuted_is_shown():
    made = audit(claim(control="HELD"))
    (card,) = cards(made["claims"], made["runs"])
    assert card.controls == [Controls("softmax regression", "REFUTED", [], ["alexnet"], [])]
    assert "Problem: it should fail and did not" in render(made)


def test_lines_lie_inside_their_chart():
    chart = line_chart("t", "x", "y", [Series("a", "alexnet", [(0, -1), (5, 3), (10, 7.5)], True)], [(9.0, "guide")])
    for x, y in chart.lines[0].marks:
        assert chart.left <= x <= chart.right
        assert chart.top <= y <= chart.bottom
    assert 4 <= len(chart.x_ticks) <= 8
    assert chart.guides[0].at >= chart.top - 0.1


def test_a_chart_of_nothing_is_none():
    assert line_chart("t", "x", "y", [Series("a", "s", [(0, float("nan"))])]) is None


def test_long_lines_are_decimated_and_keep_their_ends():
    points = [(float(x), 0.0) for x in range(10_000)]
    kept = decimate(points)
    assert len(kept) == MAX_POINTS
    assert (kept[0], kept[-1]) == (points[0], points[-1])


def test_an_open_interval_runs_to_the_edge():
    scale = interval_scale([judgement(high=None)], [0.0018])
    picture = interval_chart(judgement(high=None), 0.0018, scale)
    assert picture.interval[1] == picture.accepted[0] + 100
    assert picture.open_high
    assert not picture.open_low


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("{", "is not JSON"),
        ("[]", "has schema None"),
        ('{"schema": 99}', "has schema 99, expected one of"),
        (None, "cannot be read"),
    ],
)
def test_what_is_no_audit_is_refused_by_name(tmp_path, capsys, content, reason):
    path = tmp_path / "audit.json"
    if content is not None:
        path.write_text(content)
    with pytest.raises(UnreadableAudit, match=reason):
        read_audit(path)
    assert main(["render", str(path)]) == 4
    assert reason in capsys.readouterr().err
    assert not path.with_suffix(".html").exists()


@pytest.mark.lengthy
def test_rendering_from_the_command_line(tmp_path):
    (tmp_path / "audit.json").write_text(json.dumps(audit()))
    command = [sys.executable, "-m", "reports", "render", str(tmp_path / "audit.json"), str(tmp_path / "page.html")]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == f"{tmp_path / 'page.html'}\n"
    assert re.match(r"<!doctype html>", (tmp_path / "page.html").read_text().strip())


def test_a_report_that_cannot_be_written_leaves_the_old_one(tmp_path, monkeypatch, capsys):
    (tmp_path / "audit.json").write_text(json.dumps(audit()))
    (tmp_path / "audit.html").write_text("old")

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    assert main(["render", str(tmp_path / "audit.json")]) == 4
    assert "audit.html' cannot be written: No space left" in capsys.readouterr().err
    assert (tmp_path / "audit.html").read_text() == "old"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["audit.html", "audit.json"]
