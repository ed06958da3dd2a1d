"""Every published void experiment by its labels is caught, and by name."""

from dataclasses import replace

import pytest

from rethinking_audit.fixtures.data import contracts
from rethinking_audit.fixtures.data.contracts import REPLACED
from rethinking_audit.fixtures.data.datasets import find
from rethinking_audit.fixtures.data.experiment import prepare
from tests.builders.contracts import RNG, broken, experiment


def test_a_permutation_of_the_classes_is_no_random_label():
    """Ten pairs of true and "random" label instead of a hundred: learnable."""
    labels = RNG.permutation(10)[experiment().clean_labels]
    broken(
        contracts.check,
        replace(experiment(), labels=labels),
        contract="label corruption",
        reason="do not depend on the classes",
    )


def test_labels_drawn_on_every_access_leave_nothing_to_memorize():
    def read():
        return replace(experiment(), labels=RNG.integers(0, 10, len(experiment().labels)))

    broken(
        contracts.same_on_every_read,
        read(),
        read(),
        contract="same on every read",
        reason="the labels differ between two reads",
    )


def test_corruption_of_the_first_part_of_the_training_set():
    data = experiment(corruption=0.5)
    half = len(data.labels) // 2
    labels = data.clean_labels.copy()
    labels[:half] = RNG.permutation(labels[:half])
    broken(
        contracts.corruption_is_spread_evenly,
        replace(data, labels=labels),
        contract="position of the corruption",
        reason="not spread over the training set",
    )


def test_labels_forced_to_differ_are_not_uniform():
    """Uniform resampling leaves one in N as it was; a forced change leaves none."""
    data = experiment()
    labels = (data.clean_labels + RNG.integers(1, 10, len(data.labels))) % 10
    broken(
        contracts.check,
        replace(data, labels=labels),
        contract="label corruption",
        reason=r"100\.0% replaced, expected 90\.0%",
    )


def test_labels_forced_to_differ_are_found_on_few_images_too():
    """Where the whole table of labels is too thin for a chi-square test, their share is not."""
    data = experiment(train_size=300)
    forced = replace(data, labels=(data.clean_labels + RNG.integers(1, 10, 300)) % 10)
    contracts.labels_follow_the_corruption(forced)
    broken(contracts.check, forced, contract=REPLACED, reason=r"100\.0% of 300 labels are replaced, expected 90\.0%")


@pytest.mark.parametrize("corruption", [0.0, 0.1, 0.5, 1.0])
@pytest.mark.parametrize("train_size", [300, None])
def test_a_sound_share_of_labels_is_replaced(corruption, train_size):
    for seed in range(3):
        contracts.as_many_labels_are_replaced(prepare(find("digits"), train_size, "original", corruption, seed))


def test_labels_that_were_not_corrupted_at_all():
    data = replace(experiment(corruption=0.0), corruption=0.5)
    broken(contracts.check, data, contract="label corruption", reason=r"0\.0% replaced, expected 45\.0%")


def test_true_labels_that_were_corrupted():
    data = replace(experiment(corruption=0.5), corruption=0.0)
    broken(contracts.check, data, contract="label corruption", reason="although the corruption is 0")


def test_corrupted_test_labels():
    data = experiment(corruption=0.5)
    labels = (data.test_labels + (RNG.random(len(data.test_labels)) < 0.5)) % 10
    broken(
        contracts.check, replace(data, test_labels=labels), contract="clean test labels", reason="test labels were changed"
    )


def test_a_test_image_in_the_training_set():
    data = experiment()
    pixels, inputs = data.pixels.copy(), data.inputs.copy()
    pixels[0], inputs[0] = data.test_pixels[5], data.test_inputs[5]
    broken(
        contracts.check,
        replace(data, pixels=pixels, inputs=inputs),
        contract="separate splits",
        reason="1 images are in the training set and in the test set",
    )
