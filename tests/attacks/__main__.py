"""Damaged inputs for every parser, and drawn records for the exports.

    python -m tests.attacks N [NAME ...] [--seed S] [--first I]

N inputs go to each parser, or to those that are named. A parser may only read: it may raise its documented errors alone,
each in one sentence, and write nothing, start nothing, crash nothing. A line for each parser says how many inputs were read
and refused, how long it took, the slowest input, and how much memory it took beyond what it had. What is wrong is printed
with the words that try that input again. Exit code 1 if anything was.
"""

from __future__ import annotations

import argparse
import sys

from tests.attacks.apart import summary
from tests.attacks.parsers import PARSERS


def main(words: list[str]) -> int:
    """Print a line for each parser and each fault; return 1 if there was a fault."""
    parser = argparse.ArgumentParser("python -m tests.attacks", description=__doc__)
    parser.add_argument("count", type=int, metavar="N")
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(PARSERS))
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--first", type=int, default=0, metavar="I", help="the number of the first input")
    asked = parser.parse_args(words)
    if unknown := set(asked.names) - PARSERS.keys():
        parser.error(f"there is no {min(unknown)!r}, expected some of {', '.join(PARSERS)}")
    faults = 0
    for name in asked.names or PARSERS:
        found = summary(name, PARSERS[name], asked.count, asked.seed, asked.first)
        print(found, flush=True)
        faults += len(found.faults)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
