"""`python -m tests.attacks N [NAME ...]`: N mutated texts for each parser, and N pairs of drawn records for the exports."""

from __future__ import annotations

import argparse
import sys

from tests.attacks import records
from tests.attacks.text_parsers import PARSERS

ATTACKS = {**PARSERS, "records": records.attack}


def main(words: list[str]) -> int:
    """Print each fault; return 1 if there was any."""
    parser = argparse.ArgumentParser("python -m tests.attacks", description=__doc__)
    parser.add_argument("count", type=int, metavar="N")
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(ATTACKS))
    asked = parser.parse_args(words)
    if unknown := set(asked.names) - ATTACKS.keys():
        parser.error(f"there is no {min(unknown)!r}, expected some of {', '.join(ATTACKS)}")
    faults = 0
    for name in asked.names or ATTACKS:
        found = ATTACKS[name](asked.count, 0)
        told = [f"{name}: {asked.count} inputs, {len(found)} faults", *found]
        print("\n".join(told).encode("utf-8", "replace").decode())
        faults += len(found)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
