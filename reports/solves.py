"""What the report shows about solved problems: their sizes, and the charts of some claims."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

from rethinking_audit.fixtures.record.judged import Case, Claim, Points
from rethinking_audit.fixtures.record.measured import Run, Solved
from rethinking_audit.fixtures.record.outcome import keys_in
from rethinking_audit.reports.charts import LineChart, Point, Series, line_chart

STYLES = ("inception", "alexnet", "mlp-1x512", "mlp-3x512", "inception-without-batch-norm")
NEAR = 10  # the paper's sizes are drawn if they are at most this many times ours


def solved(case: Case, runs: Mapping[str, Run]) -> list[Solved]:
    """Return the values of a case's solves, in the order of its arms and sizes; empty for a trained network."""
    found = (runs[key] for key in keys_in(case["runs"]) if key in runs)
    return [run["values"] for run in found if "values" in run]


def largest(found: list[Solved]) -> list[Solved]:
    """Return the values of the solves with the most images, each once: two arms may share a solve."""
    most = max(values.get("images", 0) for values in found)
    kept: list[Solved] = []
    kept.extend(values for values in found if values.get("images", 0) == most and values not in kept)
    return kept


def about(case: Case, found: list[Solved]) -> str:
    """Return the size of the solved problem in words."""
    seeds = max(len(keys) for levels in case["runs"].values() for keys in levels.values())
    parts = [f"{seeds} seeds"] if seeds > 1 else []
    if points := sorted({values["points"] for values in found if "points" in values}):
        dimensions = next((f" in {values['dimensions']:,} dimensions" for values in found if "dimensions" in values), "")
        parts.append(_size(points, "points") + dimensions)
    elif images := sorted({values["images"] for values in found if "images" in values}):
        parts.append(_size(images, "images"))
    return ", ".join([*parts, f"of {case['data']}"])


def _size(sizes: list[int], what: str) -> str:
    return f"{sizes[0]:,} to {sizes[-1]:,} {what}" if len(sizes) > 1 else f"{sizes[0]:,} {what}"


def charts(claim: Claim, runs: Mapping[str, Run]) -> list[LineChart] | None:
    """Return the charts of a claim about problems; None if its runs are trainings."""
    cases = [(case, found) for case in claim["cases"] if (found := solved(case, runs))]
    if not cases:
        return None
    draw = CHARTS.get(claim["id"])
    chart = draw(cases, claim["paper_figure"]["series"] if claim["paper_figure"] else {}) if draw else None
    return [chart] if chart else []


Found = list[tuple[Case, list[Solved]]]


def _polygon(cases: Found, _: Points) -> LineChart | None:
    """The network's value along its projection, and the sample it was built from."""
    drawn = next((found[0]["drawn"] for _, found in cases if "drawn" in found[0]), None)
    if drawn is None:
        return None
    corners = Series("the network", "inception", _points(drawn["corner_x"], drawn["corner_y"]))
    sample = Series("the sample", "alexnet", _points(drawn["x"], drawn["y"]), marked=True, joined=False)
    title = f"Theorem 1 on {len(drawn['x'])} of the images: one kink per data point"
    return line_chart(title, "projection of the image", "value", [corners, sample])


ERRORS: dict[str, Literal["test_error", "l2_test_error"]] = {"": "test_error", ", with l2": "l2_test_error"}


def _by_size(cases: Found, printed: Points) -> LineChart | None:
    """Test error against the number of training images, with the paper's points if ours come near its sizes."""
    series = []
    for style, (case, found) in zip(STYLES, cases, strict=False):
        for suffix, error in ERRORS.items():
            name, look = f"{_name(case, cases)}{suffix}", f"{style} second" if suffix else style
            known = [values for values in found if error in values and "images" in values]
            ours = sorted({(values["images"], 100 * values[error]) for values in known})  # several arms may share a solve
            if ours:
                series.append(Series(name, look, ours, True, joined=ours[0][0] < ours[-1][0]))
                near = [(x, 100 * y) for x, y in printed.get(f"{case['network']}{suffix}", []) if x <= NEAR * ours[-1][0]]
                series.append(Series(f"{name} (paper)", look, near, True, joined=False))
    return line_chart(
        "test error by size, without regularization unless it says so", "training images", "test error, %", series
    )


def _norms(cases: Found, printed: Points) -> LineChart | None:
    """Test error against the norm, one mark for each kernel width, and the paper's two models."""
    grids = [(case, found) for case, found in cases if len({values.get("kind") for values in found}) == 1]
    series = []
    for style, (case, found) in zip(STYLES, grids, strict=False):
        points = [(x, 100 * y) for x, y in _points(found[0].get("norms", ()), found[0].get("test_errors", ()))]
        series.append(Series(_name(case, grids), style, points, True))
        kind = found[0].get("kind")
        if kind in printed:
            paper = [(x, 100 * y) for x, y in printed[kind]]
            series.append(Series(f"{kind} (paper)", f"{style} second", paper, True, joined=False))
    return line_chart("norm and test error, a mark for each kernel width", "norm", "test error, %", series)


def _by_features(cases: Found, _: Points) -> LineChart | None:
    """The mean test error of the seeds against the number of features."""
    series = []
    for style, (case, found) in zip(STYLES, cases, strict=False):
        errors: dict[float, list[float]] = {}
        for values in found:
            for at, right in _points(values.get("multiples", ()), values.get("test_accuracies", ())):
                errors.setdefault(at, []).append(100 * (1 - right))
        means = [(at, sum(every) / len(every)) for at, every in sorted(errors.items())]
        series.append(Series(_name(case, cases), style, means, True))
    return line_chart("test error by the number of features", "features for each image", "test error, %", series)


def _points(xs: Sequence[float | None], ys: Sequence[float | None]) -> list[Point]:
    """The points of two lists without those that lack a number; none if the lists do not belong together."""
    pairs = zip(xs, ys, strict=False) if len(xs) == len(ys) else ()
    return [(x, y) for x, y in pairs if x is not None and y is not None]


def _name(case: Case, cases: Found) -> str:
    """The problem, with its tier if the audit has several."""
    several = len({other["tier"] for other, _ in cases}) > 1
    return f"{case['network']} ({case['tier']})" if several else str(case["network"])


CHARTS = {
    "expressivity/two-layer": _polygon,
    "kernel/interpolates-and-generalizes": _by_size,
    "kernel/minimum-norm-not-predictive": _norms,
    "since/double-descent": _by_features,
}
