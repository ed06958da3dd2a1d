"""What the report shows, in the order in which it shows it: the audit record turned into cards, rows and charts."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import fmean
from typing import Any

from reports import solves
from reports.charts import IntervalChart, LineChart, Series, interval_chart, interval_scale, line_chart
from reports.words import interval, limit, number, unit_of_values

LOSS = "training loss"

Audit = dict[str, Any]
Runs = dict[str, dict[str, Any]]


@dataclass(frozen=True)
class Row:
    """One case of a claim: a network in a tier."""

    case: dict[str, Any]
    about: str
    measured: str
    interval: str
    limit: str
    paper: str
    picture: IntervalChart | None
    values: list[tuple[str, list[str]]]
    keys: list[str]


@dataclass(frozen=True)
class Card:
    """One claim with everything that is shown of it."""

    claim: dict[str, Any]
    anchor: str
    rows: list[Row]
    idle: list[dict[str, Any]]
    quantity: str
    rule: str
    origin: str
    alpha: float | None
    notes: list[tuple[str, str]]
    controls: list[tuple[bool, list[str]]]  # whether they were refuted, and on which networks
    charts: list[LineChart]
    paper_charts: list[LineChart]


def cards(audit: Audit) -> list[Card]:
    """Return a card for each claim, in the order of the audit."""
    return [_card(claim, audit["runs"]) for claim in audit["claims"]]


def _card(claim: dict[str, Any], runs: Runs) -> Card:
    judged = [case for case in claim["cases"] if case["judgement"]]
    units = {case["judgement"]["unit"] for case in judged}
    alike = {unit: [case for case in judged if case["judgement"]["unit"] == unit] for unit in units}
    scales = {
        unit: interval_scale([case["judgement"] for case in same], map(_paper_value, same)) for unit, same in alike.items()
    }
    first = judged[0] if judged else None
    own, printed = _charts(claim, runs)
    return Card(
        claim=claim,
        anchor=claim["id"].replace("/", "-"),
        rows=[_row(case, scales, runs) for case in claim["cases"] if case["judgement"] or case["verdict"] != "NOT RUN"],
        idle=[case for case in claim["cases"] if case["verdict"] == "NOT RUN"],
        quantity=first["judgement"]["quantity"] if first else "",
        rule=first["judgement"]["rule"] if first else "",
        origin=(first["paper"] or {}).get("origin") or "" if first else "",
        alpha=first["judgement"]["alpha"] if first else None,
        notes=[(case["network"], note) for case in judged for note in case["judgement"]["notes"]],
        controls=_controls(claim["cases"]),
        charts=own,
        paper_charts=printed,
    )


def _controls(cases: list[dict[str, Any]]) -> list[tuple[bool, list[str]]]:
    """The networks whose control was refuted, and those whose was not; a control that was not run is neither."""
    run = [case for case in cases if case["control"] and case["control"]["verdict"] != "NOT RUN"]
    by_outcome = {
        refuted: [case["network"] for case in run if (case["control"]["verdict"] == "REFUTED") is refuted]
        for refuted in (True, False)
    }
    return [(refuted, networks) for refuted, networks in by_outcome.items() if networks]


def _paper_value(case: dict[str, Any]) -> float | None:
    return (case["paper"] or {}).get("value")


def _about(case: dict[str, Any], runs: Runs) -> str:
    """On how many seeds and images the network was judged, and how wide it is."""
    if found := solves.solved(case, runs):
        return solves.about(case, found)
    arms = [seeds for levels in case["runs"].values() for seeds in levels.values()]
    specs = [runs[key]["spec"] for seeds in arms for key in seeds if key in runs]
    if not specs:
        return ""
    count = max(map(len, arms))
    images = f"{specs[0]['subset']} images" if specs[0].get("subset") else "all images"
    width = specs[0].get("width", 1.0)
    return f"{count} seed{'s' if count > 1 else ''}, {images}" + (f", width {width:g}" if width != 1 else "")


def _row(case: dict[str, Any], scales: dict[str, tuple[float, float] | None], runs: Runs) -> Row:
    judgement = case["judgement"]
    scale = scales.get(judgement["unit"]) if judgement else None
    keys = sorted({key for levels in case["runs"].values() for seeds in levels.values() for key in seeds})
    if not judgement:
        return Row(case, _about(case, runs), "", "", "", "", None, [], keys)
    unit, value = judgement["unit"], _paper_value(case)
    return Row(
        case,
        _about(case, runs),
        number(judgement["measured"], unit),
        interval(judgement),
        limit(judgement),
        number(value, unit, "–"),
        interval_chart(judgement, value, scale) if scale else None,
        [
            (name, [number(v, unit_of_values(judgement), "∞") for v in values])
            for name, values in judgement["values"].items()
        ],
        keys,
    )


def _charts(claim: dict[str, Any], runs: Runs) -> tuple[list[LineChart], list[LineChart]]:
    """The curves of the claim's runs, and the paper's figure."""
    if (drawn := solves.charts(claim, runs)) is not None:
        return drawn, []
    figure = claim["paper_figure"]
    cases = [case for case in claim["cases"] if case["runs"]]
    if figure and figure["name"] in SWEEPS:
        axis, guide, of = SWEEPS[figure["name"]]
        measured = [series for case in cases if (series := of(case, runs))]
        printed = [Series(f"{name} (paper)", name, points, True) for name, points in figure["series"].items()]
        titled = {"measured": measured, f"the paper's Figure {figure['name']}": printed}
        own, paper = (line_chart(title, "label corruption p", axis, lines, [guide]) for title, lines in titled.items())
    else:
        own, paper = _loss_chart(cases, runs), _paper_losses(figure) if figure else None
    return _present(own), _present(paper)


def _paper_losses(figure: dict[str, Any]) -> LineChart | None:
    styles = ("inception", "alexnet", "mlp-1x512", "mlp-3x512", "inception-without-batch-norm")
    lines = [Series(name, style, points) for style, (name, points) in zip(styles, figure["series"].items(), strict=False)]
    return line_chart(f"the paper's Figure {figure['name']}: small Inception on CIFAR-10", "thousand steps", LOSS, lines)


def _present(chart: LineChart | None) -> list[LineChart]:
    return [chart] if chart else []


def _loss_chart(cases: list[dict[str, Any]], runs: Runs) -> LineChart | None:
    series = []
    for case in cases:
        for arm, levels in case["runs"].items():
            for keys in levels.values():
                if keys and keys[0] in runs:
                    run = runs[keys[0]]
                    points = [
                        (epoch * run["steps_per_epoch"], loss) for epoch, loss in enumerate(run["curves"]["train_loss"])
                    ]
                    name = case["network"] if len(case["runs"]) == 1 else f"{case['network']}, {arm}"
                    series.append(Series(name, case["network"] + ("" if arm != "full" else " second"), points))
    return line_chart("measured, first seed of each", "steps", LOSS, series)


def _sweep(case: dict[str, Any], runs: Runs) -> dict[float, list[dict[str, Any]]]:
    """The runs of a case by level of corruption, levels without a run left out."""
    levels = {float(level): [runs[key] for key in keys if key in runs] for level, keys in case["runs"]["levels"].items()}
    return {level: seeds for level, seeds in levels.items() if seeds}


def _errors(case: dict[str, Any], runs: Runs) -> Series:
    """The mean generalization error over seeds, by corruption."""
    points = [(level, fmean(map(_generalization_error, seeds))) for level, seeds in _sweep(case, runs).items()]
    return Series(case["network"], case["network"], points, True)


def _generalization_error(run: dict[str, Any]) -> float:
    return float(run["curves"]["test_error"][-1] - run["curves"]["train_error"][-1])


def _times(case: dict[str, Any], runs: Runs) -> Series | None:
    """The mean epochs to fit, relative to true labels, by corruption; levels that some seed did not fit are left out."""
    fitted = {p: seeds for p, seeds in _sweep(case, runs).items() if all(run["fit_loss"] for run in seeds)}
    times = {p: fmean(run["fit_loss"] for run in seeds) for p, seeds in fitted.items()}
    if 0.0 not in times:
        return None
    return Series(case["network"], case["network"], [(p, time / times[0.0]) for p, time in times.items()], True)


# The paper's figures over label corruption: what is on the other axis, a line to compare with, and how it is measured.
SWEEPS = {
    "1b": ("epochs to fit, relative to p = 0", (1.0, "as fast as true labels"), _times),
    "1c": ("generalization error", (0.9, "chance"), _errors),
}
