"""An audit of the user's own code in lines of text: a code, a verdict and a sentence for each finding."""

from __future__ import annotations

from collections.abc import Iterable

from rethinking_audit.fixtures.record.verdict import NOT_RUN
from rethinking_audit.fixtures.record.words import SIGNS, plural
from rethinking_audit.fixtures.subjects.finding import Finding

WIDTH = 13  # of the longest verdict with its sign


def line(finding: Finding, *, expected: bool = False) -> str:
    """Return one finding as a line."""
    arm = f" ({finding.arm})" if finding.arm else ""
    verdict = f"{SIGNS[finding.verdict]} {finding.verdict}{', expected' if expected else ''}"
    trainings = f"  {plural(finding.trainings, 'training')}" if finding.trainings else ""
    return f"{finding.code + arm:<8}{verdict:<{WIDTH + 2}} {finding.sentence}{trainings}"


def lines(findings: Iterable[Finding], expected: Iterable[str] = ()) -> list[str]:
    """Return what was judged, a line each, and then what does not apply, all codes with one reason in one line."""
    found = list(findings)
    told = [line(one, expected=one.code in expected) for one in found if one.verdict != NOT_RUN]
    reasons: dict[str, list[str]] = {}
    for one in found:
        if one.verdict == NOT_RUN:
            reasons.setdefault(one.sentence, []).append(one.code)
    return told + [f"{', '.join(dict.fromkeys(names))}: not run, {why}" for why, names in reasons.items()]
