"""Every published void experiment that a contract can catch is caught, and by name.

Each test makes the mistake that some reproduction published, and shows which contract says so.
"""

from dataclasses import replace

import numpy as np
import pytest
import torch

from rethinking_audit.fixtures.data import contracts
from rethinking_audit.fixtures.data.contracts import REPLACED, ContractBroken
from rethinking_audit.fixtures.data.datasets import find
from rethinking_audit.fixtures.data.experiment import cropped, prepare, standardized
from rethinking_audit.fixtures.networks import NETWORKS
from rethinking_audit.fixtures.networks.build import build
from rethinking_audit.fixtures.tasks.training import Training
from rethinking_audit.fixtures.training import contracts as training
from rethinking_audit.fixtures.training.loop import train
from rethinking_audit.fixtures.training.spec import Recipe
from rethinking_audit.fixtures.training.tensors import Tensors, batches

RECIPE = Recipe(batch=64, learning_rate=0.1, momentum=0.9, decay=1.0, budget=30, patience=30, test_every=0)
RNG = np.random.default_rng(0)


def experiment(kind="true", corruption=1.0, subset=None):
    return prepare(find("digits"), subset, kind, corruption, seed=0)


def epoch(data, recipe=RECIPE):
    return list(batches(Tensors.of(data, "cpu", recipe), recipe, 0, 1))


def broken(check, *arguments, contract, reason):
    with pytest.raises(ContractBroken, match=reason) as caught:
        check(*arguments)
    assert caught.value.contract == contract


@pytest.mark.parametrize("kind", ["true", "shuffled", "random", "gaussian"])
@pytest.mark.parametrize("corruption", [0.0, 0.1, 0.5, 1.0])
@pytest.mark.parametrize("subset", [300, None])
def test_a_sound_experiment_keeps_every_contract(kind, corruption, subset):
    for seed in range(3):
        first, second = (prepare(find("digits"), subset, kind, corruption, seed) for _ in range(2))
        contracts.same_on_every_read(first, second)
        assert len(contracts.check(first)) == len(contracts.CONTRACTS)


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


def test_labels_permuted_inside_each_batch_are_not_the_experiments():
    data = experiment()
    seen = [(images, labels[torch.randperm(len(labels))]) for images, labels in epoch(data)]
    broken(
        training.optimizer_sees_the_experiment,
        seen,
        data,
        False,
        contract="what the optimizer sees",
        reason="the labels of its images are not the ones that belong to them",
    )


def test_training_on_other_labels_than_the_corrupted_ones():
    data = experiment()
    seen = epoch(replace(data, labels=data.clean_labels))
    broken(
        training.optimizer_sees_the_experiment,
        seen,
        data,
        False,
        contract="what the optimizer sees",
        reason="labels in the batches are not the experiment's",
    )


def test_corrupted_pixels_that_are_stored_but_not_trained_on():
    """Random pixels that end at the accuracy of clean images."""
    data = experiment("random")
    clean = standardized(cropped(data.pixels, 7))
    broken(
        training.optimizer_sees_the_experiment,
        epoch(replace(data, inputs=clean)),
        data,
        False,
        contract="what the optimizer sees",
        reason="images are not the inputs",
    )


