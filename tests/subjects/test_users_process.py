"""An audit leaves the user's process as it is, whatever the code does in its own."""

import asyncio
import os
import random
import signal
import subprocess
import sys
import threading
import time
import warnings
from pathlib import Path

import numpy as np
import pytest
import torch

from rethinking_audit.own import check
from tests.builders.hostile import HEAD, HONEST, LOOP, X, Y, errors, writer


@pytest.fixture
def written(tmp_path, monkeypatch):
    return writer(tmp_path, monkeypatch)


UNTIDY = """
import os, random, signal, sys, threading, warnings
import numpy as np, torch
def fit_predict(X, y, X_test, seed):
    random.seed(5), np.random.seed(5), torch.manual_seed(5), torch.set_num_threads(2), torch.set_grad_enabled(False)
    torch.set_default_dtype(torch.float64), warnings.simplefilter("error"), os.chdir("/"), sys.path.clear()
    torch.nn.modules.module.register_module_forward_hook(print), signal.signal(signal.SIGINT, signal.SIG_IGN)
    torch.nn.functional.cross_entropy = np.random.default_rng = None
    X[:] = 7
    return [0] * len(X_test)
"""


def state():
    hooks = torch.nn.modules.module
    return {
        "random": random.getstate(),
        "numpy": tuple(map(str, np.random.get_state())),
        "torch": torch.get_rng_state().tolist(),
        "threads": (torch.get_num_threads(), threading.active_count()),
        "modes": (torch.get_default_dtype(), torch.is_grad_enabled(), np.geterr()),
        "filters": list(warnings.filters),
        "hooks": [len(vars(hooks)[name]) for name in ("_global_forward_hooks", "_global_forward_pre_hooks")],
        "functions": (torch.nn.functional.cross_entropy, np.random.default_rng),
        "system": (Path.cwd(), list(sys.path), dict(os.environ), signal.getsignal(signal.SIGINT), signal.getsignal(14)),
        "descriptors": sorted(map(str, Path("/proc/self/fd").glob("*"))),
        "streams": (sys.stdin, sys.stdout, sys.stderr),
        "rows": X.tolist(),
    }


def children():
    return {child for of in Path("/proc/self/task").glob("*/children") for child in of.read_text().split()}


@pytest.mark.parametrize("given", ["place", "function"])
def test_the_state_of_the_users_process_stays(given, written):
    if given == "place":
        code = written(UNTIDY)
    else:
        names = {}
        exec(UNTIDY, names)
        code = names["fit_predict"]
    before, others = state(), children()
    found = check(code, data=(X, Y), seconds=30)
    assert state() == before
    assert found["E0"].verdict == "HELD"
    assert children() <= others


def test_an_audit_from_a_loop_and_from_a_thread(written):
    where = written(f"{HEAD}{LOOP}    return [0] * len(X_test)\n")

    async def within():
        return check(where, data=(X, Y), seconds=30)

    async def beside():
        return await asyncio.to_thread(check, where, data=(X, Y), seconds=30)

    for audited in (asyncio.run(within()), asyncio.run(beside())):
        assert audited["E0"].verdict == "HELD"


def test_threads_of_the_user_go_on(written):
    stop, ticks = threading.Event(), []

    def tick():
        while not stop.wait(0.001):
            ticks.append(np.linalg.norm(np.ones((50, 50)) @ np.ones((50, 50))))
            print(end="", flush=True)

    threads = [threading.Thread(target=tick) for _ in range(4)]
    for thread in threads:
        thread.start()
    try:
        (torch.ones(600, 600) @ torch.ones(600, 600)).sum()
        found = check(written(HONEST), data=(X, Y), seconds=30)
    finally:
        stop.set()
        for thread in threads:
            thread.join()
    assert found["E0"].verdict == "HELD"
    assert len(ticks) > 10


def test_children_that_the_user_ignores_are_none_to_wait_for(written):
    before = signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    try:
        sentences, _ = errors(written(HEAD + "import os; os._exit(3)"))
    finally:
        signal.signal(signal.SIGCHLD, before)
    assert sentences == ["your code gave no answer: it ended its process with code 3, expected a call that returns"]


def test_no_warning_of_a_fork_reaches_the_user(written, monkeypatch):
    """Python 3.12 warns where a process with threads forks; here every fork does."""
    real = os.fork

    def fork():
        warnings.warn(
            "This process is multi-threaded, use of fork() may lead to deadlocks.", DeprecationWarning, stacklevel=2
        )
        return real()

    monkeypatch.setattr(os, "fork", fork)
    with warnings.catch_warnings(record=True) as seen:
        warnings.simplefilter("always")
        found = check(written(HONEST), data=(X, Y), seconds=30)
    assert found["E0"].verdict == "HELD"
    assert [str(one.message) for one in seen] == []


@pytest.mark.lengthy
@pytest.mark.parametrize("sign", [signal.SIGINT, signal.SIGKILL])
def test_nothing_outlives_the_user(sign, written, tmp_path):
    """Neither the process that loads nor a training, whether the user interrupts or is killed."""
    mark = tmp_path / "pid"
    where = written(
        f"import os, pathlib, time\n{HEAD}pathlib.Path({str(mark)!r}).write_text(str(os.getpid())); time.sleep(100)\n"
    )
    command = [sys.executable, "-m", "rethinking_audit", "check", where, "--data", "iris", "--seconds", "60"]
    pipes = {"stderr": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    # What a shell puts in the background ignores an interrupt, and so do these tests then.
    with subprocess.Popen(command, **pipes, preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL)) as user:
        try:
            assert await_for(mark.exists)
            user.send_signal(sign)
            user.communicate(timeout=20)
        finally:
            user.kill()
    training = int(mark.read_text() or 0)
    assert await_for(lambda: not alive(training))


def await_for(true):
    until = time.monotonic() + 30
    while not (found := true()) and time.monotonic() < until:
        time.sleep(0.05)
    return found


def alive(process):
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    try:
        return not Path("/proc/self").exists() or Path(f"/proc/{process}/stat").read_text().split()[2] != "Z"
    except OSError:  # it ended meanwhile
        return False
