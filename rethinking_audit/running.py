"""`rethinking-audit run`: an audit of a training script, which runs unchanged."""

from __future__ import annotations

import argparse
import shlex
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from rethinking_audit.checking import expectations, options, reported, told
from rethinking_audit.fixtures.record.exit_codes import BAD_INPUT
from rethinking_audit.fixtures.record.words import plural
from rethinking_audit.fixtures.subjects.audit import audit
from rethinking_audit.fixtures.subjects.bench import Bench
from rethinking_audit.fixtures.subjects.call import Subject
from rethinking_audit.fixtures.subjects.finding import Finding
from rethinking_audit.fixtures.subjects.given import BadGiven, Given
from rethinking_audit.fixtures.subjects.locate import check_data, load_data
from rethinking_audit.fixtures.subjects.nursery import Nursery
from rethinking_audit.fixtures.subjects.script import NAMES, Script, pattern, program, rows_for
from rethinking_audit.own import BAD, PATIENCE, Check, settled

NAME = "rethinking-audit run"
SECONDS = 300.0
BREAK = "--"
USAGE = f"{NAME} [OPTION...] --data NAME --accuracy REGEX -- COMMAND..."
WHERE = (
    "in this folder, with HOME, TORCH_HOME and TMPDIR elsewhere; "
    "what else it writes, such as a checkpoint, replaces what lies here"
)


def parser() -> argparse.ArgumentParser:
    """Return the parser of what stands before the command."""
    found = argparse.ArgumentParser(
        NAME,
        usage=USAGE,
        description=f"Audit a training script without a change of it. The script runs several times, {WHERE}.",
        allow_abbrev=False,
    )
    found.add_argument(
        "--data", required=True, choices=NAMES, help="the data set that the script loads; other rows take its place"
    )
    found.add_argument(
        "--accuracy",
        required=True,
        metavar="REGEX",
        help="what the script prints of its test accuracy: (right) and (total), or one group with a share or a percentage; "
        "the last match counts",
    )
    found.add_argument(
        "--rows",
        metavar="npz:FILE",
        help="the rows: images and labels as the data set has them (default: scikit-learn's digits)",
    )
    options(found, SECONDS)
    return found


def main(arguments: list[str]) -> int:
    """Audit the script that the arguments name, and return the exit code."""
    if BREAK not in arguments and not {"-h", "--help"} & set(arguments):
        words = shlex.join(["rethinking-audit", "claims", *arguments])
        print(f"{NAME}: no `-- COMMAND` is given, expected {USAGE}; to judge the paper's claims: {words}", file=sys.stderr)
        return BAD_INPUT
    place = arguments.index(BREAK) if BREAK in arguments else len(arguments)
    before, command = arguments[:place], arguments[place + 1 :]
    try:
        asked = parser().parse_args(before)
    except SystemExit as error:
        if not error.code:
            raise
        return BAD_INPUT  # argparse has said what was expected
    try:
        found = run(
            command,
            data=asked.data,
            accuracy=asked.accuracy,
            rows=asked.rows,
            seconds=asked.seconds,
            expected=expectations(asked.expected),
            augments=asked.augments,
            tell=told,
            text=shlex.join([NAME, *arguments]),
        )
    except BAD as error:
        print(f"{NAME}: {error}", file=sys.stderr)
        return BAD_INPUT
    return reported(found, asked.report, NAME)


def run(
    command: Sequence[str],
    *,
    data: str,
    accuracy: str,
    rows: str | None = None,
    seconds: float = SECONDS,
    expected: Mapping[str, str] | None = None,
    augments: bool = False,
    tell: Callable[[Finding], None] = lambda _: None,
    text: str = NAME,
) -> Check:
    """Audit a script on rows that take the place of the data set `data`, and return the findings.

    Raises:
        BadSubject, BadGiven, CannotLoad: the command, the regular expression or the rows cannot be used.
    """
    settled(seconds, expected)
    own, figure = program(list(command)), pattern(accuracy)
    found = rows_for(data, _rows(rows))
    print(f"{NAME}: {shlex.join(own)} on {found.title}, {seconds:.0f} s; it runs {WHERE}", file=sys.stderr)
    with tempfile.TemporaryDirectory(prefix="rethinking-audit-", ignore_cleanup_errors=True) as scratch:
        subject = Subject("script", Script(own, data, figure, Path(scratch)), frozenset())
        with Nursery(lambda: (subject, found), PATIENCE) as nursery:
            audited = audit(Bench(nursery, seconds, augments=augments), tell)
    audited.notes[:] = [
        f"the rows are {found.title}",
        f"the script ran {plural(audited.trainings, 'time')} {WHERE}",
        *(audited.notes if rows is not None else []),
    ]
    return Check(shlex.join(command), audited, dict(expected or {}), text)


def _rows(text: str | None) -> Given | None:
    if text is None:
        return None
    if not text.startswith("npz:"):
        raise BadGiven(f"the rows are {text!r}, expected npz:FILE")
    check_data(text)
    return load_data(text)
