"""Copies of an image are found by its pixels before anything is trained, told by name, and set aside."""

import numpy as np
import pytest
import torch

from rethinking_audit.fixtures.data import contracts, copies
from rethinking_audit.fixtures.data.dataset import paper_crop
from rethinking_audit.fixtures.data.datasets import find
from rethinking_audit.fixtures.data.experiment import prepare
from rethinking_audit.fixtures.data.given import Given
from rethinking_audit.fixtures.data.preprocessing import centre_crop, standardize
from tests.builders.inputs import many

DRAW = np.random.default_rng(1)
IMAGES = DRAW.integers(0, 256, (14, 1, 10, 10), dtype=np.uint8)


def of(train, labels, test, **other):
    """A data set of images by their places in IMAGES."""
    labels = np.array(labels)
    arrays = IMAGES[train], labels, IMAGES[test], np.arange(len(test)) // 2 % 2 if len(test) > 2 else np.arange(len(test))
    return Given("mine", int(labels.max()) + 1, paper_crop(10), 255, *arrays, **other)


def separated(data):
    return copies.without_copies(data, lambda split, place: f"{split}{place}")


def test_a_data_set_without_copies_stays_as_it_is():
    data = of([0, 1, 2, 3], [0, 1, 0, 1], [4, 5])
    assert separated(data) is data


def test_copies_in_training_are_set_aside_down_to_one():
    found = separated(of([0, 1, 0, 2, 0, 1], [0, 1, 0, 0, 0, 1], [4, 5], remarks=("before",)))
    assert np.array_equal(found.train_images, IMAGES[[0, 1, 2]])
    assert found.train_labels.tolist() == [0, 1, 0]
    assert found.remarks == (
        "before",
        "3 training images are copies of others, left out: train2 = train0, train4 = train0, train5 = train1",
    )


def test_copies_with_several_labels_are_all_set_aside():
    """Also those that agree with one another: nobody knows which label is right."""
    found = separated(of([0, 1, 0, 2, 0, 3], [0, 1, 0, 0, 1, 1], [4, 0]))
    assert np.array_equal(found.train_images, IMAGES[[1, 2, 3]])
    assert len(found.test_images) == 2  # nothing in training is like it any more
    told = "2 training images are copies with another label, as are their originals, left out"
    assert found.remarks == (f"{told}: train2 = train0, train4 = train0",)


def test_test_images_that_are_trained_on_are_set_aside():
    found = separated(of([0, 1, 2, 3], [0, 1, 0, 1], [4, 0, 5, 3]))
    assert np.array_equal(found.test_images, IMAGES[[4, 5]])
    assert found.remarks == ("2 test images are training images too, left out: test1 = train0, test3 = train3",)


def test_copies_in_test_alone_stay():
    data = of([0, 1], [0, 1], [4, 4, 5])
    assert separated(data) is data


def test_only_the_first_few_are_named():
    found = separated(of([0, 1, *[0] * 9], [0, 1, *[0] * 9], [4]))
    assert found.remarks[0].endswith("left out: train2 = train0, train3 = train0, train4 = train0 and 6 more")


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (
            of([0, 1], [0, 1], [0, 1, 0]),
            "^no test image is new: 3 test images are training images too, left out: test0 = train0",
        ),
        (of([0, 1, 0], [0, 1, 1], [4]), "^no training image of class 0 is left: 1 training image is a copy with another"),
    ],
    ids=["test", "class"],
)
def test_what_leaves_nothing_is_refused(data, said):
    with pytest.raises(ValueError, match=said):
        separated(data)


@pytest.mark.parametrize(
    "change",
    [lambda image: image // 2 * 2, lambda image: 255 - image, lambda image: np.roll(image, 1, axis=2)],
    ids=["rounded", "negative", "moved"],
)
def test_near_copies_are_not_copies(change):
    one, other = copies.digests(np.stack([IMAGES[0], change(IMAGES[0])]), (8, 8))
    assert one != other


def test_images_that_standardizing_makes_equal_are_copies():
    dim = IMAGES[:1] % 2 * 100
    pair = np.concatenate([dim, dim * 2 + 40])
    one, other = copies.digests(pair, (8, 8))
    seen = standardize(torch.as_tensor(centre_crop(pair, (8, 8)) / 255))
    assert one == other
    assert torch.allclose(seen[0], seen[1])


def test_what_the_crop_leaves_out_makes_no_difference():
    other = IMAGES[0].copy()
    other[:, 0] = 7
    assert len(set(copies.digests(np.stack([IMAGES[0], other]), (8, 8)))) == 1
    assert len(set(copies.digests(np.stack([IMAGES[0], other]), (10, 10)))) == 2


def test_the_digest_is_of_the_crop_that_preprocessing_takes():
    for crop in ((8, 8), (7, 9), (1, 10)):
        outside = np.ones_like(IMAGES[:1])
        centre_crop(outside, crop)[:] = 0
        changed = np.where(outside == 1, 255 - IMAGES[:1], IMAGES[:1])
        assert copies.digests(IMAGES[:1], crop) == copies.digests(changed, crop)


def test_flat_images_are_copies_of_one_another():
    flat = np.stack([np.full_like(IMAGES[0], value) for value in (0, 7, 255)])
    assert len(set(copies.digests(flat, (8, 8)))) == 1
    assert len(set(copies.digests(flat / np.float32(255), (8, 8)))) == 1


def test_what_is_left_keeps_the_contracts(tmp_path, own_folders):
    name = many(tmp_path, 300, 3)
    path = tmp_path / "mine.npz"
    found = dict(np.load(path))
    found["train_images"][290:] = found["train_images"][:10]
    found["test_images"][:5] = found["train_images"][20:25]
    np.savez(path, **found)
    experiment = prepare(find(name), None, "original", 1.0, 0)
    assert (len(experiment.labels), len(experiment.test_labels)) == (280, 15)  # 290 = 2 and 0 = 0 modulo 3: labels differ
    assert len(contracts.check(experiment)) == len(contracts.CONTRACTS)


def test_nearly_flat_images_of_different_contrast_are_no_copies():
    """Standardizing does not bring their deviation to 1, so that a network sees the difference."""
    faint = np.zeros((2, 1, 8, 8), np.uint8)
    faint[0, 0, 0, 0], faint[1, 0, 0, 0] = 1, 144
    seen = standardize(torch.as_tensor(faint / 255))
    assert not torch.allclose(seen[0], seen[1], atol=1e-2)
    assert len(set(copies.digests(faint, (8, 8)))) == 2
    both = np.zeros((2, 1, 8, 8), np.uint8)  # one nearly flat, the other not, and equal in the smallest whole steps
    both[0, 0, 0, :2], both[1, 0, 0, :2] = 1, 200
    assert len(set(copies.digests(both, (8, 8)))) == 2
