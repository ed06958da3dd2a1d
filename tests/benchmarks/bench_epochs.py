"""An epoch with its exact evaluation, against the peer's on the same work, as the images grow in number.

The peer has one process for each loader, as the public demonstration of the paper's author has, and once more none. It is
given the same pixels, and prepares them as this audit does; once more as many scripts do, by the data set's mean.
"""

import time

import pytest
import torch

from rethinking_audit.fixtures.data.datasets import find
from rethinking_audit.fixtures.networks.build import build
from rethinking_audit.fixtures.tasks.memory import slots
from rethinking_audit.fixtures.tasks.training import Training
from rethinking_audit.fixtures.training.engine import FUSED
from tests.benchmarks.peer import BY_DATA_SET, Images, Script, by_image
from tests.benchmarks.work import RECIPE, fused, noise, pixels, reference

TESTS = 0.2  # test images for each training image, as CIFAR-10 has


def test_the_peer_is_given_the_same_images():
    """What the peer's transforms make of the pixels is what this audit trains on."""
    images, labels = zip(*Images(*pixels(20), by_image), strict=True)
    experiment = noise(20, 5)
    torch.testing.assert_close(torch.stack(images), torch.as_tensor(experiment.inputs))
    assert list(labels) == list(experiment.labels)


@pytest.mark.benchmark(timer=time.process_time)
@pytest.mark.parametrize("images", [1280, 5120, 50_000])
def test_epoch(against, say, images):
    """MLP 1x512 on CIFAR-shaped images: a step for each batch of 128, then loss and error on both sets.

    In a fused sweep of as many runs as an audit trains side by side, and in the reference loop.
    """
    tests = int(TESTS * images)
    experiment = noise(images, tests)
    rows = slots(Training(data=find("cifar10"), network="mlp-1x512", recipe=RECIPE, seed=0), FUSED)
    sweep, (run, steps) = fused("mlp-1x512", experiment, rows), reference("mlp-1x512", experiment)

    def alone():
        run.next_epoch()
        run.see(*steps())

    def script(workers, **settings):
        return Script(build("mlp-1x512", (28, 28), 3, 10), pixels(images), pixels(tests), workers, **settings).epoch

    peers = {"peer": script(1), "simple": script(0), "by_data_set": script(1, whiten=BY_DATA_SET)}
    found = against(sweep.epoch, rounds=3, reference=alone, steps=steps, **peers)
    own = found["own"] / rows
    say(
        times_the_peer=found["peer"] / own,
        reference_times_the_peer=found["peer"] / found["reference"],
        times_the_peer_without_workers=found["simple"] / own,
        times_the_peer_that_whitens_by_data_set=found["by_data_set"] / own,
        images_a_second=images / own,
        peers_images_a_second=images / found["peer"],
        share_of_the_evaluation=1 - found["steps"] / found["reference"],
    )
