"""Renders an audit as soon as it is written."""

from __future__ import annotations

from pathlib import Path

from reports.render import render_file


def pytest_audit_written(path: Path) -> None:
    """Write audit.html beside audit.json."""
    render_file(path, path.with_suffix(".html"))
