"""Compare two audits number by number: runs to the bit, and the judgements of cases.

Runs are matched by their specs, because keys change with the code. The time of a run is left out.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from rethinking_audit.fixtures.record.judged import Case
from rethinking_audit.fixtures.record.measured import Run
from rethinking_audit.fixtures.record.types import Audit
from rethinking_audit.fixtures.record.words import line, plural
from rethinking_audit.reports.experiment import cases_of, flat, title

# The defaults of fields that a spec may lack. Any other field that only one of two specs has makes them different.
DEFAULTS: dict[str, object] = {
    "corruption": 0.0,
    "inputs": "original",
    "train_size": None,
    "width": 1.0,
    "recipe.weight_decay": 0.0,
    "recipe.dropout": 0.0,
    "recipe.crop": False,
    "recipe.flip": False,
    "recipe.rotation": 0.0,
    "recipe.to_the_end": False,
    "recipe.eval_every": 1,
}
NO_NUMBERS = ("spec", "seconds")
LONGEST = 40  # printed characters of a value


@dataclass(frozen=True)
class Sameness:
    """How many runs and cases of two audits are the same, and a line for each difference."""

    runs: int
    same_runs: int
    cases: int
    same_cases: int
    differences: list[str]

    @property
    def headline(self) -> str:
        """The outcome in one sentence."""
        runs, cases = plural(self.runs, "run"), plural(self.cases, "case")
        return f"{self.same_runs} of {runs} and {self.same_cases} of {cases} are the same"


def identical(old: Audit, new: Audit) -> Sameness:
    """Return what two audits share, and every difference, including what only one of them has."""
    runs = _pairs(_runs(old), _runs(new))
    cases = _pairs(
        {title(name): _judged(case) for name, case in cases_of(old).items()},
        {title(name): _judged(case) for name, case in cases_of(new).items()},
    )
    return Sameness(
        len(runs),
        sum(not lines for lines in runs),
        len(cases),
        sum(not lines for lines in cases),
        [text for lines in (*runs, *cases) for text in lines],
    )


def _pairs(before: Mapping[str, Mapping[str, Any]], after: Mapping[str, Mapping[str, Any]]) -> list[list[str]]:
    """The differences of every named thing in either audit."""
    found = []
    for name in dict.fromkeys([*before, *after]):
        if name not in after:
            found.append([f"{line(name)}: missing now"])
        elif name not in before:
            found.append([f"{line(name)}: new"])
        else:
            found.append([f"{line(name)}: {line(text)}" for text in _differing(before[name], after[name])])
    return found


def _differing(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[str]:
    was, now = flat(before), flat(after)
    for name in dict.fromkeys([*was, *now]):
        if name not in now:
            yield f"{name} is missing now"
        elif name not in was:
            yield f"{name} is new"
        elif _bits(was[name]) != _bits(now[name]):
            yield f"{name} {_where(was[name], now[name])}"


def _bits(value: Any) -> str:
    """The unique text of a value: 0.0 differs from -0.0, and 1 from 1.0."""
    return json.dumps(value, sort_keys=True)


def _where(before: Any, after: Any) -> str:
    """Where two values differ first, and how."""
    if isinstance(before, list) and isinstance(after, list):
        if len(before) != len(after):
            return f"has {len(before)} values before, {len(after)} now"
        place = next(
            place for place, pair in enumerate(zip(before, after, strict=True)) if _bits(pair[0]) != _bits(pair[1])
        )
        return f"at {place}: {_short(before[place])} before, {_short(after[place])} now"
    return f"is {_short(before)} before, {_short(after)} now"


def _short(value: Any) -> str:
    text = _bits(value)
    return text if len(text) <= LONGEST else text[:LONGEST] + " …"


def _runs(audit: Audit) -> dict[str, dict[str, Any]]:
    """The numbers of each run by its spec; runs of one spec by several engines are in the order of their numbers."""
    alike: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for run in audit["runs"].values():
        numbers = {name: value for name, value in run.items() if name not in NO_NUMBERS}
        alike[_named(run)].append(numbers)
    return {
        name if place == 0 else f"{name}, again ({place})": numbers
        for name, several in alike.items()
        for place, numbers in enumerate(sorted(several, key=_bits))
    }


def _named(run: Run) -> str:
    """The full spec as text; only fields with their default are left out."""
    spec = flat(run["spec"])
    said = {name: value for name, value in sorted(spec.items()) if not (name in DEFAULTS and value == DEFAULTS[name])}
    return f"run {', '.join(f'{name} {_bits(value)}' for name, value in said.items())}"


def _judged(case: Case) -> dict[str, Any]:
    judged = case["judgement"]
    if judged is None:
        return {"verdict": case["verdict"]}
    return {
        "verdict": case["verdict"],
        "measured": judged["measured"],
        "interval": judged["interval"],
        "accepted": judged["accepted"],
    }
