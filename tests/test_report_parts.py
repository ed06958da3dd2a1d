"""Parts of the reports on their limits: the commands, what pytest does with an audit, and the charts of solves."""

import io
import itertools
import json
import os
import re
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from rethinking_audit.reports import solves
from rethinking_audit.reports.__main__ import _parser, main
from rethinking_audit.reports.background import background
from rethinking_audit.reports.merge import CannotMerge, merge
from rethinking_audit.reports.overview import MOST_DRAWN
from rethinking_audit.reports.plugin import Regression, narrowed, pytest_addoption, pytest_audit_written, pytest_configure
from rethinking_audit.reports.sabotage import matrix
from rethinking_audit.reports.sabotage_table import show
from tests.records import give, outcome, synthetic

TEXTS = Path(__file__).with_name("texts")


# The commands


def described(parser):
    """A parser and its commands, argument by argument, as no version of Python words or wraps it."""
    yield f"{parser.prog}: {parser.description}"
    for action in parser._actions[1:]:
        name = ", ".join(action.option_strings) or action.dest
        told = [action.metavar, action.nargs and f"nargs {action.nargs}", action.required and "required", action.help]
        yield f"  {name}: {'; '.join(map(str, filter(None, told)))}"
        for command in (action.choices or {}).values():
            yield from ("", *described(command))
        yield from (f"  in short, {short.dest}: {short.help}" for short in getattr(action, "_choices_actions", ()))


def test_the_commands_are_as_they_were_read():
    text = "\n".join(described(_parser()))
    assert text.strip() == (TEXTS / "commands.txt").read_text(encoding="utf-8").strip()


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ([], "python -m reports: the following arguments are required: COMMAND\n"),
        (["merge", "a"], "python -m reports merge: the following arguments are required: -o/--output\n"),
    ],
)
def test_a_bad_command_line_is_bad_input(capsys, words, told):
    with pytest.raises(SystemExit) as ended:
        main(words)
    error = capsys.readouterr().err
    assert ended.value.code == 4
    assert error.startswith("usage: python -m reports")
    assert error.endswith(told)


@pytest.fixture
def folder(tmp_path):
    """Two audits, of which the second has a claim that fell."""
    (tmp_path / "old.json").write_text(json.dumps(synthetic(2)))
    (tmp_path / "new.json").write_text(json.dumps(give(synthetic(2), 1, "alexnet", verdict="REFUTED")))
    return tmp_path


def test_a_page_is_written_beside_its_audit_or_where_it_is_told(folder, capsys):
    assert main(["render", str(folder / "old.json")]) == 0
    assert main(["render", str(folder / "old.json"), str(folder / "page.html")]) == 0
    assert capsys.readouterr().out == f"{folder / 'old.html'}\n{folder / 'page.html'}\n"
    assert (folder / "page.html").read_text() == (folder / "old.html").read_text()


def test_a_comparison_is_written_in_each_form_that_is_asked_for(folder, capsys):
    old, new = str(folder / "old.json"), str(folder / "new.json")
    forms = [f"--{kind}={folder / kind}" for kind in ("html", "markdown", "json")]
    assert main(["compare", old, new, *forms]) == 1
    assert capsys.readouterr().out.startswith("1 regression: ")
    assert (folder / "markdown").read_text().startswith("## ✗ 1 regression\n")
    text = (folder / "json").read_text()
    assert json.loads(text)["regressed"] is True
    assert text.startswith('{\n "comparison": 1,\n "regressed": true,\n')
    assert "<h1" in (folder / "html").read_text()
    assert main(["compare", old, old]) == 0
    assert main(["compare", old, str(folder / "none.json")]) == 4
    assert capsys.readouterr().err == (
        f"{str(folder / 'none.json')!r} cannot be read: No such file or directory; expected an audit.json\n"
    )


