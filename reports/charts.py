"""The geometry of the report's charts: numbers in, the coordinates of an SVG out. The templates draw them."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

Point = tuple[float, float]

WIDTH, HEIGHT = 520.0, 300.0
LEFT, RIGHT, TOP, BOTTOM = 52.0, 12.0, 12.0, 44.0
MAX_POINTS = 120


@dataclass(frozen=True)
class Series:
    """A named line. `style` picks its colour and dash; `points` are in the units of the data, joined or only marked."""

    name: str
    style: str
    points: Sequence[Point]
    marked: bool = False
    joined: bool = True


@dataclass(frozen=True)
class Tick:
    """A place on an axis and what is written there."""

    at: float
    text: str


@dataclass(frozen=True)
class Line:
    """A series in the coordinates of the drawing."""

    name: str
    style: str
    path: str
    marks: list[Point]


@dataclass(frozen=True)
class LineChart:
    """A drawing of lines over two axes, and the same numbers for a table."""

    title: str
    x_label: str
    y_label: str
    lines: list[Line]
    x_ticks: list[Tick]
    y_ticks: list[Tick]
    guides: list[Tick] = field(default_factory=list)
    width: float = WIDTH
    height: float = HEIGHT
    left: float = LEFT
    right: float = WIDTH - RIGHT
    top: float = TOP
    bottom: float = HEIGHT - BOTTOM


def line_chart(
    title: str, x_label: str, y_label: str, series: Iterable[Series], guides: Sequence[tuple[float, str]] = ()
) -> LineChart | None:
    """Return the chart of the series, None where there is nothing finite to draw. `guides` are horizontal lines."""
    kept = [Series(one.name, one.style, _finite(one.points), one.marked, one.joined) for one in series]
    kept = [one for one in kept if one.points]
    if not kept:
        return None
    xs = [x for one in kept for x, _ in one.points]
    ys = [y for one in kept for _, y in one.points] + [y for y, _ in guides]
    x_axis, y_axis = _axis(min(xs), max(xs)), _axis(min(0.0, *ys), max(ys))

    def place(point: Point) -> Point:
        return (
            round(LEFT + (point[0] - x_axis[0]) / (x_axis[-1] - x_axis[0]) * (WIDTH - LEFT - RIGHT), 1),
            round(HEIGHT - BOTTOM - (point[1] - y_axis[0]) / (y_axis[-1] - y_axis[0]) * (HEIGHT - TOP - BOTTOM), 1),
        )

    lines = []
    for one in kept:
        points = [place(point) for point in decimate(one.points)]
        path = "M" + " L".join(f"{x:g} {y:g}" for x, y in points) if one.joined else ""
        lines.append(Line(one.name, one.style, path, points if one.marked else []))
    return LineChart(
        title,
        x_label,
        y_label,
        lines,
        [Tick(place((x, 0))[0], f"{x:g}") for x in x_axis],
        [Tick(place((0, y))[1], f"{y:g}") for y in y_axis],
        [Tick(place((0, y))[1], text) for y, text in guides],
    )


def decimate(points: Sequence[Point]) -> Sequence[Point]:
    """Return at most MAX_POINTS of the points, the first and the last among them."""
    if len(points) <= MAX_POINTS:
        return points
    step = (len(points) - 1) / (MAX_POINTS - 1)
    return [points[round(index * step)] for index in range(MAX_POINTS)]


def sparkline(values: Sequence[float]) -> str:
    """Return the path of a line without axes, in a drawing of 120 by 24; empty where there are not two values."""
    points = decimate(_finite([(float(place), value) for place, value in enumerate(values)]))
    if len(points) < 2:
        return ""
    low, high = min(value for _, value in points), max(value for _, value in points)
    width, height = points[-1][0] - points[0][0], high - low or 1.0
    places = (((x - points[0][0]) / width * 116 + 2, 22 - (value - low) / height * 20) for x, value in points)
    return "M" + " L".join(f"{x:.1f} {y:.1f}" for x, y in places)


@dataclass(frozen=True)
class IntervalChart:
    """One interval against what is accepted: all numbers are percentages of the drawing's width."""

    accepted: tuple[float, float]
    interval: tuple[float, float]
    open_low: bool
    open_high: bool
    measured: float
    paper: float | None


def interval_scale(judgements: Iterable[dict[str, object]], papers: Iterable[float | None]) -> tuple[float, float] | None:
    """Return the range that shows every interval, limit and number of the paper; None where none is finite."""
    values: list[float] = [value for value in papers if value is not None]
    for judgement in judgements:
        for pair in (judgement["interval"], judgement["accepted"]):
            values += [end for end in pair.values() if end is not None]  # type: ignore[attr-defined]
        if judgement["measured"] is not None:
            values.append(judgement["measured"])  # type: ignore[arg-type]
    if not values:
        return None
    low, high = min(values), max(values)
    margin = (high - low) * 0.06 or 1.0
    return low - margin, high + margin


def interval_chart(judgement: dict[str, object], paper: float | None, scale: tuple[float, float]) -> IntervalChart:
    """Return one row's picture on a scale that its neighbours share. An open end runs to the edge."""

    def place(value: float | None, edge: float) -> float:
        if value is None:
            return edge
        return round(min(100.0, max(0.0, 100 * (value - scale[0]) / (scale[1] - scale[0]))), 2)

    interval: dict[str, float | None] = judgement["interval"]  # type: ignore[assignment]
    accepted: dict[str, float | None] = judgement["accepted"]  # type: ignore[assignment]
    return IntervalChart(
        (place(accepted["low"], 0), place(accepted["high"], 100)),
        (place(interval["low"], 0), place(interval["high"], 100)),
        interval["low"] is None,
        interval["high"] is None,
        place(judgement["measured"], 100),  # type: ignore[arg-type]
        None if paper is None else place(paper, 0),
    )


def _finite(points: Sequence[Point]) -> list[Point]:
    return [(x, y) for x, y in points if x is not None and y is not None and math.isfinite(x) and math.isfinite(y)]


def _axis(low: float, high: float) -> list[float]:
    """Return round numbers from at most `low` to at least `high`, four to seven of them."""
    if high <= low:
        high = low + 1
    raw = (high - low) / 5
    power = 10.0 ** math.floor(math.log10(raw))
    step = next(power * nice for nice in (1, 2, 2.5, 5, 10) if power * nice >= raw * 0.999)
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    return [round(index * step, 10) for index in range(first, last + 1)]
