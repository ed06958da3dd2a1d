"""The geometry of an interval beside its accepted range: numbers in, SVG coordinates out. The templates draw them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from rethinking_audit.fixtures.record.judged import Case, Judgement
from rethinking_audit.fixtures.record.outcome import paper_value
from rethinking_audit.reports.charts import ROUNDING

Scale = tuple[float, float]
EXACT = 8  # half of the width of the shade of one accepted value
APART = 100  # pictures of limits so many times apart would show nothing of the smaller on one scale


@dataclass(frozen=True)
class IntervalChart:
    """One interval and the accepted range; all numbers are percentages of the drawing's width."""

    accepted: tuple[float, float]
    interval: tuple[float, float]
    open_low: bool
    open_high: bool
    measured: float
    paper: float | None
    seeds: list[float] = field(default_factory=list)

    @property
    def shade(self) -> str:
        """The accepted range, as a path in a drawing of 400 by 26."""
        low, high = map(_of_400, self.accepted)
        if low == high and self.accepted[0] == self.accepted[1]:  # exactly: the mark must not hide it
            return f"M{low - EXACT} 3H{high + EXACT}V23H{low - EXACT}z"
        return f"M{low} 3H{max(high, low + 2)}V23H{low}z"

    @property
    def whisker(self) -> str:
        """The interval, with a bar at each closed end."""
        low, high = map(_of_400, self.interval)
        ends = f"M{low} 7v8" * (not self.open_low) + f"M{high} 7v8" * (not self.open_high)
        return f"M{low} 11H{high}{ends}"

    @property
    def strokes(self) -> str:
        """A stroke for each seed."""
        return "".join(f"M{_of_400(seed)} 18v4" for seed in self.seeds)

    @property
    def box(self) -> str:
        """The estimate."""
        return f"M{_of_400(self.measured) - 4} 7h8v8h-8z"

    @property
    def triangle(self) -> str:
        """The paper's number; empty if the paper gives none."""
        return "" if self.paper is None else f"M{_of_400(self.paper)} 5l6-5h-12zv18"


def _of_400(percent: float) -> int:
    return round(4 * percent)


def interval_scale(judgements: Iterable[Judgement], papers: Iterable[float | None]) -> Scale | None:
    """Return the range that shows every interval, limit and number of the paper; None if nothing is finite."""
    values: list[float] = [value for value in papers if value is not None]
    for judgement in judgements:
        for pair in (judgement["interval"], judgement["accepted"]):
            values += [end for end in (pair["low"], pair["high"]) if end is not None]
        if judgement["measured"] is not None:
            values.append(judgement["measured"])
        values += by_seed(judgement)
    if not values:
        return None
    low, high = min(values), max(values)
    margin = max((high - low) * 0.06, (abs(low) + abs(high)) * ROUNDING) or 1.0
    return low - margin, high + margin


def likeness(judgement: Judgement) -> tuple[str, str]:
    """Return the quantity without its part, since an older audit may have judged another, and the unit."""
    return judgement["quantity"].partition(" (")[0], judgement["unit"]


def interval_scales(cases: Sequence[Case]) -> list[Scale | None]:
    """Return the scale of each case's picture: one for all of a quantity and unit, unless their limits are far apart.

    A limit that is APART times the next smaller one begins another scale. If a limit is zero, the interval stands for it.
    """
    alike: dict[tuple[str, str], list[tuple[float, int]]] = {}
    for place, case in enumerate(cases):
        if judgement := case["judgement"]:
            alike.setdefault(likeness(judgement), []).append((_size(judgement), place))
    scales: list[Scale | None] = [None] * len(cases)
    for found in alike.values():
        for places in _together(sorted(found)):
            shown = [(judgement, paper_value(cases[place])) for place in places if (judgement := cases[place]["judgement"])]
            scale = interval_scale(*zip(*shown, strict=True))
            for place in places:
                scales[place] = scale
    return scales


def _size(judgement: Judgement) -> float:
    """Return how large what a picture shows is: its limit, or the interval if that is zero."""
    accepted, interval = judgement["accepted"], judgement["interval"]
    for ends in (accepted, interval):
        if size := max(abs(ends["low"] or 0.0), abs(ends["high"] or 0.0)):
            return size
    return 0.0


def _together(sized: Sequence[tuple[float, int]]) -> list[list[int]]:
    """Return the places in groups; between two groups the size grows by APART or more, or from zero."""
    groups: list[list[int]] = []
    before = -1.0
    for size, place in sized:
        if size == before or size < APART * before:
            groups[-1].append(place)
        else:
            groups.append([place])
        before = size
    return groups


def interval_chart(judgement: Judgement, paper: float | None, scale: Scale) -> IntervalChart:
    """Return the picture of one row on a shared scale. An open end runs to the edge."""

    def place(value: float | None, edge: float) -> float:
        if value is None:
            return edge
        return round(min(100.0, max(0.0, 100 * (value - scale[0]) / (scale[1] - scale[0]))), 2)

    interval, accepted = judgement["interval"], judgement["accepted"]
    return IntervalChart(
        (place(accepted["low"], 0), place(accepted["high"], 100)),
        (place(interval["low"], 0), place(interval["high"], 100)),
        interval["low"] is None,
        interval["high"] is None,
        place(judgement["measured"], 100),
        None if paper is None else place(paper, 0),
        [place(value, 0) for value in by_seed(judgement)],
    )


def by_seed(judgement: Judgement) -> list[float]:
    """Return the judged quantity by seed; empty if the rule has no such numbers."""
    return [value for value in judgement["values"].get("by seed", ()) if value is not None]