def test_shards_are_merged_into_a_file_that_is_named(folder, capsys):
    (folder / "one.json").write_text(json.dumps(synthetic(1, networks=("alexnet",))))
    (folder / "two.json").write_text(json.dumps(synthetic(1, networks=("mlp-1x512",))))
    words = [str(folder / name) for name in ("one.json", "two.json")]
    assert main(["merge", *words, "-o", str(folder / "both.json")]) == 0
    assert capsys.readouterr().out == f"{folder / 'both.json'}\n"
    merged = json.loads((folder / "both.json").read_text())
    assert [case["network"] for case in merged["claims"][0]["cases"]] == ["alexnet", "mlp-1x512"]
    assert (folder / "both.json").read_text().startswith('{\n "schema": 1,\n')
    assert main(["merge", words[0], words[0], "--output", str(folder / "none.json")]) == 4
    assert repr(words[0]) in capsys.readouterr().err or words[0] in capsys.readouterr().err


def test_a_folder_without_a_fault_is_named(folder, capsys):
    assert main(["sabotage", str(folder)]) == 4
    told = f"{str(folder)!r} holds no sabotaged audit, expected a folder of python -m fixtures.sabotage\n"
    assert capsys.readouterr().err == told


def test_what_cannot_be_written_is_named(folder, capsys):
    for words in (
        ["render", str(folder / "old.json"), str(folder / "no" / "page.html")],
        ["compare", str(folder / "old.json"), str(folder / "new.json"), f"--json={folder / 'no' / 'page.html'}"],
    ):
        assert main(words) == 4
        assert (
            capsys.readouterr().err
            == f"{str(folder / 'no' / 'page.html')!r} cannot be written: No such file or directory\n"
        )


# What pytest does with an audit


def configuration(**options):
    """As much of a pytest configuration as the plugin reads."""
    registered = []
    manager = SimpleNamespace(register=lambda plugin, name: registered.append((plugin, name)))
    option = SimpleNamespace(**{"collectonly": False, "plan": False, "baseline": None, **options})
    return SimpleNamespace(args=["claims"], option=option, pluginmanager=manager, registered=registered)


def terminal():
    """What is written to a terminal."""
    lines = []
    writer = SimpleNamespace(
        write_sep=lambda sign, title: lines.append(f"{sign} {title}"), write_line=lambda text: lines.append(text)
    )
    return writer, lines


def test_the_option_names_an_earlier_audit():
    parser = pytest.Parser(_ispytest=True)
    parser.getgroup("audit", "audit of the claims").addoption("--store")
    pytest_addoption(parser)
    assert parser.parse(["--baseline", "x"]).baseline == "x"
    assert parser.parse([]).baseline is None
    told = " ".join(parser.optparser.format_help().split())
    assert "audit of the claims: --store=STORE --baseline=FILE an earlier audit.json: exit 1 if anything regressed" in told


def test_a_baseline_is_read_before_anything_is_trained(folder):
    config = configuration(baseline=str(folder / "old.json"))
    pytest_configure(config)
    ((plugin, name),) = config.registered
    assert (name, plugin.baseline, plugin.narrowed) == ("audit-regression", synthetic(2), False)
    narrow = configuration(baseline=str(folder / "old.json"), keyword="chance")
    pytest_configure(narrow)
    assert narrow.registered[0][0].narrowed is True
    for argument, parts in (("claims/test_x.py", True), ("claims/test_x.py::test_y", True), ("claims.pyc", False)):
        config.args = ["claims", argument]
        assert narrowed(config) is parts


def test_without_a_baseline_and_in_a_worker_nothing_is_compared(folder):
    for config in (configuration(), configuration(baseline=str(folder / "old.json"))):
        if config.option.baseline:
            config.workerinput = {}
        pytest_configure(config)
        assert config.registered == []


def test_a_baseline_that_is_no_audit_is_bad_usage(folder):
    with pytest.raises(pytest.UsageError) as error:
        pytest_configure(configuration(baseline=str(folder / "none.json")))
    expected = (
        f"--baseline: {str(folder / 'none.json')!r} cannot be read: No such file or directory; expected an audit.json"
    )
    assert str(error.value) == expected


def test_a_written_audit_gets_its_page(folder):
    pytest_audit_written(folder / "old.json")
    assert (folder / "old.html").read_text().strip().startswith("<!doctype html>")


