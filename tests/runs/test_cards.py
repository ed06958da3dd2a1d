"""The caller's list of cards, read as CUDA reads it, on machines that are not here."""

import os

import pytest
import torch

from rethinking_audit.fixtures.runs import cards
from rethinking_audit.fixtures.runs.cards import VISIBLE, DeviceUnavailable, choose, entries, listed, use

UUIDS = "GPU-8932f937-d72c-4106-c12f-20bd9faed9f6,GPU-11111111-0000-4106-c12f-20bd9faed9f6"
INSTANCES = "MIG-9d1c0ae2-f4f4-5d6b-9d38-1f5b5e5f3a5b,MIG-GPU-8932f937/1/0"


class Machine:
    """A faked machine: how many cards of the list there are, and whether they can be computed on."""

    def __init__(self, monkeypatch):
        self.monkeypatch, self.cards, self.works, self.driver = monkeypatch, 4, True, True
        monkeypatch.setenv(VISIBLE, "")
        self.list(None)
        monkeypatch.setattr(cards, "driven", lambda: self.driver)
        monkeypatch.setattr(cards, "count", lambda: self.cards)
        monkeypatch.setattr(cards, "work", lambda chosen: self.works)

    def list(self, value):
        if value is None:
            self.monkeypatch.delenv(VISIBLE, raising=False)
        else:
            self.monkeypatch.setenv(VISIBLE, value)


@pytest.fixture
def machine(monkeypatch):
    return Machine(monkeypatch)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("0,2", ["0", "2"]),
        (" 3 , 1", ["3", "1"]),
        (UUIDS, UUIDS.split(",")),
        (INSTANCES, INSTANCES.split(",")),
        ("", []),
        ("-1", []),
        ("0,-1,2", ["0"]),
        ("0,no,2", ["0"]),
        ("0,,2", ["0"]),
        ("NoDevFiles", []),
        ("0,GPU-8932f937", ["0"]),
        ("GPU-8932f937,0", ["GPU-8932f937"]),
        ("GPU-", []),
        ("0,1,0", []),
    ],
)
def test_an_entry_that_is_none_ends_the_list_and_one_that_repeats_empties_it(value, expected):
    assert list(entries(value)) == expected


@pytest.mark.parametrize(
    ("value", "count", "expected"),
    [
        (None, 3, ("0", "1", "2")),
        (None, 0, ()),
        ("0,2", 2, ("0", "2")),
        ("2,9", 1, ("2",)),  # the driver finds that the second is none
        (UUIDS, 2, tuple(UUIDS.split(","))),
        ("", 0, ()),
    ],
)
def test_the_cards_are_those_of_the_list_that_the_driver_finds_and_without_a_list_all(machine, value, count, expected):
    machine.list(value)
    machine.cards = count
    assert listed() == expected


def test_mig_instances_are_not_counted_for_cuda_would_keep_to_the_first(machine, monkeypatch):
    monkeypatch.setattr(cards, "count", lambda: pytest.fail("CUDA was asked"))
    machine.list(INSTANCES)
    assert listed() == tuple(INSTANCES.split(","))


def test_without_a_driver_there_is_no_card_whatever_the_list_says(machine, monkeypatch):
    monkeypatch.setattr(cards, "count", lambda: pytest.fail("torch was asked"))
    machine.driver = False
    machine.list("0,2")
    assert listed() == choose("auto") == ()


@pytest.mark.parametrize(
    ("device", "expected"),
    [("cpu", ()), ("auto", ("5", "7")), ("cuda", ("5", "7")), ("cuda:0", ("5",)), ("cuda:1", ("7",))],
)
def test_a_device_is_all_of_the_callers_cards_or_one_by_its_place_in_the_list(machine, device, expected):
    machine.list("5,7")
    assert choose(device) == expected


@pytest.mark.parametrize("device", ["gpu", "cuda:x", "cpu:0", ""])
def test_a_device_that_is_none_is_quoted(device):
    with pytest.raises(ValueError, match=f"{device!r}, expected auto, cpu"):
        choose(device)


@pytest.mark.parametrize(
    ("device", "value", "message"),
    [
        ("cuda:9", None, "--device is 'cuda:9', but this machine has 4 usable GPUs; expected auto or cpu"),
        ("cuda:2", "5,7", "--device is 'cuda:2', but this machine has 2 usable GPUs (CUDA_VISIBLE_DEVICES is '5,7')"),
        ("cuda", "", "--device is 'cuda', but this machine has 0 usable GPUs (CUDA_VISIBLE_DEVICES is '')"),
    ],
)
def test_a_card_that_is_not_there_is_said_with_the_callers_list(machine, device, value, message):
    machine.list(value)
    with pytest.raises(DeviceUnavailable) as caught:
        choose(device)
    assert str(caught.value).startswith(message)


def test_a_process_sees_the_cards_that_were_chosen_and_no_others(machine):
    machine.list("5,7,8")
    assert use("cuda:1") == ("7",)
    assert os.environ[VISIBLE] == "7"


def test_on_a_cpu_the_callers_list_stays_as_it_is(machine):
    assert use("cpu") == ()
    assert VISIBLE not in os.environ


def test_a_driver_that_torch_cannot_use_is_no_card_and_one_that_was_asked_for_is_refused(machine):
    machine.works = False
    with pytest.raises(DeviceUnavailable, match="--device is 'cuda:1', but torch cannot compute on card 1; expected"):
        use("cuda:1")
    machine.list(None)
    assert use("auto") == ()
    machine.cards = 0
    assert listed() == ()


@pytest.mark.parametrize(("available", "count", "works"), [(True, 1, True), (True, 2, False), (False, 1, False)])
def test_cards_work_where_torch_can_compute_and_sees_no_others(monkeypatch, available, count, works):
    """CUDA may have been used before this process was to see fewer: another card than was asked for must not be cuda:0."""
    monkeypatch.setattr(torch.cuda, "is_available", lambda: available)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: count)
    assert cards.work(("1",)) is works


def test_what_this_process_has_reserved_is_free_for_it(monkeypatch):
    monkeypatch.setattr(torch.cuda, "mem_get_info", lambda device: (10, 80))
    monkeypatch.setattr(torch.cuda, "memory_reserved", lambda device: 5)
    assert cards.memory("cuda:0") == (15, 80)
