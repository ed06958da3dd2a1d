"""`python -m reports render AUDIT.json [REPORT.html]`."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from reports.record import UnreadableAudit
from reports.render import render_file

BAD_INPUT = 4


def main(arguments: list[str] | None = None) -> int:
    """Run the command and return its exit code: 4 where the input is not an audit or the output cannot be written."""
    parser = argparse.ArgumentParser(prog="python -m reports", description="Pages from audit records.")
    commands = parser.add_subparsers(dest="command", required=True)
    render = commands.add_parser("render", help="write the HTML report of an audit.json")
    render.add_argument("audit", type=Path)
    render.add_argument("report", type=Path, nargs="?", help="default: beside the audit, ending in .html")
    chosen = parser.parse_args(arguments)
    target = chosen.report or chosen.audit.with_suffix(".html")
    try:
        render_file(chosen.audit, target)
    except UnreadableAudit as error:
        print(error, file=sys.stderr)
        return BAD_INPUT
    except OSError as error:
        print(f"{str(target)!r} cannot be written: {error.strerror}", file=sys.stderr)
        return BAD_INPUT
    print(target)
    return 0


if __name__ == "__main__":
    sys.exit(main())
