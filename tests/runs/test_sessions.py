"""A session: what its processes tell each other is read back as it was written."""

import errno
import json
import os
import subprocess
import sys
import time

import pytest
from filelock import FileLock, Timeout

from rethinking_audit.fixtures.runs import session as room
from rethinking_audit.fixtures.runs import store as place
from rethinking_audit.fixtures.runs.session import CONTRACT, ERROR, Failure, Heartbeat, Session
from rethinking_audit.fixtures.runs.store import LOCK, STALE, Store
from rethinking_audit.fixtures.tasks.sources import sha256
from tests.builders.places import ROOT

FOLDERS = ("alive", "begun", "failed", "lost", "prepared")


@pytest.fixture
def session(tmp_path):
    return Session(tmp_path / "audits" / "one")


def test_a_new_session_says_nothing_and_a_second_process_may_open_it_too(session):
    assert (session.manifest(), session.expected(), session.failure("a"), session.beats()) == (None, {}, None, {})
    assert Session(session.folder).beats() == {}


def test_the_first_worker_says_what_was_collected(session):
    session.write_manifest({"cases": 2})
    session.write_manifest({"cases": 3})
    assert session.manifest() == {"cases": 2}
    assert sorted(path.name for path in session.folder.iterdir()) == sorted([*FOLDERS, "manifest.json"])


def test_what_each_stage_has_to_make_adds_up_and_is_named_by_its_runs(session):
    session.expect({"b": ("two", 2.0), "a": ("one", 1.5)})
    session.expect({"a": ("x", 9.0), "b": ("x", 9.0)})  # the same runs: another worker already did
    assert session.expected() == {"a": 1.5, "b": 2.0}
    session.expect({"c": ("three", 4.0)})
    assert session.expected() == {"a": 1.5, "b": 2.0, "c": 4.0}
    names = [f"missing-{sha256(runs)}.json" for runs in (["a", "b"], ["c"])]
    assert {path.name for path in session.folder.glob("*.json")} == set(names)
    assert json.loads((session.folder / names[1]).read_text()) == {"c": ["three", 4.0]}
    assert session.names() == {"a": "one", "b": "two", "c": "three"}


def test_a_failure_is_found_by_its_key_alone(session):
    broken = Failure(CONTRACT, "run: labels: 3 differ", "labels")
    session.fail("a", broken)
    session.fail("b", Failure(ERROR, "it broke"))
    assert session.failure("a") == broken
    assert session.failure("b") == Failure(ERROR, "it broke", None)
    assert session.failure("c") is None


def test_a_heartbeat_is_the_workers_last(session):
    session.beat("gw0", Heartbeat("run", 1, 30, None))
    session.beat("gw0", Heartbeat("run", 2, 30, 0.5))
    session.beat("gw1", Heartbeat("other", 1, 4, None, "part"))
    assert session.beats() == {"gw0": Heartbeat("run", 2, 30, 0.5, "epoch"), "gw1": Heartbeat("other", 1, 4, None, "part")}
    assert sorted(path.name for path in session.folder.iterdir()) == sorted([*FOLDERS, "gw0.beat", "gw1.beat"])
    session.beat("gw0", None)
    session.beat("gw0", None)
    assert list(session.beats()) == ["gw1"]


def test_notes_are_in_one_encoding_everywhere(session, encodings_named):
    session.write_manifest({"cases": 2})
    session.fail("a", Failure(ERROR, "it broke"))
    session.beat("gw0", Heartbeat("run", 1, 30, None))
    assert (session.manifest(), list(session.beats())) == ({"cases": 2}, ["gw0"])
    assert session.failure("a") == Failure(ERROR, "it broke")
    session.live()
    session.begin("a")
    assert (list(session.alive()), session.begun("a")) == (["main"], 1)
    session.rest()


def locked(session):
    try:
        with FileLock(session.folder / LOCK, is_singleton=False).acquire(timeout=0):
            return False
    except Timeout:
        return True


def test_a_session_is_locked_until_it_rests_and_by_whoever_comes_first(session):
    session.rest()  # neither locked nor alive
    session.hold()
    assert (locked(session), (session.folder / LOCK).stat().st_mode & 0o777) == (True, 0o666)
    second = Session(session.folder)
    second.hold()
    second.rest()
    assert locked(session)
    session.rest()
    assert not locked(session)


def test_a_session_that_cannot_be_locked_is_held_all_the_same(session):
    (session.folder / LOCK).mkdir()
    session.hold()
    session.fail("a", Failure(ERROR, "it broke"))
    assert session.failure("a") == Failure(ERROR, "it broke")


def test_a_worker_gives_signs_of_life_until_it_rests(tmp_path):
    session = Session(tmp_path, "gw0")
    session.live(every=0.01)
    os.utime(tmp_path / "alive" / "gw0", (1, 1))
    end = time.monotonic() + 4
    while session.alive()["gw0"][1] == 1 and time.monotonic() < end:
        time.sleep(0.01)
    process, last = session.alive()["gw0"]
    assert (process, list(session.alive())) == (os.getpid(), ["gw0"])
    assert time.time() - last < 60
    session.rest()
    assert session.alive() == {}


def test_signs_of_life_that_cannot_be_read_are_none(session):
    (session.folder / "alive" / "broken").write_text("half")
    (session.folder / "alive" / "folder").mkdir()
    (session.folder / "alive" / "gw1").write_text("7")
    os.utime(session.folder / "alive" / "gw1", (5, 5))
    assert session.alive() == {"gw1": (7, 5.0)}