def test_a_comparison_is_stored_beside_the_audit_and_told(folder):
    config, (writer, lines) = configuration(), terminal()
    regression = Regression(synthetic(2), narrowed=False)
    regression.pytest_audit_written(folder / "new.json")
    session = SimpleNamespace(config=config, exitstatus=0)
    regression.pytest_sessionfinish(session)
    regression.pytest_terminal_summary(writer, session.exitstatus, config)
    assert session.exitstatus == 1
    text = (folder / "new-compare.json").read_text()
    assert text == json.dumps(regression.comparison.to_dict(), indent=1)
    assert (folder / "new-compare.md").read_text().startswith("## ✗ 1 regression\n")
    assert lines[0] == "= against the baseline"
    assert lines[1].startswith("1 regression: ")
    assert lines[1].endswith("  (exit code 1)")


def test_what_was_not_compared_says_why(folder):
    for path, why in ((None, "no audit was written"), (folder / "none.json", "UnreadableAudit: ")):
        config, (writer, lines) = configuration(), terminal()
        regression = Regression(synthetic(2), narrowed=False)
        if path:
            regression.pytest_audit_written(path)
        session = SimpleNamespace(config=config, exitstatus=0)
        regression.pytest_sessionfinish(session)
        regression.pytest_terminal_summary(writer, 10, config)
        assert session.exitstatus == 10
        assert lines[1].startswith(f"not compared: {why}")
        assert lines[1].endswith("  (exit code 10)")


@pytest.mark.parametrize("options", [{"collectonly": True}, {"plan": True}])
def test_where_nothing_is_judged_nothing_is_compared(options):
    config, (writer, lines) = configuration(**options), terminal()
    session = SimpleNamespace(config=config, exitstatus=0)
    regression = Regression(synthetic(), narrowed=False)
    regression.pytest_sessionfinish(session)
    regression.pytest_terminal_summary(writer, 0, config)
    assert (session.exitstatus, lines) == (0, [])


def test_a_version_of_the_suite_without_plans_is_compared():
    config = configuration()
    del config.option.plan
    session = SimpleNamespace(config=config, exitstatus=0)
    Regression(synthetic(), narrowed=False).pytest_sessionfinish(session)
    assert session.exitstatus == 10


def test_a_narrowed_audit_misses_nothing(folder):
    (folder / "few.json").write_text(json.dumps(synthetic(1)))
    for narrow, missing in ((True, 0), (False, 2)):
        regression = Regression(synthetic(2), narrowed=narrow)
        regression.compare(folder / "few.json")
        assert len(regression.comparison.regressions) == missing


# The union of shards


def test_what_parts_say_is_united_in_the_order_in_which_they_were_made():
    one, two = synthetic(1, networks=("a",)), synthetic(1, networks=("b",))
    idle = {"reason": "no GPU", "cost": "3 h"}
    one |= {"created": "2026-11-21T09:00:00Z", "seconds": 1.26, "command": "later", "exit_code": 10, "open": [1, 2]}
    two |= {"created": "2026-11-21T08:00:00Z", "seconds": 2.0, "command": "sooner", "exit_code": 0, "open": [2, 3]}
    one |= {"not_run": [idle, {"reason": "no data", "cost": "1 h"}], "replication": [4]}
    two |= {"not_run": [idle], "data": {"mnist": one["data"]["digits"], **two["data"]}}
    one["claims"][0]["verdict"], two["claims"][0]["verdict"] = "INCONCLUSIVE", "NOT RUN"
    for part, verdict in ((one, "HELD"), (two, "REFUTED")):
        reading = {**part["claims"][0], "id": "readings/r", "expected": "REFUTED", "verdict": verdict}
        part["readings"] = [{**reading, "cases": [{**reading["cases"][0], "nodeid": f"r[{verdict}]"}]}]
    merged = merge([("one", one), ("two", two)])
    assert merged["created"] == "2026-11-21T08:00:00Z"
    assert (merged["seconds"], merged["command"], merged["exit_code"]) == (3.3, "sooner; later", 10)
    assert merged["summary"] == {"HELD": 2, "NOT RUN": 0, "INCONCLUSIVE": 0, "ERROR": 0, "REFUTED": 0}
    assert merged["not_run"] == [idle, {"reason": "no data", "cost": "1 h"}]
    assert (merged["open"], merged["replication"], "consistency" in merged) == ([2, 3, 1], [4], False)
    assert [case["network"] for case in merged["claims"][0]["cases"]] == ["b", "a"]
    assert [claim["verdict"] for claim in merged["claims"]] == ["INCONCLUSIVE"]
    assert [(reading["id"], reading["verdict"]) for reading in merged["readings"]] == [("readings/r", "HELD")]
    assert list(merged["data"]) == ["digits", "mnist"]
    assert list(merged["runs"]) == sorted([*one["runs"], *two["runs"]])
    room = ("created", "seconds", "command", "provenance")
    assert merged["shards"] == [{name: part[name] for name in room} for part in (two, one)]
    three = synthetic(1, networks=("c",)) | {"created": "2026-11-21T07:00:00Z"}
    assert [part["created"][11:13] for part in merge([("both", merged), ("three", three)])["shards"]] == ["07", "08", "09"]


