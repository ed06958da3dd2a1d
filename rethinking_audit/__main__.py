"""The command line of an installed audit: `rethinking-audit`, and `python -m rethinking_audit` in a checkout.

Each command imports what it needs only when it runs.
"""

from __future__ import annotations

import sys
import traceback
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

from rethinking_audit import __version__
from rethinking_audit.fixtures.record.exit_codes import BAD_INPUT, BUG, INTERRUPTED
from rethinking_audit.fixtures.record.printing import printing

REPORT = "rethinking-audit-report"
HELP = f"""usage: rethinking-audit COMMAND [ARGUMENT...]

  claims [OPTION...]     judge the paper's claims; takes the options of pytest and of the audit (see claims --help)
                         example: rethinking-audit claims -m fast -n 2 --networks mlp-1x512
                         writes audit.json and audit.html to ./{REPORT}, or to the folder of --report
  report COMMAND ...     render, compare, merge or export records of audits
  fetch NAME...          download a data set and decode it: mnist, cifar10
  explain NAME...        print what a claim of the paper states and what refutes it, or the page of a code such as E2
  check CODE --data DATA audit your own training code: file.py:fit_predict, an estimator, ... (see check --help)
  train --dataset NAME   make the runs of the imagenet tier, each in all processes of torchrun (see train --help)
  demo                   audit a pipeline that leaks, and the same one mended: half a minute, no data, no network
  run --data NAME --accuracy REGEX -- COMMAND...
                         audit a training script, which runs unchanged (see run --help)

  --version, --help

Exit codes of claims: 0 every selected claim held; 1 at least one was refuted; 2 interrupted; 3 a bug in the suite;
4 bad input; 5 nothing was decided; 10 nothing was refuted, but some claims are undecided.
"""


def main(arguments: list[str] | None = None) -> int:
    """Run a command and return its exit code: 4 for bad input, 3 for a bug, 2 if it is interrupted."""
    with printing():
        try:
            return _main(sys.argv[1:] if arguments is None else arguments)
        except KeyboardInterrupt:
            return INTERRUPTED
        except Exception:
            traceback.print_exc()
            return BUG


def _main(words: list[str]) -> int:
    match words:
        case ["-h" | "--help"]:
            print(HELP, end="")
        case ["--version"]:
            print(f"rethinking-audit {__version__}")
        case [name, *rest] if name in COMMANDS:
            return COMMANDS[name](rest)
        case _:
            said = f"{words[0]!r} is not a command" if words else "no command is given"
            print(f"rethinking-audit: {said}, expected one of {', '.join(COMMANDS)}, --help, --version.", file=sys.stderr)
            return BAD_INPUT
    return 0


def claims(arguments: list[str]) -> int:
    """Judge the claims in this process. The project of the current folder makes no difference."""
    import pytest

    # Find the package without importing it: pytest imports the claims of a checkout under another name.
    spec = find_spec("rethinking_audit.claims")
    assert spec is not None
    assert spec.origin is not None
    folder = Path(spec.origin).parent
    checkout = folder.with_name("pyproject.toml")
    settings = checkout if checkout.exists() else Path(__file__).with_name("pytest.toml")
    return int(pytest.main(["-c", str(settings), str(folder), "--report", REPORT, *arguments]))


def report(arguments: list[str]) -> int:
    """Work on records of audits."""
    from rethinking_audit.reports.__main__ import main

    return main(arguments, "rethinking-audit report")


def fetch(arguments: list[str]) -> int:
    """Download data sets."""
    from rethinking_audit.fixtures.data.fetch import main

    return main(arguments, "rethinking-audit fetch")


def explain(arguments: list[str]) -> int:
    """Explain claims and codes."""
    from rethinking_audit.explain import main

    return main(arguments)


def check(arguments: list[str]) -> int:
    """Audit the user's own training code."""
    from rethinking_audit.checking import main

    return main(arguments)


def train(arguments: list[str]) -> int:
    """Make the runs of the imagenet tier, in one process or in several."""
    from rethinking_audit.training import main

    return main(arguments)


def demo(arguments: list[str]) -> int:
    """Show a leak, and how it is found."""
    from rethinking_audit.demo import main

    return main(arguments)


def run(arguments: list[str]) -> int:
    """Audit a training script of the user's, unchanged."""
    from rethinking_audit.running import main

    return main(arguments)


COMMANDS: dict[str, Callable[[list[str]], int]] = {
    "claims": claims,
    "report": report,
    "fetch": fetch,
    "explain": explain,
    "check": check,
    "train": train,
    "demo": demo,
    "run": run,
}

if __name__ == "__main__":
    sys.exit(main())
