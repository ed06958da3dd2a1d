"""One stage as its own process, with a log and a time limit; stopping it also stops what it started."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from ci.visit.folders import ROOT

GRACE = 8.0  # seconds that an interrupted audit has to write its record
LOOK = 0.1


class Process:
    """A running command; its output goes into `log`."""

    def __init__(self, command: list[str], log: Path, environment: Mapping[str, str]) -> None:
        log.parent.mkdir(parents=True, exist_ok=True)
        self.started = time.monotonic()
        self.timed_out = False
        with log.open("wb") as file:
            self._process = subprocess.Popen(  # noqa: S603 -- a list, no shell: the visit's own commands
                command, cwd=ROOT, env=environment, stdout=file, stderr=subprocess.STDOUT, start_new_session=True
            )

    @property
    def code(self) -> int | None:
        """The exit code; None while the command runs."""
        return self._process.poll()

    def wait(self, seconds: float, meanwhile: Callable[[], None]) -> int:
        """Return the exit code; stop the command when it has run longer than these seconds."""
        while self.code is None and time.monotonic() - self.started < seconds:
            with suppress(subprocess.TimeoutExpired):
                self._process.wait(LOOK)
            meanwhile()
        if self.code is None:
            self.timed_out = True
            self.stop()
        return self._process.wait()

    def stop(self) -> None:
        """Interrupt the command as Ctrl-C does; if that does not help, kill it with all that it started."""
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
    """Turn the first SIGTERM into `Stopped` and ignore the following; at the end, restore the handler."""

    def told(number: int, frame: object) -> None:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        raise Stopped

    before = signal.signal(signal.SIGTERM, told)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
