"""The store keeps what it is given, notices what is damaged, and survives being killed."""

import errno
import json
import os
import resource
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from rethinking_audit.fixtures.record.files import write
from rethinking_audit.fixtures.runs import store as room
from rethinking_audit.fixtures.runs.store import DamagedRecord, Store, StoreUnusable
from rethinking_audit.fixtures.tasks.sources import digest, sha256
from tests.builders.places import ROOT

KEY = "a" * 64
RECORD = {"result": {"train_error": 0.0, "curve": [0.5, 0.25]}}


@pytest.fixture
def store(tmp_path):
    return Store(tmp_path / "store")


def test_what_is_written_is_read(store):
    assert not store.has(KEY)
    store.write(KEY, RECORD)
    assert store.has(KEY)
    assert store.read(KEY) == {"schema": 1, "key": KEY, **RECORD}


def test_a_new_store_has_its_three_rooms(store):
    assert sorted(path.name for path in store.folder.iterdir()) == ["locks", "runs", "sessions"]


def test_whether_a_store_can_be_written_is_tried_where_it_will_be(tmp_path, monkeypatch):
    def full(**place):
        raise OSError(errno.EROFS, f"read-only: {place['dir'].name}")

    monkeypatch.setattr(room.tempfile, "TemporaryFile", full)
    with pytest.raises(StoreUnusable) as error:
        Store(tmp_path / "store")
    told = "cannot be written to (read-only: runs), expected a folder of yours with room"
    assert str(error.value) == f"the store {str(tmp_path / 'store')!r} {told}"


def test_room_for_a_record_is_tried_where_it_will_be(store, monkeypatch):
    synced = []
    monkeypatch.setattr(os, "fsync", synced.append)
    assert store.obstacle() is None
    assert len(synced) == 1
    assert list((store.folder / "runs").iterdir()) == []

    def full(_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    assert store.obstacle().errno == errno.ENOSPC
    monkeypatch.undo()
    (store.folder / "runs").rmdir()
    assert store.obstacle().errno == errno.ENOENT


def test_room_is_tried_with_a_whole_block_of_the_disk(store):
    limit = resource.getrlimit(resource.RLIMIT_FSIZE)
    before = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (60_000, limit[1]))
    try:
        assert store.obstacle().errno == errno.EFBIG
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limit)
        signal.signal(signal.SIGXFSZ, before)
    assert store.obstacle() is None


def test_the_same_record_is_the_same_bytes(store):
    store.write(KEY, RECORD)
    first = store.path(KEY).read_bytes()
    store.write(KEY, dict(reversed(RECORD.items())))
    assert store.path(KEY).read_bytes() == first


def test_a_run_that_was_not_made_is_a_key_error(store):
    with pytest.raises(KeyError):
        store.read(KEY)


def test_what_cannot_be_read_is_named_with_what_to_do(store):
    def refused(text):
        store.path(KEY).write_bytes(text)
        with pytest.raises(DamagedRecord) as error:
            store.read(KEY)
        return str(error.value).removeprefix(str(store.path(KEY)))

    with pytest.raises(KeyError) as missing:
        store.read(KEY)
    assert missing.value.args == (KEY,)
    assert refused(b"\xff").startswith(" is not a stored run: 'utf-8' codec can't decode byte 0xff in position 0")
    assert refused(b"{") == " is not a stored run; move it away to measure again"
    record = {"schema": 1, "key": KEY, **RECORD}
    text = json.dumps({**record, "sha256": "0123456789abcdef"}).encode()
    told = f" is damaged: checksum {sha256(record)[:12]}, expected 0123456789ab; move it away to measure again"
    assert refused(text) == told


def test_what_is_exactly_a_day_old_is_swept(store, monkeypatch):
    left = store.folder / "runs" / ".tmp-left"
    left.touch()
    os.utime(left, (1_000_000, 1_000_000))
    monkeypatch.setattr(room.time, "time", lambda: 1_000_000 + 24 * 3600 - 0.5)
    assert store.sweep() == 0
    monkeypatch.setattr(room.time, "time", lambda: 1_000_000 + 24 * 3600)
    assert store.sweep() == 1


@pytest.mark.lengthy
def test_every_flipped_bit_is_noticed(store):
    store.write(KEY, RECORD)
    content = store.path(KEY).read_bytes()
    for place in range(len(content)):
        for bit in range(8):
            damaged = bytearray(content)
            damaged[place] ^= 1 << bit
            store.path(KEY).write_bytes(damaged)
            with pytest.raises(DamagedRecord, match=r"damaged|not a stored run"):
                store.read(KEY)


def test_every_cut_is_noticed(store):
    store.write(KEY, RECORD)
    content = store.path(KEY).read_bytes()
    for length in range(len(content)):
        store.path(KEY).write_bytes(content[:length])
        with pytest.raises(DamagedRecord):
            store.read(KEY)


@pytest.mark.parametrize("text", ["[]", "null", "{}", '{"sha256": "x"}', "7"])
def test_json_that_is_no_record_is_noticed(store, text):
    store.path(KEY).write_text(text)
    with pytest.raises(DamagedRecord):
        store.read(KEY)


def test_a_record_under_another_name_is_noticed(store):
    store.write(KEY, RECORD)
    other = "b" * 64
    store.path(KEY).rename(store.path(other))
    with pytest.raises(DamagedRecord, match="damaged"):
        store.read(other)


