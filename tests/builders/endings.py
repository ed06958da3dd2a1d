"""Audits that end in every way. Each is the real command in a process of its own, forked from one that has torch loaded."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

from tests.builders.places import ROOT

SERVER = """
import io, json, os, sys
import torch, numpy, scipy.stats, rich.console
import pytest.__main__
from _pytest.config import _console_main

def child(asked):
    os.environ.update(asked["environment"])
    for name in asked["without"]:
        os.environ.pop(name, None)
    sys.path[:0] = asked["path"]
    out = os.open(asked["stdout"], os.O_WRONLY | os.O_CREAT | os.O_APPEND) if isinstance(asked["stdout"], str) else None
    err = os.open(asked["stderr"], os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    if out is None:  # a pipe that nobody reads
        reads, out = os.pipe()
        os.close(reads)
    os.dup2(out, 1)
    os.dup2(err, 2)
    files = [open(number, "wb", closefd=False) for number in (1, 2)]
    sys.stdout = sys.__stdout__ = io.TextIOWrapper(files[0], asked["encoding"])
    sys.stderr = sys.__stderr__ = io.TextIOWrapper(files[1], asked["encoding"], errors="backslashreplace")
    sys.argv = ["pytest", *asked["arguments"]]
    os.chdir(asked["folder"])
    exec(asked["before"])
    sys.exit(_console_main())

for line in sys.stdin:
    pid = os.fork()
    if pid == 0:
        sys.stdin = open(os.devnull)
        child(json.loads(line))
    _, status = os.waitpid(pid, 0)
    sys.__stdout__.write(f"{os.waitstatus_to_exitcode(status)}\\n")
    sys.__stdout__.flush()
"""
CLAIM = ("claims/test_expressivity.py", "-m", "fast", "-k", "interleaved")  # exact, in a moment


@dataclass
class Ended:
    """How an audit ended: the code of the process, what it printed, its record if it has one, and what it left."""

    code: int
    out: str
    err: str
    record: dict | None
    sessions: list = field(default_factory=list)


class Endings:
    """A process that forks audits."""

    def __init__(self, folder, root=ROOT):
        self.folder, self.root = folder, root
        environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
        environment |= {"OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1", "PYTHONPATH": str(ROOT)}
        self.process = subprocess.Popen(
            [sys.executable, "-c", SERVER],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=environment,
            cwd=root,
        )
        self.count = 0

    def close(self):
        self.process.communicate(timeout=60)

    def __call__(
        self,
        *arguments,
        claim=CLAIM,
        hooks=None,
        stdout=None,
        encoding="utf-8",
        before="",
        path=(),
        without=(),
        cache=False,
        **environment,
    ):
        """Run an audit. `stdout` is a file's name, or False for a pipe that nobody reads; `hooks` are a plugin's source.

        `cache` lets pytest write its cache.
        """
        self.count += 1
        here = self.folder / str(self.count)
        here.mkdir()
        out = here / "out" if stdout is None else stdout
        if hooks is not None:
            (here / "beside.py").write_text(hooks)
            arguments = ("-p", "beside", *arguments)
        asked = {
            "arguments": [
                *(() if cache else ("-p", "no:cacheprovider")),
                *claim,
                *(f"--store={self.folder / 'store'}", f"--report={here / 'report'}"),
                *arguments,
            ],
            "environment": {"COLUMNS": "200", **environment},
            "without": list(without),
            "path": [str(here)],
            "stdout": str(out) if out is not False else False,
            "stderr": str(here / "err"),
            "encoding": encoding,
            "before": before,
            "folder": str(self.root),
        }
        self.process.stdin.write(json.dumps(asked) + "\n")
        self.process.stdin.flush()
        code = int(self.process.stdout.readline())
        record = here / "report" / "audit.json"
        sessions = self.folder / "store" / "sessions"
        return Ended(
            code,
            Path(out).read_bytes().decode(encoding) if out is not False and Path(out).is_file() else "",
            (here / "err").read_bytes().decode(encoding),
            json.loads(record.read_text()) if record.exists() else None,
            sorted(path.name for path in sessions.iterdir()) if sessions.is_dir() else [],
        )
