"""The history of each case over a folder of audits: its verdicts, its measurements, and a CUSUM for each.

A changed experiment begins a new series: nothing is joined across it.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import takewhile
from pathlib import Path
from typing import Any
from urllib.parse import quote

from rethinking_audit.fixtures.record.judged import Case
from rethinking_audit.fixtures.record.outcome import as_expected, standing
from rethinking_audit.fixtures.record.types import Audit
from rethinking_audit.fixtures.record.verdict import ERROR, REFUTED
from rethinking_audit.fixtures.record.words import SIGNS, anchor, number
from rethinking_audit.reports.charts import sparkline
from rethinking_audit.reports.cusum import ALARM, Cusum
from rethinking_audit.reports.experiment import Name, cases_of, digest_of, resolution, specs_of, title
from rethinking_audit.reports.matrix import matrix
from rethinking_audit.reports.render import page

SHOWN = 40


@dataclass
class History:
    """The results of one case from audit to audit, the latest last."""

    name: Name
    verdicts: list[str] = field(default_factory=list)  # as they count
    foreseen: list[bool] = field(default_factory=list)
    created: list[str] = field(default_factory=list)
    measured: list[float | None] = field(default_factory=list)
    begins: int = 0  # where the present experiment begins
    unit: str = ""
    experiment: str = ""
    cusums: dict[str, Cusum] = field(default_factory=dict)
    since: str | None = None

    def add(self, case: Case, audit: Audit) -> None:
        """Add the case of the next audit; a changed experiment begins a new series."""
        self.verdicts.append(standing(case))
        self.foreseen.append(as_expected(case))
        self.created.append(audit["created"])
        judged = case["judgement"]
        self.measured.append(judged["measured"] if judged else None)
        if judged is None:
            return
        experiment = _experiment(case, audit)
        if experiment != self.experiment:
            self.experiment, self.cusums, self.since = experiment, defaultdict(Cusum), None
            self.begins = len(self.measured) - 1
        self.unit = judged["unit"]
        for series, values in judged["values"].items():
            self.cusums[series].add([value for value in values if value is not None], resolution(case, audit))
        self.since = (self.since or audit["created"]) if self.alarmed else None

    @property
    def fails(self) -> bool:
        """Whether the latest verdict is REFUTED or ERROR, and nobody expects it."""
        return self.verdicts[-1] in (REFUTED, ERROR) and not self.foreseen[-1]

    @property
    def verdict_since(self) -> str:
        """When the latest verdict first came, without another one since."""
        backwards = zip(reversed(self.verdicts), reversed(self.created), strict=True)
        return [created for _, created in takewhile(lambda one: one[0] == self.verdicts[-1], backwards)][-1]

    @property
    def worst(self) -> tuple[str, Cusum] | None:
        """The series with the largest drift."""
        return max(self.cusums.items(), key=lambda item: item[1].height, default=None)

    @property
    def alarmed(self) -> bool:
        """Whether a series has drifted by more than chance does in about a thousand audits."""
        return self.worst is not None and self.worst[1].height > ALARM

    @property
    def drift(self) -> str:
        """The drift in words."""
        if self.worst is None or self.worst[1].height == 0:
            return "none"
        series, cusum = self.worst
        return f"{cusum.height:.1f} {'up' if cusum.high > cusum.low else 'down'} (alarm {ALARM:g}), {_place(series)}"


def _place(series: str) -> str:
    """Return where a series was measured, in words: `p = 0.7` would read as a probability."""
    level = re.fullmatch(r"p = ([\d.]+)", series)
    return f"at corruption {100 * float(level[1]):g} %" if level else series


def _experiment(case: Case, audit: Audit) -> str:
    """What two measurements of one series must have in common."""
    specs = {f"{arm} {level}": spec for (arm, level), spec in specs_of(case, audit).items()}
    quantity = case["judgement"]["quantity"] if case["judgement"] else None
    return json.dumps([specs, digest_of(case, audit), quantity], sort_keys=True)


def histories(audits: Sequence[Audit]) -> list[History]:
    """Return the history of each case, in the order of the latest audit that has it."""
    found: dict[Name, History] = {}
    for audit in audits:
        for name, case in cases_of(audit).items():
            found.setdefault(name, History(name)).add(case, audit)
    order = {name: place for audit in audits for place, name in enumerate(cases_of(audit))}
    return sorted(found.values(), key=lambda history: order[history.name])


def index(folder: Path, audits: Sequence[tuple[Path, Audit]], refused: Sequence[str], target: Path) -> str:
    """Return the index page of a folder of audits, with links relative to `target`."""
    found = histories([audit for _, audit in audits])
    latest_first = [(audit, _link(path, target)) for path, audit in reversed(audits)]
    crossed = matrix([audit for audit, _ in latest_first])
    return page(
        "history.html",
        audits=latest_first,
        matrix=crossed,
        links={claim: f"#{anchor(claim)}" for claim in crossed.claims},
        claims=_by_claim(found),
        fails=[(title(one.name), one) for one in found if one.fails],
        alarms=[(title(one.name), one) for one in found if one.alarmed],
        refused=refused,
        folder=folder.name,
        alarm=ALARM,
        shown=SHOWN,
    )


def _by_claim(found: Sequence[History]) -> dict[str, list[dict[str, Any]]]:
    claims = defaultdict(list)
    for one in found:
        claims[one.name[0]].append(
            {
                "case": ", ".join(one.name[1:]),
                "history": one,
                "strip": "".join(SIGNS[verdict] for verdict in one.verdicts[-SHOWN:]),
                "latest": number(one.measured[-1], one.unit, "–"),
                "line": sparkline([value for value in one.measured[one.begins :] if value is not None]),
                "rows": list(_rows(one)),
            }
        )
    return dict(claims)


def _rows(one: History) -> Iterator[tuple[str, str, str]]:
    entries = zip(one.created[-SHOWN:], one.verdicts[-SHOWN:], one.measured[-SHOWN:], strict=True)
    yield from ((created, verdict, number(measured, one.unit, "–")) for created, verdict, measured in entries)


def _link(path: Path, target: Path) -> str | None:
    """The address of an audit's report, if the report lies beside the audit and under the index's folder."""
    report = path.with_suffix(".html")
    if not report.exists() or not report.resolve().is_relative_to(target.resolve().parent):
        return None
    return quote(report.resolve().relative_to(target.resolve().parent).as_posix())
