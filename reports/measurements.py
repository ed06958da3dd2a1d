"""All measurements of an audit by seed, as CSV that a spreadsheet cannot take for formulas."""

from __future__ import annotations

import csv
import io
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from rethinking_audit.fixtures.record.judged import Outcome
from rethinking_audit.fixtures.record.outcome import every_control
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
    controls = defaultdict(list)
    for claim, case, network, control in every_control(audit):
        controls[claim["id"], case["tier"], case["data"], case["network"]].append((network, control))
    for name, case in cases_of(audit).items():
        yield from _values([*name, "the claim's"], case)
        for network, control in controls[name]:
            yield from _values([*name[:3], network, "the control's"], control)


def _values(start: list[str], outcome: Outcome) -> Iterator[list[object]]:
    if judged := outcome["judgement"]:
        about = [*map(_text, start), outcome["verdict"], _text(judged["quantity"])]
        for series, values in judged["values"].items():
            for place, value in enumerate(values):
                yield [*about, _text(series), unit_of_values(judged, series), place, value]


def _text(value: Any) -> str:
    """Return text that no spreadsheet takes for a formula."""
    text = line(value)
    return f"'{text}" if text.startswith(FORMULA) else text
