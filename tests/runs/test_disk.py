"""A disk that is full, or a folder of somebody else: what concerns a run is told, and the others are made."""

import errno
import os
import resource
import subprocess
import sys
from pathlib import Path

import pytest

from rethinking_audit.fixtures.runs import prepare
from rethinking_audit.fixtures.runs import session as room
from rethinking_audit.fixtures.runs.session import ERROR, Failure, Heartbeat, Session
from rethinking_audit.fixtures.runs.store import DamagedRecord, Store
from rethinking_audit.fixtures.tasks.target import Target
from tests.builders.places import ROOT
from tests.builders.tasks import Free


def full(*_, **__):
    raise OSError(errno.ENOSPC, "No space left on device")


@pytest.fixture
def shared(tmp_path):
    store = Store(tmp_path / "store")
    return store, Session(store.folder / "sessions" / "mine")


@pytest.fixture
def made(monkeypatch):
    """The runs that were carried out."""
    found = []
    monkeypatch.setattr(prepare, "carry_out", lambda task, *_: found.append(str(task)) or {"result": str(task)})
    return found


def drained(shared, names):
    store, session = shared
    tasks = {name: Free(name) for name in names}
    prepare.drain(tasks, store, session, Target(), "main")
    return {name: session.failure(name) for name in names}


def test_what_a_session_cannot_write_it_keeps(shared, monkeypatch):
    _, session = shared
    monkeypatch.setattr(room, "write", full)
    monkeypatch.setattr(Path, "write_text", full)
    failure = Failure(ERROR, "no room")
    session.write_manifest({"cases": 2})
    session.expect({"a": ("a run", 2.0)})
    session.fail("a", failure)
    session.lose("gw0", "lost its device")
    session.prepare("gw0")
    session.begin("a")
    session.beat("gw0", Heartbeat("a run", 1, 2, None))
    session.end("a")
    session.live()
    session.rest()
    assert session.manifest() == {"cases": 2}
    assert (session.expected(), session.names()) == ({"a": 2.0}, {"a": "a run"})
    assert session.failure("a") == failure
    assert (session.losses(), session.has_prepared("gw0")) == ({"gw0": "lost its device"}, True)
    assert (session.begun("a"), session.beats()) == (0, {})
    assert not any(path.is_file() for path in session.folder.rglob("*.json"))


def test_a_record_that_finds_no_room_is_an_error_of_its_run_and_no_other_is_made_for_nothing(shared, made, monkeypatch):
    store, _ = shared
    keep = store.write

    def write(key, record):
        return full() if key == "b" else keep(key, record)

    monkeypatch.setattr(Store, "write", lambda self, key, record: write(key, record))
    monkeypatch.setattr(Store, "obstacle", lambda self: OSError(errno.ENOSPC, "No space left on device") if made else None)
    found = drained(shared, "abc")
    assert made == ["a", "b"]
    assert store.has("a")
    assert [found[name] and found[name].kind for name in "abc"] == [None, ERROR, ERROR]
    assert all("No space left on device" in found[name].message for name in "bc")


@pytest.mark.parametrize("kind", ["a folder", "a link to nothing"])
def test_a_lock_that_cannot_be_had_is_an_error_of_its_run(shared, made, kind):
    store, _ = shared
    place = store.folder / "locks" / "b.lock"
    place.mkdir() if kind == "a folder" else place.symlink_to("nowhere")
    found = drained(shared, "abc")
    assert sorted(made) == ["a", "c"]
    assert found["b"].kind == ERROR
    assert found["b"].message.startswith("b: its lock cannot be had: ")


def test_a_store_without_room_says_so(shared, monkeypatch):
    store, _ = shared
    assert store.obstacle() is None
    monkeypatch.setattr(os, "fsync", full)
    assert store.obstacle().errno == errno.ENOSPC


LIMITED = """
import resource, sys
from pathlib import Path
from rethinking_audit.fixtures.runs.session import ERROR, Failure, Session
from rethinking_audit.fixtures.runs.store import Store
store = Store(Path(sys.argv[1]))
session = Session(store.folder / "sessions" / "mine")
resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
session.write_manifest({"cases": 2})
session.fail("a", Failure(ERROR, "no room"))
print(session.manifest(), session.failure("a").message, store.obstacle().strerror)
"""


def test_a_limit_on_the_size_of_files_is_a_full_disk(tmp_path):
    assert resource.RLIMIT_FSIZE is not None
    done = subprocess.run([sys.executable, "-c", LIMITED, str(tmp_path)], capture_output=True, text=True, cwd=ROOT)
    assert done.stdout == "{'cases': 2} no room File too large\n", done.stderr


def test_nested_brackets_are_a_damaged_record(shared):
    store, session = shared
    store.path("a").write_text("[" * 100_000)
    with pytest.raises(DamagedRecord, match="is not a stored run"):
        store.read("a")
    (session.folder / "failed" / "a.json").write_text("[" * 100_000)
    assert session.failure("a") is None


def test_a_lock_may_be_taken_by_anybody_whatever_the_umask(shared):
    store, _ = shared
    before = os.umask(0o077)
    try:
        with store.lock("a"):
            pass
    finally:
        os.umask(before)
    assert (store.folder / "locks" / "a.lock").stat().st_mode & 0o777 == 0o666


def test_a_lock_that_another_user_lets_nobody_write_is_not_needed(shared, monkeypatch):
    store, _ = shared
    (store.folder / "locks" / "a.lock").touch()
    monkeypatch.setattr(os, "access", lambda path, mode: False)
    with store.lock("a") as lock:
        assert Path(lock.lock_file).name == f"a.{os.getuid()}.lock"


def old(path):
    os.utime(path, (1, 1))


def test_a_session_that_runs_is_not_swept_however_old_it_looks(shared):
    store, session = shared
    session.hold()
    left = Session(store.folder / "sessions" / "left").folder
    for folder in (session.folder, left):
        old(folder)
    assert store.sweep() == 1
    assert session.folder.exists()
    assert not left.exists()
    session.rest()
    old(session.folder)
    assert store.sweep() == 1


def test_what_another_user_left_is_left(shared, monkeypatch):
    store, session = shared
    half = store.folder / "runs" / ".tmp-half"
    half.touch()
    for path in (half, session.folder):
        old(path)

    def theirs(*_, **__):
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr("rethinking_audit.fixtures.runs.store.shutil.rmtree", theirs)
    assert store.sweep() == 1
    assert not half.exists()
