"""The self-check: whether engines agree with the reference loop on a device, and what an audit makes of it."""

import json
import subprocess
from dataclasses import replace

import pytest
import torch

from rethinking_audit.fixtures.data.datasets import find
from rethinking_audit.fixtures.plugin.options import State, check_engines
from rethinking_audit.fixtures.runs import agreement, selfcheck
from rethinking_audit.fixtures.runs.agreement import TRIALS, Size, differences
from rethinking_audit.fixtures.runs.selfcheck import objection
from rethinking_audit.fixtures.runs.session import Session
from rethinking_audit.fixtures.runs.store import Store
from rethinking_audit.fixtures.tasks.target import Target
from rethinking_audit.fixtures.tasks.training import Training
from rethinking_audit.fixtures.training import captured
from rethinking_audit.fixtures.training.engine import AUTO, CAPTURED, FUSED, REDUCED, REFERENCE, engine_of, without
from rethinking_audit.fixtures.training.spec import Recipe
from rethinking_audit.fixtures.training.stack import Stack
from tests.builders.card import emulated

SMALL = Size(shape=(8, 8), batch=8, narrow=0.1, width=0.1)
SHORT = tuple(trial for trial in TRIALS if trial.network != "inception" or trial.precision == "bfloat16")


def test_the_engines_agree_on_a_cpu():
    assert differences("cpu", SMALL) == {}


def test_the_engines_agree_on_a_card():
    with emulated():
        assert differences("card:0", SMALL, SHORT) == {}


def twice_the_rate(*given):
    return descend(*given[:-1], 2 * given[-1])


descend = captured.descend


def half_a_step(self, recipes, rates):
    update(self, recipes, [rate / 2 for rate in rates])


update = Stack.update


@pytest.mark.parametrize(
    ("fault", "found"),
    [
        ((captured, "descend", twice_the_rate), CAPTURED),
        ((Stack, "update", half_a_step), FUSED),
        ((captured, "_precision", lambda *given: (precision(*given)[0], torch.inference_mode)), CAPTURED),
    ],
    ids=["rate", "step", "error"],
)
def test_an_engine_that_differs_is_named_with_the_trial(monkeypatch, fault, found):
    monkeypatch.setattr(*fault)
    told = differences("cpu", SMALL, SHORT)
    assert found in told
    assert "in float64: " in told[found]
    assert "expected at most 1e-10" in told[found] or "Error" in told[found]


precision = captured._precision


def test_a_first_loss_in_bfloat16_that_is_off_by_more_than_a_hundredth(monkeypatch):
    seen = captured.CapturedSteps.seen
    monkeypatch.setattr(captured.CapturedSteps, "seen", lambda self: (1.02 * seen(self)[0], 0))
    told = differences("cpu", SMALL, tuple(trial for trial in TRIALS if trial.engine == REDUCED))
    assert "in bfloat16: off by 0.02, expected at most 0.01" in told[REDUCED]


@pytest.fixture
def store(tmp_path):
    return Store(tmp_path / "store")


def test_it_is_asked_once_for_each_torch_and_source(store, monkeypatch):
    asked = []
    monkeypatch.setattr(selfcheck, "ask", lambda device: asked.append(device) or {})
    assert [objection(store, "cuda:0", "2.15.0") for _ in range(2)] == [None, None]
    assert asked == ["cuda:0"]
    objection(store, "cuda:0", "2.16.0")
    monkeypatch.setattr(selfcheck, "training_digest", lambda: "another")
    objection(store, "cuda:0", "2.15.0")
    assert len(asked) == 3


def test_what_differs_is_said_and_remembered(store, monkeypatch):
    monkeypatch.setattr(selfcheck, "ask", lambda device: {FUSED: "MLP in float64: off by 1"})
    asked, said = objection(store, "cuda:0", "2.15.0")
    assert "fused (MLP in float64: off by 1)" in said
    assert asked == without([FUSED])
    monkeypatch.setattr(selfcheck, "ask", lambda device: pytest.fail("was asked again"))
    assert objection(store, "cuda:0", "2.15.0") == (asked, said)


RUN = Training(
    data=find("digits"),
    network="mlp-1x512",
    recipe=Recipe(batch=10, learning_rate=0.1, momentum=0.9, lr_decay=1.0, max_epochs=300, patience=9),
    seed=0,
    train_size=100,
)


@pytest.mark.parametrize(
    ("refused", "of_perceptrons", "of_convolutions"),
    [
        ((), FUSED, REDUCED),
        ((FUSED,), REFERENCE, REDUCED),
        ((REDUCED,), FUSED, REFERENCE),
        ((CAPTURED,), FUSED, REFERENCE),
        ((FUSED, CAPTURED), REFERENCE, REFERENCE),
    ],
)
def test_the_reference_loop_takes_the_place_of_what_differs_and_of_nothing_else(refused, of_perceptrons, of_convolutions):
    asked = without(refused) if refused else AUTO
    for network, expected in (("mlp-1x512", of_perceptrons), ("alexnet", of_convolutions)):
        assert engine_of(replace(RUN, network=network), "cuda:0", asked) == expected


@pytest.mark.parametrize("error", [subprocess.TimeoutExpired("python", 180), ValueError("no JSON"), OSError("no process")])
def test_a_check_that_does_not_end_is_an_objection_and_not_remembered(store, monkeypatch, error):
    def ask(device):
        raise error

    monkeypatch.setattr(selfcheck, "ask", ask)
    asked, said = objection(store, "cuda:0", "2.15.0")
    assert asked == REFERENCE
    assert "did not end" in said
    monkeypatch.setattr(selfcheck, "ask", lambda device: {})
    assert objection(store, "cuda:0", "2.15.0") is None


def test_the_process_of_its_own_prints_what_differs(monkeypatch, capsys):
    monkeypatch.setattr(agreement, "differences", lambda device: {FUSED: device})
    monkeypatch.setattr("sys.argv", ["agreement", "--device", "cuda:1"])
    agreement.main()
    assert json.loads(capsys.readouterr().out) == {FUSED: "cuda:1"}


@pytest.mark.parametrize(
    ("device", "asked", "why", "used"),
    [
        ("cuda:0", AUTO, ("auto without fused", "it differs"), "auto without fused"),
        ("cuda:0", AUTO, None, AUTO),
        ("cuda:0", FUSED, ("auto without fused", "it differs"), FUSED),
        ("cpu", AUTO, ("auto without fused", "it differs"), AUTO),
    ],
)
def test_an_audit_falls_back_to_the_reference_loop_and_says_so(store, tmp_path, monkeypatch, device, asked, why, used):
    monkeypatch.setattr("rethinking_audit.fixtures.plugin.options.objection", lambda *_: why)
    state = State(store, Session(tmp_path / "s"), Target(device, asked), True, "main", tmp_path)
    check_engines(state, cluster=None)
    assert state.target.engine == used
    assert state.remarks == (["it differs"] if "without" in used else [])
