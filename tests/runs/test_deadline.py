"""Which runs are begun before an audit must end: what they are predicted to take, and what is given up."""

from dataclasses import replace
from types import SimpleNamespace

import pytest

from rethinking_audit.fixtures.data.datasets import find
from rethinking_audit.fixtures.runs import prepare
from rethinking_audit.fixtures.runs.cost import EFFICIENCY
from rethinking_audit.fixtures.runs.deadline import Deadline
from rethinking_audit.fixtures.runs.identity import key
from rethinking_audit.fixtures.runs.pace import MOST_SHARED, OVERHEAD, SPREAD, UNKNOWN, Pace
from rethinking_audit.fixtures.runs.queue import Queue
from rethinking_audit.fixtures.runs.session import TIME, Session
from rethinking_audit.fixtures.runs.store import Store
from rethinking_audit.fixtures.tasks.memory import LANES, SLOTS, SLOTS_ON_A_GPU
from rethinking_audit.fixtures.tasks.solve import ProblemSolve
from rethinking_audit.fixtures.tasks.target import Target
from rethinking_audit.fixtures.tasks.training import Training
from rethinking_audit.fixtures.training.engine import CAPTURED, FUSED, REFERENCE
from rethinking_audit.fixtures.training.spec import Recipe
from tests.builders.specs import baseline_of

RECIPE = Recipe(batch=32, learning_rate=0.1, momentum=0.9, lr_decay=0.99, max_epochs=200, patience=10, eval_every=0)
SPEC = Training(data=find("digits"), network="alexnet", recipe=RECIPE, seed=0, train_size=50, width=0.1)
MLP = replace(SPEC, network="mlp-1x512")
KERNEL = ProblemSolve(problem="kernel", data=find("digits"), train_size=901, parameters=(("kind", "raw"), ("scale", 2.0)))
RATE = 1e9  # operations a second


def pace(device="cpu", asked="auto"):
    return Pace(Target(device, asked), rate=lambda device: RATE)


# The pace


def test_what_is_unknown_is_predicted_to_take_several_times_what_it_should():
    found = pace()
    assert found.work(SPEC) == pytest.approx(SPEC.expected() / (RATE * EFFICIENCY), rel=0.01)
    assert found.seconds(SPEC) == pytest.approx(OVERHEAD + UNKNOWN * found.work(SPEC))


def test_what_a_run_probably_takes_is_what_its_kind_took_or_its_work_alone():
    found = pace()
    assert found.likely(SPEC) == found.work(SPEC)
    assert not found.knows_kind(SPEC)
    found.saw(SPEC, 3 * found.work(SPEC), 1.0)
    assert found.likely(SPEC) == pytest.approx(3 * found.work(SPEC))
    assert found.knows_kind(SPEC)


@pytest.mark.parametrize("ratio", [0.1, 1.0, 30.0])
def test_what_is_known_is_predicted_by_what_its_kind_has_taken(ratio):
    found = pace()
    work = found.work(SPEC)
    for seed in range(200):
        found.saw(replace(SPEC, seed=seed), ratio * work, ratio * work)
    assert found.seconds(replace(SPEC, seed=200)) == pytest.approx(OVERHEAD + SPREAD * ratio * work, rel=0.2)


def test_a_run_larger_than_all_that_were_seen_goes_by_them_the_less():
    found = pace()
    found.saw(SPEC, 0.01, 0.01)
    larger = replace(SPEC, recipe=replace(RECIPE, max_epochs=100 * RECIPE.max_epochs))
    assert found.seconds(larger) > 0.9 * UNKNOWN * found.work(larger)


def test_another_network_engine_scale_or_problem_is_of_another_kind():
    kinds = [SPEC, MLP, replace(SPEC, width=0.2), replace(SPEC, data=find("mnist")), KERNEL, replace(KERNEL, problem="sgd")]
    assert len({pace().kind(spec) for spec in kinds} | {pace(asked=REFERENCE).kind(SPEC)}) == 7
    assert pace().kind(SPEC) == pace().kind(replace(SPEC, seed=1, corruption=1.0))


def test_where_all_kinds_are_slow_the_unknown_one_is_predicted_to_be_slow_too():
    found = pace()
    found.saw(SPEC, OVERHEAD + 10 * found.work(SPEC), 1.0)
    assert found.seconds(KERNEL) == pytest.approx(OVERHEAD + SPREAD * 10 * found.work(KERNEL))
    assert found.seconds(replace(KERNEL, data=find("mnist"))) < 2 * UNKNOWN * found.work(
        replace(KERNEL, data=find("mnist"))
    )


