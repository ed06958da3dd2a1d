"""How often each leak is red by its code, and how often sound code is red at all.

    python -m tests.leaks --repeats 100 [--seconds 60] [--first-seed 0] [--case BEGINNING ...] [--write]

Each repeat draws another world and audits it within the seconds. The trials are made in this process. The audit of a leak
ends when every code that must be red is red; the audit of sound code goes to its end. `--write` puts the counts into
tests/measured.json and docs/own-measured.md, in place of those of the same cases.
"""

from __future__ import annotations

import argparse
import sys
import time
import warnings
from collections import Counter
from contextlib import suppress

from rethinking_audit.fixtures.training.numerics import use_one_thread

use_one_thread()  # before scikit-learn is imported

from rethinking_audit.fixtures.subjects.finding import Finding  # noqa: E402
from tests.builders import measured  # noqa: E402
from tests.builders.inline import audited  # noqa: E402
from tests.builders.leaks import CASES, Case  # noqa: E402


class Settled(Exception):
    """Every code that must be red is red."""


def main(arguments: list[str]) -> int:
    """Print a line for each case; return 1 if a leak was missed or sound code was red."""
    parser = argparse.ArgumentParser("python -m tests.leaks", description=__doc__)
    parser.add_argument("--repeats", type=int, default=100)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--first-seed", type=int, default=0)
    parser.add_argument("--case", nargs="*", default=None)
    parser.add_argument("--write", action="store_true")
    asked = parser.parse_args(arguments)
    warnings.simplefilter("ignore")
    right = True
    for case in CASES:
        if asked.case is None or case.name.startswith(tuple(asked.case)):
            counts = repeated(case, range(asked.first_seed, asked.first_seed + asked.repeats), asked.seconds)
            print(measured.leak_line(case, counts), flush=True)
            right = right and counts["right"] == counts["audits"]
            if asked.write:
                measured.write("leaks", case.name, counts)
    return 0 if right else 1


def repeated(case: Case, seeds: range, seconds: float) -> dict[str, object]:
    """Return what became of the audits of a case in as many worlds."""
    right, also, undecided, longest = 0, Counter[str](), Counter[str](), 0.0
    for seed in seeds:
        found, spent = findings(case, seed, seconds)
        red = {one.code for one in found if one.verdict == "REFUTED"}
        right += set(case.red) <= red <= {*case.red, *case.may}
        also.update(red - set(case.red))
        if not case.red:
            undecided.update({one.code for one in found if one.verdict in ("INCONCLUSIVE", "ERROR")})
        longest = max(longest, spent)
    return {
        "first seed": seeds.start,
        "audits": len(seeds),
        "right": right,
        "also red": dict(sorted(also.items())),
        "undecided": dict(sorted(undecided.items())),
        "longest": round(longest, 1),
    }


def findings(case: Case, seed: int, seconds: float) -> tuple[list[Finding], float]:
    """Return the findings of one audit, up to the last code that must be red, and how long it took."""
    told: list[Finding] = []
    begun = time.monotonic()

    def tell(one: Finding) -> None:
        told.append(one)
        if case.red and set(case.red) <= {other.code for other in told if other.verdict == "REFUTED"}:
            raise Settled

    with suppress(Settled):
        audited(case.code, case.world(seed), seconds, tell)
    return told, time.monotonic() - begun


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