def test_augmentation_left_on():
    """A flag "False" that is a true string."""
    data = experiment()
    seen = epoch(data, replace(RECIPE, crop=True))
    broken(
        training.optimizer_sees_the_experiment,
        seen,
        data,
        False,
        contract="what the optimizer sees",
        reason="images are not the inputs",
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
        return standardized(cropped(images, 7)).reshape(40, -1)[:, order].reshape(40, 3, 7, 7)

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
    scaled = standardized(cropped(data.pixels / 255, 7))
    broken(
        contracts.check,
        replace(data, inputs=scaled),
        contract="standardized inputs",
        reason="median training image has mean",
    )


@pytest.mark.parametrize(
    ("built", "named", "difference"),
    [
        ("inception", "inception-without-batch-norm", "ShiftBatchNorm"),  # a flag that was reset
        ("mlp-1x512", "mlp-3x512", "Linear"),  # a number of layers that was reset
    ],
)
def test_a_network_that_is_not_the_one_it_is_called(built, named, difference):
    network = build(built, 7, 1, 10, 0.25)
    broken(
        training.network_is_the_named_one, network, named, 7, 1, 10, 0.25, contract="the named network", reason=difference
    )


def test_dropout_that_is_swallowed():
    with pytest.raises(ValueError, match=r"dropout is 0\.2, but the network has no dropout layer"):
        train(build("mlp-1x512", 7, 1, 10), experiment(), replace(RECIPE, dropout=0.2), 0, "cpu")


def test_a_network_that_was_trained_at_another_level_before():
    torch.manual_seed(0)
    network = build("mlp-1x512", 7, 1, 10)
    train(network, experiment(corruption=0.0), RECIPE, 0, "cpu")
    broken(
        training.weights_are_fresh, network, experiment(corruption=0.1), contract="fresh weights", reason="it was trained"
    )


@pytest.mark.parametrize(
    "name", ["mlp-1x512", "mlp-3x512", "alexnet", "inception", "inception-without-batch-norm", "linear"]
)
def test_a_fresh_network_is_not_accused(name):
    data = experiment(corruption=0.0)
    for seed in range(20):
        torch.manual_seed(seed)
        training.weights_are_fresh(build(name, 7, 1, 10, 0.25), data)


class Knowing(torch.nn.Module):
    """Knows the labels of so large a share of the images, which hold their own number as their first value."""

    def __init__(self, labels, share):
        super().__init__()
        known = RNG.random(len(labels)) < share
        self.answers = torch.as_tensor(np.where(known, labels, RNG.integers(0, 10, len(labels))))

    def forward(self, images):
        return torch.nn.functional.one_hot(self.answers[images[:, 0, 0, 0].long()], 10).float()


@pytest.mark.parametrize("order", ["mixed", "by class"])
@pytest.mark.parametrize(("right", "found"), [(0.1, False), (0.3, True)])
def test_of_many_images_a_sample_tells_whether_a_network_was_trained(order, right, found):
    count = 20_000
    labels = RNG.integers(0, 10, count) if order == "mixed" else np.sort(RNG.integers(0, 10, count))
    images = np.arange(count, dtype=np.float32).reshape(-1, 1, 1, 1)
    data = replace(experiment(), inputs=images, labels=labels)
    seen, network = [], Knowing(labels, (right - 0.1) / 0.9)
    network.register_forward_pre_hook(lambda network, inputs: seen.extend(inputs[0].flatten().tolist()))
    if found:
        broken(training.weights_are_fresh, network, data, contract="fresh weights", reason="it was trained")
    else:
        training.weights_are_fresh(network, data)
    assert len(set(seen)) == training.SAMPLE
    assert (min(seen), max(seen)) == (0, count - 1)


def test_of_few_images_all_are_looked_at():
    data = experiment(subset=training.SAMPLE)
    assert training._sample(data) is data


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
    data = experiment(subset=300)
    forced = replace(data, labels=(data.clean_labels + RNG.integers(1, 10, 300)) % 10)
    contracts.labels_follow_the_corruption(forced)
    broken(contracts.check, forced, contract=REPLACED, reason=r"100\.0% of 300 labels are replaced, expected 90\.0%")


@pytest.mark.parametrize("corruption", [0.0, 0.1, 0.5, 1.0])
@pytest.mark.parametrize("subset", [300, None])
def test_a_sound_share_of_labels_is_replaced(corruption, subset):
    for seed in range(3):
        contracts.as_many_labels_are_replaced(prepare(find("digits"), subset, "true", corruption, seed))


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


def test_true_inputs_that_are_something_else():
    data = replace(experiment("random"), kind="true")
    broken(contracts.check, data, contract="true inputs", reason="not the data set's images")


def test_a_wrong_parameter_count(monkeypatch):
    monkeypatch.setitem(NETWORKS, "mlp-1x512", replace(NETWORKS["mlp-1x512"], parameters=1_577_984))
    broken(training.paper_parameters, "mlp-1x512", contract="parameter count", reason="1,209,866 parameters")


def test_an_epoch_that_leaves_examples_out():
    data = experiment()
    broken(
        training.optimizer_sees_the_experiment,
        epoch(data)[:-1],
        data,
        False,
        contract="what the optimizer sees",
        reason="expected 901",
    )


@pytest.mark.parametrize("what", ["labels", "inputs", "test_labels", "test_inputs"])
def test_whatever_is_drawn_on_every_access_is_named(what):
    reads = experiment(), replace(experiment(), **{what: getattr(experiment(), what) + 1})
    reason = f"^same on every read: the {what.replace('_', ' ')} differ between two reads$"
    broken(contracts.same_on_every_read, *reads, contract="same on every read", reason=reason)


@pytest.mark.parametrize("split", ["inputs", "test_inputs"])
def test_true_inputs_of_one_split_only(split):
    data = replace(experiment("random"), kind="true", **{split: getattr(experiment("true"), split)})
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
    flat = cropped(pixels[:1], 7)
    scale = 1.5 / np.sqrt(flat.size) / flat.std()
    pixels[0] *= np.float32(scale)
    contracts.true_inputs_are_the_images(replace(data, pixels=pixels, inputs=standardized(cropped(pixels, 7))))


def test_a_network_of_another_width_differs_in_its_sizes():
    broken(
        training.network_is_the_named_one,
        *(build("mlp-1x512", 7, 1, 10, 0.25), "mlp-1x512", 7, 1, 10, 0.5),
        contract="the named network",
        reason=r"^the named network: mlp-1x512 has 7,690 parameters, expected 15,370 \(differs in: sizes\)$",
    )


def test_all_layers_that_differ_are_named():
    broken(
        training.network_is_the_named_one,
        *(build("mlp-1x512", 7, 1, 10), "mlp-3x512", 7, 1, 10, 1.0),
        contract="the named network",
        reason=r"\(differs in: 1 x ReLU, 2 x Linear, 3 x ReLU, 4 x Linear\)$",
    )


def spec(**changes):
    return Training(
        data=find("digits"), network="mlp-1x512", recipe=replace(RECIPE, **changes), seed=0, corruption=1.0, width=0.25
    )


def test_a_run_keeps_four_contracts_before_its_first_step():
    torch.manual_seed(0)
    network, data = build("mlp-1x512", 7, 1, 10, 0.25), experiment()
    names = ["network_is_the_named_one", "paper_parameters", "weights_are_fresh", "optimizer_sees_the_experiment"]
    assert training.check_training(network, data, spec()) == names
    assert training.check_training(network, data, spec(flip=True)) == names


def test_a_run_of_a_network_with_another_parameter_count(monkeypatch):
    monkeypatch.setitem(NETWORKS, "mlp-1x512", replace(NETWORKS["mlp-1x512"], parameters=1))
    network = build("mlp-1x512", 7, 1, 10, 0.25)
    broken(training.check_training, network, experiment(), spec(), contract="parameter count", reason="expected 1$")


def test_batches_of_images_whose_labels_are_another_number():
    images, labels = epoch(experiment())[0]
    with pytest.raises(ValueError, match="zip"):
        training.examples(images, labels[:-1])
