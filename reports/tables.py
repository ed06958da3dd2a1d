"""The paper's Tables 1 to 4, with our number beside each that the audit repeats."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import Any, Literal

from rethinking_audit.fixtures.record.measured import Curve, Recipe, Training, TrainingSpec
from rethinking_audit.fixtures.record.paper import (
    of_table_1,
    of_table_2,
    of_table_3,
    of_table_4,
    problem_of,
    regularizers_of,
)
from rethinking_audit.fixtures.record.printed import RowOf1, RowOf2, RowOf3, RowOf4, Table1, Table2, Table3, Table4, Tables
from rethinking_audit.fixtures.record.types import Audit
from rethinking_audit.fixtures.record.words import number, signed
from rethinking_audit.reports.curves import last
from rethinking_audit.reports.repeated import REGULARIZERS, PaperTier, imagenet_tier, on_imagenet, paper_tier
from rethinking_audit.reports.solves import largest, solved


@dataclass(frozen=True)
class Pair:
    """One number of the paper beside ours; `agrees` is None if they do not compare."""

    paper: str
    ours: str = ""
    range: str = ""
    less: str = ""
    agrees: bool | None = None
    places: tuple[float, float, float, float] | None = None  # the paper's, our mean, the least and the most, in percent


@dataclass(frozen=True)
class Table:
    """A table of the paper: the columns that name a row, the measured columns, and the rows."""

    name: str
    title: str
    note: str
    named: list[str]
    measured: list[str]
    rows: list[tuple[list[str], list[Pair]]]
    ours: bool
    drawn: bool  # whether the last number has a picture


def tables(audit: Audit) -> list[Table]:
    """Return the paper's tables in the record."""
    return list(_tables(audit.get("tables", Tables()), audit, paper_tier(audit)))


def _tables(kept: Tables, audit: Audit, stage: PaperTier | None) -> Iterator[Table]:
    if "1" in kept:
        yield _table_1(kept["1"], audit, stage)
    if "2" in kept:
        yield _table_2(kept["2"], audit, imagenet_tier(audit))
    if "3" in kept:
        yield _table_3(kept["3"], audit)
    if "4" in kept:
        yield _table_4(kept["4"], audit, stage)


def _table(name: str, title: str, note: str, named: list[str], measured: list[str], rows: Any) -> Table:
    listed = list(rows)
    ours = any(pair.ours for _, pairs in listed for pair in pairs)
    return Table(
        name,
        title,
        note if ours else "No run of this audit repeats it; the paper's numbers alone.",
        named,
        measured,
        listed,
        ours,
        ours and measured[-1].startswith("test"),
    )


def _pair(paper: float | None, values: Sequence[float], agrees: bool | None = None) -> Pair:
    """The paper's share beside ours by seed."""
    if not values:
        return Pair(number(paper, "%", "–"))
    mean, least, most = fmean(values), min(values), max(values)
    spread = f"{number(least, '%')} to {number(most, '%')}" if most > least else ""
    if paper is None:
        return Pair("–", number(mean, "%"), spread)
    places = (100 * paper, 100 * mean, 100 * least, 100 * most)
    less = signed(mean - paper, "%").removesuffix(" %")
    return Pair(number(paper, "%"), number(mean, "%"), spread, less, agrees, places)


def _agreement(audit: Audit, place: str, network: str, what: str) -> bool | None:
    """Whether the replication agrees with a number; None if it is not compared."""
    named = ((row["place"], row["network"], row["what"], row["agrees"]) for row in audit.get("replication", ()))
    return next((agrees for *name, agrees in named if name == [place, network, what]), None)


def _shares(runs: Sequence[Training], curve: Curve) -> list[float]:
    return [1 - error for error in last(runs, curve)]


def _yes(value: bool) -> str:
    return "yes" if value else "no"


MEASURED: tuple[tuple[Literal["train", "test"], str, Curve], ...] = (
    ("train", "training", "train_error"),
    ("test", "test", "test_error"),
)


def _table_1(kept: Table1, audit: Audit, stage: PaperTier | None) -> Table:
    def row(of: RowOf1) -> tuple[list[str], list[Pair]]:
        random, crop, decay = of["labels"] == "random", of["crop"], of["weight_decay"]
        runs = stage.runs("Table 1", _as_in_table_1(of["network"], random, crop, decay)) if stage else []
        pairs = []
        for column, split, curve in MEASURED:
            agrees = _agreement(audit, "Table 1", of["network"], of_table_1(split, random, crop, decay))
            pairs.append(_pair(of[column], _shares(runs, curve), agrees))
        train_size = runs[0]["spec"].get("train_size") if runs else None
        fewer = f" ({train_size} images)" if runs and stage and train_size != stage.images else ""
        return [of["network"] + fewer, of["labels"], _yes(crop), _yes(decay)], pairs

    named = ["network", "labels", "crop", "weight decay"]
    return _table(
        "1",
        kept["title"],
        stage.note if stage else "",
        named,
        ["training accuracy", "test accuracy"],
        map(row, kept["rows"]),
    )