@pytest.mark.parametrize("failing", ["fsync", "replace"])
def test_a_failed_write_leaves_what_was_there(store, monkeypatch, failing):
    store.write(KEY, RECORD)

    def full(*arguments):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(*((os, "fsync", full) if failing == "fsync" else (Path, "replace", full)))
    with pytest.raises(OSError, match=r"No space left on device \(need \d+ bytes, free \d+\)"):
        store.write(KEY, {"result": "new"})
    monkeypatch.undo()
    assert store.read(KEY)["result"] == RECORD["result"]
    assert [path.name for path in (store.folder / "runs").iterdir()] == [f"{KEY}.json"]


@pytest.mark.lengthy
def test_sigkill_while_writing_leaves_whole_records(tmp_path):
    """A child that writes without end, killed at a random moment, many times."""
    store = Store(tmp_path)
    program = (
        "import sys; from pathlib import Path; from rethinking_audit.fixtures.runs.store import Store\n"
        "store = Store(Path(sys.argv[1])); print('ready', flush=True); number = 0\n"
        "while True:\n    number += 1; store.write(f'{number % 5:064x}', {'result': 'x' * 20000 + str(number)})\n"
    )
    for attempt in range(8):
        with subprocess.Popen(
            [sys.executable, "-c", program, str(tmp_path)],
            stdout=subprocess.PIPE,
            cwd=ROOT,
        ) as child:
            child.stdout.readline()
            time.sleep(0.02 + 0.013 * attempt)
            child.send_signal(signal.SIGKILL)
    for path in (store.folder / "runs").glob("*.json"):
        store.read(path.stem)


def test_what_was_left_half_written_is_swept_after_a_day(store):
    old, new = (store.folder / "runs" / name for name in (".tmp-old", ".tmp-new"))
    session = store.folder / "sessions" / "yesterday"
    session.mkdir()
    for path in (old, new):
        path.write_text("half")
    for path in (old, session):
        os.utime(path, (time.time() - 2 * 24 * 3600,) * 2)
    assert store.sweep() == 2
    assert new.exists()
    assert not old.exists()
    assert not session.exists()


def test_a_second_audit_opens_the_store_that_is_there(store):
    store.write(KEY, RECORD)
    assert Store(store.folder).has(KEY)


def test_a_folder_that_cannot_be_is_quoted(tmp_path):
    (tmp_path / "file").write_text("not a folder")
    with pytest.raises(StoreUnusable, match=r"file.*expected a folder"):
        Store(tmp_path / "file")


def test_nan_is_stored_as_null(store):
    store.write(KEY, {"result": {"loss": float("nan")}})
    assert store.read(KEY)["result"] == {"loss": None}


def test_the_temporary_file_lies_beside_its_target(tmp_path, monkeypatch):
    """A rename is atomic only within a file system."""
    seen = []
    replace = Path.replace
    monkeypatch.setattr(Path, "replace", lambda path, target: (seen.append(path), replace(path, target))[1])
    write(tmp_path / "a.json", json.dumps({}))
    assert [path.parent for path in seen] == [tmp_path]
    assert room.STALE > 0


def test_what_was_left_half_written_is_what_is_swept(store, monkeypatch):
    """Whoever writes and whoever sweeps agree on the name."""
    left = []
    monkeypatch.setattr(os, "fsync", lambda _: left.extend(store.folder.glob("runs/.tmp-*")))
    store.write(KEY, RECORD)
    assert len(left) == 1
    left[0].write_text("half")
    os.utime(left[0], (time.time() - 2 * room.STALE,) * 2)
    assert store.sweep() == 1


def test_what_another_audit_swept_does_not_keep_from_sweeping_the_rest(store, monkeypatch):
    paths = [store.folder / "runs" / f".tmp-{name}" for name in "abc"]
    for path in paths:
        path.write_text("half")
        os.utime(path, (time.time() - 2 * room.STALE,) * 2)
    first = next(iter(store.folder.glob("runs/.tmp-*")))
    stat = Path.stat

    def swept(path, **options):
        if path == first:
            raise FileNotFoundError
        return stat(path, **options)

    monkeypatch.setattr(Path, "stat", swept)
    assert store.sweep() == 2


def test_others_may_read_a_record(store):
    store.write(KEY, RECORD)
    assert store.path(KEY).stat().st_mode & 0o777 == 0o644


@pytest.mark.parametrize("error", [KeyboardInterrupt(), OSError(errno.EIO, "Input/output error")])
def test_what_stops_a_write_leaves_nothing_behind(store, monkeypatch, error):
    def stop(_):
        raise error

    monkeypatch.setattr(os, "fsync", stop)
    with pytest.raises(type(error)) as caught:
        store.write(KEY, RECORD)
    assert str(caught.value) in (str(error), f"{error}: {str(store.path(KEY))!r}")
    assert list((store.folder / "runs").iterdir()) == []


def test_a_full_disk_keeps_its_number(store, monkeypatch):
    def full(_):
        raise OSError(errno.EDQUOT, "Disk quota exceeded")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match=r"Disk quota exceeded \(need") as caught:
        store.write(KEY, RECORD)
    assert caught.value.errno == errno.EDQUOT


def test_records_and_sources_are_in_one_encoding_everywhere(store, encodings_named):
    store.write(KEY, RECORD)
    assert store.read(KEY)["result"] == RECORD["result"]
    assert len(digest(("runs/store.py",))) == 64


def test_a_stored_run_of_nested_brackets_is_damaged(store):
    store.path("a" * 64).write_text("[" * 100_000)
    with pytest.raises(DamagedRecord, match="is not a stored run; move it away to measure again"):
        store.read("a" * 64)
