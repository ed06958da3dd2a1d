"""`rethinking-audit check`: an audit of your own training code from a terminal."""

from __future__ import annotations

import argparse
import shlex
import sys
from pathlib import Path

from rethinking_audit.fixtures.record.exit_codes import BAD_INPUT
from rethinking_audit.fixtures.subjects.finding import Finding
from rethinking_audit.fixtures.subjects.locate import DATA, PLACES
from rethinking_audit.own import BAD, SECONDS, Check, check
from rethinking_audit.table import line

NAME = "rethinking-audit check"


def parser() -> argparse.ArgumentParser:
    """Return the parser of the command."""
    found = argparse.ArgumentParser(
        NAME, description="Audit your own training code: does it leak, does it memorize, does it learn?"
    )
    found.add_argument("code", help=f"{PLACES}: fit_predict(X, y, X_test, seed), experiment(X, y, seed), or an estimator")
    found.add_argument("--data", required=True, help=DATA)
    found.add_argument(
        "--groups", metavar="FILE", help="the group of each row: an npy file, or a text file with one a line"
    )
    options(found, SECONDS)
    return found


def options(found: argparse.ArgumentParser, seconds: float) -> None:
    """Add the options that do not depend on what is audited."""
    found.add_argument(
        "--seconds", type=float, default=seconds, help=f"how long the audit may take (default {seconds:.0f})"
    )
    found.add_argument(
        "--expected", metavar="CODE=REASON", action="append", default=[], help="a finding that you expect to be red"
    )
    found.add_argument("--augments", action="store_true", help="the code augments its training rows, so that L6 is judged")
    found.add_argument("--report", metavar="DIR", type=Path, help="write audit.json and audit.html there")


def main(arguments: list[str]) -> int:
    """Check what the arguments name, print each finding when it is settled, and return the exit code."""
    asked = _parsed(arguments)
    if asked is None:
        return BAD_INPUT
    try:
        print(f"{NAME}: {asked.code} on {asked.data}, {asked.seconds:.0f} s", file=sys.stderr)
        found = check(
            asked.code,
            data=asked.data,
            groups=asked.groups,
            seconds=asked.seconds,
            expected=expectations(asked.expected),
            augments=asked.augments,
            tell=told,
            command=f"{NAME} {shlex.join(arguments)}",
        )
    except BAD as error:
        print(f"{NAME}: {error}", file=sys.stderr)
        return BAD_INPUT
    return reported(found, asked.report, NAME)


def reported(found: Check, folder: Path | None, name: str) -> int:
    """Print the findings, write the report if there is a folder for it, and return the exit code."""
    print(found)
    if folder is not None:
        try:
            folder.mkdir(parents=True, exist_ok=True)
            found.to_json(folder / "audit.json")
            found.to_html(folder / "audit.html")
        except OSError as error:
            print(f"{name}: the report was not written: {error}", file=sys.stderr)
        else:
            print(f"report: {folder / 'audit.html'}")
    return found.exit_code


def _parsed(arguments: list[str]) -> argparse.Namespace | None:
    try:
        return parser().parse_args(arguments)
    except SystemExit as error:
        if not error.code:
            raise
        return None  # argparse has said what was expected


def expectations(texts: list[str]) -> dict[str, str]:
    """Return the reason for each code that is expected to be refuted, from CODE=REASON."""
    return {code: reason for code, _, reason in (text.partition("=") for text in texts)}


def told(finding: Finding) -> None:
    """Show a finding on a terminal when it is settled."""
    if finding.verdict != "NOT RUN" and sys.stderr.isatty():
        print(f"\r{line(finding)[:78]:<78}", end="\n", file=sys.stderr)
