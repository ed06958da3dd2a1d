"""`--until-decided`: the looks that a claim may be given, how often they decide wrongly, and that they are shown."""

import re

import numpy as np
import pytest
from scipy import stats

from rethinking_audit.fixtures.claimkit.judging import Sitting
from rethinking_audit.fixtures.claimkit.tiers import NetworkPlan, ProblemPlan, grown
from rethinking_audit.fixtures.record.reading import read_audit
from rethinking_audit.fixtures.record.verdict import Verdict
from rethinking_audit.fixtures.statistics.judgement import Interval
from rethinking_audit.fixtures.statistics.looks import Look, schedule
from rethinking_audit.fixtures.statistics.rules import mean_within
from rethinking_audit.fixtures.training.spec import Recipe
from rethinking_audit.reports.render import render
from tests.projects import Project

ALPHA = 0.02


@pytest.mark.parametrize(
    ("seeds", "most", "factors"),
    [
        (2, None, [1, 2, 4]),
        (5, 10, [1, 2]),
        (5, 11, [1, 2, 4]),  # the last look has 11, not 20
        (5, 5, [1]),
        (0, None, [1]),  # nothing is drawn
    ],
)
def test_the_seeds_double_up_to_the_most_and_alpha_is_spent(seeds, most, factors):
    looks = schedule(seeds, most, ALPHA)
    assert [look.factor for look in looks] == factors
    assert sum(look.alpha for look in looks) == pytest.approx(ALPHA)
    assert all(look.alpha == ALPHA / 2**place for place, look in enumerate(looks[:-1], 1))


def test_one_look_has_all_of_alpha():
    assert schedule(5, 5, ALPHA) == [Look(1, ALPHA)]


def wrongly_held(alphas, draws):
    """Of normal means on their limit, the share that some look at 3, 6 or 12 values finds below it."""
    found = np.zeros(len(draws), dtype=bool)
    for seeds, alpha in zip((3, 6, 12), alphas, strict=True):
        values = draws[:, :seeds]
        half = stats.t.isf(alpha, seeds - 1) * values.std(axis=1, ddof=1) / np.sqrt(seeds)
        found |= values.mean(axis=1) + half <= 0
    return found.mean()


def test_looks_decide_wrongly_no_more_often_than_alpha_and_would_without_spending_it():
    """100,000 sequences on the limit, within three standard errors. The other direction is the same by symmetry."""
    draws = np.random.default_rng(0).standard_normal((100_000, 12))
    error = 3 * (ALPHA * (1 - ALPHA) / len(draws)) ** 0.5
    spent = wrongly_held([look.alpha for look in schedule(3, None, ALPHA)], draws)
    assert 0.5 * ALPHA < spent <= ALPHA + error
    assert wrongly_held([ALPHA] * 3, draws) > 1.5 * ALPHA


def test_the_rule_of_the_simulation_is_that_of_the_audit():
    draws = np.random.default_rng(1).standard_normal((200, 3)) - 1
    bounds = [[(value, value) for value in row] for row in draws]
    held = [mean_within(row, Interval(-np.inf, 0.0), ALPHA / 2, "error").verdict is Verdict.HELD for row in bounds]
    assert wrongly_held([ALPHA / 2, 0, 0], np.tile(draws, 4)) == pytest.approx(np.mean(held))


@pytest.mark.parametrize(("factor", "most", "seeds"), [(2, None, 10), (4, 12, 12), (2, 3, 5)])
def test_seeds_grow_up_to_the_most_and_are_never_fewer(factor, most, seeds):
    assert grown(5, factor, most) == seeds


def test_a_plan_grows_in_its_variants_and_a_problem_only_where_it_draws():
    recipe = Recipe(batch=1, learning_rate=0.1, momentum=0.9, decay=1.0, budget=1, patience=1)
    plan = NetworkPlan(recipe, 5, variants={"few": {"seeds": 2, "decay": 0.5}, "same": {}}).grown(2, None)
    assert (plan.seeds, plan.varied("few").seeds, plan.varied("same").seeds) == (10, 4, 10)
    assert ProblemPlan(solver="sgd", seeds=5).grown(2, None).seeds == 10
    assert ProblemPlan(solver="kernel").grown(2, None).seeds == 1