def test_small_runs_do_not_make_the_unknown_slow():
    """The seconds that any run takes are no sign of a slow machine."""
    found = pace()
    small = baseline_of(SPEC)
    found.saw(small, 0.9 * OVERHEAD, 0.4)
    assert found.work(small) < OVERHEAD / 50
    assert found.seconds(SPEC) == pytest.approx(OVERHEAD + UNKNOWN * found.work(SPEC))


@pytest.mark.parametrize(
    ("device", "asked", "most"),
    [("cpu", FUSED, SLOTS), ("cpu", REFERENCE, 1), ("cuda:0", FUSED, SLOTS_ON_A_GPU), ("cuda:0", CAPTURED, LANES)],
)
@pytest.mark.parametrize("planned", [1, 2, 100])
def test_a_run_in_company_ends_after_all_that_share_its_steps(device, asked, most, planned):
    """It is charged its part of each step, and takes the whole."""
    found = pace(device, asked)
    one = replace(MLP, train_size=None)  # all seeds have the same images
    found.expect({str(seed): replace(one, seed=seed) for seed in range(planned)})
    share = UNKNOWN * found.work(one)
    assert found.seconds(one) == pytest.approx(OVERHEAD + min(most, planned) * share)


def test_a_learner_is_predicted_by_the_rate_of_the_cpu_and_a_large_data_set_by_its_preparation_too():
    asked = []
    Pace(Target("cuda:0"), rate=lambda device: asked.append(device) or RATE).work(baseline_of(SPEC))
    assert asked == ["cpu"]
    whole = replace(SPEC, data=find("cifar10"), train_size=None, width=1.0)
    found = Pace(Target(), rate=lambda device: 1e30)
    assert found.work(whole) == pytest.approx(17, abs=1)


def test_a_process_that_shares_its_core_says_so():
    found = pace()
    assert found.shared() == 1.0
    found.saw(SPEC, 39.0, 19.0)
    assert found.shared() == pytest.approx(2.0)
    found.saw(SPEC, 1000.0, 1.0)
    assert found.shared() == MOST_SHARED
    on_a_card = pace("cuda:0")
    on_a_card.saw(SPEC, 100.0, 1.0)
    assert on_a_card.shared() == 1.0


def test_what_any_process_has_finished_teaches_once(tmp_path):
    store, found = Store(tmp_path), pace()
    found.expect({"a": SPEC, "b": SPEC})
    store.write("a", {"made": {"seconds": 5.0, "cpu_seconds": 4.0}})
    store.path("b").write_text("{}")  # damaged
    for _ in range(2):
        found.learn(store)
    (seen,) = found.seen.values()
    assert (seen.seconds, seen.work, seen.beyond) == (5.0, found.work(SPEC), 5.0 - OVERHEAD)


# The deadline


class Steady:
    """A pace at which every run takes as many seconds as its seed."""

    def __init__(self, shared=1.0):
        self.learned, self.slow = 0, shared

    def seconds(self, spec):
        return spec.seed

    def learn(self, store):
        self.learned += 1

    def shared(self):
        return self.slow


def seeds(*numbers):
    specs = [replace(MLP, seed=number) for number in numbers]
    return {key(spec, Target()): spec for spec in specs}


@pytest.fixture
def told(tmp_path):
    """A deadline at second 100, and where it notes what is given up."""
    session = Session(tmp_path / "session")
    return Deadline(110.0, 10.0, Steady(), Store(tmp_path), session, "for want of time"), session


@pytest.mark.parametrize(("now", "seconds", "allowed"), [(50, 49, 1), (50, 50, 1), (50, 51, 0), (100, 0, 0), (200, 0, 0)])
def test_a_run_is_begun_if_it_is_likely_to_end_in_time(told, now, seconds, allowed):
    assert told[0].allows(replace(MLP, seed=seconds), now) == bool(allowed)


def test_on_a_shared_machine_more_time_is_left_for_what_follows_the_runs(tmp_path):
    deadline = Deadline(110.0, 10.0, Steady(shared=3.0), Store(tmp_path), Session(tmp_path / "s"))
    assert [deadline.allows(replace(MLP, seed=0), now) for now in (79, 80)] == [True, False]


def test_it_learns_at_most_once_a_second(told):
    for now in (10.0, 10.5, 11.0, 11.1, 12.5):
        told[0].allows(MLP, now)
    assert told[0].pace.learned == 3


