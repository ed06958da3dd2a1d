"""Seats at cards: how they are dealt, who has one, what each worker makes, and who takes the place of one that died."""

import os
import signal
import subprocess
import sys
import threading
import time
from types import SimpleNamespace

import pytest

from rethinking_audit.fixtures.claimkit.tier_file import read
from rethinking_audit.fixtures.data import datasets
from rethinking_audit.fixtures.data.datasets import find
from rethinking_audit.fixtures.plugin.progress import Display
from rethinking_audit.fixtures.runs import cards, prepare, queue
from rethinking_audit.fixtures.runs.identity import key
from rethinking_audit.fixtures.runs.seats import Desk, Seat, deal
from rethinking_audit.fixtures.runs.session import Heartbeat, Session
from rethinking_audit.fixtures.runs.store import Store
from rethinking_audit.fixtures.tasks.baseline import Baseline
from rethinking_audit.fixtures.tasks.solve import ProblemSolve
from rethinking_audit.fixtures.tasks.target import Target
from rethinking_audit.fixtures.tasks.training import Training
from rethinking_audit.fixtures.theory.problem import Instance, Sample
from rethinking_audit.fixtures.theory.solvers import SOLVERS
from rethinking_audit.fixtures.training.engine import REFERENCE
from rethinking_audit.fixtures.training.spec import Recipe
from tests.builders.places import ROOT

RECIPE = Recipe(batch=32, learning_rate=0.1, momentum=0.9, lr_decay=0.99, max_epochs=2, patience=10, eval_every=0)
TRAINING = Training(data=find("digits"), network="mlp-1x512", recipe=RECIPE, seed=0, train_size=50, width=0.1)
LEARNER = Baseline(data=find("digits"), network="ridge", seed=0, train_size=50)
SOLVE = ProblemSolve.of("sgd", find("digits"), {"points": 10, "epochs": 5}, train_size=50)
KERNEL = ProblemSolve.of("kernel", find("digits"), {"kind": "raw", "scale": 1.0}, train_size=50)
PLAN = {key(spec, Target("cuda:0")): spec for spec in (LEARNER, TRAINING, SOLVE, KERNEL)}
OLD_INSTANCE = "MIG-GPU-8932f937/1/0"


@pytest.fixture(autouse=True)
def environment(monkeypatch):
    """Whoever sits down narrows what this process sees."""
    monkeypatch.setenv(cards.VISIBLE, "0,1")


def places(dealt):
    return [(seat.card, seat.number, seat.of) for seat in dealt]


def test_more_workers_than_cards_are_dealt_over_them_in_turn():
    assert places(deal(("0", "2"), 5)) == [("0", 0, 3), ("2", 0, 2), ("0", 1, 3), ("2", 1, 2), ("0", 2, 3)]
    assert places(deal(("0",), 8)) == [("0", number, 8) for number in range(8)]


def test_fewer_workers_than_cards_have_one_each_for_themselves():
    assert places(deal(("a", "b", "c"), 2)) == [("a", 0, 1), ("b", 0, 1)]


def test_without_a_card_there_is_no_seat():
    assert deal((), 4) == ()


def test_each_worker_has_a_seat_of_its_own_and_sees_its_card_alone(tmp_path):
    dealt = deal(("0", OLD_INSTANCE), 3)
    desks, seen = [Desk(dealt, tmp_path) for _ in range(4)], []
    for desk in desks:
        seen.append((desk.sit(), desk.card, os.environ[cards.VISIBLE]))
    mig = OLD_INSTANCE
    assert seen == [(True, "0", "0"), (True, mig, mig), (True, "0", "0"), (False, None, "0")]
    assert [desk.seat for desk in desks] == [*dealt, None]
    assert [desk.share for desk in desks] == [0.5, 1, 0.5, 1]


def test_who_has_a_seat_keeps_it(tmp_path):
    desk = Desk(deal(("0", "1"), 2), tmp_path)
    assert [desk.sit(), desk.sit(), desk.card] == [True, False, "0"]


SITS = """
import sys
from pathlib import Path
from rethinking_audit.fixtures.runs.cards import visible
from rethinking_audit.fixtures.runs.seats import Desk, deal
desk = Desk(deal(("GPU-a", "GPU-b"), 2), Path(sys.argv[1]))
desk.sit()
print(desk.card, visible(), flush=True)
sys.stdin.read()
"""


def worker(folder):
    """A process that sits down, and what it says of its card and of what it sees."""
    command = [sys.executable, "-c", SITS, str(folder)]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT, text=True)
    return process, process.stdout.readline().split()


def test_a_killed_workers_seat_is_its_replacements(tmp_path):
    processes = []
    try:
        for expected in ("GPU-a", "GPU-b", "None"):
            process, (card, _) = worker(tmp_path)
            processes.append(process)
            assert card == expected
        processes[0].send_signal(signal.SIGKILL)
        processes[0].wait()
        process, found = worker(tmp_path)
        processes.append(process)
        assert found == ["GPU-a", "GPU-a"]
    finally:
        for process in processes:
            process.kill()
            process.communicate()


# Roles


def test_learners_and_solves_that_never_ask_for_the_device_need_no_card():
    assert [task.needs_card for task in (TRAINING, KERNEL, LEARNER, SOLVE)] == [True, True, False, False]
    assert [task.place(Target("cuda:0")).device for task in (TRAINING, LEARNER)] == ["cuda:0", "cpu"]


def test_a_run_that_needs_no_card_is_the_same_in_an_audit_on_one():
    same = [key(spec, Target()) == key(spec, Target("cuda:0")) for spec in (TRAINING, KERNEL, LEARNER, SOLVE)]
    assert same == [False, False, True, True]


