"""The result of an audit as an SVG badge."""

from __future__ import annotations

from rethinking_audit.fixtures.record.outcome import all_cases, as_expected, standing
from rethinking_audit.fixtures.record.types import Audit
from rethinking_audit.fixtures.record.verdict import HELD, worst
from rethinking_audit.reports.render import page

COLOURS = {"REFUTED": "#a4262c", "ERROR": "#7a2f8f", "INCONCLUSIVE": "#8a5a00", "NOT RUN": "#5b626c", "HELD": "#1c6e3d"}
LABEL = "audit"
LETTER = 6.6  # the mean width of a letter of 11 px


def badge(audit: Audit) -> str:
    """Return the badge: how many cases have the worst verdict, and how many held. Expected refutations do not count."""
    verdicts = [standing(case) for _, case in all_cases(audit) if not as_expected(case)]
    found = worst(verdicts)
    shown = dict.fromkeys([found, HELD])
    text = ", ".join(f"{verdicts.count(verdict)} {verdict.lower()}" for verdict in shown)
    left, right = (round(LETTER * len(words)) + 12 for words in (LABEL, text))
    return page("badge.svg", label=LABEL, text=text, colour=COLOURS[found], left=left, right=right)
