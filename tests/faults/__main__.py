"""Everything that may go wrong outside of the audit, tried: `make faults`.

    python -m tests.faults [--kills 20] [--inputs 500] [--processes 2]

It runs the tests of `scorecard.toml` and of the table of inputs in docs/data.md, kills audits at random moments and runs
them again, takes workers from an audit with eight of them, and gives each parser so many damaged inputs. The last line
counts what was right. Exit code 1 if anything was not.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from tests.attacks.apart import summary
from tests.attacks.parsers import PARSERS
from tests.faults import resumes, score


def main(arguments):
    """Try everything and print what was not right, then one line."""
    parser = argparse.ArgumentParser("python -m tests.faults", description=__doc__)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--inputs", type=int, default=500, help="damaged inputs for each parser")
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--seed", type=int, default=0)
    asked = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        told = [
            *tables(folder, asked.processes),
            *kills(folder, asked.kills, asked.seed),
            fuzzed(asked.inputs, asked.seed),
        ]
    print(", ".join(text for text, _ in told))
    return 0 if all(right for _, right in told) else 1


def tables(folder, processes):
    """Yield how many rows of the scorecard and of the table of inputs are right."""
    found, rows = score.passed(folder, processes), score.scorecard()
    wrong = {name: tests for name, row in rows.items() if (tests := score.not_right(row, found))}
    say(f"not right: {name} ({rows[name]['fault']}): {', '.join(tests)}" for name, tests in wrong.items())
    yield f"faults {len(rows) - len(wrong)}/{len(rows)}", not wrong
    inputs = [outcome for name, own in found.items() if name.startswith(score.INTAKE) for outcome in own]
    yield f"intake {inputs.count('passed')}/{len(inputs)}", bool(inputs) and set(inputs) == {"passed"}


def kills(folder, count, seed):
    """Yield how many of the killed audits went on as if nothing had happened, and what an audit without rest came to."""
    project, expected = resumes.undisturbed(folder)
    found = [resumes.resumed(project, expected, seed + number, folder) for number in range(count)]
    say(f"not the same after a kill: {what}" for what, same in found if not same)
    killed, right = resumes.bereft(project, expected, seed, folder)
    say([f"an audit with eight workers lost {killed}, one after another: {'right' if right else 'WRONG'}"])
    yield f"resumes {sum(same for _, same in found)}/{count}", right and all(same for _, same in found)


def fuzzed(count, seed):
    """Return how many damaged inputs were tried, and whether each ended as documented."""
    found = [summary(name, make, count, seed) for name, make in PARSERS.items()]
    say(map(str, found))
    tried = sum(one.outcomes.total() for one in found)
    return f"fuzzed {tried:,} inputs", not any(one.faults for one in found)


def say(lines):
    """Print lines as they come."""
    for text in lines:
        print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
