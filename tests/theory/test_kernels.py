"""Kernel regression without regularization interpolates, and its norm and error are what they are said to be."""

import gzip

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from rethinking_audit.fixtures.data import datasets
from rethinking_audit.fixtures.theory import dual, kernels, panels
from tests.builders.places import SHARED


def digits():
    data = datasets.find("digits").load()
    images = (data.train_images, data.test_images)
    train, test = (torch.from_numpy(part.reshape(len(part), -1) / data.max_value) for part in images)
    return train, torch.from_numpy(data.train_labels), test, torch.from_numpy(data.test_labels)


def sample(n=50, d=5, seed=0):
    random = torch.Generator().manual_seed(seed)
    return (torch.rand(size, generator=random, dtype=torch.float64) for size in [(n, d), (n, 3)])


def mnist(split, count):
    folder = SHARED / "data" / "MNIST" / "raw"
    if not folder.is_dir():
        pytest.skip(f"MNIST is not in {folder} (RETHINKING_SHARED names another folder)")
    images = gzip.decompress((folder / f"{split}-images-idx3-ubyte.gz").read_bytes())
    labels = gzip.decompress((folder / f"{split}-labels-idx1-ubyte.gz").read_bytes())
    pixels = np.frombuffer(images, np.uint8, count * 784, offset=16).reshape(count, 784)
    return torch.from_numpy(pixels / 255), torch.from_numpy(
        np.frombuffer(labels, np.uint8, count, offset=8).astype(np.int64)
    )


@given(st.integers(1, 60), st.floats(0.5, 5), st.sampled_from([0.0, 0.1]))
@settings(deadline=None, max_examples=30)
def test_against_the_textbook(n, gamma, l2):
    """Same alpha, norm and outputs as a dense solve of the definition; the training targets are met where l2 is 0."""
    points, targets = sample(n)
    matrix = torch.exp(-gamma * torch.cdist(points, points, compute_mode="donot_use_mm_for_euclid_dist") ** 2)
    system = matrix + l2 * torch.eye(n, dtype=torch.float64)
    alpha = torch.linalg.solve(system, targets)
    machine = kernels.fit(points, targets, gamma, l2)
    # Backward error of Cholesky (Higham 2002, theorem 10.4), and the entries' own: gamma |x|^2 (d + 2) eps <= 175 eps.
    error = torch.linalg.cond(system) * n * (3 + 175) * torch.finfo(torch.float64).eps
    assert (machine.alpha - alpha).norm() <= error * alpha.norm()
    assert machine.norm**2 == pytest.approx(torch.trace(alpha.T @ matrix @ alpha).item(), rel=10 * error.item())
    assert machine.residual(targets) <= 1e-9 * (1 + alpha.abs().max())
    if l2 == 0:
        assert (machine(points) - targets).abs().max() <= 1e-9 * (1 + alpha.abs().max())


@pytest.mark.parametrize("width", [1, 7, 50, 1000])
@pytest.mark.parametrize("l2", [0.0, 0.1])
def test_panels_are_the_columns_of_the_cholesky_factor(width, l2):
    points, targets = sample()
    matrix = kernels.gaussian(points, points, 5.0)
    steps = []
    found = panels.factor(
        50, lambda start, stop: matrix[start:, start:stop].clone(), l2, width, lambda done, of: steps.append((done, of))
    )
    whole = torch.zeros(50, 50, dtype=torch.float64)
    for index, panel in enumerate(found.panels):
        whole[index * width :, index * width : index * width + width] = panel.tril()
    ridge = matrix + l2 * torch.eye(50, dtype=torch.float64)
    torch.testing.assert_close(whole, torch.linalg.cholesky(ridge), rtol=1e-8, atol=1e-10)
    torch.testing.assert_close(found.solve(targets), torch.linalg.solve(ridge, targets), rtol=1e-6, atol=1e-6)
    assert (steps[-1], len(steps)) == ((50, 50), -(-50 // width))


def test_only_the_lower_triangle_is_held():
    """Section 5: "the kernel matrix requires 30GB"; half of it is enough."""
    given = []

    def panel(start, stop):
        given.append(torch.eye(60 - start, stop - start, dtype=torch.float64))
        return given[-1]

    found = panels.factor(60, panel, width=2)
    assert sum(part.numel() for part in given) == 60 * 62 / 2
    assert all(one is other for one, other in zip(given, found.panels, strict=True))


def test_digits_are_interpolated_and_generalize():
    train, labels, test, test_labels = digits()
    machine = kernels.fit(train, dual.one_hot(labels, 10), gamma=0.2)
    assert kernels.error_rate(machine(train), labels) == 0
    assert kernels.error_rate(machine(test), test_labels) < 0.05


def test_random_labels_are_interpolated_at_a_larger_norm_and_do_not_generalize():
    train, labels, test, test_labels = digits()
    shuffled = labels[torch.randperm(len(labels), generator=torch.Generator().manual_seed(0))]
    true, random = (kernels.fit(train, dual.one_hot(given, 10), gamma=0.2) for given in (labels, shuffled))
    assert kernels.error_rate(random(train), shuffled) == 0
    assert kernels.error_rate(random(test), test_labels) > 0.8
    assert random.norm > 1.5 * true.norm


def test_no_jitter_is_added_silently():
    points, targets = sample()
    twice, doubled = torch.cat([points, points]), torch.cat([targets, targets + 1])
    message = r"100 x 100 .*leading minor 5\d.* expected distinct points"
    with pytest.raises(panels.NotPositiveDefinite, match=message):
        kernels.fit(twice, doubled, gamma=5.0)


def test_bad_arguments_are_named():
    points, targets = sample()
    with pytest.raises(ValueError, match="gamma is -1"):
        kernels.fit(points, targets, gamma=-1)
    with pytest.raises(ValueError, match="l2 is -2"):
        kernels.fit(points, targets, l2=-2)
    with pytest.raises(TypeError, match="float32"):
        dual.solve(3, lambda start, stop: torch.eye(3), torch.ones(3, 1))


def test_a_thousand_mnist_digits_generalize():
    train, labels = mnist("train", 1000)
    test, test_labels = mnist("t10k", 1000)
    machine = kernels.fit(train, dual.one_hot(labels, 10))
    assert kernels.error_rate(machine(train), labels) == 0
    assert kernels.error_rate(machine(test), test_labels) < 0.12
