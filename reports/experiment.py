"""Which cases and runs of two audits are the same experiment, and how the others differ."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

from rethinking_audit.fixtures.record.judged import Case
from rethinking_audit.fixtures.record.measured import Run
from rethinking_audit.fixtures.record.outcome import all_cases, keys_in
from rethinking_audit.fixtures.record.types import Audit
from rethinking_audit.fixtures.record.words import IN_HUNDREDTHS

Fields = dict[str, Any]
Keyed = list[tuple[str, Run]]
Name = tuple[str, str, str, str]
# Machines that agree in these fields are of one class and can be compared in speed. Workers share the machine.
PLAINLY = {"train_size": "training images", "recipe.batch": "batch size"}
MACHINE = ("machine.processor", "machine.cores", "machine.gpu", "numerics", "workers")


def cases_of(audit: Audit) -> dict[Name, Case]:
    """Return the cases of an audit by claim, tier, data and network."""
    return {(claim["id"], case["tier"], case["data"], case["network"]): case for claim, case in all_cases(audit)}


def title(name: Name) -> str:
    """Return the name of a case as text."""
    claim, *rest = name
    return f"{claim} [{', '.join(rest)}]"


def flat(value: Mapping[str, Any], prefix: str = "") -> Fields:
    """Return nested fields by their dotted names."""
    found = {}
    for name, item in value.items():
        found.update(flat(item, f"{prefix}{name}.") if isinstance(item, dict) and item else {f"{prefix}{name}": item})
    return found


def differing(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[tuple[str, Any, Any]]:
    """Yield the differing fields that both have; a field that only one has came with a newer version."""
    old, new = flat(before), flat(after)
    yield from ((name, old[name], new[name]) for name in old if name in new and old[name] != new[name])


def specs_of(case: Case, audit: Audit) -> dict[tuple[str, str], Fields]:
    """Return the specs of a case by arm and level, without the seed; arms without a finished run are left out."""
    found = {}
    for arm, levels in case["runs"].items():
        for level, keys in levels.items():
            if specs := [audit["runs"][key]["spec"] for key in keys if key in audit["runs"]]:
                found[arm, level] = {name: value for name, value in specs[0].items() if name != "seed"}
    return found


def obstacle(before: Case, after: Case, old: Audit, new: Audit) -> str | None:
    """Return why the measurements of a case cannot be compared; None if they can."""
    one, other = before["judgement"], after["judgement"]
    if one and other:
        for what, first, second in (
            ("quantity", one["quantity"], other["quantity"]),
            ("unit", one["unit"], other["unit"]),
        ):
            if first != second:
                return f"another {what}, {first!r} before and {second!r} now"
    if digest_of(before, old) != digest_of(after, new):
        return "other images"
    was, now = specs_of(before, old), specs_of(after, new)
    for arm in was.keys() & now.keys():
        for name, first, second in differing(was[arm], now[arm]):
            return f"another experiment, {PLAINLY.get(name, name)} {first} before and {second} now"
    return None


def digest_of(case: Case, audit: Audit) -> str | None:
    """Return the digest of a case's data set; None if the record lacks the data set."""
    data = audit["data"].get(case["data"])
    return data["digest"] if data else None


def resolution(case: Case, audit: Audit) -> float:
    """Return the resolution of a case's quantity: one image for a share, one epoch for a ratio of times, else 0."""
    judgement = case["judgement"]
    runs = [audit["runs"][key] for key in set(keys_in(case["runs"])) if key in audit["runs"]]
    if judgement is None:
        return 0.0
    if solves := [run for run in runs if "values" in run]:
        tested = [run["values"].get("tested", 0) for run in solves]
        return 1 / min(tested) if all(tested) and judgement["unit"] in IN_HUNDREDTHS else 0.0
    trainings = [run for run in runs if "curves" in run]
    if judgement["unit"] == "x":
        fits = [run["fit_loss"] for run in trainings if run["fit_loss"]]
        return abs(judgement["measured"] or 0.0) / min(fits) if fits else 0.0
    images = [run["spec"].get("train_size") or sum(map(sum, run["confusion"])) for run in trainings]
    return 1 / min(images) if all(images) and images else 0.0


def kinds(old: Audit, new: Audit) -> list[tuple[Keyed, Keyed]]:
    """Return the runs of both audits with their keys, grouped by the spec without the seed."""
    shared = sorted(_spec_fields(old) & _spec_fields(new) - {"seed"})
    before, after = _by_kind(old, shared), _by_kind(new, shared)
    return [(runs, after[kind]) for kind, runs in before.items() if kind in after]


def _spec_fields(audit: Audit) -> set[str]:
    return {name for run in audit["runs"].values() for name in flat(run["spec"])}


def _by_kind(audit: Audit, names: list[str]) -> dict[str, Keyed]:
    found = defaultdict(list)
    for key, run in audit["runs"].items():
        fields = flat(run["spec"])
        found[json.dumps([fields.get(name) for name in names])].append((key, run))
    return dict(found)


def another_machine(old: Audit, new: Audit) -> str | None:
    """Return how the classes of the machines differ; None if they are the same."""
    was, now = flat(old["provenance"]), flat(new["provenance"])
    for name in was:
        if name.startswith(MACHINE) and was[name] != now.get(name):
            return f"{name} {was[name]} before and {now.get(name)} now"
    return None
