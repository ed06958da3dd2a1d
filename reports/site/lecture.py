"""The paper's figures for a lecture, one a screen: each from the audit that comes nearest to the paper."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from rethinking_audit.reports.figures import Figure, figures
from rethinking_audit.reports.plots import PLOTS
from rethinking_audit.reports.site import places
from rethinking_audit.reports.site.shown import Shown


@dataclass(frozen=True)
class Slide:
    """A figure, and the audit whose runs repeat it; None if no audit of the site does."""

    figure: Figure
    shown: Shown | None

    @property
    def file(self) -> PurePosixPath:
        """Its file within the site."""
        return places.of_figure(self.figure.name)


def slides(latest_first: Sequence[Shown]) -> list[Slide]:
    """Return the figures in the paper's order. Runs of the paper's own scale are preferred, then the latest."""
    found: dict[str, tuple[tuple[bool, bool], Slide]] = {}
    for one in latest_first:
        for figure in figures(one.audit):
            rank = figure.ours, figure.same
            if figure.name not in found or rank > found[figure.name][0]:
                found[figure.name] = rank, Slide(figure, one if figure.ours else None)
    return [found[name][1] for name in PLOTS if name in found]
