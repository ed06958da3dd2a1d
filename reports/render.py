"""audit.json -> audit.html: one self-contained file, no network, no script needed, everything escaped."""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from jinja2 import Environment, FunctionLoader, StrictUndefined
from markupsafe import Markup

from rethinking_audit.fixtures.record.files import write
from rethinking_audit.fixtures.record.outcome import found_since, papers_own
from rethinking_audit.fixtures.record.reading import read_audit
from rethinking_audit.fixtures.record.types import Audit
from rethinking_audit.fixtures.record.verdict import VERDICTS
from rethinking_audit.fixtures.record.words import clean, plural
from rethinking_audit.reports.answer import answer
from rethinking_audit.reports.background import background
from rethinking_audit.reports.citation import bibtex
from rethinking_audit.reports.comparison import KINDS, Comparison
from rethinking_audit.reports.figures import figures
from rethinking_audit.reports.glossary import OF_A_REPORT, TERMS
from rethinking_audit.reports.menu import Menu
from rethinking_audit.reports.overview import lines, undecided
from rethinking_audit.reports.pictures import pictures
from rethinking_audit.reports.prose import prose
from rethinking_audit.reports.tables import tables
from rethinking_audit.reports.view import cards

LEAST = 1e-12  # a chance below it is told as a number


def render(audit: Audit, comparison: Comparison | None = None, menu: Menu | None = None) -> str:
    """Return the report of an audit record, with what changed since a baseline; it depends on nothing else.

    As a page of a site it has the site's menu.
    """
    command = "" if "subject" in audit else audit["command"]  # a check of training code has no tests to choose
    return page(
        "audit.html",
        menu=menu,
        audit=audit,
        answer=answer(audit),
        lines=lines(audit),
        undecided=undecided(audit),
        pictures=None if "subject" in audit else pictures(audit),
        figures=figures(audit),
        tables=tables(audit),
        cards=cards(papers_own(audit), audit["runs"], command),
        since=cards(found_since(audit), audit["runs"], command),
        readings=cards(audit.get("readings", []), audit["runs"], command),
        background=background(audit),
        bibtex=bibtex(audit),
        terms={group: TERMS[group] for group in OF_A_REPORT},
        comparison=comparison,
        kinds=KINDS,
        script=_script(),
    )


def _script() -> tuple[Markup, str]:
    """The page's only script, and its hash for the page's content policy."""
    text = _template("page.js")
    return Markup(text), "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()  # noqa: S704 -- a file of ours


def page(template: str, **shown: Any) -> str:
    """Return a page: the template filled with `shown`, everything escaped."""
    style = Markup(_template("style.css"))  # noqa: S704 -- a file of ours
    return filled(template, verdicts=VERDICTS, style=style, **shown)


def filled(template: str, **shown: Any) -> str:
    """Return a template filled with `shown`, everything escaped."""
    return _environment().get_template(template).render(**shown)


def render_file(source: Path, target: Path, comparison: Comparison | None = None) -> None:
    """Write the report of the audit in `source`, and its comparison with a baseline, to `target`, whole or not at all.

    Raises:
        UnreadableAudit: the source is no audit.
        OSError: the target cannot be written.
    """
    write(target, render(read_audit(source), comparison))


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FunctionLoader(_template), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters["chance"] = chance
    environment.filters["plural"] = plural
    environment.filters["prose"] = prose
    environment.finalize = _shown
    return environment


def _shown(value: object) -> object:
    """Return what a template prints of a value. A page has thousands of coordinates, most of them whole numbers."""
    if isinstance(value, Markup):
        return value
    return clean(int(value) if isinstance(value, float) and value.is_integer() else value)


def chance(alpha: float) -> str:
    """Return a probability as the words of a sentence."""
    times = round(1 / alpha) if alpha > LEAST else 0
    return (
        f"at most 1 time in {times:,}"
        if times > 1 and abs(times * alpha - 1) < 1e-6
        else f"with probability {alpha:g} at most"
    )


def _template(name: str) -> str:
    return (files("rethinking_audit.reports") / "templates" / name).read_text(encoding="utf-8")
