"""Who trains a run: the executor that was asked for, or the one that suits the device."""

from dataclasses import replace

import pytest

from rethinking_audit.fixtures.tasks.together import sweep_of, train_together
from rethinking_audit.fixtures.tasks.training import Training
from rethinking_audit.fixtures.training.executor import CAPTURED, FUSED, REDUCED, company, executor_of
from rethinking_audit.fixtures.training.executor import check as check_executor
from rethinking_audit.fixtures.training.fused import FusedSweep
from rethinking_audit.fixtures.training.lanes import Lanes
from tests.builders.specs import RECIPE, SPEC


@pytest.mark.parametrize(
    ("executor", "sweep", "reduced"), [(FUSED, FusedSweep, None), (CAPTURED, Lanes, False), (REDUCED, Lanes, True)]
)
def test_every_executor_but_the_reference_loop_has_a_sweep(executor, sweep, reduced):
    """Through which a task goes to its result; of captured steps nothing is said that nobody saw."""
    made = sweep_of(executor, 2)
    assert (type(made), made.slots, getattr(made, "reduced", None)) == (sweep, 2, reduced)
    tasks = (replace(SPEC, seed=seed) for seed in range(3))
    found = list(train_together(tasks, executor, "cpu", lambda *_: None, 2, Training.ready))
    assert [task.seed for task, _ in found] == [0, 1, 2]
    for _, made in found:
        assert ("steps by the recipe" in made.result["contracts"]) == (executor == FUSED)


@pytest.mark.parametrize(
    ("change", "device", "asked", "name"),
    [
        ({}, "cpu", "auto", "fused"),
        ({}, "cpu", "reference", "reference"),
        ({}, "cuda:0", "auto", "fused"),
        ({}, "cuda:0", "captured", "captured"),
        ({}, "cuda:0", "reduced", "reduced"),
        ({}, "cuda:0", "fused", "fused"),
        ({"network": "alexnet"}, "cuda:0", "fused", "reference"),
        ({"network": "alexnet"}, "cpu", "fused", "reference"),
        ({"network": "alexnet"}, "cpu", "auto", "direct"),
        ({"network": "alexnet"}, "cuda:0", "auto", "reference"),
        ({"network": "alexnet", "recipe": replace(RECIPE, budget=999)}, "cuda:0", "auto", "reference"),
        ({"network": "alexnet", "recipe": replace(RECIPE, budget=1000)}, "cuda:0", "auto", "reduced"),
        ({"network": "alexnet", "recipe": replace(RECIPE, budget=1000, crop=True)}, "cuda:0", "auto", "reduced"),
        ({"recipe": replace(RECIPE, budget=1000, crop=True)}, "cuda:0", "auto", "reduced"),
        ({"network": "alexnet"}, "cuda:0", "direct", "direct"),
        ({"recipe": replace(RECIPE, crop=True)}, "cpu", "auto", "direct"),
        ({"recipe": replace(RECIPE, crop=True)}, "cpu", "fused", "reference"),
        ({"recipe": replace(RECIPE, dropout=0.5)}, "cuda:0", "captured", "reference"),
    ],
)
def test_who_trains_a_run(change, device, asked, name):
    assert executor_of(replace(SPEC, **change), device, asked) == name


@pytest.mark.parametrize(("asked", "device"), [("fast", "cpu"), ("captured", "cpu"), ("reduced", "cpu")])
def test_an_executor_that_is_not_to_be_had_is_quoted(asked, device):
    with pytest.raises(ValueError, match=repr(asked)):
        check_executor(asked, device)


def test_runs_are_fused_that_share_their_images():
    assert company(SPEC) == company(replace(SPEC, seed=1, corruption=0.5, recipe=replace(RECIPE, learning_rate=1.0)))
    assert company(SPEC) != company(replace(SPEC, recipe=replace(RECIPE, batch=16)))
    noise = replace(SPEC, inputs="gaussian")
    assert company(SPEC) != company(noise) != company(replace(noise, seed=1))
