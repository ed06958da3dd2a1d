"""All measurements of an audit by seed, as CSV that a spreadsheet cannot take for formulas."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from typing import Any

from rethinking_audit.fixtures.record.outcome import controls_of
from rethinking_audit.fixtures.record.types import Audit
from rethinking_audit.fixtures.record.words import line, unit_of_values
from rethinking_audit.reports.experiment import cases_of

COLUMNS = ("claim", "tier", "data", "network", "runs", "verdict", "quantity", "series", "unit", "place of seed", "value")
FORMULA = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")  # spreadsheets accept the wide characters too


def table(audit: Audit) -> str:
    """Return a row for each measurement of the claims and their controls; a missing value is empty."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows(_rows(audit))
    return text.getvalue()


def _rows(audit: Audit) -> Iterator[list[object]]:
    for name, case in cases_of(audit).items():
        outcomes = [("the claim's", case), *(("the control's", control) for control in controls_of(case))]
        for runs, outcome in outcomes:
            if judged := outcome["judgement"]:
                start = [*map(_text, name), runs, outcome["verdict"], _text(judged["quantity"])]
                for series, values in judged["values"].items():
                    for place, value in enumerate(values):
                        yield [*start, _text(series), unit_of_values(judged, series), place, value]


def _text(value: Any) -> str:
    """Return text that no spreadsheet takes for a formula."""
    text = line(value)
    return f"'{text}" if text.startswith(FORMULA) else text
