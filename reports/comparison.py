"""The findings of a comparison of two audits, and their text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from rethinking_audit.fixtures.record.types import Audit
from rethinking_audit.fixtures.record.words import line, plural

# Every kind of finding with its heading, in the order of the report.
KINDS = {
    "verdict": "Verdicts that changed",
    "moved": "Measurements that moved beyond what the seeds explain",
    "slower": "Slower",
    "missing": "Missing",
    "new": "New",
    "limit": "Limits that changed",
    "not compared": "Not compared",
    "environment": "Environment",
}


@dataclass(frozen=True)
class Finding:
    """One difference between two audits: its kind, its subject, and whether it is a regression."""

    kind: str
    subject: str
    text: str
    regressed: bool = False


@dataclass(frozen=True)
class Comparison:
    """All that differs between a baseline and an audit.

    `tested` is the number of tested measurements; `alpha` is the chance that seeds alone make any of them move.
    """

    before: str
    after: str
    findings: list[Finding]
    tested: int
    alpha: float

    @property
    def regressions(self) -> list[Finding]:
        """The regressions, in the order of the report."""
        return [finding for finding in self.findings if finding.regressed]

    @property
    def headline(self) -> str:
        """The outcome in one sentence."""
        found = plural(len(self.regressions), "regression") if self.regressions else "nothing regressed"
        return f"{found}: {self.after} against the baseline, {self.before}"

    @property
    def how(self) -> str:
        """How it was tested, in one sentence."""
        return (
            f"{plural(self.tested, 'measurement')} tested (Student's test, Holm's correction): "
            f"seeds alone would make any of them move in {100 * self.alpha:g} % of comparisons"
        )

    def of(self, kind: str) -> list[Finding]:
        """Return the findings of a kind, regressions first."""
        return sorted((one for one in self.findings if one.kind == kind), key=lambda one: not one.regressed)

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON values."""
        return {"comparison": 1, "regressed": bool(self.regressions), **asdict(self)}


def about(audit: Audit) -> str:
    """Return an audit's date, commit and torch."""
    provenance = audit["provenance"]
    commit = f"commit {str(provenance['commit'])[:12]}" if provenance["commit"] else "no commit"
    return line(f"{audit['created']} ({commit}, torch {provenance['packages'].get('torch')})")


def told(comparison: Comparison) -> str:
    """Return the comparison as lines for a terminal, the regressions first."""
    lines = [comparison.headline]
    lines += [f"  REGRESSED {_told(finding)}" for finding in comparison.regressions]
    for kind in KINDS:
        lines += [f"  {_told(finding)}" for finding in comparison.of(kind) if not finding.regressed]
    return "\n".join([*lines, comparison.how])


def _told(finding: Finding) -> str:
    return f"{finding.kind}: {line(finding.subject)}: {line(finding.text)}"


def together(kind: str, reasons: Mapping[str, Sequence[str]]) -> list[Finding]:
    """Return one finding for each reason, which names the first of its subjects."""
    found = []
    for reason, subjects in reasons.items():
        more = f" and {len(subjects) - 3} more" if len(subjects) > 3 else ""
        found.append(Finding(kind, ", ".join(subjects[:3]) + more, reason))
    return found
