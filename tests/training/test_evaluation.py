"""Exact measurements: every image is looked at on frozen weights, whatever passes through the network together."""

import pytest
import torch

from rethinking_audit.fixtures.networks.build import build
from rethinking_audit.fixtures.training.evaluation import EVALUATION_BATCH, classify, parts
from rethinking_audit.fixtures.training.numerics import reproducible


@pytest.mark.parametrize(
    ("shape", "device", "expected"),
    [
        ((3, 28, 28), "cpu", 128),
        ((3, 56, 56), "cpu", 32),
        ((1, 7, 7), "cpu", EVALUATION_BATCH),
        ((3, 1000, 1000), "cpu", 1),
        ((2352,), "cpu", EVALUATION_BATCH),  # one product a layer: the more the faster
        ((3, 28, 28), "cuda", EVALUATION_BATCH),
    ],
)
def test_no_more_images_pass_together_than_a_core_can_keep(shape, device, expected):
    assert len(parts(torch.zeros(1).expand(2000, *shape), torch.device(device))[0]) == expected


@pytest.mark.parametrize("name", ["alexnet", "inception"])
def test_what_passes_together_changes_no_classification(name):
    with reproducible("cpu"):
        torch.manual_seed(0)
        network = build(name, (28, 28), 3, 10, 0.25)
        images = torch.randn(131, 3, 28, 28).contiguous(memory_format=torch.channels_last)
        found = classify(network, images)
        with torch.no_grad():
            together = network(images)
    assert not network.training
    assert found.shape == (131, 10)
    torch.testing.assert_close(found, together, rtol=1e-5, atol=1e-6)
