"""What it takes to make a run of 50,000 images ready: the first of its images, and one more of the same.

All but the device's part: reading twice, contracts, the network, the witness and the digests that a record names.
"""

import time

import numpy as np
import pytest

from rethinking_audit.fixtures.data import checked, datasets
from rethinking_audit.fixtures.tasks.ready import ready
from rethinking_audit.fixtures.tasks.training import Training
from rethinking_audit.fixtures.training.numerics import reproducible
from tests.benchmarks.limits import seconds
from tests.benchmarks.work import RECIPE, pixels


@pytest.fixture(scope="module")
def images(tmp_path_factory):
    """A file of as many images as CIFAR-10 has, and of its shape, decoded before anything is timed."""
    folder = tmp_path_factory.mktemp("images")
    (train, labels), (test, others) = pixels(50_000), pixels(10_000, seed=1)
    np.savez(folder / "noise.npz", train_images=train, train_labels=labels, test_images=test, test_labels=others)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("RETHINKING_CACHE", str(folder / "cache"))
        noise = datasets.find(f"npz:{folder / 'noise.npz'}")
        noise.load()
        yield noise
    checked.forget()


@pytest.mark.benchmark(timer=time.process_time)
@pytest.mark.parametrize(
    ("network", "inputs"),
    [*((name, "original") for name in ("mlp-1x512", "alexnet", "inception")), *(("mlp-1x512", k) for k in checked.DRAWN)],
)
def test_preparation(benchmark, say, images, network, inputs):
    """Random labels on images of which nothing is known, then other labels on the same."""
    first = Training(data=images, network=network, recipe=RECIPE, seed=0, corruption=1.0, inputs=inputs)
    again = Training(data=images, network=network, recipe=RECIPE, seed=0, corruption=0.5, inputs=inputs)
    cold = []

    def unknown():
        checked.forget()
        cold.append(seconds(lambda: digests(first)))

    with reproducible("cpu"):
        benchmark.pedantic(lambda: digests(again), setup=unknown, rounds=2)
    say(cold_seconds=min(cold), warm_seconds=benchmark.stats.stats.min)


def digests(spec):
    """Make a run ready, and name what it is trained on."""
    experiment = ready(spec).experiment
    return experiment.labels_digest, experiment.inputs_digest
