"""`python -m reports`: render, export, compare and merge audit records, and show their history."""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

from rethinking_audit.fixtures.record.exit_codes import BAD_INPUT, BUG, REGRESSED
from rethinking_audit.fixtures.record.files import write
from rethinking_audit.fixtures.record.printing import printing
from rethinking_audit.fixtures.record.reading import UnreadableAudit, read_audit, read_honest
from rethinking_audit.fixtures.record.types import Audit
from rethinking_audit.fixtures.record.words import clean
from rethinking_audit.reports.annotations import workflow_commands
from rethinking_audit.reports.badge import badge
from rethinking_audit.reports.certificate import certificate
from rethinking_audit.reports.compare import compare
from rethinking_audit.reports.comparison import KINDS, told
from rethinking_audit.reports.drawings import as_pdf, drawings
from rethinking_audit.reports.folder import read_folder
from rethinking_audit.reports.history import histories, index
from rethinking_audit.reports.identical import identical
from rethinking_audit.reports.junit import junit
from rethinking_audit.reports.markdown import differences, summary
from rethinking_audit.reports.measurements import table
from rethinking_audit.reports.merge import CannotMerge, merge
from rethinking_audit.reports.render import page, render, render_file
from rethinking_audit.reports.sabotage import read_matrix
from rethinking_audit.reports.sabotage_table import show, sign
from rethinking_audit.reports.site.build import CannotBuild, build
from rethinking_audit.reports.site.contents import Contents

NOT_CAUGHT = 1
DIFFERENT = 1

EXPORTS: dict[str, tuple[str, Callable[[Audit], str]]] = {
    "markdown": ("a Markdown summary for a CI job, the worst verdicts first", summary),
    "annotations": ("GitHub annotations for refuted cases and errors", workflow_commands),
    "junit": ("JUnit XML with the figures as properties", junit),
    "csv": ("all measurements by seed", table),
    "badge": ("an SVG badge", badge),
}
AS_XML = ("junit", "badge")  # whose readers know what a character is by its number


class Parser(argparse.ArgumentParser):
    """Ends as the audit does on a bad command line."""

    def error(self, message: str) -> NoReturn:
        """Print the error and exit."""
        self.exit(BAD_INPUT, f"{self.format_usage()}{self.prog}: {message}\n")


def main(arguments: list[str] | None = None, program: str = "python -m reports") -> int:
    """Run a command and return its exit code: 1 if something got worse or differs, 4 for bad input.

    `program` is the command that the usage shows. A reader that stops reading early, such as `head`, is no error.
    """
    with printing() as out:
        chosen = _parser(program).parse_args(arguments)
        out.as_xml = chosen.command in AS_XML
        try:
            code: int = chosen.run(chosen)
        except (UnreadableAudit, CannotMerge, CannotBuild) as error:
            print(clean(error), file=sys.stderr)
            return BAD_INPUT
        except OSError as error:
            print(f"{error.filename!r} cannot be written: {error.strerror}", file=sys.stderr)
            return BAD_INPUT
        except Exception as error:
            print(f"{program} {chosen.command}: a bug, {type(error).__name__}: {error}", file=sys.stderr)
            return BUG
        out.flush()
        if isinstance(out.fault, OSError) and not isinstance(out.fault, BrokenPipeError):
            print(f"the standard output cannot be written: {out.fault.strerror}", file=sys.stderr)
            return code or BAD_INPUT
        return code


def _parser(program: str = "python -m reports") -> Parser:
    parser = Parser(prog=program, description="Make pages and exports from audit records.")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")

    def command(name: str, about: str, run: Callable[[argparse.Namespace], int]) -> argparse.ArgumentParser:
        added: argparse.ArgumentParser = commands.add_parser(name, help=about, description=about)
        added.set_defaults(run=run)
        return added

    one = command("render", "write the HTML report of an audit.json", _render)
    one.add_argument("audit", type=Path)
    one.add_argument("report", type=Path, nargs="?", help="default: beside the audit, ending in .html")
    one.add_argument("--baseline", type=Path, metavar="AUDIT", help="an earlier audit: the report says what changed since")

    one = command(
        "figures", "write the paper's figures with ours, an SVG each, and a PDF where svglib is installed", _figures
    )
    one.add_argument("audit", type=Path)
    one.add_argument("folder", type=Path, nargs="?", help="default: the folder of the audit")

    one = command("certificate", "write one page to print: the answer, every verdict, what made them", _certificate)
    one.add_argument("audit", type=Path)
    one.add_argument("page", type=Path, nargs="?", help="default: certificate.html beside the audit")

    one = command("compare", "print what changed between two audits; exit 1 if anything regressed", _compare)
    one.add_argument("baseline", type=Path)
    one.add_argument("audit", type=Path)
    for kind in ("html", "markdown", "json"):
        one.add_argument(f"--{kind}", type=Path, metavar="FILE", help=f"also write the comparison as {kind}")

    one = command("identical", "print whether two audits have the same numbers, to the bit; exit 1 if not", _identical)
    one.add_argument("old", type=Path)
    one.add_argument("new", type=Path)

    one = command("merge", "merge shards, or audits of different cases, into one record", _merge)
    one.add_argument("audits", type=Path, nargs="+", metavar="AUDIT")
    one.add_argument("-o", "--output", type=Path, required=True, metavar="OUT")

    one = command(
        "history",
        "write an index page of a folder of audits; exit 1 if any case drifts, or failed in its latest audit",
        _history,
    )
    one.add_argument("folder", type=Path)
    one.add_argument("page", type=Path, nargs="?", help="default: index.html in the folder")

    one = command("site", "make a static site of a folder of audits", _site)
    one.add_argument("folder", type=Path)
    one.add_argument("--into", type=Path, metavar="DIR", help="where its pages go; default: site in the folder")
    one.add_argument("--url", type=_address, metavar="BASE", help="where it will be published, for the links of its feed")

    one = command("sabotage", "print which check caught which fault; exit 1 if one was missed", _sabotage)
    one.add_argument("folder", type=Path, help="the folder given to python -m fixtures.sabotage --into")
    one.add_argument("page", type=Path, nargs="?", help="default: sabotage.html in the folder")

    for name, (about, _) in EXPORTS.items():
        one = command(name, about, _export)
        one.add_argument("audit", type=Path)
        one.add_argument("output", type=Path, nargs="?", help="default: standard output")
    return parser


