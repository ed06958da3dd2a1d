"""Compare two audits of the same code: what regressed, what else changed, and what could not be compared.

Measurements are compared by seed: Student's test on all seeds of both audits, with Holm's correction for all measurements
of the comparison. So two audits of the same code with other seeds differ in at most one of a hundred pairs. The same
numbers in several claims count as one measurement. A value that is only a bound is compared as the number reached: the same
experiment stops at the same point. Values without a number are left out and counted. One seed in each audit allows no test.
A measurement that moved in either direction is a regression: the same code should measure the same.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from statistics import fmean

from rethinking_audit.fixtures.record.judged import Case
from rethinking_audit.fixtures.record.outcome import as_expected, standing
from rethinking_audit.fixtures.record.types import Audit
from rethinking_audit.fixtures.record.words import limit, line, number, unit_of_values
from rethinking_audit.reports.comparison import Comparison, Finding, about, together
from rethinking_audit.reports.experiment import Name, cases_of, differing, obstacle, resolution, title
from rethinking_audit.reports.significance import Change, holm, student
from rethinking_audit.reports.speed import ALONE, Timing, timings

ALPHA = 0.01
# The rank of a verdict: a change to a higher rank is a regression. An expected deviation has rank 0.
LOSS = {"HELD": 0, "INCONCLUSIVE": 1, "NOT RUN": 1, "ERROR": 2, "REFUTED": 3}


@dataclass(frozen=True)
class Measurement:
    """One series of values by seed, in both audits."""

    name: Name
    series: str
    before: tuple[float, ...]
    after: tuple[float, ...]
    unit: str
    change: Change


def compare(old: Audit, new: Audit, narrowed: bool = False) -> Comparison:
    """Return what differs between a baseline and an audit.

    `narrowed` says that only some cases were selected, so the others are not missing.
    """
    before, after = cases_of(old), cases_of(new)
    both = {name: (before[name], after[name]) for name in before if name in after}
    reasons: dict[str, list[str]] = defaultdict(list)
    measured = _distinct(list(_measurements(both, old, new, reasons)))
    timed = list(timings(old, new, reasons))
    verdicts = list(_verdicts(both, old, new, reasons))
    corrected = holm([one.change.p for one in measured] + [one.change.p for one in timed])
    moved = [_moved(one, p) for one, p in zip(measured, corrected, strict=False) if p <= ALPHA]
    slower = [_slower(one, p) for one, p in zip(timed, corrected[len(measured) :], strict=True) if p <= ALPHA and one.slow]
    findings = [
        *verdicts,
        *moved,
        *slower,
        *_absent(before, after, narrowed),
        *_limits(both),
        *together("not compared", reasons),
        *_environment(old, new),
    ]
    return Comparison(about(old), about(new), findings, len(corrected), ALPHA)


def _verdicts(
    both: dict[Name, tuple[Case, Case]], old: Audit, new: Audit, reasons: dict[str, list[str]]
) -> Iterator[Finding]:
    """Yield the changed verdicts; those of different experiments are no change, and are added to `reasons`."""
    for name, (before, after) in both.items():
        was, now = _verdict(before), _verdict(after)
        if was == now:
            continue
        if (apart := obstacle(before, after, old, new)) is not None:
            reasons[f"{apart}: {was}, now {now}"].append(title(name))
        else:
            reason = f": {line(after['reason'])}" if after["reason"] else ""
            yield Finding("verdict", title(name), f"{was}, now {now}{reason}", _loss(after) > _loss(before))


def _verdict(case: Case) -> str:
    return f"{case['verdict']}{', as expected' if as_expected(case) else ''}"


def _loss(case: Case) -> int:
    return 0 if as_expected(case) else LOSS[standing(case)]


def _measurements(
    both: dict[Name, tuple[Case, Case]], old: Audit, new: Audit, reasons: dict[str, list[str]]
) -> Iterator[Measurement]:
    """Yield what can be tested; add the rest to `reasons`."""
    for name, (before, after) in both.items():
        if not (before["judgement"] and after["judgement"]):
            continue
        if (reason := obstacle(before, after, old, new)) is not None:
            reasons[reason].append(title(name))
            continue
        values = after["judgement"]["values"]
        for series, earlier in before["judgement"]["values"].items():
            if series not in values:
                reasons[f"nothing is called {series!r} now"].append(title(name))
                continue
            first, second = (tuple(v for v in side if v is not None) for side in (earlier, values[series]))
            if len(first) < len(earlier) or len(second) < len(values[series]):
                reasons["seeds without a number are left out"].append(
                    f"{title(name)} {series} ({len(earlier) - len(first)} before, {len(values[series]) - len(second)} now)"
                )
            if not first or not second or len({*first, *second}) == 1:
                continue  # all values are equal
            if (change := student([(first, second)], resolution(after, new))) is None:
                reasons[ALONE].append(f"{title(name)} {series}")
            else:
                yield Measurement(name, series, first, second, unit_of_values(after["judgement"], series), change)


def _distinct(measured: list[Measurement]) -> list[Measurement]:
    """Compare the same numbers once: the same runs serve several claims."""
    return list({(one.before, one.after): one for one in reversed(measured)}.values())[::-1]


def _moved(one: Measurement, p: float) -> Finding:
    was, now = number(fmean(one.before), one.unit), number(fmean(one.after), one.unit)
    seeds = f"{len(one.before)} and {len(one.after)} seeds"
    return Finding(
        "moved",
        title(one.name),
        f"{one.series}: {was}, now {now} ({seeds}, t = {one.change.t:.1f}, corrected p = {p:.1g})",
        True,
    )


def _slower(one: Timing, p: float) -> Finding:
    return Finding("slower", one.subject, f"{one.ratio:.2f} times the {one.what} ({one.runs}, corrected p = {p:.1g})", True)


def _absent(before: dict[Name, Case], after: dict[Name, Case], narrowed: bool) -> Iterator[Finding]:
    """The cases that only one audit has; losing a case that was NOT RUN is no regression."""
    gone = {name: case for name, case in before.items() if name not in after}
    come = {name: case for name, case in after.items() if name not in before}
    if narrowed:
        yield from together("missing", {"not selected": [title(name) for name in gone]} if gone else {})
    else:
        for name, case in gone.items():
            text, counts = f"{_which(name, after)} was {_verdict(case)}", case["verdict"] != "NOT RUN"
            yield Finding("missing", title(name), text, counts)
    for name, case in come.items():
        yield Finding("new", title(name), f"{_which(name, before)} is {_verdict(case)}")


def _which(name: Name, others: dict[Name, Case]) -> str:
    return "the case, which" if name[0] in {other[0] for other in others} else "the whole claim, which"


def _limits(both: dict[Name, tuple[Case, Case]]) -> Iterator[Finding]:
    for name, (before, after) in both.items():
        one, other = before["judgement"], after["judgement"]
        if one and other and one["accepted"] != other["accepted"]:
            yield Finding("limit", title(name), f"{limit(one)} before, {limit(other)} now")


def _environment(old: Audit, new: Audit) -> Iterator[Finding]:
    before, after = (
        {**audit["provenance"], "data": {name: data["digest"] for name, data in audit["data"].items()}}
        for audit in (old, new)
    )
    for name, was, now in differing(before, after):
        yield Finding("environment", name, f"{was} before, {now} now")
