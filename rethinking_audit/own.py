"""`check`: what is true of your own training code, from Python; `rethinking-audit check` is the same from a terminal."""

from __future__ import annotations

import importlib
import inspect
import json
import math
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from rethinking_audit.fixtures.record.exit_codes import REGRESSED
from rethinking_audit.fixtures.record.files import write
from rethinking_audit.fixtures.record.types import Audit
from rethinking_audit.fixtures.record.verdict import HELD, REFUTED, VERDICTS
from rethinking_audit.fixtures.record.words import plural
from rethinking_audit.fixtures.subjects.audit import Audited, audit
from rethinking_audit.fixtures.subjects.bench import Bench
from rethinking_audit.fixtures.subjects.call import BadSubject, Subject, subject
from rethinking_audit.fixtures.subjects.codes import codes
from rethinking_audit.fixtures.subjects.finding import Finding
from rethinking_audit.fixtures.subjects.given import BadGiven, Given
from rethinking_audit.fixtures.subjects.locate import check_data, handed, load_data, load_subject, mentions_torch, place
from rethinking_audit.fixtures.subjects.nursery import CannotLoad, Nursery
from rethinking_audit.fixtures.subjects.record import record
from rethinking_audit.fixtures.subjects.spy import watch
from rethinking_audit.table import lines

SECONDS = 60.0
PATIENCE = 60.0  # seconds for the user's code and data to load
BAD = (BadSubject, BadGiven, CannotLoad)  # what bad input raises; each message is one sentence


class AuditRefuted(AssertionError):
    """A check refuted what nobody expected, or held what was expected red; the message is the table of findings."""


@dataclass(frozen=True)
class Check:
    """The audit of a subject: its findings in the order of the codes."""

    name: str
    audited: Audited
    expected: Mapping[str, str]
    command: str

    def __iter__(self) -> Iterator[Finding]:
        return iter(self.audited.findings)

    def __getitem__(self, code: str) -> Finding:
        """Return the worst finding of a code.

        Raises:
            KeyError: there is no such code.
        """
        own = [finding for finding in self if finding.code == code]
        if not own:
            raise KeyError(f"{code!r} is no code, expected one of {', '.join(codes())}")
        return min(own, key=lambda finding: VERDICTS.index(finding.verdict))

    def __str__(self) -> str:
        return "\n".join([*lines(self, self.expected), *self._notes()])

    def _notes(self) -> list[str]:
        told = [f"seen beside: {note}" for note in self.audited.notes]
        told += [f"expected to be refuted and is not: {code} ({self.expected[code]})" for code in self.untrue]
        spent, given = f"{self.audited.spent:.0f}", f"{self.audited.seconds:.0f}"
        unseen = f"Not looked at: {', '.join(self.audited.unseen)}."
        return [*told, f"{unseen} {plural(self.audited.trainings, 'training')}, {spent} s of {given}."]

    @property
    def untrue(self) -> list[str]:
        """The codes that were expected to be refuted and held."""
        return [code for code in self.expected if self[code].verdict == HELD]

    @cached_property
    def record(self) -> Audit:
        """The record of the audit, as in audit.json."""
        found = record(self.name, self.audited, self.expected, self.command)
        return {**found, "exit_code": REGRESSED} if self.untrue else found

    @property
    def exit_code(self) -> int:
        """The exit code: 0 held, 1 refuted, 5 nothing decided, 10 something undecided."""
        return self.record["exit_code"]

    def raise_if_refuted(self) -> None:
        """Raise if a check refuted something unexpected, or if something expected is no longer so.

        Raises:
            AuditRefuted: the message is the table of findings.
        """
        if self.untrue or any(one.verdict == REFUTED and one.code not in self.expected for one in self):
            raise AuditRefuted(f"{self.name}\n{self}")

    def to_json(self, path: Path | str) -> None:
        """Write the record."""
        write(Path(path), json.dumps(self.record, indent=1, allow_nan=False))

    def to_html(self, path: Path | str) -> None:
        """Write the report as a page."""
        from rethinking_audit.reports.render import render

        write(Path(path), render(self.record))


def settled(seconds: float, expected: Mapping[str, str] | None) -> None:
    """Refuse seconds and expectations that cannot be meant.

    Raises:
        BadGiven: the message quotes what is wrong.
    """
    if not 0 < seconds < math.inf:
        raise BadGiven(f"the seconds are {seconds}, expected a number above 0")
    for name, reason in (expected or {}).items():
        if name not in codes() or not str(reason).strip():
            raise BadGiven(f"expected has {name!r}: {reason!r}, expected a code ({', '.join(codes())}) and a reason")


def check(
    code: Any,
    *,
    data: Any,
    groups: Any = None,
    split: tuple[Any, Any] | None = None,
    seconds: float = SECONDS,
    expected: Mapping[str, str] | None = None,
    augments: bool = False,
    tell: Callable[[Finding], None] = lambda _: None,
    command: str = "rethinking_audit.check",
) -> Check:
    """Audit a function, an estimator, or code named by `file.py:name`, and return its findings.

    `data` is (X, y), (X_train, y_train, X_test, y_test), or a string as on the command line; `groups` numbers or names the
    group of each row, `split` has the places of training and test rows. The audit takes about `seconds`. `expected` has a
    reason for each code that may be refuted. The code runs in processes of its own, and the state of this one stays as it
    is.

    Raises:
        BadSubject, BadGiven, CannotLoad: the code or the data cannot be used; the message says what was expected.
    """
    where = place(code) if isinstance(code, str) else None
    if isinstance(data, str):
        check_data(data)
    settled(seconds, expected)

    def load() -> tuple[Subject, Given]:
        warnings.simplefilter("default")  # a test-suite that makes errors of them would not let the code train
        if mentions_torch(_file_of(code) if where is None else where.path if where.is_file else None):
            with suppress(ImportError):  # where it is missing, the code says so itself
                _prepare_torch()
        found = load_subject(where) if where is not None else subject(code)
        return found, load_data(data, groups) if isinstance(data, str) else handed(data, groups, split)

    with Nursery(load, PATIENCE, watch) as nursery:
        found = audit(Bench(nursery, seconds, augments=augments), tell)
    name = code if isinstance(code, str) else getattr(code, "__qualname__", type(code).__name__)
    return Check(name, found, dict(expected or {}), command)


def _file_of(code: Any) -> Path | None:
    """Return the file that a function of the user's is from; None for an estimator, or for what was typed."""
    try:
        return Path(inspect.getfile(code))
    except (TypeError, OSError):
        return None


def _prepare_torch() -> None:
    """Load torch, and what its optimizers load at their first step: once, and not again in every training."""
    importlib.import_module("torch").set_num_threads(1)
    with suppress(ImportError):
        importlib.import_module("torch._dynamo")
