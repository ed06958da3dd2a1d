"""Kernel regression without regularization interpolates, and its norm and error are what they are said to be."""

import gzip
import os
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from fixtures.data import datasets
from fixtures.theory import dual, kernels

SHARED = Path(os.environ.get("RETHINKING_SHARED", Path(__file__).parents[1] / ".." / "shared"))


def digits():
    data = datasets.load("digits")
    images = (data.train_images, data.test_images)
    train, test = (torch.from_numpy(part.reshape(len(part), -1) / data.white) for part in images)
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


@pytest.mark.parametrize("block", [1, 7, 50, 1000])
def test_blocks_do_not_matter(block):
    points, _ = sample()
    steps = []
    matrix = kernels.kernel_matrix(points, 1.0, lambda done, of: steps.append((done, of)), block)
    torch.testing.assert_close(matrix.tril(), kernels.gaussian(points, points, 1.0).tril(), rtol=1e-14, atol=0)
    assert steps[-1] == (50, 50)
    assert len(steps) == -(-50 // block)


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


def test_conjugate_gradients_reach_the_direct_solution():
    points, targets = sample(80)
    direct = kernels.fit(points, targets, gamma=5.0, l2=0.01)
    iterative = kernels.fit_iteratively(points, targets, gamma=5.0, l2=0.01, tolerance=1e-10)
    torch.testing.assert_close(iterative.alpha, direct.alpha, rtol=1e-6, atol=1e-6)
    assert iterative.norm == pytest.approx(direct.norm, rel=1e-6)
    with pytest.raises(kernels.NotConverged, match="80 points did not reach 1e-10 in 2 iterations"):
        kernels.fit_iteratively(points, targets, gamma=5.0, tolerance=1e-10, iterations=2)


def test_only_the_lower_triangle_is_read():
    points, targets = sample()
    matrix = kernels.gaussian(points, points, 5.0)
    both = [dual.solve(given.clone(), targets).alpha for given in (matrix, matrix.tril())]
    assert torch.equal(*both)
    torch.testing.assert_close(dual._on_device(matrix.tril(), targets), both[0], rtol=1e-8, atol=1e-8)


def test_no_jitter_is_added_silently():
    points, targets = sample()
    twice, doubled = torch.cat([points, points]), torch.cat([targets, targets + 1])
    with pytest.raises(dual.NotPositiveDefinite, match=r"100 x 100 .* expected distinct points"):
        kernels.fit(twice, doubled, gamma=1.0)
    with pytest.raises(dual.NotPositiveDefinite, match="leading minor"):
        dual._on_device(kernels.gaussian(twice, twice, 1.0), doubled)


def test_bad_arguments_are_named():
    points, targets = sample()
    with pytest.raises(ValueError, match="gamma is -1"):
        kernels.fit(points, targets, gamma=-1)
    with pytest.raises(ValueError, match="l2 is -2"):
        kernels.fit(points, targets, l2=-2)
    with pytest.raises(TypeError, match="float32"):
        dual.solve(torch.eye(3), torch.ones(3, 1))


def test_memory_of_mnist_is_the_papers():
    """Section 5: "the kernel matrix requires 30GB"."""
    assert kernels.memory(60_000, 784, 10, "cpu") == pytest.approx(30e9, rel=0.05)


def test_a_thousand_mnist_digits_generalize():
    train, labels = mnist("train", 1000)
    test, test_labels = mnist("t10k", 1000)
    machine = kernels.fit(train, dual.one_hot(labels, 10))
    assert kernels.error_rate(machine(train), labels) == 0
    assert kernels.error_rate(machine(test), test_labels) < 0.12