@pytest.mark.parametrize(
    ("field", "reason"),
    [
        (("project",), "project differs"),
        (("paper", "title"), "paper differs"),
        (("provenance", "engine"), f"they are of different code, engine {'0' * 64} and another"),
        (("provenance", "commit"), f"they are of different code, commit {'c' * 40} and another"),
        (("claims", 0, "source"), "the claim family/claim-0 is not the same"),
        (("data", "digits", "digest"), "the data set digits is not the same"),
        (("shard",), "they are not shards of one audit"),
        (("claims", 0, "cases", 0, "network"), "both have the case family/claim-0 [fast, digits, a]"),
    ],
)
def test_parts_that_contradict_each_other_are_both_named(field, reason):
    one, two = synthetic(1, networks=("a",)), synthetic(1, networks=("b",))
    inner = two
    for step in field[:-1]:
        inner = inner[step]
    inner[field[-1]] = {"cases": []} if field == ("shard",) else "a" if field[-1] == "network" else "another"
    with pytest.raises(CannotMerge) as error:
        merge([("one", one), ("two", two)])
    assert str(error.value) == f"'one' and 'two' cannot be merged: {reason}"


# What stands behind the verdicts


def test_of_very_many_claims_only_those_with_a_fault_have_a_row():
    for count, rows in ((MOST_DRAWN, MOST_DRAWN), (MOST_DRAWN + 1, 1)):
        audit = synthetic(count, networks=("alexnet",), seeds=1, runs=False)
        audit["claims"][3]["cases"][0]["control"] = outcome([0.1], "HELD")
        told = background(audit)
        assert (len(told.controls), told.claims, told.caught) == (rows, count, count - 1)
    assert told.controls == [("family/claim-3", ["! HELD"])]


def test_where_nothing_was_decided_nothing_can_be_wrong():
    assert (background(synthetic(0)).false_alarms, background(synthetic(0)).calibration) == ("", "")


def test_epochs_are_numbers_and_all_else_are_shares():
    row = {"place": "x", "network": "a", "paper": 0.004, "measured": 36.0, "low": None, "high": None}
    shown = background(
        synthetic(0) | {"replication": [{**row, "what": what} for what in ("epochs to fit", "test accuracy")]}
    )
    assert [told for _, *told in shown.replication] == [["4.0e-03", "36.00", "\u2013"], ["0.40 %", "3600.00 %", "\u2013"]]


# The matrix of faults in a terminal


def faulty(passed, name="a-fault", reason="it was REFUTED"):
    """A matrix of one fault that was caught or missed, and where it was missed a red without one."""
    clean = synthetic(1, networks=("a",), runs=False)
    fault = {"id": name, "what": "x", "source": "y", "caught_by": ["family/claim-0"]}
    sick = (give(clean, 0, "a", verdict="REFUTED", reason=reason) if passed else clean) | {"sabotage": fault}
    alarm = clean if passed else give(synthetic(2, networks=("a",), runs=False), 1, "a", verdict="REFUTED", reason=reason)
    return matrix([(alarm, None), (sick, None)])


class Terminal(io.StringIO):
    """What is written to a terminal 100 wide."""

    def isatty(self):
        return True


