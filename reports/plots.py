"""What each of the paper's figures shows of our runs: a table of plots, with their lines and their differences."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import fmean

from rethinking_audit.fixtures.record.measured import Recipe, Training
from rethinking_audit.fixtures.record.words import number, signed
from rethinking_audit.reports.charts import Point, Series, style_of
from rethinking_audit.reports.curves import accuracy, by_epoch, last, over_seeds, tested
from rethinking_audit.reports.repeated import PaperTier, on_imagenet

Printed = dict[str, list[Point]]


@dataclass(frozen=True)
class Difference:
    """One number that a reader would take from the figure: the paper's and ours."""

    what: str
    paper: str
    ours: str
    less: str


Lines = Callable[[PaperTier, Printed], list[Series]]
Differences = Callable[[PaperTier, Printed], list[Difference]]


@dataclass(frozen=True)
class Plot:
    """How to draw one figure. `relative` axes do not depend on the experiment's scale and compare across data sets."""

    title: str
    x: str
    y: str
    ours: Lines
    differences: Differences
    relative: bool = False
    marked: bool = False
    from_zero: bool = True
    guides: Sequence[tuple[float, str]] = ()
    imagenet: bool = False


def styles_of(points: Printed) -> list[str]:
    """Return a style for each series. The training and test curves of a network share one."""
    stems = [re.sub(r", (train|test)$", "", series) for series in points]
    places = [list(dict.fromkeys(stems)).index(stem) for stem in stems]
    trained = [" second" if series.endswith(", train") else "" for series in points]
    return [style_of(stem, place) + suffix for stem, place, suffix in zip(stems, places, trained, strict=True)]


INPUTS = {
    "true labels": ("original", 0.0),
    "random labels": ("original", 1.0),
    "shuffled pixels": ("shuffled", 0.0),
    "random pixels": ("random", 0.0),
    "gaussian": ("gaussian", 0.0),
}


def _inputs(stage: PaperTier, series: str) -> list[Training]:
    inputs, corruption = INPUTS.get(series, (None, None))
    wanted = {"network": "inception", "inputs": inputs, "corruption": corruption}
    return stage.runs("Figure 1a", lambda spec: all(spec.get(name) == value for name, value in wanted.items()))


def _losses(stage: PaperTier, points: Printed) -> list[Series]:
    found = [(series, look, _inputs(stage, series)) for series, look in zip(points, styles_of(points), strict=True)]
    return [over_seeds(f"{series}, ours", look, by_epoch(runs, "train_loss")) for series, look, runs in found if runs]


def _epochs(stage: PaperTier, points: Printed) -> list[Difference]:
    rows = []
    for series, at in points.items():
        paper = next((epoch for epoch, (_, loss) in enumerate(at, 1) if loss < 0.05), None)
        fits = _fits(_inputs(stage, series))
        if fits and paper:
            ours = fmean(fits)
            rows.append(Difference(f"epochs to fit, {series}", f"{paper}", f"{ours:.1f}", f"{ours - paper:+.1f}"))
    return rows


def _fits(runs: Sequence[Training]) -> list[int]:
    """The epochs to fit by seed; empty if some seed did not fit."""
    fits = [fit for run in runs if (fit := run["fit_loss"])]
    return fits if len(fits) == len(runs) else []


def _levels(stage: PaperTier, network: str, place: str) -> dict[float, list[Training]]:
    """The runs by level of corruption, preferably those of the claim that sweeps it."""
    found: dict[float, list[Training]] = {}
    for group in stage.groups(place):
        spec = group[0]["spec"]
        if spec.get("network") == network and spec.get("inputs", "original") == "original" and "corruption" in spec:
            found.setdefault(spec["corruption"], group)
    return dict(sorted(found.items()))


def _times(stage: PaperTier, network: str) -> list[tuple[float, list[float]]]:
    """Epochs to fit over their mean on true labels; levels that some seed did not fit are left out."""
    levels = {level: _fits(runs) for level, runs in _levels(stage, network, "Figure 1b").items()}
    fitted = {level: times for level, times in levels.items() if times}
    if 0.0 not in fitted:
        return []
    return [(level, [time / fmean(fitted[0.0]) for time in times]) for level, times in fitted.items()]


