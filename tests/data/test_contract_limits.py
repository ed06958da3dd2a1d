"""Where each contract of the data draws its line: just inside it keeps silent, just outside it says all."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
from scipy import stats

from rethinking_audit.fixtures.data import contracts
from rethinking_audit.fixtures.data.contracts import ContractBroken, labels_follow_the_corruption
from rethinking_audit.fixtures.data.corruption import corrupt_labels
from rethinking_audit.fixtures.data.datasets import find
from rethinking_audit.fixtures.data.experiment import prepare
from tests.builders.contracts import experiment, says

RNG = np.random.default_rng(1)
MILLION = 1e-6  # a sound experiment is rejected once in a million


@pytest.mark.parametrize("kind", ["original", "shuffled", "random", "gaussian"])
def test_a_sound_experiment_on_coloured_images_keeps_every_contract(coloured, kind):
    assert len(contracts.check(coloured(kind))) == len(contracts.CONTRACTS)


@pytest.mark.parametrize("kind", ["original", "shuffled", "random", "gaussian"])
def test_a_sound_experiment_on_signals_of_height_1_keeps_every_contract(kind):
    assert len(contracts.check(prepare(find("mnist1d"), 100, kind, 1.0, seed=0))) == len(contracts.CONTRACTS)


# Labels, and inputs as a whole


def test_classes_of_different_size_are_corrupted_each_by_its_own():
    data = experiment(corruption=0.5)
    clean = np.where(np.arange(len(data.labels)) % 10 < 7, 0, 1 + np.arange(len(data.labels)) % 9)
    draw = np.random.default_rng(0)
    labels = np.where(draw.random(len(clean)) < 0.5, draw.integers(0, 10, len(clean)), clean)
    contracts.labels_follow_the_corruption(replace(data, clean_labels=clean, labels=labels))


def test_labels_that_a_rule_made_are_found_where_a_class_has_no_image():
    data = experiment(corruption=0.5)
    some = data.clean_labels != 3
    clean = data.clean_labels[some]
    made = replace(data, inputs=data.inputs[some], clean_labels=clean, labels=(clean + 1) % 10)
    with pytest.raises(ContractBroken, match="the labels do not depend on the classes as a uniform corruption"):
        contracts.labels_follow_the_corruption(made)


def test_labels_that_were_forced_to_differ_are_found_where_every_class_has_one_image():
    data, clean = experiment(corruption=0.5), np.arange(200)
    few = replace(data, classes=200, inputs=data.inputs[:200], clean_labels=clean, labels=(clean + 1) % 200)
    with pytest.raises(ContractBroken, match="the labels do not depend on the classes as a uniform corruption"):
        contracts.labels_follow_the_corruption(few)


def test_known_images_are_not_looked_at_again():
    data = experiment(corruption=0.5)
    spoiled = replace(data, inputs=data.inputs + np.float32(1))
    assert len(contracts.check(spoiled, known=True)) == len(contracts.CONTRACTS)
    with pytest.raises(ContractBroken):
        contracts.check(spoiled)


@pytest.mark.parametrize("probability", [0.1, 0.6, 1.0])
def test_the_tail_is_of_a_chi_square_with_the_sums_own_mean_and_variance(probability):
    """The variance of Pearson's sum over k classes with probabilities q: 2(k - 1) + (sum of 1/q - k^2 - 2k + 2) / n."""
    shares = np.array([1 - probability + probability / 3, probability / 3, probability / 3])
    variance = sum(2 * 2 + ((1 / shares).sum() - 9 - 6 + 2) / count for count in (10, 25))
    mean = 2 * 2
    expected = stats.chi2.sf(7.0 * 2 * mean / variance, 2 * mean**2 / variance)
    assert contracts._tail(7.0, 3, np.array([[10.0], [25.0]]), probability) == pytest.approx(expected)


def test_the_moments_of_a_pixel_are_over_all_images_however_they_are_parted(monkeypatch):
    images = RNG.normal(size=(10, 2, 3, 3)).astype(np.float32)
    monkeypatch.setattr(contracts, "_parts", lambda whole: [whole[:4], whole[4:7], whole[7:]])
    mean, deviation = contracts._pixel_moments(images)
    flat = images.reshape(10, 2, 9).astype(np.float64)
    assert mean == pytest.approx(flat.mean(axis=0))
    assert deviation == pytest.approx(flat.std(axis=0))