def _as_in_table_1(network: str, random: bool, crop: bool, decay: bool) -> Callable[[TrainingSpec], bool]:
    def matches(spec: TrainingSpec) -> bool:
        recipe = spec.get("recipe") or Recipe()
        return (
            spec.get("network") == network
            and spec.get("inputs", "original") == "original"
            and spec.get("corruption") == float(random)
            and (bool(recipe.get("crop")), bool(recipe.get("weight_decay"))) == (crop, decay)
            and not recipe.get("flip")
            and not recipe.get("rotation")
        )

    return matches


Top = Literal["train_top1", "train_top5", "test_top1", "test_top5", "best_top1", "best_top5"]
# Each measured column of Table 2: its heading, a curve of errors, and which of its values counts.
TOP: dict[Top, tuple[str, Curve, Callable[[Sequence[float]], float]]] = {
    "train_top1": ("training, top 1", "train_error", lambda errors: errors[-1]),
    "train_top5": ("training, top 5", "train_top5_error", lambda errors: errors[-1]),
    "test_top1": ("test, top 1", "test_error", lambda errors: errors[-1]),
    "test_top5": ("test, top 5", "test_top5_error", lambda errors: errors[-1]),
    "best_top1": ("best test, top 1", "test_error", min),
    "best_top5": ("best test, top 5", "test_top5_error", min),
}


def _table_2(kept: Table2, audit: Audit, stage: PaperTier | None) -> Table:
    def row(of: RowOf2) -> tuple[list[str], list[Pair]]:
        had, ours = regularizers_of(of), "network" not in of  # what has a network's name is another paper's
        flags = [_yes(name in had) if ours else "–" for name in REGULARIZERS]
        matches = on_imagenet(had, random=of["labels"] == "random")
        runs = stage.runs("Table 2", matches) if stage and ours else []
        pairs = []
        for column in TOP:
            agrees = _agreement(audit, "Table 2", "inception-v3", of_table_2(column, of)) if ours else None
            pairs.append(_pair(of.get(column), _top(runs, column), agrees))
        return [of.get("network", "Inception v3"), of["labels"], *flags], pairs

    headings = [heading for heading, _, _ in TOP.values()]
    return _table(
        "2",
        kept["title"],
        stage.note if stage else "",
        ["network", "labels", *REGULARIZERS],
        headings,
        map(row, kept["rows"]),
    )


def _top(runs: Sequence[Training], column: Top) -> list[float]:
    """Return the accuracies of a column of Table 2, one for each seed that has them."""
    _, curve, chosen = TOP[column]
    errors = ([value for value in run["curves"].get(curve, ()) if value is not None] for run in runs)
    return [1 - chosen(values) for values in errors if values]


def _table_3(kept: Table3, audit: Audit) -> Table:
    cases = [
        (case, largest(found))
        for claim in audit["claims"]
        if claim["id"] == "kernel/interpolates-and-generalizes"
        for case in claim["cases"]
        if (found := solved(case, audit["runs"]))
    ]

    def row(of: RowOf3) -> tuple[list[str], list[Pair]]:
        problem = problem_of(of["data"], of["preprocessing"])
        name: Literal["l2_test_error", "test_error"] = "l2_test_error" if of["l2"] else "test_error"
        found = [
            [values[name] for values in solves if name in values]
            for case, solves in cases
            if case["network"] in (problem, f"{problem}-full")
        ]
        values = found[-1] if found else []
        norm = f"{of['norm']:g}" if "norm" in of else "–"
        agrees = _agreement(audit, "Table 3", f"{problem}-full", of_table_3(of["l2"]))
        pair = _pair(of["test_error"], values, agrees)
        return [of["data"], of["preprocessing"], _yes(of["l2"]), norm], [pair]

    names = [case["data"] for case, _ in cases]
    titles = dict.fromkeys(audit["data"][name]["title"] if name in audit["data"] else name for name in names)
    note = f"Ours: {', '.join(titles)}; the largest size that the audit solved, which the claim's card names."
    return _table("3", kept["title"], note, ["data", "preprocessing", "l2", "norm"], ["test error"], map(row, kept["rows"]))


ARMS: dict[str, Callable[[Recipe], bool]] = {
    "weight decay": lambda recipe: bool(recipe.get("weight_decay")) and not recipe.get("crop"),
    "random cropping": lambda recipe: bool(recipe.get("crop")),
    "flips and rotations to 25 degrees": lambda recipe: bool(recipe.get("rotation")),
}


def _table_4(kept: Table4, audit: Audit, stage: PaperTier | None) -> Table:
    def row(of: RowOf4) -> tuple[list[str], list[Pair]]:
        named, arm = of["regularizer"], ARMS.get(of["regularizer"])

        def matches(spec: TrainingSpec) -> bool:
            wanted = spec.get("network") == of["network"] and spec.get("corruption") == 1
            return wanted and arm is not None and arm(spec.get("recipe") or Recipe())

        runs = stage.runs("Table 4", matches) if stage else []
        values = _shares(runs, "train_error" if named == "weight decay" else "online_error")
        agrees = _agreement(audit, "Table 4", of["network"], of_table_4(named))
        pair = _pair(of.get("train"), values, agrees)
        return [of["network"], named], [pair if "train" in of else Pair("failed to converge", pair.ours, pair.range)]

    note = stage.note if stage else ""
    return _table("4", kept["title"], note, ["network", "regularizer"], ["training accuracy"], map(row, kept["rows"]))
