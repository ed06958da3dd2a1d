"""What code does to the world while it should only read: files that it writes, programs that it starts, connections."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
ACTS = {
    *("os.chmod", "os.chown", "os.link", "os.mkdir", "os.remove", "os.rename", "os.rmdir", "os.symlink", "os.truncate"),
    *("os.exec", "os.fork", "os.forkpty", "os.kill", "os.posix_spawn", "os.spawn", "os.startfile", "os.system"),
    *("socket.bind", "socket.connect", "socket.getaddrinfo", "subprocess.Popen"),
}

_done: list[str] | None = None  # while code is watched
_heard = False  # whether Python calls `_hear`, which can never be taken back


@contextmanager
def watched() -> Iterator[list[str]]:
    """Yield a list that grows by what the code does beyond reading. Modules that it imports are not compiled into files."""
    global _done, _heard
    if not _heard:
        sys.addaudithook(_hear)
        _heard = True
    done, compiled = [], sys.dont_write_bytecode
    _done, sys.dont_write_bytecode = done, True
    try:
        yield done
    finally:
        _done, sys.dont_write_bytecode = None, compiled


def _hear(event: str, arguments: tuple[Any, ...]) -> None:
    if _done is None:
        return
    if event in ACTS:
        _done.append(f"it called {event}{arguments!r:.200}")
    elif event == "open" and _writes(*arguments):
        _done.append(f"it wrote to {arguments[0]!r:.200}")


def _writes(path: Any, mode: Any, flags: Any) -> bool:
    return not isinstance(path, int) and path != os.devnull and isinstance(flags, int) and bool(flags & WRITING)
