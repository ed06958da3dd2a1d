"""Which images each process takes at each step."""

from dataclasses import replace
from itertools import islice

import pytest

from rethinking_audit.fixtures.streaming.group import Group
from rethinking_audit.fixtures.streaming.order import own_parts, places, steps_per_epoch
from tests.builders.trees import RECIPE, STREAM, run

SPEC = run("nowhere", replace(RECIPE, batch=12, max_epochs=3), replace(STREAM, parts=4))
IMAGES = 40


def parts(processes, rank=0, done=0):
    return list(places(SPEC, IMAGES, Group(rank, processes), done))


@pytest.mark.parametrize("processes", [1, 2, 4])
def test_processes_share_the_batches_of_one_process(processes):
    """Together they take the same parts, in the same order, as one that takes them all."""
    each = 4 // processes
    of_each = [parts(processes, rank) for rank in range(processes)]
    steps = len(of_each[0]) // each
    shared = [part for step in range(steps) for own in of_each for part in own[step * each : (step + 1) * each]]
    assert shared == parts(1)


def test_an_epoch_has_no_image_twice_and_epochs_leave_other_images_over():
    epochs = [set() for _ in range(3)]
    for part in parts(1):
        for epoch, place in part:
            assert place not in epochs[epoch - 1]
            epochs[epoch - 1].add(place)
    assert [len(seen) for seen in epochs] == [36, 36, 36]
    assert epochs[0] != epochs[1]


@pytest.mark.parametrize("done", range(10))
def test_a_run_goes_on_where_it_stopped(done):
    assert parts(2, 1, done) == list(islice(parts(2, 1), 2 * done, None))


def test_processes_that_cannot_share_a_batch_are_refused():
    with pytest.raises(ValueError, match="3 processes cannot share 4 parts of a batch of 12 equally, expected 1 or 2 or 4"):
        own_parts(SPEC, Group(0, 3))


def test_parts_that_do_not_divide_a_batch_are_refused():
    with pytest.raises(ValueError, match="a batch of 12 cannot be cut into 5 equal parts"):
        own_parts(replace(SPEC, stream=replace(STREAM, parts=5)), Group())


def test_fewer_images_than_a_batch_are_refused():
    with pytest.raises(ValueError, match="11 training images make no batch of 12"):
        steps_per_epoch(SPEC, 11)
