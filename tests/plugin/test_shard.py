"""`--shard`: the parts of an audit cost about the same, and three of them, each with a store of its own, make the whole."""

import json

import pytest

from rethinking_audit.fixtures.claimkit.case import cases, vouching
from rethinking_audit.fixtures.claimkit.tier_file import read
from rethinking_audit.fixtures.plugin.shard import dealt
from rethinking_audit.fixtures.runs.order import cost
from rethinking_audit.reports.__main__ import main
from rethinking_audit.reports.identical import identical
from tests.builders.claims import CLAIM_FILES, import_file
from tests.builders.places import ROOT
from tests.builders.projects import Project

BALANCE = 1.3
PATIENCE = 600  # seconds for four audits at once on a busy machine


def runs_of_cases(tier):
    """The runs of each case of a tier, with those of its controls."""
    claims = [test.claim for path in CLAIM_FILES for test in vars(import_file(path)).values() if hasattr(test, "claim")]
    every = [case for claim in claims for case in cases(claim, {tier.name: tier}) if not case.is_control]
    return [{task for one in (case, *vouching(case)) for task in one.needs()} for case in every]


def loads(runs, parts, costs, count):
    made = [set().union(*(one for one, part in zip(runs, parts, strict=True) if part == index)) for index in range(count)]
    return [sum(map(costs.get, one)) for one in made]


@pytest.mark.parametrize("count", [2, 3])
@pytest.mark.parametrize("tier", ["fast", "small", "paper"])
def test_the_costliest_part_of_the_declared_claims_is_near_the_mean(tier, count):
    """By the prices of the plan. Runs that two parts make count in both."""
    runs = runs_of_cases(read(ROOT / "claims" / "tiers.toml")[tier])
    costs = {task: cost(task) for task in set().union(*runs)}
    ideal = sum(costs.values()) / count
    assert max(loads(runs, dealt(runs, costs, count), costs, count)) <= BALANCE * ideal


@pytest.mark.parametrize(("cases", "count"), [(10, 3), (2, 5), (7, 7), (1, 1)])
def test_cases_that_cost_the_same_are_dealt_evenly(cases, count):
    runs = [{case} for case in range(cases)]
    parts = dealt(runs, dict.fromkeys(range(cases), 1.0), count)
    sizes = [parts.count(part) for part in range(count)]
    assert sum(sizes) == cases
    assert max(sizes) - min(sizes) <= 1


def test_cases_with_the_same_runs_come_together():
    assert dealt([{"a", "b"}, {"c", "d"}, {"a", "b"}, {"c"}], dict.fromkeys("abcd", 1.0), 2) == [0, 1, 0, 1]


def test_the_dealing_does_not_depend_on_the_order_of_a_set():
    costs = {f"run {number}": 0.1 * number for number in range(40)}
    runs = [{f"run {number}" for number in range(start, 40, 7)} for start in range(20)]
    again = [dict.fromkeys(sorted(one, reverse=True)).keys() for one in runs]
    assert dealt(runs, costs, 3) == dealt(again, costs, 3)


@pytest.mark.lengthy
def test_three_shards_with_stores_of_their_own_merged_are_the_audit(tmp_path):
    project = Project(tmp_path / "project")
    places = [("--shard", f"{part}/3", "--store", f"store-{part}", "--report", f"part-{part}") for part in (1, 2, 3)]
    started = [project.start("-m", "fast", *place) for place in [*places, ("--report", "out")]]
    outputs = [process.communicate(timeout=PATIENCE)[0] for process in started]
    parts = [project.folder / f"part-{part}" / "audit.json" for part in (1, 2, 3)]
    assert all(path.exists() for path in parts), outputs
    assert main(["merge", *map(str, parts), "-o", str(tmp_path / "merged.json")]) == 0
    merged, whole = json.loads((tmp_path / "merged.json").read_text()), project.audit()
    assert identical(whole, merged).differences == []
    assert (merged["summary"], merged["exit_code"]) == (whole["summary"], whole["exit_code"])
