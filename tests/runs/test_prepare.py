"""The prepare stage: a plan is drained once, whoever drains it, and what fails takes no other run with it."""

import threading
from dataclasses import replace

import pytest

from rethinking_audit.fixtures.data.contracts import ContractBroken
from rethinking_audit.fixtures.data.dataset import DataUnavailable
from rethinking_audit.fixtures.runs import prepare, queue
from rethinking_audit.fixtures.runs.carry_out import carry_out, carry_out_together
from rethinking_audit.fixtures.runs.identity import key
from rethinking_audit.fixtures.runs.session import CONTRACT, DATA, ERROR, Session
from rethinking_audit.fixtures.runs.store import Store
from rethinking_audit.fixtures.tasks.sources import canonical
from rethinking_audit.fixtures.tasks.target import Target
from rethinking_audit.fixtures.tasks.training import Training
from rethinking_audit.fixtures.tasks.witness import Witness
from rethinking_audit.fixtures.training.engine import FUSED, REFERENCE
from rethinking_audit.fixtures.training.fused import FusedSweep
from tests.builders.specs import RECIPE, SPEC


def plan_of(count):
    specs = [replace(SPEC, seed=seed, train_size=None) for seed in range(count)]  # with the same images: one sweep
    return {key(spec, Target()): spec for spec in specs}


def test_a_drained_plan_is_in_the_store_and_not_made_again(tmp_path, monkeypatch):
    store, session, plan = Store(tmp_path), Session(tmp_path / "s"), plan_of(3)
    prepare.drain(plan, store, session, Target(), "main")
    assert all(store.read(name)["spec"] == spec.to_dict() for name, spec in plan.items())
    monkeypatch.setattr(prepare.Worker, "make", lambda *_: pytest.fail("was made again"))
    prepare.drain(plan, store, session, Target(), "main")


def test_a_record_is_the_same_wherever_it_is_made(tmp_path):
    """Apart from what it says of how it was made."""
    stores = [Store(tmp_path / name) for name in ("one", "other")]
    for store in stores:
        prepare.drain(plan_of(1), store, Session(tmp_path / "s"), Target(), "main")
    records = [{**store.read(next(iter(plan_of(1)))), "made": None} for store in stores]
    assert canonical(records[0]) == canonical(records[1])


def test_two_drains_share_the_work(tmp_path, monkeypatch):
    made = []
    monkeypatch.setattr(prepare, "carry_out", lambda spec, *_: made.append(spec.seed) or {"result": spec.seed})
    store, session, plan = Store(tmp_path), Session(tmp_path / "s"), plan_of(8)
    threads = [
        threading.Thread(target=prepare.drain, args=(plan, store, session, Target(engine=REFERENCE), f"gw{n}"))
        for n in range(2)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    assert sorted(made) == list(range(8))


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (ContractBroken("fresh weights", "it was trained"), CONTRACT),
        (DataUnavailable("gone"), DATA),
        (RuntimeError("boom"), ERROR),
    ],
)
def test_a_run_that_cannot_be_made_is_noted_and_tried_once(tmp_path, monkeypatch, error, kind):
    attempts = []

    def fail(*_):
        attempts.append(1)
        raise error

    monkeypatch.setattr(prepare, "carry_out", fail)
    store, session, plan = Store(tmp_path), Session(tmp_path / "s"), plan_of(2)
    for _ in range(2):
        prepare.drain(plan, store, session, Target(engine=REFERENCE), "main")
    failures = [session.failure(name) for name in plan]
    assert [failure.kind for failure in failures] == [kind, kind]
    assert all(str(error) in failure.message for failure in failures)
    assert len(attempts) == 2
    assert session.beats() == {}


