"""The card of each claim in the report, with its rows and charts."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rethinking_audit.fixtures.record.again import again, words
from rethinking_audit.fixtures.record.judged import Case, Claim, Judgement, Look
from rethinking_audit.fixtures.record.measured import Run
from rethinking_audit.fixtures.record.outcome import (
    as_expected,
    as_it_must_be,
    controls_of,
    counted,
    keys_in,
    must_be,
    paper_value,
    vouching_networks,
)
from rethinking_audit.fixtures.record.verdict import HELD, INCONCLUSIVE, NOT_RUN, REFUTED
from rethinking_audit.fixtures.record.words import interval, is_point, limit, number, numbers, plural, unit_of_values
from rethinking_audit.reports import solves
from rethinking_audit.reports.charts import LineChart, Point, Series, line_chart, style_of
from rethinking_audit.reports.interval_charts import IntervalChart, Scale, interval_chart, interval_scales
from rethinking_audit.reports.overview import MOST_DRAWN, anchor, no_news

LOSS = "training loss"
ABOUT_LOSS = ("random-inputs/convergence-order", "label-corruption/late-then-quick")  # what the loss does is their evidence
MOST_SERIES = 8  # of the numbers of a case
MOST_CHARTS = 6

Runs = Mapping[str, Run]


@dataclass(frozen=True)
class Row:
    """One case of a claim: a network in a tier."""

    case: Case
    about: str
    measured: str
    interval: str
    limit: str
    paper: str
    picture: IntervalChart | None
    values: list[tuple[str, str]]
    expected: bool
    vouched: str  # the other networks whose controls vouch for it
    looks: list[tuple[Look, str, str]]  # each look, its measured value and its interval
    further: int | None


@dataclass(frozen=True)
class Controls:
    """One control of a claim: its description, its expected verdict, and the networks by how it came out on them."""

    description: str
    expected: str
    met: list[str]
    missed: list[str]
    undecided: list[str]


@dataclass(frozen=True)
class Card:
    """One claim with everything the page shows about it."""

    claim: Claim
    anchor: str
    expected: bool
    open: bool  # what did not hold, and nobody expected, is shown at once
    rows: list[Row]
    idle: list[Case]
    quantity: str
    rule: str
    origin: str
    alpha: float | None
    notes: list[tuple[str, list[str]]]  # by network
    controls: list[Controls]
    charts: list[LineChart]
    places: list[str]  # the paper's figures and tables that the page reproduces
    cost: str
    again: str  # the command that judges it again
    brief: bool  # the page has very many claims: no curves and no pictures


def cards(claims: Sequence[Claim], runs: Runs, command: str = "") -> list[Card]:
    """Return a card for each claim or reading, in order; very many cards are brief to keep the page small.

    `command` is the command of the audit; without it no card says how to run its claim again.
    """
    brief = len(claims) > MOST_DRAWN
    return [_card(claim, runs, command, brief) for claim in claims]


def _card(claim: Claim, runs: Runs, command: str, brief: bool) -> Card:
    judged = [(case, judgement) for case in claim["cases"] if (judgement := case["judgement"])]
    scales = interval_scales(claim["cases"])
    first, decision = judged[0] if judged else (None, None)
    return Card(
        claim=claim,
        anchor=anchor(claim),
        expected=no_news(claim),
        open=not no_news(claim) and counted(claim["verdict"], claim.get("expected")) != HELD,
        rows=[
            _row(case, scale, runs)
            for case, scale in zip(claim["cases"], scales, strict=True)
            if case["judgement"] or case["verdict"] != NOT_RUN
        ],
        idle=[case for case in claim["cases"] if case["verdict"] == NOT_RUN],
        quantity=decision["quantity"] if decision else "",
        rule=decision["rule"] if decision else "",
        origin=first["paper"]["origin"] or "" if first and first["paper"] else "",
        alpha=decision["alpha"] if decision else None,
        notes=[(case["network"], judgement["notes"]) for case, judgement in judged if judgement["notes"]],
        controls=_controls(claim),
        charts=[] if brief else _charts(claim, runs),
        places=re.findall(r"(?:Figure|Table) \d[a-c]?", claim["source"]),
        cost=_cost(claim, runs),
        again=again(words(command), claim["cases"][0]["nodeid"], whole=True) if command and claim["cases"] else "",
        brief=brief,
    )


def _controls(claim: Claim) -> list[Controls]:
    """The claim's controls, with the networks each ran on."""
    found: dict[str, Controls] = {}
    for case in claim["cases"]:
        for control in controls_of(case):
            description, network = control.get("description", claim["control"]), control.get("network", case["network"])
            made = found.setdefault(description, Controls(description, must_be(control), [], [], []))
            wrong = made.undecided if control["verdict"] == INCONCLUSIVE else made.missed
            networks = made.met if as_it_must_be(control) else wrong
            if control["verdict"] != NOT_RUN and network not in networks:  # one control may vouch for several cases
                networks.append(network)
    return list(found.values()) or [Controls(claim["control"], REFUTED, [], [], [])]


