"""Each parser in a process of its own, so that a crash or a hang is a fault like another, and its memory is known."""

from __future__ import annotations

import multiprocessing
import signal
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.attacks.attack import SLOW, Parser, Tried, address, tried

Make = Callable[[Path], Parser]
HUNG = 3 * SLOW  # seconds without an answer after which a process is ended
FEW = 10  # faults of a parser that are told


@dataclass
class Summary:
    """What became of all inputs of a parser."""

    name: str
    outcomes: Counter[str] = field(default_factory=Counter)
    seconds: float = 0.0
    slowest: float = 0.0
    memory: int = 0
    faults: list[str] = field(default_factory=list)

    def add(self, one: Tried) -> None:
        """Count one input."""
        self.outcomes[one.outcome] += 1
        self.slowest, self.memory = max(self.slowest, one.seconds), max(self.memory, one.memory)
        self.faults += [one.fault] if one.fault else []

    def __str__(self) -> str:
        outcomes = ", ".join(f"{self.outcomes[name]} {name}" for name in ("read", "refused", "fault"))
        cost = f"{self.seconds:.1f} s, slowest {1000 * self.slowest:.0f} ms, {self.memory / 1000:.0f} MB more"
        more = [f"and {len(self.faults) - FEW} more"] if len(self.faults) > FEW else []
        told = [f"{self.name}: {outcomes}; {cost}", *self.faults[:FEW], *more]
        return "\n".join(told).encode("utf-8", "replace").decode()


def summary(name: str, make: Make, count: int, seed: int = 0, first: int = 0) -> Summary:
    """Try so many inputs of a parser; where a process ends or hangs, another goes on after that input."""
    found, start = Summary(name), time.monotonic()
    while (done := found.outcomes.total()) < count:
        for one in _in_a_process(name, make, count - done, seed, first + done):
            found.add(one)
    found.seconds = time.monotonic() - start
    return found


def _in_a_process(name: str, make: Make, count: int, seed: int, first: int) -> Iterator[Tried]:
    context = multiprocessing.get_context("fork")  # it has imported everything
    ours, theirs = context.Pipe(duplex=False)
    with tempfile.TemporaryDirectory() as folder:
        parser = make(Path(folder))
        process = context.Process(target=_tell, args=(theirs, name, parser, count, seed, first))
        process.start()
        theirs.close()
        try:
            for number in range(first, first + count):
                told = _hear(ours, process)
                yield told if isinstance(told, Tried) else Tried("fault", 0.0, 0, f"{address(name, seed, number)}: {told}")
                if not isinstance(told, Tried):
                    return
        finally:
            process.kill()
            process.join()


def _tell(pipe: Any, name: str, parser: Parser, count: int, seed: int, first: int) -> None:
    for one in tried(name, parser, count, seed, first):
        pipe.send(one)


def _hear(pipe: Any, process: Any) -> Tried | str:
    """Return what became of the next input, or how the process ended instead."""
    if not pipe.poll(HUNG):
        return f"there was no answer in {HUNG:g} s"
    try:
        return pipe.recv()
    except EOFError:
        process.join()
        code = process.exitcode
        return f"the process ended by {signal.Signals(-code).name}" if code < 0 else f"the process ended with {code}"
