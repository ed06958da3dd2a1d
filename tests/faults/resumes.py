"""Audits that are killed at a random moment and run again: their records are those of an audit that was left alone."""

from __future__ import annotations

import contextlib
import json
import os
import random
import signal
import subprocess
import time

from tests.builders.projects import Project

SOON, LATE = 2.0, 6.0  # seconds after which an audit is killed
PERIOD = 5.0  # seconds between two workers that are lost
TARGETS = ("group", "worker", "main")


def undisturbed(folder):
    """Return a project and the numbers of each run of its audit."""
    project = Project(folder / "project")
    code, output = project.run("-m", "fast", "-n", "2", "--store", str(folder / "alone"))
    assert code == 0, output
    return project, numbers(folder / "alone")


def resumed(project, expected, seed, folder):
    """Kill an audit, run it again; return what was killed when, and whether the numbers are the same."""
    draw = random.Random(seed)
    store, target, after = folder / f"killed-{seed}", draw.choice(TARGETS), draw.uniform(SOON, LATE)
    process = project.start("-m", "fast", "-n", "2", "--store", str(store))
    time.sleep(after)
    was_hit = process.poll() is None and kill(process.pid, target, draw)
    end(process)
    code, _ = project.run("-m", "fast", "-n", "2", "--store", str(store))
    return f"{target} after {after:.1f} s", was_hit and code == 0 and numbers(store) == expected


def bereft(project, expected, seed, folder):
    """Run an audit with eight workers and kill one every few seconds; return how many, and whether no number is another."""
    draw = random.Random(seed)
    store, killed = folder / f"bereft-{seed}", 0
    process = project.start("-m", "fast", "-n", "8", "--store", str(store))
    while process.poll() is None and killed < 40:
        time.sleep(PERIOD)
        killed += kill(process.pid, "worker", draw)
    output, _ = process.communicate(timeout=600)
    found = numbers(store)
    same = bool(found) and all(expected[key] == value for key, value in found.items())
    return killed, same and killed > 0 and process.returncode in (0, 10) and f"exit code {process.returncode}" in output


def kill(main, target, draw):
    """Send SIGKILL to a process of an audit; return whether there was one."""
    if target == "group":
        os.killpg(main, signal.SIGKILL)
        return True
    found = [main] if target == "main" else below(main)
    if not found:
        return False
    os.kill(draw.choice(found), signal.SIGKILL)
    return True


def below(process):
    """Return the processes that a process has started."""
    told = subprocess.run(["pgrep", "-P", str(process)], capture_output=True, text=True, check=False).stdout  # noqa: S607
    return [int(one) for one in told.split()]


def end(process):
    """Wait for an audit whose main process may have been killed, and end what is left of its group."""
    try:
        process.communicate(timeout=120)
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)


def numbers(store):
    """Return what each record holds but for when it was made, byte by byte."""
    found = {}
    for path in (store / "runs").glob("*.json"):
        record = json.loads(path.read_text(encoding="utf-8"))
        found[path.stem] = json.dumps({name: value for name, value in record.items() if name not in ("made", "sha256")})
    return found