def shown(found, monkeypatch, terminal, **environment):
    """What is printed of a matrix."""
    for name in ("COLUMNS", "LINES", "NO_COLOR", "FORCE_COLOR", "TTY_COMPATIBLE", "TTY_INTERACTIVE"):
        monkeypatch.delenv(name, raising=False)
    for name, value in {"TERM": "xterm", "COLORTERM": "", **environment}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(os, "get_terminal_size", lambda *_: os.terminal_size((100, 30)))
    out = Terminal() if terminal else io.StringIO()
    monkeypatch.setattr(sys, "stdout", out)
    show(found)
    return out.getvalue().splitlines()


def test_a_terminal_shows_what_passed_in_green_and_what_did_not_in_bold_red(monkeypatch):
    green, bold_green, bold_red, plain = "\x1b[32m", "\x1b[1;32m", "\x1b[1;31m", "\x1b[0m"
    *_, row, headline = shown(faulty(True), monkeypatch, True)
    assert f"{green}caught: family/claim-0{plain}" in row
    assert headline == f"{bold_green}1 of 1 fault caught by the right check, nothing red in 1 audit without one{plain}"
    first, *_, row, alarm, headline = shown(faulty(False), monkeypatch, True)
    assert f"{bold_red}NOT CAUGHT, expected family/claim-0{plain}" in row
    assert alarm == f"{bold_red}red without a fault: family/claim-1: it was REFUTED{plain}"
    assert headline == f"{bold_red}0 of 1 fault caught by the right check, 1 red in 1 audit without one{plain}"
    assert first == "  1 claim    family/claim-0"  # numbers are not coloured


@pytest.mark.parametrize(
    ("terminal", "environment", "width"), [(True, {}, 100), (False, {}, 165), (False, {"COLUMNS": "60"}, 60)]
)
def test_a_matrix_is_as_wide_as_its_terminal_or_as_it_is_told(monkeypatch, terminal, environment, width):
    lines = shown(faulty(False, reason="so " * 100), monkeypatch, terminal, **environment)
    lines = [re.sub("\x1b\\[[0-9;]*m", "", line) for line in lines]
    assert width - 3 <= max(map(len, lines)) <= width


def test_a_narrow_matrix_keeps_the_names_of_faults_and_cuts_nothing(monkeypatch):
    name = "the-labels-of-one-class-are-those-of-another"
    lines = shown(faulty(False, name), monkeypatch, False, COLUMNS="60")
    assert any(line.startswith(name) for line in lines)
    table = itertools.dropwhile(lambda line: "outcome" not in line, lines)
    rows = itertools.takewhile(lambda line: not line.startswith("red"), table)
    told = "".join(line[len(name) + 1 :].strip() for line in [*rows][1:])
    assert told.replace(" ", "").removeprefix("?") == "NOTCAUGHT,expectedfamily/claim-0"


# The charts of solves


def case(network, *keys, tier="fast"):
    return {"network": network, "tier": tier, "data": "digits", "runs": {"solved": {"0.0": list(keys)}}}


def charts(name, cases, runs, series=None):
    figure = {"name": "x", "series": series} if series else None
    claim = {"id": name, "cases": cases, "paper_figure": figure}
    return solves.charts(claim, {key: {"values": values} for key, values in runs.items()})


def drawn(chart):
    """A chart in full but for where its lines lie."""
    lines = [(line.name, line.style, bool(line.path), len(line.marks)) for line in chart.lines]
    return chart.title, chart.x_label, chart.y_label, lines


def test_a_polygon_is_drawn_through_its_corners_and_its_sample_marked():
    sample = {"x": [0.0, 1.0], "y": [1.0, -1.0], "corner_x": [0.0, 0.5, 1.0], "corner_y": [1.0, 0.0, -1.0]}
    runs = {"a": {"points": 2}, "b": {"drawn": sample}}
    (chart,) = charts("expressivity/two-layer", [case("first", "a"), case("second", "b")], runs)
    assert drawn(chart) == (
        "Theorem 1 on 2 of the images: a polygon that bends once for each",
        "projection of the image",
        "value",
        [("the network", "inception", True, 0), ("the sample", "alexnet", False, 2)],
    )
    assert charts("expressivity/two-layer", [case("first", "a")], runs) == []


