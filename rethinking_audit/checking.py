"""`rethinking-audit check`: an audit of your own training code from a terminal."""

from __future__ import annotations

import argparse
import shlex
import sys
from pathlib import Path

from rethinking_audit.fixtures.record.exit_codes import BAD_INPUT
from rethinking_audit.fixtures.subjects.finding import Finding
from rethinking_audit.fixtures.subjects.locate import DATA, PLACES
from rethinking_audit.own import BAD, SECONDS, check
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
    found.add_argument(
        "--seconds", type=float, default=SECONDS, help=f"how long the audit may take (default {SECONDS:.0f})"
    )
    found.add_argument(
        "--expected", metavar="CODE=REASON", action="append", default=[], help="a finding that you expect to be red"
    )
    found.add_argument("--augments", action="store_true", help="the code augments its training rows, so that L6 is judged")
    found.add_argument("--report", metavar="DIR", type=Path, help="write audit.json and audit.html there")
    return found


def main(arguments: list[str]) -> int:
    """Check what the arguments name, print each finding when it is settled, and return the exit code."""
    asked = _parsed(arguments)
    if asked is None:
        return BAD_INPUT
    try:
        expected = dict(_expected(text) for text in asked.expected)
        print(f"{NAME}: {asked.code} on {asked.data}, {asked.seconds:.0f} s", file=sys.stderr)
        found = check(
            asked.code,
            data=asked.data,
            groups=asked.groups,
            seconds=asked.seconds,
            expected=expected,
            augments=asked.augments,
            tell=_tell if sys.stderr.isatty() else lambda _: None,
            command=f"{NAME} {shlex.join(arguments)}",
        )
    except BAD as error:
        print(f"{NAME}: {error}", file=sys.stderr)
        return BAD_INPUT
    print(found)
    if asked.report is not None:
        try:
            asked.report.mkdir(parents=True, exist_ok=True)
            found.to_json(asked.report / "audit.json")
            found.to_html(asked.report / "audit.html")
        except OSError as error:
            print(f"{NAME}: the report was not written: {error}", file=sys.stderr)
        else:
            print(f"report: {asked.report / 'audit.html'}")
    return found.exit_code


def _parsed(arguments: list[str]) -> argparse.Namespace | None:
    try:
        return parser().parse_args(arguments)
    except SystemExit as error:
        if not error.code:
            raise
        return None  # argparse has said what was expected


def _expected(text: str) -> tuple[str, str]:
    code, _, reason = text.partition("=")
    return code, reason


def _tell(finding: Finding) -> None:
    if finding.verdict != "NOT RUN":
        print(f"\r{line(finding)[:78]:<78}", end="\n", file=sys.stderr)
