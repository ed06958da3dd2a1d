"""One loop for every parser: damaged inputs go in, and nothing but a value or a documented error may come out."""

from __future__ import annotations

import random
import resource
import sys
import time
import traceback
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from tests.attacks import only_reads

SLOW = 20.0  # seconds for one input
MORE = 400_000  # kilobytes of memory that all inputs together may take
LONG = 1_000  # characters of a sentence, beside an input that it quotes as it was given and as a path


def as_it_is(value: Any) -> Any:
    """Return the value."""
    return value


@dataclass(frozen=True)
class Parser:
    """A parser: what draws an input, what reads it, and the errors that it documents.

    `put` lays an input where it is read, such as in a file, and returns what `read` is given.
    """

    drawn: Callable[[random.Random], Any]
    read: Callable[[Any], Any]
    documented: tuple[type[Exception], ...] = ()
    put: Callable[[Any], Any] = as_it_is


class Tried(NamedTuple):
    """What became of one input: read, refused or fault; its seconds; kilobytes that all inputs so far took at most."""

    outcome: str
    seconds: float
    memory: int
    fault: str = ""


def tried(name: str, parser: Parser, count: int, seed: int = 0, first: int = 0) -> Iterator[Tried]:
    """Try so many inputs of a parser. An input depends on its name, seed and number alone."""
    before = _memory()
    for number in range(first, first + count):
        content = parser.put(parser.drawn(random.Random(f"{name} {seed} {number}")))
        start = time.monotonic()
        outcome, wrong = _read(parser, content)
        seconds, memory = time.monotonic() - start, _memory() - before
        if not wrong and seconds > SLOW:
            wrong = f"it took {seconds:.0f} s, expected at most {SLOW:g}"
        if not wrong and memory > MORE:
            wrong = f"it took {memory:,} kB of memory, expected at most {MORE:,}"
        yield Tried("fault" if wrong else outcome, seconds, memory, wrong and f"{address(name, seed, number)}: {wrong}")


def address(name: str, seed: int, number: int) -> str:
    """Return the words of the command line that try this input again."""
    return f"1 {name} --seed {seed} --first {number}"


def _read(parser: Parser, content: Any) -> tuple[str, str]:
    """Return whether an input was read or refused, and what was wrong with that."""
    outcome, wrong = "read", ""
    with only_reads.watched() as done, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # decoders may warn, and Python warns of some regular expressions
        try:
            parser.read(content)
        except parser.documented as error:
            outcome, wrong = "refused", _no_sentence(error, content)
        except KeyboardInterrupt:
            raise
        except BaseException as error:
            wrong = _told(error, parser)
    return outcome, "; ".join(filter(None, [wrong, *done]))


def _no_sentence(error: Exception, content: Any) -> str:
    text = str(error)
    most = LONG + (2 * len(repr(content)) if isinstance(content, str) else 0)
    if "\n" in text or not 0 < len(text) < most:
        return f"{text[:LONG]!r} is no sentence of one line"
    return ""


def _told(error: BaseException, parser: Parser) -> str:
    place = traceback.extract_tb(error.__traceback__)[-1]
    expected = ", ".join(one.__name__ for one in parser.documented) or "no error"
    notes = "".join(f" ({note})" for note in getattr(error, "__notes__", ()))
    return f"{error!r:.300} at {Path(place.filename).name}:{place.lineno}{notes}, expected {expected}"


def _memory() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // (1024 if sys.platform == "darwin" else 1)
