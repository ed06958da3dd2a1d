"""The geometry of the report's charts: numbers in, SVG coordinates out. The templates draw them."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import TypeVar

from rethinking_audit.fixtures.record.judged import Case, Judgement
from rethinking_audit.fixtures.record.outcome import paper_value

Point = tuple[float, float]
Item = TypeVar("Item")

WIDTH, HEIGHT = 520.0, 300.0
LEFT, RIGHT, TOP, BOTTOM = 62.0, 12.0, 12.0, 44.0
MAX_POINTS = 40
MAX_MARKS = 30
MAX_OPEN_MARKS = 20  # of an unjoined series: more marks would hide what is under them
MAX_ROWS = 8  # of the table of a chart, which the record has in full
EXACT = 8  # half of the width of the shade of one accepted value
LEAST = 1e-100  # a range below this is none
ROUNDING = 1e-9  # a range that is a smaller share of its ends is widened: its values differ by rounding alone
SLACK = 0.02  # share of a step by which a value may pass the end of its axis: less than the width of a line
# The styles of a series: a colour, a dash and the shape of its marks.
STYLES = ("inception", "alexnet", "mlp-1x512", "mlp-3x512", "inception-without-batch-norm", "other")


def style_of(name: str, place: int = len(STYLES) - 1) -> str:
    """Return the style of a network of the paper; for another name, the style at `place`."""
    return name if name in STYLES else STYLES[place % len(STYLES)]


@dataclass(frozen=True)
class Series:
    """A named line. `style` picks its colour and dash; `points` are in the data's units, joined by a line or only marked.

    `band` gives x, the least and the most value, where they are known.
    """

    name: str
    style: str
    points: Sequence[Point]
    marked: bool = False
    joined: bool = True
    band: Sequence[tuple[float, float, float]] = ()


@dataclass(frozen=True)
class Tick:
    """A position on an axis and its text."""

    at: float
    text: str


@dataclass(frozen=True)
class Line:
    """A series in the coordinates of the drawing."""

    name: str
    style: str
    path: str
    marks: list[Point]
    band: str = ""


@dataclass(frozen=True)
class LineChart:
    """A drawing of lines over two axes, and the same numbers for a table: one row for each x."""

    title: str
    x_label: str
    y_label: str
    lines: list[Line]
    x_ticks: list[Tick]
    y_ticks: list[Tick]
    guides: list[Tick] = field(default_factory=list)
    table: list[tuple[str, list[str]]] = field(default_factory=list)
    width: float = WIDTH
    height: float = HEIGHT
    left: float = LEFT
    right: float = WIDTH - RIGHT
    top: float = TOP
    bottom: float = HEIGHT - BOTTOM


def line_chart(
    title: str,
    x_label: str,
    y_label: str,
    series: Iterable[Series],
    guides: Sequence[tuple[float, str]] = (),
    *,
    from_zero: bool = True,
) -> LineChart | None:
    """Return the chart of the series; None if nothing is finite. `guides` are horizontal lines."""
    kept = [replace(one, points=_finite(one.points)) for one in series]
    kept = [one for one in kept if one.points]
    if not kept:
        return None
    xs = [x for one in kept for x, _ in one.points]
    ys = [y for one in kept for _, y in one.points] + [end for one in kept for _, *ends in one.band for end in ends]
    ys += [y for y, _ in guides]
    x_axis, y_axis = _axis(min(xs), max(xs)), _axis(min(ys + [0.0] * from_zero), max(ys))

    def place(point: Point) -> Point:
        return (
            round(LEFT + (point[0] - x_axis[0]) / (x_axis[-1] - x_axis[0]) * (WIDTH - LEFT - RIGHT), 1),
            round(HEIGHT - BOTTOM - (point[1] - y_axis[0]) / (y_axis[-1] - y_axis[0]) * (HEIGHT - TOP - BOTTOM), 1),
        )

    return LineChart(
        title,
        x_label,
        y_label,
        [_line(one, place) for one in kept],
        [Tick(place((x, y_axis[0]))[0], f"{x:g}") for x in x_axis],
        [Tick(place((x_axis[0], y))[1], f"{y:g}") for y in y_axis],
        [Tick(place((x_axis[0], y))[1], text) for y, text in guides],
        _table(kept),
    )


def _line(one: Series, place: Callable[[Point], Point]) -> Line:
    points = [place(point) for point in decimate(one.points)]
    marks = (
        [place(point) for point in decimate(one.points, MAX_MARKS if one.joined else MAX_OPEN_MARKS)] if one.marked else []
    )
    band = decimate(one.band)
    edge = [place((x, high)) for x, _, high in band] + [place((x, low)) for x, low, _ in reversed(band)]
    return Line(one.name, one.style, _path(points) if one.joined else "", marks, _path(edge) + "z" if edge else "")


def _path(points: Sequence[Point]) -> str:
    """Return a path, each point by its distance from the one before: a page has thousands."""
    (x, y), *_ = points
    steps = [f"{right - left:.4g} {low - high:.4g}" for (left, high), (right, low) in pairwise(points)]
    return f"M{x:g} {y:g}" + ("l" + " ".join(steps).replace(" -", "-") if steps else "")


def _table(series: Sequence[Series]) -> list[tuple[str, list[str]]]:
    """The value of each series at each x, rounded to three digits; of many x, an even choice."""
    found: list[dict[str, float]] = [{f"{x:.3g}": y for x, y in one.points} for one in series]
    places = sorted({x for values in found for x in values}, key=float)
    return [
        (f"{float(x):g}", [f"{values[x]:.4g}" if x in values else "" for values in found])
        for x in decimate(places, MAX_ROWS)
    ]


def decimate(points: Sequence[Item], most: int = MAX_POINTS) -> Sequence[Item]:
    """Return at most `most` of the points, including the first and the last."""
    if len(points) <= most:
        return points
    step = (len(points) - 1) / (most - 1)
    return [points[round(index * step)] for index in range(most)]


def sparkline(values: Sequence[float]) -> str:
    """Return the path of a line without axes, in a drawing of 120 by 24; empty for fewer than two values."""
    points = decimate(_finite([(float(place), value) for place, value in enumerate(values)]))
    if len(points) < 2:
        return ""
    low, high = min(value for _, value in points), max(value for _, value in points)
    width, height = points[-1][0] - points[0][0], high - low or 1.0
    places = (((x - points[0][0]) / width * 116 + 2, 22 - (value - low) / height * 20) for x, value in points)
    return "M" + " L".join(f"{x:.1f} {y:.1f}" for x, y in places)


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


def interval_scale(judgements: Iterable[Judgement], papers: Iterable[float | None]) -> tuple[float, float] | None:
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


Scale = tuple[float, float]
APART = 100  # pictures of limits so many times apart would show nothing of the smaller on one scale


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


def interval_chart(judgement: Judgement, paper: float | None, scale: tuple[float, float]) -> IntervalChart:
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


def _finite(points: Sequence[Point]) -> list[Point]:
    return [(x, y) for x, y in points if x is not None and y is not None and math.isfinite(x) and math.isfinite(y)]


def _axis(low: float, high: float) -> list[float]:
    """Return round numbers from at most `low` to at least `high`, four to seven of them."""
    if high - low <= max((abs(low) + abs(high)) * ROUNDING, LEAST):
        high = low + max(1.0, abs(low) * ROUNDING * 10)
    raw = (high - low) / 5
    power = math.floor(math.log10(raw))
    step = next(10.0**power * nice for nice in (1, 2, 2.5, 5, 10) if 10.0**power * nice >= raw * 0.999)
    first, last = math.floor(low / step + SLACK), math.ceil(high / step - SLACK)
    return [round(index * step, 10 - min(power, 0)) for index in range(first, last + 1)]