@pytest.mark.parametrize(("mean", "deviation"), [(0.01, 1.0), (0.0001, 1.02)])
def test_the_median_image_is_standardized_not_all_of_them_together(mean, deviation):
    """Three of five images are off by a little, and the others the other way, so that together they are right."""
    data = experiment()
    most = (np.arange(len(data.inputs)) % 5 < 3)[:, None, None, None]
    shift = np.where(most, mean, -1.5 * mean)
    scale = np.where(most, deviation, np.sqrt((1 - 0.6 * deviation**2) / 0.4))
    says(
        contracts.inputs_are_standardized,
        replace(data, inputs=(data.inputs * scale + shift).astype(np.float32)),
        text=f"standardized inputs: the median training image has mean {mean:.3f} and standard deviation {deviation:.3f}, "
        "expected 0 and 1",
    )


# Random pixels


@pytest.mark.parametrize(("split", "name"), [("inputs", "training"), ("test_inputs", "test")])
def test_random_pixels_keep_their_values_up_to_rounding(split, name):
    data = experiment("random")
    inputs = getattr(data, split)
    contracts.random_inputs_have_their_own_permutations(replace(data, **{split: inputs + np.float32(5e-5)}))
    says(
        contracts.random_inputs_have_their_own_permutations,
        replace(data, **{split: inputs + np.float32(5e-3)}),
        text=f"random pixels: the {name} images do not keep the values of their pixels",
    )


@pytest.mark.parametrize(("split", "name"), [("inputs", "training"), ("test_inputs", "test")])
def test_one_pixel_that_keeps_its_place_is_told_by_its_standard_errors(split, name):
    data = experiment("random")
    inputs = getattr(experiment("original"), split)
    flat = inputs.reshape(len(inputs), -1)
    score = np.abs(flat.mean(axis=0)).max() * np.sqrt(len(flat))  # of standardized images: mean 0 and deviation 1
    limit = stats.norm.isf(MILLION / 49 / 2)
    says(
        contracts.random_inputs_have_their_own_permutations,
        replace(data, **{split: inputs}),
        text=f"random pixels: the mean of the {name} images is not flat ({score:.1f} standard errors at one pixel, "
        f"expected at most {limit:.1f}): their pixels keep some of their places",
    )


@pytest.mark.parametrize("in_colour", [False, True])
@pytest.mark.parametrize(("factor", "sound"), [(0.999, True), (1.001, False)])
def test_the_mean_random_image_is_flat_within_its_limit(monkeypatch, coloured, factor, sound, in_colour):
    """The limit is put just beside what these images reach, and found by the one-in-a-million that is asked for."""
    data = coloured("random") if in_colour else experiment("random")
    channels = [part[:, i].astype(np.float64) for part in (data.inputs, data.test_inputs) for i in range(part.shape[1])]
    reached = max(float((np.abs(one.mean(axis=0) - one.mean()) * np.sqrt(len(one)) / one.std()).max()) for one in channels)
    monkeypatch.setattr(contracts, "ALPHA", 2 * data.inputs[0].size * stats.norm.sf(reached / factor))
    if sound:
        contracts.random_inputs_have_their_own_permutations(data)
    else:
        with pytest.raises(ContractBroken, match="is not flat"):
            contracts.random_inputs_have_their_own_permutations(data)


# Shuffled pixels


@pytest.mark.parametrize(("change", "sound"), [(1e-3, True), (0.5, False)])
def test_shuffled_pixels_are_a_permutation_up_to_rounding(change, sound):
    data = experiment("shuffled")
    inputs = data.inputs.copy()
    inputs[0, 0, 3, 3] += np.float32(change)
    changed = replace(data, inputs=inputs)
    if sound:
        contracts.shuffled_inputs_share_one_permutation(changed)
        return
    text = "no one permutation of whole pixels turns the images of both splits into the inputs"
    says(contracts.shuffled_inputs_share_one_permutation, changed, text=f"shuffled pixels: {text}")


# The others, by what they say


def test_what_was_never_moved_or_is_something_else_says_so():
    moved = replace(experiment(), kind="shuffled")
    text = "shuffled pixels: the pixels of the inputs were not moved at all"
    says(contracts.shuffled_inputs_share_one_permutation, moved, text=text)
    other = replace(experiment("random"), kind="original")
    says(contracts.true_inputs_are_the_images, other, text="true inputs: the inputs are not the data set's images")


@pytest.mark.parametrize(("split", "name"), [("inputs", "training"), ("test_inputs", "test")])
@pytest.mark.parametrize(
    ("shift", "scale", "sound"), [(9e-4, 1, True), (1.1e-3, 1, False), (0, 1.0009, True), (0, 0.998, False)]
)
def test_the_median_image_is_standardized_to_a_thousandth(split, name, shift, scale, sound):
    data = experiment()
    inputs = (getattr(data, split).astype(np.float64) * scale + shift).astype(np.float32)
    changed = replace(data, **{split: inputs})
    if sound:
        contracts.inputs_are_standardized(changed)
        return
    mean = np.median(inputs.astype(np.float64).mean(axis=(1, 2, 3)))
    text = f"the median {name} image has mean {mean:.3f} and standard deviation {scale:.3f}, expected 0 and 1"
    says(contracts.inputs_are_standardized, changed, text=f"standardized inputs: {text}")


