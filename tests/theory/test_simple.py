"""The simple learners that a kernel machine is compared with, and the flags of what they get wrong."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from sklearn.linear_model import RidgeClassifier
from sklearn.neighbors import KNeighborsClassifier

from rethinking_audit.fixtures.data import datasets
from rethinking_audit.fixtures.theory import simple
from rethinking_audit.fixtures.theory.masks import packed, unpacked


def digits(count=400):
    data = datasets.find("digits").load()
    images = (part.reshape(len(part), -1) / data.max_value for part in (data.train_images, data.test_images))
    points, unseen = (torch.from_numpy(part[:count]) for part in images)
    return points, torch.from_numpy(data.train_labels[:count]), unseen


def test_the_nearest_neighbour_is_that_of_scikit_learn():
    points, labels, unseen = digits()
    known = KNeighborsClassifier(1, algorithm="brute").fit(points, labels).predict(unseen)
    assert np.array_equal(simple.nearest_neighbour(points, labels, unseen), known)


def test_ridge_regression_is_that_of_scikit_learn_at_the_penalty_that_held_out_images_choose():
    points, labels, unseen = digits()
    centred = points - points.mean(0)
    scale = float(torch.trace(centred.T @ centred)) / points.shape[1]
    found = simple.ridge(points, labels, unseen, 10).numpy()
    known = [RidgeClassifier(alpha=share * scale).fit(points, labels).predict(unseen) for share in simple.PENALTIES]
    assert any(np.mean(found != one) < 0.01 for one in known)
    assert len({one.tobytes() for one in known}) > 1


def test_ridge_regression_takes_the_penalty_that_is_best_on_held_out_images(monkeypatch):
    points, labels, unseen = digits()
    alone = {}
    for share in simple.PENALTIES:
        monkeypatch.setattr(simple, "PENALTIES", (share,))
        alone[share] = simple.ridge(points, labels, unseen, 10)
    monkeypatch.setattr(simple, "PENALTIES", (1e9, 1e-2))  # the first predicts next to nothing
    assert torch.equal(simple.ridge(points, labels, unseen, 10), alone[1e-2])


@given(st.lists(st.booleans(), max_size=40))
def test_flags_come_back_as_they_were(flags):
    assert unpacked(packed(flags), len(flags)) == flags


def test_a_text_that_is_no_hexadecimal_number_is_refused():
    with pytest.raises(ValueError, match="hexadecimal"):
        unpacked("xy", 8)
