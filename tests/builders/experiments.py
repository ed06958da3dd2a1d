"""Experiments of different seeds that share their images, as the runs of a sweep must."""

from dataclasses import replace

from rethinking_audit.fixtures.data.corruption import corrupt_labels
from rethinking_audit.fixtures.data.datasets import find
from rethinking_audit.fixtures.data.experiment import prepare


def relabelled(count, corruption, seed):
    """Digits drawn by seed 0, with labels by the seed."""
    data, digest = prepare(find("digits"), count, "original", 0.0, 0), find("digits").digest()
    labels = corrupt_labels(data.clean_labels, data.classes, corruption, digest, seed)
    return replace(data, corruption=corruption, labels=labels)
