"""The paper's figures: our lines over the paper's points, or beside them if the axes do not compare."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from rethinking_audit.fixtures.record.types import Audit
from rethinking_audit.reports.charts import LineChart, Point, Series, line_chart
from rethinking_audit.reports.plots import PLOTS, Difference, Plot, Printed, styles_of
from rethinking_audit.reports.repeated import PaperTier, imagenet_tier, paper_tier

PAPER = "the paper"


@dataclass(frozen=True)
class Figure:
    """One figure of the paper as the page shows it."""

    name: str
    title: str
    note: str
    charts: list[LineChart]
    differences: list[Difference]
    ours: bool
    same: bool  # whether ours are at the paper's scale


def figures(audit: Audit) -> list[Figure]:
    """Return the paper's figures whose points are in the record."""
    stages = {False: paper_tier(audit), True: imagenet_tier(audit)}
    plots = [(name, PLOTS[name], points) for name, points in sorted(printed(audit).items())]
    return [_figure(name, plot, points, stages[plot.imagenet]) for name, plot, points in plots]


def printed(audit: Audit) -> dict[str, Printed]:
    """Return the paper's points by figure; older records hold them in their claims."""
    kept = audit.get("figures")
    if kept is None:
        own = [figure for claim in audit["claims"] if (figure := claim["paper_figure"])]
        kept = {figure["name"]: figure["series"] for figure in own}
    return {
        name: {one: [(x, y) for x, y in points] for one, points in series.items()}
        for name, series in kept.items()
        if name in PLOTS
    }


def _figure(name: str, plot: Plot, points: Printed, stage: PaperTier | None) -> Figure:
    ours = plot.ours(stage, points) if stage else []
    over = bool(ours) and stage is not None and (stage.same or plot.relative)
    paper = [
        Series(f"{series}, {PAPER}" if over else series, look, at, over or plot.marked, joined=not over)
        for (series, at), look in zip(points.items(), styles_of(points), strict=True)
    ]
    draw = [(f"Figure {name}: lines ours, marks the paper's", [*ours, *paper])] if over else []
    if not over:
        draw = [(f"Figure {name}, the paper's", paper), (f"Figure {name}, ours", ours)]
    charts = [
        line_chart(title, plot.x, plot.y, lines, plot.guides, from_zero=plot.from_zero) for title, lines in draw if lines
    ]
    if over:
        charts.append(_less(name, plot, ours, points))
    note = _note(plot, stage, bool(ours), over)
    differences = plot.differences(stage, points) if ours and stage else []
    same = bool(ours) and stage is not None and stage.same
    return Figure(name, plot.title, note, [chart for chart in charts if chart], differences, bool(ours), same)


def _note(plot: Plot, stage: PaperTier | None, made: bool, over: bool) -> str:
    if plot.imagenet and not made:
        return "ImageNet, Inception v3: not trained in this audit; the paper's curves alone."
    if stage is None or not made:
        return "No run of this audit repeats it; the paper's points alone."
    seeds = "Lines are means over the seeds, bands their range."
    if over:
        return f"{stage.note} {seeds}"
    return f"{stage.note} Drawn beside the paper's, as the axes do not compare. {seeds}"


def _less(name: str, plot: Plot, ours: Sequence[Series], points: Printed) -> LineChart | None:
    """Our value less the paper's, at each x that both have. Curves of a training are joined, levels are not."""
    lines = []
    for (series, at), look in zip(points.items(), styles_of(points), strict=True):
        found = next((one for one in ours if one.name == f"{series}, ours"), None)
        if found:
            of = _marked_at if plot.marked else _at
            less = [(x, value - y) for x, y in at if (value := of(found.points, x)) is not None]
            lines.append(Series(series, look, less, plot.marked))
    return line_chart(f"Figure {name}: ours less the paper's", plot.x, "difference", lines, [(0.0, "equal")])


def _at(points: Sequence[Point], x: float) -> float | None:
    """The height of a line at x; None outside the line."""
    for (left, low), (right, high) in pairwise(points):
        if left - 1e-9 <= x <= right + 1e-9:
            return low + (high - low) * (x - left) / (right - left)
    return None


def _marked_at(points: Sequence[Point], x: float) -> float | None:
    """The height of the point at x; None if there is none."""
    return next((y for at, y in points if abs(at - x) <= 1e-9), None)
