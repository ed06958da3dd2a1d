"""Curves over the seeds of one experiment, in the units of the paper's figures: the mean, the least and the most."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import fmean

from rethinking_audit.fixtures.record.measured import Curve, Training
from rethinking_audit.reports.charts import Series

Place = tuple[float, list[float]]


def over_seeds(name: str, style: str, places: Sequence[Place], *, marked: bool = False) -> Series:
    """Return the line of the mean with the band of the seeds, from what the seeds have at each x."""
    kept = [(x, values) for x, values in places if values]
    points = [(x, fmean(values)) for x, values in kept]
    several = any(len(values) > 1 for _, values in kept)
    return Series(
        name, style, points, marked, band=[(x, min(values), max(values)) for x, values in kept] if several else ()
    )


def by_epoch(runs: Sequence[Training], curve: Curve) -> list[Place]:
    """Return a training curve by thousands of steps. A seed that has ended keeps its last value."""
    curves = [(run, run["curves"].get(curve, [])) for run in runs]
    longest = max((len(values) for _, values in curves), default=0)
    steps = runs[0]["steps_per_epoch"] / 1000 if runs else 0.0
    return [
        (epoch * steps, [value for _, values in curves if values and (value := _held(values, epoch)) is not None])
        for epoch in range(longest)
    ]


def tested(runs: Sequence[Training]) -> list[Place]:
    """Return test accuracy by thousands of steps, at the epochs that were tested."""
    found: dict[int, list[float]] = {}
    for run in runs:
        for epoch, error in zip(run["curves"].get("tested_epochs", ()), run["curves"].get("test_error", ()), strict=False):
            if error is not None and epoch is not None:
                found.setdefault(int(epoch), []).append(1 - error)
    return [(epoch * runs[0]["steps_per_epoch"] / 1000, values) for epoch, values in sorted(found.items())]


def accuracy(places: Sequence[Place]) -> list[Place]:
    """Return errors as accuracies."""
    return [(x, [1 - value for value in values]) for x, values in places]


def last(runs: Sequence[Training], curve: Curve) -> list[float]:
    """Return the last value of a curve, by seed; seeds without one are left out."""
    ends = [run["curves"][curve][-1] for run in runs if run["curves"].get(curve)]
    return [end for end in ends if end is not None]


def _held(values: Sequence[float | None], epoch: int) -> float | None:
    return values[min(epoch, len(values) - 1)]