class Watched(Instance):
    """A task that notes whether its device is asked for."""

    def __getattribute__(self, name):
        if name == "device":
            super().__getattribute__("progress")(None, None)
        return super().__getattribute__(name)


SMALLER = {"points": 8, "epochs": 2, "filters": 64, "max_epochs": 1}


def solved(problem):
    """What each solver is given in the fast tier, variants too, made smaller."""
    for plan in read(ROOT / "claims" / "tiers.toml")["fast"].problems.values():
        for variant in [{}, *plan.variants.values()] if plan.solver == problem else []:
            given = {**plan.parameters, **variant}
            yield {**given, **{name: value for name, value in SMALLER.items() if name in given}}


@pytest.mark.parametrize("problem", SOLVERS)
def test_a_solver_is_for_the_cpu_alone_where_it_never_asks_for_the_device(problem):
    data, told = datasets.find("digits").draw(60, 0), []
    sample = Sample(data.train_images, data.train_labels, data.test_images, data.test_labels, data.max_value, data.classes)
    for parameters in solved(problem):
        SOLVERS[problem](Watched(sample, 0, "cpu", lambda done, of: told.append(done)), parameters)
    assert (None not in told) == (not SOLVERS[problem].asks_for_device)


@pytest.fixture(autouse=True)
def a_card_that_works(monkeypatch):
    monkeypatch.setattr(prepare, "check_device", lambda device: None)


def made_by(monkeypatch):
    """Who made which runs, in order; nothing is trained."""
    made = []
    monkeypatch.setattr(prepare, "carry_out", lambda spec, *_: made.append((threading.current_thread().name, spec)) or {})
    return made


def drain(store, folder, desk, plan=PLAN):
    prepare.drain(plan, store, Session(folder), Target("cuda:0", REFERENCE), threading.current_thread().name, desk=desk)


def test_at_a_card_what_needs_it_comes_first_and_on_a_cpu_the_plans_order_holds(tmp_path, monkeypatch):
    made, one = made_by(monkeypatch), deal(("0",), 1)
    drain(Store(tmp_path / "one"), tmp_path / "a", Desk(one, tmp_path))
    assert [spec for _, spec in made] == [TRAINING, KERNEL, LEARNER, SOLVE]
    made.clear()
    drain(Store(tmp_path / "other"), tmp_path / "b", Desk())
    assert [spec for _, spec in made] == [LEARNER, TRAINING, SOLVE, KERNEL]


def test_a_worker_without_a_card_makes_what_needs_none_and_waits_for_the_rest(tmp_path, monkeypatch):
    made, store, one = made_by(monkeypatch), Store(tmp_path / "store"), deal(("0",), 1)
    held = Desk(one, tmp_path)
    held.sit()
    beside = threading.Thread(target=drain, args=(store, tmp_path / "s", Desk(one, tmp_path)), name="beside")
    beside.start()
    for name in (key(LEARNER, Target("cuda:0")), key(SOLVE, Target("cuda:0"))):
        wait_for(lambda name=name: store.has(name))
    time.sleep(2 * queue.POLL)
    assert beside.is_alive()
    assert made == [("beside", LEARNER), ("beside", SOLVE)]
    drain(store, tmp_path / "s", held)
    beside.join(timeout=30)
    assert not beside.is_alive()
    assert [spec for _, spec in made[2:]] == [TRAINING, KERNEL]


def test_an_idle_worker_takes_a_seat_that_has_become_free(tmp_path, monkeypatch):
    made, store, one = made_by(monkeypatch), Store(tmp_path / "store"), deal(("GPU-a",), 1)
    process, (card, _) = worker(tmp_path)
    assert card == "GPU-a"
    desk = Desk(one, tmp_path)
    beside = threading.Thread(target=drain, args=(store, tmp_path / "s", desk), name="beside")
    beside.start()
    wait_for(lambda: len(made) == 2)
    process.kill()
    process.communicate()
    beside.join(timeout=30)
    assert not beside.is_alive()
    assert [spec for _, spec in made] == [LEARNER, SOLVE, TRAINING, KERNEL]
    assert (desk.card, os.environ[cards.VISIBLE]) == ("GPU-a", "GPU-a")


def wait_for(condition):
    deadline = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_a_heartbeat_says_at_which_card(tmp_path, monkeypatch):
    beats, session = [], Session(tmp_path / "s")
    monkeypatch.setattr(session, "beat", lambda worker, beat: beats.append(beat))
    monkeypatch.setattr(prepare, "carry_out", lambda *_: {})
    desk = Desk((Seat("GPU-a", 0, 1),), tmp_path)
    prepare.drain(
        {key(TRAINING, Target("cuda:0")): TRAINING}, Store(tmp_path), session, Target("cuda:0", REFERENCE), "gw0", desk=desk
    )
    assert beats == [Heartbeat(str(TRAINING), 0, 2, None, "epoch", "GPU-a"), None]


@pytest.mark.parametrize(("listed", "told"), [(["GPU-a", "GPU-b"], ", card GPU-b"), (["GPU-b"], ""), ([], "")])
def test_the_line_of_progress_says_who_is_at_which_of_several_cards(tmp_path, listed, told):
    session = Session(tmp_path)
    session.expect({"k": ("a run", 1.0)})
    session.beat("gw1", Heartbeat("a run", 3, 9, 0.5, "epoch", "GPU-b" if listed else None))
    state = SimpleNamespace(session=session, store=Store(tmp_path / "store"), cards=listed, minutes=None)
    line = Display(SimpleNamespace(live=False), state).line()
    assert line.endswith(f"a run (epoch 3 loss 0.500{told})")