def test_changed_test_labels_are_counted():
    data = experiment()
    labels = data.test_labels.copy()
    labels[:3] = (labels[:3] + 1) % 10
    text = f"clean test labels: 3 of {len(labels)} test labels were changed"
    says(contracts.test_labels_are_clean, replace(data, test_labels=labels), text=text)


def test_images_in_both_splits_are_counted_by_their_inputs_too():
    """The same image after preprocessing, though its pixels differ: it was made lighter."""
    data = experiment()
    inputs = data.inputs.copy()
    inputs[:2] = data.test_inputs[:2]
    text = "separate splits: 2 images are in the training set and in the test set"
    says(contracts.no_image_in_both_splits, replace(data, inputs=inputs), text=text)
    pixels = data.pixels.copy()
    pixels[:3] = data.test_pixels[:3]
    text = "separate splits: 3 images are in the training set and in the test set"
    says(contracts.no_image_in_both_splits, replace(data, pixels=pixels), text=text)


def test_corruption_at_the_start_says_where_half_of_it_is():
    data = experiment(corruption=0.0)
    labels = data.clean_labels.copy()
    labels[:100] = (labels[:100] + 1) % 10
    text = "the replaced labels are not spread over the training set: half of them are among its first "
    share = f"{49.5 / len(labels):.0%}"
    says(
        contracts.corruption_is_spread_evenly,
        replace(data, labels=labels),
        text=f"position of the corruption: {text}{share}",
    )


def test_labels_that_differ_without_corruption_are_counted():
    data = experiment(corruption=0.0)
    labels = data.clean_labels.copy()
    labels[:4] = (labels[:4] + 1) % 10
    text = "label corruption: 4 labels differ although the corruption is 0"
    says(contracts.labels_follow_the_corruption, replace(data, labels=labels), text=text)


def test_labels_that_do_not_follow_are_told_by_chi_square():
    """Of 200 images in each of two classes 50 are expected to be replaced, and none is."""
    clean = np.arange(400) % 2
    data = replace(experiment(), classes=2, corruption=0.5, clean_labels=clean, labels=clean)
    chi = 2 * (50**2 / 150 + 50**2 / 50)
    says(
        contracts.labels_follow_the_corruption,
        data,
        text="label corruption: the labels do not depend on the classes as a uniform corruption with p = 0.5 does "
        f"(chi-square {chi:.0f} at 2 degrees of freedom; 0.0% replaced, expected 25.0%)",
    )


@pytest.mark.parametrize(("factor", "sound"), [(0.999, False), (1.001, True)])
def test_the_chi_square_is_judged_at_its_degrees_of_freedom(monkeypatch, factor, sound):
    """Three classes, half of the labels replaced: 6 degrees of freedom, and a deviation a little within or beyond."""
    clean = np.repeat(np.arange(3), 100)
    labels = clean.copy()
    for name in range(3):
        labels[100 * name : 100 * name + 25] = (name + 1) % 3  # a quarter instead of two sixths, all to one class
    share = np.full((3, 3), 0.5 / 3) + 0.5 * np.eye(3)
    table = np.array([[np.sum((clean == i) & (labels == j)) for j in range(3)] for i in range(3)])
    chi = np.sum((table - 100 * share) ** 2 / (100 * share))
    monkeypatch.setattr(contracts, "ALPHA", stats.chi2.sf(chi * factor, 6))
    data = replace(experiment(), classes=3, corruption=0.5, clean_labels=clean, labels=labels)
    if sound:
        contracts.labels_follow_the_corruption(data)
    else:
        with pytest.raises(ContractBroken, match="at 6 degrees of freedom"):
            contracts.labels_follow_the_corruption(data)


@pytest.mark.parametrize("probability", [0.1, 0.5, 0.9, 1.0])
def test_uniform_labels_of_many_classes_are_not_refused(probability):
    """At 200 classes and 500 images a cell of the table expects a hundredth of a label."""
    clean = np.arange(500) % 200
    for seed in range(60):
        labels = corrupt_labels(clean, 200, probability, "many", seed)
        labels_follow_the_corruption(
            SimpleNamespace(classes=200, corruption=probability, clean_labels=clean, labels=labels)
        )
