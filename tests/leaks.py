"""How often each leak is red by its code, and how often an honest pipeline is red at all.

    python -m tests.leaks --repeats 100 [--seconds 60] [--first-seed 0] [--case NAME ...]

Each repeat draws another world and audits it within the seconds. The trials are made in this process.
"""

from __future__ import annotations

import argparse
import sys
import warnings
from collections import Counter

from rich.console import Console
from rich.table import Table

from rethinking_audit.fixtures.training.numerics import use_one_thread

use_one_thread()  # before scikit-learn is imported

from tests.builders.inline import audited  # noqa: E402
from tests.builders.leaks import CASES, Case  # noqa: E402


def main(arguments: list[str]) -> int:
    """Print the table; return 1 if a leak was missed or an honest pipeline was red."""
    parser = argparse.ArgumentParser("python -m tests.leaks", description=__doc__)
    parser.add_argument("--repeats", type=int, default=100)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--first-seed", type=int, default=0)
    parser.add_argument("--case", nargs="*", default=None)
    asked = parser.parse_args(arguments)
    warnings.simplefilter("ignore")
    table = Table(
        "pipeline", "must be red", "came out so", "other red", "undecided", "trainings", "longest", box=None, pad_edge=False
    )
    missed = 0
    for case in CASES:
        if asked.case is None or any(name in case.name for name in asked.case):
            row, right = measured(case, range(asked.first_seed, asked.first_seed + asked.repeats), asked.seconds)
            table.add_row(*row)
            missed += asked.repeats - right
            Console(file=sys.stderr, highlight=False).print(*row, sep=" | ")
    Console(width=165, highlight=False).print(table)
    return 1 if missed else 0


def measured(case: Case, seeds: range, seconds: float) -> tuple[list[str], int]:
    """Return the row of a case, and how many of its audits were right."""
    right, other, undecided, trainings, longest = 0, Counter[str](), Counter[str](), 0, 0.0
    for seed in seeds:
        found = audited(case.code, case.world(seed), seconds)
        red = {one.code for one in found.findings if one.verdict == "REFUTED"}
        unexpected = red - {*case.red, *case.may}
        right += set(case.red) <= red and not unexpected
        other.update(red - set(case.red))
        undecided.update({one.code for one in found.findings if one.verdict in ("INCONCLUSIVE", "ERROR")})
        trainings += found.trainings
        longest = max(longest, found.spent)
    told = [" ".join(f"{code} {count}" for code, count in sorted(counts.items())) or "–" for counts in (other, undecided)]
    must = " ".join(case.red) or "none"
    return [case.name, must, f"{right} of {len(seeds)}", *told, str(trainings // len(seeds)), f"{longest:.1f} s"], right


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
