"""What changed where torch or the driver did: each audit beside the one before it of the same experiment."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from rethinking_audit.fixtures.record.types import Audit
from rethinking_audit.reports.compare import compare
from rethinking_audit.reports.comparison import KINDS, Comparison, Finding
from rethinking_audit.reports.experiment import cases_of
from rethinking_audit.reports.site.shown import Experiment, Shown

MOST = 40  # findings of one kind


@dataclass(frozen=True)
class Release:
    """Two audits of one experiment with other versions, the new one last, and what differs."""

    before: Shown
    after: Shown
    changed: list[str]
    comparison: Comparison

    @property
    def findings(self) -> list[tuple[str, list[Finding], int]]:
        """Each kind of finding with its heading, its first findings, and how many more there are."""
        kinds = ((heading, self.comparison.of(kind)) for kind, heading in KINDS.items())
        return [(heading, found[:MOST], max(0, len(found) - MOST)) for heading, found in kinds if found]


def releases(latest_first: Sequence[Shown]) -> list[Release]:
    """Return the changes of version, the latest first; audits without a common case do not compare."""
    series: dict[Experiment, list[Shown]] = {}
    for one in latest_first:
        series.setdefault(one.experiment, []).append(one)
    found = [made for own in series.values() for now, was in pairwise(own) if (made := _release(was, now))]
    return sorted(found, key=lambda one: one.after.audit["created"], reverse=True)


def _release(before: Shown, after: Shown) -> Release | None:
    changed = list(_changed(before.audit, after.audit))
    if not changed or not cases_of(before.audit).keys() & cases_of(after.audit).keys():
        return None
    return Release(before, after, changed, compare(before.audit, after.audit))


def _changed(old: Audit, new: Audit) -> Iterator[str]:
    was, now = _versions(old), _versions(new)
    yield from (f"{name} {was[name]} → {now[name]}" for name in was if was[name] and now[name] and was[name] != now[name])


def _versions(audit: Audit) -> dict[str, str | None]:
    provenance = audit["provenance"]
    return {"torch": provenance["packages"].get("torch"), "driver": provenance["machine"]["driver"]}
