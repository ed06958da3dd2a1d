"""Everything that the reports make of a record, on records drawn from the schema: each must come out as text."""

from __future__ import annotations

import contextlib
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from rethinking_audit.fixtures.record.reading import read_audit
from rethinking_audit.fixtures.record.types import Audit
from rethinking_audit.reports.__main__ import EXPORTS
from rethinking_audit.reports.compare import compare
from rethinking_audit.reports.comparison import KINDS, told
from rethinking_audit.reports.folder import Folder
from rethinking_audit.reports.history import index
from rethinking_audit.reports.identical import identical
from rethinking_audit.reports.markdown import differences
from rethinking_audit.reports.merge import CannotMerge, merge
from rethinking_audit.reports.render import page, render
from rethinking_audit.reports.sabotage import matrix
from rethinking_audit.reports.sabotage_table import show, sign
from rethinking_audit.reports.site.contents import Contents
from rethinking_audit.reports.site.pages import pages
from tests.attacks.attack import Parser
from tests.attacks.drawn import Drawer


def drawn(folder: Path) -> Parser:
    """Return the maker of all exports, for pairs of records that are drawn from the schema."""
    paths = folder / "old.json", folder / "new.json"

    def put(pair: list[dict[str, Any]]) -> tuple[Path, Path]:
        for path, record in zip(paths, pair, strict=True):
            path.write_text(json.dumps(record), encoding="utf-8")
        return paths

    return Parser(lambda draw: Drawer(draw).pair(), _exports, put=put)


def _exports(paths: tuple[Path, Path]) -> None:
    """Make every export of two records; an error has the name of its export in a note."""
    old, new = map(read_audit, paths)
    for name, make in _makers(old, new).items():
        try:
            make().encode("utf-8")
        except Exception as error:
            error.add_note(name)
            raise


def _makers(old: Audit, new: Audit) -> dict[str, Callable[[], str]]:
    return {
        "render": lambda: render(new),
        "compare": lambda: _compared(old, new),
        "compare with itself": lambda: _compared(new, new),
        "identical": lambda: "\n".join([(found := identical(old, new)).headline, *found.differences]),
        "merge": lambda: _merged([("old", old), ("new", new)]),
        "merge alone": lambda: _merged([("new", new)]),
        "history": lambda: _history(old, new),
        "sabotage": lambda: _sabotage(old, new),
        "site": lambda: _site(old, new),
        **{name: lambda export=export: export(new) for name, (_, export) in EXPORTS.items()},
    }


def _compared(old: Audit, new: Audit) -> str:
    found = compare(old, new)
    html = page("comparison.html", comparison=found, kinds=KINDS)
    return told(found) + differences(found) + json.dumps(found.to_dict(), allow_nan=False) + html


def _merged(parts: list[tuple[str, Audit]]) -> str:
    try:
        return render(merge(parts))
    except CannotMerge:
        return ""


def _history(old: Audit, new: Audit) -> str:
    here = Path()
    return index(here, [(here / "old.json", old), (here / "new.json", new)], ["not read"], here / "index.html")


def _site(old: Audit, new: Audit) -> str:
    here = Path()
    found = Folder([(here / "old.json", old), (here / "new.json", new)], [(here / "void.json", new)], ["not read"])
    return "".join(text for _, text in pages(Contents(here, found)))


def _sabotage(old: Audit, new: Audit) -> str:
    found, printed = matrix([(old, None), (new, "new.html")]), io.StringIO()
    with contextlib.redirect_stdout(printed):
        show(found)
    return printed.getvalue() + page("sabotage.html", matrix=found, sign=sign)
