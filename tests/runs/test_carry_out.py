"""A run's record, alone or beside others: an error in it belongs to that run alone."""

from dataclasses import replace

import pytest

from rethinking_audit.fixtures.runs import carry_out
from rethinking_audit.fixtures.tasks.target import Target
from rethinking_audit.fixtures.training.engine import FUSED
from tests.builders.specs import SPEC, baseline_of

SEEDS = [replace(SPEC, seed=seed, train_size=None) for seed in range(3)]  # of the same images, so they share a sweep


def test_an_error_in_a_runs_record_leaves_the_runs_beside_it(monkeypatch):
    record = carry_out.record

    def broken(task, target, made):
        if task.seed == 1:
            raise RuntimeError("the machine has no name")
        return record(task, target, made)

    monkeypatch.setattr(carry_out, "record", broken)
    found = dict(carry_out.carry_out_together(iter(SEEDS), Target(engine=FUSED)))
    assert str(found.pop(SEEDS[1])) == "the machine has no name"
    assert [made["result"]["status"] for made in found.values()] == ["budget exhausted"] * 2


def test_an_error_of_who_takes_the_records_is_not_a_runs():
    together = carry_out.carry_out_together(iter(SEEDS), Target(engine=FUSED))
    next(together)
    with pytest.raises(RuntimeError, match="the store is full"):
        together.throw(RuntimeError("the store is full"))


def test_a_kind_that_takes_no_steps_together_makes_its_tasks_in_turn(monkeypatch):
    baselines = [baseline_of(spec) for spec in SEEDS]
    make = type(baselines[0]).make

    def broken(task, *arguments):
        if task.seed == 1:
            raise RuntimeError("one baseline fails")
        return make(task, *arguments)

    monkeypatch.setattr(type(baselines[0]), "make", broken)
    found = dict(carry_out.carry_out_together(iter(baselines), Target()))
    assert list(found) == baselines
    assert str(found[baselines[1]]) == "one baseline fails"
    assert found[baselines[2]]["result"] == carry_out.carry_out(baselines[2], Target())["result"]
