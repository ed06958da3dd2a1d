"""Audits against claims: one row an audit, one column a claim, the claim with the worst latest verdict first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rethinking_audit.fixtures.record.outcome import all_cases, as_expected, standing
from rethinking_audit.fixtures.record.types import Audit
from rethinking_audit.fixtures.record.verdict import HELD, NOT_RUN, VERDICTS


@dataclass(frozen=True)
class Matrix:
    """The claims, and for each audit the worst verdict on each; None where the audit lacks the claim."""

    claims: list[str]
    rows: list[list[tuple[str, bool] | None]]  # each verdict with whether it was expected


def matrix(latest_first: Sequence[Audit]) -> Matrix:
    """Return the matrix of audits, which are in the order of its rows."""
    found = [_worst(audit) for audit in latest_first]
    names = list(dict.fromkeys(name for verdicts in found for name in verdicts))
    latest = {name: next(verdicts[name] for verdicts in found if name in verdicts) for name in names}
    names.sort(key=lambda name: _rank(latest[name]))
    return Matrix(names, [[verdicts.get(name) for name in names] for verdicts in found])


def _worst(audit: Audit) -> dict[str, tuple[str, bool]]:
    """Return the worst verdict on each claim, as it counts. A case that was not run stands for none that was."""
    cases: dict[str, list[tuple[str, bool]]] = {}
    for claim, case in all_cases(audit):
        cases.setdefault(claim["id"], []).append((standing(case), as_expected(case) and standing(case) != HELD))
    return {name: min(_run(found), key=_rank) for name, found in cases.items()}


def _run(found: list[tuple[str, bool]]) -> list[tuple[str, bool]]:
    return [one for one in found if one[0] != NOT_RUN] or found


def _rank(one: tuple[str, bool]) -> float:
    """Return how good a verdict is: an expected deviation is nearly as good as HELD."""
    verdict, expected = one
    return VERDICTS.index(HELD) - 0.5 if expected else VERDICTS.index(verdict)
