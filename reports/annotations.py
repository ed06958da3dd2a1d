"""GitHub annotations: an error for each case that was refuted or broke. An undecided case is no error of the commit."""

from __future__ import annotations

from rethinking_audit.fixtures.record.outcome import as_expected, standing
from rethinking_audit.fixtures.record.types import Audit
from rethinking_audit.fixtures.record.verdict import ERROR, REFUTED
from rethinking_audit.fixtures.record.words import line
from rethinking_audit.reports.experiment import cases_of, title

MOST = 10  # per kind and step; GitHub silently drops the others
COUNTS = (REFUTED, ERROR)


def workflow_commands(audit: Audit) -> str:
    """Return a workflow command for each case that is an ERROR or that was unexpectedly refuted."""
    found = [
        (name, case)
        for verdict in COUNTS
        for name, case in cases_of(audit).items()
        if standing(case) == verdict and not as_expected(case)
    ]
    shown = found if len(found) <= MOST else found[: MOST - 1]
    lines = [
        f"::error file={_property(case['nodeid'].partition('::')[0])},title={_property(case['verdict'])}"
        f"::{_data(title(name))}: {_data(case['reason'] or case['verdict'])}"
        for name, case in shown
    ]
    if len(found) > len(shown):
        lines.append(f"::error title=more::{len(found) - len(shown)} more cases were refuted or broke; see the report")
    return "".join(f"{text}\n" for text in lines)


def _data(value: object) -> str:
    return line(value).replace("%", "%25")  # `line` has removed the line breaks


def _property(value: object) -> str:
    return _data(value).replace(":", "%3A").replace(",", "%2C")
