"""The Atom feed of red audits: those in which something was refuted or broke that nobody expected."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import NAMESPACE_URL, UUID, uuid5

from rethinking_audit.fixtures.record.outcome import all_cases, as_expected, standing
from rethinking_audit.fixtures.record.types import Audit
from rethinking_audit.fixtures.record.verdict import ERROR, REFUTED
from rethinking_audit.reports.answer import answer
from rethinking_audit.reports.experiment import title
from rethinking_audit.reports.site.shown import Shown

MOST = 50
NAMED = 10


@dataclass(frozen=True)
class Red:
    """One red audit: what its entry says, its red cases, and how many more there are."""

    id: str
    shown: Shown
    sentence: str
    cases: list[str]
    more: int


def reds(latest_first: Sequence[Shown]) -> list[Red]:
    """Return the latest red audits."""
    found = ((one, red_cases(one.audit)) for one in latest_first)
    return [_red(one, cases) for one, cases in found if cases][:MOST]


def _red(one: Shown, cases: list[str]) -> Red:
    return Red(id_of(one.audit), one, answer(one.audit).sentence, cases[:NAMED], max(0, len(cases) - NAMED))


def red_cases(audit: Audit) -> list[str]:
    """Return the cases that were refuted or broke, and that nobody expects."""
    return [
        f"{standing(case)} {title((claim['id'], case['tier'], case['data'], case['network']))}"
        for claim, case in all_cases(audit)
        if standing(case) in (REFUTED, ERROR) and not as_expected(case)
    ]


def id_of(audit: Audit) -> str:
    """Return a name of the record that no other record has, and that it keeps wherever it lies."""
    return _name(audit).urn


def feed_id_of(oldest: Audit) -> str:
    """Return a name for the feed of a folder, by its oldest record: it stays when others come."""
    return uuid5(_name(oldest), "feed").urn


def _name(audit: Audit) -> UUID:
    told = (audit["created"], audit["command"], audit["summary"], audit["provenance"], sorted(audit["runs"]))
    return uuid5(NAMESPACE_URL, json.dumps(told, sort_keys=True))
