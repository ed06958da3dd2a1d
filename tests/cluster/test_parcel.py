"""What goes into a parcel: enough work to be worth sending, and what trains side by side."""

from dataclasses import replace

import pytest

from rethinking_audit.fixtures.cluster.parcel import packed
from rethinking_audit.fixtures.runs.identity import key
from rethinking_audit.fixtures.runs.queue import Queue
from rethinking_audit.fixtures.runs.session import Session
from rethinking_audit.fixtures.runs.store import Store
from rethinking_audit.fixtures.tasks.target import Target
from rethinking_audit.fixtures.training.engine import FUSED, REFERENCE
from tests.builders.specs import SPEC, baseline_of

ALONE, TOGETHER = Target(engine=REFERENCE), Target(engine=FUSED)
TRAININGS = [replace(SPEC, seed=seed, train_size=None) for seed in range(6)]  # of the same images: one sweep


@pytest.fixture
def pack(tmp_path):
    session = Session(tmp_path / "session")

    def packs(tasks, target, seconds, most=1, begun=()):
        """The parcels of the tasks, as lists, if each task takes so many seconds."""
        plan = {key(task, target): task for task in tasks}
        for task in begun:
            session.begin(key(task, target))
        queue = Queue(plan, Store(tmp_path / "store"), session)
        parcels = iter(lambda: packed(queue, target, lambda task: seconds, most), None)
        return [list(parcel.runs.values()) for parcel in list(parcels)]

    return packs


def test_runs_join_until_there_are_ten_seconds_of_work(pack):
    assert list(map(len, pack(TRAININGS, ALONE, seconds=4))) == [3, 3]


def test_a_run_of_ten_seconds_goes_alone_if_nothing_trains_beside_it(pack):
    assert list(map(len, pack(TRAININGS, ALONE, seconds=10, most=4))) == [1] * 6


def test_runs_that_train_side_by_side_go_together_as_many_as_are_due_to_each_slot(pack):
    assert list(map(len, pack(TRAININGS, TOGETHER, seconds=10, most=4))) == [4, 2]


def test_what_trains_side_by_side_comes_before_other_small_runs(pack):
    other = replace(SPEC, seed=9, network="mlp-3x512")
    first, *rest = TRAININGS
    assert pack([first, other, *rest], TOGETHER, seconds=2)[0] == TRAININGS[:5]


def test_a_run_that_was_begun_goes_alone(pack):
    parcels = pack(TRAININGS, TOGETHER, seconds=4, most=6, begun=TRAININGS[:2])
    assert parcels == [TRAININGS[:1], TRAININGS[1:2], TRAININGS[2:]]


def test_runs_with_and_without_a_card_have_parcels_of_their_own(pack):
    tasks = [SPEC, baseline_of(SPEC)]
    assert pack(tasks, ALONE, seconds=1) == [[task] for task in tasks]