def test_errors_by_size_are_drawn_with_the_papers_where_these_are_near():
    runs = {f"{size}": {"images": size, "test_error": 0.05} for size in (600, 1000)} | {
        "l2": {"images": 900, "l2_test_error": 0.04}
    }
    printed = {"raw": [[10_000, 0.014], [10_001, 0.012]], "gabor": [[1, 0.5]], "gabor, with l2": [[500, 0.01]]}
    cases = [case("raw", "600", "1000"), case("gabor", "l2")]
    (chart,) = charts("kernel/interpolates-and-generalizes", cases, runs, printed)
    assert drawn(chart) == (
        "test error by size, without regularization unless it says so",
        "training images",
        "test error, %",
        [
            ("raw", "inception", True, 2),
            ("raw (paper)", "inception", False, 1),  # ten times as large is near, one more is not
            ("gabor, with l2", "alexnet second", False, 1),
            ("gabor, with l2 (paper)", "alexnet second", False, 1),
        ],
    )
    tiers = [case("raw", "600"), case("raw", "1000", tier="paper")]
    (chart,) = charts("kernel/interpolates-and-generalizes", tiers, runs)
    assert [line.name for line in chart.lines] == ["raw (fast)", "raw (paper)"]


def test_norms_are_drawn_of_grids_of_one_kind_alone():
    grid = {"kind": "raw", "norms": [30.0, None, 40.0], "test_errors": [0.05, None, 0.06]}
    runs = {"a": grid, "b": {**grid, "kind": "gabor"}, "c": {**grid, "kind": "gabor"}}
    cases = [case("both", "a", "b"), case("raw-grid", "a"), case("gabor-grid", "b", "c")]
    (chart,) = charts("kernel/minimum-norm-not-predictive", cases, runs, {"raw": [[35.0, 0.012]]})
    assert drawn(chart) == (
        "norm and test error, a mark for each kernel width",
        "norm",
        "test error, %",
        [
            ("raw-grid", "inception", True, 2),
            ("raw (paper)", "inception second", False, 1),
            ("gabor-grid", "alexnet", True, 2),
        ],
    )
    assert chart.table == [
        ("30", ["5", "", "5"]),
        ("35", ["", "1.2", ""]),
        ("40", ["6", "", "6"]),
    ]


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("expressivity/two-layer", {"drawn": {"x": [0.0, 1.0], "y": [1.0], "corner_x": [0.0], "corner_y": [1.0]}}),
        ("expressivity/two-layer", {"drawn": {"x": [0.0], "y": [1.0], "corner_x": [0.0], "corner_y": [1.0, 2.0]}}),
        ("kernel/minimum-norm-not-predictive", {"kind": "raw", "norms": [1.0, 2.0], "test_errors": [0.1]}),
    ],
)
def test_a_record_whose_lists_do_not_belong_together_is_not_drawn(name, values):
    with pytest.raises(ValueError, match="zip"):
        charts(name, [case("x", "a")], {"a": values})


def test_a_problem_says_its_size_its_seeds_and_its_data():
    def about(*found, keys=1):
        return solves.about(case("x", *map(str, range(keys))), list(found))

    assert about({"points": 20}) == "20 points, of digits"
    assert about({"points": 20}, {"points": 1000}, keys=2) == "2 seeds, 20 to 1,000 points, of digits"
    assert about({"points": 20, "dimensions": 2352}) == "20 points in 2,352 dimensions, of digits"
    assert about({"points": 20}, {"points": 50}, {"points": 1000}) == "20 to 1,000 points, of digits"
    assert about({"norm": 1.0}, {"images": 50, "dimensions": 3}) == "50 images, of digits"
    assert about({"norm": 1.0}, keys=3) == "3 seeds, of digits"
    arms = {"data": "digits", "runs": {"one": {"0.0": ["a"]}, "two": {"0.0": ["b", "c"], "1.0": []}}}
    assert solves.about(arms, [{"norm": 1.0}]) == "2 seeds, of digits"
    runs = {"a": {"values": 1}, "c": {"values": 3}, "x": {"values": 4}, "b": {"curves": {}}}
    assert solves.solved(arms, runs) == [1, 3]
