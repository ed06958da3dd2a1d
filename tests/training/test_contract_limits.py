"""Where each contract of a training draws its line: just inside it keeps silent, just outside it says all."""

import numpy as np
import pytest
import torch
from scipy import stats

from rethinking_audit.fixtures.networks.build import build
from rethinking_audit.fixtures.training import contracts as training
from rethinking_audit.fixtures.training.spec import Recipe
from rethinking_audit.fixtures.training.tensors import Tensors, batches
from tests.builders.contracts import experiment, says


def test_what_the_optimizer_sees_is_said_in_full():
    data = experiment()
    recipe = Recipe(batch=64, learning_rate=0.1, momentum=0.9, lr_decay=1.0, max_epochs=1, patience=1, eval_every=0)
    seen = list(batches(Tensors.of(data, "cpu", recipe), recipe, 0, 1))
    images, labels = (torch.cat(part) for part in zip(*seen, strict=True))
    check = training.optimizer_sees_the_experiment
    first = "what the optimizer sees: "
    says(check, [(images[1:], labels[1:])], data, False, text=f"{first}an epoch has 900 examples, expected 901")
    others = (labels + 1) % 10
    others[:3] = 0
    says(check, [(images, others)], data, False, text=f"{first}the labels in the batches are not the experiment's labels")
    moved = f"{first}in the batches of an epoch the labels of its images are not the ones that belong to them"
    says(check, [(images, labels.roll(1))], data, False, text=moved)
    says(
        check, [(images + 1, labels)], data, False, text=f"{first}in the batches of an epoch the images are not the inputs"
    )
    check([(images + 1, labels)], data, True)
    with pytest.raises(ValueError, match="zip"):
        check([(images, labels), (images,)], data, True)


@pytest.mark.parametrize(("factor", "sound"), [(0.999, False), (1.001, True)])
def test_a_fresh_network_is_right_within_what_renaming_explains(monkeypatch, factor, sound):
    """Of ten classes of 90 images: the limit is put just beside what this table reaches."""
    table = np.full((10, 10), 5) + np.diag([40] * 10)
    table[0, 0], table[0, 1] = 40, 10
    accuracy, deviation = np.trace(table) / table.sum(), training.renaming_deviation(table)
    monkeypatch.setattr(training, "ALPHA", stats.norm.sf((accuracy - 0.1) * factor / deviation - 2))
    monkeypatch.setattr(training, "confusion", lambda *_: table)
    network = build("mlp-1x512", (7, 7), 1, 10, 0.25)
    if sound:
        training.weights_are_fresh(network, experiment())
        return
    text = f"the network gets {accuracy:.1%} of the labels right before its first step: it was trained"
    says(training.weights_are_fresh, network, experiment(), text=f"fresh weights: {text}")


@pytest.mark.parametrize(("factor", "sound"), [(0.999, False), (1.001, True)])
def test_one_image_is_the_least_that_renaming_explains(monkeypatch, factor, sound):
    """All are said to be of the first class but for one, which is right: its scatter is less than an image."""
    table = np.zeros((10, 10), dtype=int)
    table[:, 0] = 90
    table[1, :2] = 89, 1
    assert training.renaming_deviation(table) < 1 / 900
    monkeypatch.setattr(training, "ALPHA", stats.norm.sf(1 * factor - 2))
    monkeypatch.setattr(training, "confusion", lambda *_: table)
    network = build("mlp-1x512", (7, 7), 1, 10, 0.25)
    if sound:
        training.weights_are_fresh(network, experiment())
        return
    text = "the network gets 10.1% of the labels right before its first step: it was trained"
    says(training.weights_are_fresh, network, experiment(), text=f"fresh weights: {text}")
