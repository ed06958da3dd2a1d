"""The matrix of sabotaged audits: which contracts and claims each fault turned red, and whether the right one did."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from urllib.parse import quote

from rethinking_audit.fixtures.record.judged import Case, Outcome
from rethinking_audit.fixtures.record.outcome import as_expected
from rethinking_audit.fixtures.record.reading import UnreadableAudit, read_audit
from rethinking_audit.fixtures.record.types import Audit, Sabotage
from rethinking_audit.fixtures.record.verdict import ERROR, REFUTED
from rethinking_audit.fixtures.record.words import line, plural
from rethinking_audit.reports.experiment import Name, cases_of

RED = (REFUTED, ERROR)
CRASH = "a crash"  # something broke before any check: red, but never the right check


@dataclass(frozen=True)
class Red:
    """One contract or claim that turned red, and why."""

    column: str
    verdict: str
    reason: str
    is_contract: bool


@dataclass(frozen=True)
class Row:
    """One audit with a fault; `vouched` says whether audits without a fault judged the same cases."""

    fault: Sabotage
    reds: list[Red]
    vouched: bool
    seconds: float
    link: str | None = None

    @cached_property
    def columns(self) -> set[str]:
        """The contracts and claims that turned red."""
        return {red.column for red in self.reds}

    @property
    def right(self) -> list[str]:
        """The expected checks that turned red."""
        return [name for name in self.fault["caught_by"] if name in self.columns]

    @property
    def outcome(self) -> str:
        """The outcome for the fault, in words."""
        if self.right:
            return f"caught: {', '.join(self.right)}" if self.vouched else "no audit without a fault has these cases"
        wanted = " or ".join(self.fault["caught_by"])
        others = ", ".join(sorted(self.columns))
        return f"caught by accident: {others}, expected {wanted}" if others else f"NOT CAUGHT, expected {wanted}"

    @property
    def passed(self) -> bool:
        """Whether the right check caught the fault, and is not red without a fault."""
        return bool(self.right) and self.vouched


@dataclass(frozen=True)
class Matrix:
    """Each fault with its red contracts and claims, and what was red without a fault."""

    rows: list[Row]
    clean: int
    false_alarms: list[Red]

    @property
    def contracts(self) -> list[str]:
        """The contracts that some fault turned red or should have, by name."""
        claims = set(self.claims)
        return sorted({name for row in self.rows for name in {*row.columns, *row.fault["caught_by"]}} - claims)

    @property
    def claims(self) -> list[str]:
        """The claims that some fault turned red or should have, by name."""
        red = {red.column for row in self.rows for red in row.reds if not red.is_contract}
        return sorted(red | {name for row in self.rows for name in row.fault["caught_by"] if "/" in name})

    @property
    def columns(self) -> list[str]:
        """The contracts, then the claims."""
        return [*self.contracts, *self.claims]

    @property
    def missed(self) -> list[Row]:
        """The faults that the right check did not catch."""
        return [row for row in self.rows if not row.passed]

    @property
    def passed(self) -> bool:
        """Whether the right check caught each fault and nothing is red without a fault."""
        return bool(self.rows) and bool(self.clean) and not self.missed and not self.false_alarms

    @property
    def headline(self) -> str:
        """The outcome in one sentence."""
        caught = len(self.rows) - len(self.missed)
        red = f"{len(self.false_alarms)} red" if self.false_alarms else "nothing red"
        every, clean = plural(len(self.rows), "fault"), plural(self.clean, "audit")
        return f"{caught} of {every} caught by the right check, {red} in {clean} without one"


def read_matrix(folder: Path) -> Matrix:
    """Return the matrix of the audits in a folder; each audit has its own subfolder.

    Raises:
        UnreadableAudit: there is no audit with a fault, or one cannot be read.
    """
    audits = [(path, read_audit(path)) for path in sorted(folder.glob("*/audit.json"))]
    if not any("sabotage" in audit for _, audit in audits):
        raise UnreadableAudit(f"{str(folder)!r} holds no sabotaged audit, expected a folder of python -m fixtures.sabotage")
    return matrix([(audit, _link(path, folder)) for path, audit in audits])


def matrix(audits: Sequence[tuple[Audit, str | None]]) -> Matrix:
    """Return the matrix of audits with and without a fault, each with the address of its report."""
    clean = [audit for audit, _ in audits if "sabotage" not in audit]
    known = {name for audit in clean for name in cases_of(audit)}
    rows = [_row(audit, link, known) for audit, link in audits if "sabotage" in audit]
    return Matrix(rows, len(clean), [red for audit in clean for red in reds(audit)])


def _row(audit: Audit, link: str | None, known: set[Name]) -> Row:
    return Row(audit["sabotage"], reds(audit), set(cases_of(audit)) <= known, audit["seconds"], link)


def reds(audit: Audit) -> list[Red]:
    """Return the red contracts and claims, each once, with the first reason."""
    found: dict[str, Red] = {}
    for claim in audit["claims"]:
        for case in claim["cases"]:
            for red in _reds(claim["id"], case):
                found.setdefault(red.column, red)
    return list(found.values())


def _reds(claim: str, case: Case) -> Iterator[Red]:
    outcomes: list[Outcome] = [case, *([case["control"]] if case["control"] else [])]
    for outcome in outcomes:
        if "contract" in outcome:
            yield Red(outcome["contract"], outcome["verdict"], line(outcome["reason"]), True)
    if case["verdict"] in RED and not as_expected(case):
        yield Red(claim if case["judgement"] else CRASH, case["verdict"], line(case["reason"]), False)


def _link(path: Path, folder: Path) -> str | None:
    report = path.with_suffix(".html")
    return quote(report.relative_to(folder).as_posix()) if report.exists() else None
