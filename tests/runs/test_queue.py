"""What a process takes up, and what it makes ready while a card trains."""

import threading
from dataclasses import replace

import pytest
import torch

from rethinking_audit.fixtures.data.datasets import find
from rethinking_audit.fixtures.networks.build import build
from rethinking_audit.fixtures.runs import prepare
from rethinking_audit.fixtures.runs.carry_out import carry_out
from rethinking_audit.fixtures.runs.identity import key
from rethinking_audit.fixtures.runs.queue import Queue
from rethinking_audit.fixtures.runs.seats import Desk, Seat
from rethinking_audit.fixtures.runs.session import Session
from rethinking_audit.fixtures.runs.store import Store
from rethinking_audit.fixtures.tasks.target import Target
from rethinking_audit.fixtures.tasks.training import Training
from rethinking_audit.fixtures.training.engine import CAPTURED, FUSED, REFERENCE
from rethinking_audit.fixtures.training.numerics import DeviceLost, drawing
from rethinking_audit.fixtures.training.spec import Recipe
from tests.builders.card import emulated
from tests.builders.specs import baseline_of

CARD = "card:0"
RECIPE = Recipe(batch=32, learning_rate=0.05, momentum=0.9, lr_decay=1.0, max_epochs=2, patience=9, eval_every=0)
SPEC = Training(data=find("digits"), network="mlp-1x512", recipe=RECIPE, seed=0, corruption=1.0, train_size=50, width=0.1)
LEARNER = baseline_of(SPEC)


@pytest.fixture
def card():
    with emulated() as found:
        yield found


@pytest.fixture
def shared(tmp_path):
    return Store(tmp_path / "store"), Session(tmp_path / "session")


def plan(count=3, asked=REFERENCE, **changes):
    specs = (replace(SPEC, seed=seed, **changes) for seed in range(count))
    return {key(spec, Target(CARD, asked)): spec for spec in specs}


@pytest.fixture
def threads(monkeypatch):
    """In which thread each seed was made ready."""
    found, ready = {}, Training.ready

    def made_ready(spec, *rest):
        found[spec.seed] = threading.current_thread().name.partition("_")[0]
        return ready(spec, *rest)

    monkeypatch.setattr(Training, "ready", made_ready)
    return found


@pytest.mark.parametrize("asked", [REFERENCE, FUSED, CAPTURED])
def test_on_a_card_the_next_run_is_made_ready_while_one_trains_and_has_the_same_numbers(card, shared, threads, asked):
    store, session = shared
    runs = plan(asked=asked, train_size=None)  # of the same images: they share a sweep
    prepare.drain(runs, store, session, Target(CARD, asked), "main")
    assert threads == {0: "MainThread" if asked == REFERENCE else threads[0], 1: "ready", 2: "ready"}
    for name, spec in runs.items():
        assert session.failure(name) is None, session.failure(name).message
        expected = carry_out(spec, Target(engine="reference"))["result"]["curves"]["train_loss"]
        assert store.read(name)["result"]["curves"]["train_loss"] == pytest.approx(expected, rel=1e-5)


def test_on_a_cpu_nothing_is_made_ready_ahead(shared, threads):
    store, session = shared
    runs = {key(spec, Target(engine=REFERENCE)): spec for spec in plan().values()}
    prepare.drain(runs, store, session, Target(engine=REFERENCE), "main")
    assert set(threads.values()) == {"MainThread"}


def test_what_goes_wrong_ahead_is_that_runs_failure(card, shared, monkeypatch):
    ready = Training.ready

    def broken(spec, *rest):
        if spec.seed == 1:
            raise OSError("boom")
        return ready(spec, *rest)

    monkeypatch.setattr(Training, "ready", broken)
    store, session = shared
    runs = plan()
    prepare.drain(runs, store, session, Target(CARD, REFERENCE), "main")
    assert [store.has(name) for name in runs] == [True, False, True]
    assert "boom" in session.failure(list(runs)[1]).message