def test_a_fused_sweep_leaves_a_record_for_each_run_as_soon_as_it_is_over(tmp_path):
    """Which says what trained it, and what it cost; the runs are those of the reference loop."""
    store, session = Store(tmp_path), Session(tmp_path / "s")
    lengths = {
        seed: replace(one, recipe=replace(RECIPE, max_epochs=1 + seed)) for seed, one in enumerate(plan_of(3).values())
    }
    plan = {key(spec, Target()): spec for spec in lengths.values()}
    seen = []
    for spec, made in carry_out_together(iter(lengths.values()), Target(engine=FUSED)):
        seen.append(spec.seed)
        store.write(key(spec, Target()), made)
    assert seen == [0, 1, 2]
    for name, spec in plan.items():
        record = store.read(name)
        assert record["context"]["engine"]["name"] == FUSED
        assert record["made"]["seconds"] > 0
        alone = carry_out(spec, Target(engine="reference"))
        assert alone["context"]["engine"] == {"name": REFERENCE, "source": None}
        assert record["result"]["epochs"] == alone["result"]["epochs"]
        assert record["result"]["contracts"] == alone["result"]["contracts"]
        assert record["result"]["curves"]["train_loss"] == pytest.approx(alone["result"]["curves"]["train_loss"], rel=1e-4)
    prepare.drain(plan, store, session, Target(), "main")
    assert session.expected() == {}


def test_a_run_that_cannot_be_prepared_takes_no_other_with_it(tmp_path, monkeypatch):
    def ready(spec, *rest):
        if spec.seed == 1:
            raise ContractBroken("fresh weights", "it was trained")
        return prepared(spec, *rest)

    prepared = Training.ready
    monkeypatch.setattr(Training, "ready", ready)
    store, session, plan = Store(tmp_path), Session(tmp_path / "s"), plan_of(3)
    prepare.drain(plan, store, session, Target(), "main")
    assert [store.has(name) for name in plan] == [True, False, True]
    assert session.failure(list(plan)[1]).kind == CONTRACT
    assert session.beats() == {}


def test_a_contract_that_one_run_breaks_ends_that_run_alone(tmp_path, monkeypatch):
    saw = Witness.saw

    def seen(self, loss, *exact):
        if self.spec.seed == 1 and self.epoch == 1:
            raise ContractBroken("steps by the recipe", "it was cut")
        saw(self, loss, *exact)

    monkeypatch.setattr(Witness, "saw", seen)
    store, session, plan = Store(tmp_path), Session(tmp_path / "s"), plan_of(3)
    prepare.drain(plan, store, session, Target(), "main")
    assert [store.has(name) for name in plan] == [True, False, True]
    failure = session.failure(list(plan)[1])
    assert (failure.kind, failure.contract) == (CONTRACT, "steps by the recipe")
    alone = carry_out(list(plan.values())[2], Target(engine="reference"))["result"]
    assert store.read(list(plan)[2])["result"]["epochs"] == alone["epochs"]


def test_an_error_in_a_step_is_of_all_that_take_it_and_leaves_what_was_finished(tmp_path, monkeypatch):
    """Such as memory that does not suffice: nothing is tried again at another size."""
    epoch = FusedSweep.epoch

    def fail(sweep):
        if sweep.runs[0].epoch:
            raise MemoryError("no more")
        return epoch(sweep)

    monkeypatch.setattr(FusedSweep, "epoch", fail)
    store, session = Store(tmp_path), Session(tmp_path / "s")
    short, *others = (
        replace(SPEC, seed=seed, recipe=replace(RECIPE, max_epochs=1 if seed == 0 else 5)) for seed in range(3)
    )
    plan = {key(spec, Target()): spec for spec in (short, *others)}
    prepare.drain(plan, store, session, Target(), "main")
    assert [store.has(name) for name in plan] == [True, False, False]
    assert all("MemoryError: no more" in session.failure(name).message for name in list(plan)[1:])


def test_what_another_process_holds_is_left_to_it(tmp_path):
    store, session, plan = Store(tmp_path), Session(tmp_path / "s"), plan_of(3)
    waiting = queue.Queue(dict(plan), store, session)
    with store.lock(next(iter(plan))):
        prepare.Worker(waiting, Target(engine=FUSED), "main").make(*waiting.take())
        assert [store.has(name) for name in plan] == [False, True, True]
        assert waiting.take() is None
        assert list(waiting.pending) == list(plan)[:1]
    assert waiting.take() is not None


def test_an_interrupted_sweep_lets_go_of_its_runs(tmp_path, monkeypatch):
    def stop(sweep):
        raise KeyboardInterrupt

    monkeypatch.setattr(FusedSweep, "epoch", stop)
    store, plan = Store(tmp_path), plan_of(2)
    with pytest.raises(KeyboardInterrupt):
        prepare.drain(plan, store, Session(tmp_path / "s"), Target(), "main")
    for name in plan:
        with store.lock(name).acquire(timeout=0):
            pass
