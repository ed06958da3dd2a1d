"""One stage as a process of its own: with a log, a time after which it is stopped, and whatever it started with it."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from ci.visit.folders import ROOT

GRACE = 8.0  # seconds in which an interrupted audit writes its record
LOOK = 0.1


class Process:
    """A command under way; what it prints goes into `log`."""

    def __init__(self, command: list[str], log: Path, environment: Mapping[str, str]) -> None:
        log.parent.mkdir(parents=True, exist_ok=True)
        self.started = time.monotonic()
        self.timed_out = False
        with log.open("wb") as file:
            self._process = subprocess.Popen(
                command, cwd=ROOT, env=environment, stdout=file, stderr=subprocess.STDOUT, start_new_session=True
            )

    @property
    def code(self) -> int | None:
        """Its exit code; None as long as it runs."""
        return self._process.poll()

    def wait(self, seconds: float, meanwhile: Callable[[], None]) -> int:
        """Return its exit code; stop it when it has taken longer than these seconds from its start."""
        while self.code is None and time.monotonic() - self.started < seconds:
            with suppress(subprocess.TimeoutExpired):
                self._process.wait(LOOK)
            meanwhile()
        if self.code is None:
            self.timed_out = True
            self.stop()
        return self._process.wait()

    def stop(self) -> None:
        """Interrupt it as Ctrl-C does, and kill it with all that it started where that does not help."""
        self._signal(signal.SIGINT)
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(GRACE)
        self._signal(signal.SIGKILL)
        self._process.wait()

    def _signal(self, number: int) -> None:
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, number)


class Stopped(BaseException):
    """The visit was told to end."""


@contextmanager
def stoppable() -> Iterator[None]:
    """Turn the first SIGTERM into `Stopped`, pass over those that follow, and put back what was there."""

    def told(number: int, frame: object) -> None:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        raise Stopped

    before = signal.signal(signal.SIGTERM, told)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