def _errors(stage: PaperTier, network: str) -> list[tuple[float, list[float]]]:
    """Test error less training error, by level."""
    found = []
    for level, runs in _levels(stage, network, "Figure 1c").items():
        ends = zip(last(runs, "test_error"), last(runs, "train_error"), strict=False)
        found.append((level, [test - train for test, train in ends]))
    return found


Sweep = Callable[[PaperTier, str], list[tuple[float, list[float]]]]


def _swept(sweep: Sweep) -> Lines:
    def ours(stage: PaperTier, points: Printed) -> list[Series]:
        lines = [(network, place, sweep(stage, network)) for place, network in enumerate(points)]
        return [over_seeds(f"{name}, ours", style_of(name, place), at, marked=True) for name, place, at in lines if at]

    return ours


def _ends(sweep: Sweep, what: str, unit: str) -> Differences:
    """The difference at the highest level that both have."""

    def differences(stage: PaperTier, points: Printed) -> list[Difference]:
        rows = []
        for network, at in points.items():
            ours, paper = {x: values for x, values in sweep(stage, network) if values}, dict(at)
            if both := ours.keys() & paper.keys():
                top = max(both)
                rows.append(_row(f"{what} at p = {top:g}, {network}", paper[top], fmean(ours[top]), unit))
        return rows

    return differences


def _to_the_end(stage: PaperTier, network: str) -> list[Training]:
    """Return the trainings on true labels that went on after their fit, without a regularizer."""

    def plain(recipe: Recipe) -> bool:
        goes_on = recipe.get("to_the_end") or recipe.get("after_fit")
        return bool(goes_on and not recipe.get("crop") and not recipe.get("weight_decay"))

    return stage.runs(
        "Figure 2b",
        lambda spec: (
            spec.get("network") == network and spec.get("corruption") == 0 and plain(spec.get("recipe") or Recipe())
        ),
    )


def _regularized(stage: PaperTier, names: str) -> list[Training]:
    return stage.runs("Figure 2a", on_imagenet(names.split(", "), random=False))


Find = Callable[[PaperTier, str], list[Training]]


def _accuracies(find: Find) -> Lines:
    """The accuracies by step of the trainings that a series names, before the word for its images."""

    def ours(stage: PaperTier, points: Printed) -> list[Series]:
        lines = []
        for series, look in zip(points, styles_of(points), strict=True):
            names, _, of = series.rpartition(", ")
            if runs := find(stage, names):
                at = tested(runs) if of == "test" else accuracy(by_epoch(runs, "train_error"))
                lines.append(over_seeds(f"{series}, ours", look, at))
        return lines

    return ours


def _last_accuracies(find: Find) -> Differences:
    def differences(stage: PaperTier, points: Printed) -> list[Difference]:
        rows = []
        for series, at in points.items():
            names, _, of = series.rpartition(", ")
            if of == "test" and at and (errors := last(find(stage, names), "test_error")):
                rows.append(_row(f"test accuracy at the last epoch, {names}", at[-1][1], 1 - fmean(errors), "%"))
        return rows

    return differences


def _row(what: str, paper: float, ours: float, unit: str) -> Difference:
    return Difference(
        what, number(paper, unit), number(ours, unit), signed(ours - paper, "points" if unit == "%" else unit)
    )


def _by_level(title: str, what: str, sweep: Sweep, unit: str, guide: tuple[float, str]) -> Plot:
    differences = _ends(sweep, what, unit)
    return Plot(title, LEVEL, what, _swept(sweep), differences, relative=True, marked=True, guides=(guide,))


STEPS, LEVEL = "thousand steps", "label corruption p"
PLOTS = {
    "1a": Plot(
        "Training loss of small Inception on randomized labels and pixels", STEPS, "training loss", _losses, _epochs
    ),
    "1b": _by_level("Time to fit corrupted labels", "relative epochs to fit", _times, "x", (1.0, "as fast as true labels")),
    "1c": _by_level("Generalization error on corrupted labels", "generalization error", _errors, "%", (0.9, "chance")),
    "2a": Plot(
        "Accuracy of Inception v3 on ImageNet, with and without regularizers",
        STEPS,
        "accuracy",
        _accuracies(_regularized),
        _last_accuracies(_regularized),
        from_zero=False,
        imagenet=True,
    ),
    "2b": Plot(
        "Accuracy of small Inception with and without BatchNorm",
        STEPS,
        "accuracy",
        _accuracies(_to_the_end),
        _last_accuracies(_to_the_end),
        from_zero=False,
    ),
}
