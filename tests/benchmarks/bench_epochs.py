"""An epoch with its exact evaluation, against the peer's on the same work, as the images grow in number.

The peer has one process for each loader, as the public demonstration of the paper's author has, and once more none.
"""

import time

import pytest

from fixtures.networks import build
from tests.benchmarks.peer import Script, pixels
from tests.benchmarks.work import fused, noise, reference

TESTS = 0.2  # test images for each training image, as CIFAR-10 has
ROWS = 8


@pytest.mark.benchmark(timer=time.process_time)
@pytest.mark.parametrize("images", [1280, 5120])
def test_epoch(against, say, images):
    """MLP 1x512 on CIFAR-shaped images: a step for each batch of 128, then loss and error on both sets.

    In a fused sweep of eight runs, which is what trains such a network on a CPU, and in the reference loop.
    """
    experiment = noise(images, int(TESTS * images))
    sweep, (run, steps) = fused("mlp-1x512", experiment, ROWS), reference("mlp-1x512", experiment)

    def alone():
        run.next_epoch()
        run.see(*steps())

    sets = pixels(images), pixels(int(TESTS * images))
    script, simple = (Script(build("mlp-1x512", 28, 3, 10), *sets, workers) for workers in (1, 0))
    found = against(sweep.epoch, rounds=3, reference=alone, peer=script.epoch, simple=simple.epoch, steps=steps)
    own = found["own"] / ROWS
    say(
        times_the_peer=found["peer"] / own,
        reference_times_the_peer=found["peer"] / found["reference"],
        times_the_peer_without_workers=found["simple"] / own,
        images_a_second=images / own,
        peers_images_a_second=images / found["peer"],
        share_of_the_evaluation=1 - found["steps"] / found["reference"],
    )
