"""Audit records in, files out: what is no audit is refused by name, and a file is written whole or not at all."""

from __future__ import annotations

import json
import math
import os
import tempfile
from collections.abc import Callable
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from rethinking_audit.reports.shape import Schema, faults

Audit = dict[str, Any]


class UnreadableAudit(ValueError):
    """A file is not an audit that this version can read; the message says why."""


def _as_it_is(audit: Audit) -> Audit:
    return audit


# Every schema that was ever written: its file here, and what makes a record of the newest schema of it.
READERS: dict[int, tuple[str, Callable[[Audit], Audit]]] = {1: ("audit.schema.json", _as_it_is)}


def read_audit(path: Path) -> Audit:
    """Return the audit record in a file, as the newest schema has it. A number that is none becomes null.

    Raises:
        UnreadableAudit: it is not there, cut short, no audit, or of a schema that is not known.
    """
    record = read_json(path)
    schema = record.get("schema") if isinstance(record, dict) else None
    if type(schema) is not int or schema not in READERS:
        raise UnreadableAudit(f"{str(path)!r} has schema {str(schema)[:40]}, expected one of {list(READERS)}")
    name, reader = READERS[schema]
    if fault := next(faults(record, _schema(name), _schema(name)), None):
        raise UnreadableAudit(f"{str(path)!r} is not an audit of schema {schema}: {fault}")
    return reader(record)


def read_honest(path: Path) -> Audit:
    """Return the audit record in a file, if no fault was put into it: a void verdict is nothing to count or compare.

    Raises:
        UnreadableAudit: it is sabotaged, or `read_audit` refuses it.
    """
    audit = read_audit(path)
    if "sabotage" in audit:
        raise UnreadableAudit(f"{str(path)!r} is sabotaged ({audit['sabotage']['id']}), expected an audit without a fault")
    return audit


def read_json(path: Path) -> Any:
    """Return what a JSON file holds.

    Raises:
        UnreadableAudit: it is not there, or is not JSON.
    """
    try:
        text = path.read_text(encoding="utf-8")
        return json.loads(text, parse_constant=lambda _: None, parse_float=_finite, parse_int=_whole)
    except OSError as error:
        raise UnreadableAudit(f"{str(path)!r} cannot be read: {error.strerror}; expected an audit.json") from error
    except RecursionError as error:
        raise UnreadableAudit(f"{str(path)!r} is nested too deeply; expected an audit.json") from error
    except ValueError as error:
        raise UnreadableAudit(f"{str(path)!r} is not JSON ({error}); expected an audit.json") from error


def write(path: Path, text: str) -> None:
    """Write a file, whole or not at all.

    Raises:
        OSError: it cannot be written, which the error names; what was there before is untouched.
    """
    try:
        _write(path, text)
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(path)) from error


def _write(path: Path, text: str) -> None:
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=".tmp-")
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
            file.write(text)
        Path(temporary).chmod(0o644)
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def _finite(digits: str) -> float | None:
    return value if math.isfinite(value := float(digits)) else None


def _whole(digits: str) -> int | None:
    return int(digits) if len(digits) < 300 else None  # what no float holds is no measurement


@cache
def _schema(name: str) -> Schema:
    loaded: Schema = json.loads((files("rethinking_audit.reports") / name).read_text(encoding="utf-8"))
    return loaded