def test_a_worker_that_is_gone_is_forgotten(session):
    for worker in ("gw0", "gw1"):
        (session.folder / "alive" / worker).write_text("7")
    for _ in range(2):
        session.forget("gw0")
        assert list(session.alive()) == ["gw1"]


def test_it_is_counted_how_often_a_run_was_begun(session):
    for times in range(3):
        assert session.begun("a") == times
        session.begin("a")
    assert (Session(session.folder).begun("a"), session.begun("b")) == (3, 0)
    for _ in range(2):
        session.end("a")
        assert session.begun("a") == 0


def test_a_worker_that_ended_while_it_noted_a_run_had_begun_it(session):
    (session.folder / "begun" / "a").write_text("")
    assert session.begun("a") == 1
    session.begin("a")
    assert session.begun("a") == 2


def test_what_cannot_be_noted_keeps_nobody_from_working(session):
    """A folder lies where the note would be."""
    for note in ("begun/a", "gw0.beat", "alive/gw0"):
        (session.folder / note).mkdir()
    session.begin("a")
    session.end("a")
    session.beat("gw0", Heartbeat("run", 1, 30, None))
    session.beat("gw0", None)
    session.forget("gw0")
    assert (session.begun("a"), session.beats(), session.alive()) == (0, {}, {})


def test_why_workers_ended_is_told_by_worker(session, monkeypatch):
    assert session.losses() == {}
    session.lose("gw1", "lost its device")
    session.lose("gw0", "was killed")
    (session.folder / "lost" / ".tmp-gw2").write_text("half")
    assert Session(session.folder).losses() == {"gw0": "was killed", "gw1": "lost its device"}

    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(room, "write", full)
    session.lose("gw3", "has no room")
    session.prepare("gw3")
    assert session.losses() == {"gw0": "was killed", "gw1": "lost its device", "gw3": "has no room"}
    assert session.has_prepared("gw3")
    session.expect({"a": ("a run", 2.0)})
    assert (session.expected(), session.names()) == ({"a": 2.0}, {"a": "a run"})


@pytest.mark.parametrize("content", [b"", b"{", b"[" * 100_000, b"\xff"], ids=["empty", "cut", "nested", "no text"])
def test_a_note_that_is_damaged_says_nothing(session, content):
    for name in ("manifest.json", "failed/a.json", "missing-a.json", "gw0.beat"):
        (session.folder / name).write_bytes(content)
    assert (session.manifest(), session.failure("a"), session.expected(), session.beats()) == (None, None, {}, {})


def test_a_worker_that_has_prepared_its_runs_says_so(session):
    session.prepare("gw0")
    assert (Session(session.folder).has_prepared("gw0"), session.has_prepared("gw1")) == (True, False)


def test_a_lock_whose_holder_was_killed_is_free(tmp_path):
    program = (
        "import sys; from pathlib import Path; from rethinking_audit.fixtures.runs.store import Store\n"
        "Store(Path(sys.argv[1])).lock('k').acquire(); print('held', flush=True); sys.stdin.read()\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT
    ) as child:
        assert child.stdout.readline() == b"held\n"
        child.kill()
        child.wait()
        with Store(tmp_path).lock("k").acquire(timeout=1):
            pass


def test_the_notes_of_a_session(tmp_path):
    session = Session(tmp_path)
    assert session.manifest() is None
    session.write_manifest({"runs": 1})
    session.write_manifest({"runs": 2})
    assert session.manifest() == {"runs": 1}  # the first worker's; all collect the same
    session.fail("k", Failure(ERROR, "boom"))
    assert session.failure("k") == Failure(ERROR, "boom")
    session.beat("gw0", Heartbeat("run", 3, 10, 0.5))
    assert session.beats() == {"gw0": Heartbeat("run", 3, 10, 0.5)}
    for _ in range(2):
        session.beat("gw0", None)
        assert session.beats() == {}


@pytest.fixture
def store(tmp_path):
    return Store(tmp_path / "store")


def old_session(store, name):
    folder = store.folder / "sessions" / name
    folder.mkdir()
    os.utime(folder, (time.time() - 2 * STALE,) * 2)
    return folder


def test_a_session_that_is_in_use_is_not_swept_and_not_waited_for(store):
    folder = old_session(store, "running")
    with FileLock(folder / LOCK, is_singleton=False):
        os.utime(folder, (1, 1))
        assert store.sweep() == 0
    os.utime(folder, (1, 1))
    assert store.sweep() == 1


def test_a_session_that_cannot_be_removed_is_free_for_other_users(store, monkeypatch):
    def busy(_):
        raise OSError(errno.EBUSY, "Device or resource busy")

    folder = old_session(store, "busy")
    monkeypatch.setattr(place.shutil, "rmtree", busy)
    assert store.sweep() == 0
    assert (folder / LOCK).stat().st_mode & 0o777 == 0o666


def test_anybody_may_take_a_lock_and_an_older_one_of_another_user_is_left_alone(store, monkeypatch):
    path = store.folder / "locks" / "k.lock"
    with store.lock("k"):
        assert path.stat().st_mode & 0o777 == 0o666
    path.touch()
    assert store.lock("k").lock_file == str(path)
    monkeypatch.setattr(os, "access", lambda file, mode: not (file == path and mode == os.W_OK))
    assert store.lock("k").lock_file == str(path.with_name(f"k.{os.getuid()}.lock"))


def test_a_lock_is_held_by_one(store):
    with store.lock("k"), pytest.raises(Timeout):
        FileLock(store.folder / "locks" / "k.lock", is_singleton=False).acquire(timeout=0)
