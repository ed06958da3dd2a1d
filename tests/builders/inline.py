"""A nursery without processes: trials are made here, at once. Only for code that is known to behave."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import Any

from rethinking_audit.fixtures.subjects.audit import Audited, Tell, audit
from rethinking_audit.fixtures.subjects.bench import Bench
from rethinking_audit.fixtures.subjects.call import subject
from rethinking_audit.fixtures.subjects.given import Given
from rethinking_audit.fixtures.subjects.nursery import seed_all
from rethinking_audit.fixtures.subjects.trial import Outcome, Trial


class Inline:
    """Answers like `Nursery`, in this process."""

    def __init__(self, code: Any, given: Given) -> None:
        self.subject, self.given = subject(code), given
        self.splits, self.form, self.takes = self.subject.splits, self.subject.form, self.subject.takes

    def make(self, trial: Trial, seconds: float) -> Outcome:
        """Make one trial."""
        begun = time.perf_counter()
        for one in (trial.before, trial):
            if one is not None:
                seed_all(one.seed)
                answer = self.subject.answer(self.given, one)
        return replace(answer, seconds=time.perf_counter() - begun)


def audited(code: Any, given: Given, seconds: float, tell: Tell = lambda _: None) -> Audited:
    """Return the audit of code in this process."""
    return audit(Bench(Inline(code, given), seconds), tell)  # type: ignore[arg-type]
