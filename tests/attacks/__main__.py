"""`python -m tests.attacks N [NAME ...]`: N mutated texts for each parser, and N pairs of drawn records for the exports."""

from __future__ import annotations

import sys

from tests.attacks import records
from tests.attacks.text_parsers import PARSERS

ATTACKS = {**PARSERS, "records": records.attack}


def main(words: list[str]) -> int:
    """Print each fault; return 1 if there was any, 4 for an unknown name."""
    if not words or not words[0].isdigit() or not set(words[1:]) <= ATTACKS.keys():
        print(f"expected a number and some of {', '.join(ATTACKS)}", file=sys.stderr)
        return 4
    faults = 0
    for name in words[1:] or ATTACKS:
        found = ATTACKS[name](int(words[0]), 0)
        print("\n".join([f"{name}: {words[0]} inputs, {len(found)} faults", *found]).encode("utf-8", "replace").decode())
        faults += len(found)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
