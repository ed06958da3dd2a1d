"""Everything that the reports make of a record, on records drawn from the schema: each must come out as text."""

from __future__ import annotations

import contextlib
import io
import json
import tempfile
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path

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
from tests.attacks.drawn import Drawer


def attack(count: int, seed: int = 0) -> list[str]:
    """Return a sentence for each of `count` drawn records and each text that could not be made of it."""
    with tempfile.TemporaryDirectory() as folder:
        path, faults = Path(folder) / "audit.json", []
        for number in range(seed, seed + count):
            pair = [_read(path, record) for record in Drawer(number).pair()]
            faults += [f"record {number}, {fault}" for fault in _faults(*pair)]
    return faults


def _read(path: Path, record: object) -> Audit:
    path.write_text(json.dumps(record), encoding="utf-8")
    return read_audit(path)


def _faults(old: Audit, new: Audit) -> Iterator[str]:
    for name, make in _makers(old, new).items():
        try:
            make().encode("utf-8")
        except Exception as error:
            place = traceback.extract_tb(error.__traceback__)[-1]
            yield f"{name}: {error!r:.200} at {Path(place.filename).name}:{place.lineno}"


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
