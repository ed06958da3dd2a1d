"""audit.json -> audit.html: one self-contained file, no script, no network, everything escaped."""

from __future__ import annotations

import json
import os
import re
import tempfile
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from jinja2 import Environment, FunctionLoader, StrictUndefined
from markupsafe import Markup

from reports.view import SIGNS, VERDICTS, cards

SCHEMAS = (1,)
LONGEST = 10_000
# Control and bidirectional formatting characters can make text read otherwise than it is.
UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")


class UnreadableAudit(ValueError):
    """A file is not an audit that this version can read; the message says why."""


def read_audit(path: Path) -> dict[str, Any]:
    """Return the audit record in a file.

    Raises:
        UnreadableAudit: it is not there, cut short, no audit, or of a schema that is not known.
    """
    try:
        audit = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise UnreadableAudit(f"{str(path)!r} cannot be read: {error.strerror}; expected an audit.json") from error
    except ValueError as error:
        raise UnreadableAudit(f"{str(path)!r} is not JSON ({error}); expected an audit.json") from error
    schema = audit.get("schema") if isinstance(audit, dict) else None
    if schema not in SCHEMAS:
        raise UnreadableAudit(f"{str(path)!r} has schema {schema!r}, expected one of {SCHEMAS}")
    return dict(audit)


def render(audit: dict[str, Any]) -> str:
    """Return the report of an audit record: a pure function of it."""
    return (
        _environment()
        .get_template("audit.html")
        .render(audit=audit, cards=cards(audit), signs=SIGNS, verdicts=VERDICTS, style=Markup(_template("style.css")))
    )


def render_file(source: Path, target: Path) -> None:
    """Write the report of the audit in `source` to `target`, whole or not at all.

    Raises:
        UnreadableAudit: the source is no audit.
        OSError: the target cannot be written.
    """
    text = render(read_audit(source))
    handle, temporary = tempfile.mkstemp(dir=target.parent, prefix=".tmp-")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
        Path(temporary).chmod(0o644)
        Path(temporary).replace(target)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def clean(value: object) -> str:
    """Return text without characters that hide or turn what it says, and not longer than a page can bear."""
    text = UNSEEN.sub("\ufffd", str(value))
    return text if len(text) <= LONGEST else text[:LONGEST] + " … (cut)"


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FunctionLoader(_template), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.finalize = lambda value: value if isinstance(value, Markup) else clean(value)
    return environment


def _template(name: str) -> str:
    return (files("reports") / "templates" / name).read_text(encoding="utf-8")
