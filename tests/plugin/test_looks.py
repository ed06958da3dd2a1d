"""`--until-decided` from the outside: every look is in the record, in the terminal and in the report."""

import re

import pytest

from rethinking_audit.fixtures.claimkit.judging import JudgingContext
from rethinking_audit.fixtures.record.reading import read_audit
from rethinking_audit.reports.render import render
from tests.builders.projects import Project


def test_a_case_that_was_not_looked_at_has_no_looks():
    assert JudgingContext(None, None).looks == []


@pytest.fixture(scope="module")
def looked(tmp_path_factory):
    """The slowdown of two seeds, which its interval cannot tell, until it is decided: by a worker of xdist."""
    project = Project(tmp_path_factory.mktemp("looks") / "project")
    only = "time_to_fit_grows or training_speed"
    undecided = project.run("-m", "fast", "-k", only, "--seeds", "2")
    before = project.audit()
    code, output = project.run("-m", "fast", "-k", only, "--seeds", "2", "--until-decided", "-n", "1")
    return project, only, (*undecided, before), (code, output, project.audit())


@pytest.mark.lengthy
def test_an_underpowered_claim_says_how_many_seeds_it_lacks(looked):
    _, _, (code, output, audit), _ = looked
    (case,) = audit["claims"][0]["cases"]
    assert code == 5  # nor is the reading decided
    assert case["verdict"] == "INCONCLUSIVE"
    assert case["judgement"]["further"] > 0
    assert f"{case['judgement']['further']} further seed" in output
    assert "seeds would decide" in render(audit)
    assert "looks" not in case


@pytest.mark.lengthy
def test_it_becomes_a_decision_and_every_look_is_in_the_record(looked):
    _, _, _, (code, _, audit) = looked
    (case,) = audit["claims"][0]["cases"]
    looks = case["looks"]
    assert code == 0
    assert case["verdict"] == looks[-1]["verdict"] == "REFUTED"
    assert [look["verdict"] for look in looks[:-1]] == ["INCONCLUSIVE"] * (len(looks) - 1)
    assert [look["seeds"] for look in looks] == [2, 4, 8][: len(looks)]
    assert [look["alpha"] for look in looks] == [0.005, 0.0025, 0.0025][: len(looks)]
    assert case["judgement"]["alpha"] == looks[-1]["alpha"]
    assert {len(keys) for keys in case["runs"]["levels"].values()} == {looks[-1]["seeds"]}
    assert set(case["runs"]["levels"]["1.0"]) <= set(audit["runs"])
    assert "runs" not in case["control"]
    assert len(case["control"]["looks"]) == len(looks)


@pytest.mark.lengthy
def test_the_looks_are_in_the_terminal_and_in_the_report(looked):
    project, _, _, (_, output, audit) = looked
    assert re.search(r"2 looks: label-corruption/slowdown \[fast-mlp-1x512\]: 2 seeds \(alpha 0.005\) INCONCLUSIVE", output)
    page = render(read_audit(project.folder / "out" / "audit.json"))
    assert "Looked at 2 times, with fresh seeds each time" in page
    told = [case for claim in (*audit["claims"], *audit["readings"]) for case in claim["cases"]]
    assert page.count("<caption>Looked at") == sum(len(case.get("looks", ())) > 1 for case in told) > 0


@pytest.mark.lengthy
def test_one_process_comes_to_the_same_looks(looked):
    project, only, _, (_, _, audit) = looked
    code, output = project.run("-m", "fast", "-k", only, "--seeds", "2", "--until-decided")
    assert code == 0
    assert "training:" not in output  # from the store
    assert project.audit()["claims"][0]["cases"][0]["looks"] == audit["claims"][0]["cases"][0]["looks"]


@pytest.mark.lengthy
def test_no_more_seeds_than_the_most(looked):
    project, only, *_ = looked
    project.run("-m", "fast", "-k", only, "--seeds", "2", "--until-decided", "--max-seeds", "3")
    (case,) = project.audit()["claims"][0]["cases"]
    assert [look["seeds"] for look in case["looks"]] == [2, 3]
    assert [look["alpha"] for look in case["looks"]] == [0.005, 0.005]


@pytest.mark.lengthy
def test_a_plan_says_what_it_may_come_to(looked):
    project, only, *_ = looked
    _, output = project.run("-m", "fast", "-k", only, "--seeds", "2", "--until-decided", "--plan")
    assert re.search(r"Until decided: at most 32 runs, \d\.\de\+\d\d FLOPs", output.replace("\n", " ")), output
