"""Who trains a run: the engine that was asked for, or the one that suits the device."""

from dataclasses import replace

import pytest

from rethinking_audit.fixtures.data.datasets import find
from rethinking_audit.fixtures.tasks.together import sweep_of, train_together
from rethinking_audit.fixtures.tasks.training import Training
from rethinking_audit.fixtures.training.engine import CAPTURED, FUSED, REDUCED, company, engine_of
from rethinking_audit.fixtures.training.engine import check as check_engine
from rethinking_audit.fixtures.training.fused import FusedSweep
from rethinking_audit.fixtures.training.lanes import Lanes
from tests.builders.specs import RECIPE, SPEC


@pytest.mark.parametrize(
    ("engine", "sweep", "reduced"), [(FUSED, FusedSweep, None), (CAPTURED, Lanes, False), (REDUCED, Lanes, True)]
)
def test_every_engine_but_the_reference_loop_has_a_sweep(engine, sweep, reduced):
    """Through which a task goes to its result; of captured steps nothing is said that nobody saw."""
    made = sweep_of(engine, 2)
    assert (type(made), made.slots, getattr(made, "reduced", None)) == (sweep, 2, reduced)
    tasks = (replace(SPEC, seed=seed, train_size=None) for seed in range(3))
    found = list(train_together(tasks, engine, "cpu", lambda *_: None, 2, Training.ready))
    assert [task.seed for task, _ in found] == [0, 1, 2]
    for _, made in found:
        assert ("steps by the recipe" in made.result["contracts"]) == (engine == FUSED)


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
        ({"network": "alexnet", "recipe": replace(RECIPE, max_epochs=999)}, "cuda:0", "auto", "reference"),
        ({"network": "alexnet", "recipe": replace(RECIPE, max_epochs=1000)}, "cuda:0", "auto", "reduced"),
        ({"network": "alexnet", "recipe": replace(RECIPE, max_epochs=1000, crop=True)}, "cuda:0", "auto", "reduced"),
        ({"recipe": replace(RECIPE, max_epochs=1000, crop=True)}, "cuda:0", "auto", "reduced"),
        ({"network": "alexnet"}, "cuda:0", "direct", "direct"),
        ({"recipe": replace(RECIPE, crop=True)}, "cpu", "auto", "direct"),
        ({"recipe": replace(RECIPE, crop=True)}, "cpu", "fused", "reference"),
        ({"recipe": replace(RECIPE, dropout=0.5)}, "cuda:0", "captured", "reference"),
    ],
)
def test_who_trains_a_run(change, device, asked, name):
    assert engine_of(replace(SPEC, **change), device, asked) == name


@pytest.mark.parametrize(("asked", "device"), [("fast", "cpu"), ("captured", "cpu"), ("reduced", "cpu")])
def test_an_engine_that_is_not_to_be_had_is_quoted(asked, device):
    with pytest.raises(ValueError, match=repr(asked)):
        check_engine(asked, device)


def test_runs_are_fused_that_share_their_images():
    whole, other = replace(SPEC, train_size=None), replace(RECIPE, learning_rate=1.0)
    assert company(whole) == company(replace(whole, seed=1, corruption=0.5, recipe=other))
    assert company(SPEC) == company(replace(SPEC, corruption=0.5, recipe=other)) != company(replace(SPEC, seed=1))
    assert company(SPEC) != company(replace(SPEC, recipe=replace(RECIPE, batch=16)))
    noise = replace(SPEC, inputs="gaussian")
    assert company(SPEC) != company(noise) != company(replace(noise, seed=1))
    drawn = replace(SPEC, data=find("mnist1d"))
    assert company(drawn) == company(replace(drawn, corruption=0.5)) != company(replace(drawn, seed=1))
