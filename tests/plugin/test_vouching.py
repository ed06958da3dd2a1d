"""Whatever is selected, nothing is HELD without a control that was judged in the same audit."""

import json
import shutil

import pytest

from rethinking_audit.reports.__main__ import main
from rethinking_audit.reports.render import render
from tests.builders.projects import TIERS, Project

MLP = "[fast.networks.mlp-1x512]"
SECTION = MLP + TIERS.partition(MLP)[2]
BOTH = SECTION + SECTION.replace("1x512", "3x512")
CLAIM = "test_training_error_reaches_zero"
NODE = f"claims/test_random_labels.py::{CLAIM}[fast-mlp-3x512]"
ONLY = f"{CLAIM} and not noise"
SEEDS = ("-m", "fast", "--seeds", "7")
pytestmark = pytest.mark.lengthy


@pytest.fixture(scope="module")
def pair(tmp_path_factory):
    """A claim of two networks, whose controls are pinned to the first of them: all of its runs are made."""
    project = Project(tmp_path_factory.mktemp("vouching") / "project")
    project.edit("tiers.toml", (SECTION, BOTH))
    project.code, project.output = project.run(*SEEDS, "-k", ONLY)
    project.whole = project.audit()
    return project


@pytest.fixture
def again(pair, tmp_path):
    """The same project, with a store of its own that has all runs."""
    project = Project(tmp_path / "again")
    project.edit("tiers.toml", (SECTION, BOTH))
    shutil.copytree(pair.store, project.store)
    return project


def cases(audit):
    (claim,) = audit["claims"]
    return {case["network"]: case for case in claim["cases"]}


def controls(case):
    return [case["control"], *case["other_controls"]]


def counts(output):
    """What pytest says of its collection."""
    return next(line for line in output.splitlines() if line.startswith("collected "))


@pytest.mark.parametrize(
    ("selection", "counted"),
    [
        (("--networks", "mlp-3x512", "-k", ONLY), "4 selected"),
        (("-k", f"{ONLY} and 3x512"), "4 selected"),
        (("-k", f"{ONLY} and not control and 3x512"), "4 selected"),
        ((NODE,), "collected 4 items"),
        (("-k", ONLY, "--shard", "1/2"), "4 selected"),
        (("-k", ONLY, "--networks", "mlp-3x512", "--minutes", "1"), "4 selected"),
        (("-k", ONLY, "--networks", "mlp-3x512", "--until-decided"), "4 selected"),
        (("-k", ONLY, "--networks", "mlp-3x512", "-n", "2"), ""),
    ],
    ids=" ".join,
)
def test_what_vouches_is_collected_judged_and_told_with_the_case(pair, selection, counted):
    code, output = pair.run(*SEEDS, *selection)
    ((network, case),) = cases(pair.audit()).items()
    assert (code, network, case["verdict"]) == (0, "mlp-3x512", "HELD")
    assert [(one["network"], one["verdict"]) for one in controls(case)] == [
        ("mlp-1x512", verdict) for verdict in ("REFUTED", "REFUTED", "HELD")
    ]
    assert "the controls of mlp-1x512 vouch for other networks in random-labels/zero-training-error" in output
    assert not counted or counted in counts(output)
    assert "control: mlp-1x512" in render(pair.audit())


def test_the_whole_tier_has_each_control_once_and_no_more_runs(pair):
    _, output = pair.run(*SEEDS, "-k", ONLY, "--plan")
    assert "35 distinct runs for 5 cases, 35 of them cached" in output
    assert pair.code == 0
    assert [case["verdict"] for case in cases(pair.whole).values()] == ["HELD", "HELD"]
    assert [one.get("network") for case in cases(pair.whole).values() for one in controls(case)] == [
        *[None] * 3,
        *["mlp-1x512"] * 3,
    ]


