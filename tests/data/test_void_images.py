"""Every published void experiment by its images is caught, and by name."""

from dataclasses import replace

import numpy as np
import pytest

from rethinking_audit.fixtures.data import contracts
from rethinking_audit.fixtures.data.contracts import ContractBroken
from rethinking_audit.fixtures.data.datasets import find
from rethinking_audit.fixtures.data.experiment import cropped, prepare, standardized
from tests.builders.contracts import RNG, broken, experiment


@pytest.mark.parametrize("kind", ["original", "shuffled", "random", "gaussian"])
@pytest.mark.parametrize("corruption", [0.0, 0.1, 0.5, 1.0])
@pytest.mark.parametrize("train_size", [300, None])
def test_a_sound_experiment_keeps_every_contract(kind, corruption, train_size):
    for seed in range(3):
        first, second = (prepare(find("digits"), train_size, kind, corruption, seed) for _ in range(2))
        contracts.same_on_every_read(first, second)
        assert len(contracts.check(first)) == len(contracts.CONTRACTS)


def test_pixels_drawn_on_every_access_leave_nothing_to_memorize():
    def read():
        return replace(experiment("gaussian"), inputs=RNG.standard_normal(experiment().inputs.shape, dtype=np.float32))

    broken(
        contracts.same_on_every_read,
        read(),
        read(),
        contract="same on every read",
        reason="the inputs differ between two reads",
    )


def test_another_permutation_for_the_test_images():
    data, other = experiment("shuffled"), prepare(find("digits"), None, "shuffled", 1.0, seed=1)
    broken(
        contracts.check,
        replace(data, test_inputs=other.test_inputs),
        contract="shuffled pixels",
        reason="no one permutation",
    )


def test_a_permutation_that_mixes_the_channels():
    """All 3 x 49 values moved freely instead of 49 pixels: shown on images of three channels."""
    data = experiment("shuffled")
    pixels, tests = (RNG.random((40, 3, 8, 8), dtype=np.float32) for _ in range(2))
    order = RNG.permutation(3 * 49)

    def moved(images):
        return standardized(cropped(images, (7, 7))).reshape(40, -1)[:, order].reshape(40, 3, 7, 7)

    mixed = replace(data, pixels=pixels, test_pixels=tests, inputs=moved(pixels), test_inputs=moved(tests))
    broken(
        contracts.shuffled_inputs_share_one_permutation,
        mixed,
        contract="shuffled pixels",
        reason="no one permutation of whole pixels",
    )


def test_shuffled_pixels_that_were_never_moved():
    data = replace(experiment(), kind="shuffled")
    broken(contracts.check, data, contract="shuffled pixels", reason="not moved at all")


def test_random_pixels_that_only_change_rows():
    data = experiment()
    flat = data.inputs.copy()
    for image in flat:
        image[:] = image[:, RNG.permutation(7), :]
    broken(
        contracts.check,
        replace(data, kind="random", inputs=flat),
        contract="random pixels",
        reason="keep some of their places",
    )


def test_random_pixels_by_one_permutation():
    data = replace(experiment("shuffled"), kind="random")
    broken(contracts.check, data, contract="random pixels", reason="keep some of their places")


def test_random_pixels_that_are_other_pixels():
    data = experiment("random")
    other = standardized(RNG.random(data.inputs.shape, dtype=np.float32))
    broken(contracts.check, replace(data, inputs=other), contract="random pixels", reason="do not keep the values")


def test_gaussian_noise_written_into_the_first_rows_only():
    data = experiment("gaussian")
    inputs = np.zeros_like(data.inputs)
    inputs[:, :, :3] = data.inputs[:, :, :3]
    broken(
        contracts.check,
        replace(data, inputs=standardized(inputs)),
        contract="Gaussian inputs",
        reason="deviation of a pixel",
    )


def test_gaussian_noise_clipped_to_the_range_of_pixels():
    data = experiment("gaussian")
    noise = standardized(np.clip(RNG.standard_normal(data.inputs.shape, dtype=np.float32) * 0.5, 0, 1))
    broken(contracts.check, replace(data, inputs=noise), contract="Gaussian inputs", reason="kurtosis")


def test_gaussian_noise_that_is_not_standardized():
    """Mean 0.47 and deviation 0.24 beside images of mean 0 and deviation 1."""
    data = experiment("gaussian")
    noise = np.clip(0.47 + 0.24 * RNG.standard_normal(data.inputs.shape, dtype=np.float32), 0, 1)
    broken(contracts.check, replace(data, inputs=noise), contract="standardized inputs", reason="standard deviation 0.2")


def test_pixels_divided_by_255_twice():
    """The floor of the standardization takes over, and the images' deviation falls to a few hundredths."""
    data = experiment()
    scaled = standardized(cropped(data.pixels / 255, (7, 7)))
    broken(
        contracts.check,
        replace(data, inputs=scaled),
        contract="standardized inputs",
        reason="median training image has mean",
    )


def test_true_inputs_that_are_something_else():
    data = replace(experiment("random"), kind="original")
    broken(contracts.check, data, contract="true inputs", reason="not the data set's images")


@pytest.mark.parametrize("what", ["labels", "inputs", "test_labels", "test_inputs"])
def test_whatever_is_drawn_on_every_access_is_named(what):
    reads = experiment(), replace(experiment(), **{what: getattr(experiment(), what) + 1})
    reason = f"^same on every read: the {what.replace('_', ' ')} differ between two reads$"
    broken(contracts.same_on_every_read, *reads, contract="same on every read", reason=reason)


@pytest.mark.parametrize("split", ["inputs", "test_inputs"])
def test_true_inputs_of_one_split_only(split):
    data = replace(experiment("random"), kind="original", **{split: getattr(experiment("original"), split)})
    broken(contracts.check, data, contract="true inputs", reason="not the data set's images")


@pytest.mark.parametrize("split", ["inputs", "test_inputs"])
def test_true_inputs_are_the_images_up_to_rounding(split):
    data = experiment()
    inputs = getattr(data, split)
    jitter = np.where(RNG.random(inputs.shape) < 0.5, -1, 1).astype(np.float32)
    contracts.true_inputs_are_the_images(replace(data, **{split: inputs + 5e-4 * jitter}))
    with pytest.raises(ContractBroken):
        contracts.true_inputs_are_the_images(replace(data, **{split: inputs + 5e-3 * jitter}))


def test_a_flat_image_keeps_the_floor_of_the_standardization():
    """Its pixels' deviation is one and a half times the floor, which leaves it as any other image is."""
    data = experiment()
    pixels = data.pixels.copy()
    flat = cropped(pixels[:1], (7, 7))
    scale = 1.5 / np.sqrt(flat.size) / flat.std()
    pixels[0] *= np.float32(scale)
    contracts.true_inputs_are_the_images(replace(data, pixels=pixels, inputs=standardized(cropped(pixels, (7, 7)))))
