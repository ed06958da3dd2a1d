"""Learners whose answer is known: what they predict, what they cost, and what their key holds."""

from dataclasses import replace

import numpy as np
import pytest

from rethinking_audit.fixtures.baselines import LEARNERS, UNTRAINED, learn
from rethinking_audit.fixtures.data.datasets import find
from rethinking_audit.fixtures.data.experiment import prepare
from rethinking_audit.fixtures.runs import identity
from rethinking_audit.fixtures.runs.carry_out import carry_out
from rethinking_audit.fixtures.runs.identity import key
from rethinking_audit.fixtures.tasks.measurements import Runs
from rethinking_audit.fixtures.tasks.target import Target
from rethinking_audit.fixtures.tasks.training import Training
from rethinking_audit.fixtures.training.result import Result

NEIGHBOUR = Training(data=find("digits"), network="nearest-neighbour", recipe=UNTRAINED, seed=0, subset=300, corruption=1.0)
RIDGE = replace(NEIGHBOUR, network="ridge")


def test_one_nearest_neighbour_memorizes_random_labels_and_is_at_chance():
    record = carry_out(NEIGHBOUR, Target(engine="reference"))
    runs = Runs([Result.from_dict(record["result"])])
    assert runs.train_error == [(0.0, 0.0)]
    assert 0.03 < runs.test_accuracy[0] < 0.2
    assert sum(map(sum, runs.confusions[0])) == runs.tested == 896
    assert "labels_follow_the_corruption" in record["result"]["contracts"]
    assert record["context"]["engine"] == identity.learners_digest()


def test_one_nearest_neighbour_generalizes_from_true_labels():
    runs = Runs([Result.from_dict(carry_out(replace(NEIGHBOUR, corruption=0.0), Target(engine="reference"))["result"])])
    assert runs.test_accuracy[0] > 0.9


def test_ridge_regression_memorizes_nothing():
    runs = Runs([Result.from_dict(carry_out(RIDGE, Target(engine="reference"))["result"])])
    assert runs.train_error[0][0] > 0.3


def test_of_two_equal_images_the_first_one_gives_the_label():
    data = prepare(find("digits"), 300, "true", 1.0, 0)
    inputs = np.concatenate([data.inputs[:1], data.inputs[:1], data.inputs[1:]])
    other = (data.labels[0] + 1) % 10
    labels = np.concatenate([data.labels[:1], [other], data.labels[1:]])
    assert learn("nearest-neighbour", replace(data, inputs=inputs, labels=labels)).train[1] == data.labels[0]


@pytest.mark.parametrize("name", LEARNERS)
def test_a_learner_costs_next_to_nothing(name):
    assert replace(NEIGHBOUR, network=name).flops() < 1e8


def test_a_learners_key_has_its_own_source_and_not_that_of_the_training(monkeypatch):
    before = key(NEIGHBOUR, Target())
    assert before == key(NEIGHBOUR, Target("cuda:0"))  # it learns on the CPU whatever the networks are trained on
    monkeypatch.setattr(identity, "engine_digest", lambda: "another")
    assert key(NEIGHBOUR, Target()) == before
    monkeypatch.setattr(identity, "learners_digest", lambda: "another")
    assert key(NEIGHBOUR, Target()) != before
    assert any(pattern.startswith("learners/") for pattern in identity.LEARNING)