def test_what_vouches_is_in_the_plan_and_among_what_is_listed(pair):
    _, output = pair.run(*SEEDS, "-k", f"{ONLY} and 3x512", "--plan")
    assert "28 distinct runs for 4 cases" in output
    _, output = pair.run(*SEEDS, NODE, "--collect-only", "-q")
    found = [line for line in output.splitlines() if "::" in line]
    assert found[0] == NODE
    assert [line.partition("[")[2] for line in found[1:]] == [f"fast-mlp-1x512-control{end}]" for end in ("", "-2", "-3")]


def test_the_controls_alone_are_those_that_vouch_each_once(pair):
    code, output = pair.run(*SEEDS, "-k", f"{ONLY} and 3x512", "--controls")
    assert code == 0
    assert "3 of 3 controls came out as they must" in output
    code, output = pair.run(*SEEDS, "-k", ONLY, "--controls")
    assert "3 of 3 controls came out as they must" in output


def test_a_control_that_several_shards_judge_is_one_in_the_merged_record(pair, tmp_path):
    for index in ("1", "2"):
        pair.run(*SEEDS, "-k", ONLY, "--shard", f"{index}/2")
        shutil.copy(pair.folder / "out" / "audit.json", tmp_path / f"{index}.json")
    parts = [str(tmp_path / f"{index}.json") for index in ("1", "2")]
    assert main(["merge", *parts, "-o", str(tmp_path / "merged.json")]) == 0
    merged = json.loads((tmp_path / "merged.json").read_text())
    for case in (*cases(merged).values(), *cases(pair.whole).values()):
        for outcome in (case, *controls(case)):
            del outcome["seconds"]
    assert cases(merged) == cases(pair.whole)
    assert merged["runs"].keys() == pair.whole["runs"].keys()


def test_a_control_that_came_out_the_other_way_takes_the_verdict_of_another_network(again):
    again.edit("test_random_labels.py", ('network="ridge"', 'network="nearest-neighbour"'))
    code, output = again.run(*SEEDS, NODE)
    (case,) = cases(again.audit()).values()
    assert (code, case["verdict"]) == (5, "ERROR"), output
    assert case["reason"] == "its control (mlp-1x512) was HELD, expected REFUTED: the check cannot be believed"


def test_a_control_whose_run_is_broken_takes_the_verdict_of_another_network(again):
    for path in (again.store / "runs").glob("*.json"):
        if '"ridge"' in (text := path.read_text()):
            path.write_text(text.replace("ridge", "bridge"))
    again.run(*SEEDS, NODE)
    (case,) = cases(again.audit()).values()
    assert case["verdict"] == "ERROR"
    assert case["reason"].startswith("its control (mlp-1x512) was ERROR")


def test_a_control_that_there_is_no_time_for_leaves_the_case_of_another_network_not_run(again):
    again.edit("tiers.toml", ("max_epochs = 60", "max_epochs = 1_000_000"))
    _, output = again.run(*SEEDS, "-k", "fitted_with_regularizers", "--networks", "mlp-3x512", "--minutes", "1")
    (case,) = cases(again.audit()).values()
    assert case["verdict"] == "NOT RUN"
    assert case["reason"].startswith("for want of time (--minutes 1): it lacks 7 runs"), output


def test_an_audit_that_ends_before_its_controls_leaves_the_case_undecided(again):
    """A test of another file ends the session once the claim is judged."""
    stop = "\n\n@__import__('pytest').fixture(autouse=True)\ndef stop(request):\n"
    stop += "    yield\n    request.session.shouldstop = 'enough'\n"
    file = again.folder / "claims" / "test_random_labels.py"
    file.write_text(file.read_text() + stop)
    again.run(*SEEDS, NODE)
    (case,) = cases(again.audit()).values()
    expected = "no control of the claim was judged: the session ended before it was judged"
    assert (case["verdict"], case["reason"]) == ("INCONCLUSIVE", expected)
    assert case["judgement"]["verdict"] == "HELD"
