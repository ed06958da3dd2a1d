"""Mutated inputs for each parser of data: only the documented error may come, in one line, and nothing may be left behind.

python -m tests.attacks.fuzz 10000
"""

import argparse
import random
import resource
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from tests.attacks.data_parsers import PARSERS
from tests.attacks.mutate_bytes import mutated

SLOW = 20.0  # seconds for one input
MORE = 400_000  # kilobytes of memory that all inputs together may take
LONG = 1_000  # characters of a sentence


def fuzz(name, count, seed, folder):
    """Try mutated inputs of a parser; return how many were read and how many refused.

    Raises:
        AssertionError: another error than the documented one came, or a file; the message says how to try it again.
    """
    parser, before, took = PARSERS[name](folder), _files(folder.parent), _memory()
    outcomes = Counter()
    for index in range(count):
        draw = random.Random(f"{name} {seed} {index}")
        content, again = parser.made(draw, mutated), f"{name}, seed {seed}, input {index}"
        start = time.monotonic()
        try:
            parser.read(content)
            outcomes["read"] += 1
        except parser.documented as error:
            outcomes["refused"] += 1
            _expect_a_sentence(str(error), again)
        except Exception as error:
            raise AssertionError(f"{again}: {error!r}, expected {parser.documented.__name__}") from error
        assert time.monotonic() - start < SLOW, f"{again} took longer than {SLOW:g} s"
    assert _files(folder.parent) == before | {parser.target}, f"{name}, seed {seed} left other files"
    assert _memory() - took < MORE, f"{name}, seed {seed} took more than {MORE} kB"
    return outcomes


def _expect_a_sentence(text, again):
    assert "\n" not in text, f"{again}: {text[:LONG]!r} is more than a line"
    assert 0 < len(text) < LONG, f"{again}: {text[:LONG]!r} is no sentence"


def _files(folder):
    return set(folder.rglob("*"))


def _memory():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // (1024 if sys.platform == "darwin" else 1)


def main():
    arguments = argparse.ArgumentParser("python -m tests.attacks.fuzz", description=__doc__)
    arguments.add_argument("count", type=int, help="inputs of each parser")
    arguments.add_argument("--seed", type=int, default=0)
    arguments.add_argument("--parser", action="append", choices=PARSERS, help="only this one (repeatable)")
    asked = arguments.parse_args()
    for name in asked.parser or PARSERS:
        with tempfile.TemporaryDirectory() as place:
            folder = Path(place, "of-the-parser")
            folder.mkdir()
            start = time.monotonic()
            outcomes = fuzz(name, asked.count, asked.seed, folder)
        told = ", ".join(f"{number} {outcome}" for outcome, number in sorted(outcomes.items()))
        print(f"{name}: {told}, {time.monotonic() - start:.1f} s", flush=True)


if __name__ == "__main__":
    main()
