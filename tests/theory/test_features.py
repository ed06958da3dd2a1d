"""Gabor wavelets and random convolutional features are what they are said to be, and linear classifiers on them too."""

import math

import pytest
import torch

from rethinking_audit.fixtures.data import datasets
from rethinking_audit.fixtures.theory import dual, features, gabor, kernels


def digits(count=None):
    data = datasets.find("digits").load()
    train, test = (torch.from_numpy(part / data.max_value)[:count] for part in (data.train_images, data.test_images))
    return train, torch.from_numpy(data.train_labels)[:count], test, torch.from_numpy(data.test_labels)[:count]


def noise(n=6, channels=3, side=12, seed=0):
    return torch.rand(n, channels, side, side, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def test_gabor_filters_ignore_flat_areas_and_answer_to_their_wave():
    for wavelength, bank in zip(gabor.WAVELENGTHS, gabor.filter_bank(), strict=True):
        assert bank.shape[:2] == (2 * gabor.ORIENTATIONS, 1)
        assert bank.sum((1, 2, 3)).abs().max() < 1e-15
        x = torch.arange(64, dtype=torch.float64)
        waves = [torch.cos(2 * math.pi / length * x).expand(1, 1, 64, 64) for length in (wavelength, 3 * wavelength)]
        own, other = (torch.nn.functional.conv2d(wave, bank) for wave in waves)
        strength = torch.hypot(*own.chunk(2, 1)).mean((0, 2, 3))
        assert strength.argmax() == 0  # the first orientation's wave runs along x
        assert strength[0] > 3 * torch.hypot(*other.chunk(2, 1)).mean((0, 2, 3))[0]


def test_gabor_features_do_not_depend_on_blocks():
    images = noise(5, 1, 28)
    steps = []
    found = gabor.features(images, 2, lambda done, of: steps.append((done, of)))
    assert found.shape == (5, 2 * 8 * 7 * 7)
    torch.testing.assert_close(found, gabor.features(images, 100), rtol=1e-12, atol=1e-12)
    assert steps == [(2, 5), (4, 5), (5, 5)]


@pytest.mark.parametrize("side", [8, 12, 30])
def test_images_smaller_than_a_filter_have_its_convolution(side):
    images = noise(channels=1, side=side)
    for bank in gabor.filter_bank():
        expected = torch.nn.functional.conv2d(images, bank, padding=bank.shape[-1] // 2)
        found = gabor._transform(bank, images.shape[2:])(images)
        torch.testing.assert_close(found, expected, rtol=1e-12, atol=1e-12)


def test_gabor_features_of_digits_generalize():
    train, labels, test, test_labels = digits()
    found, unseen = gabor.features(train), gabor.features(test)
    machine = kernels.fit(found, dual.one_hot(labels, 10), kernels.relative_gamma(found, 1.0))
    assert kernels.error_rate(machine(found), labels) == 0
    assert kernels.error_rate(machine(unseen), test_labels) < 0.05


def test_random_filters_are_decided_by_the_seed():
    images = noise()
    first, same, other = (features.random_filters(images, 10, seed) for seed in (1, 1, 2))
    assert torch.equal(first(images), same(images))
    assert not torch.equal(first.filters, other.filters)
    torch.testing.assert_close(first.filters.norm(dim=1), torch.ones(10))


def test_patches_are_standardized_and_whitened():
    layer = features.random_filters(noise(200), 300, 0, torch.float64)
    found = features.patches(noise(200))
    assert found.shape == (200, 7, 7, 108)
    assert found.mean(-1).abs().max() < 1e-14
    max_value = ((found.reshape(-1, 108) - layer.mean) @ layer.whitening).T
    variances = torch.linalg.eigvalsh(torch.cov(max_value))[1:]  # the first is the patches' mean, which is gone
    assert 0.5 < variances.min() < variances.max() < 1  # short of 1 by what was added to the eigenvalues


def test_features_follow_their_definition():
    """One filter on one image: responses split by sign, thresholded, averaged over quadrants."""
    images = noise(1, 1, 9)
    layer = features.random_filters(images, 1, 0, torch.float64)
    responses = (((features.patches(images) - layer.mean) @ layer.whitening) @ layer.filters[0])[0]
    assert responses.shape == (4, 4)
    expected = []
    for sign in (1, -1):
        part = (sign * responses - features.THRESHOLD).clamp(min=0)
        expected += [part[rows, columns].mean() for rows in (slice(2), slice(2, 4)) for columns in (slice(2), slice(2, 4))]
    torch.testing.assert_close(layer(images)[0], torch.stack(expected))


@pytest.mark.parametrize(("filters", "block"), [(7, 2), (100, 100)])
def test_gram_is_that_of_the_centred_features_and_a_constant(filters, block):
    images, others = noise(5), noise(4, seed=1)
    layer = features.random_filters(images, 20, 0, torch.float64)
    train = layer(images) - layer(images).mean(0)
    test = layer(others) - layer(images).mean(0)
    steps = []
    count = lambda done, of: steps.append((done, of))  # noqa: E731
    torch.testing.assert_close(features.gram(layer, images, None, filters, block, count), train @ train.T / 160 + 1)
    torch.testing.assert_close(features.gram(layer, others, images, filters, block), test @ train.T / 160 + 1)
    assert steps[-1] == (len(steps), -(-20 // filters)) == (-(-20 // filters), -(-20 // filters))


def test_linear_classifiers_are_the_minimum_norm_and_the_ridge_solution():
    train, test = noise(20, 1, 6).flatten(1), noise(7, 1, 6, seed=1).flatten(1)
    targets = noise(20, 1, 2, seed=2).flatten(1)
    for l2 in (0.0, 0.3):
        weights = torch.linalg.lstsq(
            torch.cat([train, l2**0.5 * torch.eye(36, dtype=torch.float64)]),
            torch.cat([targets, torch.zeros(36, 4, dtype=torch.float64)]),
        ).solution
        if l2 == 0:
            weights = torch.linalg.pinv(train) @ targets
        found = features.fit_linear(train @ train.T, test @ train.T, targets, l2)
        torch.testing.assert_close(found.test_outputs, test @ weights)
        torch.testing.assert_close(found.train_outputs, train @ weights)
        assert found.norm == pytest.approx(weights.norm().item())


def test_random_features_of_digits_interpolate_and_generalize():
    train, labels, test, test_labels = digits(400)
    layer = features.random_filters(train, 200, seed=0)
    grams = features.gram(layer, train, None), features.gram(layer, test, train)
    found = features.fit_linear(*grams, dual.one_hot(labels, 10))
    assert kernels.error_rate(found.train_outputs, labels) == 0
    assert kernels.error_rate(found.test_outputs, test_labels) < 0.1


def test_bad_images_are_named():
    with pytest.raises(ValueError, match=r"\(6, 3, 12, 12\), expected \(n, 1, side, side\)"):
        gabor.features(noise())
    with pytest.raises(ValueError, match=r"sides from 6"):
        features.random_filters(noise(side=5), 3, 0)


@pytest.mark.parametrize("made", [gabor.features, lambda images: features.random_filters(images, 3, 0)])
def test_features_of_images_refuse_signals(made):
    with pytest.raises(ValueError, match="signals of height 1, expected images"):
        made(noise(channels=1)[:, :, :1])
