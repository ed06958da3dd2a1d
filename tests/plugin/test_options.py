"""What the options mean where no session is needed to see it."""

from types import SimpleNamespace

import pytest

from rethinking_audit.fixtures.plugin import options, workers
from rethinking_audit.fixtures.runs import cards
from rethinking_audit.fixtures.runs.seats import Seat
from rethinking_audit.fixtures.tasks.target import Target
from tests.builders.places import ROOT


def config(device="auto", workers=None, argument="claims"):
    """As much of pytest's configuration as says how many workers there are."""
    return SimpleNamespace(
        option=SimpleNamespace(device=device, numprocesses=workers),
        stash={},
        rootpath=ROOT,
        args=[argument],
        invocation_params=SimpleNamespace(dir=ROOT),
    )


@pytest.fixture
def used(monkeypatch):
    """What is asked of the cards; the machine has two, or as many as the test says."""
    found = []
    monkeypatch.setattr(cards, "use", lambda device: found.append(device) or {"cpu": ()}.get(device, ("0", "2")))
    return found


@pytest.mark.parametrize(("device", "number"), [("cpu", None), ("auto", 4)])
def test_auto_is_two_workers_for_each_card_and_one_for_each_core_on_a_cpu(used, device, number):
    assert options.pytest_xdist_auto_num_workers(config(device)) == number


def test_auto_is_one_worker_for_each_core_where_nothing_is_audited(used):
    assert options.pytest_xdist_auto_num_workers(config(argument="tests")) is None
    assert used == []


def test_auto_leaves_a_device_that_is_none_to_the_session():
    assert options.pytest_xdist_auto_num_workers(config("gpu")) is None


@pytest.mark.parametrize(
    ("number", "seats"),
    [
        (None, [("0", 0, 1), ("2", 0, 1)]),
        (0, [("0", 0, 1), ("2", 0, 1)]),
        (1, [("0", 0, 1)]),
        (3, [("0", 0, 2), ("2", 0, 1), ("0", 1, 2)]),
    ],
)
def test_there_is_a_seat_for_each_worker_that_is_asked_for(used, number, seats):
    assert workers.seats_of(config(workers=number)) == tuple(Seat(*seat) for seat in seats)


def test_automatic_workers_have_one_seat_at_each_card_and_the_cards_are_looked_for_once(used):
    asked = config()
    asked.option.numprocesses = options.pytest_xdist_auto_num_workers(asked)
    assert workers.seats_of(asked) == (Seat("0", 0, 1), Seat("2", 0, 1))
    assert used == ["auto"]


def test_a_worker_has_the_seats_and_the_target_that_it_is_told_and_asks_for_no_card(used):
    told, seats = {}, (Seat("GPU-a", 0, 2), Seat("GPU-a", 1, 2))
    target = Target("cuda:0", "fused", "a processor", "9.0")
    workers.tell(told, seats, target)
    config = SimpleNamespace(workerinput=told)
    assert (workers.seats_of(config), workers.target_of(config, "cuda:0")) == (seats, target)
    assert used == []
