"""A run is made ready on the CPU, ahead of time and in another thread where one likes, and to the same bits."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
import torch

from rethinking_audit.fixtures.data import checked
from rethinking_audit.fixtures.data.contracts import ContractBroken
from rethinking_audit.fixtures.data.datasets import find
from rethinking_audit.fixtures.tasks import witness
from rethinking_audit.fixtures.tasks.ready import ready
from rethinking_audit.fixtures.tasks.training import Training
from rethinking_audit.fixtures.training.contracts import optimizer_sees_the_experiment
from rethinking_audit.fixtures.training.numerics import begin_thread, reproducible
from rethinking_audit.fixtures.training.spec import Recipe

RECIPE = Recipe(batch=64, learning_rate=0.05, momentum=0.9, lr_decay=0.999, max_epochs=3, patience=3, eval_every=0)
SPEC = Training(data=find("digits"), network="mlp-1x512", recipe=RECIPE, seed=3, corruption=1.0, train_size=150, width=0.25)


@pytest.fixture(autouse=True)
def nothing_known():
    checked.forget()
    yield
    checked.forget()


def weights(prepared):
    return torch.nn.utils.parameters_to_vector(prepared.network.parameters())


@pytest.mark.parametrize("network", ["mlp-1x512", "alexnet", "inception"])
def test_a_run_that_is_made_ready_in_another_thread_is_the_same_to_the_bit(network):
    spec = replace(SPEC, network=network)
    with reproducible("cpu"):
        here = ready(spec)
        with ThreadPoolExecutor(1, initializer=begin_thread) as ahead:
            there = ahead.submit(ready, spec).result()
        assert torch.equal(weights(here), weights(there))
        assert here.experiment.inputs_digest == there.experiment.inputs_digest
        assert here.experiment.labels_digest == there.experiment.labels_digest
        assert here.kept == there.kept
        assert here.kept[-1] == optimizer_sees_the_experiment.__name__


def test_a_run_is_made_ready_without_a_word_to_the_gpus(monkeypatch):
    def seeded(seed):
        raise AssertionError("the generators of the GPUs belong to what trains there")

    monkeypatch.setattr(torch.cuda, "manual_seed_all", seeded)
    with reproducible("cpu"):
        ready(SPEC)


@pytest.mark.parametrize("sees", [True, False])
def test_the_witness_is_ready_too(sees):
    with reproducible("cpu"):
        prepared = ready(SPEC, sees)
    assert prepared.witness.network is prepared.network
    assert prepared.witness.experiment is prepared.experiment
    assert prepared.witness.sees_steps == sees


def test_weights_of_another_seed_are_found_before_anything_is_trained(monkeypatch):
    monkeypatch.setattr(witness, "derived_seed", lambda *what: 0)
    with reproducible("cpu"), pytest.raises(ContractBroken, match="are not those that seed 3 gives"):
        ready(SPEC)
