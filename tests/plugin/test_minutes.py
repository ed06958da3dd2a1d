"""`--minutes`: an audit that ends in time, says what it had no time for, and goes on from there."""

import re
import time
from types import SimpleNamespace

import pytest

from rethinking_audit.fixtures.plugin.minutes import not_run, reason
from rethinking_audit.fixtures.plugin.options import STATE, State
from rethinking_audit.fixtures.plugin.progress import Display
from rethinking_audit.fixtures.record.reading import read_audit
from rethinking_audit.fixtures.runs.session import TIME, Failure, Session
from rethinking_audit.fixtures.runs.store import Store
from rethinking_audit.fixtures.tasks.target import Target
from rethinking_audit.reports.render import render
from tests.builders.projects import Project

# By its budget it takes hours; in fact its loss does not fall, and patience ends it in seconds.
LONG = ("max_epochs = 60", "max_epochs = 1_000_000")
ONLY = "error_reaches_zero or fitted_with_regularizers"
TOO_LITTLE = "0.02"  # less than what is kept for the report


@pytest.fixture(scope="module")
def cut(tmp_path_factory):
    """An audit of two workers in which the control of one claim is too long, and the same without the option after it."""
    project = Project(tmp_path_factory.mktemp("minutes") / "project")
    project.edit("tiers.toml", LONG)
    code, output = project.run("-m", "fast", "-k", ONLY, "--minutes", "1", "-n", "2")
    first = code, output, project.audit(), written(project)
    code, output = project.run("-m", "fast", "-k", ONLY)
    return first, (code, output, project.audit(), written(project))


def written(project):
    return {path.name: path.stat().st_mtime_ns for path in (project.store / "runs").glob("*.json")}


def cases(audit):
    return {claim["id"]: case for claim in audit["claims"] for case in claim["cases"]}


def test_what_there_is_time_for_is_decided_and_the_rest_is_not_run(cut):
    (code, _, audit, _), _ = cut
    found = {name: case["verdict"] for name, case in cases(audit).items()}
    assert code == audit["exit_code"] == 10
    assert found.pop("regularizers/not-sufficient") == "NOT RUN"
    assert "HELD" in found.values()
    assert "NOT RUN" not in found.values()


def test_it_ends_in_time(cut):
    assert cut[0][2]["seconds"] < 60


def test_a_case_says_why_it_has_no_verdict_and_so_does_its_control(cut):
    """All runs of the claim itself are there, and without its control it is not judged."""
    case = cases(cut[0][2])["regularizers/not-sufficient"]
    expected = "for want of time (--minutes 1): it lacks 7 runs; without the option it goes on from there"
    assert case["reason"] == case["control"]["reason"] == expected
    assert case["judgement"] is None


def test_one_line_tells_of_all_that_there_was_no_time_for(cut):
    _, output, audit, _ = cut[0]
    (idle,) = audit["not_run"]
    assert idle["reason"] == "for want of time (--minutes 1)"
    assert re.fullmatch(
        r"missing: 7 runs of 1 case, about \d+ \w+ on one core or card; without the option they are made", idle["cost"]
    )
    assert output.count("for want of time") == 1
    assert render(audit).count("for want of time (--minutes 1); missing: 7 runs") == 1


def test_without_the_option_it_goes_on_from_there(cut):
    (_, _, _, before), (code, output, audit, after) = cut
    assert code != 10 or "NOT RUN" not in {case["verdict"] for case in cases(audit).values()}
    assert "want of time" not in output
    assert len(after) == len(before) + 7
    assert before.items() <= after.items()  # none was made again


def test_an_audit_without_time_for_anything_decides_nothing(tmp_path):
    project = Project(tmp_path / "project")
    code, output = project.run("-m", "fast", "-k", "reaches_zero", "--minutes", TOO_LITTLE, "--shard", "1/2")
    assert code == 5
    assert project.records() == {}
    (idle,) = project.audit()["not_run"]
    assert idle["reason"] == f"for want of time (--minutes {TOO_LITTLE}, --shard 1/2)"
    assert "no longer" not in output


def test_a_look_that_there_is_no_time_for_leaves_the_case_as_it_was(tmp_path):
    project = Project(tmp_path / "project")
    audit = ("-m", "fast", "-k", "time_to_fit_grows", "--seeds", "2")
    assert project.run(*audit)[0] == 5
    (before,) = cases(project.audit()).values()
    records = project.records()
    code, _ = project.run(*audit, "--until-decided", "--minutes", TOO_LITTLE)
    (after,) = cases(project.audit()).values()
    assert code == 5
    assert [look["seeds"] for look in after["looks"]] == [2]
    assert (after["verdict"], after["runs"]) == (before["verdict"], before["runs"])
    assert after["verdict"] == "INCONCLUSIVE"
    assert project.records() == records
    assert read_audit(project.folder / "out" / "audit.json")["not_run"] == []


@pytest.mark.parametrize("value", ["0", "-1", "nan", "inf", "abc", ""])
def test_no_time_is_refused_in_a_sentence(tmp_path, value):
    code, output = Project(tmp_path / "project").run("-m", "fast", f"--minutes={value}")
    assert code == 4
    assert f"--minutes is {value!r}, expected a positive number, such as 10 or 0.5" in output
    assert "Traceback" not in output


def test_a_calibration_takes_the_time_that_it_takes(tmp_path):
    code, output = Project(tmp_path / "project").run("--calibrate", "--minutes", "5")
    assert code == 4
    assert "--calibrate has --minutes 5, expected the tiers as they are declared, and no --minutes" in output


@pytest.fixture
def state(tmp_path):
    store, session = Store(tmp_path), Session(tmp_path / "s")
    return State(store, session, Target(), False, "main", tmp_path, started=time.time(), minutes=2.0)


def test_the_progress_says_how_much_of_the_time_is_left(state):
    state.session.expect({"a": ("run", 1.0)})
    display = Display(SimpleNamespace(live=False), state)
    assert "time is up in 2 min" in display.line()
    state.started -= 200
    assert "time is up in 1 s" in display.line()
    state.minutes = None
    assert "time is up" not in display.line()


def test_what_is_missing_is_counted_by_claim_and_priced_once(state):
    """The record counts a claim with its controls as one case, and a run that two of them lack as one run."""
    option = SimpleNamespace(minutes="2", shard=None)
    config = SimpleNamespace(option=option, stash={STATE: state})
    state.session.expect({name: ("run", cost) for name, cost in {"a": 1.0, "b": 2.0, "c": 4.0}.items()})
    state.session.fail("a", Failure(TIME, "no time"))
    state.store.write("b", {})
    one = {"tier": "fast", "network": "mlp", "claim": {"id": "x/y"}, "runs": {"arm": {"0.0": ["a", "b", "old"]}}}
    other, judged = {**one, "claim": {"id": "x/z"}}, {**one, "runs": {"arm": {"1.0": "c"}}}
    collected = {"t": one, "t-control": one, "u": other, "v": judged}
    late = {"reason": f"{reason(config)}: it lacks 1 run"}
    manifest = {"cases": collected, "standing": {"t": ["t-control"], "u": [], "v": []}}
    (idle,) = not_run(config, manifest, lambda nodeid: {"reason": None} if nodeid == "v" else late)
    assert idle["cost"].startswith("missing: 1 run of 2 cases, about ")
    assert not_run(config, manifest, lambda nodeid: {"reason": None}) == []
