"""Shards of one audit, or audits of different cases, as one record.

Each shard names all cases of its audit, in order. The merged record equals the audit's own, except that the time, machine
and command of each shard are listed. A run that came out differently in two shards is in it twice, and a remark says so.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Literal

from rethinking_audit.fixtures.record.exit_codes import merged_exit_code
from rethinking_audit.fixtures.record.judged import Claim
from rethinking_audit.fixtures.record.outcome import all_cases, every_control, everything, worst_of
from rethinking_audit.fixtures.record.types import Audit, Part
from rethinking_audit.reports.experiment import cases_of, title
from rethinking_audit.reports.own_runs import Named, contradiction, machine, separated

# The fields that must agree in two parts of one audit. The machine may differ, the code may not.
SHARED: tuple[Literal["engine"], Literal["commit"]] = ("engine", "commit")
ABOUT: tuple[Literal["project"], Literal["paper"]] = ("project", "paper")
# The parts about the paper, which every record repeats.
SAID: tuple[Literal["consistency"], Literal["open"], Literal["replication"]] = ("consistency", "open", "replication")


class CannotMerge(ValueError):
    """The records cannot be merged; the message names them and says why."""


def merge(parts: Sequence[Named]) -> Audit:
    """Return one audit from the named records.

    Raises:
        CannotMerge: two records have the same case or contradict each other, or a case of a sharded audit is in no record.
    """
    _check(parts)
    ordered = sorted(parts, key=lambda part: part[1]["created"])
    audits, differing = separated(ordered)
    wanted = _order(audits)
    first = audits[0]
    told = list(_claims(audits, wanted))
    merged = first.copy()
    merged.pop("shard", None)
    merged["seconds"] = round(sum(audit["seconds"] for audit in audits), 1)
    merged["command"] = "; ".join(dict.fromkeys(audit["command"] for audit in audits))
    merged["summary"] = {verdict: sum(audit["summary"].get(verdict, 0) for audit in audits) for verdict in first["summary"]}
    merged["exit_code"] = merged_exit_code([audit["exit_code"] for audit in audits])
    merged["not_run"] = list({idle["reason"]: idle for audit in audits for idle in audit["not_run"]}.values())
    merged["claims"] = [claim for claim in told if "expected" not in claim]
    if readings := [claim for claim in told if "expected" in claim]:
        merged["readings"] = readings
    merged["runs"] = _by_name([audit["runs"] for audit in audits])
    merged["data"] = _by_name([audit["data"] for audit in audits])
    merged["shards"] = [part for audit in audits for part in audit.get("shards", [_part(audit)])]
    remarks = [remark for audit in audits for remark in audit.get("remarks", ())] + differing + _other_numbers(ordered)
    if remarks:
        merged["remarks"] = _united(remarks)
    for name in SAID:
        if any(name in audit for audit in audits):
            merged[name] = _united([item for audit in audits for item in audit.get(name, ())])
    return merged


def _part(audit: Audit) -> Part:
    return {
        "created": audit["created"],
        "seconds": audit["seconds"],
        "command": audit["command"],
        "provenance": audit["provenance"],
    }


def _check(parts: Sequence[Named]) -> None:
    for index, (name, audit) in enumerate(parts):
        for other_name, other in parts[:index]:
            if conflict := next(_conflicts(other, audit), None):
                raise CannotMerge(f"{other_name!r} and {name!r} cannot be merged: {conflict}")


def _conflicts(one: Audit, other: Audit) -> Iterator[str]:
    yield from (f"both have the case {title(name)}" for name in cases_of(one) if name in cases_of(other))
    for name in ABOUT:
        if one[name] != other[name]:
            yield f"{name} differs"
    for shared in SHARED:
        if one["provenance"][shared] != other["provenance"][shared]:
            yield f"they are of different code, {shared} {one['provenance'][shared]} and {other['provenance'][shared]}"
    claims = {claim["id"]: _statement(claim) for claim in everything(one)}
    for claim in everything(other):
        if claims.get(claim["id"], _statement(claim)) != _statement(claim):
            yield f"the claim {claim['id']} is not the same"
    controls, others = _controls(one), _controls(other)
    for control in controls.keys() & others.keys():
        if controls[control]["verdict"] != others[control]["verdict"]:
            came = f"{controls[control]['verdict']} on {machine(one)}, {others[control]['verdict']} on {machine(other)}"
            yield f"a control of {control[0]} on {control[2]} did not come out the same: {came}"
    for data_set, data in one["data"].items():
        if other["data"].get(data_set, data) != data:
            yield f"the data set {data_set} is not the same"
    if (conflict := contradiction(one, other)) is not None:
        yield conflict
    if _whole(one) != _whole(other):
        yield "they are not shards of one audit"


def _controls(audit: Audit) -> dict[tuple[str, str, str, str], Any]:
    """What was judged of each control that has a description; several parts may have the same."""
    return {
        (claim["id"], case["tier"], network, control["description"]): control["judgement"]
        for claim, case, network, control in every_control(audit)
        if control["judgement"] and "description" in control
    }


def _other_numbers(parts: Sequence[Named]) -> list[str]:
    """A sentence for each control that several parts judged alike, but with other numbers."""
    first: dict[tuple[str, str, str, str], tuple[str, Any]] = {}
    found = {}
    for name, audit in parts:
        for control, judged in _controls(audit).items():
            other, before = first.setdefault(control, (name, judged))
            if judged != before:
                about = f"a control of {control[0]} on {control[2]} has other numbers in {other!r} and in {name!r}"
                found[control] = f"{about}, and the same verdict"
    return list(found.values())


def _whole(audit: Audit) -> list[list[str]] | None:
    return audit["shard"]["cases"] if "shard" in audit else None


def _statement(claim: Claim) -> dict[str, Any]:
    return {name: value for name, value in claim.items() if name not in ("cases", "verdict")}


def _by_name(parts: Sequence[dict[str, Any]]) -> dict[str, Any]:
    found = {name: value for part in parts for name, value in part.items()}
    return {name: found[name] for name in sorted(found)}


def _order(audits: Sequence[Audit]) -> list[tuple[str, str]]:
    """Return the claim and test of every case, in the order of the audit."""
    found = [(claim["id"], case["nodeid"]) for audit in audits for claim, case in all_cases(audit)]
    shard = audits[0].get("shard")
    if shard is None:
        return found
    wanted = [(claim, nodeid) for claim, nodeid in shard["cases"]]
    made = set(found)
    if missing := [nodeid for claim, nodeid in wanted if (claim, nodeid) not in made]:
        raise CannotMerge(f"{len(missing)} of {len(wanted)} cases are in no shard, the first of them {missing[0]}")
    return wanted


def _claims(audits: Sequence[Audit], wanted: list[tuple[str, str]]) -> Iterator[Claim]:
    claims: dict[str, list[Claim]] = {}
    for audit in audits:
        for claim in everything(audit):
            claims.setdefault(claim["id"], []).append(claim)
    for name in dict.fromkeys(name for name, _ in wanted):
        same = claims[name]
        cases = {case["nodeid"]: case for claim in same for case in claim["cases"]}
        merged = same[0].copy()
        merged["verdict"] = worst_of([claim["verdict"] for claim in same], same[0].get("expected"))
        merged["cases"] = [cases[nodeid] for claim_id, nodeid in wanted if claim_id == name]
        yield merged


def _united(items: Sequence[Any]) -> list[Any]:
    return [item for index, item in enumerate(items) if item not in items[:index]]
