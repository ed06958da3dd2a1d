"""Labels and pixels are corrupted as the paper says, and the same way every time."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rethinking_audit.fixtures.data import datasets
from rethinking_audit.fixtures.data.corruption import corrupt_labels, randomize_inputs
from rethinking_audit.fixtures.data.datasets import find
from rethinking_audit.fixtures.data.experiment import prepare

LABELS = np.arange(5000) % 10


def corrupted(probability, seed=0, digest="d"):
    return corrupt_labels(LABELS, 10, probability, digest, seed)


@given(st.floats(0, 1), st.integers(0, 2**31))
@settings(deadline=None, max_examples=30)
def test_corruption_is_a_pure_function(probability, seed):
    first = corrupted(probability, seed)
    np.random.default_rng().random()  # whatever else is drawn
    assert np.array_equal(first, corrupted(probability, seed))
    assert first.min() >= 0
    assert first.max() <= 9


def test_no_corruption_changes_nothing():
    assert np.array_equal(corrupted(0.0), LABELS)


@pytest.mark.parametrize("probability", [0.1, 0.5, 1.0])
def test_the_true_class_may_be_drawn(probability):
    """A share p(N - 1)/N is replaced, within five standard deviations of the binomial."""
    replaced, expected = np.mean(corrupted(probability) != LABELS), 0.9 * probability
    assert abs(replaced - expected) < 5 * np.sqrt(expected * (1 - expected) / len(LABELS))


@pytest.mark.parametrize("other", [{"probability": 0.6}, {"seed": 1}, {"digest": "e"}])
def test_every_argument_matters(other):
    assert not np.array_equal(corrupted(0.5), corrupted(**{"probability": 0.5, **other}))


def places(small, data):
    """Where the training images of a subset are in the whole data set."""
    found = {image.tobytes(): place for place, image in enumerate(data.train_images)}
    return [found[image.tobytes()] for image in small.train_images]


@pytest.mark.parametrize("size", [200, 203])
def test_a_subset_has_equally_many_of_each_class_in_the_order_of_the_data_set(size):
    data, small = datasets.find("digits").load(), datasets.find("digits").draw(size, 0)
    kept = places(small, data)
    assert len(kept) == size
    assert kept == sorted(set(kept))
    assert np.array_equal(small.train_labels, data.train_labels[kept])
    assert np.ptp(np.bincount(small.train_labels)) == (size % 10 > 0)
    assert np.array_equal(small.test_images, data.test_images)


def test_a_seed_draws_its_own_subset_and_the_same_one_each_time():
    data, whole = datasets.find("digits"), datasets.find("digits").load()
    first, again, other = (places(data.draw(200, seed), whole) for seed in (0, 0, 1))
    assert first == again
    assert 10 < len(set(first) & set(other)) < 90  # 200 of 901, twice: 44 by chance
    assert set(first) < set(places(data.draw(300, 0), whole))  # a smaller one is a part of it
    extra = [np.bincount(data.draw(203, seed).train_labels).argmax() for seed in range(20)]
    assert len(set(extra)) > 3  # the classes with one more are drawn too


def test_over_many_seeds_every_image_is_drawn_as_often():
    """An image of the largest class is drawn less often, one of the smallest more: 100 seeds of 450 of 901."""
    data, whole = datasets.find("digits"), datasets.find("digits").load()
    times = np.bincount(np.concatenate([places(data.draw(450, seed), whole) for seed in range(100)]), minlength=901)
    assert 25 < times.min() <= times.max() < 75


def test_all_images_are_the_same_for_every_seed_and_a_subset_is_not():
    data = datasets.find("digits")
    assert [data.redraws(size) for size in (None, 901, 900)] == [False, False, True]
    assert data.draw(901, 0) is data.draw(None, 1) is data.load()


def test_digits_are_split_by_class():
    data = datasets.find("digits").load()
    assert len(data.train_labels) + len(data.test_labels) == 1797
    difference = np.bincount(data.train_labels) - np.bincount(data.test_labels)
    assert set(difference) <= {0, 1}


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: corrupted(1.5), "1.5"),
        (lambda: datasets.find("digits").draw(5, 0), "5 images"),
        (lambda: datasets.find("digits").draw(9000, 0), "9000 images"),
        (lambda: datasets.find("svhn").about, "'svhn'"),
        (lambda: prepare(find("digits"), None, "upside-down", 0, 0), "'upside-down'"),
    ],
)
def test_what_is_out_of_range_is_quoted(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def images(count, seed=0):
    return np.random.default_rng(seed).random((count, 3, 4, 4), dtype=np.float32)


def randomized(kind, split="train", count=50):
    return randomize_inputs(images(count), kind, "d", 0, split, like=images(50))


def test_true_inputs_stay():
    assert np.array_equal(randomized("original"), images(50))


def test_shuffled_pixels_move_alike_in_both_splits_and_all_channels():
    """The one permutation is read off the training images, and explains the test images."""
    before, after = images(50).reshape(50, 3, 16), randomized("shuffled").reshape(50, 3, 16)
    order = [int(np.flatnonzero((before == after[:, :, [place]]).all(axis=(0, 1)))[0]) for place in range(16)]
    assert sorted(order) == list(range(16))
    assert order != list(range(16))
    assert np.array_equal(randomized("shuffled", "test").reshape(50, 3, 16), before[:, :, order])


def test_random_pixels_keep_their_values_and_move_with_all_channels():
    before, after = images(50).reshape(50, 3, 16), randomized("random").reshape(50, 3, 16)
    for one, other in zip(before, after, strict=True):
        assert {tuple(pixel) for pixel in one.T} == {tuple(pixel) for pixel in other.T}
    assert not np.array_equal(randomized("random"), randomized("random", "test"))


def test_gaussian_pixels_match_mean_and_variance_of_each_channel():
    noise, like = randomized("gaussian", count=4000), images(50)
    np.testing.assert_allclose(noise.mean((0, 2, 3)), like.mean((0, 2, 3)), atol=0.01)
    np.testing.assert_allclose(noise.std((0, 2, 3)), like.std((0, 2, 3)), atol=0.01)
    assert noise.min() < 0  # a normal distribution is not clipped to the range of pixels
