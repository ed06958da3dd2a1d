"""The page of each claim: what it says, when it would be red, and how it came out in every experiment."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePosixPath

from rethinking_audit.fixtures.record.judged import Claim
from rethinking_audit.fixtures.record.outcome import everything, is_since, paper_value
from rethinking_audit.fixtures.record.verdict import NOT_RUN
from rethinking_audit.reports.interval_charts import Scale, interval_chart, interval_scales
from rethinking_audit.reports.site import places
from rethinking_audit.reports.site.shown import Experiment, Shown
from rethinking_audit.reports.view import Card, Row, cards


@dataclass(frozen=True)
class Judged:
    """A claim in one audit: its card, and its rows on the scale that all audits of the claim share."""

    shown: Shown
    card: Card
    rows: list[Row]


@dataclass(frozen=True)
class ClaimPage:
    """A claim, as its latest audit words it, in the latest audit of each experiment."""

    claim: Claim
    judged: list[Judged]
    controls: list[tuple[str, str]]  # description, the verdict that it must come to
    where: list[str]  # the paper's numbers, in its words
    figures: list[str]  # of the paper

    @property
    def is_reading(self) -> bool:
        """Whether the claim is a reading, which must be refuted."""
        return "expected" in self.claim

    @property
    def is_since(self) -> bool:
        """Whether the claim was found since the paper."""
        return is_since(self.claim)

    @property
    def file(self) -> PurePosixPath:
        """Its file within the site."""
        return places.of_claim(self.claim["id"])


def claim_pages(latest_first: Sequence[Shown]) -> list[ClaimPage]:
    """Return a page for each claim and reading, in the order of the latest audit that has it."""
    found: dict[str, dict[Experiment, Shown]] = {}
    for judged in (True, False):  # an audit that did not judge the claim stands only where none did
        for one in latest_first:
            for claim in everything(one.audit):
                if (claim["verdict"] != NOT_RUN) == judged:
                    found.setdefault(claim["id"], {}).setdefault(one.experiment, one)
    needed = dict.fromkeys(one for by_experiment in found.values() for one in by_experiment.values())
    drawn = {one: _cards(one) for one in needed}
    order = {claim["id"]: place for one in reversed(latest_first) for place, claim in enumerate(everything(one.audit))}
    return [_page(name, list(found[name].values()), drawn) for name in sorted(found, key=lambda name: order[name])]


def _cards(one: Shown) -> dict[str, Card]:
    made = cards(everything(one.audit), one.audit["runs"])
    return {card.claim["id"]: card for card in made}


def _page(name: str, audits: list[Shown], drawn: dict[Shown, dict[str, Card]]) -> ClaimPage:
    of = sorted(audits, key=lambda one: one.audit["created"], reverse=True)
    found = [(one, drawn[one][name]) for one in of]
    scales = iter(interval_scales([row.case for _, card in found for row in card.rows]))
    judged = [Judged(one, card, [_on(row, next(scales)) for row in card.rows]) for one, card in found]
    controls = dict.fromkeys((control.description, control.expected) for _, card in found for control in card.controls)
    where = dict.fromkeys(_where([card.claim for _, card in found]))
    named = (name for _, card in found for name in card.places)
    figures = dict.fromkeys(name.removeprefix("Figure ") for name in named if name.startswith("Figure "))
    return ClaimPage(found[0][1].claim, judged, list(controls), list(where), list(figures))


def _where(claims: Sequence[Claim]) -> Iterator[str]:
    for claim in claims:
        yield from (case["paper"]["where"] for case in claim["cases"] if case["paper"] and case["paper"]["where"])


def _on(row: Row, scale: Scale | None) -> Row:
    judged = row.case["judgement"]
    return replace(row, picture=interval_chart(judged, paper_value(row.case), scale) if judged and scale else None)