def _render(chosen: argparse.Namespace) -> int:
    target = chosen.report or chosen.audit.with_suffix(".html")
    if chosen.baseline:
        audit = read_honest(chosen.audit)
        write(target, render(audit, compare(read_honest(chosen.baseline), audit)))
    else:
        render_file(chosen.audit, target)
    print(target)
    return 0


def _figures(chosen: argparse.Namespace) -> int:
    made = list(drawings(read_honest(chosen.audit)))
    if not made:
        print(f"{str(chosen.audit)!r} has no figures, expected an audit of the paper's claims", file=sys.stderr)
        return BAD_INPUT
    folder = chosen.folder or chosen.audit.parent
    folder.mkdir(parents=True, exist_ok=True)
    for name, svg in made:
        write(folder / f"{name}.svg", svg)
        print(folder / f"{name}.svg")
        if (pdf := as_pdf(svg)) is not None:
            write(folder / f"{name}.pdf", pdf)
            print(folder / f"{name}.pdf")
    return 0


def _certificate(chosen: argparse.Namespace) -> int:
    target = chosen.page or chosen.audit.parent / "certificate.html"
    audit = read_audit(chosen.audit)
    write(target, certificate(audit, chosen.audit.read_bytes()))
    print(target)
    return 0


def _compare(chosen: argparse.Namespace) -> int:
    comparison = compare(read_honest(chosen.baseline), read_honest(chosen.audit))
    print(told(comparison))
    if chosen.html:
        write(chosen.html, page("comparison.html", comparison=comparison, kinds=KINDS))
    if chosen.markdown:
        write(chosen.markdown, differences(comparison))
    if chosen.json:
        write(chosen.json, json.dumps(comparison.to_dict(), indent=1))
    return REGRESSED if comparison.regressions else 0


def _identical(chosen: argparse.Namespace) -> int:
    found = identical(read_honest(chosen.old), read_honest(chosen.new))
    print("\n".join([found.headline, *found.differences]))
    return DIFFERENT if found.differences else 0


def _merge(chosen: argparse.Namespace) -> int:
    merged = merge([(str(path), read_honest(path)) for path in chosen.audits])
    write(chosen.output, json.dumps(merged, indent=1, allow_nan=False))
    print(chosen.output)
    return 0


def _history(chosen: argparse.Namespace) -> int:
    target = chosen.page or chosen.folder / "index.html"
    found = read_folder(chosen.folder)
    write(target, index(chosen.folder, found.audits, found.left_out, target))
    print(target)
    return REGRESSED if any(one.alarmed or one.fails for one in histories([audit for _, audit in found.audits])) else 0


def _address(text: str) -> str:
    if not re.fullmatch(r"https?://[^\s<>\"?#/][^\s<>\"?#]*", text):
        raise argparse.ArgumentTypeError(f"{text!r} is no address, expected one such as https://example.org/audits/")
    return text.rstrip("/") + "/"


def _site(chosen: argparse.Namespace) -> int:
    found = read_folder(chosen.folder)
    front = build(Contents(chosen.folder, found, chosen.url or ""), chosen.into or chosen.folder / "site")
    for reason in found.unreadable:
        print(f"not shown: {clean(reason)}", file=sys.stderr)
    print(front)
    return 0


def _sabotage(chosen: argparse.Namespace) -> int:
    matrix = read_matrix(chosen.folder)
    show(matrix)
    target = chosen.page or chosen.folder / "sabotage.html"
    write(target, page("sabotage.html", matrix=matrix, sign=sign))
    print(target)
    return 0 if matrix.passed else NOT_CAUGHT


def _export(chosen: argparse.Namespace) -> int:
    text = EXPORTS[chosen.command][1](read_honest(chosen.audit))
    if chosen.output:
        write(chosen.output, text)
    else:
        sys.stdout.write(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
