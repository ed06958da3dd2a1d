"""Runs that came out differently in two parts of an audit: each part keeps its own, and the record says so.

A key has what is known to change bits. It lacks a card's model, its driver and cuDNN, torch's patch release and the BLAS,
and on a card max-pooling adds in another order each time. So two machines may make one run with other last bits. A verdict
rests on the runs of its own machine.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from rethinking_audit.fixtures.record.judged import Claim, Keys
from rethinking_audit.fixtures.record.measured import Run
from rethinking_audit.fixtures.record.types import Audit
from rethinking_audit.fixtures.record.words import plural
from rethinking_audit.reports.experiment import flat

Named = tuple[str, Audit]
# What no machine may change: the question, and what was made of it without floating-point sums.
FIXED = ("spec", "labels_digest", "inputs_digest", "parameters", "steps_per_epoch")


def machine(audit: Audit) -> str:
    """Return the machine of an audit and what may change its bits, in words."""
    about = audit["provenance"]["machine"]
    card = f"{about['gpu']}, driver {about['driver']}" if about["gpu"] else about["processor"]
    return f"{card}, torch {audit['provenance']['packages'].get('torch')}"


def contradiction(one: Audit, other: Audit) -> str | None:
    """Return how a run of both parts differs in what no machine may change; None if none does."""
    for key, run in one["runs"].items():
        if key in other["runs"]:
            was, now = _fixed(run), _fixed(other["runs"][key])
            if name := next((name for name in was if was[name] != now.get(name)), None):
                machines = f"the machines are {machine(one)}, and {machine(other)}"
                return f"the run {key[:12]} is not the same in {name}; {machines}"
    return None


def separated(parts: Sequence[Named]) -> tuple[list[Audit], list[str]]:
    """Return the parts, with a key of its own for each run that came out differently, and a sentence for each two parts."""
    known: dict[str, list[tuple[dict[str, Any], str, int]]] = defaultdict(list)  # the results of a key, theirs, and whose
    differing: dict[tuple[int, int], list[str]] = defaultdict(list)
    found = []
    for place, (_, audit) in enumerate(parts):
        own = {}
        for key, run in audit["runs"].items():
            result, variants = numbers(run), known[key]
            mine = next((name for other, name, _ in variants if other == result), None)
            if mine is None:
                mine = key if not variants else hashlib.sha256(f"{key} {len(variants)}".encode()).hexdigest()
                if variants:
                    differing[variants[0][2], place].append(key)
                variants.append((result, mine, place))
            own[key] = mine
        found.append(_renamed(audit, own))
    return found, [_told(parts[one], parts[other], keys) for (one, other), keys in differing.items()]


def numbers(run: Run) -> dict[str, Any]:
    """Return a run without its time."""
    return {name: value for name, value in run.items() if name != "seconds"}


def _fixed(run: Run) -> dict[str, Any]:
    return {name: value for name, value in run.items() if name in FIXED}


def _renamed(audit: Audit, own: Mapping[str, str]) -> Audit:
    if all(key == name for key, name in own.items()):
        return audit
    renamed = audit.copy()
    renamed["runs"] = {own[key]: run for key, run in audit["runs"].items()}
    renamed["claims"] = [_claim(claim, own) for claim in audit["claims"]]
    if "readings" in audit:
        renamed["readings"] = [_claim(claim, own) for claim in audit["readings"]]
    return renamed


def _claim(claim: Claim, own: Mapping[str, str]) -> Claim:
    return {**claim, "cases": [{**case, "runs": _keys(case["runs"], own)} for case in claim["cases"]]}


def _keys(runs: Keys, own: Mapping[str, str]) -> Keys:
    return {
        arm: {level: [own.get(key, key) for key in keys] for level, keys in levels.items()} for arm, levels in runs.items()
    }


def _told(one: Named, other: Named, keys: Sequence[str]) -> str:
    before, after = flat(numbers(one[1]["runs"][keys[0]])), flat(numbers(other[1]["runs"][keys[0]]))
    what = next((name for name in before if before[name] != after.get(name)), "what it has")
    return (
        f"{plural(len(keys), 'run')} came out differently in {one[0]!r} ({machine(one[1])}) and in {other[0]!r} "
        f"({machine(other[1])}), the first of them {keys[0][:12]} in {what}; the cases of each keep their own"
    )
