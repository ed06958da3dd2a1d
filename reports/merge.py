"""Shards of one audit, or audits of different cases, as one record.

Shards name all cases of the audit that they are of, in its order; merged, they equal it but for when, where and by which
command each was made, which is listed by shard.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from rethinking_audit.reports.experiment import Case, cases_of, everything, title
from rethinking_audit.reports.record import Audit
from rethinking_audit.reports.words import VERDICTS

Named = tuple[str, Audit]
INTERRUPTED, REFUTED, UNDECIDED = 2, 1, 10
# What two parts of one audit have in common. A machine may differ, the code may not.
SHARED = ("engine", "commit")
READING = ("HELD", "ERROR", "INCONCLUSIVE", "NOT RUN", "REFUTED")  # the worst of a reading is that it held
ROOM = ("created", "seconds", "command", "provenance")


class CannotMerge(ValueError):
    """The records do not belong together; the message names them and says why."""


def merge(parts: Sequence[Named]) -> Audit:
    """Return the audit that the records, each with its name, are parts of.

    Raises:
        CannotMerge: two have the same case, they contradict each other, or a case of a shard's audit is in none of them.
    """
    _check(parts)
    audits = sorted((audit for _, audit in parts), key=lambda audit: audit["created"])
    wanted = _order(audits)
    first = audits[0]
    merged = {
        **{name: value for name, value in first.items() if name != "shard"},
        "seconds": round(sum(audit["seconds"] for audit in audits), 1),
        "command": "; ".join(dict.fromkeys(audit["command"] for audit in audits)),
        "summary": {verdict: sum(audit["summary"][verdict] for audit in audits) for verdict in first["summary"]},
        "exit_code": exit_code([audit["exit_code"] for audit in audits]),
        "not_run": list({idle["reason"]: idle for audit in audits for idle in audit["not_run"]}.values()),
        **_told(audits, wanted),
        "runs": _by_name(audits, "runs"),
        "data": _by_name(audits, "data"),
        "shards": [shard for audit in audits for shard in audit.get("shards", [{name: audit[name] for name in ROOM}])],
    }
    for name in ("consistency", "open", "replication"):
        if any(name in audit for audit in audits):
            merged[name] = _united([item for audit in audits for item in audit.get(name, ())])
    return merged


def exit_code(codes: Sequence[int]) -> int:
    """Return the exit code of an audit from those of its parts."""
    for code in (INTERRUPTED, REFUTED):
        if code in codes:
            return code
    return codes[0] if len(set(codes)) == 1 else UNDECIDED


def _check(parts: Sequence[Named]) -> None:
    for index, (name, audit) in enumerate(parts):
        for other_name, other in parts[:index]:
            if conflict := next(_conflicts(other, audit), None):
                raise CannotMerge(f"{other_name!r} and {name!r} cannot be merged: {conflict}")


def _conflicts(one: Audit, other: Audit) -> Iterator[str]:
    yield from (f"both have the case {title(name)}" for name in cases_of(one) if name in cases_of(other))
    for name in ("project", "paper"):
        if one[name] != other[name]:
            yield f"{name} differs"
    for name in SHARED:
        if one["provenance"][name] != other["provenance"][name]:
            yield f"they are of different code, {name} {one['provenance'][name]} and {other['provenance'][name]}"
    claims = {claim["id"]: _statement(claim) for claim in everything(one)}
    for claim in everything(other):
        if claims.get(claim["id"], _statement(claim)) != _statement(claim):
            yield f"the claim {claim['id']} is not the same"
    for name, data in one["data"].items():
        if other["data"].get(name, data) != data:
            yield f"the data set {name} is not the same"
    for key, run in one["runs"].items():
        if _result(other["runs"].get(key, run)) != _result(run):
            yield f"the run {key[:12]} is not the same"
    if (one.get("shard") or {}).get("cases") != (other.get("shard") or {}).get("cases"):
        yield "they are not shards of one audit"


def _statement(claim: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in claim.items() if name not in ("cases", "verdict")}


def _result(run: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in run.items() if name != "seconds"}


def _by_name(audits: Sequence[Audit], what: str) -> dict[str, Any]:
    found = {name: value for audit in audits for name, value in audit[what].items()}
    return {name: found[name] for name in sorted(found)}


def _order(audits: Sequence[Audit]) -> list[tuple[str, str]]:
    """The claim and test of every case, in the order of the audit."""
    found = [(claim["id"], case["nodeid"]) for audit in audits for claim in everything(audit) for case in claim["cases"]]
    shard = audits[0].get("shard")
    if shard is None:
        return found
    wanted = [(claim, nodeid) for claim, nodeid in shard["cases"]]
    made = set(found)
    if missing := [nodeid for claim, nodeid in wanted if (claim, nodeid) not in made]:
        raise CannotMerge(f"{len(missing)} of {len(wanted)} cases are in no shard, the first of them {missing[0]}")
    return wanted


def _told(audits: Sequence[Audit], wanted: list[tuple[str, str]]) -> dict[str, list[dict[str, Any]]]:
    """The claims, and the readings where there are any."""
    told = list(_claims(audits, wanted))
    claims = [claim for claim in told if "expected" not in claim]
    return {"claims": claims} | ({"readings": readings} if (readings := [one for one in told if "expected" in one]) else {})


def _claims(audits: Sequence[Audit], wanted: list[tuple[str, str]]) -> Iterator[dict[str, Any]]:
    claims: dict[str, list[dict[str, Any]]] = {}
    for audit in audits:
        for claim in everything(audit):
            claims.setdefault(claim["id"], []).append(claim)
    for name in dict.fromkeys(claim for claim, _ in wanted):
        same = claims[name]
        cases: dict[str, Case] = {case["nodeid"]: case for claim in same for case in claim["cases"]}
        ordered = [cases[nodeid] for claim, nodeid in wanted if claim == name]
        verdict = min((claim["verdict"] for claim in same), key=(READING if "expected" in same[0] else VERDICTS).index)
        yield {**same[0], "verdict": verdict, "cases": ordered}


def _united(items: Sequence[Any]) -> list[Any]:
    return [item for index, item in enumerate(items) if item not in items[:index]]
