"""The runs of an audit that repeat a row of Table 2, and what they measured."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable

from rethinking_audit.fixtures.record.measured import Curve, Recipe, Training
from rethinking_audit.fixtures.record.printed import RowOf2
from rethinking_audit.fixtures.record.types import Audit
from rethinking_audit.reports.repeated import trainings

NETWORK, TIER = "inception-v3", "imagenet"
# Each measured column: a curve of errors, and which of its values counts.
MEASURED: dict[str, tuple[Curve, Callable[[list[float]], float]]] = {
    "train_top1": ("train_error", lambda errors: errors[-1]),
    "train_top5": ("train_top5_error", lambda errors: errors[-1]),
    "test_top1": ("test_error", lambda errors: errors[-1]),
    "test_top5": ("test_top5_error", lambda errors: errors[-1]),
    "best_top1": ("test_error", min),
    "best_top5": ("test_top5_error", min),
}


def repeats(audit: Audit, row: RowOf2) -> list[Training]:
    """Return the trainings, one per seed, that repeat a row: those of the widest network on the most images."""
    if "network" in row:  # another paper's
        return []
    treated = (bool(row.get(name)) for name in ("augmentation", "dropout", "weight_decay"))
    wanted = float(row["labels"] == "random"), *treated
    found: dict[tuple[float, float], dict[int, Training]] = defaultdict(dict)
    for run in _streamed(audit):
        spec = run["spec"]
        recipe = spec.get("recipe") or Recipe()
        had = (bool(recipe.get(name)) for name in ("crop", "dropout", "weight_decay"))
        if (spec.get("corruption"), *had) == wanted:
            found[spec.get("width", 1.0), spec.get("train_size") or float("inf")][spec["seed"]] = run
    return list(found[max(found)].values()) if found else []


def _streamed(audit: Audit) -> Iterable[Training]:
    cases = (case for claim in audit["claims"] for case in claim["cases"] if case["tier"] == TIER)
    every = (run for case in cases for group in trainings(case, audit) for run in group)
    return (run for run in every if run["spec"].get("network") == NETWORK)


def accuracies(runs: Iterable[Training], column: str) -> list[float]:
    """Return the accuracies of a column of Table 2, one for each seed that has them."""
    curve, chosen = MEASURED[column]
    errors = ([value for value in run["curves"].get(curve, ()) if value is not None] for run in runs)
    return [1 - chosen(values) for values in errors if values]