def test_a_worker_that_ends_lets_go_of_what_it_made_ready(card, shared, monkeypatch):
    def lost(*_):
        raise DeviceLost("it is gone")

    monkeypatch.setattr(prepare, "carry_out", lambda *_: 1 / 0)
    monkeypatch.setattr(prepare, "check_device", lost)
    store, session = shared
    runs = plan()
    with pytest.raises(DeviceLost):
        prepare.drain(runs, store, session, Target(CARD, REFERENCE), "gw0")
    for name in list(runs)[1:]:
        with store.lock(name).acquire(timeout=0):
            assert session.failure(name) is None


def test_nothing_is_held_that_another_worker_could_train_now(shared, monkeypatch):
    """With as many seats as runs that are left each worker may have one."""
    monkeypatch.setattr(Training, "ready", lambda *_: None)
    store, session = shared
    runs = {**plan(3), key(LEARNER, Target(CARD)): LEARNER}
    for seats, expected in ((3, True), (4, False)):
        one = Queue(dict(runs), store, session, desk=Desk(tuple(Seat(str(place), 0, 1) for place in range(seats))))
        one.desk.seat = one.desk.seats[0]
        taken = one.take()
        one.look_ahead(sees_steps=True)
        assert (one.ahead is not None) is expected
        one.close()
        taken[2].release()


def test_a_run_that_needs_no_card_is_not_made_ready(shared, monkeypatch):
    monkeypatch.setattr(Training, "ready", lambda *_: pytest.fail("was made ready"))
    store, session = shared
    one = Queue({key(LEARNER, Target(CARD)): LEARNER}, store, session)
    one.look_ahead(sees_steps=True)
    assert one.ahead is None


def test_a_run_that_there_is_no_time_for_any_more_is_put_back(shared, monkeypatch):
    class Over:
        over = False

        def allows(self, spec):
            return not self.over

        def give_up(self, pending):
            self.given_up = set(pending)

    monkeypatch.setattr(Training, "ready", lambda *_: None)
    store, session = shared
    runs, deadline = plan(2), Over()
    one = Queue(dict(runs), store, session, deadline)
    first = one.take()
    one.look_ahead(sees_steps=True)
    assert one.ahead is not None
    assert not one.pending
    deadline.over = True
    assert one.take() is None
    one.give_up()
    assert deadline.given_up == set(runs) - {first[0]}
    with store.lock(list(runs)[1]).acquire(timeout=0):
        assert one


def test_nothing_is_given_up_while_there_is_time_for_any_of_it(shared):
    """What another process holds for an instant, to look at it, is taken up the next time."""

    class Some:
        given_up = None

        def allows(self, spec):
            return spec.seed == 1

        def give_up(self, pending):
            self.given_up = set(pending)

    store, session = shared
    runs, deadline = plan(2), Some()
    one = Queue(dict(runs), store, session, deadline)
    with store.lock(list(runs)[1]):
        assert one.take() is None
        one.give_up()
    assert deadline.given_up is None
    del one.pending[list(runs)[1]]
    one.give_up()
    assert deadline.given_up == {next(iter(runs))}


def test_two_threads_that_draw_have_each_their_own_numbers():
    """Without a lock one would draw from the middle of the other's sequence."""

    def drawn(seed):
        with drawing(seed):
            return torch.cat([part.detach().flatten() for part in build("mlp-3x512", (7, 7), 1, 10, 0.2).parameters()])

    before, alone, found = torch.get_rng_state(), [drawn(seed) for seed in range(2)], {0: [], 1: []}
    pair = [threading.Thread(target=lambda s=s: found[s].extend(drawn(s) for _ in range(40))) for s in range(2)]
    for thread in pair:
        thread.start()
    for thread in pair:
        thread.join()
    for seed, rows in found.items():
        assert all(torch.equal(row, alone[seed]) for row in rows)
    assert torch.equal(before, torch.get_rng_state())