def kinds(session, plan):
    return [failure.kind if (failure := session.failure(name)) else None for name in plan]


def test_what_there_is_no_time_for_is_given_up_by_all(told):
    deadline, session = told
    plan = seeds(1, 2)
    deadline.give_up(plan, now=50)
    assert kinds(session, plan) == [TIME, TIME]
    assert session.failure(next(iter(plan))).message == "for want of time"
    for name in plan:
        deadline.store.lock(name).acquire(timeout=0)  # which nobody holds any more


@pytest.mark.parametrize("now", [50, 200])
def test_nothing_is_given_up_while_a_process_of_this_audit_is_at_a_run(told, now):
    """However late it is: its run is waited for, and may leave time for others."""
    deadline, session = told
    plan = seeds(1, 2, 3)
    name = list(plan)[1]
    session.begin(name)
    with deadline.store.lock(name):
        deadline.give_up(plan, now)
        assert kinds(session, plan) == [None] * 3
    deadline.give_up(plan, now)  # it crashed
    assert kinds(session, plan) == [TIME] * 3


def test_what_another_audit_is_at_is_waited_for_until_the_deadline(told):
    deadline, session = told
    plan = seeds(1, 2)
    with deadline.store.lock(next(iter(plan))):
        deadline.give_up(plan, now=99)
        assert kinds(session, plan) == [None, None]
        deadline.give_up(plan, now=100)
    assert kinds(session, plan) == [TIME, TIME]


def test_what_is_finished_or_has_failed_is_not_given_up(told):
    deadline, session = told
    plan = seeds(1, 2, 3)
    made, failed, _ = plan
    deadline.store.write(made, {})
    session.fail(failed, prepare.Failure("error", "it broke"))
    deadline.give_up(plan, now=200)
    assert kinds(session, plan) == [None, "error", TIME]


# The prepare stage


def drained(monkeypatch, told, plan, now=50.0):
    """The seeds of the runs that a drain makes, at a time that stands still."""
    deadline, session = told
    made = []
    monkeypatch.setattr("rethinking_audit.fixtures.runs.deadline.time", SimpleNamespace(time=lambda: now))
    monkeypatch.setattr(prepare, "carry_out", lambda spec, *_: made.append(spec.seed) or {"result": spec.seed})
    prepare.drain(plan, deadline.store, session, Target(engine=REFERENCE), "main", deadline)
    return made


def test_a_drain_passes_over_what_is_too_long_makes_the_rest_and_ends(monkeypatch, told):
    plan = {key(spec, Target(engine=REFERENCE)): spec for spec in seeds(70, 20, 60, 10).values()}
    assert drained(monkeypatch, told, plan) == [20, 10]
    assert kinds(told[1], plan) == [TIME, None, TIME, None]


def test_a_drain_after_the_deadline_begins_nothing(monkeypatch, told):
    assert drained(monkeypatch, told, seeds(1, 2), now=100.0) == []


def test_a_sweep_takes_no_run_that_would_end_too_late(tmp_path):
    """Beside those that it trains already."""
    short = replace(RECIPE, max_epochs=2)
    plan = {key(spec, Target()): spec for spec in (replace(MLP, seed=seed, recipe=short) for seed in (1, 2, 90))}
    store, session = Store(tmp_path), Session(tmp_path / "s")
    deadline = Deadline(60.0, 0.0, Steady(), store, session)
    drainer = Queue(dict(plan), store, session, deadline)
    deadline.allows = lambda spec, now=None: Deadline.allows(deadline, spec, 50.0)
    taken = []
    while (found := drainer.take()) is not None:
        taken.append(found[1].seed)
    assert taken == [1, 2]


def test_a_worker_without_a_card_learns_of_no_run_that_needs_one(tmp_path):
    """It would have to ask a card how fast it is, and then be bound to the first."""
    store, asked = Store(tmp_path), []
    learner, trained = baseline_of(SPEC), SPEC
    pace = Pace(Target("cuda:0"), rate=lambda device: asked.append(device) or 1e9)
    pace.knows = lambda spec: spec.network == "ridge"
    plan = {key(spec, Target("cuda:0")): spec for spec in (learner, trained)}
    pace.expect(plan)
    for name in plan:
        store.write(name, {"made": {"seconds": 1.0, "cpu_seconds": 1.0}})
    pace.learn(store)
    assert asked == ["cpu"]
    assert list(pace.unseen.values()) == [trained]
