"""What an audit measured on: which of two audits' cases and runs are the same experiment, and what differs where not."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from rethinking_audit.reports.record import Audit

Case = dict[str, Any]
Fields = dict[str, Any]
Keyed = list[tuple[str, Fields]]
Name = tuple[str, str, str, str]
# What makes two machines one class, as far as speed goes. Workers share the machine.
MACHINE = ("machine.processor", "machine.cores", "machine.gpu", "numerics", "workers")


def everything(audit: Audit) -> list[dict[str, Any]]:
    """Return the claims of an audit and the readings that it must refute."""
    return [*audit["claims"], *audit.get("readings", ())]


def cases_of(audit: Audit) -> dict[Name, Case]:
    """Return the cases of an audit by claim, tier, data and network."""
    return {
        (claim["id"], case["tier"], case["data"], case["network"]): case
        for claim in everything(audit)
        for case in claim["cases"]
    }


def controls_of(case: Case) -> list[Case]:
    """Return the outcomes of a case's controls, the negative one first."""
    return [control for control in (case["control"], *case.get("other_controls", ())) if control]


def must_be(control: Case) -> str:
    """Return the verdict that a control must come to: REFUTED, where its record says nothing else."""
    return str(control.get("expected", "REFUTED"))


def title(name: Name) -> str:
    """Return how a case is called."""
    claim, *rest = name
    return f"{claim} [{', '.join(rest)}]"


def flat(value: Fields, prefix: str = "") -> Fields:
    """Return nested fields by their dotted names."""
    found = {}
    for name, item in value.items():
        found.update(flat(item, f"{prefix}{name}.") if isinstance(item, dict) and item else {f"{prefix}{name}": item})
    return found


def differing(before: Fields, after: Fields) -> Iterator[tuple[str, Any, Any]]:
    """Yield the fields that both have and that differ: a field that only one has came with a newer version."""
    old, new = flat(before), flat(after)
    yield from ((name, old[name], new[name]) for name in old if name in new and old[name] != new[name])


def specs_of(case: Case, audit: Audit) -> dict[tuple[str, str], Fields]:
    """Return what was trained for a case, by arm and level, without the seed; arms without a finished run are left out."""
    found = {}
    for arm, levels in case["runs"].items():
        for level, keys in levels.items():
            if specs := [audit["runs"][key]["spec"] for key in keys if key in audit["runs"]]:
                found[arm, level] = {name: value for name, value in specs[0].items() if name != "seed"}
    return found


def obstacle(before: Case, after: Case, old: Audit, new: Audit) -> str | None:
    """Return why the measurements of a case cannot be compared; None if they can."""
    one, other = before["judgement"], after["judgement"]
    for what in ("quantity", "unit"):
        if one[what] != other[what]:
            return f"another {what}, {one[what]!r} before and {other[what]!r} now"
    images = [audit["data"].get(case["data"], {}).get("digest") for case, audit in ((before, old), (after, new))]
    if images[0] != images[1]:
        return "other images"
    was, now = specs_of(before, old), specs_of(after, new)
    for arm in was.keys() & now.keys():
        for name, first, second in differing(was[arm], now[arm]):
            return f"another experiment, {name} {first} before and {second} now"
    return None


def resolution(case: Case, audit: Audit) -> float:
    """Return the step in which a case was measured: one image for a share, one epoch for a ratio of times, else none."""
    keys = {key for levels in case["runs"].values() for keys in levels.values() for key in keys}
    runs = [audit["runs"][key] for key in keys if key in audit["runs"]]
    if any("values" in run for run in runs):  # solves
        tested = [run["values"].get("tested") for run in runs]
        return 1 / min(tested) if all(tested) and case["judgement"]["unit"] == "%" else 0.0
    if case["judgement"]["unit"] == "x":
        fits = [run["fit_loss"] for run in runs if run["fit_loss"]]
        return abs(case["judgement"]["measured"] or 0.0) / min(fits) if fits else 0.0
    images = [run["spec"].get("subset") or sum(count for row in run["confusion"] for count in row) for run in runs]
    return 1 / min(images) if all(images) and images else 0.0


def kinds(old: Audit, new: Audit) -> list[tuple[Keyed, Keyed]]:
    """Return the runs of both audits, with their keys, by what they have in common but the seed."""
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
    """Return how the classes of the machines differ, None where they are one class."""
    was, now = flat(old["provenance"]), flat(new["provenance"])
    for name in was:
        if name.startswith(MACHINE) and was[name] != now.get(name):
            return f"{name} {was[name]} before and {now.get(name)} now"
    return None
