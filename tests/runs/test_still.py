"""Whoever stands still is not waited for for ever: locks are signed, processes give signs of life, and patience ends."""

import json
import os
import socket
import subprocess
import sys
import time

import pytest

from rethinking_audit.fixtures.runs import holder as room
from rethinking_audit.fixtures.runs import patience, prepare
from rethinking_audit.fixtures.runs.holder import Holder, holder_of, sign, this_process
from rethinking_audit.fixtures.runs.patience import Pulse, Silence, touched
from rethinking_audit.fixtures.runs.queue import Queue
from rethinking_audit.fixtures.runs.session import STILL, Session
from rethinking_audit.fixtures.runs.store import Store
from rethinking_audit.fixtures.tasks.target import Target
from tests.builders.places import ROOT
from tests.builders.tasks import Free

HOLDS = """
import sys
from pathlib import Path
from filelock import FileLock
lock = FileLock(sys.argv[1])
lock.acquire()
print("held", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def shared(tmp_path):
    store = Store(tmp_path / "store")
    return store, Session(store.folder / "sessions" / "mine")


@pytest.fixture
def held():
    """Let another process hold a lock that it does not sign."""
    found = []

    def hold(path):
        child = subprocess.Popen(
            [sys.executable, "-c", HOLDS, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT
        )
        found.append(child)
        assert child.stdout.readline() == b"held\n"
        return child

    yield hold
    for child in found:
        child.communicate()


def drained(shared, tasks, **how):
    store, session = shared
    prepare.drain(tasks, store, session, Target(), "main", **how)
    return {key: failure.kind for key in tasks if (failure := session.failure(key)) is not None}


@pytest.fixture
def made(monkeypatch):
    monkeypatch.setattr(prepare, "carry_out", lambda task, *_: {"result": str(task)})


def test_a_lock_that_another_process_holds_for_too_long_is_named_and_the_other_runs_are_made(shared, held, made):
    store, session = shared
    child = held(store.lock("b").lock_file)
    assert drained(shared, {"a": Free("a"), "b": Free("b"), "c": Free("c")}, patience=0.3) == {"b": STILL}
    assert store.has("a")
    assert store.has("c")
    said = session.failure("b").message
    assert f"its lock {store.lock('b').lock_file} is held by process {child.pid}" in said
    assert "without a sign of life for 1 s; run the audit again to go on" in said


def test_a_holder_that_gives_signs_of_life_is_waited_for(shared, held, made):
    store, _ = shared
    child = held(store.lock("b").lock_file)
    theirs = Session(store.folder / "sessions" / "theirs", "gw1")
    theirs.live(every=0.02)
    sign(store.folder / "locks" / "b.lock", Holder(child.pid, "here", "she", "theirs", "gw1"))
    began = time.monotonic()
    pulse = theirs._pulse
    with pytest.MonkeyPatch.context() as change:
        change.setattr("rethinking_audit.fixtures.runs.queue.POLL", 0.05)
        waits = iter(range(14))
        looked = patience.touched

        def look(path):
            if next(waits, None) is None:
                pulse.stop()  # as if the process were stopped
            return looked(path)

        change.setattr("rethinking_audit.fixtures.runs.queue.touched", look)
        assert drained(shared, {"b": Free("b")}, patience=0.3) == {"b": STILL}
    assert time.monotonic() - began > 1.0
    theirs.rest()


def test_a_lock_says_who_holds_it(shared, held):
    store, _ = shared
    lock = store.lock("a")
    path = store.folder / "locks" / "a.lock"
    with lock:
        sign(path, this_process("mine", "gw0"))
        found = holder_of(path)
        assert (found.pid, found.host, found.session, found.worker) == (os.getpid(), socket.gethostname(), "mine", "gw0")
        assert str(found).startswith(f"process {os.getpid()} of ")
    child = held(path)
    assert (holder_of(path).pid, holder_of(path).session) == (child.pid, None), "the kernel's word, not an old signature"


def test_the_kernel_is_asked_for_all_locks_at_once(tmp_path, monkeypatch, shared, held):
    (tmp_path / "locks").write_text(
        "1: POSIX  ADVISORY  READ 7 00:1b:5 0 EOF\n2: FLOCK  ADVISORY  WRITE 8 00:1b:6 0 EOF\n"
        "2: -> FLOCK  ADVISORY  WRITE 9 00:1b:6 0 EOF\n3: FLOCK  ADVISORY  WRITE 0 00:1b:7 0 EOF\n4: odd\n"
    )
    monkeypatch.setattr(room, "KERNEL", tmp_path / "locks")
    assert room.held_here() == {"00:1b:6": 8}
    monkeypatch.undo()
    path = shared[0].folder / "locks" / "a.lock"
    child = held(path)
    assert holder_of(path, room.held_here()).pid == child.pid
    assert holder_of(path, {}).pid is None


@pytest.mark.parametrize("text", ["", "[]", "{", "7", '{"colour": 1}', "[" * 100_000])
def test_a_lock_whose_signature_is_none_is_held_by_another_process(tmp_path, monkeypatch, text):
    (tmp_path / "a.lock").write_text(text)
    assert str(holder_of(tmp_path / "a.lock")) == "another process"
    monkeypatch.setattr(room, "KERNEL", tmp_path / "none")
    assert holder_of(tmp_path / "a.lock") == holder_of(tmp_path / "none.lock") == Holder()


def test_a_process_touches_its_file_until_it_ends_and_never_makes_it(tmp_path):
    path = tmp_path / "pulse"
    path.touch()
    os.utime(path, (1, 1))
    pulse = Pulse(path, every=0.01)
    pulse.start()
    while touched(path) == 1:
        time.sleep(0.01)
    path.unlink()
    time.sleep(0.05)
    pulse.stop()
    assert touched(path) is None


def test_silence_is_counted_by_looks_so_that_who_was_stopped_blames_nobody():
    now = [0.0]
    silence = Silence(lambda: now[0])
    assert silence.of("a", 1) == 0
    now[0] = 5
    assert (silence.of("a", 1), silence.of("b", 1)) == (5, 0)
    now[0] = 3600
    assert silence.of("a", 1) == 15
    assert silence.of("a", 2) == 0


def test_signs_come_often_enough_for_every_patience():
    assert (patience.every(600), patience.every(2)) == (5.0, 0.5)


def test_a_session_says_which_of_its_workers_live(shared):
    _, session = shared
    session.live()
    (session.folder / "alive" / "gw1").write_text("no number")
    assert {worker: pid for worker, (pid, _) in session.alive().items()} == {"main": os.getpid()}
    session.rest()
    assert session.alive() == {}


def test_signatures_are_json(tmp_path):
    sign(tmp_path / "a.lock", this_process("s", "w"))
    assert set(json.loads((tmp_path / "a.lock").read_text())) == {"pid", "host", "user", "session", "worker"}
    sign(tmp_path / "no" / "a.lock", this_process("s", "w"))


def test_a_run_that_needs_a_seat_is_left_to_those_that_have_one(shared, monkeypatch):
    """A worker without a seat waits for runs that nobody has begun, and gives none of them up."""
    store, session = shared
    queue = Queue({"a": Free("a")}, store, session, patience=0.01)
    monkeypatch.setattr(queue, "_is_for_me", lambda task: False)
    for _ in range(3):
        queue._looked = 0.0
        queue.wait()
    assert session.failure("a") is None
