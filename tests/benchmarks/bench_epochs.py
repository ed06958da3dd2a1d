"""An epoch with its exact evaluation, against the peer's on the same work, as the images grow in number."""

import time

import pytest

from fixtures.networks import build
from tests.benchmarks.peer import Script, pixels
from tests.benchmarks.work import noise, reference

TESTS = 0.2  # test images for each training image, as CIFAR-10 has


@pytest.mark.benchmark(timer=time.process_time)
@pytest.mark.parametrize("images", [1280, 5120])
def test_epoch(against, say, images):
    """MLP 1x512 on CIFAR-shaped images: a step for each batch of 128, then loss and error on both sets."""
    run, epoch = reference("mlp-1x512", noise(images, int(TESTS * images)))

    def work():
        run.next_epoch()
        run.see(*epoch())

    script = Script(build("mlp-1x512", 28, 3, 10), pixels(images), pixels(int(TESTS * images)))
    found = against(work, rounds=3, peer=script.epoch, steps=epoch)
    say(
        times_the_peer=found["peer"] / found["own"],
        images_a_second=images / found["own"],
        peers_images_a_second=images / found["peer"],
        share_of_the_evaluation=1 - found["steps"] / found["own"],
    )
