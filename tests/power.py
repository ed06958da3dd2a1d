"""How often each check is red for the wrong code of its page, and green for the right one.

    python -m tests.power --repeats 20 [--first-seed 0] [--code CODE ...] [--write]

Each repeat audits the code on nine tenths of its rows, up to the check. `--write` puts the counts into tests/measured.json
and docs/own-measured.md, in place of those of the same codes.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np

from rethinking_audit.fixtures.subjects.codes import codes
from tests.builders import measured
from tests.builders.code_pages import asked, rows
from tests.subjects.judged import findings

KEPT = 0.9  # of the rows


def main(arguments: list[str]) -> int:
    """Print a line for each check; return 1 if one missed its fault, or if right code was red."""
    parser = argparse.ArgumentParser("python -m tests.power", description=__doc__)
    parser.add_argument("--repeats", type=int, default=20)
    parser.add_argument("--first-seed", type=int, default=0)
    parser.add_argument("--code", nargs="*", default=None)
    parser.add_argument("--write", action="store_true")
    wanted = parser.parse_args(arguments)
    print(measured.HEADS["power"])
    right = True
    for code in codes():
        if wanted.code is None or code in wanted.code:
            counts = repeated(code, range(wanted.first_seed, wanted.first_seed + wanted.repeats))
            print(measured.power_line(code, counts), flush=True)
            right = right and counts["wrong red"] == counts["audits"] and not counts["right red"]
            if wanted.write:
                measured.write("power", code, counts)
    return 0 if right else 1


def repeated(code: str, seeds: range) -> dict[str, int]:
    """Return what became of the audits of the wrong and of the right code."""
    wrong, right = ([verdict(code, name, seed) for seed in seeds] for name in ("wrong", "right"))
    return {
        "first seed": seeds.start,
        "audits": len(seeds),
        "wrong red": wrong.count("REFUTED"),
        "right green": right.count("HELD"),
        "right red": right.count("REFUTED"),
    }


def verdict(code: str, name: str, seed: int) -> str:
    """Return the verdict of a check on some rows of its page."""
    with tempfile.TemporaryDirectory() as folder:
        wanted = asked(code, name, Path(folder))
        subject = wanted.pop("code")
        return str(findings(code, subject, **{**wanted, "data": some(rows(code, name), seed)})[-1].verdict)


def some(data: tuple[Any, ...], seed: int) -> tuple[Any, ...]:
    """Return nine tenths of the rows, in their order; of each part where training and test rows come apart."""
    draw = np.random.default_rng(seed)
    parts = [data[:2], data[2:]] if len(data) == 4 else [data]
    kept = [np.sort(draw.permutation(len(part[0]))[: int(KEPT * len(part[0]))]) for part in parts]
    return tuple(one[places] for part, places in zip(parts, kept, strict=True) for one in part)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
