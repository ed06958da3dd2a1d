"""The geometry of line charts: numbers in, SVG coordinates out. The templates draw them."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import TypeVar

Point = tuple[float, float]
Item = TypeVar("Item")

WIDTH, HEIGHT = 520.0, 300.0
LEFT, RIGHT, TOP, BOTTOM = 62.0, 12.0, 12.0, 44.0
MAX_POINTS = 40
MAX_MARKS = 30
MAX_OPEN_MARKS = 20  # of an unjoined series: more marks would hide what is under them
MAX_ROWS = 8  # of the table of a chart, which the record has in full
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
