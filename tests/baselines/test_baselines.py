"""Baselines, whose answer is known: what they predict, and what they cost."""

from dataclasses import replace

import numpy as np
import pytest

from rethinking_audit.fixtures.baselines import BASELINES, learn
from rethinking_audit.fixtures.data.datasets import find
from rethinking_audit.fixtures.data.experiment import prepare
from rethinking_audit.fixtures.runs.carry_out import carry_out
from rethinking_audit.fixtures.runs.identity import key
from rethinking_audit.fixtures.tasks.baseline import Baseline
from rethinking_audit.fixtures.tasks.measurements import Runs
from rethinking_audit.fixtures.tasks.target import Target
from rethinking_audit.fixtures.training.result import Result

NEIGHBOUR = Baseline(data=find("digits"), network="nearest-neighbour", seed=0, train_size=300, corruption=1.0)
RIDGE = replace(NEIGHBOUR, network="ridge")
TREE = replace(NEIGHBOUR, network="tree")


def test_one_nearest_neighbour_memorizes_random_labels_and_is_at_chance():
    record = carry_out(NEIGHBOUR, Target())
    runs = Runs([Result.from_dict(record["result"])])
    assert runs.train_error == [(0.0, 0.0)]
    assert 0.03 < runs.test_accuracy[0] < 0.2
    assert sum(map(sum, runs.confusions[0])) == runs.tested == 896
    assert "labels_follow_the_corruption" in record["result"]["contracts"]
    assert record["task"] == "baseline"


def test_one_nearest_neighbour_generalizes_from_true_labels():
    runs = Runs([Result.from_dict(carry_out(replace(NEIGHBOUR, corruption=0.0), Target())["result"])])
    assert runs.test_accuracy[0] > 0.9


def test_ridge_regression_memorizes_nothing():
    runs = Runs([Result.from_dict(carry_out(RIDGE, Target())["result"])])
    assert runs.train_error[0][0] > 0.3


def test_a_tree_of_eight_leaves_memorizes_nothing_however_many_numbers_an_image_has():
    data = prepare(find("digits"), 300, "original", 1.0, 0)
    wide = np.random.default_rng(0).normal(size=(300, 1, 40, 40)).astype(np.float32)
    wide = replace(data, inputs=wide, test_inputs=wide[:9])
    assert np.mean(learn("ridge", wide).train != data.labels) == 0
    assert np.mean(learn("tree", wide).train != data.labels) > 0.5
    assert Runs([Result.from_dict(carry_out(TREE, Target())["result"])]).train_error[0][0] > 0.5


def test_of_two_equal_images_the_first_one_gives_the_label():
    data = prepare(find("digits"), 300, "original", 1.0, 0)
    inputs = np.concatenate([data.inputs[:1], data.inputs[:1], data.inputs[1:]])
    other = (data.labels[0] + 1) % 10
    labels = np.concatenate([data.labels[:1], [other], data.labels[1:]])
    assert learn("nearest-neighbour", replace(data, inputs=inputs, labels=labels)).train[1] == data.labels[0]


@pytest.mark.parametrize("name", BASELINES)
def test_a_baseline_costs_next_to_nothing(name):
    assert replace(NEIGHBOUR, network=name).flops() < 1e8


def test_a_baseline_is_the_same_run_in_an_audit_on_a_card():
    assert key(NEIGHBOUR, Target()) == key(NEIGHBOUR, Target("cuda:0"))
