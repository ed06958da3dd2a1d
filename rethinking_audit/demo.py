"""`rethinking-audit demo`: a pipeline that leaks, what the audit finds, and the mended pipeline. No data, no network."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable
from typing import Any

from rethinking_audit.fixtures.record.exit_codes import BAD_INPUT
from rethinking_audit.fixtures.record.verdict import REFUTED
from rethinking_audit.fixtures.subjects.demo import COLUMNS, ROWS, TOLD, data, leaking, mended
from rethinking_audit.own import Check, check

SECONDS = 30.0  # at most, for each of the two
WORLD = f"{ROWS} rows of {COLUMNS:,} random numbers. Only the first {TOLD} columns tell the label."


def main(arguments: list[str]) -> int:
    """Audit both pipelines and print them with their findings; return 0 if the leak is found, and only there."""
    if arguments:
        print(f"rethinking-audit demo: {arguments[0]!r} is too much, expected nothing.", file=sys.stderr)
        return BAD_INPUT
    print(WORLD)
    before = _shown("Columns are selected before the split.", leaking)
    after = _shown("The same, mended: the split comes first.", mended)
    leaks = _red(before)
    print(f"\nRed before: {leaks or 'nothing'}. Red after: {_red(after) or 'nothing'}.")
    print(f"Next: rethinking-audit explain {leaks.partition(',')[0] or 'R2'}, or your own: rethinking-audit check --help")
    return 0 if leaks and not _red(after) else 1


def _red(found: Check) -> str:
    return ", ".join(one.code for one in found if one.verdict == REFUTED)


def _shown(title: str, code: Callable[..., Any]) -> Check:
    """Print a pipeline, audit it, and print what was found."""
    print(f"\n{title}\n\n{inspect.getsource(code)}", flush=True)
    found = check(code, data=data(), seconds=SECONDS)
    print(found, flush=True)
    return found
