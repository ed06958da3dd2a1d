"""A session: what its processes tell each other is read back as it was written."""

import json
import subprocess
import sys

import pytest

from rethinking_audit.fixtures.runs.session import CONTRACT, ERROR, Failure, Heartbeat, Session
from rethinking_audit.fixtures.runs.store import Store
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
