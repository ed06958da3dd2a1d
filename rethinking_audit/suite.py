"""`audited`: an audit of your own training code inside your own test-suite, each check a test."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from rethinking_audit.fixtures.record.verdict import HELD, REFUTED, Verdict
from rethinking_audit.fixtures.subjects.codes import codes
from rethinking_audit.own import BAD, SECONDS, Check, check

OPEN = (Verdict.NOT_RUN, Verdict.INCONCLUSIVE)


def audited(
    code: Any = None,
    *,
    data: Any,
    groups: Any = None,
    split: tuple[Any, Any] | None = None,
    seconds: float = SECONDS,
    expected: Mapping[str, str] | None = None,
    augments: bool = False,
) -> Any:
    """Make tests of training code, one for each check: `test_mine[E2]`.

    Decorate a function, `@audited(data=(X, y))` above `def test_mine(X, y, X_test, seed)`, or hand in what `check` takes:
    `test_mine = audited(estimator, data=(X, y))`. `data` may also be a function that returns the data; it is called when
    the first test runs. One audit serves all tests of a session; under xdist, one in each worker that has some of them.

    A refuted check fails, and one that is expected to be refuted is an xfail, or fails if it holds. What was not run or is
    undecided is skipped.
    """
    if code is None:
        return partial(
            audited, data=data, groups=groups, split=split, seconds=seconds, expected=expected, augments=augments
        )
    import pytest

    reasons = dict(expected or {})
    audit = _Once(
        lambda: check(
            code,
            data=data() if callable(data) else data,
            groups=groups,
            split=split,
            seconds=seconds,
            expected=reasons,
            augments=augments,
            command="rethinking_audit.audited",
        )
    )

    @pytest.mark.parametrize("code", list(codes()))
    def test(code: str) -> None:
        _judge(audit(), code, reasons.get(code))

    test.__doc__ = f"An audit of {getattr(code, '__qualname__', code)}, one check a test."
    test.subject = code  # type: ignore[attr-defined]
    if inspect.isfunction(code):
        test.place_as = code  # type: ignore[attr-defined]  # where pytest says that the test is
    return test


class _Once:
    """Makes an audit when it is first asked for; keeps it, or the sentence that says why there is none."""

    def __init__(self, make: Callable[[], Check]) -> None:
        self.make = make
        self.made: Check | str | None = None

    def __call__(self) -> Check:
        import pytest

        if self.made is None:
            try:
                self.made = self.make()
            except BAD as error:
                self.made = str(error)
        if isinstance(self.made, str):
            pytest.fail(self.made, pytrace=False)
        return self.made


def _judge(found: Check, code: str, reason: str | None) -> None:
    """Pass, fail, skip or xfail as the finding of a code says."""
    import pytest

    finding = found[code]
    told = f"{finding.sentence}\nrethinking-audit explain {code}"
    if finding.verdict in OPEN:
        pytest.skip(f"{finding.verdict}: {finding.sentence}")
    if finding.verdict == REFUTED and reason is not None:
        pytest.xfail(f"{reason}: {finding.sentence}")
    if finding.verdict == HELD and reason is not None:
        pytest.fail(f"expected to be refuted and is not ({reason}): {told}", pytrace=False)
    if finding.verdict != HELD:
        pytest.fail(told, pytrace=False)
