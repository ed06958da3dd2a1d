"""The outcome of an audit as a small SVG picture."""

from __future__ import annotations

from rethinking_audit.reports.experiment import everything
from rethinking_audit.reports.record import Audit
from rethinking_audit.reports.render import page
from rethinking_audit.reports.words import VERDICTS, expected, standing

COLOURS = {"REFUTED": "#a4262c", "ERROR": "#7a2f8f", "INCONCLUSIVE": "#8a5a00", "NOT RUN": "#5b626c", "HELD": "#1c6e3d"}
LABEL = "audit"
LETTER = 6.6  # the mean width of a letter of 11 px


def badge(audit: Audit) -> str:
    """Return the picture: how many cases have the worst verdict, how many held. A refutation that was expected is none."""
    verdicts = [standing(case) for claim in everything(audit) for case in claim["cases"] if not expected(case)]
    worst = next((verdict for verdict in VERDICTS if verdict in verdicts), "NOT RUN")
    shown = dict.fromkeys([worst, "HELD"])
    text = ", ".join(f"{verdicts.count(verdict)} {verdict.lower()}" for verdict in shown)
    left, right = (round(LETTER * len(words)) + 12 for words in (LABEL, text))
    return page("badge.svg", label=LABEL, text=text, colour=COLOURS[worst], left=left, right=right)
