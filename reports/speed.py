"""Which networks got slower, in seconds per step and in epochs to fit; only machines of one class are compared."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from rethinking_audit.fixtures.record.measured import Training
from rethinking_audit.fixtures.record.types import Audit
from rethinking_audit.fixtures.record.words import plural
from rethinking_audit.reports.experiment import Keyed, another_machine, kinds
from rethinking_audit.reports.significance import Change, Pair, student

ALONE = "one seed in each audit, which says nothing of the scatter"
Timed = list[tuple[str, Training]]
LEAST_SECONDS = 1e-9  # what took less was not timed
SLOWER = 1.1  # changes below a tenth are noise of the machine


@dataclass(frozen=True)
class Timing:
    """The change of a time's logarithm over all kinds of runs of one network."""

    subject: str
    what: str
    change: Change
    runs: str

    @property
    def ratio(self) -> float:
        """The time now over the time before, a geometric mean."""
        return math.exp(self.change.difference)

    @property
    def slow(self) -> bool:
        """Whether the time grew enough to matter."""
        return self.ratio >= SLOWER


def timings(old: Audit, new: Audit, reasons: dict[str, list[str]]) -> Iterator[Timing]:
    """Yield what can be tested, by network: each kind of run is compared with its own kind.

    The rest is added to `reasons`.
    """
    if (difference := another_machine(old, new)) is not None:
        reasons[f"another machine, {difference}"].append("speed")
        return
    networks: dict[str, list[tuple[Timed, Timed]]] = defaultdict(list)
    for one, other in kinds(old, new):
        before, after = _trained(one), _trained(other)
        if not any(run["epochs"] for _, run in before):
            continue  # solves and baselines have no steps
        spec = before[0][1]["spec"]
        networks[f"{spec.get('network')} on {spec.get('data')}"].append((before, after))
    for subject, pairs in networks.items():
        seconds, epochs = _seconds(pairs), _epochs(pairs)
        if not seconds:
            reasons["the runs are the baseline's own, from the store"].append(f"seconds per step of {subject}")
        # A time to fit is known to one epoch, which weighs more the sooner the fit.
        step = 1 / math.exp(min((fit for pair in epochs for side in pair for fit in side), default=0.0))
        for what, timed, resolution in (("seconds per step", seconds, 0.0), ("epochs to fit", epochs, step)):
            if not timed:
                continue
            if (change := student(timed, resolution)) is None:
                reasons[ALONE].append(f"{what} of {subject}")
                continue
            count = sum(len(one) + len(other) for one, other in timed)
            yield Timing(subject, what, change, f"{plural(count, 'run')} of {plural(len(timed), 'kind')}")


def _trained(runs: Keyed) -> Timed:
    return [(key, run) for key, run in runs if "values" not in run]


def _seconds(pairs: list[tuple[Timed, Timed]]) -> list[Pair]:
    """The logarithms of the seconds per step. A run that both audits took from one store was timed only once."""
    found: list[Pair] = []
    for before, after in pairs:
        same = {(key, run["seconds"]) for key, run in before} & {(key, run["seconds"]) for key, run in after}
        sides = [
            [
                _log_seconds(run)
                for key, run in side
                if (key, run["seconds"]) not in same and run["epochs"] and run["seconds"] > LEAST_SECONDS
            ]
            for side in (before, after)
        ]
        if all(sides):
            found.append((sides[0], sides[1]))
    return found


def _log_seconds(run: Training) -> float:
    return math.log(run["seconds"] / (run["epochs"] * run["steps_per_epoch"]))


def _epochs(pairs: list[tuple[Timed, Timed]]) -> list[Pair]:
    """The logarithms of the epochs to fit; a run that never fitted took at least all its epochs."""
    found: list[Pair] = []
    for before, after in pairs:
        one, other = ([math.log(_epochs_to_fit(run)) for _, run in side] for side in (before, after))
        if one != other:
            found.append((one, other))
    return found


def _epochs_to_fit(run: Training) -> float:
    recipe = run["spec"].get("recipe")
    max_epochs = recipe.get("max_epochs") if recipe else None
    return float(max(run["fit_loss"] or max_epochs or run["epochs"], 1))
