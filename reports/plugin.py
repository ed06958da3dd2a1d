"""The pytest plugin that renders a written audit and compares it with a baseline."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from rethinking_audit.fixtures.record.exit_codes import ALL_HELD, NOTHING_DECIDED, REGRESSED, UNDECIDED
from rethinking_audit.fixtures.record.files import write
from rethinking_audit.fixtures.record.judged import Claim
from rethinking_audit.fixtures.record.reading import UnreadableAudit, read_honest
from rethinking_audit.fixtures.record.types import Audit
from rethinking_audit.reports.compare import compare
from rethinking_audit.reports.comparison import Comparison, told
from rethinking_audit.reports.markdown import differences
from rethinking_audit.reports.render import render_file

MILDER = (ALL_HELD, NOTHING_DECIDED, UNDECIDED)  # exit codes that a regression replaces
REGRESSION = "audit-regression"
# The options that leave out some of the claims.
NARROWING = ("keyword", "networks", "shard", "maxfail", "deselect", "lf")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the option."""
    group = parser.getgroup("audit", "audit of the claims")
    group.addoption("--baseline", metavar="FILE", default=None, help="an earlier audit.json: exit 1 if anything regressed")


def pytest_configure(config: pytest.Config) -> None:
    """Read the baseline before anything is trained.

    Raises:
        pytest.UsageError: the baseline is no audit.
    """
    if config.option.baseline is not None and not hasattr(config, "workerinput"):
        try:
            baseline = read_honest(Path(config.option.baseline))
        except UnreadableAudit as error:
            raise pytest.UsageError(f"--baseline: {error}") from error
        config.pluginmanager.register(Regression(baseline, narrowed(config)), REGRESSION)


def narrowed(config: pytest.Config) -> bool:
    """Return whether only some of the claims were selected, so that the others are not missing."""
    parts = any("::" in argument or argument.endswith(".py") for argument in config.args)
    return parts or any(getattr(config.option, name, None) for name in NARROWING)


def pytest_audit_written(config: pytest.Config, path: Path) -> None:
    """Write audit.html beside audit.json, with what changed since the baseline if there is one."""
    regression: Regression | None = config.pluginmanager.get_plugin(REGRESSION)
    render_file(path, path.with_suffix(".html"), regression.comparison if regression else None)


class Regression:
    """Compares the audit with a baseline, in the process that writes it."""

    def __init__(self, baseline: Audit, narrowed: bool) -> None:
        self.baseline, self.narrowed = baseline, narrowed
        self.judged = False
        self.comparison: Comparison | None = None
        self.failure = "no audit was written"

    def pytest_audit_judged(self, audit: Audit) -> None:
        """Compare, and let the exit code say that something regressed, or that this is unknown."""
        self.judged = True
        try:
            self.comparison = compare(_of_tiers(self.baseline, _tiers(audit)), audit, self.narrowed)
        except Exception as error:  # a failed comparison must not hide the verdicts
            self.failure = f"{type(error).__name__}: {error}"
            audit["exit_code"] = audit["exit_code"] or UNDECIDED
            return
        if self.comparison.regressions and audit["exit_code"] in MILDER:
            audit["exit_code"] = REGRESSED

    @pytest.hookimpl(tryfirst=True)
    def pytest_audit_written(self, path: Path) -> None:
        """Write the comparison beside the audit, even if that cannot be rendered."""
        if self.comparison is not None:
            write(path.with_name(f"{path.stem}-compare.json"), json.dumps(self.comparison.to_dict(), indent=1))
            write(path.with_name(f"{path.stem}-compare.md"), differences(self.comparison))

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Let no session pass that wrote no audit."""
        if not self.judged and _audits(session.config) and session.exitstatus == ALL_HELD:
            session.exitstatus = UNDECIDED

    @pytest.hookimpl(trylast=True)
    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
        """Print the comparison."""
        if not _audits(config):
            return
        terminalreporter.write_sep("=", "against the baseline")
        terminalreporter.write_line(told(self.comparison) if self.comparison else f"not compared: {self.failure}")


def _audits(config: pytest.Config) -> bool:
    return not (config.option.collectonly or getattr(config.option, "plan", False))


def _tiers(audit: Audit) -> set[str]:
    return {case["tier"] for claim in audit["claims"] for case in claim["cases"]}


def _of_tiers(audit: Audit, tiers: set[str]) -> Audit:
    """Return the baseline with only the tiers of this audit."""

    def narrowed(claim: Claim) -> Claim:
        return {**claim, "cases": [case for case in claim["cases"] if case["tier"] in tiers]}

    return {**audit, "claims": [narrowed(claim) for claim in audit["claims"]]}
