"""The matrix of faults as a table for a terminal."""

from __future__ import annotations

import sys

from rich.console import Console
from rich.table import Column, Table
from rich.text import Text

from rethinking_audit.fixtures.record.printing import columns
from rethinking_audit.fixtures.record.words import line
from rethinking_audit.reports.sabotage import Matrix, Row

WIDTH = 165
SIGNS = {(True, True): "✗", (True, False): "·", (False, True): "?", (False, False): ""}


def sign(row: Row, column: str) -> str:
    """Return ✗ if the right check turned red, · if another check did, ? if the right check stayed green."""
    return SIGNS[column in row.columns, column in row.fault["caught_by"] and (column in row.columns or not row.right)]


def show(matrix: Matrix) -> None:
    """Print the matrix with numbered columns, and what was red without a fault."""
    width = None if sys.stdout.isatty() else columns(WIDTH)
    out = Console(width=width, highlight=False)
    for number, name in enumerate(matrix.columns, 1):
        out.print(Text(f"{number:>3} {'contract' if name in matrix.contracts else 'claim   '} {line(name)}"))
    heads = [Column(str(number), justify="center") for number, _ in enumerate(matrix.columns, 1)]
    table = Table(Column("fault", no_wrap=True), *heads, Column("outcome", overflow="fold"), box=None, padding=(0, 1, 0, 0))
    for row in matrix.rows:
        cells = [sign(row, name) for name in matrix.columns]
        style = "green" if row.passed else "bold red"
        table.add_row(line(row.fault["id"]), *cells, Text(line(row.outcome), style))
    out.print(table)
    for red in matrix.false_alarms:
        out.print(Text(f"red without a fault: {line(red.column)}: {red.reason}", "bold red"))
    out.print(Text(matrix.headline, "bold green" if matrix.passed else "bold red"))
