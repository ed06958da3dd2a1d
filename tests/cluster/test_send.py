"""The sender: every run comes back into the store or fails, whatever happens to the nodes."""

from dataclasses import replace

import pytest

from rethinking_audit.fixtures.cluster import send
from rethinking_audit.fixtures.cluster.ray_cluster import ClusterUnusable, Unlike
from rethinking_audit.fixtures.runs.carry_out import carry_out
from rethinking_audit.fixtures.runs.identity import key
from rethinking_audit.fixtures.runs.session import ERROR, LOST, Session
from rethinking_audit.fixtures.runs.store import Store
from rethinking_audit.fixtures.tasks.target import Target
from rethinking_audit.fixtures.training.engine import REFERENCE
from tests.builders.clusters import InProcess, Silent, lost
from tests.builders.specs import SPEC

TARGET = Target(engine=REFERENCE)


def plan_of(count):
    return {key(task, TARGET): task for task in (replace(SPEC, seed=seed) for seed in range(count))}


@pytest.fixture
def shared(tmp_path):
    return Store(tmp_path / "store"), Session(tmp_path / "session")


def failures(plan, session):
    return [session.failure(name) for name in plan]


def all_are_free(plan, store):
    for name in plan:
        store.lock(name).acquire(timeout=0)
    return True


def test_what_a_cluster_makes_is_what_this_machine_makes(shared):
    plan, (store, session) = plan_of(3), shared
    send.drain(plan, store, session, TARGET, InProcess())
    for name, task in plan.items():
        assert {**store.read(name), "made": None} == {"schema": 1, "key": name, **carry_out(task, TARGET), "made": None}
    assert all_are_free(plan, store)


def test_small_runs_share_a_parcel(shared):
    cluster, plan = InProcess(), plan_of(3)
    send.drain(plan, *shared, TARGET, cluster)
    assert cluster.sent == [list(plan.values())]


def test_what_was_lost_is_sent_again_each_run_alone_and_said(shared):
    plan, (store, session), cluster = plan_of(2), shared, InProcess(news={1: lost()})
    send.drain(plan, store, session, TARGET, cluster)
    first, second = plan.values()
    assert cluster.sent == [[first, second], [first], [second]]
    assert all(map(store.has, plan))
    assert session.losses() == {
        "a process of the cluster (1)": "ended (NodeDiedError) while it made 2 runs: sent again, each alone"
    }


def test_a_run_that_is_lost_three_times_is_given_up(shared):
    plan, (store, session) = plan_of(1), shared
    cluster = InProcess(news={number: lost() for number in range(1, 9)})
    send.drain(plan, store, session, TARGET, cluster)
    (failure,) = failures(plan, session)
    assert len(cluster.sent) == send.MOST_LOSSES
    assert failure.kind == ERROR
    assert failure.message.endswith("3 processes of the cluster ended while they were at it")
    assert all_are_free(plan, store)


def test_an_error_of_a_node_fails_its_parcel_alone(shared):
    plan, (store, session) = plan_of(2), shared
    cluster = InProcess(news={1: [*lost()], 2: [RuntimeError("boom")]})
    send.drain(plan, store, session, TARGET, cluster)
    failed, made = failures(plan, session)
    assert "on the cluster: RuntimeError: boom" in failed.message
    assert made is None
    assert [store.has(name) for name in plan] == [False, True]


def test_a_node_that_computes_otherwise_ends_the_audit_and_frees_the_runs(shared):
    plan, (store, session) = plan_of(2), shared
    with pytest.raises(ClusterUnusable, match=r"^The node has other code\.$"):
        send.drain(plan, store, session, TARGET, InProcess(news={1: [Unlike("The node has other code.")]}))
    assert failures(plan, session) == [None, None]
    assert all_are_free(plan, store)


def test_a_cluster_without_a_sign_of_life_is_waited_for_no_longer_than_patience_says(shared):
    plan, (store, session) = plan_of(2), shared
    send.drain(plan, store, session, TARGET, Silent(), patience=0.01)
    assert {failure.kind for failure in failures(plan, session)} == {LOST}
    assert "no node of the cluster gave a sign of life" in failures(plan, session)[0].message
    assert all_are_free(plan, store)


def test_a_full_disk_fails_the_run_and_sends_no_more(shared, monkeypatch):
    plan, (store, session) = plan_of(3), shared
    cluster = InProcess(slots=0.5, news={1: lost()})  # one parcel at a time, each of one run after the loss

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(store, "write", full)
    monkeypatch.setattr(store, "obstacle", lambda: OSError(28, "No space left on device"))
    send.drain(plan, store, session, TARGET, cluster)
    assert len(cluster.sent) == 2
    assert all("No space left on device" in failure.message for failure in failures(plan, session))


def test_runs_without_time_are_not_sent(shared):
    class Over:
        def allows(self, task):
            return False

        def give_up(self, pending):
            for name in pending:
                shared[1].fail(name, send.Failure("time", "no time"))

    plan, cluster = plan_of(2), InProcess()
    send.drain(plan, *shared, TARGET, cluster, deadline=Over())
    assert cluster.sent == []
    assert {failure.kind for failure in failures(plan, shared[1])} == {"time"}