def test_a_case_that_was_not_looked_at_has_no_looks():
    assert Sitting(None, None).looks == []


@pytest.fixture(scope="module")
def looked(tmp_path_factory):
    """The slowdown of two seeds, which its interval cannot tell, until it is decided: by a worker of xdist."""
    project = Project(tmp_path_factory.mktemp("looks") / "project")
    only = "time_to_fit_grows or training_speed"
    undecided = project.run("-m", "fast", "-k", only, "--seeds", "2")
    before = project.audit()
    code, output = project.run("-m", "fast", "-k", only, "--seeds", "2", "--until-decided", "-n", "1")
    return project, only, (*undecided, before), (code, output, project.audit())


def test_an_underpowered_claim_says_how_many_seeds_it_lacks(looked):
    _, _, (code, output, audit), _ = looked
    (case,) = audit["claims"][0]["cases"]
    assert code == 10  # the reading is decided
    assert case["verdict"] == "INCONCLUSIVE"
    assert case["judgement"]["further"] > 0
    assert f"{case['judgement']['further']} further seed" in output
    assert "seeds would decide" in render(audit)
    assert "looks" not in case


def test_it_becomes_a_decision_and_every_look_is_in_the_record(looked):
    _, _, _, (code, _, audit) = looked
    (case,) = audit["claims"][0]["cases"]
    looks = case["looks"]
    assert code == 0
    assert case["verdict"] == looks[-1]["verdict"] == "HELD"
    assert [look["verdict"] for look in looks[:-1]] == ["INCONCLUSIVE"] * (len(looks) - 1)
    assert [look["seeds"] for look in looks] == [2, 4, 8][: len(looks)]
    assert [look["alpha"] for look in looks] == [0.005, 0.0025, 0.0025][: len(looks)]
    assert case["judgement"]["alpha"] == looks[-1]["alpha"]
    assert {len(keys) for keys in case["runs"]["random"].values()} == {looks[-1]["seeds"]}
    assert set(case["runs"]["random"]["1.0"]) <= set(audit["runs"])
    assert "runs" not in case["control"]
    assert len(case["control"]["looks"]) == len(looks)


def test_the_looks_are_in_the_terminal_and_in_the_report(looked):
    project, _, _, (_, output, audit) = looked
    assert re.search(r"2 looks: label-corruption/slowdown \[fast-mlp-1x512\]: 2 seeds \(alpha 0.005\) INCONCLUSIVE", output)
    page = render(read_audit(project.folder / "out" / "audit.json"))
    assert "Looked at 2 times, with fresh seeds each time" in page
    told = [case for claim in (*audit["claims"], *audit["readings"]) for case in claim["cases"]]
    assert page.count("<caption>Looked at") == sum(len(case.get("looks", ())) > 1 for case in told) > 0


def test_one_process_comes_to_the_same_looks(looked):
    project, only, _, (_, _, audit) = looked
    code, output = project.run("-m", "fast", "-k", only, "--seeds", "2", "--until-decided")
    assert code == 0
    assert "training:" not in output  # from the store
    assert project.audit()["claims"][0]["cases"][0]["looks"] == audit["claims"][0]["cases"][0]["looks"]


def test_no_more_seeds_than_the_most(looked):
    project, only, *_ = looked
    project.run("-m", "fast", "-k", only, "--seeds", "2", "--until-decided", "--max-seeds", "3")
    (case,) = project.audit()["claims"][0]["cases"]
    assert [look["seeds"] for look in case["looks"]] == [2, 3]
    assert [look["alpha"] for look in case["looks"]] == [0.005, 0.005]


def test_a_plan_says_what_it_may_come_to(looked):
    project, only, *_ = looked
    _, output = project.run("-m", "fast", "-k", only, "--seeds", "2", "--until-decided", "--plan")
    assert re.search(r"Until decided: at most 32 runs, \d\.\de\+\d\d FLOPs", output.replace("\n", " ")), output