def _about(case: Case, runs: Runs) -> str:
    """The seeds, images and width that the network was judged at."""
    if solved := solves.solved(case, runs):
        return solves.about(case, solved)
    arms = [seeds for levels in case["runs"].values() for seeds in levels.values()]
    found = (runs[key] for key in keys_in(case["runs"]) if key in runs)
    specs = [run["spec"] for run in found if "curves" in run]
    if not specs:
        return ""
    least, most = min(map(len, arms)), max(map(len, arms))
    count = f"{least} to {plural(most, 'seed')}" if least < most else plural(most, "seed")
    images = f"{specs[0]['train_size']} images" if specs[0].get("train_size") else "all images"
    width = specs[0].get("width", 1.0)
    return f"{count}, {images}" + (f", width {width:g}" if width != 1 else "")


def _row(case: Case, scale: Scale | None, runs: Runs) -> Row:
    judgement = case["judgement"]
    if not judgement:
        return Row(case, _about(case, runs), "", "", "", "", None, [], as_expected(case), "", [], None)
    unit, value = judgement["unit"], paper_value(case)
    return Row(
        case,
        _about(case, runs),
        number(judgement["measured"], unit),
        "" if is_point(judgement) else interval(judgement["interval"], unit),
        limit(judgement),
        number(value, unit, "–"),
        interval_chart(judgement, value, scale) if scale else None,
        _values(judgement),
        as_expected(case),
        ", ".join(vouching_networks(case)),
        [(look, number(look["measured"], unit), interval(look["interval"], unit)) for look in case.get("looks", ())],
        judgement.get("further"),
    )


def _values(judgement: Judgement) -> list[tuple[str, str]]:
    """Return the names of the first series with their numbers. Series with the same numbers stand in one line."""
    found: dict[str, list[str]] = {}
    for name, values in judgement["values"].items():
        found.setdefault(numbers(values, unit_of_values(judgement, name)), []).append(name)
    told = [("; ".join(names), numbered) for numbered, names in found.items()]
    more = len(told) - MOST_SERIES
    return [*told[:MOST_SERIES], ("in the record", f"{more} more series")] if more > 1 else told


def _charts(claim: Claim, runs: Runs) -> list[LineChart]:
    """The charts of the solves; of a claim about the loss, the training loss of the first seeds.

    By network, or by arm for each network. Other claims have the judged quantity of every seed beside its limit.
    """
    if (drawn := solves.charts(claim, runs)) is not None:
        return drawn
    if claim["id"] not in ABOUT_LOSS:
        return []
    cases = [(case, _first_seeds(case, runs)) for case in claim["cases"]]
    if any(len(arms) > 1 for _, arms in cases):
        return [chart for case, arms in cases[:MOST_CHARTS] if (chart := _arms_chart(case, arms))]
    lines = [
        Series(case["network"], style_of(case["network"], place), points)
        for place, (case, arms) in enumerate(cases)
        for points in arms.values()
    ]
    chart = line_chart("Training loss, first seed of each network", "steps", LOSS, lines)
    return [chart] if chart else []


def _arms_chart(case: Case, arms: dict[str, list[Point]]) -> LineChart | None:
    lines = [Series(name, style_of("", place), points) for place, (name, points) in enumerate(arms.items())]
    return line_chart(f"Training loss of {case['network']}, first seed of each", "steps", LOSS, lines)


def _first_seeds(case: Case, runs: Runs) -> dict[str, list[Point]]:
    """The loss by step of each arm's first seed, no run twice; for a sweep its lowest, middle and highest level."""
    found: dict[str, list[Point]] = {}
    drawn = set()
    for arm, levels in case["runs"].items():
        for level, keys in _ends_and_middle(levels):
            run = runs.get(keys[0]) if keys else None
            if run and keys[0] not in drawn and "curves" in run:
                drawn.add(keys[0])
                name = f"p = {level}" if len(levels) > 1 else arm.replace("_", " ")
                losses = enumerate(run["curves"].get("train_loss", ()))
                found[name] = [(epoch * run["steps_per_epoch"], loss) for epoch, loss in losses if loss is not None]
    return found


def _ends_and_middle(levels: dict[str, list[str]]) -> list[tuple[str, list[str]]]:
    items = list(levels.items())
    return [items[place] for place in sorted({0, len(items) // 2, len(items) - 1})] if items else []


def _cost(claim: Claim, runs: Runs) -> str:
    """The number of runs behind the claim, without its control's, and their time."""
    keys = {key for case in claim["cases"] for key in keys_in(case["runs"])}
    made = [runs[key] for key in keys if key in runs]
    return f"{plural(len(made), 'run')}, {sum(run['seconds'] for run in made):.0f} s in all" if made else ""
