"""After a minute without progress the display names a run that is not made, its lock, and who holds it."""

import os
from types import SimpleNamespace

import pytest

from rethinking_audit.fixtures.plugin.progress import Display
from rethinking_audit.fixtures.runs import patience
from rethinking_audit.fixtures.runs.holder import sign, this_process
from rethinking_audit.fixtures.runs.session import Session
from rethinking_audit.fixtures.runs.store import Store


@pytest.fixture
def display(tmp_path):
    store = Store(tmp_path / "store")
    session = Session(store.folder / "sessions" / "mine")
    session.expect({"a": ("run a of mlp-1x512", 1.0), "b": ("run b", 1.0)})
    store.write("b", {"result": {}})
    state = SimpleNamespace(store=store, session=session, cards=[], minutes=None)
    return Display(SimpleNamespace(live=False), state)


def test_who_is_waited_for_is_named(display, monkeypatch):
    lock = display.state.store.lock("a")
    with lock:
        sign(display.state.store.folder / "locks" / "a.lock", this_process("another", "gw0"))
        assert "no progress" not in display.line()
        monkeypatch.setattr(patience, "QUIET", 0.0)
        told = display.line()
    assert "runs 1/2" in told
    assert f"run a of mlp-1x512 is waited for, its lock {lock.lock_file} is held by process {os.getpid()}" in told
